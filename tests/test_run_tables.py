"""The tables of a run say what its events say; saved whole, read back equal."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from islands import TABLES, island, island_run, tables_of
from pandas.testing import assert_frame_equal
from small_models import (
    at_least,
    count,
    fixed,
    flag,
    is_,
    model,
    option,
    parameter_value,
    put,
    rule,
    uniform,
    up,
)
from walking import exactly

import sim
from sim.analysis import wilson
from sim.errors import UsageError
from sim.model import Variable
from sim.results.counting import Histogram, bins
from sim.results.frames import TIMING_STEPS


def test_outcomes_and_endings_count_what_the_paths_say() -> None:
    results = island_run()
    paths = results.paths
    assert paths is not None
    assert results.n == len(paths) == 240
    for name, row in results.outcomes.iterrows():
        times = paths[f"time__{name}"]
        assert (row["hits"], row["n"]) == (times.notna().sum(), 240)
        assert row["probability"] == row["hits"] / 240
        assert row["median_time"] == pytest.approx(times.median(), nan_ok=True)
        assert 0 <= row["mc_low"] < row["probability"] < row["mc_high"] <= 1
    counts = paths["ending"].value_counts(sort=False)
    assert results.endings["hits"].tolist() == counts.tolist()
    assert results.endings["hits"].sum() == 240
    assert (paths["censored"] == (paths["end_time"] == 180.0)).all()


def test_draws_hold_their_parameters_and_the_share_of_each_outcome() -> None:
    results = island_run()
    paths = results.paths
    assert paths is not None
    for draw, row in results.shares.iterrows():
        own = paths[paths["draw"] == draw]
        assert row["n"] == len(own)
        assert row["outcome__general_war"] == own["time__general_war"].notna().mean()
        assert row["ending__war"] == (own["ending"] == "war").mean()
    assert results.draws["reading"].cat.categories.tolist() == ["text", "broad"]
    assert results.draws["restraint"].between(0, 2).all()


def test_coverage_counts_paths_not_events() -> None:
    events, coverage = island_run().events, island_run().coverage.set_index("name")
    assert events is not None
    pressed = events[events["transition"] == "north_presses"]
    paths = pressed[["draw", "path"]].drop_duplicates()
    assert coverage.loc["north_presses", "fired"] == len(paths)
    assert coverage.loc["north_presses", "fired"] < len(pressed)  # control
    probed = pressed[pressed["option"] == "probe"][["draw", "path"]].drop_duplicates()
    assert coverage.loc["north_presses.probe", "fired"] == len(probed)
    assert coverage.loc["north_presses", "started"] == 240
    assert coverage["started"].isna().equals(coverage["kind"] == "option")
    rules = coverage[coverage["kind"] == "transition"]
    assert (rules["started"] >= rules["fired"]).all()


def test_what_is_not_seen_is_named_as_possible_or_impossible() -> None:
    rules = [
        rule("seen", put("x", 1), after=exactly(1), limit=1),
        rule("late", put("x", 2), after=exactly(99), when=is_("x", 1)),
        rule("never", put("x", 3), when=is_("y", 1)),
    ]
    outcomes = {f"x{value}": is_("x", value) for value in (1, 2, 3)}
    written = model([count("x", 3), flag("y")], rules, outcomes, days=10)
    results = sim.run(written, draws=1, paths=30, workers=1)
    assert results.coverage["reach"].tolist() == ["seen", "possible", "impossible"]
    assert results.outcomes["reach"].tolist() == ["seen", "possible", "impossible"]
    assert results.not_seen == ["late", "never"]
    assert results.outcomes.loc["x2", ["hits", "mc_low"]].tolist() == [0, 0]
    assert results.outcomes.loc["x2", "mc_high"] == pytest.approx(
        1.645**2 / (30 + 1.645**2), rel=1e-3
    )


def test_an_interval_is_as_wide_as_what_the_draws_share_makes_it() -> None:
    act = rule(
        "act",
        options=[option("a", parameter_value("p"), put("x", 1)), option("b", None, share="rest")],
        after=exactly(1),
        limit=1,
    )

    def width(parameter: object) -> float:
        written = model([flag("x")], [act], {"x": is_("x", 1)}, parameters=[parameter])
        table = sim.run(written, draws=40, paths=50, workers=1).outcomes
        return float((table["mc_high"] - table["mc_low"]).iloc[0])

    low, high = wilson(1_000, 2_000)
    assert width(fixed("p", 0.5)) == pytest.approx(float(high - low), rel=0.01)
    # P uniform on (0, 1): variance 1/12 between draws against 1/6/50 within, over p (1 - p) / 50
    assert width(uniform("p", 0, 1)) == pytest.approx(
        float(high - low) * np.sqrt((1 / 12 + 1 / 6 / 50) * 50 / 0.25), rel=0.15
    )


def test_timing_is_the_cumulative_incidence_of_the_paths() -> None:
    results = island_run()
    paths = results.paths
    assert paths is not None
    for name, curve in results.timing.groupby("outcome", observed=True):
        times = np.sort(paths[f"time__{name}"].dropna())
        assert len(curve) == TIMING_STEPS + 1
        assert curve["time"].tolist() == pytest.approx([0.36 * k for k in range(501)])
        expected = np.searchsorted(times, curve["time"] + 1e-6, side="right")
        assert curve["hits"].tolist() == expected.tolist()
        assert curve["probability"].iloc[-1] == results.outcomes.loc[name, "probability"]


def test_a_time_at_the_end_of_a_bin_is_inside_it() -> None:
    horizon = 180 * 86_400.0
    ends = horizon * np.arange(10_001) / 10_000
    assert bins(ends, horizon).tolist() == list(range(10_001))
    assert bins(ends[:-1] + 60.0, horizon).tolist() == list(range(1, 10_001))  # a minute later


def test_rungs_follow_the_ladders_through_time() -> None:
    levels = ("low", "mid", "high")
    steps = Variable(name="steps", kind="levels", levels=levels, size=3, start=0, ladder="stairs")
    climbs = rule("climbs", up("steps"), after=exactly(25))
    written = model([steps, flag("x")], [climbs], {}, days=100, stop_when=is_("steps", 2))
    table = sim.run(written, draws=1, paths=4, workers=1).rungs
    assert len(table) == 3 * 101
    mid = table[table["level"] == "mid"].set_index("time")["share"]
    assert mid[24.0] == 0
    assert (mid[25.0], mid[49.0], mid[50.0]) == (1, 1, 0)  # after what happens then
    high = table[table["level"] == "high"].set_index("time")["paths"]
    assert (high[49.0], high[50.0], high[100.0]) == (0, 4, 4)  # a stopped path stays
    assert (table.groupby("time")["share"].sum() == 1).all()


def test_without_rows_everything_but_the_paths_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    lean = sim.run(island(), draws=6, paths=40, seed=1, workers=1, keep_paths=False)
    assert lean.paths is None
    full = island_run()
    for name in ("endings", "draws", "coverage", "rungs", "timing"):
        assert_frame_equal(getattr(lean, name), getattr(full, name))
    medians = [results.outcomes["median_time"] for results in (lean, full)]
    assert medians[0].tolist() == pytest.approx(medians[1].tolist(), abs=2 * 180 / 10_000 + 5)
    assert_frame_equal(*(r.outcomes.drop(columns="median_time") for r in (lean, full)))
    monkeypatch.setattr("sim.experiment.plan.ROWS", 239)
    assert sim.run(island(), draws=6, paths=40, workers=1).paths is None
    assert sim.run(island(), draws=6, paths=40, workers=1, keep_paths=True).paths is not None


def test_a_median_from_bins_is_within_a_bin_of_the_median() -> None:
    written = model([flag("x")], [rule("a", put("x", 1), after=30.0, limit=1)], {"x": is_("x", 1)})
    medians = [
        sim.run(written, draws=1, paths=2_001, workers=1, keep_paths=keep).outcomes["median_time"]
        for keep in (True, False)
    ]
    assert abs(medians[0].iloc[0] - medians[1].iloc[0]) < 2 * 100 / 10_000
    at_once = model([flag("x")], [], {"x": is_("x", 0)})
    table = sim.run(at_once, draws=1, paths=9, workers=1, keep_paths=False).outcomes
    assert table["median_time"].tolist() == [0.0]


def test_event_types_are_the_same_with_and_without_events() -> None:
    events = island_run().events
    assert events is not None
    silent = model([flag("x")], [rule("never", when=at_least("x", 1))], {}, days=1)
    none = sim.run(silent, draws=1, paths=3, workers=1, events=True).events
    assert none is not None
    assert len(none) == 0
    kinds = [table.dtypes.astype(str).to_dict() for table in (events, none)]
    assert kinds[0] == kinds[1]
    assert kinds[0] == {
        **dict.fromkeys(("draw", "path", "seq"), "int64"),
        **dict.fromkeys(("time", "probability"), "float64"),
        **dict.fromkeys(("transition", "option", "actor", "origin"), "category"),
        "cause": "Int64",
    }


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_cause_is_the_number_of_the_event_also_of_the_first(engine: str) -> None:
    """Mutant: `cause < 0` turned to `<= 0`, which would take its cause from what 0 has started."""
    chain = [rule("first", up("n"), after=exactly(1.0), limit=1)]
    chain.append(rule("second", up("n"), on=["first"], after=exactly(1.0)))
    chain.append(rule("third", up("n"), on=["second"], after=exactly(1.0)))
    built = model([count("n", 3)], chain, {}, days=9)
    events = sim.run(built, draws=1, paths=2, workers=1, engine=engine, events=True).events
    assert events is not None
    assert events["transition"].tolist() == ["first", "second", "third"] * 2
    assert events["cause"].astype(object).tolist() == [pd.NA, 0, 1] * 2


def test_the_summary_is_plain_json_without_nan() -> None:
    summary = island_run().summary()
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert list(summary) == [
        "scenario",
        "engine",
        "seed",
        "draws",
        "n",
        "interval",
        "level",
        "outcomes",
        "endings",
    ]
    written = model([flag("x")], [], {"x": is_("x", 1)})
    none = sim.run(written, draws=1, paths=10, workers=1).summary()
    outcome = none["outcomes"]["x"]  # type: ignore[index]
    assert (outcome["hits"], outcome["median_time"], outcome["n"]) == (0, None, 10)


def test_saved_results_are_read_back_equal(tmp_path: Path) -> None:
    home = island_run().save(tmp_path / "runs" / "one")
    again = sim.Results.load(home)
    for name, table in tables_of(island_run()).items():
        assert_frame_equal(getattr(again, name), table)
    assert again.provenance == island_run().provenance
    assert sorted(path.name for path in home.iterdir()) == sorted(
        [
            *(f"{name}.csv" for name in TABLES),
            "counts.npz",
            "manifest.json",
            "model.yaml",
            "scenario",
            "warnings.json",
        ]
    )


def test_the_manifest_holds_seed_arguments_versions_and_digests(tmp_path: Path) -> None:
    def chart(folder: Path) -> None:
        (folder / "charts").mkdir()
        (folder / "charts" / "one.svg").write_text("<svg/>", encoding="utf-8")

    home = island_run().save(tmp_path / "one", also=chart)
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["arguments"]["paths"]) == (1, 40)
    assert {"python", "escalation-sim", "numpy", "pandas"} <= set(manifest["versions"])
    (scenario,) = manifest["files"].values()
    assert scenario == sha256(Path(island().file).read_bytes()).hexdigest()
    record = {"counts.npz", "model.yaml", "warnings.json", "scenario/island_clash.yaml"}
    tables = {f"{name}.csv" for name in TABLES}
    assert set(manifest["outputs"]) == {*tables, *record, "charts/one.svg"}
    for name, digest in manifest["outputs"].items():
        assert digest == sha256((home / name).read_bytes()).hexdigest()


def test_a_changed_table_is_not_believed(tmp_path: Path) -> None:
    home = island_run().save(tmp_path / "one")
    table = pd.read_csv(home / "endings.csv")
    table.to_csv(home / "endings.csv")
    with pytest.raises(UsageError, match=r"endings\.csv: changed since the run wrote it"):
        sim.Results.load(home)
    with pytest.raises(UsageError, match=r"not a run directory \(no manifest\.json\)"):
        sim.Results.load(tmp_path)


def test_a_run_directory_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    home = island_run().save(tmp_path / "one")
    before = {path.name: path.read_bytes() for path in home.glob("*.*")}

    def fails(folder: Path) -> None:
        assert (folder / "paths.csv").exists()
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        island_run().save(home, also=fails)
    assert {path.name: path.read_bytes() for path in home.glob("*.*")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    (home / "endings.csv").write_text("of the run before", encoding="utf-8")
    island_run().save(home)
    assert {path.name: path.read_bytes() for path in home.glob("*.*")} == before


def test_a_directory_that_no_run_wrote_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    island_run().save(tmp_path / "mine")  # empty: nothing is lost
    (tmp_path / "mine" / "manifest.json").unlink()
    with pytest.raises(UsageError, match=r"mine: exists and holds no manifest\.json"):
        island_run().save(tmp_path / "mine")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="file: exists and is not a directory"):
        island_run().save(tmp_path / "file")


def test_a_histogram_counts_the_same_loose_or_settled() -> None:
    rng = np.random.default_rng(1)
    places = [rng.integers(0, 50, size) for size in (3, 60, 10, 200, 1)]
    expected = np.bincount(np.concatenate(places), minlength=50).tolist()
    whole, halves = Histogram(50), [Histogram(50), Histogram(50)]
    for i, some in enumerate(places):
        whole.add(some)
        halves[i % 2].add(some)
    halves[0].merge(halves[1])
    for histogram in (whole, halves[0]):
        assert histogram.counts().tolist() == expected
        assert histogram.counts().tolist() == expected  # asking changes nothing


def test_outcomes_and_endings_carry_what_a_reader_calls_them() -> None:
    results = island_run()
    assert results.outcomes["title"].tolist() == ["ally fights", "general war"]
    titled = replace(
        island().model.outcomes[0], title="The ally fights", about="not shown beside numbers"
    )
    assert titled.label == "The ally fights"
    assert replace(titled, title="").label == "ally fights"
    cascade = Path(__file__).parent / "corpus" / "exact" / "cascade.yaml"
    solved = sim.run(sim.load(cascade), draws=2, engine="exact")
    assert all(solved.outcomes["title"].str.len() > 0)
    assert solved.endings["title"].index.name == "ending"


CHAIN = """
scenario: chain
horizon: 30 d
actors: {north: {}}
state: {n: {max: 9}}
events:
  first: {after: 1 d, once: true, then: {n: 1}}
  second: {on: first, after: 1 d, then: {n: 2}}
  third: {on: {becomes: n == 2}, after: 1 d, then: {n: 3}}
  aside: {when: n < 9, after: 10 d, once: true, then: {n: 9}}
endings: {over: {otherwise: true}}
"""


def test_a_cause_is_the_event_after_which_the_clock_started(tmp_path: Path) -> None:
    """Also the very first event; missing where the clock ran from the start."""
    file = tmp_path / "chain.yaml"
    file.write_text(CHAIN, encoding="utf-8")
    events = sim.run(sim.load(file), draws=2, paths=2, workers=1, events=True).events
    for _, one in events.groupby(["draw", "path"]):
        assert one["transition"].tolist() == ["first", "second", "third", "aside"]
        assert one["time"].tolist() == [1, 2, 3, 10]
        assert one["cause"].fillna(-1).tolist() == [-1, 0, 1, -1]
        assert one["cause"].isna().tolist() == [True, False, False, True]


def test_a_single_path_stands_on_one_rung_at_any_time() -> None:
    """A share of one path is 0 or 1; events are kept only where they are asked for."""
    results = sim.run(island(), draws=1, paths=1, workers=1)
    assert results.events is None
    rungs = results.rungs
    assert set(rungs["share"]) == {0.0, 1.0}
    assert (rungs.groupby(["variable", "time"], observed=True)["share"].sum() == 1).all()
