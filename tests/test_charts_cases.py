"""Charts in the cases that are rare: long names, large letters, nothing to draw, other styles."""

from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from test_charts import overlaps

import sim
from sim import charts

mpl.use("agg")
LONG = "Договор о всеобъемлющем стратегическом партнёрстве применяет вооружённую силу"
LANES = "Корейская Народно-Демократическая Республика"
RULE = (
    "{title: NAME, actor: aK, after: {mean: 9 d}, once: true, "
    "choose: {hit: {probability: 0.4, then: {fK: true}}, miss: {probability: rest}}}"
)


def each(section: str, one: str, count: int = 3) -> str:
    """A section of things that differ in a number."""
    rows = (one.replace("K", str(k)).replace("NAME", f"{LONG} {k}") for k in range(count))
    return "\n".join([f"{section}:", *(f"  {row}" for row in rows)])


TEXT = "\n".join(
    [
        "scenario: long_names\ntitle: Вооружённое столкновение\nhorizon: 100 d",
        each("actors", f"aK: {{name: {LANES} K}}"),
        each("state", "fK: {flag: false}"),
        each("moves", f"mK: {RULE}"),
        each("outcomes", "oK: {title: NAME, when: fK}"),
        each("endings", "eK: {title: NAME, when: fK}"),
        "  rest_: {otherwise: true}",
        f"evidence: {{rec: {{outcome: o1, successes: 0, trials: 9, about: {LONG}}}}}",
    ]
)
BARE = """\
scenario: bare
horizon: 10 d
state: {hot: {flag: false}, cold: {flag: false}}
events: {spark: {once: true, then: {hot: true}}}
outcomes: {sure: {when: hot}, never: {when: cold}}
endings: {over: {otherwise: true}}
"""
LOOKS = {
    "as it is": {},
    "large letters": {"font.size": 16},
    "a page of one's own": {"figure.figsize": (6, 4), "font.family": "serif"},
    "dark": "dark_background",
}
CHARTS = ("outcomes", "endings", "timing", "importance", "tree", "evidence")


PARTS = ("between variants", "parameters", "interaction")
BY_HAND = {  # tables as their modules make them: of several, of one, of nothing that varies
    "structure": pd.DataFrame(
        [
            {"outcome": f"{LONG} {k}", "part": part, "share": share, "sd": 0.1}
            for k, shares in enumerate([(0.2, 0.5, 0.3), (0, 1, 0), (np.nan,) * 3])
            for part, share in zip(PARTS, shares, strict=True)
        ]
    ),
    "times": pd.DataFrame(
        {
            "label": [f"{LONG}: {LANES}", "A", "B"],
            "q05": [1.0, 0.0, 200.0],
            "q25": [2.0, 0.0, 210.0],
            "q50": [9.0, 0.1, 220.0],
            "q75": [30.0, 0.2, 230.0],
            "q95": [90.0, 0.3, 240.0],
            "probability": [0.3, 1e-5, 1.0],
            "earliest": [3.0, 0.0, 0.0],
            "latest": [4.0, 0.0, 360.0],
        }
    ),
    "reliability": pd.DataFrame(
        {
            "said": [0.0, 0.4, 1.0],
            "n": [500, 1, 3],
            "happened": [0, 1, 3],
            "calibrated": [0.0, 1.0, 1.0],
            "low": [0.0, 0.0, 1.0],
            "high": [0.01, 1.0, 1.0],
        }
    ),
    "skill": pd.DataFrame(
        {
            "rival": ["generic", "region", "last"],
            "measure": ["brier"] * 3,
            "skill": [0.2, -9.0, np.nan],
            "skill_low": [-3.0, np.nan, np.nan],
            "skill_high": [0.5, np.nan, np.nan],
            "cases": [14, 1, 0],
            "more_cases": [1234567.0, np.nan, np.nan],
        }
    ),
}


def by_hand(name: str, rows: int = 3, subject: str = LONG):
    size = rows * len(PARTS) if name == "structure" else rows
    called = {
        "names": {"generic": LANES, "region": "Region", "last": "Last"},
        "measures": {"brier": "Brier"},
    }
    table = BY_HAND[name].head(size)
    chart = getattr(charts, name)
    return chart(table, subject=subject, **(called if name == "skill" else {}))


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    plt.close("all")


@cache
def run(text: str, draws: int, paths: int) -> sim.Results:
    return sim.run(sim.loads(text), draws=draws, paths=paths, seed=1, workers=1, progress=False)


def drawn(name: str, results: sim.Results):
    plot, first = getattr(results.plot, name), str(results.outcomes.index[0])
    return plot(first) if name in ("importance", "tree", "forks", "routes") else plot()


@pytest.mark.parametrize("look", LOOKS)
def test_long_names_cover_nothing_in_any_style(look):
    with plt.style.context(LOOKS[look]):
        found = {name: overlaps(drawn(name, run(TEXT, 3, 20))) for name in CHARTS}
    assert found == {name: [] for name in CHARTS}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", BY_HAND)
def test_charts_of_scores_and_variants_cover_nothing_in_any_style(name, look):
    with plt.style.context(LOOKS[look]):
        assert overlaps(by_hand(name)) == []


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("name", BY_HAND)
def test_charts_of_scores_and_variants_of_one_row_or_none(name, rows):
    ax = by_hand(name, rows, subject="A")
    assert overlaps(ax) == []
    if name != "reliability":
        assert len(ax.get_yticklabels()) == rows


def test_rows_of_three_lines_would_meet_on_a_page_for_two():
    """Control: the page grows with the lines of its labels, and only a page of ours."""
    grown = drawn("outcomes", run(TEXT, 3, 20)).figure
    short = drawn("outcomes", run(TEXT.replace(LONG, "Name"), 3, 20)).figure
    assert grown.get_size_inches()[1] > 1.2 * short.get_size_inches()[1]
    figure, axes = plt.subplots(figsize=(8, 2))
    run(TEXT, 3, 20).plot.outcomes(ax=axes)
    assert tuple(figure.get_size_inches()) == (8, 2)


def test_names_over_lanes_stand_upright_where_they_would_meet():
    ax = run(TEXT, 3, 20).replay(0, 0).plot()
    assert overlaps(ax) == []
    few = sim.loads(TEXT.replace(LANES, "A"))
    level = sim.replay(few, draw=0, path=0, seed=1).plot()
    turned = [[one.get_rotation() for one in axis.get_xticklabels()] for axis in (ax, level)]
    assert set(turned[0]) == {90.0}
    assert set(turned[1]) == {0.0}  # the control


@pytest.mark.parametrize("paths", [1, 30])
def test_certain_and_impossible_outcomes_have_their_charts(paths):
    results = run(BARE, 1, paths)
    for name in ("outcomes", "endings", "timing", "importance", "tree", "routes"):
        assert overlaps(drawn(name, results)) == [], name
    logarithmic = results.plot.outcomes(log=True)
    assert overlaps(logarithmic) == []
    assert logarithmic.get_xlim()[0] > 0


def test_a_chart_of_nothing_is_refused_in_a_sentence():
    results = run(BARE, 1, 30)
    with pytest.raises(sim.UsageError, match="no variable of this run stands on a ladder"):
        results.plot.rungs()
    with pytest.raises(sim.UsageError, match="nothing can be told about 'sure'"):
        results.plot.discover("sure")
    with pytest.raises(sim.UsageError, match="counts, no estimates"):
        results.plot.given("sure")
    assert len(charts.audit(results.audit("sure").table, title="It").get_yticklabels()) == 0


def test_alternatives_are_called_by_their_titles():
    text = BARE + "interventions: {cool: {title: Cool it down, at: 0 d, then: {hot: false}}}\n"
    compared = sim.compare(sim.loads(text), ["cool"], draws=1, paths=30, workers=1, progress=False)
    rows = [label.get_text() for label in compared.plot.differences().get_yticklabels()]
    assert rows == ["Cool it down (cool)"]
    assert "Cool it down (cool)" in compared.plot.flows().get_title(loc="left")
    bare = [
        label.get_text()
        for label in charts.differences(compared.table, outcome="sure").get_yticklabels()
    ]
    assert bare == ["cool"]  # control: the table alone knows the key
