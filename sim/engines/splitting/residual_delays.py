"""The rest of a wait, given how long it has been waited already."""

from collections.abc import Sequence

from sim.model.delay_sampling import MIX, cdf, sampled_wait
from sim.model.scalar_functions import LEAST_U, MOST_U


def longer(row: Sequence[float], age: float, u: float) -> float:
    """A wait longer than `age`: F^-1(F(age) + u (1 - F(age))), part by part where it is a mix."""
    at = 0
    if row[0] == MIX:
        at, u = _part(row, age, u)
    # beyond what floats tell apart F(age) is 0 or 1; the wait is then cut to what has been waited
    before = cdf(row, at, age)
    if before <= 0.0:
        return max(sampled_wait(row, at, u), age)
    inside = before + u * (1.0 - before)
    return max(sampled_wait(row, at, min(inside, MOST_U)), age)


def _part(row: Sequence[float], age: float, u: float) -> tuple[int, float]:
    """Which part of a mix a wait longer than `age` comes from, and what of u is left to use."""
    # having waited so long makes the parts with long waits likelier: Bayes' rule
    parts = range(int(row[1]))
    starts = [int(row[3 + 2 * i]) for i in parts]
    weights = [row[2 + 2 * i] * (1.0 - cdf(row, starts[i], age)) for i in parts]
    aim, so_far, chosen = u * sum(weights), 0.0, (0, 0.5)
    for i in parts:
        if weights[i] > 0:
            inside = (aim - so_far) / weights[i]
            chosen = (starts[i], min(max(inside, LEAST_U), MOST_U))
            so_far = so_far + weights[i]
            if aim < so_far:
                break
    return chosen
