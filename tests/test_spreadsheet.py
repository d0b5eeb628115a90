"""Tables as a spreadsheet opens them: no text is a formula, and `load` gives every text back."""

import csv
from codecs import BOM_UTF8
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from command_line import FEW, call
from hypothesis import example, given, settings
from hypothesis import strategies as st
from islands import island_run
from pandas.testing import assert_frame_equal

import sim

__all__ = ["call"]
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "＝", "＋", "－", "＠"]
# what no file can hold is left out: a scenario refuses control characters
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n\"',")
TEXTS = st.builds(str.__add__, st.sampled_from(["", *STARTS]), st.text(LETTERS, max_size=8))


def small(titles: list[str]) -> sim.Results:
    """A run whose texts are these: titles, names of options and the categories of a column."""
    results = island_run()
    outcomes = results.outcomes.iloc[[0] * len(titles)].assign(title=titles)
    coverage = results.coverage.iloc[: len(titles)].reset_index(drop=True)
    names = pd.Series(titles[: len(coverage)], dtype=coverage["name"].dtype)
    ladders = results.rungs.iloc[: len(set(titles))].reset_index(drop=True)
    levels = pd.Series(list(dict.fromkeys(titles)), dtype="category")
    return replace(
        results,
        outcomes=outcomes.astype({"title": results.outcomes["title"].dtype}),
        coverage=coverage.assign(name=names),
        rungs=ladders.assign(level=levels),
        timing=results.timing.iloc[:1],
        paths=None,
        events=None,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=8))
@example(
    titles=['=HYPERLINK("x")', "'quoted", "''", "NA", "inf", "a\rb", "\r", "-0.5", " x ", "é→"]
)
def test_whatever_the_texts_load_gives_them_back(titles):
    results = small(titles)
    with TemporaryDirectory() as folder:
        again = sim.Results.load(results.save(Path(folder) / "run"))
        cells = [cell for file in Path(folder).rglob("*.csv") for cell in texts_of(file)]
    assert_frame_equal(again.outcomes, results.outcomes)
    assert_frame_equal(again.coverage, results.coverage)
    assert_frame_equal(again.rungs, results.rungs)
    assert [cell for cell in cells if cell[0] in "=+-@\t\r\n＝＋－＠"] == []


def texts_of(file: Path) -> list[str]:
    """The cells of a table that are no numbers, as a spreadsheet reads them."""
    data = file.read_bytes()
    assert data.startswith(BOM_UTF8), file.name
    rows = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row if cell and not is_number(cell)]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell == cell.strip()


TITLED = """scenario: titled
title: "=1+1"
horizon: 10 d
actors: {us: {name: "@us"}}
state: {hit: {flag: false}}
events: {strike: {at: 2 d, chance: 0.5, then: {hit: true}, title: "-strike"}}
outcomes: {hit_at_all: {title: "=cmd|' /C calc'!A0", when: hit, headline: true}}
endings: {"yes": {title: "+1 for us", when: hit}, "no": {title: "'no'", otherwise: true}}
evidence: {past: {outcome: hit_at_all, successes: 1, trials: 4, about: "@record – é"}}
interventions: {later: {void: strike}}
"""


def test_every_table_of_a_run_and_of_a_comparison_is_safe_to_open(call):
    Path("titled.yaml").write_text(TITLED, encoding="utf-8")
    assert call("run", "titled.yaml", *FEW, "--no-charts")[0] == 0
    assert call("compare", "titled.yaml", *FEW, "--no-charts")[0] == 0
    files = sorted(Path("results").rglob("*.csv"))
    assert {"outcomes.csv", "routes.csv", "evidence.csv", "compare.csv"} <= {f.name for f in files}
    cells = [cell for file in files for cell in texts_of(file)]
    assert [cell for cell in cells if cell[0] in "=+-@"] == []
    assert {"'=cmd|' /C calc'!A0", "'+1 for us", "''no'", "'@record – é"} <= set(cells)
    results = sim.Results.load("results/titled")
    assert results.outcomes["title"].tolist() == ["=cmd|' /C calc'!A0"]
    assert results.endings["title"].tolist() == ["+1 for us", "'no'"]
    # a negative number is one: it has no mark, and no quotes
    (row,) = csv.DictReader(
        StringIO(
            Path("results/titled-compared/analyses/compare.csv").read_text(encoding="utf-8-sig")
        )
    )
    assert float(row["difference"]) < 0
    loaded = sim.Comparison.load("results/titled-compared")
    assert loaded.table["difference"].iloc[0] == float(row["difference"])


def test_a_table_written_without_marks_would_be_a_formula():
    """Control: what pandas alone writes."""
    plain = small(["=1+1"]).outcomes.to_csv()
    assert ",=1+1" in plain


@pytest.mark.parametrize("marked", [True, False], ids=["with a mark", "as before, without"])
def test_a_table_reads_back_with_and_without_the_mark_of_its_encoding(marked, tmp_path):
    """pandas and Python read both; what a run wrote is hashed with its mark."""
    home = island_run().save(tmp_path / "run")
    data = (home / "outcomes.csv").read_bytes()
    (tmp_path / "copy.csv").write_bytes(data if marked else data.removeprefix(BOM_UTF8))
    table = pd.read_csv(tmp_path / "copy.csv", index_col="outcome")
    assert list(table.index) == list(island_run().outcomes.index)
