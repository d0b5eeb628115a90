"""A scenario and itself with something changed: equal up to the first moment it matters."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from islands import island

import sim
from sim.analysis import paired
from sim.errors import UsageError
from sim.experiment.parameter_draws import parameter_values, values_of
from sim.model import Distribution

WHAT = ["time", "transition", "option", "probability", "actor"]
Which = tuple[int, int]  # draw, path


@cache
def comparison() -> sim.Comparison:
    return sim.compare(island(), order="given", draws=8, paths=60, seed=3, workers=2, events=True)


@cache
def stories(name: str) -> dict[Which, list[tuple[object, ...]]]:
    """What happened in each path, a treaty's coming into force apart."""
    results = comparison().twins[name] if name else comparison().baseline
    events = results.events
    assert events is not None
    found: dict[Which, list[tuple[object, ...]]] = {
        (draw, path): [] for draw in range(8) for path in range(60)
    }
    for row in events[["draw", "path", *WHAT]].itertuples(index=False):
        if row.transition != "mutual_aid.binds":
            found[row.draw, row.path].append(tuple(map(str, row[2:])))
    return found


def test_the_baseline_and_twins_are_runs_of_their_own() -> None:
    alone = sim.run(island().under("cautious"), draws=8, paths=60, seed=3, workers=1, events=True)
    twin = comparison().twins["cautious"]
    for name in ("outcomes", "endings", "draws", "coverage", "rungs", "timing", "paths", "events"):
        tables = [getattr(run, name) for run in (twin, alone)]
        # bands and their words are made apart for some thirty alternatives
        tables = [one.drop(columns="confidence", errors="ignore") for one in tables]
        pd.testing.assert_frame_equal(*tables)
    assert list(comparison().twins) == list(island().interventions)
    assert twin.provenance.under == "cautious"
    assert comparison().baseline.provenance.under == ""


def test_voiding_a_treaty_never_invoked_changes_nothing() -> None:
    before, after = stories(""), stories("no_treaty")
    invoked = {
        path
        for path, story in before.items()
        if any(event[1] == "mutual_aid.art4.invoked" for event in story)
    }
    assert 0 < len(invoked) < len(before)
    for path in before.keys() - invoked:
        assert before[path] == after[path]
    assert all(before[path] != after[path] for path in invoked)  # control


def test_twins_are_equal_up_to_the_first_moment_the_change_matters() -> None:
    before, after = stories(""), stories("early_talks")
    differ = 0
    for path, story in before.items():
        first = [event for event in story if float(str(event[0])) < 1.0]
        assert [event for event in after[path] if float(str(event[0])) < 1.0] == first
        differ += story != after[path]
    assert differ > 400  # control: talks on day 1 of 480 paths change nearly all


def test_a_parameter_set_otherwise_moves_no_other_draw() -> None:
    before, after = stories(""), stories("cautious")
    differ = 0
    for path, story in before.items():
        # the parameter is read when the south answers: before that, nothing can differ
        asked = next((i for i, e in enumerate(story) if e[1] == "south_answers"), len(story))
        assert after[path][:asked] == story[:asked]
        differ += story != after[path]
    assert differ > 100
    draws = [r.draws for r in (comparison().baseline, comparison().twins["cautious"])]
    assert (draws[1]["restraint"] == 2).all()
    assert draws[0]["overt_if_called"].equals(draws[1]["overt_if_called"])


def test_the_table_counts_pairs_of_paths() -> None:
    table = comparison().table
    assert table["twin"].drop_duplicates().tolist() == list(island().interventions)
    before = comparison().baseline.paths
    assert before is not None
    for row in table.itertuples():
        after = comparison().twins[row.twin].paths
        assert after is not None
        had, has = (t[f"time__{row.outcome}"].notna() for t in (before, after))
        assert (row.gained, row.lost) == ((has & ~had).sum(), (had & ~has).sum())
        assert row.differ == row.gained + row.lost
        assert row.difference == pytest.approx(row.probability - row.baseline)
        assert row.mc_low <= row.difference <= row.mc_high
        columns = [c for c in before if c.startswith("time__")]
        same = (before[columns].fillna(-1) == after[columns].fillna(-1)).all(axis=1)
        same &= (before["ending"] == after["ending"]) & (before["end_time"] == after["end_time"])
        assert row.changed == (~same).sum()


def test_pairs_tell_a_difference_that_two_runs_apart_would_not() -> None:
    row = comparison().table.set_index(["twin", "outcome"]).loc[("no_treaty", "general_war")]
    apart = comparison().baseline.outcomes.loc["general_war"]
    assert row["mc_high"] - row["mc_low"] < (apart["mc_high"] - apart["mc_low"]) / 2
    assert row["variance_saved"] > 0.75


def test_the_paired_interval_holds_the_truth_nine_times_in_ten() -> None:
    rng = np.random.default_rng(1)
    gain, loss, n, held = 0.06, 0.02, 400, 0
    for _ in range(1_000):
        kinds = rng.multinomial(n, [gain, loss, 1 - gain - loss])
        _, low, high = paired(kinds[:1].reshape(1, 1), kinds[1:2].reshape(1, 1), n)
        held += bool(low[0] <= gain - loss <= high[0])
    # 1,000 intervals at 90 %: the standard error of their coverage is 0.0095
    assert abs(held / 1_000 - 0.9) < 4 * 0.0095
    difference, low, high = paired(np.zeros((1, 1), int), np.zeros((1, 1), int), 1_000)
    assert (difference[0], -low[0]) == (0, high[0])
    assert 0 < high[0] < 3 / 1_000


def test_draws_that_differ_widen_the_interval() -> None:
    alike = np.full((10, 1), 5)
    apart = np.array([[50], *[[0]] * 9])
    widths = []
    for gained in (alike, apart):
        difference, low, high = paired(gained, np.zeros_like(gained), 100)
        assert difference[0] == pytest.approx(0.05)
        widths.append(high[0] - low[0])
    assert widths[1] > 3 * widths[0]


def test_interventions_may_be_named_and_joined() -> None:
    both = sim.compare(island(), ["cautious", "cautious+no_treaty"], draws=2, paths=30, workers=1)
    assert list(both.twins) == ["cautious", "cautious+no_treaty"]
    assert len(both.table) == 4
    with pytest.raises(UsageError, match="did you mean 'cautious'"):
        sim.compare(island(), ["cautios"], draws=1, paths=1)
    with pytest.raises(UsageError, match="nothing to compare: "):
        sim.compare(island(), [], draws=1, paths=1)


def test_a_comparison_is_saved_as_runs_beside_each_other(tmp_path: Path) -> None:
    home = comparison().save(tmp_path / "both")
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["twins"] == list(island().interventions)
    assert {"analyses/compare.csv", "baseline/outcomes.csv", "twins/cautious/outcomes.csv"} <= set(
        manifest["outputs"]
    )
    twin = sim.Results.load(home / "twins" / "cautious")
    pd.testing.assert_frame_equal(twin.outcomes, comparison().twins["cautious"].outcomes)
    assert comparison().save(home) == home  # an earlier one is replaced


def test_models_drawn_together_have_the_values_each_has_alone():
    scenario = island()
    twin = scenario.under("no_treaty").model
    other = replace(
        twin,
        parameters=tuple(
            replace(p, distribution=Distribution(kind="fixed", numbers=(0.25,))) if i == 0 else p
            for i, p in enumerate(twin.parameters)
        ),
    )
    models = [scenario.model, twin, other]
    together = values_of(models, 5, range(3, 20), progress=False)
    for model, values in zip(models, together, strict=True):
        assert (values == parameter_values(model, 5, range(3, 20))).all()
    assert (together[0] == together[1]).all()
    assert (together[2][:, 0] == 0.25).all()  # the control: what differs is drawn apart
    assert not (together[0][:, 0] == 0.25).any()
