"""Every column of every table of a run is described, with its unit."""

from dataclasses import replace

import pytest
from command_line import ROOT

import sim

ISLAND = ROOT / "tests" / "corpus" / "valid" / "island_clash.yaml"
TABLES = ["outcomes", "endings", "draws", "shares", "coverage", "rungs", "timing", "paths"]
TABLES += ["events", "track"]


@pytest.fixture(scope="module")
def results():
    return sim.run(ISLAND, draws=3, paths=20, events=True, track=["talks"], progress=False)


def of_frames(results) -> list[tuple[str, str]]:
    """Each table with each of its columns, and with its index where that has a name."""
    found = []
    for table, frame in results.frames().items():
        found += [(table, frame.index.name)] * (frame.index.name is not None)
        found += [(table, column) for column in frame.columns]
    return found


def test_every_column_of_every_table_is_described(results):
    columns = results.columns
    assert list(columns.index.unique("table")) == TABLES
    assert list(columns.index) == of_frames(results)
    assert (columns["meaning"].str.len() > 4).all()
    assert (columns["unit"].str.len() > 3).all()
    assert columns.loc[("timing", "time"), "unit"] == "days"
    assert "time__" in columns.loc["paths"].index[-1]


def test_a_loaded_run_describes_the_same(results, tmp_path):
    results.save(tmp_path / "run")
    assert sim.Results.load(tmp_path / "run").columns.equals(results.columns)


def test_a_column_that_nobody_described_is_noticed(results):
    """Control: one more column, as a new estimate would add."""
    more = replace(results, outcomes=results.outcomes.assign(novel=1.0))
    with pytest.raises(KeyError, match=r"outcomes\.novel"):
        _ = more.columns
