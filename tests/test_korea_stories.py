"""Korean paths read as stories: nobody acts too early, too late, or on what is over."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from korea import loaded

from sim import run
from sim.scenario import titles_of

SPENT = {"draws": 20, "paths": 100, "workers": 1, "engine": "compiled"}
OBSERVERS = ("usa", "japan", "russia", "china")
PATH = ["draw", "path"]
YEAR = 365.25
RECORD = 9.3  # coded incidents a year, 1993-2014
PATHS = SPENT["draws"] * SPENT["paths"]


@cache
def wars() -> pd.DataFrame:
    """Every event of 2,000 paths at the generic rate, some 300 of them wars.

    Each row says besides when the last war so far began and the last one ended (-inf: none).
    """
    found = run(loaded("korean_generic_rate"), events=True, **SPENT).events
    assert found is not None
    found = found.astype({"transition": str, "option": str})
    for name, moment in (("began", "war_begins"), ("ended", "ceasefire")):
        when = found["time"].where(found["transition"] == moment)
        found[name] = when.groupby([found["draw"], found["path"]]).ffill().fillna(-np.inf)
    assert (found["transition"] == "war_begins").sum() > 100
    return found


def fired(transition: str, option: str = "") -> pd.DataFrame:
    """The firings of a transition, or of one option of it; there must be some."""
    found = wars()
    rows = found[found["transition"] == transition]
    rows = rows[rows["option"] == option] if option else rows
    assert len(rows) > 0
    return rows


def in_peace(rows: pd.DataFrame) -> pd.Series:
    """Which rows fall after a cease-fire that no new war has followed."""
    return rows["ended"] > rows["began"]


@pytest.mark.parametrize("observer", OBSERVERS)
def test_nobody_judges_the_war_by_the_account_of_the_incident(observer):
    found = wars().set_index([*PATH, "seq"])
    judged = fired(f"{observer}_judges")
    causes = found.loc[pd.MultiIndex.from_frame(judged[[*PATH, "cause"]])]
    heard, war = causes["time"].to_numpy(), judged["began"].to_numpy()
    assert (war > -np.inf).sum() > 50
    assert (heard >= war).all()


@pytest.mark.parametrize("power", ["russia", "china"])
def test_no_power_fights_without_a_clause_before_it_has_judged_the_war(power):
    fought = fired(f"{power}_fights_without_clause")
    judged = fired(f"{power}_judges")
    last = judged.merge(fought, on=PATH, suffixes=("", "_fought"))
    last = last[(last["time"] <= last["time_fought"]) & (last["time"] >= last["began_fought"])]
    assert len(last.drop_duplicates(PATH)) == len(fought.drop_duplicates(PATH))


@pytest.mark.parametrize(
    ("transition", "option"),
    [
        ("notes_1960.prior_consultation", "consents"),
        ("usa_uses_bases_at_once", ""),
        ("russia_coerces_japan", "coerces"),
        ("federation_council", ""),
        ("russia_backs_north", "covert_force"),
        ("usa_kor_1953.art3", "overt_force"),
    ],
)
def test_what_belongs_to_the_war_does_not_begin_after_it(transition, option):
    assert not in_peace(fired(transition, option)).any()


def test_what_may_come_after_the_war_does():
    assert in_peace(fired("dprk_provokes")).any()
    assert in_peace(fired("russia_backs_north", "materiel")).any()


def test_washington_answers_a_war_by_force_once():
    answers = fired("usa_kor_1953.art3", "overt_force")
    assert not answers.duplicated([*PATH, "began"]).any()
    assert fired("usa_kor_1953.art3").duplicated(PATH).any()  # strikes first, then the war


def test_the_council_always_meets_on_a_war_and_seldom_on_a_clash():
    wars_met = fired("un_charter.art39_war", "meets")
    assert (wars_met["began"] > -np.inf).all()
    on_clashes = fired("un_charter.art39_incident")["option"]
    assert 0.1 < (on_clashes == "meets").mean() < 0.45  # 3 of 13


def test_seoul_is_asked_once_and_signs_are_looked_for_once_in_a_round_of_strikes():
    assert not fired("japan_evacuates").duplicated(PATH).any()
    assert fired("launch_signs_seen").groupby(PATH).size().max() <= 3


def test_provocations_come_at_the_rate_of_the_record_once_the_incident_is_past():
    """n = 2,000 paths over their second quarter; clustering and the lost buffer widen the band."""
    shown = fired("dprk_provokes")
    later = ((shown["time"] > 90) & (shown["time"] <= 180)).sum()
    rate = later / (PATHS * 90 / YEAR)
    assert 0.6 * RECORD < rate < 1.3 * RECORD


def test_copies_of_a_rule_have_a_name_without_marks():
    """What all copies of a `for_each` are called on screens and charts."""
    scenario = loaded("korean_clash")
    origins = {transition.origin for transition in scenario.model.transitions}
    copied = {origin for origin in origins if "<" in origin}
    assert "eastern_account_forms_<question>" in copied  # control: the file has such rules
    called = {origin: titles_of(scenario).of("origin", origin) for origin in copied}
    assert called["eastern_account_forms_<question>"] == "The Eastern account of the (question)"
    assert called["un_charter.art51_<claimant>"].startswith("Art. 51, (claimant), Charter")
    assert [name for name in called.values() if "<" in name or "_" in name] == []


def test_every_move_event_and_clause_of_the_clash_has_a_name_for_readers():
    """Charts, stories and clauses never show a key; `check` would note one."""
    scenario = loaded("korean_clash")
    titles = titles_of(scenario)
    named = [one.name for one in scenario.model.transitions if titles.has(one.name)]
    assert named == [one.name for one in scenario.model.transitions]
    assert not titles_of(loaded("first_crisis")).has("no_such_rule")  # control: it can be false
    assert titles.of("article", "un_charter.art51_rok") == "Art. 51, South Korea"
