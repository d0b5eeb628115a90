"""Durations and dates as an author writes them, and as a reader sees them again."""

import re
from datetime import date

from sim.model.durations import SECONDS

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
        raise ValueError(f"unknown unit {unit!r} in {text.strip()!r}; {_meant(number, unit)}")
    seconds = float(number) * SECONDS[unit]
    if seconds == float("inf"):
        raise ValueError(f"{text.strip()!r} is too long to be counted")
    return seconds


def _meant(number: str, unit: str) -> str:
    """The unit that was meant, or all there are."""
    word = unit.lower()
    word = word if word in SECONDS else word.removesuffix("s")
    if word == "month":
        return f"did you mean '{float(number) * 30:g} d'? Months differ in length"
    if word == "m":
        return f"did you mean '{number} min'?"
    short = word if word in SECONDS else _SPELT.get(word)
    return f"did you mean '{number} {short}'?" if short else f"known: {UNITS}"


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
