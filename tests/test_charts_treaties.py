"""Who is bound to whom: how large the page is, and what stands on an arrow."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from test_charts import LONG, owed

from sim.charts import style
from sim.charts.treaties import treaties

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
