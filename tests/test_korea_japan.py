"""Japan as cabinet, Diet and forces: gates in order, votes that count, refusals with a price."""

from functools import cache

import pandas as pd
import pytest
from korea import loaded, number, outcome_holds

from sim import compare, run

SPENT = {"draws": 20, "paths": 200, "workers": 1, "engine": "compiled"}
GATES = ["important_influence", "anticipated_attack", "survival_threatening", "armed_attack"]
PATH = ["draw", "path"]


@cache
def events(intervention: str = "") -> pd.DataFrame:
    scenario = loaded("korean_generic_rate")
    scenario = scenario.under(intervention) if intervention else scenario
    found = run(scenario, events=True, **SPENT).events
    assert found is not None
    return found.astype({"transition": str, "option": str})


def gate(row) -> str:
    """The gate that a firing opens, or ''."""
    if row.transition == "japan_finds_armed_attack":
        return "armed_attack"
    return row.option if row.transition.startswith("nsc_") and row.option in GATES else ""


def out_of_order(found: pd.DataFrame) -> int:
    """Designations of a gate not above the one that stands; one refused or ended stands no more."""
    wrong = 0
    japan = found[found["transition"].str.match("nsc_|japan_finds|japan_ends|diet_")]
    for _, rows in japan.groupby(PATH):
        standing: list[int] = []
        for row in rows.sort_values("seq").itertuples():
            if opened := gate(row):
                rank = GATES.index(opened)
                wrong += bool(standing) and rank <= standing[-1]
                standing.append(rank)
            elif row.option == "refuses":
                standing = standing[:-1]
            elif row.option == "lets_lapse" or row.transition == "japan_ends_the_situation":
                standing = []
    return wrong


def test_a_lesser_gate_is_never_decided_after_a_greater_one():
    """n = 4,000 paths at the generic rate."""
    found = events()
    designated = sum(1 for row in found.itertuples() if gate(row))
    assert designated > 200
    assert out_of_order(found) == 0


def test_gates_decided_backwards_are_seen():
    """Control: the same paths, read from their end."""
    assert out_of_order(events().assign(seq=lambda found: -found["seq"])) > 20


def test_force_is_ordered_only_after_the_diet_or_under_fire():
    found = events()
    vote = found["transition"].str.startswith("diet_votes_on_survival")
    attacked = found["transition"] == "japan_finds_armed_attack"
    allowed = found[attacked | (vote & (found["option"] != "refuses"))]
    ordered = found[found["transition"] == "japan_orders_defence"]
    assert len(ordered) > 100
    both = ordered.merge(allowed, on=PATH, suffixes=("", "_allowed"))
    earlier = both[both["time_allowed"] <= both["time"]].drop_duplicates([*PATH, "time"])
    assert len(earlier) == len(ordered.drop_duplicates([*PATH, "time"]))


def test_what_the_upper_house_agreed_to_is_confirmed_within_ten_days_or_lapses():
    found = events()
    alone = found[found["option"] == "upper_house_agrees"]
    assert len(alone) > 50
    assert alone["time"].max() < 17  # the lower house is seated on 11 November
    confirmed = found[found["transition"] == "diet_confirms"]
    assert confirmed["time"].between(17, 17 + 10 + 90).all()
    assert (confirmed["option"] == "agrees").sum() > 30


def test_a_minority_diet_that_refuses_keeps_the_forces_home():
    found = events("minority_diet_refuses")
    refused = found[
        found["option"].eq("refuses") & found["transition"].str.startswith("diet_votes")
    ]
    assert len(refused) > 100
    late = found[(found["transition"] == "japan_orders_support") & (found["time"] > 17 + 10 + 7)]
    assert len(late) == 0
    usual = events()
    assert ((usual["transition"] == "japan_orders_support") & (usual["time"] > 34)).any()


def test_votes_have_odds_of_their_own_and_an_attack_rallies_the_houses():
    vote = "diet_votes_on_survival_threatening"
    seated = {"diet__house": "seated", "japan__gate": "survival_threatening"}
    minority = number(vote, "agrees", diet__majority=0, **seated)
    assert minority < number(vote, "agrees", diet__majority=1, **seated)
    assert minority < number(vote, "agrees", diet__majority=0, japan__struck=1, **seated)
    anticipated = number("diet_votes_on_anticipated_attack", "agrees", diet__majority=0, **seated)
    assert minority < anticipated


WEAKER, STRONGER = "japan_party_russia_acts", "japan_fights_russia_acts"
COVERT = {
    "korea": "general_war",
    "japan__gate": "important_influence",
    "russia__role": "covert_force",
}


def test_crews_nobody_has_named_make_no_japan_crisis():
    assert outcome_holds("japan_crisis_involving_russia", **COVERT)
    assert not outcome_holds(WEAKER, **COVERT)
    assert outcome_holds(WEAKER, **(COVERT | {"russia__named": 1}))


def test_the_stronger_form_asks_that_something_happens_to_japan():
    allowed = {"japan__gate": "survival_threatening", "russia__role": "overt_force"}
    assert outcome_holds("japan_crisis_russia_in_action", **allowed)
    assert not outcome_holds(STRONGER, **allowed)
    assert outcome_holds(STRONGER, **(allowed | {"japan__forces": "fighting"}))
    assert outcome_holds(STRONGER, russia__role="overt_force", japan__struck=1)
    assert outcome_holds(STRONGER, russia_japan="shots")
    assert not outcome_holds(STRONGER, japan__struck=1)  # by the North, Russia not in action


@pytest.mark.parametrize(
    "what", [{"japan__gate": "important_influence"}, {"japan__bases": "combat_use"}], ids=str
)
def test_japan_is_a_party_by_its_own_decision_or_by_its_bases(what):
    assert outcome_holds(WEAKER, russia__role="overt_force", **what)
    assert not outcome_holds(WEAKER, russia__role="overt_force")
    assert outcome_holds(WEAKER, russia_japan="coercive")  # and as its target


def test_refusing_the_bases_has_a_price_and_somebody_who_pays_it():
    found = compare(loaded("korean_generic_rate"), ["bases_refused_outright"], **SPENT).table
    rows = found.set_index(["twin", "outcome"]).loc["bases_refused_outright"]
    assert rows.loc["article5_doubted", "gained"] > rows.loc["article5_doubted", "lost"]
    assert rows.loc["ground_lost", "gained"] > 0
    assert rows.loc["bases_in_combat", "gained"] == 0
    assert number("ground_is_lost", "lost", usa__sorties="halved") > number(
        "ground_is_lost", "lost"
    )
    art5 = ("usa_jpn_1960.art5", "force_against_russia")
    assert number(*art5, usa__doubts_japan=1) < number(*art5)


def test_both_presidents_turn_a_key_before_command_passes():
    found = events()
    turned = found[found["transition"] == "presidents_turn_keys"]
    assert set(turned["option"]) == {"both", "one_refuses"}
    in_war = found["transition"] == "cfc_raises_alert_in_war"
    proposed = found[in_war | (found["option"] == "proposes_defcon_3")]
    assert len(proposed) >= len(turned) > 200
    key = ("presidents_turn_keys", "both")
    assert number(*key, usa__president="other_party") < number(*key, usa__president="in_office")
    assert number(*key, usa__president="other_party", korea="limited_war") == 1


def test_what_the_sanctions_name_decides_who_answers():
    russia, dprk = events("sanctions_on_russia_only"), events("sanctions_on_dprk_only")
    assert "dprk_answers_sanctions" not in set(russia["transition"])
    assert "dprk_answers_sanctions" in set(dprk["transition"])
    coerces = ("russia_coerces_japan", "coerces")
    assert number(*coerces, japan__sanctions=1) > number(*coerces)
    spared = {"choices": {"sanctions_on": "dprk"}}
    assert number(*coerces, **spared, japan__sanctions=1) == number(*coerces, **spared)


def test_a_war_is_listed_within_days_and_does_not_wait_for_the_dispatch():
    found = events()
    lists = found[found["option"] == "lists"]
    listed = lists[lists["transition"] == "coalition_lists_the_war"]
    assert len(listed) > 200
    began = found[found["transition"] == "war_begins"].groupby(PATH)["time"].min()
    waited = listed.set_index(PATH)["time"] - began
    assert waited.median() < 12
    dispatch = lists[lists["transition"] == "coalition_lists"]
    assert dispatch["time"].median() > 40


@pytest.mark.parametrize("ministry", ["mofa", "mod"])
def test_ministries_verify_what_is_true_and_find_nothing_in_what_is_not(ministry):
    verifies = (f"{ministry}_verifies", "confirms")
    assert number(*verifies, dispatch="few") == 1
    assert number(*verifies) == 0
    assert 0 < number(*verifies, feed_errs=1) < 1  # partners may be wrong together
    assert number("ukraine_briefs_tokyo", "shows_evidence", feed_errs=1) == 0


def test_the_two_ministries_have_clocks_of_their_own_and_what_is_refuted_is_not_sanctioned():
    found = events()
    mofa = found[found["transition"] == "mofa_verifies"].set_index(PATH)["time"]
    mod = found[found["transition"] == "mod_verifies"].set_index(PATH)["time"]
    assert mofa.max() <= 1 < mod.max()
    assert ((mod - mofa) < 0).any()
    last = found[found["transition"].isin(["mod_verifies", "ukraine_briefs_tokyo"])]
    doubted = last[last["option"].isin(["doubts", "has_none"])].groupby(PATH)["time"].min()
    moves = ["japan_sanctions_alone", "japan_sanctions_with_coalition"]
    sanctions = found[found["transition"].isin(moves)].groupby(PATH)["time"].min()
    assert len(doubted) > 20  # 1.6 % of the paths are a rumour
    assert not (sanctions - doubted > 0).any()
