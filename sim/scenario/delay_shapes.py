"""How a waiting time may be written."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sim.scenario.forms import MARK, Forms, Shape
from sim.scenario.leaves import Formula, Span, Whole, found, wrong


class Exactly(Shape):
    """Always the same."""

    exactly: Span


class Exponential(Shape):
    """Without memory."""

    mean: Span


class Lognormal(Shape):
    """Half the waits are shorter than the median, nine in ten shorter than p90."""

    median: Span
    p90: Span


class ScaleAndShape(Shape):
    """The two numbers of a Weibull distribution."""

    scale: Span
    shape: Formula


class Weibull(Shape):
    """A hazard that grows (shape above 1) or falls with waiting."""

    weibull: ScaleAndShape


class Between(Shape):
    """Anything between two bounds, equally likely."""

    between: Annotated[list[Span], Field(min_length=2, max_length=2)]


class Quantiles(Shape):
    """A log-metalog through exactly these points."""

    quantiles: dict[str, Span]


def _some(value: Any) -> Any:
    if not isinstance(value, (list, dict)) or not value:
        raise wrong(f"must be a list of durations or {{duration: count}}, found {found(value)}")
    return value


def _listed(value: Any) -> str:
    return MARK + ("list" if isinstance(value, list) else "counts")


class Observed(Shape):
    """Waits seen in the record, resampled: a list, or how often each was seen."""

    observed: Annotated[
        Annotated[list[Span], Tag(MARK + "list")]
        | Annotated[dict[str, Whole], Tag(MARK + "counts")],
        Discriminator(_listed),
        BeforeValidator(_some),
    ]


class Part(Shape):
    """One of several delays, taken in a share of the cases."""

    share: Formula
    is_: "Delay" = Field(alias="is")


class Mix(Shape):
    """One of several delays."""

    mix: Annotated[list[Part], Field(min_length=1)]


_FORMS = Forms(
    "delay",
    ("exactly", "mean", "median", "p90", "weibull", "between", "quantiles", "observed", "mix"),
    scalar=True,
)
Delay = Annotated[
    Annotated[Span, Tag(MARK + "scalar")]
    | Annotated[Exactly, Tag(MARK + "exactly")]
    | Annotated[Exponential, Tag(MARK + "mean")]
    | Annotated[Lognormal, Tag(MARK + "median")]
    | Annotated[Lognormal, Tag(MARK + "p90")]
    | Annotated[Weibull, Tag(MARK + "weibull")]
    | Annotated[Between, Tag(MARK + "between")]
    | Annotated[Quantiles, Tag(MARK + "quantiles")]
    | Annotated[Observed, Tag(MARK + "observed")]
    | Annotated[Mix, Tag(MARK + "mix")],
    *_FORMS.told_apart,
]
