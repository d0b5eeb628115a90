"""`results.plot`: axes of one's own, two runs on them, the user's style, wrong tables refused."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from islands import island, island_run
from matplotlib.colors import to_hex
from matplotlib.text import Text

import sim
from sim.charts import endings, outcomes, timing
from sim.errors import UsageError

mpl.use("agg")
PLAIN = ("outcomes", "endings", "timing", "rungs", "clauses", "treaties")  # want no argument


@pytest.fixture(autouse=True)
def nothing_left_open():
    plt.close("all")  # what the tests of another file left
    yield
    plt.close("all")


def other_run() -> sim.Results:
    return sim.run(island(), draws=6, paths=40, seed=2, workers=1)


@pytest.mark.parametrize("name", PLAIN)
def test_a_chart_is_drawn_on_axes_of_ones_own_and_gives_them(name):
    _, ax = plt.subplots()
    assert getattr(island_run().plot, name)(ax=ax) is ax
    assert ax.get_title(loc="left")
    assert len(plt.get_fignums()) == 1  # and no figure besides


def test_every_chart_can_be_found_by_tab():
    assert {*PLAIN, "audit", "response", "sensitivity", "evidence"} <= set(dir(island_run().plot))
    assert "outcomes, endings" in repr(island_run().plot)


def test_a_path_and_a_comparison_have_charts_too():
    _, ax = plt.subplots()
    assert island_run().replay(0, 0).plot(ax=ax) is ax


@pytest.mark.parametrize("name", ["outcomes", "endings", "timing", "clauses"])
def test_two_runs_on_one_axis_have_two_colours_and_a_legend(name):
    _, ax = plt.subplots()
    getattr(island_run().plot, name)(ax=ax, label="as written")
    assert ax.get_legend() is None  # the control: one run needs none
    getattr(other_run().plot, name)(ax=ax, label="another seed")
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["as written", "another seed"]
    first, second = (to_hex(line.get_color()) for line in legend.get_lines())
    assert first != second
    drawn = {to_hex(line.get_color()) for line in ax.lines if len(line.get_xdata())}
    assert {first, second} <= drawn


def test_colour_and_more_of_matplotlib_are_passed_on():
    _, ax = plt.subplots()
    island_run().plot.outcomes(ax=ax, color="#ff00ff", marker="D")
    dots = [line for line in ax.lines if line.get_marker() == "D"]
    assert len(dots) == len(island_run().outcomes)
    assert {to_hex(dot.get_color()) for dot in dots} == {"#ff00ff"}
    assert not any(line.get_marker() == "D" for line in island_run().plot.outcomes().lines)


def test_sizes_and_colours_follow_the_users_style():
    def sizes(ax) -> list[float]:
        return [text.get_fontsize() for text in ax.findobj(Text) if text.get_text()]

    usual = island_run().plot.outcomes()
    with mpl.rc_context({"font.size": 20, "text.color": "#123456", "figure.figsize": (5, 3)}):
        own = island_run().plot.outcomes()
    assert max(sizes(own)) == pytest.approx(2 * max(sizes(usual)))
    assert to_hex(own.title.get_color()) == "#123456" != to_hex(usual.title.get_color())
    assert own.get_figure().get_size_inches()[0] == 5


@pytest.mark.parametrize(
    ("chart", "table", "message"),
    [
        (timing, "timing", "timing: this table has no column.*cumulative_incidence"),
        (outcomes, "rungs", "outcomes: this table has no columns .*mc_low"),
        (endings, None, "endings: must be given a table"),
    ],
)
def test_a_wrong_table_is_refused_before_there_is_a_figure(chart, table, message):
    given = getattr(island_run(), table) if table else "results"
    if table == "timing":
        given = given.drop(columns=["mc_low", "mc_high"])  # as older runs have it
    with pytest.raises(UsageError, match=message):
        chart(given)
    assert plt.get_fignums() == []


def test_axes_that_are_none_are_refused():
    with pytest.raises(UsageError, match="ax must be axes of matplotlib, found Figure"):
        outcomes(island_run().outcomes, ax=plt.figure())
    assert isinstance(island_run().outcomes, pd.DataFrame)
