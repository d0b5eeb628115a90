"""Runs of neighbouring draws, joined: the one run, byte for byte; everything else is refused."""

from dataclasses import replace

import numpy as np
import pytest
from coins import TEXT
from islands import TABLES, island
from pandas.testing import assert_frame_equal

import sim

SMALL = {"paths": 30, "workers": 1, "seed": 4}


def run(draws: range, **more: object) -> sim.Results:
    return sim.run(island(), draws=draws, **{**SMALL, **more})


def files(results: sim.Results, folder) -> dict[str, bytes]:
    home = results.save(folder)
    found = sorted(one for one in home.rglob("*") if one.suffix in (".csv", ".npz"))
    return {one.relative_to(home).as_posix(): one.read_bytes() for one in found}


def test_the_runs_of_three_ranges_are_the_one_run_byte_for_byte(tmp_path):
    more = {"events": True, "track": ["north_south"]}
    parts = [run(some, **more) for some in (range(50, 90), range(7), range(7, 50))]
    joined = sim.Results.concat(parts)
    whole = sim.run(island(), draws=90, **more, **SMALL)
    for name in (*TABLES, "track"):
        assert_frame_equal(getattr(joined, name), getattr(whole, name))
    assert joined.provenance == whole.provenance
    assert files(joined, tmp_path / "joined") == files(whole, tmp_path / "whole")
    assert files(parts[0], tmp_path / "part") != files(whole, tmp_path / "whole")  # the control
    again = sim.Results.concat([joined, run(range(90, 95), **more)])
    assert again.provenance.draws == 95
    assert joined.replay(60, 3).draw == 60


def test_runs_that_were_loaded_are_joined_too(tmp_path):
    more = {"events": True}
    parts = [run(some, **more) for some in (range(7), range(7, 50), range(50, 90))]
    whole = sim.run(island(), draws=90, **more, **SMALL)
    read = [sim.Results.load(one.save(tmp_path / str(i))) for i, one in enumerate(parts)]
    for some in (read, [read[0], parts[1], read[2]]):
        joined = sim.Results.concat(some)
        assert joined == whole
        assert files(joined, tmp_path / "joined") == files(whole, tmp_path / "whole")
        assert joined.replay(60, 3).events.equals(whole.replay(60, 3).events)
    # what was joined and saved again is joined again, and knows its scenario as it did before
    again = sim.Results.load(sim.Results.concat(read[:2]).save(tmp_path / "again"))
    assert sim.Results.concat([again, parts[2]]) == whole
    assert sim.run(tmp_path / "again", workers=1).provenance.draws == 50
    assert sim.Results.concat([read[0], read[1]]) != whole  # the control


def test_counts_that_were_changed_are_refused(tmp_path):
    home = run(range(5)).save(tmp_path / "run")
    (home / "counts.npz").write_bytes(b"other")
    with pytest.raises(sim.UsageError, match=r"counts.npz: changed since the run wrote it"):
        sim.Results.load(home)


def test_runs_without_rows_of_paths_are_joined_too():
    parts = [run(range(5), keep_paths=False), run(range(5, 9), keep_paths=False)]
    whole = sim.run(island(), draws=9, keep_paths=False, **SMALL)
    assert_frame_equal(sim.Results.concat(parts).outcomes, whole.outcomes)


def test_runs_of_given_values_keep_them():
    values = {"restraint": np.linspace(0, 2, 9)}
    halves = [
        sim.run(island(), values={"restraint": values["restraint"][some]}, draws=draws, **SMALL)
        for some, draws in ((slice(0, 4), range(4)), (slice(4, 9), range(4, 9)))
    ]
    whole = sim.run(island(), values=values, **SMALL)
    assert_frame_equal(sim.Results.concat(halves).paths, whole.paths)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"draws": range(4, 8)}, "concat: draw 4 is in two of the runs"),
        ({"draws": range(7, 8)}, "concat: no run has the draws 5 to 6"),
        ({"draws": range(5, 8), "seed": 5}, "concat: the runs have other seed: 4 and 5"),
        ({"draws": range(5, 8), "paths": 31}, "concat: the runs have other paths"),
        ({"draws": range(5, 8), "engine": "reference"}, "concat: the runs have other engine"),
        (
            {"draws": range(5, 8), "common_random_numbers": True},
            "concat: the runs have other common random numbers",
        ),
    ],
)
def test_what_is_no_part_of_one_run_is_refused(other, told):
    with pytest.raises(sim.UsageError, match=told):
        sim.Results.concat([run(range(5)), run(**other)])


def test_other_models_and_runs_without_counts_are_refused(tmp_path):
    first = run(range(5))
    with pytest.raises(sim.UsageError, match="concat: the runs have other under"):
        sim.Results.concat(
            [first, sim.run(island().under("no_treaty"), draws=range(5, 8), **SMALL)]
        )
    longer = replace(island().model, horizon=2 * island().model.horizon)
    with pytest.raises(sim.UsageError, match="concat: the runs have other models"):
        sim.Results.concat([first, sim.run(longer, draws=range(5, 8), **SMALL)])
    bare = sim.Results.load(replace(first, output=None).save(tmp_path / "bare"))
    with pytest.raises(sim.errors.NotApplicable, match="concat: a run has tables without its"):
        sim.Results.concat([bare, run(range(5, 8))])
    solved = sim.run(sim.loads(TEXT), engine="exact", draws=2)
    with pytest.raises(sim.errors.NotApplicable, match="concat: joins sampled runs; the exact"):
        sim.Results.concat([solved])
    with pytest.raises(sim.UsageError, match="concat: takes one run or more"):
        sim.Results.concat([])


def test_results_are_equal_if_all_their_tables_are(tmp_path):
    one, same = run(range(5)), run(range(5), workers=2)
    assert one == same
    assert one == sim.Results.load(one.save(tmp_path / "run"))
    assert sim.Results.concat([run(range(3)), run(range(3, 5))]) == one
    for other in (run(range(5), seed=5), run(range(1, 6)), run(range(5), keep_paths=False)):
        assert one != other
    changed = replace(one, outcomes=one.outcomes.assign(hits=0))
    assert one != changed
    assert one != "a run"
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
