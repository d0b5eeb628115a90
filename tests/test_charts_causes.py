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


COPIES = """\
scenario: copies
horizon: 10 d
actors: {east: {name: Eastland}, west: {name: Westland}}
state: {war: {flag: false}}
moves:
  <who>_answers:
    for_each: {who: [east, west]}
    title: Answer of <who>
    actor: <who>
    after: {mean: 5 d}
    once: true
    choose: {fights: {probability: 0.4, then: {war: true}}, waits: {probability: rest}}
outcomes: {fought: {title: War, when: war, headline: true}}
endings: {over: {otherwise: true}}
"""
MANY = """\
scenario: many
horizon: 10 d
state: {fire: {flag: false}, late: {flag: false}, other: {flag: false}}
events:
  starts: {after: {mean: 5 d}, once: true, then: {fire: true}}
  ends: {when: fire, after: 1 h, once: true, then: {late: true}}
outcomes:
  war: {when: fire}
  later: {when: late, headline: true}
OTHERS
endings: {lost: {when: other}, peace: {otherwise: true}}
""".replace("OTHERS", "\n".join(f"  other_{k}: {{when: other}}" for k in range(21)))


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
    assert said[said.index("a → b") + 1] == "96.0 %"
    assert "2 rare branches" in said
    assert "e" not in said
    more = [text.get_text() for text in tree(of_routes({**shares, "e": 0.2})).texts]
    assert "e" in more  # the control


def test_a_tree_of_many_branches_stays_on_half_a_page_and_says_what_it_gathers():
    """At 8 inches a page of 24 branches has letters of 9 points: 7 where it is printed at 16 cm."""
    letters = "abcdefghijkl"
    many = {f"{one} → {two} → {one}{two}": 1 / 144 for one in letters for two in letters}
    ax = tree(of_routes(many), outcome="War")
    branches = [text for text in ax.texts if "%" not in text.get_text()]
    assert len(branches) <= 24
    assert "are gathered" in ax.get_xlabel()
    assert "gathered" not in tree(of_routes(TWO), outcome="War").get_xlabel()  # control
    width, height = ax.figure.get_size_inches()
    assert width <= 8
    assert height <= 9.5
    assert min(text.get_fontsize() for text in ax.texts) >= 9


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


def test_forks_call_a_copy_of_a_rule_by_its_name_and_never_by_its_key():
    run = sim.run(sim.loads(COPIES), draws=2, paths=200, progress=False)
    labels = [label.get_text() for label in run.plot.forks("fought").get_yticklabels()]
    assert "Answer of Eastland" in labels
    assert not [one for one in labels if "_" in one]
    found = run.why("fought").forks
    keys = [label.get_text() for label in forks(found).get_yticklabels()]
    assert "east answers" in keys  # control: without names it is the key as words


def test_given_many_outcomes_the_chart_shows_headlines_what_leads_to_them_and_what_came():
    run = sim.run(sim.loads(MANY), draws=2, paths=400, progress=False)
    ax = run.plot.given("war")
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert shown == ["later", "peace"]  # neither the 20 others nor the ending that never came
    assert "2 of 24 rows" in ax.get_xlabel()
    everything = run.plot.given("war", everything=True)
    assert len(everything.get_yticklabels()) == 24  # the control
    assert "rows" not in everything.get_xlabel()


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
