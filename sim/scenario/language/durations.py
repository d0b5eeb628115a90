"""Durations and moments as an author writes them, decoded to seconds."""

import math
import re

from sim.model.durations import SECONDS
from sim.scenario.diagnostics import found
from sim.scenario.language.declaring import Wrong
from sim.scenario.language.scalar_types import number
from sim.scenario.source.tree import Node, Scalar

UNITS = "s, min, h, d, w, y"

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_DURATION = re.compile(rf"({_NUMBER.pattern})\s*([A-Za-z]+)")
_SPELT = {  # how others write the units, without the plural's s
    **dict.fromkeys(("sec", "second"), "s"),
    **dict.fromkeys(("minute",), "min"),
    **dict.fromkeys(("hr", "hour"), "h"),
    **dict.fromkeys(("day",), "d"),
    **dict.fromkeys(("wk", "week"), "w"),
    **dict.fromkeys(("yr", "year"), "y"),
}
DURATION_SCHEMA = {"type": "string", "examples": ["20 min", "5 d", "6 * verify_lag"]}


def seconds_of(text: str) -> float | None:
    """Seconds of a text such as `5 d`; None when it is no duration. Raises Wrong."""
    match = _DURATION.fullmatch(text)
    if not match:
        if _NUMBER.fullmatch(text):
            raise Wrong(f"needs a unit ({UNITS}), found {text!r}")
        return None
    digits, unit = match.groups()
    if unit not in SECONDS:
        raise Wrong(f"unknown unit {unit!r} in {text!r}; {_meant(digits, unit)}")
    seconds = float(digits) * SECONDS[unit]
    if math.isinf(seconds):
        raise Wrong(f"{text!r} is too long to be counted")
    return seconds


def _meant(digits: str, unit: str) -> str:
    """The unit that was meant, or all there are."""
    word = unit.lower()
    word = word if word in SECONDS else word.removesuffix("s")
    if word == "month":
        return f"did you mean '{float(digits) * 30:g} d'? Months differ in length"
    if word == "m":
        return f"did you mean '{digits} min'?"
    short = word if word in SECONDS else _SPELT.get(word)
    return f"did you mean '{digits} {short}'?" if short else f"known: {UNITS}"


def duration_text(node: Node) -> str:
    """The text of what must be a duration, or an expression for one. Raises Wrong."""
    value = node.value if isinstance(node, Scalar) else node
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise Wrong(f"needs a unit ({UNITS}), found {found(value)}")
    raise Wrong(f"must be a duration such as '5 d', found {found(value)}")


def quantity(node: Node) -> tuple[float, bool]:
    """A number of a distribution, and whether it is a duration (then in seconds). Raises Wrong."""
    value = node.value if isinstance(node, Scalar) else node
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Wrong(f"must be a number or a duration, found {found(value)}")
    if not isinstance(value, str):
        return number(value), False
    text = duration_text(node)
    seconds = seconds_of(text)
    if seconds is None:
        raise Wrong(f"must be a number or a duration, found {text!r}")
    return seconds, True

