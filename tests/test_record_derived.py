"""The record's numbers: from the derived tables to the files, without the case that is scored."""

import sys
from pathlib import Path

import pytest

from sim.scenario import load

RECORD = Path(__file__).parents[1] / "scenarios" / "record"
sys.path.insert(0, str(RECORD))
import derive  # noqa: E402
import derived_tables  # noqa: E402

GENERAL = RECORD / "general_crisis.yaml"


def same_as_derived(file, case):
    """Whether a file says what `derive` makes of the tables."""
    text = file.read_text(encoding="utf-8")
    if case:
        return text == derive.left_out(case)
    flat = " ".join(text.split())
    wanted = [
        f"is: {{beta: {{successes: {hits}, trials: {n}}}}}"
        for hits, n in derive.parameters("").values()
    ]
    lags = [
        f"{'12 h' if not day else f'{day} d'}: {count}"
        for found in derive.delays("").values()
        for day, count in found.items()
    ]
    rates = [
        f"{name}: {{outcome: {outcome}, successes: {hits}, trials: {n}, cases: generic, "
        f"times: {lag}"
        for name, (outcome, hits, n, lag) in derive.evidence("").items()
    ]
    return all(part in flat for part in (*wanted, *lags, *rates))


def test_the_general_crisis_has_the_numbers_of_the_tables(monkeypatch):
    assert same_as_derived(GENERAL, "")
    rows = derived_tables.rows
    monkeypatch.setattr(  # the control: one crisis more with a war
        derived_tables,
        "rows",
        lambda name: [
            {**row, "hits": "46"} if row.get("name") == "war" else row for row in rows(name)
        ],
    )
    assert not same_as_derived(GENERAL, "")


@pytest.mark.parametrize("case", derive.CASES)
def test_what_a_case_stands_on_is_derived_without_it(case):
    assert same_as_derived(RECORD / "left_out" / f"{case}.yaml", case)
    assert load(RECORD / f"{case}.yaml").bases[0][0] == f"left_out/{case}.yaml"


@pytest.mark.parametrize(
    ("case", "crisis", "war"),
    [("suez_1956", "152", "155"), ("korea_1950", "132", "151"), ("kargil_1999", "431", "223")],
)
def test_the_case_s_own_rows_are_gone(case, crisis, war):
    every, joined, _ = derived_tables.kept("")
    responses, joiners, korean = derived_tables.kept(case)
    assert any(row["crisno"] == crisis for row in every)
    assert not any(row["crisno"] == crisis for row in (*responses, *korean))
    assert len(every) - len(responses) == sum(row["crisno"] == crisis for row in every)
    assert not any(row["war"] == war for row in joiners)
    assert len(joined) - len(joiners) == sum(row["war"] == war for row in joined)


def test_own_rows_are_subtracted_where_there_is_no_table_by_case():
    every = derived_tables.counts("")
    suez, cuba, china = (
        derived_tables.counts(one) for one in ("suez_1956", "cuba_1962", "china_1950")
    )
    assert suez["war"] == (every["war"][0] - 1, every["war"][1] - 1)
    assert suez["us_acts_in_war"] == (every["us_acts_in_war"][0] - 1, 44)
    assert suez["war_widens"] == (16, 37)  # Sinai had more than two states
    assert cuba["war"] == (45, 353)  # no war: only the number of crises falls
    assert cuba["clash"] == (260, 353)
    assert cuba["us_acts_in_war"] == every["us_acts_in_war"]
    assert china["war"] == every["war"]  # inside a running war: never in the sample
    for case in ("july_1914", "balakot_2019"):  # outside the tables
        assert {**derived_tables.counts(case), "war_widens": 0} == {**every, "war_widens": 0}


def test_a_war_of_the_tables_is_left_out_of_joiners_and_not_of_later_counts():
    assert derived_tables.counts("july_1914")["war_widens"] == (17, 38)  # counted from 1946 on
    assert not any(row["war"] == "106" for row in derived_tables.kept("july_1914")[1])


def test_region_rates():
    assert derive.evidence("kargil_1999")["region_war"][1:3] == (3, 8)  # of those with clashes
    assert derive.evidence("balakot_2019")["region_war"][1:3] == (3, 14)
    assert derive.evidence("korea_1950")["region_west_fights"][1:3] == (1, 14)
    assert not any(name.startswith("region") for name in derive.evidence("july_1914"))


@pytest.mark.parametrize("case", derive.CASES)
def test_a_case_is_short_sourced_and_says_what_happened(case):
    file = RECORD / f"{case}.yaml"
    assert len(file.read_text(encoding="utf-8").splitlines()) < 80
    scenario = load(file)
    assert scenario.strict() == ()
    assert len(scenario.happened) >= 3
    assert scenario.declared.happened is not None
    assert scenario.declared.happened.source
