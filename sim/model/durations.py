"""Units of time, and a duration as a person says it."""

from collections.abc import Mapping

SECONDS: Mapping[str, float] = {
    "s": 1.0,
    "min": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "y": 31_557_600.0,  # 365.25 d
}
DAY = SECONDS["d"]


def duration_in_words(seconds: float) -> str:
    """`20 min`, `1.5 h`, `7 d`, `2 y`: in the largest unit that keeps the number at 1 or above.

    Weeks are said in days, and days up to two years; four digits are shown.
    """
    size = abs(seconds)
    if not size < float("inf"):
        return f"{seconds:g}"
    # weeks are left out on purpose: "14 d" is read faster than "2 w", and is what files say
    unit = "s"
    for name, least in (("min", 60.0), ("h", 3_600.0), ("d", DAY), ("y", 2 * SECONDS["y"])):
        if size >= least:
            unit = name
    return f"{seconds / SECONDS[unit]:.4g} {unit}"
