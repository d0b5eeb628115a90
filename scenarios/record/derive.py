"""From the derived tables to the numbers of the record's scenarios, with or without one case.

    python scenarios/record/derive.py                          # numbers of general_crisis.yaml
    python scenarios/record/derive.py --leave-out suez_1956    # the same without that case
    python scenarios/record/derive.py --korea                  # numbers of the shipped Korean core
    python scenarios/record/derive.py --write                  # left_out/*.yaml, one for each case

A case may not lend the rates by which it is then scored. `left_out/CASE.yaml` is the general
crisis, or the Korean core of that time, with every number made again without the case's own rows:
by crisis, war or episode where a table has rows by case, by subtracting what `own_rows.csv` says of
it from the counts that have none. Quantiles of durations and counts by alliance have no such table
and stay as they are.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import derive_korea
from derived_tables import HERE, counts, kept, rows

POWERS = ("USA", "RUS", "UKG", "FRN", "CHN")
RUNGS = ("none", "minor", "serious", "war")
OUTCOMES = {"minor": "violence", "serious": "serious", "war": "war"}  # outcome by rung


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What of a case decides which counts are its base rates."""

    start: str = "none"  # the rung of day 0
    region: Callable[[dict[str, str]], bool] | None = None  # of the severity of a crisis by actor
    era: str = "late"  # of the counts by alliance
    pact: bool = False  # whether a treaty of defence is in play


def dyad(*actors: str) -> Callable[[dict[str, str]], bool]:
    """Crises in which all of these were actors."""
    return lambda crisis: all(actor in crisis for actor in actors)


CASES = {
    "july_1914": Setting(era="early", pact=True),
    "korea_1950": Setting(start="war"),
    "china_1950": Setting(start="war", pact=True),
    "suez_1956": Setting(region=dyad("EGY")),
    "cuba_1962": Setting(region=dyad("CUB")),
    "kargil_1999": Setting(start="minor", region=dyad("IND", "PAK")),
    "balakot_2019": Setting(region=dyad("IND", "PAK")),
}
KOREAN = ("korea_1950", "china_1950")


def parameters(case: str) -> dict[str, tuple[int, int]]:
    """Probabilities as counts, for Jeffreys' prior."""
    have = counts(case)
    clash, serious, war = (have[name][0] for name in ("clash", "serious", "war"))
    crises = have["war"][1]
    # United States and USSR pooled: what a great power does about a crisis that is not its own
    in_war = {name: have[f"us_{name}_in_war"][0] + have[f"ussr_{name}_in_war"][0] for name in ACTS}
    short = {name: have[f"us_{name}"][0] + have[f"ussr_{name}"][0] - in_war[name] for name in ACTS}
    setting = CASES.get(case, Setting())
    kept_pacts = {"pact_kept": have[f"pact_target_{setting.era}"]} if setting.pact else {}
    return {
        "to_clash": (clash, crises),
        "to_serious": (serious, clash),
        "to_war": (war, serious),
        "fights_in_war": (in_war["force"], 2 * war),
        "helps_in_war": (in_war["acts"] - in_war["force"], 2 * war - in_war["force"]),
        "fights_short": (short["force"], 2 * (crises - war)),
        "helps_short": (short["acts"] - short["force"], 2 * (crises - war) - short["force"]),
        **kept_pacts,
    }


ACTS = ("force", "acts")


def delays(case: str) -> dict[str, dict[int, int]]:
    """Observed delays: days, and how often."""
    responses, joiners, _ = kept(case)
    chosen = {
        "answers_force": [one for one in responses if one["trigger"] in ("violent", "indirect")],
        "answers_pressure": [one for one in responses if one["trigger"] in ("military", "other")],
        "power_considers": [one for one in responses if one["actor"] in POWERS],
        "joins_war": joiners,
    }
    return {
        name: dict(sorted(Counter(int(one["lag_days"]) for one in found).items()))
        for name, found in chosen.items()
    }


def region(case: str) -> list[str]:
    """The peak of violence of every crisis of the case's region, without the case."""
    responses, _, korean = kept(case)
    if case in KOREAN:  # those after the armistice
        return [one["violence"] for one in korean if int(one["year"]) > 1953]
    setting = CASES[case]
    if setting.region is None:
        return []
    by_crisis: dict[str, dict[str, str]] = {}
    for one in responses:
        by_crisis.setdefault(one["crisno"], {})[one["actor"]] = one["severity"]
    chosen = [crisis for crisis in by_crisis.values() if setting.region(crisis)]
    return [max(crisis.values(), key=RUNGS.index) for crisis in chosen]


def evidence(case: str) -> dict[str, tuple[str, int, int, str]]:
    """Base rates as rivals of the model: outcome, hits, n, and the delay that says how soon."""
    have = counts(case)
    setting = CASES.get(case, Setting())
    from_war = setting.start == "war"
    above = RUNGS.index(setting.start)
    reached = [have["war"][1], *(have[name][0] for name in ("clash", "serious", "war"))]
    found = {}
    for i in range(above + 1, 4):  # given the rung of day 0
        outcome = OUTCOMES[RUNGS[i]]
        lag = "answers_force" if above else "answers_pressure"
        found[f"generic_{outcome}"] = (outcome, reached[i], reached[above], lag)
    end = "_in_war" if from_war else ""
    early, pact = setting.era == "early", have[f"pact_{setting.era}"]
    for outcome, power in (("west_fights", "us"), ("east_fights", "ussr")):
        rate = pact if early else have[f"{power}_force{end}"]
        lag = "joins_war" if early else "power_considers"
        found[f"generic_{outcome}"] = (outcome, *rate, lag)
    for outcome in ("patron_fights", "ally_fights"):
        found[f"generic_{outcome}"] = (outcome, *pact, "joins_war")
    widens = have["war_widens" if from_war else "mid_widens"]
    found["generic_widened"] = ("widened", *widens, "joins_war")
    both = (1, have["war"][0]) if from_war else have["both_force"]
    found["generic_both"] = ("great_powers_fight", *both, "power_considers")
    lasts = "war_crisis_lasts" if from_war else "crisis_lasts"
    found["generic_over"] = ("crisis_over", *have["over_by_350_days"], lasts)
    peaks = region(case) if case else []
    inside = [one for one in peaks if RUNGS.index(one) >= above]
    for i in range(above + 1, 4) if inside else ():
        hits = sum(RUNGS.index(one) >= i for one in inside)
        outcome, lag = OUTCOMES[RUNGS[i]], "answers_force" if above else "answers_pressure"
        found[f"region_{outcome}"] = (outcome, hits, len(inside), lag)
    if case in KOREAN:  # the one region whose table has the great powers
        later = [row for row in kept(case)[2] if int(row["year"]) > 1953]
        for outcome, power in (("west_fights", "us"), ("east_fights", "ussr")):
            hits = sum(row[power] == "force" for row in later)
            found[f"region_{outcome}"] = (outcome, hits, len(later), "power_considers")
    return found


def _days(one: int) -> str:
    return f"{one} d" if one else "12 h"  # the same day: some hours later


def _listed(found: dict[int, int]) -> str:
    each = [f"{_days(day)}: {count}" for day, count in found.items()]
    wide = [", ".join(each[i : i + 12]) for i in range(0, len(each), 12)]
    return "{" + ",\n         ".join(wide) + "}"


def block(case: str = "") -> str:
    """The numbers as sections of a scenario file."""
    lines = ["parameters:"]
    for name, (hits, n) in parameters(case).items():
        lines.append(f"  {name}: {{is: {{beta: {{successes: {hits}, trials: {n}}}}}}}")
    lines.append("delays:")
    for name, found in delays(case).items():
        lines.append(f"  {name}:\n    is:\n      observed:")
        lines.append(f"        {_listed(found)}")
    lines.append("evidence:")
    for name, (outcome, hits, n, lag) in evidence(case).items():
        kind = name.split("_")[0]
        text = f"outcome: {outcome}, successes: {hits}, trials: {n}, cases: {kind}, times: {lag}"
        lines.append(f"  {name}: {{{text}}}")
    return "\n".join(lines) + "\n"


def left_out(case: str) -> str:
    """The text of left_out/CASE.yaml."""
    if case in derive_korea.CASES:
        return _korean_left_out(case)
    gone = sorted(set(evidence("")) - set(evidence(case)))
    remove = f"remove: [{', '.join(f'evidence.{name}' for name in gone)}]\n" if gone else ""
    return (
        f"# Written by derive.py --write: the general crisis without the rows of {case}.\n"
        f"extends: ../general_crisis.yaml\nscenario: without_{case}\n{remove}{block(case)}"
    )


def _korean_left_out(case: str) -> str:
    base = derive_korea.CASES[case].base
    lines = [
        f"# Written by derive.py --write: Korea's own rules without the rows of {case}.",
        f"extends: ../korea/{base}.yaml",
        f"scenario: without_{case}",
        korean_block(case),
    ]
    return "\n".join(lines)


def korean_block(case: str) -> str:
    """The Korean numbers as sections: of the shipped core, or what a case's file says anew."""
    probabilities = derive_korea.learned(case) if case else derive_korea.parameters("")
    lines = ["parameters:", *(f"  {name}: {{is: {it}}}" for name, it in probabilities.items())]
    lines += ["delays:", *(f"  {name}: {{is: {it}}}" for name, it in korean_delays(case).items())]
    lines.append("evidence:")
    for name, (outcome, hits, n, lag) in derive_korea.evidence(case).items() if case else ():
        text = f"outcome: {outcome}, successes: {hits}, trials: {n}, cases: {name.split('_')[0]}"
        lines.append(f"  {name}: {{{text}, times: {lag}}}")
    return "\n".join(lines if case else lines[:-1]) + "\n"


def korean_delays(case: str) -> dict[str, str]:
    """Delays of the Korean core; those of its rivals beside them where a case is left out."""
    found = derive_korea.delays(case)
    if not case:
        return found
    if derive_korea.CASES[case].start == "none":  # the base's note speaks of crises with clashes
        found["clash_crises"] += ', note: "Korean crises without clashes, 1993-2017"'
    used = {rate[3] for rate in derive_korea.evidence(case).values()} - set(found)
    rivals = delays(case)
    for name in sorted(used):
        is_now = _lasts() if name == "crisis_lasts" else f"{{observed: {_listed(rivals[name])}}}"
        found[name] = f"{is_now}, grade: data, source: [icb]"
    return found


def _lasts() -> str:
    (row,) = [row for row in rows("durations") if row["name"] == "crisis"]
    return f"{{quantiles: {{10%: {row['p10']} d, 50%: {row['p50']} d, 90%: {row['p90']} d}}}}"


def main() -> None:
    """Print the numbers, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    every = [*CASES, *derive_korea.CASES]
    parser.add_argument("--leave-out", choices=every, default="", metavar="CASE")
    parser.add_argument("--korea", action="store_true", help="the shipped Korean core's numbers")
    parser.add_argument("--write", action="store_true", help="write left_out/*.yaml")
    given = parser.parse_args()
    if given.write:
        for case in every:
            (HERE / "left_out" / f"{case}.yaml").write_text(left_out(case), encoding="utf-8")
    elif given.korea or given.leave_out in derive_korea.CASES:
        print(korean_block(given.leave_out), end="")
    else:
        print(block(given.leave_out), end="")


if __name__ == "__main__":
    main()
