"""Who is bound to whom: how large the page is, and what stands on an arrow."""

from itertools import pairwise

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch
from test_charts import LONG, owed

from sim.charts import style, treaties
from sim.export import schema

mpl.use("agg")


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    style.plt.close("all")


def test_a_page_of_treaties_is_as_high_as_its_rows_need():
    heights = [style.figure_of(treaties(owed(k))).get_size_inches()[1] for k in (2, 4, 7)]
    assert heights[0] < 0.7 * heights[1] < 0.5 * heights[2]
    two = treaties(owed(2).iloc[:1])
    width, height = style.figure_of(two).get_size_inches()
    assert height < width / 3


def test_no_two_arrows_meet_and_each_runs_from_box_to_box():
    ax = treaties(owed(7))
    figure = style.figure_of(ax)
    figure.canvas.draw()
    arrows = [one for one in ax.patches if isinstance(one, FancyArrowPatch)]
    assert len(arrows) == 14
    boxes = [one.get_window_extent() for one in ax.patches if one not in arrows]
    for arrow in arrows:
        line = arrow.get_window_extent()
        across = [box for box in boxes if box.y0 < line.y0 < line.y1 < box.y1]
        assert any(0 < line.x0 - box.x1 < 0.05 * figure.bbox.width for box in across)
        assert any(0 < box.x0 - line.x1 < 0.05 * figure.bbox.width for box in across)
    heights = sorted(arrow.get_window_extent().y0 for arrow in arrows)
    assert min(b - a for a, b in pairwise(heights)) > 10  # dots


def test_actors_without_a_duty_are_named_and_the_others_are_not_named_twice():
    names = {f"actor_{k}": f"Actor {k}" for k in range(4)}
    below = treaties(owed(2), names=names).texts[-1].get_text()
    assert below.strip() == "Without a duty here: Actor 2, Actor 3"
    below = treaties(owed(4), names=names).texts[-1].get_text()
    assert below == ""  # the control


def test_the_users_colours_are_those_of_texts_and_boxes():
    with style.plt.style.context("dark_background"):
        ax = treaties(owed(2))
        style.figure_of(ax).canvas.draw()
    assert {text.get_color() for text in ax.texts} == {"white"}
    boxes = [one for one in ax.patches if not isinstance(one, FancyArrowPatch)]
    assert {one.get_facecolor()[:3] for one in boxes} == {(0, 0, 0)}
    usual = treaties(owed(2))  # the control
    assert {text.get_color() for text in usual.texts} == {style.INK}


def test_sizes_follow_the_users_font():
    usual = {text.get_fontsize() for text in treaties(owed(2)).texts}
    with mpl.rc_context({"font.size": 20}):
        twice = {text.get_fontsize() for text in treaties(owed(2)).texts}
    assert twice == {2 * one for one in usual}


def test_a_duty_is_called_by_its_treatys_title_folded_where_that_is_long():
    assert "Treaty of mutual aid: art0" in {text.get_text() for text in treaties(owed(2)).texts}
    narrow = style.plt.subplots(figsize=(4, 6))[1]
    long = {text.get_text() for text in treaties(owed(2, title=LONG), ax=narrow).texts}
    (label,) = [said for said in long if said.endswith(": art0")]
    assert LONG.startswith(" ".join(label.split()).removesuffix(": art0").removesuffix(" …"))
    assert max(map(len, label.splitlines())) <= 40


def test_every_type_of_the_language_has_a_colour_of_its_own_and_the_commonest_differ_most():
    types = next(obligation_types(schema()))
    drawn = pd.concat([owed(2).iloc[:1].assign(type=one) for one in [*types[::-1], "of later"]])
    entries = legend_of(treaties(drawn))
    of_types = {one.get_label(): one.get_color() for one in entries[:-2]}
    assert list(of_types) == types
    assert len(set(of_types.values())) == len(types)
    assert entries[-2].get_label() == "of later"  # not known here, and drawn all the same
    two = legend_of(treaties(owed(2)))
    assert [one.get_color() for one in two[:2]] == list(style.colours()[:2])


def obligation_types(schema):
    """The lists of the language's types of obligation, wherever the schema has them."""
    if isinstance(schema, dict) and "defence" in schema.get("enum", ()):
        yield [one for one in schema["enum"] if one not in ("defense", "offense")]
    inside = schema.values() if isinstance(schema, dict) else schema
    for part in inside if isinstance(schema, (dict, list)) else ():
        yield from obligation_types(part)


def legend_of(ax):
    (legend,) = style.figure_of(ax).legends
    return legend.legend_handles


@pytest.mark.parametrize("size", [(8, 2), (6, 6), (4, 9)])
def test_a_label_stands_over_its_arrow_whatever_the_pages_proportions(size):
    ax = treaties(owed(2).iloc[:1], ax=style.plt.subplots(figsize=size)[1])
    ax.figure.canvas.draw()
    (arrow,) = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    (label,) = [text for text in ax.texts if ":" in text.get_text()]
    box, line = label.get_window_extent(), arrow.get_window_extent()
    assert line.x0 < box.x0 < box.x1 < line.x1
    assert line.y0 < box.y0
