"""The Korean scenarios' numbers, from the derived tables, with or without one case.

    python scenarios/record/derive.py --korea                    # numbers of the shipped core
    python scenarios/record/derive.py --leave-out korea_1968     # the same without that case

Each number is the text behind `is:` in the scenario, so that a test compares one with the other.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
from derived_tables import Row, counts, dispute_of, kept, rows

YEAR = 365.25  # days
SHIPPED = "shipped"  # the core as it is, with nothing left out


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What of a Korean case decides which counts are its base rates."""

    base: str  # the common variant
    start: str = "minor"  # ICB's violence on day 0
    asked: bool = False  # whether an exchange of fire is still in question


CASES = {
    "korea_1968": Setting(base="before_2000"),
    "korea_1969": Setting(base="before_2000"),
    "korea_1976": Setting(base="before_2000"),
    "korea_1993": Setting(base="before_2000", start="none", asked=True),
    "korea_2010": Setting(base="before_2016", asked=True),
    "korea_2015": Setting(base="before_2016", asked=True),
    "korea_2017": Setting(base="before_2024", start="none", asked=True),
}


def beta(hits: int, n: int) -> str:
    """Counts, as a scenario writes them."""
    return f"{{beta: {{successes: {hits}, trials: {n}}}}}"


def crises(case: str) -> list[Row]:
    """Korean crises after the armistice, without the case's own."""
    return [row for row in kept(case)[2] if int(row["year"]) > 1953]


def share(found: Iterable[Row], told: Callable[[Row], bool]) -> tuple[int, int]:
    """How many of the rows, and of how many."""
    all_of_them = list(found)
    return sum(told(row) for row in all_of_them), len(all_of_them)


def episodes(question: str, case: str) -> list[int]:
    """What is known of a question, episode by episode, without the case's own."""
    chosen = [row for row in rows("korean_episodes") if row["question"] == question]
    return [int(row["value"]) for row in chosen if not case or row["case"] != case]


def in_episodes(question: str, case: str) -> str:
    """Hits and trials of such a question."""
    found = episodes(question, case)
    return beta(sum(found), len(found))


def parameters(case: str) -> dict[str, str]:
    """Probabilities, by name."""
    have = counts(case)
    found = crises(case)
    every = len(found)
    at_war, serious = have["war"][0], have["serious"][0] - have["war"][0]
    replies = [row for row in kept(case)[0] if row["trigger"] == "military"]
    disputes = [row for row in rows("korean_disputes") if row not in dispute_of(case)]
    asked = (
        *("fires_back", "several_times", "regrets", "alert_if_deadly", "usa_urges", "finds_both"),
        *("unsc_meets", "unsc_statement", "draft_incident"),
    )
    pull, spread = log(at_war / serious), sqrt(1 / at_war + 1 / serious)
    return {
        "grows": beta(
            sum(1993 <= int(row["year"]) <= 2014 and row["violence"] != "none" for row in found),
            have["korean_force"][0],
        ),
        "north_beyond": beta(sum(row["violence"] in ("serious", "war") for row in found), every),
        "serious_generic": beta(have["serious"][0], have["clash"][0]),
        "pull_of_war": f"{{normal: {{mean: {pull:.2f}, sd: {spread:.2f}}}}}",
        "covert_in_crisis": beta(sum(row["ussr"] == "force" for row in found), every),
        "usa_reinforces": beta(sum(row["us"] in ("support", "force") for row in found), every),
        "russia_shows": beta(sum(row["ussr"] == "support" for row in found), every),
        "overt_if_called": beta(*have["pact_target_late"]),
        "answers_drones": beta(*share(replies, lambda row: row["response"] == "violent")),
        "deadly_first": beta(*share(disputes, lambda row: row["deadly"] == "yes")),
        "deadly_later": beta(*have["korean_deadly_force"]),
        "uses_force": beta(*have["korean_force"]),
        **{name: in_episodes(name, case) for name in asked},
    }


def _rounded(days: float) -> str:
    """A number of days as the scenario writes it: none on the same day, which is half a day."""
    return f"{round(days)} d" if round(days) else "12 h"


def _quantiles(lags: Iterable[int]) -> str:
    low, middle, high = (_rounded(one) for one in np.quantile(list(lags), [0.1, 0.5, 0.9]))
    return f"{{quantiles: {{10%: {low}, 50%: {middle}, 90%: {high}}}}}"


def _lognormal(minutes: list[int]) -> str:
    """Median and 90 % of the lognormal with the mean and the deviation of the logarithms."""
    logs = np.log(minutes)
    middle = exp(logs.mean())
    spread = round(float(logs.std(ddof=1)), 1)
    high = round(middle) * exp(NormalDist().inv_cdf(0.9) * spread)
    return f"{{median: {middle:.0f} min, p90: {high:.0f} min}}"


def delays(case: str) -> dict[str, str]:
    """Delays, by name."""
    responses = kept(case)[0]
    violent = [int(row["lag_days"]) for row in responses if row["trigger"] == "violent"]
    ended = [row for row in crises(case) if row["violence"] != "none"]
    if case and CASES[case].start == "none":  # crises without clashes last longer
        ended = [row for row in crises(case) if row["violence"] == "none"]
    incidents, years = (sum(pair) for pair in zip(*_incidents(case), strict=True))
    weighed = [_rounded(one) for one in np.quantile(violent, [0.5, 0.9])]
    council = np.quantile(episodes("days_to_council", case), [0, 0.5, 1], method="lower")
    return {
        "koreas_weigh": f"{{median: {weighed[0]}, p90: {weighed[1]}}}",
        "provocations": f"{{mean: {years * YEAR / incidents:.0f} d}}",
        "clash_crises": _smoothed(sorted(int(row["days"]) for row in ended)),
        "messages_of_regret": _smoothed(sorted(episodes("days_to_regret", case))),
        "fire_lasts": _lognormal(episodes("minutes_of_fire", case)),
        "council_meets_incident": "{{quantiles: {{10%: {} d, 50%: {} d, 90%: {} d}}}}".format(
            *(int(one) for one in council)
        ),
        **({} if case else _of_others()),
    }


def _incidents(case: str) -> list[tuple[int, int]]:
    """Incidents and years; the year of the case is left out where its number is known."""
    have = counts("")
    own = have.get(f"korean_incidents_{case[-4:]}") if case else None
    return [have["korean_incidents"], *([(-own[0], -own[1])] if own else [])]


def _smoothed(days: list[int]) -> str:
    return f"{{observed: [{', '.join(f'{one} d' for one in days)}], smoothed: true}}"


def _of_others() -> dict[str, str]:
    """Delays from tables that no Korean case of the record is in."""
    (joiner,) = [row for row in rows("durations") if row["name"] == "mid_joiner"]
    lasted = [int(row["days"]) for row in rows("cow_wars") if int(row["year"]) >= 1946]
    # ICB's China of the war of 1950-53 is in, since there are few: 13 rows without, 15 with
    every = [*rows("icb_responses"), *rows("icb_in_war")]
    china = [int(row["lag_days"]) for row in every if row["actor"] == "CHN"]
    russia = [int(row["lag_days"]) for row in rows("icb_responses") if row["actor"] == "RUS"]
    return {
        "wars": _quantiles(lasted),
        "russia_answers": _quantiles(russia),
        "china_answers": _quantiles(china),
        "allies_join": _quantiles_of(joiner),
    }


def _quantiles_of(row: Row) -> str:
    return f"{{quantiles: {{10%: {row['p10']} d, 50%: {row['p50']} d, 90%: {row['p90']} d}}}}"


Rate = tuple[str, int, int, str]  # outcome, hits, n, delay


def evidence(case: str) -> dict[str, Rate]:
    """Base rates as rivals of the model, given ICB's violence on day 0."""
    return {**_generic(case), **_region(case)}


def _generic(case: str) -> dict[str, Rate]:
    have, setting = counts(case), CASES[case]
    violent = setting.start == "minor"
    reached = have["clash"][0] if violent else have["war"][1]
    lag = "answers_force" if violent else "answers_pressure"
    answered = (have["clash"][0], have["war"][1])
    if violent:  # whether force is answered by force
        answered = share(
            (row for row in kept(case)[0] if row["trigger"] == "violent"),
            lambda row: row["response"] == "violent",
        )
    rates = {
        **({"clash": (*answered, lag)} if setting.asked else {}),
        "serious_clash": (have["serious"][0], reached, lag),
        "war": (have["war"][0], reached, lag),
        "us_reinforces": (*have["us_acts"], "power_considers"),
        "us_combat": (*have["us_force"], "power_considers"),
        "russia_overt": (*have["ussr_force"], "power_considers"),
        "russia_semi_military": (*have["ussr_acts"], "power_considers"),
        "both_direct": (*have["both_force"], "power_considers"),
        "china_fights": (*have["pact_late"], "joins_war"),
        "war_widened": (*have["mid_widens"], "joins_war"),
        "crisis_over": (*have["over_by_180_days"], "crisis_lasts"),
    }
    return {f"generic_{name}": (name, *rate) for name, rate in rates.items()}


def _region(case: str) -> dict[str, Rate]:
    setting = CASES[case]
    every = crises(case)
    violent = setting.start == "minor"
    found = [row for row in every if row["violence"] != "none"] if violent else every
    lag = "answers_force" if violent else "answers_pressure"
    acts = ("force", "support")
    struck = [
        row
        for row in kept(case)[0]
        if row["actor"] in ("ROK", "USA")
        and row["trigger"] == "violent"
        and row["crisno"] in {one["crisno"] for one in every}
    ]
    answered = share(every, lambda row: row["violence"] != "none")
    if violent:
        answered = share(struck, lambda row: row["response"] == "violent")
    alert, council = (episodes(name, case) for name in ("alert_if_deadly", "unsc_meets"))
    met = (sum(council), len(council))
    worse = ("serious", "war")
    rates = {
        **({"clash": (*answered, lag)} if setting.asked else {}),
        "serious_clash": (*share(found, lambda row: row["violence"] in worse), lag),
        "war": (*share(found, lambda row: row["violence"] == "war"), lag),
        "us_reinforces": (*share(every, lambda row: row["us"] in acts), "power_considers"),
        "us_combat": (*share(every, lambda row: row["us"] == "force"), "power_considers"),
        "russia_overt": (*share(every, lambda row: row["ussr"] == "force"), "power_considers"),
        "russia_semi_military": (
            *share(every, lambda row: row["ussr"] in acts),
            "power_considers",
        ),
        "both_direct": (
            *share(every, lambda row: row["us"] == row["ussr"] == "force"),
            "power_considers",
        ),
        "crisis_over": (*share(found, lambda row: int(row["days"]) <= 180), "clash_crises"),
        **({"defcon_3": (sum(alert), len(alert), "power_considers")} if violent else {}),
        **({"council_meets": (*met, "council_meets_incident")} if violent else {}),
    }
    return {f"region_{name}": (name, *rate) for name, rate in rates.items()}


LEARNED = (  # what a case's left_out file says anew; what its variants removed is not among it
    *("north_beyond", "serious_generic", "pull_of_war", "covert_in_crisis", "usa_reinforces"),
    *("russia_shows", "overt_if_called", "deadly_later", "uses_force", "fires_back"),
    *("regrets", "alert_if_deadly", "usa_urges", "finds_both", "unsc_meets", "unsc_statement"),
    *("draft_incident", "grows"),
)


def learned(case: str) -> dict[str, str]:
    """Probabilities that a case's left_out file says anew."""
    names = LEARNED
    if CASES[case].base != "before_2000" and case != "korea_2010":  # rules of proportion till then
        names = (*names, "several_times")
    found = parameters(case)
    return {name: found[name] for name in names}
