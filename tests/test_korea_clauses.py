"""The dossier's truth table: who is held to be the attacker, and which clauses that calls."""

import pytest
from korea import called, guard, loaded, parameters, state

from sim.model import evaluator

TEXT, STRIKES, EDITORIAL = "armed_invasion", "strikes_count", "any_war"
ART4, ART3 = "rus_prk_2024.art4", "rus_prk_2024.art3"
MDT, CHINA, SENDERS = "usa_kor_1953.art3", "chn_prk_1961.art2", "unc16_1953.resist"

NORTH_ATTACKS = {
    "korea": "limited_war",
    "aggressor": "dprk",
    "un_charter__art51_dprk": "reports",
    "usa__reads_attacker": "dprk",
    "russia__reads_attacker": "both",
    "china__reads_attacker": "both",
    "western_account": "dprk",
}
SOUTH_PRE_EMPTS = {
    "korea": "limited_war",
    "aggressor": "rok",
    "un_charter__art51_dprk": "reports",
    "usa__reads_attacker": "rok",
    "russia__reads_attacker": "rok",
    "china__reads_attacker": "rok",
    "western_account": "rok",
}
SOUTH_ANSWERS_IN_PLACE = {"korea": "clash", "aggressor": "dprk", "usa__reads_attacker": "dprk"}
DRONES = {"korea": "incident", "aggressor": "rok", "usa__reads_attacker": "rok"}
GOES_NORTH = NORTH_ATTACKS | {"korea": "general_war", "allies_north": 1}


def test_when_the_north_attacks_the_south_its_allies_are_called_and_russia_is_not():
    clauses = called(TEXT, **NORTH_ATTACKS)
    assert {MDT, SENDERS} <= clauses
    assert not {ART4, CHINA, "usa_jpn_1960.art5"} & clauses


def test_the_editorial_calls_russia_even_when_the_north_attacks():
    assert ART4 in called(EDITORIAL, **NORTH_ATTACKS)
    assert ART4 not in called(STRIKES, **NORTH_ATTACKS)


def test_what_counts_is_moscow_s_and_beijing_s_own_reading():
    misjudged = NORTH_ATTACKS | {"russia__reads_attacker": "rok"}
    assert ART4 in called(TEXT, **misjudged)
    assert CHINA not in called(TEXT, **misjudged)
    assert CHINA in called(TEXT, **(misjudged | {"china__reads_attacker": "rok"}))


def test_self_defence_must_be_claimed_before_the_text_obliges_russia():
    silent = SOUTH_PRE_EMPTS | {"un_charter__art51_dprk": "keeps_silent"}
    assert ART4 not in called(TEXT, **silent)
    assert ART4 in called(EDITORIAL, **silent)


@pytest.mark.parametrize("reading", [TEXT, EDITORIAL])
def test_an_answer_in_place_calls_for_talk_and_not_for_arms(reading):
    clauses = called(reading, **SOUTH_ANSWERS_IN_PLACE)
    assert {ART3, "usa_kor_1953.art2", "usa_jpn_1960.art4", "un_charter.art39"} <= clauses
    assert not {ART4, MDT, CHINA, SENDERS} & clauses


def test_strikes_on_the_north_are_contestable():
    strikes = SOUTH_ANSWERS_IN_PLACE | {"korea": "strikes", "russia__reads_attacker": "rok"}
    assert ART4 in called(STRIKES, **strikes)
    assert ART4 not in called(TEXT, **strikes)
    assert ART4 not in called(EDITORIAL, **strikes)
    assert MDT in called(TEXT, **strikes)  # Washington blames the North for what it answers


@pytest.mark.parametrize("reading", [TEXT, EDITORIAL])
def test_pre_emption_calls_the_north_s_allies_and_not_the_south_s(reading):
    clauses = called(reading, **SOUTH_PRE_EMPTS)
    assert {ART4, CHINA} <= clauses
    assert not {MDT, SENDERS} & clauses


@pytest.mark.parametrize("reading", [TEXT, EDITORIAL])
def test_going_north_calls_russia_and_china_whoever_began(reading):
    assert {ART4, CHINA} <= called(reading, **GOES_NORTH)


def test_going_north_calls_again_on_those_who_had_answered():
    model = loaded("korean_clash").model
    values = parameters(model, {"art4_reading": EDITORIAL})
    answered = GOES_NORTH | {ART4.replace(".", "__"): "declines", "rus_prk_2024__binds": 1}
    assert guard(model, f"{ART4}.reopened")(state(model, **answered), values, ())
    dormant = state(model, **(GOES_NORTH | {"rus_prk_2024__binds": 1}))
    assert not guard(model, f"{ART4}.reopened")(dormant, values, ())


@pytest.mark.parametrize("reading", [TEXT, STRIKES, EDITORIAL])
def test_a_southern_provocation_is_a_threat_and_no_attack(reading):
    clauses = called(reading, **DRONES)
    assert ART3 in clauses
    assert not {ART4, MDT, CHINA, SENDERS} & clauses
    assert ART3 not in called(reading, **(DRONES | {"aggressor": "dprk"}))  # nobody threatens


@pytest.mark.parametrize("reading", [TEXT, EDITORIAL])
def test_an_attack_on_bases_in_japan_calls_article_five_and_opens_the_last_gate(reading):
    struck = {"korea": "calm", "japan__struck": 1}
    assert "usa_jpn_1960.art5" in called(reading, **struck)
    assert not {ART4, MDT, CHINA, SENDERS} & called(reading, **struck)
    model = loaded("korean_clash").model
    values = parameters(model, {})
    armed = model.transition("japan_finds_armed_attack")
    assert "japan.struck" in [str(trigger.becomes) for trigger in armed.on]
    assert guard(model, armed.name)(state(model, **struck), values, ())


def test_an_attack_on_the_south_opens_japan_s_first_gate_and_the_second_only_with_america_in_it():
    model = loaded("korean_clash").model
    values = parameters(model, {})
    war = state(model, **NORTH_ATTACKS)
    assert guard(model, "nsc_on_war")(war, values, ())
    survival = guard(model, "nsc_on_us_combat")
    assert not survival(war, values, ())
    assert survival(state(model, **(NORTH_ATTACKS | {"usa__role": "combat"})), values, ())


@pytest.mark.parametrize("situation", [NORTH_ATTACKS, SOUTH_PRE_EMPTS, GOES_NORTH, DRONES])
def test_before_its_date_the_treaty_calls_on_nobody_and_the_older_one_asks_for_talk(situation):
    early = called(EDITORIAL, binds=0, **situation)
    assert not any(clause.startswith("rus_prk_2024.") for clause in early)
    assert "rus_prk_2000.contact" in early
    assert "rus_prk_2000.contact" not in called(EDITORIAL, binds=1, **situation)


def test_prior_consultation_is_skipped_where_the_minute_is_honoured():
    model = loaded("korean_clash").model
    now = state(model, korea="general_war", usa__role="combat")
    at_once = guard(model, "usa_uses_bases_at_once")
    asked = guard(model, "notes_1960.prior_consultation.invoked")
    for minute, skipped in (("honoured", True), ("superseded", False)):
        values = parameters(model, {"korean_minute": minute})
        assert bool(at_once(now, values, ())) is skipped
        assert bool(asked(now, values, ())) is not skipped


CONDITIONS = {
    "law_1_attack_feared": {"usa__nuclear_signal": 1},
    "law_2_leadership_struck": {"rok__axes": "leadership_struck"},
    "law_3_sites_struck": {"rok__axes": "sites_struck"},
    "law_4_war_expands": {"korea": "general_war"},
    "law_5_catastrophe": {"allies_north": 1},
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_condition_of_the_nuclear_law_is_a_door_of_its_own(condition):
    model = loaded("korean_clash").model
    opens = [
        transition
        for transition in model.transitions
        if any(trigger.becomes and trigger.becomes.text == condition for trigger in transition.on)
    ]
    assert len(opens) == 1
    becomes = opens[0].on[0].becomes
    assert becomes is not None
    holds = evaluator(becomes.node, model.names)
    values = parameters(model, {})
    assert holds(state(model, **({"korea": "limited_war"} | CONDITIONS[condition])), values, ())
    assert not holds(state(model, korea="limited_war"), values, ())
