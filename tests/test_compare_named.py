"""Comparing under names of one's own: scenarios, files, and runs that were made already."""

import numpy as np
import pytest
from islands import FILE, island
from pandas.testing import assert_frame_equal

import sim

SMALL = {"draws": 20, "paths": 40, "workers": 1, "seed": 5}
FRAMES = ("table", "endings", "flows")


def test_a_mapping_names_what_is_compared(tmp_path):
    mine = island().with_(set={"restraint": 1.5})
    named = sim.compare(
        {"as written": island(), "mine": mine, "no pact": "no_treaty", "the file": FILE}, **SMALL
    )
    assert sorted(named.twins) == ["mine", "no pact", "the file"]
    plain = sim.compare(island(), ["no_treaty", mine], **SMALL)
    for name, other in (("no pact", "no_treaty"), ("mine", "island_clash (other file)")):
        own = named.table[named.table["twin"] == name].drop(columns="twin")
        its = plain.table[plain.table["twin"] == other].drop(columns="twin")
        assert_frame_equal(own.reset_index(drop=True), its.reset_index(drop=True))
    same = named.table[named.table["twin"] == "the file"]
    assert (same["differ"] == 0).all()  # the control: nothing was changed there
    home = named.save(tmp_path / "both")
    assert_frame_equal(sim.Comparison.load(home).table, named.table)


@pytest.mark.parametrize("saved", [False, True])
def test_runs_of_one_seed_are_paired_as_they_are(tmp_path, saved):
    changed = island().under("no_treaty")
    runs = {"baseline": sim.run(island(), **SMALL), "no_treaty": sim.run(changed, **SMALL)}
    if saved:
        runs = {n: sim.Results.load(run.save(tmp_path / n)) for n, run in runs.items()}
    paired = sim.compare(runs)
    walked = sim.compare(island(), ["no_treaty"], **SMALL)
    for name in FRAMES:
        assert_frame_equal(getattr(paired, name), getattr(walked, name))
    columns = ["n", "changed"]
    assert_frame_equal(paired.alternatives[columns].astype(int), walked.alternatives[columns])
    assert paired.alternatives["moment"].tolist() == walked.alternatives["moment"].tolist()
    assert (paired.table["differ"] > 0).any()
    two = sim.compare(runs["baseline"], runs["no_treaty"])
    assert_frame_equal(
        two.table.drop(columns="twin"), paired.table.drop(columns="twin"), check_dtype=False
    )
    home = paired.save(tmp_path / "both")
    assert_frame_equal(sim.Comparison.load(home).table, paired.table)


def test_runs_of_unequal_designs_are_no_pairs(tmp_path):
    size = {"paths": 5, "workers": 1}
    values = {"restraint": np.linspace(0, 2, 4)}
    first = sim.run(island(), values=values, **size)
    plain = sim.run(island(), draws=4, **size)
    told = "b: values of restraint were given to a and drawn in b; runs with the same values"
    with pytest.raises(sim.UsageError, match=told):
        sim.compare({"a": first, "b": plain})
    values["restraint"][2] = 1
    moved = sim.Results.load(sim.run(island(), values=values, **size).save(tmp_path / "moved"))
    told = r"b: has restraint = 1.0 in row 2, a has 1.333\d*; runs with the same values"
    with pytest.raises(sim.UsageError, match=told):
        sim.compare({"a": sim.Results.load(first.save(tmp_path / "first")), "b": moved})
    assert (sim.compare({"a": moved, "b": moved}).table["difference"] == 0).all()  # the control


def test_runs_of_two_levels_share_no_table():
    size = {"draws": 4, "paths": 5, "workers": 1}
    runs = {
        name: sim.run(island(), level=level, **size) for name, level in (("a", 0.9), ("b", 0.5))
    }
    with pytest.raises(sim.UsageError, match=r"b: level 0.5, a has 0.9; intervals in one table"):
        sim.compare(runs)


def test_runs_of_given_values_are_paired():
    values = {"restraint": np.linspace(0, 2, 10)}
    options = {"values": values, "common_random_numbers": True, "paths": 40, "workers": 1}
    both = {"a": sim.run(island(), **options), "b": sim.run(island().under("no_treaty"), **options)}
    table = sim.compare(both).table
    gap = both["b"].outcomes["probability"] - both["a"].outcomes["probability"]
    assert table["difference"].tolist() == pytest.approx(gap[table["outcome"]].tolist())


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"seed": 6}, "b: seed 6, a has 5; only paths with the same random numbers are pairs"),
        ({"draws": 19}, "b: draws 19, a has 20"),
        ({"paths": 30}, "b: paths 30, a has 40"),
        ({"draws": range(1, 21)}, "b: first draw 1, a has 0"),
        ({"common_random_numbers": True}, "b: common random numbers True, a has False"),
    ],
)
def test_paths_with_other_random_numbers_are_no_pairs(more, told):
    runs = {"a": sim.run(island(), **SMALL), "b": sim.run(island(), **{**SMALL, **more})}
    with pytest.raises(sim.UsageError, match=told):
        sim.compare(runs)


def test_what_cannot_be_compared_is_refused():
    run = sim.run(island(), **SMALL)
    with pytest.raises(sim.UsageError, match="takes runs or scenarios, not some of both"):
        sim.compare({"a": run, "b": island()})
    with pytest.raises(sim.UsageError, match="takes runs or scenarios, not some of both"):
        sim.compare(island(), [run])
    with pytest.raises(sim.UsageError, match="a run is compared with another run"):
        sim.compare(run)
    with pytest.raises(sim.UsageError, match="seed: the runs are made already"):
        sim.compare({"a": run, "b": run}, seed=3)
    with pytest.raises(sim.UsageError, match="needs two scenarios or more"):
        sim.compare({"a": island()})
    with pytest.raises(sim.UsageError, match="give two runs or more"):
        sim.compare({"a": run})
    with pytest.raises(sim.UsageError, match="cannot be the name of an alternative"):
        sim.compare({"a": island(), "b/c": island()})
    with pytest.raises(sim.UsageError, match="takes draws from 0 on"):
        sim.compare(island(), ["no_treaty"], draws=range(5, 9))
    kept = sim.run(island(), keep_paths=False, **SMALL)
    with pytest.raises(sim.errors.NotApplicable, match="kept no table of paths"):
        sim.compare({"a": kept, "b": kept})
