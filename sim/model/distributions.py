"""What a parameter may be: a distribution as data, and what its kind says about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DistributionKind = str  # a key of `distribution_kinds.KINDS`
Say = Callable[[float], str]  # how a number is told: as such, or as a duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What a parameter may be. `within` bounds a metalog by a logit and truncates the others."""

    kind: DistributionKind
    numbers: tuple[float, ...]  # what they are says the kind; durations in seconds
    probabilities: tuple[float, ...] = ()  # of `quantiles`
    levels: tuple[str, ...] = ()  # of `choices`: their names; the value is the position
    within: tuple[float, float] | None = None


def _fine(found: Distribution, say: Say) -> list[str]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One family of distributions of a parameter, and all that is said of it anywhere."""

    about: str  # what it is, in one sentence
    sentence: str  # for authors, on its key
    numbers: tuple[str, ...] = ()  # their names; none where a file names them itself
    sentences: tuple[str, ...] = ()  # for authors, on the numbers that have keys of their own
    # None: no file can write it
    written: Literal["value", "list", "mapping", "counts", "weights", "points"] | None = "list"
    discrete: bool = False  # values are positions among named choices, which have no order
    ppf: Callable[[Distribution, float], float]  # the value that a share u of all draws stays below
    # the same of many shares at once, to the last bit; None: one by one
    ppfs: Callable[[Distribution, Sequence[float]], Floats] | None = None
    cdf: Callable[[Distribution, float], float] | None = None  # inside the support; None: never cut
    support: Callable[[Sequence[float]], tuple[float, float]]  # lowest and highest of all values
    positive: tuple[str, ...] = ()  # numbers that have to be greater than 0
    wrong: Callable[[Distribution, Say], list[str]] = _fine
    # of `within`, low below high: None of what is truncated, where something has to be left
    wrong_within: Callable[[Distribution, Say], list[str]] | None = None
    wrong_together: Callable[[Distribution, Say], list[str]] = _fine  # where nothing else is wrong
    phrase: Callable[[Distribution, Say], str]
