"""The grid of time: durations and moments are whole multiples of 2**-20 s, about a microsecond.

Such numbers add up without rounding as long as they are below 2**33 s, 272 years: three times 1.1 d
is 3.3 d, and what is due at one instant is due at one and the same number. Beyond, floats are
further apart than the grid; sums are then rounded to the next float, which lies on the grid too.
"""

import math
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, localcontext

TICKS = 2.0**20  # of the grid, in a second
# A float has 53 bits: between 2**32 and 2**33 there are 33 of them before the point, which leaves
# 20 behind it, as many as the grid has.
_COARSE = 2.0**32  # seconds; from here to twice as much floats are one tick apart, later more


def on_grid(seconds: float) -> float:
    """The nearest time on the grid; of two that are equally near, the even one.

    What is infinite or no number stays what it is.
    """
    size = abs(seconds)
    if not size < _COARSE:  # every float is on the grid already
        return seconds
    # The sum lies where floats are one tick apart, so that the processor's own rounding is what is
    # wanted: two additions, and the same bits in Python and compiled.
    rounded = (size + _COARSE) - _COARSE
    # By the size, as the trick works on one side of 0 only.
    return rounded if seconds >= 0.0 else -rounded


def seconds_from_decimal(digits: str, unit: float) -> float:
    """The seconds of a decimal number of units, exact but for one rounding to the grid.

    `unit` is in seconds. As floats 1.1 times 86400 s would be 95040.00000000001 s. Infinite where
    it is too large for a float.
    """
    # First roughly, in floats, which is enough to tell what is far too large or too small.
    near = float(digits) * unit
    if math.isinf(near) or abs(near) < 0.25 / TICKS:  # also spares enormous exponents
        return near if math.isinf(near) else 0.0
    # room for every digit of the product, of which no text is too long
    exactly = Context(prec=len(digits) + 20, Emax=MAX_EMAX, Emin=MIN_EMIN)
    with localcontext(exactly):
        seconds = Decimal(digits) * Decimal(unit)
        if abs(seconds) >= _COARSE:
            return float(seconds)
        return float((seconds * Decimal(TICKS)).to_integral_value(ROUND_HALF_EVEN)) / TICKS


def equal_steps(horizon: float, steps: int) -> list[float]:
    """The moments from 0 to the horizon, both included, at which tables over time are read."""
    # on the grid, so that what is due at such a moment has happened by it
    return [min(on_grid(horizon * step / steps), horizon) for step in range(steps + 1)]


COMPILABLE: tuple[Callable[..., object], ...] = (on_grid,)
