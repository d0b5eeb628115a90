"""What a third and a fourth reading of replays found, a kind of fault a test, each with a control.

Faults are counted in the events of `test_korea_read.py`: 4,000 paths at the generic rate.
"""

import numpy as np
import pandas as pd
import pytest
from korea import number
from scipy.stats import beta
from test_korea_read import PATH, at_war, broken, cause_of, last, shipped


def first_fire(found: pd.DataFrame) -> pd.Series:
    """When somebody last fired at Japan."""
    russian = ("sea_of_japan_incident", "shots"), ("russia_strikes_bases_in_japan", "strikes")
    fired = last(found, "dprk_hits_bases_in_japan", "strikes")
    for one in russian:
        fired = np.maximum(fired, last(found, *one))
    return fired


def lesser_gates_under_fire(found: pd.DataFrame) -> int:
    """Lesser situations designated after Japan has come under fire in this war."""
    lesser = found["transition"].str.startswith("nsc_") & (found["option"] != "waits")
    lesser &= found["transition"] != "nsc_on_strikes"
    assert lesser.sum() > 500
    return int((lesser & (first_fire(found) > found["began"]) & at_war(found)).sum())


def found_after_it_was_over(found: pd.DataFrame) -> int:
    """Judgements of Washington by the Command's finding on a crisis that is over."""
    judged = found["transition"].isin(["both_found_in_breach", "north_found_in_breach"])
    assert judged.sum() > 100
    return int((judged & (found["over"] > found["anew"])).sum())


def weighed_in_quiet(found: pd.DataFrame) -> int:
    """The council weighs strikes since which the clash has passed or talks have opened."""
    weighed = found[found["transition"] == "nsc_on_strikes"]
    assert len(weighed) > 200
    quiet = np.maximum(last(found, "clash_passes"), found["talks"]).loc[weighed.index]
    return int((quiet > cause_of(found, weighed, "time")).sum())


def noticed_in_war(found: pd.DataFrame) -> int:
    """Parties that take notice of a clash when it has become a war."""
    noticed = found["transition"] == "a_clash_is_noticed"
    assert noticed.sum() > 1000
    return int((noticed & at_war(found)).sum())


def fired_at_in_talks(found: pd.DataFrame) -> int:
    """Northern fire while the Koreas talk, and go on talking."""
    rows = (found["transition"] == "dprk_provokes") & (found["option"] == "fires")
    broken_off = np.maximum(last(found, "fire_ends_talks"), found["over"])
    rows &= np.maximum(found["talks"], found["ended"]) > np.maximum(broken_off, found["began"])
    fired = found[rows]
    assert len(fired) > 20
    ends = found[found["transition"] == "fire_ends_talks"][[*PATH, "time"]]
    met = fired.merge(ends.drop_duplicates(), on=[*PATH, "time"], how="left", indicator=True)
    return int((met["_merge"] == "left_only").sum())


def gone_back_in_a_clash(found: pd.DataFrame) -> int:
    """What has crossed the line goes back while the clash has not passed."""
    gone = found["transition"] == "what_crossed_goes_back"
    assert gone.sum() > 50
    clash = last(found, "rok_answers_fire", "several_times_over", "in_kind")
    passed = np.maximum(last(found, "clash_passes"), found["talks"])
    passed = np.maximum(passed, np.maximum(found["over"], found["ended"]))
    return int((gone & (clash > passed)).sum())


def judged_after_going_to_war(found: pd.DataFrame) -> int:
    """Washington makes up its mind who began a war of the North's in which it fights by treaty."""
    judged = found[found["transition"] == "usa_judges"]
    fights = last(found, "usa_kor_1953.art3", "overt_force").loc[judged.index]
    norths = last(found, "dprk_answers_strikes", "goes_to_war").loc[judged.index]
    assert len(judged) > 1000
    return int(((fights > judged["began"]) & (norths == judged["began"]) & at_war(judged)).sum())


def consulted_after_a_signal(found: pd.DataFrame) -> int:
    """Washington consults about showing strategic forces that it has shown over nuclear use."""
    consulted = found["transition"] == "washington_2023.consultative_group"
    assert consulted.sum() > 500
    shown = last(found, "usa_answers_nuclear_use")
    return int((consulted & (shown > found["began"]) & at_war(found)).sum())


def withheld_twice(found: pd.DataFrame) -> int:
    """Moscow decides to withhold a treaty that it withholds already."""
    withholds = (found["transition"] == "moscow_weighs_ratification") & (
        found["option"] == "withholds"
    )
    assert withholds.sum() > 50
    rows = found[withholds | (found["option"] == "hastens")]
    rows = rows[rows["transition"] == "moscow_weighs_ratification"]
    before = rows.groupby(PATH)["option"].shift()
    again = rows[(rows["option"] == "withholds") & (before == "withholds")]
    earlier = rows.groupby(PATH)["time"].shift().loc[again.index]
    return int((last(found, "ratification_resumed").loc[again.index] < earlier).sum())


def counted_without_troops(found: pd.DataFrame) -> int:
    """Numbers of troops confirmed after the report that there are any has fallen apart."""
    confirmed = found["transition"].str.endswith("thousand_at_the_coalition")
    confirmed &= found["option"] == "confirmed"
    assert confirmed.sum() > 1000
    return int((confirmed & (last(found, "personnel_falls_apart") > -np.inf)).sum())


def still_feared_in_talks(found: pd.DataFrame) -> int:
    """Clashes that pass only after talks have opened."""
    passed = found["transition"] == "clash_passes"
    assert passed.sum() > 1000
    opened = last(found, "talks_open")
    again = np.maximum(
        last(found, "rok_answers_fire", "several_times_over", "in_kind"), found["over"]
    )
    again = np.maximum(again, last(found, "fire_ends_talks"))
    return int((passed & (opened > np.maximum(again, found["ended"]))).sum())


WIDER = "at_war and japan.gate <= anticipated_attack"
KINDS = {
    lesser_gates_under_fire: f"moves: {{nsc_on_a_wider_war: {{when: {WIDER}}}, "
    "nsc_on_us_combat: {when: us_fights and japan.gate <= anticipated_attack}}",
    found_after_it_was_over: "events: {both_found_in_breach: {when: korea >= calm}}",
    weighed_in_quiet: (
        "moves: {nsc_on_strikes: {when: japan.gate == peacetime and korea >= incident}}"
    ),
    noticed_in_war: "events: {a_clash_is_noticed: {when: korea >= calm}}",
    fired_at_in_talks: "events: {fire_ends_talks: {on: {becomes: shooting}}}",
    gone_back_in_a_clash: "events: {what_crossed_goes_back: {when: local and not firing "
    "and (into_north > nobody or into_south > nobody)}}",
    judged_after_going_to_war: "events: {washington_has_judged: {on: us_forces_fire_back.fire}}",
    consulted_after_a_signal: (
        "treaties: {washington_2023: {obligations: {consultative_group: {lapses: local}}}}"
    ),
    withheld_twice: "moves: {moscow_weighs_ratification: {choose: {"
    "hastens: {of_rest: hastens, then: {russia.ratification: hastened}}, "
    "withholds: {of_rest: withholds, then: {russia.ratification: withheld}}, "
    "leaves_it_as_it_stands: {probability: rest}}}}",
    still_feared_in_talks: "events: {talks_open: {then: {talks: true}}}",
    counted_without_troops: "remove: [events.numbers_fall_with_it]",
}


@pytest.mark.parametrize("fault", KINDS, ids=lambda one: one.__name__)
def test_a_kind_of_fault_that_was_read_is_gone(fault):
    assert fault(shipped()) == 0


@pytest.mark.parametrize("fault", KINDS, ids=lambda one: one.__name__)
def test_the_rule_as_it_was_is_seen(fault, tmp_path):
    """The control."""
    assert fault(broken(tmp_path, KINDS[fault])) > 0


def weighings(found: pd.DataFrame) -> pd.Series:
    """How often the North weighs strikes in each crisis: by path, and crises that came before."""
    crisis = (found["transition"] == "crisis_anew").groupby([found["draw"], found["path"]]).cumsum()
    weighed = found.assign(crisis=crisis)[found["transition"] == "dprk_raises_stakes"]
    return weighed.groupby([*PATH, "crisis"]).size()


def test_the_north_weighs_strikes_once_a_crisis(tmp_path):
    found = weighings(shipped())
    assert found.max() == 1
    assert (found.index.get_level_values("crisis") > 0).sum() > 100
    always = "moves: {dprk_raises_stakes: {when: korea == clash and not talks}}"
    assert weighings(broken(tmp_path, always)).max() > 1  # the control


@pytest.mark.parametrize(
    ("move", "option"),
    [
        ("dprk_raises_stakes", "strikes"),
        ("rok_punishes", "strikes"),
        ("russia_shows_force", "shows"),
    ],
)
def test_few_exchanges_of_fire_after_calm_grow(move, option):
    later, first = (number(move, option, later_crisis=one) for one in (1, 0))
    assert later / first == pytest.approx(beta(3.5, 18.5).median())  # 3 of 21, Jeffreys' prior


def taken_up_again(found: pd.DataFrame) -> int:
    """The council decides on the war because the Diet has refused more."""
    decided = found[found["transition"] == "nsc_on_war"]
    return int(cause_of(found, decided, "transition").str.startswith("diet_votes_on_").sum())


def test_a_refused_gate_is_followed_by_the_lesser(tmp_path):
    assert taken_up_again(shipped()) > 0
    assert (
        taken_up_again(broken(tmp_path, "moves: {nsc_on_war: {on: {becomes: at_war}}}")) == 0
    )  # the control
