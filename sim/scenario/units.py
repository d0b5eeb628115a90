"""Durations and dates as an author writes them, and as a reader sees them again."""

import re
from datetime import date

from sim.model.durations import SECONDS

UNITS = "s, min, h, d, w, y"

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_DURATION = re.compile(rf"({_NUMBER.pattern})\s*([A-Za-z]+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def duration(text: str) -> float | None:
    """Seconds of a text such as `5 d`; None when it is no duration. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if not match:
        if _NUMBER.fullmatch(text.strip()):
            raise ValueError(f"needs a unit ({UNITS}), found {text.strip()!r}")
        return None
    number, unit = match.groups()
    if unit not in SECONDS:
        raise ValueError(f"unknown unit {unit!r} in {text.strip()!r}; known: {UNITS}")
    seconds = float(number) * SECONDS[unit]
    if seconds == float("inf"):
        raise ValueError(f"{text.strip()!r} is too long to be counted")
    return seconds


def day(text: str) -> date:
    """A calendar date written as 2024-10-25. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"must be a date such as 2024-10-25, found {text!r}")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no such day: {text!r}") from None


def looks_like_a_day(text: str) -> bool:
    """Whether a text was meant as a date."""
    return bool(_DAY.fullmatch(text))
