"""Korean treaties as stories: no answer without its question, no crowd of calls at one instant.

The functions take the events of a run, so that .ci/long asks the same of 50,000 paths.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from korea import SCENARIOS, loaded

from sim import Scenario, load, run

SPENT = {"draws": 40, "paths": 50, "workers": 1, "engine": "compiled"}
PATH = ["draw", "path"]
# Clauses that speak of a war alone: what is answered after it has no question any more.
OF_WAR = ("unc16_1953.resist", "chn_prk_1961.art2", "notes_1960.prior_consultation")
ART4, CONTACT = "rus_prk_2024.art4", "rus_prk_2000.contact"
# What Russia gives, from the least to the most, and by which options.
GIVES = ["consultation_only", "intelligence_and_veto", "materiel", "covert_force", "overt_force"]
BACKERS = ("russia_backs_north", "russia_fights_without_clause", ART4)
AT_MOST = 0.05  # of a clause's calls at one instant
DATED: set[str] = set()  # clauses that are meant to be invoked on a date: none


def events_of(scenario: Scenario, **sizes) -> pd.DataFrame:
    found = run(scenario, events=True, progress=False, **(SPENT | sizes)).events
    assert found is not None
    return found.astype({"transition": str, "option": str})


@cache
def events(name: str, intervention: str = "") -> pd.DataFrame:
    scenario = loaded(name)
    return events_of(scenario.under(intervention) if intervention else scenario)


def after_the_war(found: pd.DataFrame) -> pd.DataFrame:
    """Answers of the clauses of war that come after a cease-fire that no new war has followed."""
    when = {}
    for name, moment in (("began", "war_begins"), ("ended", "ceasefire")):
        times = found["time"].where(found["transition"] == moment)
        when[name] = times.groupby([found["draw"], found["path"]]).ffill().fillna(-np.inf)
    answers = found["transition"].isin([*OF_WAR, ART4])
    return found[answers & (when["ended"] > when["began"])]


def poorer_answers(found: pd.DataFrame) -> pd.DataFrame:
    """Answers under Article 4 by which Russia gives no more than it already gives."""
    over = found["transition"].isin(["crisis_ends", "ceasefire"])  # after which crews go home
    rounds = over.groupby([found["draw"], found["path"]]).cumsum()
    chosen = found["transition"].isin(BACKERS) & found["option"].isin(GIVES)
    given = found[chosen].assign(round=rounds[chosen])
    given["level"] = given["option"].map(GIVES.index)
    # open force waits for a vote; what is given at the same time may be less
    given = given[given["option"] != "overt_force"]
    ever = given.groupby(PATH)["level"].transform(lambda levels: levels.cummax().shift())
    lately = given.groupby([*PATH, "round"])["level"].transform(lambda own: own.cummax().shift())
    before = np.fmax(ever.clip(upper=GIVES.index("materiel")), lately)
    return given[(given["transition"] == ART4) & (given["level"] <= before)]


def crowds(found: pd.DataFrame, least: int) -> pd.Series:
    """The largest share of a clause's calls at one instant; clauses with `least` calls or more."""
    named = found["transition"].str
    calls = found[named.endswith(".invoked") | named.endswith(".reopened")]
    clause = calls["transition"].str.rpartition(".")[0]
    many = clause.groupby(clause).transform("size") >= least
    return calls[many].groupby(clause[many])["time"].agg(lambda times: most(times) / len(times))


def most(times: pd.Series) -> int:
    return int(times.value_counts().iloc[0])


def test_no_answer_comes_after_its_war():
    found = events("korean_generic_rate")
    assert (found["transition"] == "ceasefire").sum() > 50
    assert found["transition"].isin([*OF_WAR, ART4]).sum() > 100
    assert len(after_the_war(found)) == 0


def test_without_lapses_answers_come_after_the_war(tmp_path):
    """The control: the same scenario, in which the sending states' pledge never lapses."""
    file = tmp_path / "patient.yaml"
    clause = "{obligations: {resist: {lapses: korea == calm and at_war}}}"
    text = f"extends: {SCENARIOS}/korean_generic_rate.yaml\nscenario: patient\n"
    file.write_text(f"{text}treaties: {{unc16_1953: {clause}}}\n", encoding="utf-8")
    assert len(after_the_war(events_of(load(file)))) > 0


def test_russia_never_answers_by_less_than_it_gives():
    found = events("korean_generic_rate", "treaty_binds_now")
    assert (found["transition"] == ART4).sum() > 50
    assert len(poorer_answers(found)) == 0
    # the control: the first edition gave the whole menu again, whatever stood already
    again = found[found["transition"] == "russia_backs_north"].copy()
    again = again[again["option"].isin(GIVES)].assign(transition=ART4, time=np.inf)
    assert len(poorer_answers(pd.concat([found, again]))) > 0


def test_no_consultation_runs_under_a_treaty_that_has_been_replaced():
    found = events("korean_clash")
    binds = found[found["transition"] == "rus_prk_2024.binds"].set_index(PATH)["time"]
    answers = found[found["transition"] == CONTACT].set_index(PATH)["time"]
    assert len(answers) > 50
    assert (answers <= binds.reindex(answers.index, fill_value=np.inf)).all()
    assert (found["transition"] == f"{CONTACT}.lapsed").any()


def test_no_clause_is_called_by_a_date():
    shares = crowds(events("korean_clash"), least=60)
    assert len(shares) > 10
    assert shares[shares > AT_MOST].drop(DATED, errors="ignore").to_dict() == {}


def test_a_sticky_condition_that_waits_for_a_date_is_seen():
    """The control: with the treaty in force on day 0, Article 8 is called at once in all paths."""
    shares = crowds(events("korean_clash", "treaty_binds_now"), least=60)
    assert shares["rus_prk_2024.art8"] > 0.9


def test_moscow_hastens_leaves_and_withholds_and_the_crisis_bears_on_it():
    found = events("korean_clash")
    weighed = found[found["transition"] == "moscow_weighs_ratification"]
    assert set(weighed["option"]) == {"hastens", "withholds", "leaves_it_as_it_stands"}
    causes = found.set_index([*PATH, "seq"])["transition"]
    begun = causes.reindex(pd.MultiIndex.from_frame(weighed[[*PATH, "cause"]]))
    assert {"dprk_asks_moscow", "war_begins"} <= set(begun)


def test_the_council_says_nothing_before_it_meets_and_vetoes_only_what_is_voted_on():
    found = events("korean_generic_rate")
    meets = found[found["option"] == "meets"].groupby(PATH)["time"].min()
    for name in ("unsc_judges", "un_charter.art40_42_incident", "un_charter.art40_42_war"):
        rows = found[found["transition"] == name].set_index(PATH)["time"]
        assert len(rows) > 0
        assert (rows >= meets.reindex(rows.index)).all()
    ends = found[found["transition"] == "un_charter.art40_42_incident"]["option"].value_counts()
    assert ends["vetoed"] < ends["no_product"] + ends["statement"]  # as in three of three cases


def test_fewer_than_three_thousand_troops_is_the_exception_it_was_on_that_day():
    found = events("korean_clash")
    truth = found[found["transition"] == "truth_of_the_dispatch"]["option"]
    assert truth.isin(["thousands", "ten_thousand"]).mean() > 0.94
    assert (truth == "rumour").mean() < 0.05


def test_fire_is_a_matter_of_minutes_and_crises_end_on_no_few_days():
    found = events("korean_clash")
    answered = found[found["transition"] == "rok_answers_fire"].set_index([*PATH, "seq"])["time"]
    ceased = found[found["transition"] == "fire_ceases"]
    began = answered.reindex(pd.MultiIndex.from_frame(ceased[[*PATH, "cause"]])).to_numpy()
    minutes = pd.Series((ceased["time"].to_numpy() - began) * 1440).dropna()
    assert len(minutes) > 500
    assert 18 < minutes.median() < 32  # 24 min, seven cases
    ends = found[found["transition"] == "crisis_ends"]["time"].round(1)
    assert len(ends) > 500
    assert most(ends) / len(ends) < 0.02
    atoms = pd.Series(np.resize([12.0, 16.0, 31.0, 102.0, 123.0], 500))  # the first edition's
    assert most(atoms) / len(atoms) > 0.15


@pytest.mark.parametrize("lever", ["no_emboldening", "restraint", "blank_cheque"])
def test_backing_bears_on_a_year_that_begins_in_peace(lever):
    base, other = events("korean_peninsula"), events("korean_peninsula", lever)
    fires = [(one["option"] == "fires").sum() for one in (base, other)]
    assert fires[0] > 500
    assert fires[0] != fires[1]
    if lever == "blank_cheque":
        assert fires[1] > 1.2 * fires[0]
    if lever == "restraint":
        assert fires[1] < fires[0]


def test_a_year_of_peace_has_the_record_s_uses_of_force():
    """21 in 22 years, times what the lost buffer and the follow-ups add (dossier P3)."""
    found = events("korean_peninsula")
    paths = SPENT["draws"] * SPENT["paths"]
    assert 0.5 < (found["option"] == "fires").sum() / paths < 2
