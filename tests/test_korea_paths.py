"""Korean paths: the calendar kept, clauses not before their date, levers that do something."""

from functools import cache

import pandas as pd
import pytest
from korea import loaded

from sim import Comparison, compare, run

LEVERS = (
    *("L1_verify", "L2_call_coalition", "L3_own_sanctions"),
    *("L4_attention", "L5_withdrawal", "L6_gates_rehearsed"),
    "sanctions_on_russia_only",
)
PACE_ONLY = {"L4_attention", "L6_gates_rehearsed"}  # how soon Tokyo designates, hardly whether
DAY_OF_FORCE = 40.0  # 4 December 2024
SPENT = {"draws": 10, "paths": 40, "workers": 1, "engine": "compiled"}


@cache
def events(name: str, intervention: str = "") -> pd.DataFrame:
    scenario = loaded(name).under(intervention) if intervention else loaded(name)
    found = run(scenario, events=True, **SPENT).events
    assert found is not None
    return found


@cache
def levers() -> Comparison:
    return compare(loaded("korean_clash"), list(LEVERS), **SPENT)


@pytest.mark.parametrize(
    ("transition", "day"),
    [
        *(("election", 2.0), ("us_election", 11.0), ("prime_minister_chosen", 17.0)),
        *(("rus_prk_2024.binds", DAY_OF_FORCE), ("us_inauguration", 87.0)),
    ],
)
def test_the_calendar_is_kept_in_every_path(transition, day):
    found = events("korean_clash")
    rows = found[found["transition"] == transition]
    assert len(rows) == SPENT["draws"] * SPENT["paths"]
    assert set(rows["time"]) == {day}


def clause_times(found: pd.DataFrame, treaty: str) -> pd.Series:
    named = found["transition"].astype(str)
    return found[named.str.startswith(treaty) & ~named.str.endswith(".binds")]["time"]


def test_no_clause_of_the_treaty_is_called_before_its_date_and_the_older_one_only_until_then():
    found = events("korean_clash")
    assert clause_times(found, "rus_prk_2024.").min() >= DAY_OF_FORCE
    invoked = found[found["transition"] == "rus_prk_2000.contact.invoked"]
    assert len(invoked) > 0
    assert invoked["time"].max() < DAY_OF_FORCE


def test_were_it_in_force_it_would_be_called_at_once():
    assert clause_times(events("korean_clash", "treaty_binds_now"), "rus_prk_2024.").min() == 0


def test_article_three_is_called_by_a_threat_alone_and_article_four_is_not():
    found = events("korean_south_began", "treaty_binds_now")
    fired = {path: set(rows["transition"]) for path, rows in found.groupby(["draw", "path"])}
    quiet = [seen for seen in fired.values() if "rok_answers_fire" not in seen]
    assert quiet, "no path without an exchange of fire"
    assert all("rus_prk_2024.art3.invoked" in seen for seen in quiet)
    assert not any("rus_prk_2024.art4.invoked" in seen for seen in quiet)


@pytest.mark.parametrize("lever", LEVERS)
def test_each_lever_changes_paths_and_some_outcome(lever):
    table = levers().table
    rows = table[table["twin"] == lever]
    assert rows["changed"].max() > 0
    if lever not in PACE_ONLY:
        assert rows["differ"].sum() > 0


def test_levers_act_through_the_channel_they_name():
    table = levers().table.set_index(["twin", "outcome"])
    assert table.loc[("L3_own_sanctions", "japan_sanctions"), "probability"] == 1
    assert table.loc[("L5_withdrawal", "troops_withdrawn"), "gained"] > 0
    assert table.loc[("L1_verify", "war"), "differ"] == 0  # attribution, not escalation
    assert table.loc[("L2_call_coalition", "war"), "differ"] == 0


def test_levers_can_be_pulled_together():
    both = loaded("korean_clash").under("L1_verify+L2_call_coalition+L3_own_sanctions")
    names = {transition.name for transition in both.model.transitions}
    assert {"L1_verify", "L2_call_coalition", "L3_own_sanctions"} <= names


def test_going_to_war_opens_the_question_of_the_attacker_again():
    found = events("korean_generic_rate")
    wars = found[found["transition"] == "war_begins"]
    assert len(wars) > 0
    for row in wars.itertuples():
        later = found[(found["draw"] == row.draw) & (found["path"] == row.path)]
        caused = later[later["cause"] == row.seq]["transition"].astype(str)
        assert "record_shows" in set(caused)
