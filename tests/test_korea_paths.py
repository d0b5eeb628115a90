"""Korean paths: the calendar kept, clauses not before their date, levers that do something."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from korea import loaded

from sim import Comparison, compare, run

LEVERS = (
    *("L1_verify", "L2_call_coalition", "L3_own_sanctions"),
    *("L4_attention", "L5_withdrawal", "L6_gates_rehearsed"),
    "sanctions_on_russia_only",
)
PACE_ONLY = {"L2_call_coalition", "L4_attention", "L6_gates_rehearsed"}  # how soon, hardly whether
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
        ("us_inauguration", 87.0),
    ],
)
def test_the_calendar_is_kept_in_every_path(transition, day):
    found = events("korean_clash")
    rows = found[found["transition"] == transition]
    assert len(rows) == SPENT["draws"] * SPENT["paths"]
    assert set(rows["time"]) == {day}


def clause_times(found: pd.DataFrame, treaty: str) -> pd.Series:
    """When clauses of a treaty were called or answered, by draw and path."""
    named = found["transition"].astype(str)
    lapsed = named.str.endswith((".binds", ".lapsed"))
    rows = found[named.str.startswith(treaty) & ~lapsed]
    return rows.set_index(["draw", "path"])["time"]


def test_the_treaty_calls_on_nobody_before_it_binds_and_the_older_one_only_until_then():
    found = events("korean_clash")
    binds = found[found["transition"] == "rus_prk_2024.binds"].set_index(["draw", "path"])["time"]
    assert len(binds) > 300
    assert 1 < binds.min() < 20 < binds.median() < 61  # hastened; as drafted
    called = clause_times(found, "rus_prk_2024.")
    assert len(called) > 0
    assert (called >= binds.reindex(called.index, fill_value=np.inf)).all()
    older = clause_times(found, "rus_prk_2000.")
    assert len(older) > 0
    assert (older <= binds.reindex(older.index, fill_value=np.inf)).all()


def test_were_it_in_force_it_would_be_called_at_once():
    assert clause_times(events("korean_clash", "treaty_binds_now"), "rus_prk_2024.").min() == 0


def test_withheld_it_never_binds():
    found = events("korean_clash", "never_ratified")
    assert not (found["transition"] == "rus_prk_2024.binds").any()
    assert len(clause_times(found, "rus_prk_2024.")) == 0


def test_article_three_is_called_by_a_threat_and_a_request_and_article_four_is_not():
    found = events("korean_south_began", "treaty_binds_now")
    paths = [rows for _, rows in found.groupby(["draw", "path"])]
    quiet = [one for one in paths if "rok_answers_fire" not in set(one["transition"])]
    assert quiet, "no path without an exchange of fire"
    asked = [(one["option"] == "asks").any() for one in quiet]
    assert 0 < sum(asked) < len(quiet)
    called = [(one["transition"] == "rus_prk_2024.art3.invoked").any() for one in quiet]
    assert called == asked
    assert not any((one["transition"] == "rus_prk_2024.art4.invoked").any() for one in quiet)


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
