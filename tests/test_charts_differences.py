"""The chart of a comparison: every intervention a row, drawn where its difference is."""

from functools import partial

import pandas as pd
import pytest
from command_line import FEW, FIRST, call
from islands import island
from test_charts import overlaps

import sim
from sim.charts import differences
from sim.formatting import effects as in_words
from sim.report.pictures import draw_comparison

__all__ = ["call"]
TWINS = ["no_treaty", "cautious", "no_treaty+cautious"]


def rows(*changes: tuple[float, float, float, int]) -> pd.DataFrame:
    columns = ["difference", "mc_low", "mc_high", "changed"]
    table = pd.DataFrame(changes, columns=columns)
    # over parameters three times as wide, where anything changes
    wide = 3 * (table["mc_high"] - table["difference"]).where(table["changed"] > 0)
    table = table.assign(low=table["difference"] - wide, high=table["difference"] + wide)
    names = [f"intervention_{k}" for k in range(len(table))]
    return table.assign(twin=names, outcome="war", n=2_000, differ=table["changed"])


MANY = [(0.01 * k - 0.05, 0.01 * k - 0.06, 0.01 * k - 0.04, 40) for k in range(12)]


@pytest.mark.parametrize("changes", [MANY, [(0.0, -1e-5, 1e-5, 0)], MANY[:1]])
def test_rows_stand_where_the_differences_are_and_cover_nothing(changes):
    table = rows(*changes)
    ax = differences(table, outcome="war", title="War", subject="Two islands", interval="90 %")
    assert overlaps(ax) == []
    marks = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [float(mark.get_xdata()[0]) for mark in marks] == sorted(
        (low[0] for low in changes), key=abs, reverse=True
    )
    shown = {text.get_text() for text in ax.texts}
    assert shown == set(in_words(row for _, row in table.iterrows()))
    low, high = ax.get_xlim()
    assert low == -high < table[["low", "mc_low"]].min().min()
    assert "War" in ax.get_title(loc="left")
    assert "Two islands" in ax.get_title(loc="left")
    assert "(n = 2,000)\n90 %" in ax.get_xlabel()
    assert ("thin line" in ax.get_xlabel()) == bool(table["low"].notna().any())


def test_what_changes_nothing_is_hollow_and_another_outcome_is_not_drawn():
    table = pd.concat([rows((0.0, -1e-5, 1e-5, 0), MANY[0]), rows(MANY[1]).assign(outcome="x")])
    ax = differences(table, outcome="war")
    marks = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [False, True]
    assert len(ax.collections) == 2  # both intervals; none around what changes nothing


def test_a_comparison_is_drawn_for_each_headline(tmp_path):
    comparison = sim.compare(island(), TWINS, draws=3, paths=30, workers=1)
    comparison.save(tmp_path / "out", also=partial(draw_comparison, comparison))
    drawn = {file.name for file in (tmp_path / "out" / "charts").iterdir()}
    flows = {f"flows-{twin}.png" for twin in comparison.twins}
    assert drawn == {"differences-ally_fights.png", *flows}


def failing(*arguments: object, **more: object) -> None:
    raise ZeroDivisionError("no such axis")


def test_a_chart_of_differences_that_fails_does_not_cost_the_tables(call, monkeypatch):
    monkeypatch.setitem(draw_comparison.__globals__, "differences", failing)
    code, _, err = call("compare", FIRST, *FEW, "--out", "run")
    assert code == 1
    assert err.startswith("chart not drawn: differences-ally_fights (ZeroDivisionError: no such")
    assert len(sim.api.Comparison.load("run").table) > 0
