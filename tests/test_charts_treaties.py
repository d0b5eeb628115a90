"""Who is bound to whom: how large the page is, and what stands on an arrow."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from test_charts import LONG, owed

from sim.charts import style, treaties
from sim.export import schema

mpl.use("agg")


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    style.plt.close("all")


def test_a_page_of_treaties_is_as_large_as_its_actors_need():
    areas = [np.prod(style.figure_of(treaties(owed(k))).get_size_inches()) for k in (2, 4, 7)]
    assert areas[0] < 0.6 * areas[1] < areas[2]
    two = treaties(owed(2).iloc[:1])
    width, height = style.figure_of(two).get_size_inches()
    assert height < width / 3
    low, high = two.get_ylim()
    assert all(low < text.get_position()[1] < high for text in two.texts)


def test_a_duty_is_called_by_its_treatys_title_folded_where_that_is_long():
    assert "Treaty of mutual aid: art0" in {text.get_text() for text in treaties(owed(2)).texts}
    long = {text.get_text() for text in treaties(owed(2, title=LONG)).texts}
    (label,) = [said for said in long if said.endswith(": art0")]
    assert LONG.startswith(" ".join(label.split()).removesuffix(": art0").removesuffix(" …"))
    assert max(map(len, label.splitlines())) <= 30


def test_every_type_of_the_language_has_a_colour_of_its_own_and_the_commonest_differ_most():
    types = next(obligation_types(schema()))
    drawn = pd.concat([owed(2).iloc[:1].assign(type=one) for one in [*types[::-1], "of later"]])
    entries = treaties(drawn).get_legend().legend_handles
    of_types = {one.get_label(): one.get_color() for one in entries[:-2]}
    assert list(of_types) == types
    assert len(set(of_types.values())) == len(types)
    assert entries[-2].get_label() == "of later"  # not known here, and drawn all the same
    two = treaties(owed(2)).get_legend().legend_handles
    assert [one.get_color() for one in two[:2]] == list(style.colours()[:2])


def obligation_types(schema):
    """The lists of the language's types of obligation, wherever the schema has them."""
    if isinstance(schema, dict) and "defence" in schema.get("enum", ()):
        yield [one for one in schema["enum"] if one not in ("defense", "offense")]
    inside = schema.values() if isinstance(schema, dict) else schema
    for part in inside if isinstance(schema, (dict, list)) else ():
        yield from obligation_types(part)


@pytest.mark.parametrize("size", [(8, 2), (6, 6), (4, 9)])
def test_a_label_stands_on_its_arrow_whatever_the_pages_proportions(size):
    ax = treaties(owed(2).iloc[:1], ax=style.plt.subplots(figsize=size)[1])
    ax.figure.canvas.draw()
    (arrow,) = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    (label,) = [text for text in ax.texts if ":" in text.get_text()]
    x, y = ax.transData.transform(label.get_position())
    (line, *_) = (
        arrow.get_transform().transform_path(arrow.get_path()).to_polygons(closed_only=False)
    )
    near = np.hypot(*(Path(line).interpolated(50).vertices - [x, y]).T).min()
    assert near < 4  # dots
