"""The upper half of the Korean ladder: the highest acts are answered, entry changes the war."""

from functools import cache

import pandas as pd
import pytest
from korea import SCENARIOS, called, guard, loaded, number, parameters, state

from sim import Results, Scenario, load, run

SPENT = {"draws": 20, "paths": 200, "workers": 1, "engine": "compiled"}
ANSWERS = (
    "[nuclear_use_widens, usa_answers_nuclear_use, usa_weighs_nuclear_reply,"
    " nsc_on_nuclear_use, nsc_weighs_survival]"
)
COMBAT = {
    ("us_forces_fire_back", "fire"),
    ("usa_kor_1953.art3", "overt_force"),
    ("usa_jpn_1960.art5", "force_against_the_north"),
    ("us_forces_are_hit", ""),
    ("usa_answers_nuclear_use", ""),
}


@pytest.fixture(scope="module")
def altered(tmp_path_factory):
    """A variant of the generic rate, by what it sets or removes."""

    def built(name: str, text: str) -> Scenario:
        file = tmp_path_factory.mktemp("altered") / f"{name}.yaml"
        base = SCENARIOS / "korean_generic_rate.yaml"
        file.write_text(f"extends: {base}\nscenario: {name}\n{text}", encoding="utf-8")
        return load(file)

    return built


@cache
def generic() -> Results:
    """4,000 paths at the generic rate, some 550 of them wars, with every event."""
    return run(loaded("korean_generic_rate"), events=True, **SPENT)


def fired(results: Results) -> pd.DataFrame:
    assert results.events is not None
    found = results.events.astype({"transition": str, "option": str})
    return found.replace({"option": {"nan": "", "None": ""}})


def until_combat(results: Results) -> pd.Series:
    """Days from a war the North began to the first American fire, in wars that see it."""
    found = fired(results)
    north = found[
        (found["transition"] == "dprk_answers_strikes") & (found["option"] == "goes_to_war")
    ]
    pairs = list(zip(found["transition"], found["option"], strict=True))
    fire = found[[pair in COMBAT for pair in pairs]]
    began = north.groupby(["draw", "path"])["time"].min()
    first = fire.groupby(["draw", "path"])["time"].min()
    waited = (first - began).dropna()
    return waited[waited >= 0]


def test_american_forces_in_place_fire_first_and_the_president_is_asked_later(altered):
    waited = until_combat(generic())
    assert len(waited) > 200
    assert waited.median() < 1
    asked = altered("asked_first", "interventions:\n  asked: {set: {trip_wire: 0}}\n")
    assert until_combat(run(asked.under("asked"), events=True, **SPENT)).median() > 2


def within(results: Results, outcome: str, days: float) -> float:
    """The share of paths with nuclear use in which the outcome has come by `days` after it."""
    paths = results.paths
    assert paths is not None
    used = paths[(paths["time__nuclear_use"] + days) < 180]
    assert len(used) > 30
    return (used[f"time__{outcome}"] <= used["time__nuclear_use"] + days).mean()


def test_nuclear_use_is_answered_within_hours(altered):
    mute = altered("unanswered", f"interventions:\n  mute: {{void: {ANSWERS}}}\n").under("mute")
    unanswered = run(mute, **SPENT)
    for outcome, days in (("us_combat", 1), ("general_war", 1), ("japan_anticipated", 3)):
        assert within(generic(), outcome, days) > 0.85, outcome
    assert within(unanswered, "japan_anticipated", 3) < 0.85
    assert within(generic(), "us_combat", 1) > within(unanswered, "us_combat", 1)


def test_no_war_stays_limited_once_china_or_russia_fights_or_a_weapon_was_used():
    paths = generic().paths
    assert paths is not None
    for entry in ("china_fights", "russia_overt", "us_russian_combat"):
        entered = paths[paths[f"time__{entry}"].notna()]
        assert len(entered) > 3
        assert (entered["time__general_war"] <= entered[f"time__{entry}"]).all(), entry
    found = fired(generic())
    used = found[found["transition"].str.startswith("dprk_nuclear") & (found["option"] == "uses")]
    limited = found[(found["transition"] == "war_widens") & (found["option"] == "stays_limited")]
    both = limited.merge(used, on=["draw", "path"], suffixes=("", "_used"))
    assert not (both["time"] > both["time_used"]).any()


ENTRIES = [
    {"china__role": "fights"},
    {"russia__role": "overt_force"},
    {"russia__role": "materiel"},
    {"china__role": "materiel"},
]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_a_patron_s_help_and_entry_draw_the_war_out(entry):
    war = {"korea": "general_war"}
    assert number("ceasefire", "speed", **(war | entry)) < number("ceasefire", "speed", **war)


def test_a_role_that_nobody_reads_would_not_be_seen():
    """Control: words and covers leave the pace of a cease-fire as it is."""
    war = {"korea": "general_war"}
    plain = number("ceasefire", "speed", **war)
    assert number("ceasefire", "speed", **(war | {"china__role": "cover"})) == plain
    assert number("ceasefire", "speed", **(war | {"russia__role": "words"})) == plain


def crossing(**changed: str | int) -> float:
    return number("cfc_goes_north", "crosses", korea="general_war", usa__role="combat", **changed)


def test_sending_states_in_the_fight_pull_north_and_a_great_power_there_holds_back():
    assert crossing(senders__role="forces") > crossing() == crossing(senders__role="support")
    assert crossing(china__role="fights") < crossing()
    assert crossing(russia__role="overt_force") < crossing()


@pytest.mark.parametrize("fire", ["shots", "attack"])
def test_russian_fire_at_japan_is_an_armed_attack(fire):
    assert "usa_jpn_1960.art5" in called("armed_invasion", korea="general_war", russia_japan=fire)
    model = loaded("korean_clash").model
    values = parameters(model, {})
    trigger = [t.becomes for t in model.transition("japan_finds_armed_attack").on]
    assert any("russia_japan >= shots" in str(becomes) for becomes in trigger)
    assert guard(model, "japan_finds_armed_attack")(state(model, russia_japan=fire), values, ())


def test_a_threat_at_japan_is_none():
    """Control: what stays below fire calls nobody."""
    assert "usa_jpn_1960.art5" not in called(
        "armed_invasion", korea="general_war", russia_japan="coercive"
    )


def test_help_of_any_kind_is_what_the_record_counts():
    """P12c is materiel, intelligence or a veto, together; one half alone is less."""
    model = loaded("korean_clash").model
    helps = parameters(model, {})[model.names.parameters["russia_helps"]]
    materiel = number("russia_backs_north", "materiel", korea="general_war")
    cover = number("russia_backs_north", "intelligence_and_veto", korea="general_war")
    assert materiel + (1 - materiel) * cover == pytest.approx(helps)
    assert materiel < helps


def test_shots_between_powers_are_answered_or_fade_and_open_combat_ends_by_itself():
    found = fired(generic())
    met = found[found["transition"] == "powers_meet_in_arms"]
    assert set(met["option"]) >= {"shots", "covert_crews_die", "near_miss"}
    brink = found[found["transition"] == "powers_step_back"]
    assert len(brink) > 0
    paths = generic().paths
    assert paths is not None
    fought = paths[paths["time__us_russian_combat"].notna()]
    assert (fought["time__us_russian_shots"] <= fought["time__us_russian_combat"]).all()


def test_arms_that_stop_weigh_on_moscow_s_hand_in_korea_and_only_there():
    """Too rare to be seen in some thousand paths, so the channel itself is read."""
    overt = ("russia_fights_without_clause", "overt_force")
    covert = ("russia_fights_without_clause", "covert_force")
    assert number(*overt, russia__burden="overstretched") < number(*overt, russia__burden="heavy")
    assert number(*covert, russia__debt="none") < number(*covert, russia__debt="some")
    assert number(*overt, russia__shells="short") == number(*overt)  # shells act by the burden
