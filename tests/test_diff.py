"""What changed between two runs: exactly, in pairs, or beyond sampling error, and exit codes."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from command_line import call as call
from command_line import strict_json
from islands import island, read_added

import sim
from sim.analysis import Counted, Totals, diff_with_previous, of_totals
from sim.analysis.effects.moved import differences
from sim.errors import Place, Problem, UsageError
from sim.report.screens.diff import last_run_lines

RACE = """
scenario: race
title: A race of two clocks
horizon: 30 d
state: {fought: {flag: false}, peace: {flag: false}}
parameters:
  chance: {is: {uniform: [0.2, 0.6]}, grade: stipulated}
events:
  war_comes:
    when: not peace
    after: {mean: 10 d}
    limit: 1
    choose: {yes: {probability: chance, then: {fought: true}}, no: {probability: rest}}
  peace_comes: {when: not fought, after: {mean: 10 d}, limit: 1, then: {peace: true}}
outcomes: {war: {when: fought}}
endings: {fighting: {when: fought}, calm: {otherwise: true}}
"""
SIZE = {"draws": 100, "paths": 40, "workers": 1}


@pytest.fixture(scope="module")
def runs():
    return {
        "first": sim.run(island(), seed=1, **SIZE),
        "again": sim.run(island(), seed=1, **SIZE),
        "seed": sim.run(island(), seed=2, **SIZE),
        "cautious": sim.run(island().under("cautious"), seed=1, **SIZE),
        "talks": sim.run(island().under("early_talks"), seed=1, **SIZE),
    }


def test_the_same_model_seed_and_size_are_compared_exactly(runs):
    found = runs["first"].diff(runs["again"])
    assert (found.how, found.changed) == ("exact", False)
    assert len(found.estimates) == 22
    # engines that sample walk the same paths
    small = [
        sim.run(island(), draws=4, paths=10, workers=1, engine=name)
        for name in ("compiled", "reference")
    ]
    found = small[0].diff(small[1])
    assert (found.how, found.changed) == ("exact", False)
    # the control: one path more in one ending
    other = runs["again"].endings.copy()
    other.loc["war", "hits"] += 1
    found = runs["first"].diff(replace(runs["again"], endings=other))
    assert found.changed
    assert found.estimates.loc[found.estimates["moved"], "name"].tolist() == ["war"]


def test_another_seed_moves_nothing_and_another_parameter_does(runs):
    found = runs["first"].diff(runs["seed"])
    assert (found.how, found.changed) == ("independent", False)
    assert not found.estimates["moved"].any()
    found = runs["first"].diff(runs["cautious"])
    assert (found.how, found.changed) == ("paired", True)
    (part,) = found.model.to_dict("records")
    assert part == {
        "what": "parameter",
        "name": "restraint",
        "origin": "restraint",
        "change": "changed",
        "before": "{pert: [0, 1, 2]}",
        "after": "{fixed: [2]}",
    }
    war = found.estimates.set_index(["kind", "name"]).loc[("outcome", "general_war")]
    assert war["moved"]
    assert war["low"] <= war["difference"] <= war["high"] < 0
    assert np.isclose(war["difference"], war["after"] - war["before"])


def test_pairs_tell_more_than_two_runs_apart(runs):
    """The same change under another seed: its interval is wider."""
    other = sim.run(island().under("cautious"), seed=2, **SIZE)
    widths = []
    for later in (runs["cautious"], other):
        rows = runs["first"].diff(later).estimates.set_index(["kind", "name"])
        row = rows.loc[("outcome", "general_war")]
        widths.append(row["high"] - row["low"])
    assert widths[0] < 0.8 * widths[1]


def test_new_and_gone_parts_and_zeros_are_named(runs):
    found = runs["first"].diff(runs["talks"])
    assert found.model[["what", "name", "change"]].to_numpy().tolist() == [
        ["transition", "early_talks", "new"]
    ]
    rows = found.estimates.set_index("name")
    assert not rows.loc["early_talks", "in_both"]
    assert not rows.loc["early_talks", "moved"]
    back = runs["talks"].diff(runs["first"])
    assert back.model["change"].tolist() == ["gone"]
    # what can no longer happen: the answers of a treaty that is void
    without = sim.run(island().under("no_treaty"), seed=1, **SIZE)
    zeros = runs["first"].diff(without).estimates.query("zero == 'new'")["name"].tolist()
    assert zeros[:2] == ["ally_fights", "widened"]
    assert all("mutual_aid" in name for name in zeros[2:])


def test_warnings_are_kept_and_compared(runs, tmp_path):
    problem = Problem(place=Place(file="x.yaml", line=3, column=1), path="moves.a", text="never")
    warned = replace(island(), warnings=(*island().warnings, problem))
    later = replace(runs["first"], source=warned)
    found = runs["first"].diff(later)
    assert found.warnings.to_numpy().tolist() == [["new", "moves.a", "never"]]
    assert found.changed
    home = later.save(tmp_path / "run")
    kept = json.loads((home / "warnings.json").read_text(encoding="utf-8"))
    assert kept[-1] == problem.as_row("warning")
    # a place that moved is the same warning
    moved = replace(problem, place=replace(problem.place, line=9))
    again = replace(runs["first"], source=replace(island(), warnings=(moved,)))
    assert sim.Results.load(home).diff(again).warnings.query("change == 'new'").empty


def test_the_command_ends_with_3_where_something_changed(runs, tmp_path, call):
    for name in ("first", "again", "cautious"):
        runs[name].save(tmp_path / name)
    code, out, _ = call("diff", tmp_path / "first", tmp_path / "again")
    assert (code, "Nothing changed." in out) == (0, True)
    code, out, _ = call("diff", "first", "cautious")
    assert code == 3
    assert "parameter restraint: {pert: [0, 1, 2]} → {fixed: [2]}" in out
    table = read_added(tmp_path / "cautious", "diff")
    assert table["moved"].sum() > 2
    assert sim.Results.load(tmp_path / "cautious").provenance == runs["cautious"].provenance
    code, out, _ = call("diff", "first", "cautious", "--json")
    told = strict_json(out)
    assert (code, told["changed"], len(told["estimates"])) == (3, True, len(table))


@pytest.mark.parametrize(
    ("second", "says"),
    [("nowhere", "not a run directory"), ("compared", "holds a comparison, not a run")],
)
def test_what_is_no_run_is_refused_in_a_sentence(runs, tmp_path, call, second, says):
    runs["first"].save(tmp_path / "first")
    sim.compare(island(), "cautious", draws=4, paths=40, workers=1).save(tmp_path / "compared")
    code, _, err = call("diff", "first", second)
    assert code == 2
    assert says in err
    assert len(err.splitlines()) == 1


def test_a_run_ends_with_what_changed_since_the_last_one(runs, tmp_path):
    target = tmp_path / "run"

    def lines() -> list[str]:
        return last_run_lines(target, lambda *words: " ".join(map(str, words)))

    runs["first"].save(target)
    assert lines() == []
    runs["cautious"].save(target)
    first, second = lines()
    assert first.startswith("Since the last run: `restraint` changed; ally fights ")
    assert second == f"to see it all: diff {target}.previous {target}"
    runs["cautious"].save(target)
    assert lines()[0] == "Since the last run: same model, seed and size; no number moved."
    other = replace(runs["first"], provenance=replace(runs["first"].provenance, scenario="other"))
    other.save(target)
    assert diff_with_previous(target) is None


def test_solved_runs_are_compared_within_their_error(tmp_path):
    file = tmp_path / "race.yaml"
    file.write_text(RACE, encoding="utf-8")
    solvable = sim.load(file)
    one = sim.run(solvable, engine="exact", draws=30, workers=1)
    assert not one.diff(one).changed
    drifted = replace(one, outcomes=one.outcomes.assign(probability=0.5))
    assert one.diff(drifted).changed
    sampled = sim.run(solvable, draws=30, paths=100, workers=1)
    found = one.diff(sampled)
    assert not found.estimates["moved"].any()


# ---- the intervals: n repetitions of runs that do not differ, and of runs that do ----
REPETITIONS, DRAWS, PATHS = 2_000, 40, 50


def shares(random: np.random.Generator, p: np.ndarray) -> Counted:
    hits = random.binomial(PATHS, p)
    sizes = np.full(DRAWS, float(PATHS))
    return Counted(shares=hits / PATHS, sizes=sizes, error=np.zeros(p.shape[1]), varies=True)


def false_alarms(*, paired: bool, level: float, rows: int) -> float:
    """The share of columns that are told to have moved, though the truth is equal."""
    random = np.random.default_rng(1)
    p = [random.beta(0.5, 4, (DRAWS, REPETITIONS)) for _ in range(2)]
    one, two = shares(random, p[0]), shares(random, p[0] if paired else p[1])
    low, high = differences(one, two, paired=paired, rows=rows, level=level)
    return float(np.mean((low > 0) | (high < 0)))


@pytest.mark.parametrize("paired", [True, False])
def test_false_alarms_are_no_more_than_the_level_allows(paired):
    # 10 % for a single row: at most 0.1 + 4 standard errors of the share, and not idle
    rate = false_alarms(paired=paired, level=0.90, rows=1)
    assert 0.03 < rate < 0.10 + 4 * np.sqrt(0.1 * 0.9 / REPETITIONS)
    # family-wise: with the bound for 20 rows a tenth of twenties has one alarm or more
    assert false_alarms(paired=paired, level=0.90, rows=20) < 0.005 + 4 * np.sqrt(
        0.005 / REPETITIONS
    )
    # the control: intervals of half the width alarm too often
    random = np.random.default_rng(2)
    p = random.beta(0.5, 4, (DRAWS, REPETITIONS))
    one, two = shares(random, p), shares(random, p)
    low, high = differences(one, two, paired=True, rows=1, level=0.90)
    gap = two.probability - one.probability
    assert np.mean(np.abs(gap) > (high - low) / 4) > 0.3


def test_what_differs_is_found():
    random = np.random.default_rng(3)
    p = random.beta(0.5, 4, (DRAWS, REPETITIONS))
    low, _ = differences(
        shares(random, p),
        shares(random, np.minimum(p + 0.1, 1.0)),
        paired=True,
        rows=300,
        level=0.99,
    )
    assert np.mean(low > 0) > 0.99


def test_small_counts_are_left_to_chance():
    """None and 12 of 100,000: with 300 rows no surprise (2 · 2**-12 · 300 = 15 %); 40 are one."""
    none = np.zeros(3)
    n = np.full(3, 1e5)
    few = np.array([0.0, 12.0, 40.0]) / 1e5
    before = Totals(share=none, n=n, error=none)
    after = Totals(share=few, n=n, error=np.sqrt(few / 1e5))
    low, high = of_totals(before, after, draws=500, rows=300, level=0.99)
    assert (low > 0).tolist() == [False, False, True]
    assert (high > few).all()


def test_tables_of_two_runs_are_the_same_each_time(runs):
    once, again = (runs["first"].diff(runs["cautious"]).estimates for _ in range(2))
    pd.testing.assert_frame_equal(once, again, check_exact=True)


def test_of_another_version_is_refused(runs, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.results.manifest.FORMAT", 1)
    home = runs["first"].save(tmp_path / "old")
    monkeypatch.undo()
    with pytest.raises(UsageError, match="by another version"):
        runs["first"].diff(home)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_a_transition_that_moves_is_told_without_uncertain_parameters(tmp_path, level):
    """Its error is that of sampling: there is no other where nothing is uncertain."""
    text = """
scenario: one_step
horizon: 10 d
state: {on: {flag: false}}
events: {starts: {when: not on, after: {mean: MEAN d}, limit: 1, then: {on: true}}}
outcomes: {started: {when: on}}
endings: {over: {otherwise: true}}
"""
    found = {}
    for name, mean, seed in (("rare", 90, 1), ("again", 90, 2), ("often", 5, 1)):
        file = tmp_path / f"{name}.yaml"
        file.write_text(text.replace("MEAN", str(mean)), encoding="utf-8")
        found[name] = sim.run(file, draws=20, paths=100, seed=seed, level=level, workers=1)

    def moved(name):
        table = found["rare"].diff(found[name]).estimates.set_index(["kind", "name"])
        return bool(table.loc[("transition", "starts"), "moved"])

    assert moved("often")  # 10.5 % and 86.5 % of 2,000 paths
    assert not moved("again")  # the control: nothing but the seed
