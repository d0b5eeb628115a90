"""Why an outcome came about: routes against the reference, the rest against closed forms."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import small_models as small
from command_line import call as call
from command_line import strict_json
from islands import FILE, island, island_run
from pandas.testing import assert_frame_equal
from routes_by_reference import histories as by_reference

import sim
from sim.analysis import ARROW
from sim.analysis.causes.chains import chains
from sim.analysis.causes.cut_sets import best
from sim.analysis.causes.routes import AT_ONCE, labels, once
from sim.engines import compiled, reference
from sim.errors import NotApplicable, UsageError
from sim.experiment import parameter_values
from sim.experiment.walking_again import by_draw, walk_histories
from sim.model import Model
from sim.model.cuts import Link, certain, cut
from sim.results import NEVER
from sim.results.histories import Histories

HERE = Path(__file__).parent
SHIPPED = [f for f in sorted((HERE.parent / "scenarios").glob("*.yaml")) if f.stem != "sources"]
CORPUS = sorted((HERE / "corpus" / "valid").glob("*.yaml"))
LONG = {"delays"}  # its clocks ring every minute: paths of 7,600 events

# --- routes over all paths, without the reference engine ------------------------------------------


def differing(model: Model, draws: int, paths: int, change=lambda walked: walked) -> list[str]:
    """The chains that differ from the reference engine's, of every outcome in every path."""
    grid = np.arange(draws * paths)
    walked = change(walk_histories(model, 1, grid // paths, grid % paths, threads=1))
    found = {one.name: chains(model, walked, one.name) for one in model.outcomes}
    place = {
        name: {pair: i for i, pair in enumerate(zip(c.draw.tolist(), c.path.tolist(), strict=True))}
        for name, c in found.items()
    }
    other = []
    for draw, path, own in by_reference(model, 1, draws, paths):
        for position, outcome in enumerate(model.outcomes):
            reached = own.marks[-1][position]
            assert reached == ((draw, path) in place[outcome.name])
            if not reached:
                continue
            mine = found[outcome.name]
            steps = mine.steps[mine.chain[place[outcome.name][draw, path]]]
            for options, depth in ((False, "origins"), (True, "options")):
                expected = own.chain(own.decided(position), options)
                if once(labels(model, steps, depth)) != expected:
                    other.append(f"{outcome.name} in draw {draw}, path {path}: {expected}")
    return other


@pytest.mark.parametrize("file", [*SHIPPED, *CORPUS], ids=lambda file: file.stem)
def test_routes_are_the_reference_engines_path_for_path(file):
    assert differing(sim.load(file).model, 2, 1 if file.stem in LONG else 6) == []


def test_another_cause_or_another_state_is_seen():
    """Controls: causes forgotten; and states, which the chains behind dates need."""
    assert differing(island().model, 2, 40) == []
    assert differing(island().model, 2, 40, without_causes)
    assert differing(island().model, 6, 40, without_changes)


def without_causes(walked: Histories) -> Histories:
    return replace(walked, cause=np.full_like(walked.cause, -1))


def without_changes(walked: Histories) -> Histories:
    none = np.zeros(0, np.int64)
    return replace(walked, change=np.zeros_like(walked.change), variable=none, value=none)


def histories_of(walk, model: Model, draw: np.ndarray, path: np.ndarray) -> list:
    draws, numbers = by_draw(draw, path)
    values = parameter_values(model, 1, draws)
    given = {"seed": 1, "draws": draws, "numbers": numbers, "changes": True}
    return list(walk(model, values, **given))


def columns(batches: list) -> dict[str, np.ndarray]:
    """Everything in some batches; changes in the order of the variables within an event."""
    names = ("draw", "path", "ending", "end_time", "stopped", "outcome_time", "outcome_event")
    found = {n: np.concatenate([getattr(one, n) for one in batches]) for n in names}
    for name in ("path", "seq", "time", "transition", "option", "cause"):
        found[f"events.{name}"] = np.concatenate([getattr(one.events, name) for one in batches])
    counts = [np.diff(one.changes.first) for one in batches]
    event = np.repeat(np.arange(sum(map(len, counts))), np.concatenate(counts))
    variable = np.concatenate([one.changes.variable for one in batches])
    value = np.concatenate([one.changes.value for one in batches])
    order = np.lexsort((variable, event))
    return {**found, "changes": np.stack([event, variable, value])[:, order]}


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[n], other[n], equal_nan=one[n].dtype.kind == "f") for n in one)


def test_chosen_paths_are_walked_alike_by_both_engines():
    """120 chosen of 240 paths, some draws without any; every event, and what it did."""
    chosen = np.flatnonzero(np.random.default_rng(1).random(240) < 0.5)
    draw, path = chosen // 40 * 2, chosen % 40  # every other draw
    mine = columns(histories_of(compiled.walk_chosen, island().model, draw, path))
    theirs = columns(histories_of(reference.walk_chosen, island().model, draw, path))
    assert np.array_equal(mine["path"], path)
    assert same(mine, theirs)
    theirs["changes"][2, 7] += 1
    assert not same(mine, theirs)  # control: one value after one event


def test_chosen_paths_are_those_of_the_run():
    run = island_run()
    some = run.paths.sample(50, random_state=1).sort_index()
    walked = walk_histories(island().model, 1, some["draw"], some["path"])
    position = island().model.names.outcomes["general_war"]
    event = walked.outcome_event[:, position]
    time = np.where(event == NEVER, np.nan, walked.time[walked.first[:-1] + np.maximum(event, 0)])
    np.testing.assert_allclose(time / small.DAY, some["time__general_war"])
    events = run.events.merge(some[["draw", "path"]])
    assert np.array_equal(walked.time / small.DAY, events["time"])


def test_routes_at_three_depths():
    options = island_run().routes("ally_fights", depth="options")
    origins = island_run().routes("ally_fights")
    clauses = island_run().routes("ally_fights", depth="clauses")
    assert len(clauses) <= len(origins) <= len(options)
    for table in (options, origins, clauses):
        assert table["hits"].sum() == island_run().outcomes.loc["ally_fights", "hits"]
        assert (table["n"] == 240).all()
        np.testing.assert_allclose(table["probability"], table["hits"] / 240, rtol=1e-11)
        assert table["probability"].between(table["mc_low"], table["mc_high"]).all()
        assert table["band"].eq("unresolved").all()  # of six draws
    assert "north_south: limited_war → mutual_aid → mutual_aid.art4" in set(clauses["route"])
    assert not clauses["route"].str.contains("north_presses").any()
    with pytest.raises(UsageError, match="unknown depth 'option'; did you mean 'options'"):
        island_run().routes("ally_fights", depth="option")


def test_more_than_250_paths_are_all_looked_at():
    run = sim.run(island(), draws=30, paths=200, workers=1)
    hits = run.outcomes.loc["general_war", "hits"]
    assert hits > 500
    found = run.routes("general_war")
    assert found["hits"].sum() == hits
    assert (found["n"] == 6_000).all()
    assert found["band"].eq("resolved").any()
    told = found[found["band"] == "resolved"]
    assert (told["low"] < told["high"]).all()


# --- importance, drop and rise: links in series and in parallel -----------------------------------

DRAWS, PATHS = 20, 1_000
N = DRAWS * PATHS


def after(days: float) -> small.Delay:
    arguments = (small.number(days * small.DAY),)
    return small.Delay(kind="exactly", arguments=arguments, text=f"{days:g} d")


def chance(name: str, p: float, day: float, effect, **more) -> object:
    options = [small.option(None, p, effect), small.option("nothing", None, share="rest")]
    return small.rule(name, options=options, after=after(day), limit=1, **more)


def z(share: float, p: float, n: int) -> float:
    return abs(share - p) / (p * (1 - p) / n) ** 0.5


@cache
def in_series() -> sim.Results:
    """`a` (0.6), then `b` (0.5), then it happens: 0.3."""
    model = small.model(
        [small.flag("came"), small.flag("out")],
        [
            chance("a", 0.6, 1, small.put("came", 1)),
            chance("b", 0.5, 1, small.put("out", 1), when=small.is_("came", 1)),
        ],
        {"out": small.is_("out", 1)},
        days=9,
    )
    return sim.run(model, draws=DRAWS, paths=PATHS, workers=1)


@cache
def in_parallel() -> sim.Results:
    """`a` on day 1 (0.3), or else `b` on day 2 (0.5): 0.65."""
    model = small.model(
        [small.flag("out")],
        [
            chance("a", 0.3, 1, small.put("out", 1)),
            chance("b", 0.5, 2, small.put("out", 1)),
        ],
        {"out": small.is_("out", 1)},
        days=9,
    )
    return sim.run(model, draws=DRAWS, paths=PATHS, workers=1)


def test_of_links_in_series_every_route_goes_through_each():
    found = in_series().why("out", cut=2)
    assert found.importance.set_index("element")["share"].to_dict() == {"a": 1, "b": 1}
    table = found.cuts.set_index("element")
    assert (table["without"] == 0).all()
    assert (table["drop"] == table["probability"]).all()
    assert z(table["probability"]["a"], 0.3, N) < 4
    for name, p in (("a", 0.5), ("b", 0.6)):
        assert z(table["certain"][name], p, N) < 4
        assert table["rise"][name] == pytest.approx(table["certain"][name] - 0.3, abs=0.02)
        assert abs(table["rise"][name] - (p - 0.3)) < 4 * table["rise_mc_se"][name]
    assert found.cut_sets["links"].tolist() == ["a"]  # `b` is on the very same routes


def test_of_links_in_parallel_each_has_its_share_and_the_other_takes_its_place():
    found = in_parallel().why("out", cut=2)
    hits = found.hits
    shares = found.importance.set_index("element")["share"]
    assert z(shares["a"], 0.3 / 0.65, hits) < 4
    assert shares["a"] + shares["b"] == 1
    table = found.cuts.set_index("element")
    expected = {"a": (0.5, 1.0), "b": (0.3, 1.0)}
    for name, (without, sure) in expected.items():
        assert z(table["without"][name], without, N) < 4
        assert table["certain"][name] == sure
        assert abs(table["drop"][name] - (0.65 - without)) < 4 * table["drop_mc_se"][name]
    # where `a` is cut `b` takes its place, but not the other way round: `a` had its day before
    left = table["drop"] / table["probability"]
    assert left["a"] < table["share"]["a"] - 0.1
    assert left["b"] == pytest.approx(table["share"]["b"], abs=1e-9)
    sets = found.cut_sets.set_index("size")
    assert sets.loc[2, "links"] == "b + a"
    assert sets.loc[2, "share"] == 1


def test_what_cutting_does_is_what_a_run_of_the_changed_model_finds():
    """Only paths that the change can touch were walked again, and none is missing."""
    run = sim.run(island(), draws=10, paths=100, workers=1)
    found = run.why("ally_fights", cut=4).cuts
    assert (found["drop_walked"] < 1_000).any()
    for row in found.itertuples():
        origin, _, option = row.element.rpartition(".")
        whole = row.kind != "option"
        link = Link(origin=row.element) if whole else Link(origin=origin, option=option)
        model = island().model
        changed = {"without": cut(model, link), "certain": certain(model, link)}
        for column, other in changed.items():
            if not np.isnan(getattr(row, column)):
                again = sim.run(other, draws=10, paths=100, workers=1)
                assert again.outcomes.loc["ally_fights", "probability"] == pytest.approx(
                    getattr(row, column), abs=1e-9
                )
    assert not np.allclose(found["without"], found["probability"])  # control: cutting does a thing


def test_a_link_that_would_fire_without_end_has_no_rise():
    model = small.model(
        [small.flag("out"), small.flag("other")],
        [
            small.rule("tick", small.put("out", 1), after=1),
            small.rule("tock", small.put("other", 1), after=1, limit=1),
        ],
        {"out": small.is_("out", 1)},
        days=2,
    )
    found = sim.run(model, draws=2, paths=50, workers=1).why("out", cut=1).cuts
    assert found["element"].tolist() == ["tick"]
    assert found["drop"].tolist() == found["probability"].tolist()
    assert found["rise"].isna().all()


# --- forks ----------------------------------------------------------------------------------------


def forked(*, planted: bool) -> sim.Results:
    """A choice without weight on day 1; one on day 2 that decides half; the rest on day 3."""
    waits = small.is_("good", 1) if planted else None
    model = small.model(
        [small.flag("good"), small.flag("out")],
        [
            small.rule(
                "idle",
                options=[small.option("left", 0.5), small.option("right", 0.5)],
                after=after(1),
                limit=1,
            ),
            small.rule(
                "fork",
                options=[
                    small.option("good", 0.5, small.put("good", 1)),
                    small.option("bad", 0.5),
                ],
                after=after(2),
                limit=1,
            ),
            small.rule(
                "late",
                options=[small.option("yes", 0.5, small.put("out", 1)), small.option("no", 0.5)],
                after=after(3),
                limit=1,
                when=waits,
            ),
        ],
        {"out": small.is_("out", 1)},
        days=9,
    )
    return sim.run(model, draws=10, paths=600, workers=1)


def test_a_planted_fork_is_the_first_one():
    found = forked(planted=True).why("out").forks
    assert set(found.loc[found["first"], "decision"]) == {"fork"}
    rows = found.set_index(["decision", "option"])
    p = forked(planted=True).outcomes.loc["out", "probability"]
    assert z(p, 0.25, 6_000) < 4
    assert rows.loc[("idle", "left"), "parting"] < 0.1
    assert rows.loc[("fork", "good"), "parting"] == pytest.approx(2 / 3, abs=0.05)
    assert rows.loc[("late", "yes"), "parting"] == 1
    assert rows.loc[("fork", "good"), "before"] == pytest.approx(p)
    assert z(rows.loc[("fork", "good"), "after"], 0.5, 3_000) < 4
    assert rows.loc[("fork", "bad"), "after"] == 0
    assert rows.loc[("idle", "left"), "mc_low"] < p < rows.loc[("idle", "left"), "mc_high"]
    assert rows.loc[("late", "yes"), ["before", "after"]].tolist() == pytest.approx(
        [rows.loc[("fork", "good"), "after"], 1]
    )
    assert found.drop_duplicates("decision")["decision"].tolist() == ["idle", "fork", "late"]


def test_where_the_choice_has_no_weight_it_is_no_fork():
    """Control: the same model, in which the last decision waits for nothing."""
    found = forked(planted=False).why("out").forks
    assert set(found.loc[found["first"], "decision"]) == {"late"}
    assert found.loc[found["decision"] == "fork", "parting"].max() < 0.1


def test_conditional_probabilities_of_a_sample_are_those_of_all_paths():
    """6,000 paths, of which all hits are looked at and 50 paths of each draw, by z."""
    from sim.analysis import Sample, sample_weights, walked_again
    from sim.analysis.causes.forks import forks

    run = forked(planted=True)
    model, reached = run.source, run.paths["time__out"].notna().to_numpy()
    weight = sample_weights(run, "out", most=500)
    assert set(weight[reached]) == {1.0}
    assert set(weight[~reached]) == {0.0, 12.0}
    assert (weight[(run.paths["path"] < 50).to_numpy()] > 0).all()
    walked = walked_again(model, run, weight > 0, threads=1)
    hit = walked.outcome_event[:, 0] != NEVER
    sample = Sample(histories=walked, reached=hit, weight=weight[weight > 0])
    rows = forks(model, sample, run, "out").set_index(["decision", "option"])
    # half of what takes `good` is looked at in full, of the rest a twelfth: 0.25 + 0.25 / 12
    assert z(rows.loc[("fork", "good"), "after"], 0.5, 1_500 / 6) < 4
    assert rows.loc[("fork", "good"), "mc_low"] < 0.5 < rows.loc[("fork", "good"), "mc_high"]
    assert z(rows.loc[("fork", "good"), "taken"], 0.5, 500) < 4
    assert set(rows[rows["first"]].index.get_level_values(0)) == {"fork"}


def drawn(random: np.random.Generator, *, looked_at: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Beta(2, 8) over 400 draws of 200 paths, half of which take the option."""
    took = random.random((400, 200)) < 0.5
    hit = took & (random.random((400, 200)) < random.beta(2, 8, 400)[:, None])
    missed = took & ~hit & (np.arange(200) < looked_at)
    return hit.sum(axis=1)[:, None], missed.sum(axis=1)[:, None], 200 / looked_at


@pytest.mark.parametrize("looked_at", [200, 40, 20])
def test_after_an_option_both_layers_are_those_of_the_closed_form(looked_at):
    """The ends of Beta(2, 8), within what 30 repetitions of 400 draws scatter."""
    from scipy.stats import beta

    from sim.analysis import sampled_shares

    random, ends = np.random.default_rng(3), []
    for _ in range(30):
        found = sampled_shares(*drawn(random, looked_at=looked_at), varies=True)
        ends.append([found[name][0] for name in ("low", "high", "probability")])
    low, high, mean = np.mean(ends, axis=0)
    # variance-corrected shrinkage misses the low end of a skewed distribution a little
    assert low == pytest.approx(beta(2, 8).ppf(0.05), abs=0.02)
    assert high == pytest.approx(beta(2, 8).ppf(0.95), abs=0.03)
    assert z(mean, 0.2, 30 * 400) < 4
    # Control: the shares as they are, with their noise, spread further
    hits, misses, weight = drawn(random, looked_at=20)
    raw = hits / np.maximum(hits + weight * misses, 1)
    assert np.quantile(raw, 0.95) > beta(2, 8).ppf(0.95) + 0.05


def test_of_paths_that_are_all_looked_at_the_estimate_is_that_of_any_share():
    from sim.analysis import sampled_shares, shrunken

    hits, misses, weight = drawn(np.random.default_rng(5), looked_at=200)
    found = sampled_shares(hits, misses, weight, varies=True)
    low, high = shrunken(hits, (hits + misses)[:, 0])
    assert found["low"] == pytest.approx(low)
    assert found["high"] == pytest.approx(high)
    one = sampled_shares(hits, misses, weight, varies=False)
    assert one["band"].tolist() == ["none"]
    # without parameters paths are independent: the interval is narrower
    assert one["mc_se"][0] < found["mc_se"][0]


def test_after_an_option_without_a_miss_looked_at_little_is_known():
    """Of 7 hits where each miss stands for 20 paths, one may well have been missed."""
    from sim.analysis import sampled_shares

    hits, misses = np.zeros((50, 1)), np.zeros((50, 1))
    hits[:7] = 1
    found = sampled_shares(hits, misses, 20.0, varies=True)
    assert found["probability"][0] == 1
    assert found["mc_low"][0] < 0.3
    assert found["band"].tolist() == ["unresolved"]
    # Control: all were looked at
    assert sampled_shares(hits, misses, 1.0, varies=True)["mc_low"][0] > 0.6


# --- cut sets -------------------------------------------------------------------------------------


def by_force(through: np.ndarray, paths: np.ndarray, size: int, needed: int) -> list[int]:
    """Hits of every minimal set, the most first: all sets tried one by one."""
    hits = {}
    for links in combinations(range(through.shape[1]), size):
        hit = paths[through[:, links].any(axis=1)].sum()
        others = (through[:, [k for k in links if k != link]].any(axis=1) for link in links)
        if all(hit - paths[other].sum() >= needed for other in others):
            hits[links] = int(hit)
    return sorted(hits.values(), reverse=True)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("size", [1, 2, 3])
def test_cut_sets_are_those_that_trying_all_sets_finds(seed, size):
    random = np.random.default_rng(seed)
    through = np.unique(random.random((40, 11)) < random.uniform(0.05, 0.7), axis=0)
    through = np.unique(through, axis=1)  # links on the same routes count as one
    paths = random.integers(1, 50, len(through))
    needed = max(1, int(np.ceil(0.01 * paths.sum())))
    found = best(through, paths, size, kept=8)
    assert [one.hits for one in found] == by_force(through, paths, size, needed)[:8]
    for one in found:
        assert len(set(one.links)) == size
        assert paths[through[:, one.links].any(axis=1)].sum() == one.hits


def test_taking_the_widest_link_first_would_miss_the_best_pair():
    """Control: the greedy set {0, 1} hits 8 of 9, {1, 2} all."""
    through = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1]], bool)
    paths = np.array([3, 3, 1, 2])
    (first, *_) = best(through, paths, 2)
    assert first.hits == 9
    assert set(first.links) == {1, 2}
    greedy = int(np.argmax(paths @ through))
    assert greedy == 0
    rest = max(paths[through[:, [0, k]].any(axis=1)].sum() for k in (1, 2))
    assert rest < first.hits


# --- from Python and on the command line ----------------------------------------------------------


def test_tables_do_not_depend_on_workers():
    run = sim.run(island(), draws=6, paths=40, workers=1)
    first = run.why("ally_fights", cut=3, workers=1).frames()
    assert [*first] == [f"why-ally_fights{part}" for part in PARTS]
    for workers in (2, 8):
        again = run.why("ally_fights", cut=3, workers=workers).frames()
        for name, table in first.items():
            assert_frame_equal(again[name], table)
    other = sim.run(island(), draws=6, paths=40, seed=2, workers=1).why("ally_fights").frames()
    assert not other["why-ally_fights"].equals(first["why-ally_fights"])  # control


PARTS = ("", "-importance", "-cut_sets", "-forks", "-cuts")
FEW = ("--draws", "6", "--paths", "40", "--workers", "1", "--no-charts")


def test_the_command_writes_its_tables_beside_those_of_the_run(call, tmp_path):
    code, out, _ = call("why", FILE, "ally_fights", *FEW, "--cut", "2")
    assert code == 0
    for words in ("Most likely routes", "Through what it comes", "drop if cut", "First fork"):
        assert words in out
    assert "nan" not in out.lower().replace("finance", "")
    (folder,) = tmp_path.glob("results/*/analyses")
    assert {file.stem for file in folder.glob("*.csv")} == {
        f"why-ally_fights{part}" for part in PARTS
    }
    assert sim.Results.load(folder.parent).n == 240  # the manifest covers what was added
    again = call("why", folder.parent, "ally_fights", "--cut", "2")[1]
    assert same_lines(again) == same_lines(out)
    command = next(line for line in again.splitlines() if " replay " in line).split()
    assert call(*command[command.index("replay") :])[0] == 0


def test_without_a_number_ten_elements_are_cut_wherever_the_option_stands(call):
    call(FILE, *FEW, "--out", "kept", "--no-charts")
    cuts = [
        strict_json(call("why", "kept", *words, "--json", "--no-charts")[1])["why"][0].get("cuts")
        for words in (
            ("ally_fights", "--cut"),
            ("--cut", "ally_fights"),
            ("ally_fights", "--cut", "10"),
            ("ally_fights", "--cut=3"),
            ("ally_fights",),
        )
    ]
    assert cuts[0] == cuts[1] == cuts[2]
    assert len(cuts[0]) > len(cuts[3]) == 3
    assert cuts[4] is None
    code, _, err = call("why", "kept", "ally_fights", "--cut=ten")
    assert (code, "must be a whole number, found 'ten'" in err) == (2, True)


def same_lines(out: str) -> list[str]:
    """What both say alike: all but commands, how long it took, and last, where the tables are."""
    lines = out.splitlines()[:-1]
    return [line for line in lines if " replay " not in line and "walked again" not in line]


def test_json_has_every_table_and_no_nan(call):
    code, out, _ = call("why", FILE, "general_war", *FEW, "--json")
    assert code == 0
    (found,) = strict_json(out)["why"]
    assert found["outcome"] == "general_war"
    assert found["hits"] == island_run().outcomes.loc["general_war", "hits"]
    assert {"routes", "importance", "cut_sets", "forks"} < set(found)
    assert sum(r["hits"] for r in found["routes"] if r["depth"] == "origins") == found["hits"]


def test_the_headlines_are_the_default_and_a_chart_is_drawn(call, tmp_path):
    charts = [word for word in FEW if word != "--no-charts"]
    code, out, err = call("why", FILE, *charts, "--chart", "through.png")
    assert code == 0
    assert "ally fights: why" in out
    assert "general war: why" not in out
    assert (tmp_path / "through.png").stat().st_size > 10_000
    assert "chart written to through.png" in err
    (folder,) = tmp_path.glob("results/*/charts")
    assert (folder / "why-ally_fights-importance.png").is_file()
    assert (folder / "endings.png").is_file()  # those of the run are still there


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ally_fight",), "unknown outcome 'ally_fight'; did you mean 'ally_fights'"),
        (("ally_fights", "--cut", "-1"), "cut"),
        (("ally_fights", "--chart", "x.doc"), "picture format"),
        (("ally_fights", "--engine", "exact"), ""),
    ],
)
def test_bad_input_is_a_sentence(call, arguments, said):
    code, out, err = call("why", FILE, *arguments, *FEW)
    assert code == 2
    assert said in err
    assert "Traceback" not in out + err


def test_a_run_without_paths_says_how_to_keep_them(call):
    run = sim.run(island(), draws=2, paths=5, workers=1, keep_paths=False)
    run.save("kept")
    code, _, err = call("why", "kept")
    assert code == 2
    assert "--keep-paths" in err
    with pytest.raises(NotApplicable, match="keep_paths"):
        run.why("ally_fights")
    with pytest.raises(UsageError, match="give the scenario as well"):
        sim.Results.load("kept").why("ally_fights")


def test_without_a_decision_routes_are_told_and_no_fork(call, tmp_path):
    text = EDGES.replace("after: 2 d", "after: {mean: 20 d}")
    (tmp_path / "edges.yaml").write_text(text, encoding="utf-8")
    size = ("--draws", 3, "--paths", 20, "--workers", 1)
    code, out, _ = call("why", "edges.yaml", "always", *size, "--no-charts")
    assert code == 0
    assert "No path comes to a decision" in out
    assert "paths\nlooked at" not in out
    (found,) = strict_json(call("why", "edges.yaml", "always", *size, "--json")[1])["why"]
    assert found["forks"] == []
    assert 0 < found["hits"] < found["n"]
    # the chart draws what there is, or says why there is none
    assert call("why", "results/edges", "always")[0] == 0


EDGES = """\
scenario: edges
horizon: 20 d
state: {on: {flag: true}, up: {flag: false}, out: {flag: false}}
events: {rises: {once: true, after: 2 d, then: {up: true}}, may: {after: 900 d, then: {out: true}}}
outcomes:
  from_start: {when: on}
  always: {when: up}
  hardly: {when: out}
  no: {when: out and not on}
endings: {over: {otherwise: true}}
"""


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("from_start", "It holds from the start"),
        ("always", "Every path reaches it"),
        ("hardly", "No path reached it"),
        ("no", "No path reached it"),
    ],
)
@pytest.mark.parametrize("draws", [1, 3])
def test_what_cannot_be_told_is_said_in_a_sentence(call, tmp_path, outcome, said, draws):
    (tmp_path / "edges.yaml").write_text(EDGES, encoding="utf-8")
    size = ("--draws", draws, "--paths", 4, "--workers", 1, "--no-charts")
    code, out, err = call("why", "edges.yaml", outcome, *size, "--cut", "3")
    assert code == 0
    assert said in " ".join(out.split())
    assert "nan" not in out.lower()
    assert "Warning" not in err
    code, _, err = call("why", "results/edges", outcome, "--chart", "none.png")
    assert (code, Path("none.png").exists()) == (0, outcome == "always")
    if outcome != "always":
        assert err.endswith("none.png: not written, as there is nothing to draw\n")
    (found,) = strict_json(call("why", "edges.yaml", outcome, *size, "--json")[1])["why"]
    if outcome == "from_start":
        assert {row["route"] for row in found["routes"]} == {AT_ONCE}


def test_routes_hold_together_with_what_the_run_writes(tmp_path):
    """`routes.csv` and `why` ask the same chains."""
    from sim.analysis import analyses

    written = analyses(island(), island_run())["routes"].drop(columns="outcome")
    assert_frame_equal(written.reset_index(drop=True), island_run().routes("ally_fights"))
    why = island_run().why("ally_fights")
    own = why.routes[why.routes["depth"] == "origins"].drop(columns="depth")
    assert_frame_equal(own.reset_index(drop=True), island_run().routes("ally_fights"))
    assert ARROW in own["route"].iloc[0]
