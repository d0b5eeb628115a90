"""The timeline of a path: what is drawn of many events, what led to what, and the outcomes."""

import matplotlib as mpl
import pandas as pd
import pytest
from islands import island, island_run, of_path
from test_charts import path, reached

from sim.charts import style
from sim.charts.causes.timeline import MOST, chosen, timeline
from sim.scenario import Titles

mpl.use("agg")


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    style.plt.close("all")


def test_a_line_leads_from_each_event_to_its_cause():
    events = of_path(island_run().events, 2, 2)
    ax = timeline(events, start=island().start)
    caused = events["cause"].notna().sum()
    assert caused > 3
    assert len(ax.lines) == caused
    for line, (_, event) in zip(ax.lines, events[events["cause"].notna()].iterrows(), strict=True):
        assert list(line.get_ydata()) == [event["cause"], event["seq"]]


def test_an_outcome_stands_below_the_events_of_its_moment():
    events = path(5)
    at = float(events["time"].iloc[2])
    ax = timeline(
        events, outcomes=reached(at), titles=Titles(known={("actor", "actor_1"): "Northland"})
    )
    said = [text.get_text() for text in ax.texts]
    assert said[3] == f"*** Something with a title {at:g}"
    assert said[:2] == ["somebody does something 0 – escalates (25 %)", "somebody does something 1"]
    assert [label.get_text() for label in ax.get_xticklabels()][:2] == ["(world)", "Northland"]
    assert len(ax.get_yticks()) == 6
    assert "5 events" in ax.get_xlabel()


def test_of_many_events_those_are_drawn_that_led_to_the_outcomes():
    events = path(MOST + 60)
    events["cause"] = pd.array([None] * len(events), dtype="Int64")
    events.loc[events.index[-1], "cause"] = 3  # the last, because of the fourth
    events.loc[3, "cause"] = 1
    events["option"] = None  # nobody chooses: the rest comes in order
    late = reached(float(events["time"].iloc[-1]))
    ax = timeline(events, outcomes=late)
    first = [f"somebody does something {k}" for k in range(MOST - 1)]
    assert [text.get_text() for text in ax.texts] == [
        *first,
        f"somebody does something {MOST + 59}",
        "*** Something with a title 170",
    ]
    assert f"{MOST} of {MOST + 60} events: causes of the outcomes" in ax.get_xlabel()
    assert len([line for line in ax.lines if len(set(line.get_ydata())) == 2]) == 2
    blind = timeline(events)  # control: with no outcome to tell, the first
    assert [text.get_text() for text in blind.texts] == [
        *first,
        f"somebody does something {MOST - 1}",
    ]
    events.loc[events.index[70:80], "option"] = "chosen"
    events["actor"] = "somebody"
    chose = chosen(events, late)
    assert set(range(70, 80)) < chose
    assert {1, 3, MOST + 59} < chose
    assert len(chose) == MOST


def test_headlines_come_first_where_not_all_chains_fit():
    events = path(3 * MOST)  # each because of the one before: one chain fills the page
    times = events["time"].tolist()
    outcomes = pd.DataFrame(
        {"title": ["a", "b"], "time": [times[-1], times[100]], "headline": [False, True]}
    )
    assert chosen(events, outcomes) == set(range(101 - MOST, 101))
    assert chosen(events, outcomes.assign(headline=False)) == set(range(2 * MOST, 3 * MOST))


def test_a_line_goes_on_to_the_nearest_cause_that_is_drawn():
    events = path(3 * MOST).assign(actor="somebody")  # every other event is a choice
    ax = timeline(events)
    assert chosen(events, reached()) == set(range(0, 2 * MOST, 2))
    drawn = [list(line.get_ydata()) for line in ax.lines]
    assert drawn == [[row, row + 1] for row in range(MOST - 1)]
