"""How numbers, times, percentages and names are written, and the units of time.

One place for all of them, so that a screen, a chart and a report never print one estimate two ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from math import ceil, floor, isnan, log10
from os import PathLike, fspath
from os.path import expanduser
from typing import TYPE_CHECKING, Any, NamedTuple

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
LOPSIDED = 0.25  # of half an interval, by which its middle is off the estimate
LONGEST_FILE_NAME = 160  # bytes, without what is put before and behind it


def plain(name: str) -> str:
    """A name of the scenario as words: `ally_fights` becomes `ally fights`."""
    return name.replace("_", " ")


def duration_in_words(seconds: float) -> str:
    """`20 min`, `1.5 h`, `7 d`, `2 y`: in the largest unit that keeps the number at 1 or above.

    Weeks are written in days, and days up to two years; four digits are shown.
    """
    size = abs(seconds)
    # infinity and NaN have no unit that would say more
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
    decimals = max(0, (1 if share < 0.5 else 0) - _order(smaller), _borne(width))
    return min(decimals, 12)  # no more than a double bears


def _borne(width: float) -> int:
    """The decimals down to the leading digit of half an interval's width."""
    return max(0, -_order(50 * width)) if width > 0 else 0


def together(estimates: Sequence[tuple[float, float]]) -> list[int]:
    """How many decimals percentages have that stand together: (share, width of its interval).

    One number for all of them, at most one more than the coarsest bears. Only what that would
    leave without its leading digit, or without what its interval bears, keeps its own.
    """
    own = [_decimals(share, width) for share, width in estimates]
    # of 0, of 1 and of what is missing there are no decimals, and others have theirs all the same
    counts = [n for n, (share, _) in zip(own, estimates, strict=True) if 0 < share < 1]
    shared = min(max(counts), min(counts) + 1) if counts else 0
    return [
        shared
        if 100 * min(share, 1 - share) >= 10.0**-shared and _borne(width) <= shared
        else alone
        for (share, width), alone in zip(estimates, own, strict=True)
    ]


def percents(shares: Sequence[float], *, widths: Sequence[float] = ()) -> list[str]:
    """Shares that stand together as percentages of one precision, without the sign."""
    pairs = list(zip(shares, widths or [0.0] * len(shares), strict=True))
    known = [(share, width) for share, width in pairs if not isnan(share)]
    decimals = iter(together(known))
    return ["–" if isnan(share) else f"{100 * share:.{next(decimals)}f}" for share, _ in pairs]


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


class Layers(NamedTuple):
    """An estimate in words, layer by layer; what there is not is empty."""

    probability: str  # `4.1 %`, `0 of 2,000, below 0.14 %`, `impossible by construction`
    band: str  # parameter uncertainty: `0.6–12`, `not resolved`
    sampling: str  # sampling error: `±0.2`, or its interval where that is lopsided

    @property
    def text(self) -> str:
        """`4.1 % (0.6–12; sampling ±0.2)`: all of it in a line."""
        band = f"parameter uncertainty {self.band}" if self.band == UNRESOLVED else self.band
        sampling = f"sampling {self.sampling}" if self.sampling else ""
        inside = "; ".join(part for part in (band, sampling) if part)
        return f"{self.probability} ({inside})" if inside else self.probability


UNRESOLVED = "not resolved"


def estimates(rows: Iterable[pd.Series[Any]]) -> list[str]:
    """Rows of one table as `estimate` has them, with one precision."""
    return [one.text for one in layers(rows)]


def estimate(row: pd.Series[Any]) -> str:
    """A row of estimates in a line: `4.1 % (0.6–12; sampling ±0.2)`; see `layers`."""
    return layers([row])[0].text


def layers(rows: Iterable[pd.Series[Any]]) -> list[Layers]:
    """Rows of one table in words, layer by layer, with one precision.

    Three different things stay different: what cannot happen, none in n, and a small number. Rows
    have probability, hits, n, mc_low, mc_high, and may have low, high, low_se, high_se, band,
    reach. Where nothing was counted (hits missing: solved), a sampling error below a millionth is
    left out.
    """
    rows = list(rows)
    found = [(float(row["probability"]), float(row["mc_high"] - row["mc_low"])) for row in rows]
    # what is a bound, or nothing, has digits of its own
    ordinary = [i for i, (share, _) in enumerate(found) if 0 < share < 1]
    decimals = dict(zip(ordinary, together([found[i] for i in ordinary]), strict=True))
    return [_layers(row, decimals.get(i)) for i, row in enumerate(rows)]


def _layers(row: pd.Series[Any], decimals: int | None) -> Layers:
    probability, low, high = (float(row[name]) for name in ("probability", "mc_low", "mc_high"))
    if row.get("reach") == "impossible":
        return Layers("impossible by construction", "", "")
    if isnan(probability):
        return Layers("–", "", "")
    if not _is_missing(row["hits"]):
        hits, n = int(row["hits"]), int(row["n"])
        # a bound says all that is known; a band would be of the same nothing
        if hits == 0:
            return Layers(f"0 of {n:,}, below {at_most(high)} %", "", "")
        if hits == n:
            return Layers(f"all {n:,}, above {at_least(low)} %", "", "")
    digits = _decimals(probability, high - low) if decimals is None else decimals
    solved = _is_missing(row["hits"])
    if solved and high - low < 2e-6:
        return Layers(f"{percent(probability, width=1e-4 * probability)} %", _band(row, 4), "")
    sampling = _sampling(probability, low, high, digits)
    return Layers(f"{100 * probability:.{digits}f} %", _band(row, digits), sampling)


def _band(row: pd.Series[Any], decimals: int) -> str:
    """Both ends of the parameter uncertainty, with no more digits than they bear."""
    if row.get("band") == "unresolved":
        return UNRESOLVED
    if "low" not in row or isnan(row["low"]):
        return ""
    ends: list[str] = []
    counted_low = float(row["low"]) == 0 and not _is_missing(row["hits"])
    for side in ("low", "high"):
        end, error = float(row[side]), float(row.get(f"{side}_se", "nan"))
        borne = decimals if not error > 0 else min(decimals, max(0, -_order(100 * error)))
        text = f"{100 * end:.{borne}f}"
        # not rounded to nothing: one digit at least
        if 0 < end < 1 and float(text) in (0.0, 100.0):
            text = f"{100 * end:.{max(0, -_order(100 * min(end, 1 - end)))}f}"
        ends.append(text)
    # no path was seen in the draws at the lower end, which is not an estimate of 0
    return f"none seen–{ends[1]}" if counted_low else "–".join(ends)


def _sampling(probability: float, low: float, high: float, decimals: int) -> str:
    half = (high - low) / 2
    if abs((low + high) / 2 - probability) > LOPSIDED * half:
        # both ends with the digits of the estimate, so that the three can be compared
        return "–".join(_end(end, decimals) for end in (low, high))
    return f"±{100 * half:.{max(decimals, _borne(2 * half))}f}"


def effects(rows: Iterable[pd.Series[Any]]) -> list[str]:
    """Rows of `Comparison.table` as `difference` has them: with their sampling interval."""
    sampled = [{**row, "low": row["mc_low"], "high": row["mc_high"]} for row in rows]
    return differences(sampled)


def effect_band(row: Mapping[Any, Any]) -> str:
    """`-3.4 to -0.1`: how an effect spreads over parameter draws, in points; `–` if not known."""
    low, high = 100 * float(row["low"]), 100 * float(row["high"])
    if isnan(low) or isnan(high):
        return "–"
    # two digits of the farther end, so that both can be compared
    farther = max(abs(low), abs(high))
    digits = min(max(0, 1 - _order(farther)), 6) if farther > 0 else 0
    return f"{_signed(low, digits)} to {_signed(high, digits)}"


def differences(rows: Iterable[Mapping[Any, Any] | pd.Series[Any]]) -> list[str]:
    """Rows of one table as `difference` has them, with one precision."""
    rows = list(rows)
    own = [_points_digits(row) for row in rows]
    known = [digits for digits in own if digits is not None]
    shared = min(max(known), min(known) + 1) if known else 0
    return [
        difference(row, None if digits is None else max(digits, shared))
        for row, digits in zip(rows, own, strict=True)
    ]


def _points_digits(row: Mapping[Any, Any] | pd.Series[Any]) -> int | None:
    """Decimals down to the leading digit of half the interval; None without an interval."""
    if _is_missing(row["changed"]) or row["changed"] == 0:
        return None
    half = 50 * float(row["high"] - row["low"])
    return min(max(0, -floor(log10(half))), 6) if half > 0 else 3


def difference(row: Mapping[Any, Any] | pd.Series[Any], decimals: int | None = None) -> str:
    """`-1.3 (-1.6 to -1.0)` in percentage points, as many digits as the interval bears.

    `none, within ±0.003` where every path is equal in both runs. Of a solution, which counts no
    paths, the difference alone, and 0 where it is within the error bound.
    """
    if _is_missing(row["changed"]):
        return f"{100 * row['difference']:+.3g}" if row["low"] * row["high"] > 0 else "0"
    low, high = 100 * row["low"], 100 * row["high"]
    if row["changed"] == 0:  # a bound, so rounded up
        return f"none, within ±{at_most(max(-row['low'], row['high']))}"
    own = _points_digits(row) if decimals is None else decimals
    digits = 3 if own is None else own
    if row["differ"] == 0:
        return f"0, within ±{max(-low, high):.{digits}f}"
    parts = [_signed(points, digits) for points in (100 * row["difference"], low, high)]
    return f"{parts[0]} ({parts[1]} to {parts[2]})"


def points(gap: float, low: float, high: float) -> str:
    """A difference of shares: `-1.3 (-1.6 to -1.0)` in percentage points, to the interval's digit.

    The last digit is the leading one of half the interval's width, or of an end near 0, which
    would not show on which side of 0 it lies.
    """
    sizes = [50 * (high - low), *(100 * abs(end) for end in (low, high) if low * high > 0)]
    known = [-floor(log10(size)) for size in sizes if size > 0]
    digits = min(max(0, *known), 6) if known else 3
    parts = [_signed(100 * share, digits) for share in (gap, low, high)]
    return f"{parts[0]} ({parts[1]} to {parts[2]})"


def _signed(points: float, digits: int) -> str:
    """With its sign, unless it rounds to nothing."""
    text = f"{points:+.{digits}f}"
    return text if float(text) else f"{0:.{digits}f}"


def rounded(value: float, digits: int, *, sign: bool = False) -> str:
    """A number of so many significant digits, with no exponent where it is 1 or more: 100, 1230."""
    text = f"{value:{'+' if sign else ''}.{digits}g}"
    return f"{float(text):{'+' if sign else ''}.0f}" if "e+" in text else text


def p_value(value: float) -> str:
    """Two digits, but never below a thousandth: far tails depend on what nobody knows."""
    return "<0.001" if value < 0.001 else f"{value:.2g}"


def short_duration(duration: str) -> str:
    """A duration with no more digits than a reader needs: `12.73 d` becomes `13 d`."""
    number, _, unit = duration.partition(" ")
    if not unit:
        return duration
    # two digits: a median over paths bears no more
    value = float(number)
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"


def counted(count: int, thing: str) -> str:
    """So many of them: `1 path`, `2,000 paths`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def sample_size(draws: int, paths: int) -> str:
    """What numbers stand on: `60 draws of 30 paths`, `1 draw of 1 path`; solved ones have none."""
    each = f" of {counted(paths, 'path')}" if paths else ""
    return f"{counted(draws, 'draw')}{each}"


def moment(time: float, start: date | None) -> str:
    """When something happens (days): `2024-11-04 13:05` with a calendar, else `day 10 13:05`."""
    days, minutes = divmod(round(time * DAY) // 60, 24 * 60)  # 13 minutes are not 12.9999
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"day {days} {clock}" if start is None else f"{start + timedelta(days=days)} {clock}"


def _is_missing(value: object) -> bool:
    import pandas as pd  # who has a row of a table has pandas already

    return bool(pd.isna(value))  # type: ignore[call-overload]


def user_path(path: str | PathLike[str]) -> str:
    """A path as a person gives it: `~` at its beginning is a home folder, as in a shell."""
    return expanduser(fspath(path))  # of the text: pathlib would take `./~` for `~`


def file_name(name: str) -> str:
    """A name as that of a file: itself, or if it is long its beginning and a digest of it all."""
    # in bytes, which is what systems count, 255 at most; the rest is for endings and prefixes
    whole = name.encode()
    if len(whole) <= LONGEST_FILE_NAME:
        return name
    start = whole[: LONGEST_FILE_NAME - 9].decode(errors="ignore")
    return f"{start}-{sha256(whole).hexdigest()[:8]}"
