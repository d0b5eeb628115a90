"""Tables are written column by column, in the bytes that pandas writes."""

import numpy as np
import pandas as pd
import pytest
from islands import island_run

from sim.results import csv_rows
from sim.results.csv_files import write_table

WORDS = ["a", "b,c", 'q"x', "two\nlines", "", " lead", "é", "a'x", "#", "NA"]
LENGTH = 45_000  # more than two of the pieces in which a table is written


def as_pandas(table: pd.DataFrame, index: bool) -> bytes:
    return table.to_csv(index=index, lineterminator="\n").encode("utf-8-sig")


def hard_table() -> pd.DataFrame:
    """Floats of any bits, the largest and the least, and words that are to be quoted."""
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e15, 1e16, 1e22, 1e23, 1e-4, 1e-5, 5e-324]
    bits = np.random.default_rng(1).integers(-(2**63), 2**63, LENGTH - len(special))
    table = pd.DataFrame({"number": np.concatenate([special, bits.view(np.float64)])})
    table["count"] = np.arange(LENGTH) - 3
    table["yes, no"] = table["count"] % 3 == 0
    table["words"] = np.resize(np.array(WORDS, dtype=object), LENGTH)
    table["category"] = table["words"].astype("category")
    table.loc[7, ["words", "category"]] = None
    table["empty"] = np.nan
    return table


@pytest.mark.parametrize("index", [False, True])
def test_the_bytes_are_those_of_pandas(tmp_path, index):
    table = hard_table()
    write_table(tmp_path / "x.csv", table, index=index)
    assert (tmp_path / "x.csv").read_bytes() == as_pandas(table, index)
    assert csv_rows.lines(table, index=index) is not None  # it was not pandas that wrote it


@pytest.mark.parametrize("name", ["outcomes", "draws", "shares", "timing", "paths"])
def test_the_tables_of_a_run_are_written_so(tmp_path, name):
    table = island_run().frames()[name]
    write_table(tmp_path / "x.csv", table, index=True)
    assert csv_rows.lines(table, index=True) is not None
    assert (tmp_path / "x.csv").read_bytes() == as_pandas(table, True)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"lone": ["", "a"]}),
        pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "m": [1, 2]}),
        pd.DataFrame({"a": [], "b": []}),
        pd.DataFrame({"mixed": [1, "a"], "m": [1, 2]}),
        pd.DataFrame({"when": pd.to_datetime(["2024-10-25", "2024-10-26"]), "m": [1, 2]}),
    ],
    ids=["lone", "integers that may be missing", "no rows", "mixed", "dates"],
)
def test_what_only_pandas_knows_is_left_to_pandas(tmp_path, table):
    assert csv_rows.lines(table, index=False) is None
    write_table(tmp_path / "x.csv", table)
    assert (tmp_path / "x.csv").read_bytes() == as_pandas(table, False)


def test_a_digit_less_would_be_found(tmp_path, monkeypatch):
    """The control."""
    table = hard_table()
    monkeypatch.setattr(csv_rows, "repr", "{:.16g}".format, raising=False)
    write_table(tmp_path / "x.csv", table)
    assert (tmp_path / "x.csv").read_bytes() != as_pandas(table, False)
