"""The rest of a wait, given how long it has been waited already."""

from collections.abc import Callable, Sequence

from sim.model.delay_sampling import MIX, cdf, sampled_wait
from sim.model.scalar_functions import LEAST_U, MOST_U


def longer(row: Sequence[float], at: int, age: float, u: float) -> float:
    """A wait longer than `age`: F^-1(F(age) + u (1 - F(age))), part by part where it is a mix.

    `at` is where the delay's row starts, as in `sampled_wait`.
    """
    if int(row[at]) == MIX:
        at, u = _part(row, at, age, u)
    # beyond what floats tell apart F(age) is 0 or 1; the wait is then cut to what has been waited
    before = cdf(row, at, age)
    if before <= 0.0:
        return max(sampled_wait(row, at, u), age)
    inside = before + u * (1.0 - before)
    return max(sampled_wait(row, at, min(inside, MOST_U)), age)


def _part(row: Sequence[float], at: int, age: float, u: float) -> tuple[int, float]:
    """Which part of a mix a wait longer than `age` comes from, and what of u is left to use."""
    # having waited so long makes the parts with long waits likelier: Bayes' rule
    total = 0.0
    for i in range(int(row[at + 1])):
        total = total + _weight(row, at, i, age)
    aim, so_far, chosen, left = u * total, 0.0, at + int(row[at + 3]), 0.5
    for i in range(int(row[at + 1])):
        weight = _weight(row, at, i, age)
        if weight > 0.0:
            # u within the part's own stretch is again uniform, so one random number does for both
            inside = (aim - so_far) / weight
            chosen, left = at + int(row[at + 3 + 2 * i]), min(max(inside, LEAST_U), MOST_U)
            so_far = so_far + weight
            if aim < so_far:
                break
    return chosen, left


def _weight(row: Sequence[float], at: int, i: int, age: float) -> float:
    """How likely it is that a wait is of the part and longer than `age`."""
    return row[at + 2 + 2 * i] * (1.0 - cdf(row, at + int(row[at + 3 + 2 * i]), age))


COMPILABLE: tuple[Callable[..., object], ...] = (_weight, _part, longer)
