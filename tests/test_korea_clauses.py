"""The dossier's truth table: who is held to be the attacker, and which clauses that calls."""

import pytest
from korea import called, guard, loaded, parameters, state

from sim import run
from sim.model import evaluator

ATTACK, INVASION = "armed_attack", "armed_invasion"  # the two readings of the text
STRIKES, EDITORIAL = "strikes_count", "any_war"  # an analyst's, none of Moscow's
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
    "into_south": "strikes",
    "into_north": "strikes",  # the answer to it
}
SOUTH_PRE_EMPTS = {
    "korea": "limited_war",
    "aggressor": "rok",
    "un_charter__art51_dprk": "reports",
    "usa__reads_attacker": "rok",
    "russia__reads_attacker": "rok",
    "china__reads_attacker": "rok",
    "western_account": "rok",
    "into_north": "strikes",
}
SOUTH_ANSWERS_IN_PLACE = {
    "korea": "clash",
    "aggressor": "dprk",
    "usa__reads_attacker": "dprk",
    "into_south": "fire",
    "into_north": "fire",
}
DRONES = {
    "korea": "incident",
    "aggressor": "rok",
    "usa__reads_attacker": "rok",
    "into_north": "drones",
    "dprk__threatened": 1,
}
GOES_NORTH = NORTH_ATTACKS | {"korea": "general_war", "allies_north": 1, "into_north": "ground"}
ASKS = {"dprk__threatened": 1, "dprk__asks": 1}


# Row by row, by both readings: who attacked -> what is invoked, of these four.
FOUR = {ART4, CHINA, MDT, SENDERS}
TABLE = {
    "the North attacks": (NORTH_ATTACKS, {MDT, SENDERS}, {MDT, SENDERS}),
    "the South answers in place": (SOUTH_ANSWERS_IN_PLACE, set(), set()),
    "the South pre-empts": (SOUTH_PRE_EMPTS, {ART4, CHINA}, {CHINA}),
    "the allies go north": (GOES_NORTH, FOUR, FOUR),
    "drones over Pyongyang": (DRONES, set(), set()),
    "bases are struck": (NORTH_ATTACKS | {"japan__struck": 1}, {MDT, SENDERS}, {MDT, SENDERS}),
}


@pytest.mark.parametrize("row", TABLE)
def test_the_truth_table_row_by_row_by_both_readings(row):
    situation, by_attack, by_invasion = TABLE[row]
    assert called(ATTACK, **situation) & FOUR == by_attack
    assert called(INVASION, **situation) & FOUR == by_invasion


def test_the_readings_differ_and_the_editorial_s_from_both():
    assert any(by_attack != by_invasion for _, by_attack, by_invasion in TABLE.values())
    assert ART4 in called(EDITORIAL, **NORTH_ATTACKS)
    assert ART4 not in called(STRIKES, **NORTH_ATTACKS)


def test_moscow_holds_neither_the_editorial_s_reading_nor_that_of_strikes():
    drawn = run(loaded("korean_clash"), draws=300, paths=1, workers=1).draws["art4_reading"]
    assert set(drawn) == {ATTACK, INVASION}
    assert 0.65 < (drawn == ATTACK).mean() < 0.85


def test_what_counts_is_moscow_s_and_beijing_s_own_reading():
    misjudged = NORTH_ATTACKS | {"russia__reads_attacker": "rok"}
    assert ART4 in called(ATTACK, **misjudged)
    assert ART4 not in called(INVASION, **misjudged)  # nobody has crossed by land
    assert CHINA not in called(ATTACK, **misjudged)
    assert CHINA in called(ATTACK, **(misjudged | {"china__reads_attacker": "rok"}))


@pytest.mark.parametrize("crossed", ["nobody", "drones", "ships", "fire"])
def test_blame_without_an_attack_is_no_casus(crossed):
    blamed = SOUTH_PRE_EMPTS | {"into_north": crossed}
    assert ART4 not in called(ATTACK, **blamed)
    assert CHINA not in called(ATTACK, **blamed)


def test_one_whom_moscow_holds_to_have_begun_is_not_invaded_as_the_text_means_it():
    plain = GOES_NORTH | {"russia__reads_attacker": "dprk"}
    assert ART4 not in called(ATTACK, **plain)
    assert ART4 not in called(INVASION, **plain)
    assert ART4 in called(INVASION, **GOES_NORTH)  # the control: Moscow holds both to blame


def test_self_defence_must_be_claimed_before_the_text_obliges_russia():
    silent = SOUTH_PRE_EMPTS | {"un_charter__art51_dprk": "keeps_silent"}
    assert ART4 not in called(ATTACK, **silent)
    assert ART4 in called(EDITORIAL, **silent)


@pytest.mark.parametrize("reading", [ATTACK, INVASION])
def test_an_answer_in_place_calls_for_talk_and_not_for_arms(reading):
    clauses = called(reading, **SOUTH_ANSWERS_IN_PLACE)
    assert {"usa_kor_1953.art2", "usa_jpn_1960.art4", "un_charter.art39_incident"} <= clauses
    assert not FOUR & clauses


def test_strikes_on_the_north_are_contestable():
    strikes = SOUTH_ANSWERS_IN_PLACE | {
        "korea": "strikes",
        "russia__reads_attacker": "rok",
        "into_north": "strikes",
    }
    assert ART4 in called(STRIKES, **strikes)
    for reading in (ATTACK, INVASION, EDITORIAL):
        assert ART4 not in called(reading, **strikes)
    assert MDT in called(ATTACK, **strikes)  # Washington blames the North for what it answers


def test_going_north_calls_again_on_those_who_had_answered():
    model = loaded("korean_clash").model
    values = parameters(model, {"art4_reading": EDITORIAL})
    answered = GOES_NORTH | {ART4.replace(".", "__"): "declines", "rus_prk_2024__binds": 1}
    assert guard(model, f"{ART4}.reopened")(state(model, **answered), values, ())
    dormant = state(model, **(GOES_NORTH | {"rus_prk_2024__binds": 1}))
    assert not guard(model, f"{ART4}.reopened")(dormant, values, ())


@pytest.mark.parametrize("reading", [ATTACK, INVASION, STRIKES, EDITORIAL])
def test_a_southern_provocation_is_a_threat_if_the_north_asks_and_no_attack(reading):
    assert ART3 in called(reading, **(DRONES | ASKS))
    assert ART3 not in called(reading, **DRONES)  # a threat, and no request
    assert ART3 not in called(reading, **(DRONES | {"dprk__asks": 1, "dprk__threatened": 0}))
    assert not FOUR & called(reading, **(DRONES | ASKS))


@pytest.mark.parametrize("reading", [ATTACK, EDITORIAL])
def test_an_attack_on_bases_in_japan_calls_article_five_and_opens_the_last_gate(reading):
    struck = NORTH_ATTACKS | {"japan__struck": 1}
    assert "usa_jpn_1960.art5" in called(reading, **struck)
    assert "usa_jpn_1960.art5" not in called(reading, **NORTH_ATTACKS)
    model = loaded("korean_clash").model
    armed = model.transition("japan_finds_armed_attack")
    assert "japan.struck" in [str(trigger.becomes) for trigger in armed.on]
    assert guard(model, armed.name)(state(model, **struck), parameters(model, {}), ())


def test_an_attack_on_the_south_opens_japan_s_first_gate_and_the_second_only_with_america_in_it():
    model = loaded("korean_clash").model
    values = parameters(model, {})
    war = state(model, **NORTH_ATTACKS)
    assert guard(model, "nsc_on_war")(war, values, ())
    survival = guard(model, "nsc_on_us_combat")
    assert not survival(war, values, ())
    assert survival(state(model, **(NORTH_ATTACKS | {"usa__role": "combat"})), values, ())


@pytest.mark.parametrize("situation", [NORTH_ATTACKS, SOUTH_PRE_EMPTS, GOES_NORTH, DRONES])
def test_before_it_binds_the_treaty_calls_on_nobody_and_the_older_one_asks_for_talk(situation):
    situation = situation | ASKS
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
