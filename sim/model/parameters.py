"""What is not known: parameters, each a distribution from which a draw takes one value."""

from dataclasses import dataclass
from typing import Literal

DistributionKind = Literal[
    "fixed",  # (value,)
    "uniform",  # (low, high)
    "triangular",  # (low, mode, high)
    "pert",  # (low, mode, high)
    "normal",  # (mean, sd)
    "lognormal",  # (median, p90)
    "beta",  # (alpha, beta), after counts and prior, or mean and sd, were worked in
    "choices",  # one weight a choice, named by `levels`; the value is the position
    "quantiles",  # one value a point, at `probabilities`: metalog, logit-bounded by `within`
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What a parameter may be. `within` bounds a metalog by a logit and truncates the others."""

    kind: DistributionKind
    numbers: tuple[float, ...]  # see DistributionKind; durations in seconds
    probabilities: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    within: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing we do not know: its name and distribution; `time` when its unit is a duration."""

    name: str
    distribution: Distribution
    time: bool = False  # then its values are seconds
