"""How what we do not know may be written: a distribution, its source and its grade."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from sim.scenario.delay_shapes import Delay
from sim.scenario.forms import MARK, Forms, Shape
from sim.scenario.leaves import Flag, Number, Quantity, References, Text, Whole

Grade = Literal["treaty", "official", "data", "peer_reviewed", "press", "judgement", "stipulated"]
Range = Annotated[list[Quantity], Field(min_length=2, max_length=2)]
Triple = Annotated[list[Quantity], Field(min_length=3, max_length=3)]


class Bounded(Shape):
    """A distribution that may be kept within bounds."""

    within: Range | None = None


class Fixed(Bounded):
    """A number we take as known."""

    fixed: Quantity


class Uniform(Bounded):
    """Anything between two bounds, equally likely."""

    uniform: Range


class Triangular(Bounded):
    """Low, most likely, high: a triangle."""

    triangular: Triple


class Pert(Bounded):
    """Low, most likely, high: smooth, with the mode weighing four times."""

    pert: Triple


class MeanAndSpread(Shape):
    """A mean and a standard deviation."""

    mean: Quantity
    sd: Quantity


class Normal(Bounded):
    """The bell curve."""

    normal: MeanAndSpread


class MedianAndP90(Shape):
    """A median and the value nine in ten stay below."""

    median: Quantity
    p90: Quantity


class Lognormal(Bounded):
    """Positive, with a long upper tail."""

    lognormal: MedianAndP90


class Counts(Shape):
    """So many successes in so many trials, with a prior (Jeffreys unless said otherwise)."""

    successes: Whole
    trials: Whole
    prior: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None


class Moments(Shape):
    """A probability by its mean and standard deviation."""

    mean: Number
    sd: Number


_COUNTS = Forms("beta", ("successes", "trials", "prior", "mean", "sd"))


class Beta(Bounded):
    """A probability learnt from counts, or given by mean and spread."""

    beta: Annotated[
        Annotated[Counts, Tag(MARK + "successes")]
        | Annotated[Counts, Tag(MARK + "trials")]
        | Annotated[Counts, Tag(MARK + "prior")]
        | Annotated[Moments, Tag(MARK + "mean")]
        | Annotated[Moments, Tag(MARK + "sd")],
        *_COUNTS.told_apart,
    ]


class Choices(Shape):
    """One of several readings, each with a weight."""

    choices: Annotated[dict[str, Number], Field(min_length=1)]


class Quantiles(Bounded):
    """A metalog through two to five points."""

    quantiles: dict[str, Quantity]


_FORMS = Forms(
    "distribution",
    (
        *("fixed", "uniform", "triangular", "pert", "normal", "lognormal", "beta"),
        *("choices", "quantiles"),
    ),
    scalar=True,
)
Distribution = Annotated[
    Annotated[Quantity, Tag(MARK + "scalar")]
    | Annotated[Fixed, Tag(MARK + "fixed")]
    | Annotated[Uniform, Tag(MARK + "uniform")]
    | Annotated[Triangular, Tag(MARK + "triangular")]
    | Annotated[Pert, Tag(MARK + "pert")]
    | Annotated[Normal, Tag(MARK + "normal")]
    | Annotated[Lognormal, Tag(MARK + "lognormal")]
    | Annotated[Beta, Tag(MARK + "beta")]
    | Annotated[Choices, Tag(MARK + "choices")]
    | Annotated[Quantiles, Tag(MARK + "quantiles")],
    *_FORMS.told_apart,
]


class Sourced(Shape):
    """Where a number comes from."""

    grade: Grade = "stipulated"
    source: References = Field(default_factory=list)
    about: Text = ""
    note: Text = ""
    title: Text = ""
    unconfirmed: Flag = False


ForEach = dict[str, list[str]]


class Parameter(Sourced):
    """What is not known: a distribution from which each draw takes one value."""

    is_: Distribution = Field(alias="is")
    for_each: ForEach | None = None


class NamedDelay(Sourced):
    """A waiting time with a name and a source."""

    is_: Delay = Field(alias="is")


class Source(Shape):
    """Where something was read."""

    cite: Text
    url: Text = ""
    published: Text = ""
    accessed: Text = ""
    about: Text = ""
    note: Text = ""
    unconfirmed: Flag = False
