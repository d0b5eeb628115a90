"""Durations, and references to the sections that many things refer to."""

import math
import re

from sim.decoding.kinds import Invalid
from sim.decoding.scalars import number, percent_hint, reference_to, references_to
from sim.formatting import SECONDS
from sim.model.time_grid import seconds_from_decimal
from sim.source.diagnostics import describe
from sim.source.tree import Node, Scalar

ACTOR = reference_to("actor", "actors")
ACTORS = references_to("actor", "actors")
SOURCES = references_to("source", "sources")


# Durations

UNITS = "s, min, h, d, w, y"

_DECIMAL = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_DURATION = re.compile(rf"({_DECIMAL.pattern})\s*([A-Za-z]+)")
_UNIT_SPELLINGS = {  # also accepted, in any capitals, with or without the plural's s
    "sec": "s",
    "second": "s",
    "min": "min",
    "minute": "min",
    "hr": "h",
    "hour": "h",
    "day": "d",
    "wk": "w",
    "week": "w",
    "yr": "y",
    "year": "y",
}
DURATION_SCHEMA = {"type": "string", "examples": ["20 min", "5 d", "6 * verify_lag"]}


def seconds_of(text: str) -> float | None:
    """Seconds of a text such as `5 d`, on the grid of time; None if it is no duration.

    A week has 7 days and a year 365.25; months differ in length, so there is no unit for them.
    Raises Invalid, also for what is above 0 and would be rounded to none.
    """
    match = _DURATION.fullmatch(text)
    if not match:
        if _DECIMAL.fullmatch(text):
            raise Invalid(f"needs a unit ({UNITS}), found {text!r}")
        return None
    digits, unit = match.groups()
    # of `s` itself nothing is left by that, and it stays as it is
    unit = _UNIT_SPELLINGS.get(unit.lower().removesuffix("s"), unit)
    if unit not in SECONDS:
        raise Invalid(f"unknown unit {unit!r} in {text!r}; {_unit_hint(digits, unit)}")
    seconds = seconds_from_decimal(digits, SECONDS[unit])
    if math.isinf(seconds):  # `1e308 y`
        raise Invalid(f"{text!r} is too long")
    if seconds == 0 and re.match("[-+]?[0.]*[1-9]", digits):  # `1e-9 s`, though not `0e9 s`
        raise Invalid(f"{text!r} is too short: times are whole multiples of 2^-20 s, about 1e-6 s")
    return seconds


def _unit_hint(digits: str, unit: str) -> str:
    """The unit that was probably meant, or all units."""
    word = unit.lower().removesuffix("s") or unit.lower()
    if word == "month":
        return f"did you mean '{float(digits) * 30:g} d'? Months differ in length"
    if word == "m":  # minutes more often than months
        return f"did you mean '{digits} min'?"
    return f"did you mean '{digits} {word}'?" if word in SECONDS else f"known: {UNITS}"


def duration_text(node: Node) -> str:
    """The text of a duration, or of an expression for one. Raises Invalid."""
    value = node.value if isinstance(node, Scalar) else node
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise Invalid(f"needs a unit ({UNITS}), found {describe(value)}")
    raise Invalid(f"must be a duration such as '5 d', found {describe(value)}")


def quantity(node: Node) -> tuple[float, bool]:
    """A number of a distribution, and whether it is a duration (then in seconds)."""
    value = node.value if isinstance(node, Scalar) else node
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Invalid(f"must be a number or a duration, found {describe(value)}")
    if not isinstance(value, str):
        return number(value), False
    text = duration_text(node)
    seconds = seconds_of(text)
    if seconds is None:
        raise Invalid(f"must be a number or a duration, found {text!r}{percent_hint(text)}")
    return seconds, True
