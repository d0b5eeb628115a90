"""How numbers, times, percentages and names are written, and the units of time.

One place for all of them, so that a screen, a chart and a report never print one estimate two ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from math import ceil, floor, isnan, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the model's names are written here too, and a model needs no pandas
    import pandas as pd

SECONDS: Mapping[str, float] = {
    "s": 1.0,
    "min": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "y": 31_557_600.0,  # 365.25 d
}
DAY = SECONDS["d"]
LONGEST_FILE_NAME = 160  # bytes, without what is put before and behind it


def plain(name: str) -> str:
    """A name of the scenario as words: `ally_fights` becomes `ally fights`."""
    return name.replace("_", " ")


def duration_in_words(seconds: float) -> str:
    """`20 min`, `1.5 h`, `7 d`, `2 y`: in the largest unit that keeps the number at 1 or above.

    Weeks are written in days, and days up to two years; four digits are shown.
    """
    size = abs(seconds)
    if not size < float("inf"):
        return f"{seconds:g}"
    unit = "s"
    for name, least in (("min", 60.0), ("h", 3_600.0), ("d", DAY), ("y", 2 * SECONDS["y"])):
        if size >= least:
            unit = name
    return f"{seconds / SECONDS[unit]:.4g} {unit}"


def percent(share: float, *, width: float = 0.0) -> str:
    """A share as a percentage, without the sign; `width` is that of the interval around it.

    At least two digits, and as many as the interval bears: down to the leading digit of half its
    width. A share above 0 never prints as 0, one below 1 never as 100.
    """
    if isnan(share):
        return "–"
    return f"{100 * share:.{_decimals(share, width)}f}"


def _decimals(share: float, width: float) -> int:
    if share in (0.0, 1.0):
        return 0
    # digits count from the nearer end: 99.97 needs as many as 0.03
    smaller = 100 * min(share, 1 - share)
    decimals = max(0, (1 if share < 0.5 else 0) - _order(smaller))
    if width > 0:
        decimals = max(decimals, -_order(50 * width))
    return min(decimals, 12)  # no more than a double bears


def _end(share: float, decimals: int) -> str:
    """An end of an interval, with the digits of the estimate unless that would round it away."""
    text = f"{100 * share:.{decimals}f}"
    if 0 < share < 1 and float(text) in (0.0, 100.0):
        return percent(share)
    return text


def at_most(share: float) -> str:
    """An upper bound as a percentage of two digits, rounded up, so that it stays a bound."""
    value = 100 * share
    decimals = max(0, 1 - _order(value))
    # rounded up, but not for the last bit of a float: 0.14 stays 0.14
    return f"{ceil(round(value * 10**decimals, 9)) / 10**decimals:.{decimals}f}"


def at_least(share: float) -> str:
    """A lower bound, rounded down, with two digits of what it leaves."""
    value = 100 * share
    decimals = max(0, 1 - _order(100 - value))
    return f"{floor(round(value * 10**decimals, 9)) / 10**decimals:.{decimals}f}"


def _order(value: float) -> int:
    """The place of the leading digit: 0 for 3, 1 for 30, -1 for 0.3."""
    # a value a hair below a power of ten, as sums of floats are, counts as that power
    return floor(log10(value) + 1e-12)


def estimate(row: pd.Series[Any]) -> str:
    """A row of estimates in words: `4.1 % (3.9–4.3)`, `0 of 2,000, below 0.14 %`, `impossible`.

    Three different things stay different: what cannot happen, none in n, and a small number. The
    row has probability, low, high, hits, n, and may have reach. Where nothing was counted (hits
    missing: an exact solution) the interval is an error bound, and left out below a millionth.
    """
    probability, low, high = (float(row[name]) for name in ("probability", "low", "high"))
    if row.get("reach") == "impossible":
        return "impossible by construction"
    if isnan(probability):
        return "–"
    if _is_missing(row["hits"]):
        return _solved(probability, low, high)
    hits, n = int(row["hits"]), int(row["n"])
    if hits == 0:
        return f"0 of {n:,}, below {at_most(high)} %"
    if hits == n:
        return f"all {n:,}, above {at_least(low)} %"
    width = high - low
    # both ends with the digits of the estimate, so that the three can be compared
    ends = "–".join(_end(end, _decimals(probability, width)) for end in (low, high))
    return f"{percent(probability, width=width)} % ({ends})"


def difference(row: pd.Series[Any]) -> str:
    """`-1.3 (-1.6 to -1.0)` in percentage points, as many digits as the interval bears.

    `none: no path changes` where every path is equal in both runs. Of a solution, which counts no
    paths, the difference alone, and 0 where it is within the error bound.
    """
    if _is_missing(row["changed"]):
        return f"{100 * row['difference']:+.3g}" if row["low"] * row["high"] > 0 else "0"
    if row["changed"] == 0:
        return "none: no path changes"
    low, high = 100 * row["low"], 100 * row["high"]
    half = (high - low) / 2
    # down to the leading digit of half the interval's width
    digits = min(max(0, -floor(log10(half))), 6) if half > 0 else 3
    if row["differ"] == 0:
        return f"0, within ±{max(-low, high):.{digits}f}"
    parts = [_signed(points, digits) for points in (100 * row["difference"], low, high)]
    return f"{parts[0]} ({parts[1]} to {parts[2]})"


def _signed(points: float, digits: int) -> str:
    """With its sign, unless it rounds to nothing."""
    text = f"{points:+.{digits}f}"
    return text if float(text) else f"{0:.{digits}f}"


def counted(count: int, thing: str) -> str:
    """So many of them: `1 path`, `2,000 paths`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def moment(time: float, start: date | None) -> str:
    """When something happens (days): `2024-11-04 13:05` with a calendar, else `day 10 13:05`."""
    days, minutes = divmod(round(time * DAY) // 60, 24 * 60)  # 13 minutes are not 12.9999
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"day {days} {clock}" if start is None else f"{start + timedelta(days=days)} {clock}"


def _is_missing(value: object) -> bool:
    import pandas as pd  # who has a row of a table has pandas already

    return bool(pd.isna(value))  # type: ignore[call-overload]


def _solved(probability: float, low: float, high: float) -> str:
    bound = (high - low) / 2
    if bound < 1e-6:
        return f"{percent(probability, width=1e-4 * probability)} %"
    return f"{percent(probability, width=2 * bound)} % ± {percent(bound)}"


def file_name(name: str) -> str:
    """A name as that of a file: itself, or if it is long its beginning and a digest of it all."""
    # in bytes, which is what systems count, 255 at most; half leaves room for endings and prefixes
    whole = name.encode()
    if len(whole) <= LONGEST_FILE_NAME:
        return name
    start = whole[: LONGEST_FILE_NAME - 9].decode(errors="ignore")
    return f"{start}-{sha256(whole).hexdigest()[:8]}"
