"""How long a clock runs: distributions of waiting times, their numbers given by parameters.

Here a delay is data. `numbers` flattens it, for one draw of the parameters, into the row of floats
that the samplers of `sim.model.waiting` read. All times are in seconds.
"""

from dataclasses import dataclass
from typing import Literal

from sim.model.expressions import Expression

DelayKind = Literal[
    "immediate",  # no arguments: at once
    "exactly",  # (duration,)
    "exponential",  # (mean,)
    "lognormal",  # (median, p90)
    "weibull",  # (scale, shape)
    "between",  # (low, high): uniform
    "quantiles",  # one value a point, at `probabilities`: log-metalog through exactly these
    "observed",  # no arguments: `observations`, sorted, each as often as it was seen
    "mix",  # one share a part, summing to 1; `parts`
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The distribution of a waiting time.

    Arguments are durations in seconds (or a Weibull shape, or a share); they may read parameters,
    never the state.
    """

    kind: DelayKind = "immediate"
    arguments: tuple[Expression, ...] = ()
    probabilities: tuple[float, ...] = ()
    observations: tuple[float, ...] = ()
    parts: tuple["Delay", ...] = ()
    text: str = ""  # as a reader would say it: "median 7 d, p90 50 d"


AT_ONCE = Delay()
