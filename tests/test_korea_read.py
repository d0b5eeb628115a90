"""What two readings of 40 replays found, one kind of fault a test: acts too late, moot, or undone.

Each counts faults in the events of 4,000 paths at the generic rate; controls break the rule again.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from korea import SCENARIOS, loaded

from sim import Scenario, load, run

SPENT = {"draws": 40, "paths": 100, "workers": 1, "engine": "compiled", "seed": 3}
PATH = ["draw", "path"]
DAY = 1.0  # times of events are in days


def events_of(scenario: Scenario) -> pd.DataFrame:
    """Events, and beside each when the last war and crisis so far began and ended (-inf: never)."""
    found = run(scenario, events=True, progress=False, **SPENT).events
    assert found is not None
    found = found.astype({"transition": str, "option": str})
    by_path = [found["draw"], found["path"]]
    moments = {"began": "war_begins", "ended": "ceasefire", "over": "crisis_ends"}
    for name, moment in (moments | {"anew": "crisis_anew"}).items():
        when = found["time"].where(found["transition"] == moment)
        found[name] = when.groupby(by_path).ffill().fillna(-np.inf)
    talks = (found["transition"] == "talks_open") | (found["option"] == "regrets")
    found["talks"] = found["time"].where(talks).groupby(by_path).ffill().fillna(-np.inf)
    return found


@cache
def shipped() -> pd.DataFrame:
    return events_of(loaded("korean_generic_rate"))


def broken(folder: Path, change: str) -> pd.DataFrame:
    """The events of the same scenario with a rule as it was before."""
    file = folder / "broken.yaml"
    text = f"extends: {SCENARIOS}/korean_generic_rate.yaml\nscenario: broken\n{change}\n"
    file.write_text(text, encoding="utf-8")
    return events_of(load(file))


def last(found: pd.DataFrame, transition: str, *options: str) -> pd.Series:
    """When a transition last fired before each event, with one of some options if any are named."""
    rows = found["transition"] == transition
    if options:
        rows &= found["option"].isin(options)
    when = found["time"].where(rows)
    return when.groupby([found["draw"], found["path"]]).ffill().fillna(-np.inf)


def at_war(found: pd.DataFrame) -> pd.Series:
    return found["began"] > found["ended"]


def cause_of(found: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.Series:
    """What the causes of some rows have in a column."""
    known = found.set_index([*PATH, "seq"])[column]
    return pd.Series(
        known.reindex(pd.MultiIndex.from_frame(rows[[*PATH, "cause"]])).to_numpy(), rows.index
    )


def alerts_late_in_war(found: pd.DataFrame) -> int:
    """Proposals of DEFCON 3 more than a week after a war began."""
    proposed = found[found["transition"].str.startswith("cfc_raises_alert") & at_war(found)]
    assert len(proposed) > 50
    return int((proposed["time"] - proposed["began"] > 7 * DAY).sum())


def sent_abroad_in_war(found: pd.DataFrame) -> int:
    """More troops for Russia in the midst of a war in Korea."""
    answers = found[found["transition"] == "dprk_answers_sanctions"]
    assert len(answers) > 500
    return int((at_war(answers) & (answers["option"] == "sends_more")).sum())


def struck_after_it_was_over(found: pd.DataFrame) -> int:
    """Southern strikes for deaths since which talks have opened or the crisis has ended."""
    struck = found[(found["transition"] == "rok_punishes") & (found["option"] == "strikes")]
    assert len(struck) > 100
    deaths = cause_of(found, struck, "time")
    return int(((struck["over"] >= deaths) | (struck["talks"] > deaths)).sum())


def judged_after_it_was_over(found: pd.DataFrame) -> int:
    """Judgements of a crisis that has ended, no other having begun."""
    judged = found[found["transition"].str.fullmatch("(usa|japan|russia|china)_judges")]
    assert len(judged) > 1000
    return int((judged["over"] > judged["anew"]).sum())


def signals_of_long_ago(found: pd.DataFrame) -> int:
    """Moscow's nuclear signals more than two months after their cause."""
    signals = found[(found["transition"] == "russia_signals_nuclear")]
    assert len(signals) > 50
    return int((signals["time"] - cause_of(found, signals, "time") > 60 * DAY).sum())


def asked_by_no_claim(found: pd.DataFrame) -> int:
    """Requests to Moscow whose cause is a claim that was not made."""
    asked = found[found["transition"] == "dprk_asks_moscow"]
    assert len(asked) > 500
    claim = cause_of(found, asked, "transition") == "threat_claimed"
    return int((claim & (cause_of(found, asked, "option") != "claims")).sum())


def fights_on_the_day(found: pd.DataFrame) -> int:
    """Chinese troops in the fight within a day of the decision."""
    crossed = found[found["transition"] == "chinese_troops_cross"]
    assert len(crossed) > 20
    return int((crossed["time"] - cause_of(found, crossed, "time") < DAY).sum())


def ended_in_a_clash(found: pd.DataFrame) -> int:
    """Crises that end before their last clash has passed."""
    rows = found[found["transition"].isin(["rok_answers_fire", "clash_passes", "crisis_ends"])]
    rows = rows[rows["option"] != "holds"]
    before = rows.groupby(PATH)[["transition", "time"]].shift()
    ends = (rows["transition"] == "crisis_ends") & (before["transition"] == "rok_answers_fire")
    # a cease-fire, talks or a word of regret pass a clash too
    eased = rows[["ended", "talks"]].max(axis=1)
    return int((ends & (eased < before["time"])).sum())


def warned_after_crossing(found: pd.DataFrame) -> int:
    """Chinese warnings against crossing the line while the allies stand north of it."""
    warned = (found["transition"] == "china_warns_off") & (found["option"] == "warns")
    assert warned.sum() > 50
    crossed = last(found, "cfc_goes_north", "crosses")
    returned = np.maximum(last(found, "allies_driven_back", "driven_back"), found["ended"])
    return int((warned & (crossed > returned)).sum())


def supplied_under_sorties(found: pd.DataFrame) -> int:
    """Grants of supply from bases in Japan from which combat is flown already."""
    granted = found["transition"] == "usa_jpn_1960.art6"
    assert granted.sum() > 500
    flown = np.maximum(
        last(found, "notes_1960.prior_consultation", "consents"),
        last(found, "usa_uses_bases_at_once"),
    )
    return int((granted & (flown > found["ended"])).sum())


def named_dead_unanswered(found: pd.DataFrame) -> int:
    """Paths in which crews that have been named die, and Moscow has a day and does not answer."""
    named = last(found, "crews_are_named")
    dead = found[(found["option"] == "covert_crews_die") & (named > found["anew"]) & at_war(found)]
    dead = dead.drop_duplicates(PATH)
    assert len(dead) > 10
    over = found[found["transition"].isin(["ceasefire", "powers_step_back", "alarm_at_the_brink"])]
    later = dead.merge(over[[*PATH, "time"]], on=PATH, how="left", suffixes=("", "_over"))
    cut = (later["time_over"] >= later["time"]) & (later["time_over"] <= later["time"] + DAY)
    cut = cut.groupby([later["draw"], later["path"]]).any()
    answers = (
        found[found["transition"] == "russia_answers_for_its_dead"].groupby(PATH)["time"].max()
    )
    rows = pd.MultiIndex.from_frame(dead[PATH])
    answered = answers.reindex(rows).to_numpy() >= dead["time"].to_numpy()
    ended = cut.reindex(rows).to_numpy() | (dead["time"].to_numpy() > 179)
    return int((~answered & ~ended).sum())


def shown_in_war(found: pd.DataFrame) -> int:
    """Russian decisions on a show of force over a clash that fall into a war."""
    shown = found["transition"] == "russia_shows_force"
    assert shown.sum() > 500
    return int((shown & at_war(found)).sum())


def struck_while_talking(found: pd.DataFrame) -> int:
    """First strikes while talks go on that new fire has not broken off."""
    struck = found["transition"].isin(["rok_punishes", "dprk_raises_stakes"])
    struck &= found["option"] == "strikes"
    assert struck.sum() > 500
    silent = np.maximum(last(found, "fire_ends_talks"), found["over"])
    silent = np.maximum(silent, found["began"].where(at_war(found), -np.inf))
    return int((struck & (np.maximum(found["talks"], found["ended"]) > silent)).sum())


def briefed_late(found: pd.DataFrame) -> int:
    """Briefings from Kyiv on what both ministries in Tokyo have confirmed."""
    told = found["transition"] == "ukraine_briefs_tokyo"
    assert told.sum() > 10
    known = np.minimum(
        last(found, "mofa_verifies", "confirms"), last(found, "mod_verifies", "confirms")
    )
    return int((told & (known > -np.inf)).sum())


def foreseen_when_struck(found: pd.DataFrame) -> int:
    """Designations of an attack that is foreseen, after the North has struck Japan in this war."""
    foreseen = (found["option"] == "anticipated_attack") & at_war(found)
    assert foreseen.sum() > 50
    return int(
        (foreseen & (last(found, "dprk_hits_bases_in_japan", "strikes") > found["began"])).sum()
    )


FORESEEN = """moves:
  nsc_on_nuclear_use: {when: japan.gate < anticipated_attack}
  nsc_on_a_wider_war: &before
    choose: {anticipated_attack: {available: japan.gate < anticipated_attack}}
  nsc_on_us_combat: *before
"""

KINDS = {
    alerts_late_in_war: "delays: {hours: {is: {median: 30 d, p90: 90 d}}}",
    sent_abroad_in_war: "moves: {dprk_answers_sanctions: {when: dprk.troops == in_russia}}",
    struck_after_it_was_over: "moves: {rok_punishes: {when: local}}",
    judged_after_it_was_over: "moves: {<ally>_judges: {when: western_account != unclear}}",
    signals_of_long_ago: "moves: {russia_signals_nuclear: {after: russia_answers}}",
    asked_by_no_claim: "moves: {dprk_asks_moscow: {on: [threat_seen, alert_seen, threat_claimed]}}",
    fights_on_the_day: "delays: {chinese_troops_march: {is: {median: 12 h, p90: 3 d}}}",
    warned_after_crossing: (
        "moves: {china_warns_off: {when: peninsula_at_war and china.role < fights}}"
    ),
    supplied_under_sorties: (
        "treaties: {usa_jpn_1960: {obligations: {art6: {lapses: korea == calm}}}}"
    ),
    named_dead_unanswered: (
        "moves: {russia_answers_for_its_dead: {when: at_war and not russia.named}}"
    ),
    shown_in_war: (
        "moves: {russia_shows_force: {when: korea >= incident and russia_japan == protest}}"
    ),
    struck_while_talking: "moves: {dprk_raises_stakes: {when: korea == clash}}\n"
    "events: {fire_ends_talks: {when: talks and at_war}}",
    briefed_late: "moves: {ukraine_briefs_tokyo: {when: korea >= calm}}",
    foreseen_when_struck: FORESEEN,
    ended_in_a_clash: "events: {crisis_ends: {when: korea >= incident and local and not firing}}",
}


@pytest.mark.parametrize("fault", KINDS, ids=lambda one: one.__name__)
def test_a_kind_of_fault_that_was_read_is_gone(fault):
    assert fault(shipped()) == 0


@pytest.mark.parametrize("fault", KINDS, ids=lambda one: one.__name__)
def test_the_rule_as_it_was_is_seen(fault, tmp_path):
    """The control."""
    assert fault(broken(tmp_path, KINDS[fault])) > 0


def test_a_designation_ends_when_the_crisis_is_over_and_nobody_presses():
    found = shipped()
    ended = found[found["transition"] == "japan_ends_the_situation"]
    assert len(ended) > 20
    assert (ended["over"] > ended["anew"]).all()
    assert not at_war(ended).any()


def test_american_forces_under_missiles_fire_whoever_began():
    found = shipped()
    fired = found[(found["transition"] == "us_forces_fire_back") & (found["option"] == "fire")]
    begun = found[found["transition"] == "war_begins"]
    by = cause_of(found, begun, "transition")
    began = {name: set(map(tuple, begun[by == name][PATH].to_numpy())) for name in by.unique()}
    assert set(began) == {"dprk_answers_strikes", "rok_answers_strikes"}
    for paths in began.values():
        assert len(paths & set(map(tuple, fired[PATH].to_numpy()))) > len(paths) / 3
