"""The charts of a run: which there are, and what they are told about it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from command_line import FEW, FIRST, call
from islands import FILE, island, island_run
from matplotlib.layout_engine import ConstrainedLayoutEngine
from test_charts import overlaps, row_labels

import sim
from sim.charts import after_run, charts, of_replay, style
from sim.charts.estimates import clauses, timing
from sim.errors import UsageError
from sim.report import pictures

__all__ = ["call"]
mpl.use("agg")


def drawings(scenario=None, run=None):
    """How each chart after a run is drawn, by its name."""
    every = charts(scenario or island(), run or island_run())
    return {one.name: one.draw for one in every}


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    style.plt.close("all")


def test_every_chart_of_a_run_is_drawn_and_no_text_covers_another():
    drawn = drawings()
    assert list(drawn) == ["outcomes", "endings", "timing", "rungs", "clauses", "treaties"]
    for name, chart in drawn.items():
        assert overlaps(chart()) == [], name


def test_a_run_says_headlines_bands_and_the_day_the_treaty_binds():
    drawn = drawings()
    curves = drawn["timing"]()
    assert curves.get_xlabel().splitlines()[1:] == [
        "pale band (headlines): 90 % of the draws (parameter uncertainty); dark: sampling error, "
        "90 %, where it can be seen",
        "dotted, on 2024-12-04: Treaty of mutual aid begins to bind",
    ]
    assert [text.get_fontweight() for text in curves.texts] == ["bold", "normal"]
    weights = [label.get_fontweight() for label in drawn["outcomes"]().get_yticklabels()]
    assert weights == ["bold", "normal"]


def test_a_treaty_that_never_binds_is_not_marked_and_many_would_be_a_fence(monkeypatch):
    void = island_run().coverage.assign(reach="possible")
    never = drawings(run=replace(island_run(), coverage=void))
    assert "dotted" not in never["timing"]().get_xlabel()
    monkeypatch.setattr(timing, "FEW", 0)
    assert "dotted" not in drawings()["timing"]().get_xlabel()


def test_few_outcomes_of_many_are_counted(monkeypatch):
    monkeypatch.setattr(timing, "distinguishable", lambda results: ["general_war"])
    label = drawings()["timing"]().get_xlabel()
    assert "1 of 2 outcomes; pale band: 90 % of the draws" in label


def test_clauses_carry_the_treatys_title_and_stand_apart_where_there_are_many(monkeypatch):
    whole = drawings()["clauses"]()
    assert row_labels(whole)[0] == "art4, Treaty of mutual\naid: invoked"
    monkeypatch.setattr(clauses, "MOST", 3)
    drawn = {one.name: one for one in charts(island(), island_run())}
    assert list(drawn)[-3:] == ["clauses", "clauses-mutual_aid", "treaties"]
    assert [name for name, one in drawn.items() if one.on_request] == ["clauses-mutual_aid"]
    assert row_labels(drawn["clauses"].draw()) == ["art4, Treaty of mutual aid"]
    page = drawn["clauses-mutual_aid"].draw()
    assert row_labels(page)[0] == "art4: invoked"
    assert "Treaty of mutual aid – A shelling" in page.get_title(loc="left")


def test_clauses_of_one_treaty_by_its_name(monkeypatch):
    whole = row_labels(island_run().plot.clauses("mutual_aid"))
    assert whole == row_labels(island_run().plot.clauses())  # there is one treaty
    with pytest.raises(UsageError, match="unknown treaty 'mutual_ad'; did you mean 'mutual_aid'"):
        island_run().plot.clauses("mutual_ad")
    monkeypatch.setattr(clauses, "MOST", 3)
    assert row_labels(island_run().plot.clauses()) == ["art4, Treaty of mutual aid"]
    assert row_labels(island_run().plot.clauses(responses=True)) == whole
    assert row_labels(island_run().plot.clauses("mutual_aid")) == whole


def test_pages_of_single_treaties_are_drawn_where_they_are_named(call, monkeypatch):
    monkeypatch.setattr(clauses, "MOST", 3)
    page, whole = Path("run/charts/clauses-mutual_aid.png"), Path("run/charts/clauses.png")
    for only, expected in (
        ((), (True, False)),
        (("--only", "clauses"), (True, True)),
        (("--only", page.stem), (False, True)),
    ):
        assert call(FILE, *FEW, "--out", "run", *only)[0] == 0
        assert (whole.exists(), page.exists()) == expected


def test_the_timeline_of_a_path_has_its_outcomes_and_its_actors_by_name():
    paths = island_run().paths
    first = paths[paths["time__ally_fights"].notna()].iloc[0]
    replay = sim.replay(island(), draw=int(first["draw"]), path=int(first["path"]))
    ax = of_replay(replay)
    assert overlaps(ax) == []
    told = [text.get_text() for text in ax.texts if text.get_text().startswith("***")]
    assert first["time__ally_fights"] < first["time__general_war"]
    assert told == ["*** ally fights", "*** general war"]
    assert "art4, Treaty of mutual aid is invoked" in [text.get_text() for text in ax.texts]
    heads = [label.get_text() for label in ax.get_xticklabels()]
    assert "Northland" in heads
    assert "north" not in heads


@pytest.mark.parametrize(
    ("about", "owner", "title"),
    [
        ("how far the two have gone", "", "How far the two have gone – "),
        ("where `korea` stands", "", "Where korea stands – "),  # marks are for pages, not charts
        ("", "north", "Where on its ladder is north south of Northland? – "),
        ("", "", "Where on its ladder is north south? – "),
        (
            "too long to head a chart, since it tells all of a story from end to end",
            "",
            "Where on its ladder",
        ),
    ],
)
def test_a_ladder_is_headed_by_what_the_file_says_of_it(about, owner, title):
    variables = tuple(
        replace(one, about=about, owner=owner) if one.name == "north_south" else one
        for one in island().model.variables
    )
    scenario = replace(island(), model=replace(island().model, variables=variables))
    ax = drawings(scenario)["rungs"]()
    assert ax.get_title(loc="left").startswith(title)


def test_a_relation_is_what_its_name_or_else_its_about_says(tmp_path):
    text = FILE.read_text()
    relation = "north_south: {between: [north, south], ladder: conflict, start: clash"
    assert relation in text
    said = {", about: how far they have gone": "how far they have gone", "": ""}
    said[", about: how far they have gone, name: North and South"] = "North and South"
    for words, about in said.items():
        file = tmp_path / "island.yaml"
        file.write_text(text.replace(relation, relation + words))
        assert sim.load(file).model.variable("north_south").about == about


def failing(*arguments: object, **more: object) -> None:
    raise ZeroDivisionError("no such axis")


def failing_to_draw(*arguments: object) -> Iterator[style.Drawing]:
    yield style.Drawing("outcomes", failing)


@pytest.mark.parametrize("broken", [failing, failing_to_draw], ids=["found out", "drawn"])
def test_a_chart_that_fails_does_not_cost_the_tables(call, monkeypatch, tmp_path, broken):
    monkeypatch.setattr(broken, "__module__", after_run.CHARTS[0].__module__)
    monkeypatch.setattr(after_run, "CHARTS", (broken, *after_run.CHARTS[1:]))
    code, out, err = call(FIRST, *FEW, "--out", "run")
    assert code == 1
    assert err.startswith("chart not drawn: outcomes (ZeroDivisionError: no such axis)\n")
    assert "Tables and charts: run" in out
    assert len(pd.read_csv("run/draws.csv")) == 6
    drawn = {file.name for file in (tmp_path / "run" / "charts").iterdir()}
    assert "endings.png" in drawn
    assert "outcomes.png" not in drawn
    assert sim.api.Results.load("run").n == 240


def test_a_chart_that_does_not_fail_is_no_error(call, tmp_path):
    """The control."""
    assert call(FIRST, *FEW, "--out", "run")[::2] == (0, "")
    assert (tmp_path / "run" / "charts" / "outcomes.png").exists()


def test_each_chart_is_laid_out_once_for_both_of_its_files(tmp_path, monkeypatch):
    # to lay a chart out takes longer than to draw it
    laid_out = []
    execute = ConstrainedLayoutEngine.execute
    monkeypatch.setattr(
        ConstrainedLayoutEngine,
        "execute",
        lambda self, figure: (laid_out.append(id(figure)), execute(self, figure)),
    )
    ax = style.plt.subplots(layout="constrained")[1]
    pictures.save(ax, tmp_path / "one", pictures.ChartFiles(kinds=("png", "svg")))
    assert len(laid_out) == 1
    assert {file.name for file in tmp_path.iterdir()} == {"one.png", "one.svg"}
    figure = style.plt.subplots(layout="constrained")[0]  # control: matplotlib by itself, twice
    for kind in ("png", "svg"):
        figure.savefig(tmp_path / f"two.{kind}")
    style.plt.close(figure)
    assert len(laid_out) == 3
