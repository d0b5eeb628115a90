"""The race in NumPy: all paths take their next step together, until the last is over."""

import math

import numpy as np
from in_simpy import ALERT, CALM, DAYS, MEANS, MEDIANS, MOBILISED, NINETY, WAR

NAMES = (*["rise"] * 6, *["ease"] * 6, *["strike"] * 6, "talk", "fail")


def guards(stage: np.ndarray, talks: np.ndarray) -> np.ndarray:
    """(paths, 20): whose clocks may run."""
    before = np.roll(stage, 1, axis=1)
    front = (stage[:, 0] >= MOBILISED) | (stage[:, 3] >= MOBILISED)
    return np.concatenate(
        [
            (stage < MOBILISED) & ~talks[:, None],
            (stage > CALM) & (stage < WAR),
            (stage == MOBILISED) & (before >= ALERT),
            (~talks & front)[:, None],
            talks[:, None],
        ],
        axis=1,
    )


def walk(lognormal: bool, *, seed: int, paths: int) -> tuple[int, list[int]]:
    """(events, how many paths have each outcome)."""
    rng = np.random.default_rng(seed)
    means = np.array([MEANS[name] for name in NAMES])
    mu = np.array([math.log(MEDIANS[name][0]) for name in NAMES])
    sigma = np.array([math.log(MEDIANS[name][1] / MEDIANS[name][0]) / NINETY for name in NAMES])
    stage = np.tile(np.array([ALERT, CALM, CALM, ALERT, CALM, CALM]), (paths, 1))
    talks = np.zeros(paths, bool)
    due = np.full((paths, len(NAMES)), np.inf)
    now, alive, events = np.zeros(paths), np.arange(paths), 0
    while alive.size:
        holds = guards(stage[alive], talks[alive])
        clocks = due[alive]
        begun = holds & np.isinf(clocks)
        row, rule = np.nonzero(begun)
        if lognormal:
            waits = np.exp(mu[rule] + sigma[rule] * rng.standard_normal(rule.size))
        else:
            waits = means[rule] * rng.standard_exponential(rule.size)
        clocks[row, rule] = now[alive][row] + waits
        clocks[~holds] = np.inf
        first = clocks.argmin(axis=1)
        time = clocks[np.arange(alive.size), first]
        clocks[np.arange(alive.size), first] = np.inf
        due[alive] = clocks
        goes_on = time <= DAYS
        alive, first, now_then = alive[goes_on], first[goes_on], time[goes_on]
        now[alive] = now_then
        events += alive.size
        apply(stage, talks, alive, first, rng.random(alive.size))
    a, b, c, d = (stage[:, i] == WAR for i in range(4))
    return events, [int(hit.sum()) for hit in (a, a & d, b | c)]


def apply(
    stage: np.ndarray, talks: np.ndarray, paths: np.ndarray, rules: np.ndarray, u: np.ndarray
) -> None:
    """What the rule that fired does in each path."""
    actor, kind = rules % 6, rules // 6
    rises, eases = (kind == 0) & (u < 0.7), kind == 1
    strikes = (kind == 2) & (u < 0.4)
    stage[paths[rises], actor[rises]] += 1
    stage[paths[eases], actor[eases]] -= 1
    stage[paths[strikes], actor[strikes]] = WAR
    talks[paths[rules == 18]] = True
    talks[paths[rules == 19]] = False
