"""The derived tables, and what is left of them without one case."""

import csv
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of a derived table."""
    with (HERE / "derived" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def own_row(case: str) -> Row:
    """What a case is in the tables; nothing for no case."""
    empty = dict.fromkeys(("crisno", "cow_war", "violence", "us", "ussr"), "")
    found = [row for row in rows("own_rows") if row["case"] == case]
    return found[0] if found else {**empty, "onset": "no"}


def kept(case: str) -> tuple[list[Row], list[Row], list[Row]]:
    """Responses, joiners and Korean crises without those of the case."""
    own = own_row(case)
    return (
        [row for row in rows("icb_responses") if row["crisno"] != own["crisno"]],
        [row for row in rows("cow_joiners") if row["war"] != own["cow_war"]],
        [row for row in rows("korean_crises") if row["crisno"] != own["crisno"]],
    )


DAY_0 = {  # of Korean cases: the disputes that ran on that day are their own
    "korea_1968": "1968-01-21",
    "korea_1969": "1969-04-15",
    "korea_1976": "1976-08-18",
    "korea_1993": "1993-03-12",
    "korea_2010": "2010-11-23",
    "korea_2015": "2015-08-04",
    "korea_2017": "2017-07-04",
}


def dispute_of(case: str) -> list[Row]:
    """The militarized disputes between the Koreas that a case is part of."""
    if case not in DAY_0:
        return []
    day = date.fromisoformat(DAY_0[case])
    return [
        row
        for row in rows("korean_disputes")
        if date.fromisoformat(row["start"]) <= day <= date.fromisoformat(row["end"])
    ]


def counts(case: str) -> dict[str, tuple[int, int]]:
    """The counts that have no table by case, with the case's own row subtracted."""
    own = own_row(case)
    rung, onset = own["violence"], own["onset"] == "yes"
    war = rung == "war"
    hit = {"clash": rung not in ("", "none"), "serious": rung in ("serious", "war"), "war": war}
    for power in ("us", "ussr"):
        hit[f"{power}_force"] = hit[f"{power}_force_in_war"] = own[power] == "force"
        hit[f"{power}_acts"] = hit[f"{power}_acts_in_war"] = own[power] in ("force", "support")
    hit["both_force"] = own["us"] == own["ussr"] == "force"
    # of the cases in the sample all were over by then
    hit["over_by_350_days"] = True
    lasted = [int(row["days"]) for row in rows("korean_crises") if row["crisno"] == own["crisno"]]
    if lasted:
        hit |= {f"over_by_{day}_days": lasted[0] <= day for day in (73, 180, 350)}
    widened = {row["war"] for row in rows("cow_joiners")}
    found = {}
    for row in rows("counts"):
        name, hits, n = row["name"], int(row["hits"]), int(row["n"])
        if name == "war_widens":  # a war of 1946-2003: Korea, Sinai, Kargil
            gone = bool(own["cow_war"]) and own["cow_war"] != "106"
            found[name] = (hits - (gone and own["cow_war"] in widened), n - gone)
        elif name in hit and onset and (war or not name.endswith("_in_war")):
            found[name] = (hits - hit[name], n - 1)
        else:  # by dispute or by alliance: no row of a case is known
            found[name] = (hits, n)
    return found
