"""Who is bound to whom: the table of duties, and the drawing whose labels can be read."""

from itertools import combinations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from korea import loaded
from matplotlib.patches import FancyArrowPatch

from sim.analysis import bonds
from sim.charts.estimates.treaties import DORMANT, treaties


@pytest.fixture(scope="module")
def duties() -> pd.DataFrame:
    return bonds(loaded("korean_clash"))


def test_every_clause_stands_in_the_table_with_who_owes_whom(duties):
    clauses = sum(
        len(treaty.obligations) for treaty in loaded("korean_clash").declared.treaties.values()
    )
    assert len(duties) == clauses
    art4 = duties.set_index(["treaty", "clause"]).loc[("rus_prk_2024", "art4")]
    assert (art4["obligor"], art4["beneficiary"], art4["type"]) == ("russia", "dprk", "defence")


def test_only_the_treaty_of_2024_does_not_bind_at_the_start(duties):
    assert set(duties[~duties["binds"].astype(bool)]["treaty"]) == {"rus_prk_2024"}
    now = bonds(loaded("korean_clash").under("treaty_binds_now"))
    assert now["binds"].all()


def test_arrows_run_for_every_bond_and_are_dashed_where_it_does_not_bind(duties):
    ax = treaties(duties)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    owed = duties[duties["beneficiary"] != ""]
    together = ["obligor", "beneficiary", "type", "binds"]
    assert len(arrows) == owed.groupby(together).ngroups
    dashed = [arrow for arrow in arrows if arrow.get_linestyle() not in {"-", "solid"}]
    later = owed[~owed["binds"].astype(bool)]
    assert len(dashed) == later.groupby(together).ngroups > 0
    assert {arrow.get_linestyle() for arrow in dashed} == {DORMANT}
    _, (drawn, left_out) = DORMANT
    assert min(drawn, left_out) >= 1  # of the line's width: a gap narrower than that is not seen
    plt.close("all")


def test_no_arrow_is_dashed_where_every_treaty_binds():
    """Control: the same drawing, of the scenario in which the treaty of 2024 binds at once."""
    ax = treaties(bonds(loaded("korean_clash").under("treaty_binds_now")))
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert {arrow.get_linestyle() for arrow in arrows} <= {"-", "solid"}
    assert arrows
    plt.close("all")


def test_no_two_labels_cover_each_other_and_each_clause_is_named(duties):
    names = {actor.name: actor.title for actor in loaded("korean_clash").model.actors}
    ax = treaties(duties, names=names)
    figure = ax.figure
    figure.canvas.draw()
    words = " ".join(" ".join(text.get_text().split()) for text in ax.texts)
    assert all(article in words for article in duties["article"])
    assert "North Korea" in words
    boxes = [(text.get_text(), text.get_window_extent()) for text in ax.texts]
    worst = [(a, b) for (a, x), (b, y) in combinations(boxes, 2) if covered(x, y) > 0.25]
    assert worst == []
    plt.close("all")


def covered(one, other) -> float:
    """The share of the smaller of two boxes that the other hides."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(one.width * one.height, other.width * other.height)


def test_a_scenario_without_treaties_draws_nothing_and_does_not_fail(duties):
    ax = treaties(duties.iloc[:0])
    assert not [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    plt.close("all")
