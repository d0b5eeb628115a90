"""What is said of runs: intervals cover, zeros are sound, twins are equal until the change."""

from math import sqrt

import numpy as np
import pandas as pd
from correctness_tables import Finding, events, exactly, failures, interval, run
from correctness_worlds import ALL, ISLANDS, loaded, random_world

import sim

# --- intervals ----------------------------------------------------------------------------------

LEVEL = 0.90
# The truth of each outcome; `q` and `r` are parameters, whose means are 0.2 and 0.05.
TRUTHS = {"one_in_50": 0.02, "one_in_10": 0.1, "half": 0.5, "with_q": 0.2, "with_r": 0.05}
DIFFERENCE = 0.15  # of `with_q` under the intervention: 0.35 instead of 0.2
STRATIFIED = {"with_q", "with_r", "difference"}  # whose intervals are wider than they need be
CHANCES = {"one_in_50": "0.02", "one_in_10": "0.1", "half": "0.5", "with_q": "q", "with_r": "r"}


def covering() -> sim.Scenario:
    """Five outcomes that know nothing of each other, and one intervention."""
    rules = "".join(
        f"  {name}: {{after: 1 d, once: true, chance: {chance}, then: {{got_{name}: true}}}}\n"
        for name, chance in CHANCES.items()
    )
    state = "".join(f"  got_{name}: {{flag: false}}\n" for name in CHANCES)
    outcomes = "".join(f"  {name}: {{when: got_{name}}}\n" for name in CHANCES)
    return loaded(
        "scenario: covering\nhorizon: 2 d\nparameters:\n"
        "  q: {is: {uniform: [0, 0.4]}}\n  r: {is: {beta: {mean: 0.05, sd: 0.04}}}\n"
        f"state:\n{state}events:\n{rules}outcomes:\n{outcomes}"
        f"interventions: {{surer: {{set: {{q: 0.35}}}}}}\n{ALL}"
    )


def intervals(runs: int = 1_000, seed: int = 1) -> Finding:
    """How many of the 90 % intervals of so many runs (100 draws of 20 paths) hold the truth."""
    scenario, rows = covering(), []
    for i in range(runs):
        size = {"draws": 100, "paths": 20, "seed": seed + i, "workers": 1, "progress": False}
        comparison = sim.compare(scenario, ["surer"], **size)
        outcomes = comparison.baseline.outcomes.loc[list(TRUTHS)]
        paired = comparison.table.set_index("outcome").loc[["with_q"]]
        ends = zip(interval(outcomes), interval(paired), strict=True)
        rows.append([np.concatenate(both) for both in ends])
    low, high = (np.array(ends) for ends in zip(*rows, strict=True))  # (runs, cases)
    truth = np.array([*TRUTHS.values(), DIFFERENCE])
    covered = ((low <= truth) & (truth <= high)).mean(axis=0)
    middle, half = (low + high) / 2, (high - low) / 4
    halved = ((middle - half <= truth) & (truth <= middle + half)).mean(axis=0)
    names = [*TRUTHS, "difference"]
    numbers = {
        "runs": runs, "paths": 2_000,
        "cases": {
            n: {"truth": float(t), "covered": float(c), "half_as_wide": float(h)}
            for n, t, c, h in zip(names, truth, covered, halved, strict=True)
        },
    }  # fmt: skip
    spread = sqrt(LEVEL * (1 - LEVEL) / runs)
    failed = [
        sentence
        for name, c, h in zip(names, covered, halved, strict=True)
        for sentence in failures(
            # Too wide is no failure but stands on the page: the interval of a parameter's outcome
            # does not count on the stratification of draws, which makes the estimate better.
            (c > LEVEL - 4 * spread, f"{name}: {c:.1%} covered"),
            # Half of an interval that is too wide may still cover, so it is no control.
            (
                h < LEVEL - 4 * spread or name in STRATIFIED or runs < 500,
                f"control: {name} half as wide covers {h:.1%}",
            ),
        )
    ]
    return Finding(numbers=numbers, drawn=(low, high, truth, names, covered), failed=failed)


# --- zeros --------------------------------------------------------------------------------------


def zeros(worlds: int = 200, paths: int = 200, seed: int = 1) -> Finding:
    """Outcomes of random worlds: what a run says of those without a hit, and the exact answer."""
    rows = []
    for number in range(worlds):
        scenario = loaded(random_world(worlds * (seed - 1) + number))
        seen = run(scenario, draws=1, paths=paths, seed=seed).outcomes
        truth = exactly(scenario).outcomes["probability"].to_numpy(dtype=float)
        bound = interval(seen)[1]
        rows.append(
            pd.DataFrame({"truth": truth, "reach": seen["reach"].to_numpy(), "high": bound})
        )
    table = pd.concat(rows, ignore_index=True)
    reach, truth = table["reach"].astype(str), table["truth"]
    none = table[reach == "possible"]
    numbers = {
        "worlds": worlds, "paths": paths, "outcomes": len(table),
        "impossible": int((reach == "impossible").sum()),
        "impossible_but_positive": int(((reach == "impossible") & (truth > 0)).sum()),
        "zero_but_not_proved": int(((reach == "possible") & (truth == 0)).sum()),
        "none": len(none), "none_but_positive": int((none["truth"] > 0).sum()),
        "none_above_bound": int((none["truth"] > none["high"]).sum()),
        "seen": int((reach == "seen").sum()),
        "seen_but_zero": int(((reach == "seen") & (truth == 0)).sum()),
    }  # fmt: skip
    failed = failures(
        (numbers["impossible_but_positive"] == 0, "something possible was called impossible"),
        (numbers["seen_but_zero"] == 0, "something of probability 0 was seen"),
        (numbers["none_above_bound"] <= 0.2 * len(none) + 3, "bounds of none-in-n are too low"),
        (numbers["none_but_positive"] > worlds / 20, "control: zeros of both kinds are the same"),
    )
    return Finding(numbers=numbers, drawn=table, failed=failed)


# --- twins --------------------------------------------------------------------------------------

TALKS = (1, 5, 20, 60)  # days on which an intervention changes something
STORY = ["time", "transition", "option"]


def twins(draws: int = 8, paths: int = 60, seed: int = 1) -> Finding:
    """When each path of a twin first differs from the baseline, and when the change took effect."""
    talks = "".join(f"  talks_{day}: {{at: {day} d, then: {{talks: true}}}}\n" for day in TALKS)
    scenario = loaded(f"extends: {ISLANDS}\nscenario: twins\ninterventions:\n{talks}")
    names = ["no_treaty", *(f"talks_{day}" for day in TALKS)]
    size = {"draws": draws, "paths": paths, "workers": 1, "progress": False, "events": True}
    comparison = sim.compare(scenario, names, seed=seed, **size)
    before = _stories(comparison.baseline)
    dated = [
        (day, first)
        for day in TALKS
        for first in _first_differences(before, _stories(comparison.twins[f"talks_{day}"]))
    ]
    invoked = {
        key: next((e[0] for e in story if e[1] == "mutual_aid.art4.invoked"), np.inf)
        for key, story in before.items()
    }
    after = _stories(comparison.twins["no_treaty"])
    called = [(invoked[k], _first(before[k], after[k])) for k in before if invoked[k] < np.inf]
    untouched = sum(before[k] == after[k] for k in before if invoked[k] == np.inf)
    other = _stories(sim.run(scenario, seed=seed + 1, **size))
    early = sum(first < day for day, first in dated)
    unequal = sum(moment != first for moment, first in called)
    numbers = {
        "paths": len(before), "interventions": len(names), "differing": len(dated),
        "earlier_than_the_change": early, "invoked": len(called), "not_at_the_call": unequal,
        "never_invoked": len(before) - len(called), "never_invoked_and_equal": untouched,
        "alike_with_another_seed": sum(before[k] == other[k] for k in before),
    }  # fmt: skip
    failed = failures(
        (early == 0, f"{early} paths differ before the change"),
        (unequal == 0, f"{unequal} paths differ at another moment than the call"),
        (untouched == len(before) - len(called), "paths without a call differ"),
        (numbers["alike_with_another_seed"] < len(before) / 20, "control: seeds do not matter"),
        (len(dated) > len(before), "control: the changes change hardly anything"),
    )
    return Finding(numbers=numbers, drawn=(dated, called), failed=failed)


Story = list[tuple[float, str, str]]


def _stories(results: sim.Results) -> dict[tuple[int, int], Story]:
    """What happened in each path; the change itself and a treaty's date of force left out."""
    about = results.provenance
    stories: dict[tuple[int, int], Story] = {
        (draw, path): [] for draw in range(about.draws) for path in range(about.paths)
    }
    table = events(results)
    names = table["transition"].astype(str)
    kept = table[~names.str.startswith("talks_") & (names != "mutual_aid.binds")]
    for draw, path, time, transition, option in kept[["draw", "path", *STORY]].itertuples(
        index=False
    ):
        stories[draw, path].append((time, str(transition), str(option)))
    return stories


def _first(one: Story, other: Story) -> float:
    """The time of the first event that is in one story only; infinite if there is none."""
    for i in range(max(len(one), len(other))):
        here, there = (story[i] if i < len(story) else None for story in (one, other))
        if here != there:
            return min(event[0] for event in (here, there) if event is not None)
    return float("inf")


def _first_differences(
    one: dict[tuple[int, int], Story], other: dict[tuple[int, int], Story]
) -> list[float]:
    found = [_first(one[key], other[key]) for key in one]
    return [first for first in found if first < np.inf]
