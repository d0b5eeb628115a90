"""Long tables as Parquet: read back exactly, piece by piece, and one sentence without pyarrow."""

import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from command_line import FEW, FIRST, call
from islands import island, island_run
from pandas.testing import assert_frame_equal

import sim

__all__ = ["call"]
HAS = pytest.mark.skipif("not __import__('importlib').util.find_spec('pyarrow')")
LONG = ("draws", "shares", "paths", "events", "track")


def test_without_pyarrow_it_is_one_sentence(monkeypatch, tmp_path, call):
    # as if it were not installed; pandas goes on with what it has of it
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    told = (
        "format 'parquet': needs pyarrow, which is not installed; pip install "
        "'escalation-sim[parquet]'"
    )
    with pytest.raises(sim.UsageError, match=f"^{re.escape(told)}$"):
        island_run().save(tmp_path / "run", format="parquet")
    assert not (tmp_path / "run").exists()
    code, out, err = call("run", FIRST, *FEW, "--format", "parquet")
    assert (code, out, err) == (2, "", f"{told}\n")
    assert island_run().save(tmp_path / "run").exists()  # the control


def test_another_format_is_named(tmp_path, call):
    told = "unknown format 'parket'; did you mean 'parquet'?"
    with pytest.raises(sim.UsageError, match=re.escape(told)):
        island_run().save(tmp_path / "run", format="parket")
    assert call("run", FIRST, *FEW, "--format", "parket")[2] == f"{told}\n"


@HAS
def test_a_run_is_read_back_as_from_csv(tmp_path):
    run = sim.run(island(), draws=6, paths=40, events=True, track=["north_south"], workers=1)
    homes = {of: run.save(tmp_path / of, format=of) for of in ("csv", "parquet")}
    names = {of: {file.name for file in home.iterdir()} for of, home in homes.items()}
    assert names["parquet"] - names["csv"] == {f"{name}.parquet" for name in LONG}
    assert names["csv"] - names["parquet"] == {f"{name}.csv" for name in LONG}
    read = {of: sim.Results.load(home) for of, home in homes.items()}
    assert read["parquet"] == read["csv"] == run
    for name, table in run.frames().items():
        assert_frame_equal(getattr(read["parquet"], name), table)
    assert read["parquet"] != sim.run(island(), draws=6, paths=40, workers=1)  # the control
    assert_frame_equal(sim.run(homes["parquet"], workers=1).paths, run.paths)
    assert sim.Results.concat([read["parquet"]]) == run
    assert len(read["csv"].diff(homes["parquet"]).estimates.query("moved")) == 0


@HAS
def test_a_comparison_is_read_back(tmp_path):
    found = sim.compare(island(), draws=3, paths=20, workers=1)
    home = found.save(tmp_path / "compared", format="parquet")
    assert (home / "baseline" / "paths.parquet").exists()
    read = sim.Comparison.load(home)
    assert_frame_equal(read.table, found.table)
    assert read.twins == found.twins


@HAS
def test_a_file_that_was_changed_is_refused(tmp_path):
    home = island_run().save(tmp_path / "run", format="parquet")
    (home / "paths.parquet").write_bytes((home / "shares.parquet").read_bytes())
    with pytest.raises(sim.UsageError, match=r"paths.parquet: changed since the run wrote it"):
        sim.Results.load(home)


def odd() -> pd.DataFrame:
    """What cells may hold: missing ones, formulas, unused words, a column named as the index."""
    words = pd.Index(["z", "unused", "=a", "é →"], dtype="str")
    return pd.DataFrame(
        {
            "draw": [0.1, np.nan, 1e300, -0.0],
            "whole": np.array([2**62 + 1, -1, 0, 7]),
            "maybe": pd.array([2**62 + 1, None, 0, 7], dtype="Int64"),
            "yes": [True, False, True, True],
            "text": pd.Series(["=1+1", None, "", "'x"], dtype="str"),
            "word": pd.Categorical.from_codes([2, -1, 0, 3], categories=words),
        },
        index=pd.Index([5, 6, 7, 8], name="draw"),
    )


@HAS
@pytest.mark.parametrize(("times", "groups"), [(0, 1), (1, 1), (25_001, 2)])
def test_every_kind_of_cell_comes_back(tmp_path, times, groups):
    """Also of a table without rows, and of one written in two pieces of 100,000 at most."""
    import pyarrow.parquet as pq

    table = odd()
    table = pd.concat([table] * times) if times else table.head(0)
    home = replace(island_run(), draws=table).save(tmp_path / "run", format="parquet")
    assert_frame_equal(sim.Results.load(home).draws, table)
    file = pq.ParquetFile(home / "draws.parquet")
    assert file.num_row_groups == groups
    assert file.schema_arrow.names[0] == "draw (index)"  # since a column has its name


@HAS
def test_the_command_line_writes_it_and_analyses_read_it(tmp_path, call):
    code, _, err = call("run", FIRST, *FEW, "--format", "parquet", "--out", "run", "--no-charts")
    assert code == 0, err
    assert (tmp_path / "run" / "paths.parquet").exists()
    assert not (tmp_path / "run" / "paths.csv").exists()
    for verb in (("report",), ("evidence",), ("why",), ("explore", "--help")):
        assert call(verb[0], "run", *verb[1:])[0] == 0, verb
