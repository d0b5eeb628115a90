"""Charts of causes and changes: streams, trees, forks, flows, parts of a joint effect."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from islands import island, island_run
from matplotlib.patches import Rectangle
from test_charts import overlaps

import sim
from sim.charts import flows, forks, routes, shapley, tree

mpl.use("agg")
OUTCOME = "general_war"


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    plt.close("all")


def of_routes(shares: dict[str, float], n: int = 1_000) -> pd.DataFrame:
    """A table as `results.routes` gives it, of an outcome that every second path reaches."""
    share = pd.Series(list(shares.values()))
    table = pd.DataFrame({"route": list(shares), "share": share, "probability": share / 2})
    return table.assign(n=n, hits=(share * n / 2).astype("int64"))


TWO = {"threat → raid": 0.6, "raid": 0.3, "storm": 0.1}


def heights(ax) -> dict[str, float]:
    """Name of a station -> how high it is."""
    bars = [one for one in ax.patches if isinstance(one, Rectangle)]
    names = [text.get_text().rpartition("\n")[0] for text in ax.texts]
    return {name: bar.get_height() for name, bar in zip(names, bars, strict=True)}


def test_stations_are_as_high_as_their_share_and_streams_end_in_the_outcome():
    ax = routes(of_routes(TWO), outcome="War")
    found = heights(ax)
    assert found["raid"] / found["War"] == pytest.approx(0.9)
    assert found["threat"] / found["War"] == pytest.approx(0.6)
    assert "60 %" in next(t.get_text() for t in ax.texts if t.get_text().startswith("threat"))
    assert "500 paths of 1,000" in ax.get_xlabel()
    other = heights(routes(of_routes({**TWO, "threat → raid": 0.3, "raid": 0.6}), outcome="War"))
    assert other["threat"] / other["War"] == pytest.approx(0.3)  # the control


def test_many_long_routes_are_cut_and_cover_nothing():
    letters = "abcdefghijklmnopqrst"
    many = {f"{' → '.join(f'step {one}{k}' for k in range(8))}": 0.05 for one in letters}
    ax = routes(of_routes(many), outcome="An outcome with a long name that needs some lines")
    said = " ".join(text.get_text() for text in ax.texts)
    assert "8 other routes" in said
    assert "… earlier steps" in said
    assert "step a0" not in said
    assert overlaps(ax) == []


@pytest.mark.parametrize("shares", [{}, {"at the start": 1.0}], ids=["none", "one"])
def test_routes_and_trees_of_nothing_and_of_one(shares):
    for chart in (routes, tree):
        ax = chart(of_routes(shares), outcome="War")
        assert overlaps(ax) == []
        assert "War" in ax.get_title(loc="left")


def test_a_tree_cuts_rare_branches_and_gathers_what_follows_without_a_choice():
    shares = {"a → b → c": 0.5, "a → b → d": 0.46, "e": 0.02, "f": 0.02}
    said = [text.get_text() for text in tree(of_routes(shares), outcome="War").texts]
    assert any(text.startswith("96.0 %  a → b") for text in said)
    assert any("2 rare branches" in text for text in said)
    assert not any(text.endswith(" e") for text in said)
    more = [text.get_text() for text in tree(of_routes({**shares, "e": 0.2})).texts]
    assert any(text.endswith(" e") for text in more)  # the control


@pytest.mark.parametrize("name", ["routes", "tree", "forks"])
def test_the_causes_of_a_run_are_drawn_in_the_words_of_the_scenario(name):
    ax = getattr(island_run().plot, name)(OUTCOME)
    assert overlaps(ax) == []
    assert str(island_run().outcomes.loc[OUTCOME, "title"]) in ax.get_title(loc="left")


def test_forks_stand_by_how_far_paths_part_with_the_tick_before_and_the_dot_after():
    table = island_run().why(OUTCOME).forks
    ax = forks(table)
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    ordered = table.sort_values("parting", ascending=False)["decision"].unique()
    rows = pd.concat([table[table["decision"] == one] for one in ordered])
    assert dots == rows["after"].tolist()
    ticks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "|"]
    assert ticks == rows["before"].tolist() != dots
    # the pale band is drawn of what is resolved, and of nothing else
    assert len(forks(table.assign(low=0.1, high=0.9)).collections) == len(ax.collections) + len(
        table[table["low"].isna()]
    )


def test_flows_and_shapley_of_a_comparison():
    twins = ["no_treaty", "cautious"]
    comparison = sim.compare(island(), twins, draws=4, paths=40, workers=1, together=True)
    moved = comparison.plot.flows("cautious")
    assert overlaps(moved) == []
    rows = comparison.flows[comparison.flows["twin"] == "cautious"]
    assert f"{int(rows['paths'].sum()):,} of 160 paths end otherwise" in moved.get_xlabel()
    assert "no path ends otherwise" in flows(comparison.flows, twin="nobody").get_xlabel()
    ax = comparison.plot.shapley(OUTCOME)
    own = comparison.shapley[comparison.shapley["outcome"] == OUTCOME]
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert dots == sorted(own["shapley"], key=abs, reverse=True)
    assert overlaps(ax) == []
    assert not [o for o in shapley(own.head(0), outcome="x").lines if o.get_marker() == "o"]


def test_a_joint_effect_is_shared_out_only_where_it_was_asked_for():
    comparison = sim.compare(island(), ["cautious"], draws=2, paths=20, workers=1)
    with pytest.raises(sim.UsageError, match="compare with together=True"):
        comparison.plot.shapley()
