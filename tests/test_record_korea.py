"""Korea's own rules against data: shipped numbers from the tables, and cases without their own."""

import re
import sys
from datetime import date
from pathlib import Path

import pytest

import sim
from sim.scenario import load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
RECORD = SCENARIOS / "record"
sys.path.insert(0, str(RECORD))
import derive  # noqa: E402
import derive_korea  # noqa: E402
import derived_tables  # noqa: E402

CORE = "\n".join(file.read_text("utf-8") for file in sorted((SCENARIOS / "korea").glob("*.yaml")))
DERIVED = {**derive_korea.parameters(""), **derive_korea.delays("")}


def number_of(text, name):
    """What stands behind `is:` in the declaration of this name, with single blanks."""
    found = re.search(rf"^  {name}: \{{.*?\bis: (?=\{{)", text, re.DOTALL | re.MULTILINE)
    assert found, name
    depth = 0
    for i, letter in enumerate(text[found.end() :]):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return " ".join(text[found.end() : found.end() + i + 1].split())
    raise AssertionError(name)


@pytest.mark.parametrize("name", DERIVED)
def test_a_shipped_number_is_what_the_tables_make_of_it(name):
    assert number_of(CORE, name) == DERIVED[name]


def test_another_table_would_be_noticed(monkeypatch):
    rows = derived_tables.rows
    worse = {"violence": "serious"}  # the control: Korea 1976 as a serious clash
    monkeypatch.setattr(
        derived_tables,
        "rows",
        lambda name: [{**r, **(worse if r.get("crisno") == "274" else {})} for r in rows(name)],
    )
    assert derive_korea.parameters("")["north_beyond"] != number_of(CORE, "north_beyond")


def test_every_shipped_number_of_grade_data_is_derived():
    declared = load(SCENARIOS / "korean_clash.yaml").declared
    every = {**declared.parameters, **declared.delays}
    data = {name for name, one in every.items() if str(one.grade) == "data"}
    assert data - set(DERIVED) == set()
    assert len(data) > 15
    assert "koreas_weigh" in data  # the control: grades are read


def test_the_weights_of_the_two_records_are_those_of_the_note():
    korea, generic = 0.5 / 15, 45 / 354  # P7 (Jeffreys' mean) and P7b
    assert number_of(CORE, "base_rate") == "{choices: {korea: 0.7, generic: 0.3}}"
    assert 0.7 * korea + 0.3 * generic == pytest.approx(0.06, abs=0.003)


RATES = {  # evidence of the core: hits and n from the tables
    "korean_wars": lambda: (0, len(derive_korea.crises(""))),
    "korean_violence": lambda: derive_korea.share(
        derive_korea.crises(""), lambda row: row["violence"] != "none"
    ),
    "korean_russia_semi": lambda: derive_korea.share(
        derive_korea.crises(""), lambda row: row["ussr"] in ("force", "support")
    ),
    "korean_us_combat": lambda: derive_korea.share(
        derive_korea.crises(""), lambda row: row["us"] == "force"
    ),
    "korean_disputes_to_war": lambda: derive_korea.share(
        derived_tables.rows("korean_disputes"), lambda row: row["war"] == "yes"
    ),
    "clash_crises_end": lambda: derive_korea.share(
        (row for row in derive_korea.crises("") if row["violence"] != "none"),
        lambda row: int(row["days"]) <= 180,
    ),
    "wars_draw_others": lambda: derive_korea.share(
        (row for row in derived_tables.rows("cow_wars") if int(row["year"]) >= 1946),
        lambda row: int(row["states"]) > 2,
    ),
    "generic_wars": lambda: derived_tables.counts("")["war"],
    "generic_violence": lambda: derived_tables.counts("")["clash"],
    "generic_serious": lambda: derived_tables.counts("")["serious"],
    "generic_russia_overt": lambda: derived_tables.counts("")["ussr_force"],
    "generic_russia_semi": lambda: derived_tables.counts("")["ussr_acts"],
    "generic_us_combat": lambda: derived_tables.counts("")["us_force"],
    "both_generic": lambda: derived_tables.counts("")["both_force"],
    "pact_allies_join": lambda: derived_tables.counts("")["pact_target_late"],
    "generic_crises_short": lambda: derived_tables.counts("")["over_by_73_days"],
    "disputes_to_war": lambda: derived_tables.counts("")["disputes_to_war"],
}


def test_the_evidence_of_the_core_is_derived():
    shown = load(SCENARIOS / "korean_clash.yaml").declared.evidence
    for name, rate in RATES.items():
        assert (shown[name].successes, shown[name].trials) == rate(), name


# --- without the case itself ----------------------------------------------------------------------


@pytest.mark.parametrize("case", derive_korea.CASES)
def test_a_case_s_rates_are_made_without_it(case):
    file = RECORD / "left_out" / f"{case}.yaml"
    assert file.read_text(encoding="utf-8") == derive.left_out(case)
    assert load(RECORD / "korea" / f"{case}.yaml").bases[0][0] == f"../left_out/{case}.yaml"


@pytest.mark.parametrize("case", derive_korea.CASES)
def test_the_case_s_own_row_is_gone(case):
    crisis = derived_tables.own_row(case)["crisno"]
    assert crisis
    assert any(row["crisno"] == crisis for row in derive_korea.crises(""))  # the control
    assert not any(row["crisno"] == crisis for row in derive_korea.crises(case))
    assert not any(row["crisno"] == crisis for row in derived_tables.kept(case)[0])
    for question in {row["question"] for row in derived_tables.rows("korean_episodes")}:
        known = [
            row for row in derived_tables.rows("korean_episodes") if row["question"] == question
        ]
        own = [row for row in known if row["case"] == case]
        assert len(derive_korea.episodes(question, case)) == len(known) - len(own)


def test_what_leaving_out_does_to_the_numbers():
    every, without = (derive_korea.parameters(one) for one in ("", "korea_1976"))
    assert (every["regrets"], without["regrets"]) == (
        "{beta: {successes: 3, trials: 7}}",
        "{beta: {successes: 2, trials: 6}}",
    )
    assert without["alert_if_deadly"] == "{beta: {successes: 0, trials: 6}}"
    assert without["deadly_first"] == "{beta: {successes: 12, trials: 28}}"  # MID 362
    assert "31 d" not in derive_korea.delays("korea_1976")["clash_crises"]
    # Yeonpyeong: the year 2010 leaves the rate of incidents
    assert derive_korea.delays("korea_2010")["provocations"] == "{mean: 43 d}"
    # crises without clashes for those that begin without
    assert derive_korea.delays("korea_2017")["clash_crises"].startswith("{observed: [147 d")
    semi = "generic_russia_semi_military"
    assert derive_korea.evidence("korea_2017")[semi][1:3] == (66, 353)


@pytest.mark.parametrize("case", derive_korea.CASES)
def test_a_case_is_strict_dated_and_says_what_happened(case):
    scenario = load(RECORD / "korea" / f"{case}.yaml")
    assert scenario.strict() == ()
    assert scenario.start == date.fromisoformat(derived_tables.DAY_0[case])
    assert scenario.declared.happened is not None
    assert scenario.declared.happened.source
    assert len(scenario.happened) >= 10


@pytest.mark.parametrize("case", derive_korea.CASES)
def test_nothing_later_is_in_a_case(case):
    """No treaty binds that was not there, and no rule reads what came later."""
    scenario = load(RECORD / "korea" / f"{case}.yaml")
    treaties = set(scenario.declared.treaties)
    year = int(case[-4:])
    assert not treaties & {"rus_prk_2024", "camp_david_2023", "washington_2023"}
    assert ("sun_prk_1961" in treaties) == (year < 1996)
    assert ("rus_prk_2000" in treaties) == (year > 2000)
    moves = set(scenario.declared.moves)
    assert ("nsc_weighs_survival" in moves) == (year > 2015)
    assert any(name.startswith("dprk_nuclear") for name in moves) == (year > 2006)
    # the control: all of them are in the core of 2024
    now = load(SCENARIOS / "korean_clash.yaml").declared
    assert {"rus_prk_2024", "camp_david_2023"} <= set(now.treaties)


def test_the_opening_of_each_case_is_that_of_its_day():
    """Fire is returned within the hour in 2010; nobody is there to return it in 1969 and 1976."""
    shares = {}
    for case in ("korea_1969", "korea_1976", "korea_2010", "korea_2017"):
        results = sim.run(RECORD / "korea" / f"{case}.yaml", draws=20, paths=20, workers=1)
        times = results.paths["time__clash"]
        shares[case] = (times == 0).mean(), (times < 1).mean()
    assert shares["korea_1969"] == shares["korea_1976"] == (1, 1)  # ICB's rung of day 0
    assert shares["korea_2010"][0] == 0
    assert shares["korea_2010"][1] > 0.7
    assert shares["korea_2017"][1] < 0.1
