"""The mass of every interval of a run: its default, what may be given, and how it is said.

Texts that say it are written with `{level}`, `{tail}` and `{rest}`: 90 %, 5 % and 95 % by default.
"""

from __future__ import annotations

from math import ceil

from sim.errors import UsageError

LEVEL = 0.90  # of every interval, unless another is asked for
FEWEST = 20  # draws: of fewer, the 5 % quantile lies below the smallest


def require_level(level: object) -> float:
    """The level that was given, as a number; UsageError for what is no mass of an interval."""
    found = None
    if isinstance(level, (int, float, str)) and not isinstance(level, bool):
        try:
            found = float(level)
        except ValueError:
            found = None
    if found is None or not 0 < found < 1:
        # 95 is the likeliest slip: the hint says how to write it
        near = f"; {found:g} % is {found / 100:g}" if found is not None and 1 < found < 100 else ""
        raise UsageError(
            f"level: must be a number between 0 and 1 such as 0.95, found {level!r}{near}"
        )
    return found


def fewest_draws(level: float) -> int:
    """How many draws it takes until the outer quantiles of a band lie inside of what was drawn."""
    # rounded first: 2 / (1 - 0.9) is a little more than 20 in floating point
    return max(FEWEST, ceil(round(2 / (1 - level), 6)))


def at_level(text: str, level: float) -> str:
    """A text with its places for the level filled in."""
    shares = {"{level}": level, "{tail}": (1 - level) / 2, "{rest}": (1 + level) / 2}
    for place, share in shares.items():
        # ten digits: 1 - 0.9 is not quite a tenth
        text = text.replace(place, f"{100 * share:.10g} %")
    return text
