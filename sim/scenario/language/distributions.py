"""What is not known: distributions of parameters, decoded to plain numbers or seconds.

`FORMS` is the table of distributions: a new one is a class here and a line there (and its quantile
function in the model).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sim.model.parameters import Distribution, DistributionKind, Parameter, complaints, in_words
from sim.scenario.diagnostics import found
from sim.scenario.language.context import Context
from sim.scenario.language.declaring import (
    Declaration,
    Definitions,
    Kind,
    Schema,
    Wrong,
    block,
    listed,
    named,
    one_of,
    tagged_union,
    word,
)
from sim.scenario.language.durations import UNITS, quantity
from sim.scenario.language.scalar_types import (
    FLAG,
    NUMBER,
    SOURCES,
    TEXT,
    WHOLE,
    is_name,
)
from sim.scenario.source.tree import KeyPath, Node

GRADES = ("treaty", "official", "data", "peer_reviewed", "press", "judgement", "stipulated")
GRADE = one_of(
    *GRADES,
    meant={
        **dict.fromkeys(("guess", "assumption", "assumed"), "stipulated"),
        **dict.fromkeys(("expert", "estimate", "opinion"), "judgement"),
    },
)
JEFFREYS = (0.5, 0.5)
_PERCENT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%")
_WITHIN = "`[low, high]` that no value leaves."


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a distribution; `time` when it was a duration, then in seconds."""

    value: float
    time: bool
    path: KeyPath


def _quantity(node: Node, path: KeyPath, context: Context) -> Quantity:
    value, time = quantity(node)
    return Quantity(value, time, path)


QUANTITY = Kind(decode=_quantity, schema=lambda _: {"type": ["string", "number"]})
_RANGE = listed(QUANTITY, 2, 2)
_TRIPLE = listed(QUANTITY, 3, 3)
_PAIR = listed(NUMBER, 2, 2)
Quantities = Sequence[Quantity]


@dataclass(frozen=True, kw_only=True)
class Form(Declaration):
    """One form of a distribution. `blames` are keys that a complaint may begin with."""

    of: ClassVar[DistributionKind] = "fixed"

    def quantities(self) -> Quantities:
        """Its numbers in the order the model wants them."""
        return getattr(self, self.of)  # type: ignore[no-any-return]

    def distribution(self, context: Context) -> Distribution:
        """What the model is given. Raises Wrong."""
        within = getattr(self, "within", None)
        return Distribution(
            kind=self.of,
            numbers=tuple(one.value for one in self.quantities()),
            within=(within[0].value, within[1].value) if within else None,
        )


@dataclass(frozen=True, kw_only=True)
class Bounded(Form):
    """A distribution that may be kept within bounds."""

    within: Quantities | None = word(_RANGE, _WITHIN, default=None)


@dataclass(frozen=True, kw_only=True)
class Fixed(Bounded):
    """A number we take as known."""

    fixed: Quantity = word(QUANTITY, "One number, taken as known.")

    def quantities(self) -> Quantities:
        """The one number."""
        return (self.fixed,)


@dataclass(frozen=True, kw_only=True)
class Uniform(Bounded):
    """Anything between two bounds, equally likely."""

    of = "uniform"
    uniform: Quantities = word(_RANGE, "`[low, high]`: everything between is equally likely.")


@dataclass(frozen=True, kw_only=True)
class Triangular(Bounded):
    """Low, most likely, high: a triangle."""

    of = "triangular"
    triangular: Quantities = word(_TRIPLE, "`[low, likeliest, high]`, in straight lines.")


@dataclass(frozen=True, kw_only=True)
class Pert(Bounded):
    """Low, most likely, high: smooth, with the mode weighing four times."""

    of = "pert"
    pert: Quantities = word(
        _TRIPLE, "`[low, likeliest, high]`, smooth; the likeliest weighs four times."
    )


@dataclass(frozen=True, kw_only=True)
class MeanAndSpread(Declaration):
    """A mean and a standard deviation."""

    mean: Quantity = word(QUANTITY, "The mean.")
    sd: Quantity = word(QUANTITY, "The standard deviation.")


@dataclass(frozen=True, kw_only=True)
class Normal(Bounded):
    """The bell curve."""

    of = "normal"
    normal: MeanAndSpread = word(block(MeanAndSpread), "A bell curve, by its `mean` and `sd`.")

    def quantities(self) -> Quantities:
        """Mean and standard deviation."""
        return (self.normal.mean, self.normal.sd)


@dataclass(frozen=True, kw_only=True)
class MedianAndP90(Declaration):
    """A median and the value nine in ten stay below."""

    median: Quantity = word(QUANTITY, "Half the values lie below.")
    p90: Quantity = word(QUANTITY, "Nine values in ten lie below.")


@dataclass(frozen=True, kw_only=True)
class LognormalParameter(Bounded):
    """Positive, with a long upper tail."""

    of = "lognormal"
    lognormal: MedianAndP90 = word(
        block(MedianAndP90), "Above 0 with a long upper tail, by its `median` and `p90`."
    )

    def quantities(self) -> Quantities:
        """Median and 90 % quantile."""
        return (self.lognormal.median, self.lognormal.p90)


@dataclass(frozen=True, kw_only=True)
class Counts(Declaration):
    """So many successes in so many trials, with a prior (Jeffreys unless said otherwise)."""

    successes: int = word(WHOLE, "How often it happened.")
    trials: int = word(WHOLE, "How often it could have happened.")
    prior: tuple[float, float] | None = word(
        _PAIR,
        "Added to successes and failures; `[0.5, 0.5]`, Jeffreys' prior, unless given.",
        default=None,
    )

    def numbers(self) -> tuple[float, float]:
        """Alpha and beta: the prior plus the counts. Raises Wrong."""
        if self.successes > self.trials:
            message = f"must be at most the trials, {self.trials}, found {self.successes}"
            raise Wrong(message, "successes")
        alpha, beta = self.prior or JEFFREYS
        return alpha + self.successes, beta + self.trials - self.successes


@dataclass(frozen=True, kw_only=True)
class Moments(Declaration):
    """A probability by its mean and standard deviation."""

    mean: float = word(NUMBER, "The mean.")
    sd: float = word(NUMBER, "The standard deviation.")

    def numbers(self) -> tuple[float, float]:
        """The alpha and beta that have this mean and spread. Raises Wrong."""
        if not 0 < self.mean < 1:
            raise Wrong(f"must be between 0 and 1, found {self.mean:g}", "mean")
        most = self.mean * (1 - self.mean)  # the variance of a probability that is 0 or 1
        if not 0 < self.sd**2 < most:
            message = f"must be above 0 and below {most**0.5:.4g} for this mean, found {self.sd:g}"
            raise Wrong(message, "sd")
        size = most / self.sd**2 - 1
        return self.mean * size, (1 - self.mean) * size


@dataclass(frozen=True, kw_only=True)
class Beta(Bounded):
    """A probability learnt from counts, or given by mean and spread."""

    beta: Counts | Moments = word(
        tagged_union(
            "beta",
            {
                "successes": Counts,
                "trials": Counts,
                "prior": Counts,
                "mean": Moments,
                "sd": Moments,
            },
        ),
        "A share, from counts (`successes` in `trials`) or by its `mean` and `sd`.",
    )
    of = "beta"

    def quantities(self) -> Quantities:
        """Alpha and beta, which have no unit."""
        try:
            return [Quantity(one, False, (*self.path, "beta")) for one in self.beta.numbers()]
        except Wrong as wrong:
            raise Wrong(wrong.message, "beta", *wrong.below) from None


@dataclass(frozen=True, kw_only=True)
class Choices(Form):
    """One of several readings, each with a weight."""

    of = "choices"
    choices: dict[str, float] = word(
        named(NUMBER), "Readings, each with a weight; a draw takes one of them."
    )

    def quantities(self) -> Quantities:
        """The weights, which have no unit."""
        return [Quantity(one, False, (*self.path, "choices")) for one in self.choices.values()]

    def distribution(self, context: Context) -> Distribution:
        """The weights with the names of the choices."""
        if not self.choices:
            raise Wrong("must have at least 1 entry, found 0", "choices")
        odd = [name for name in self.choices if not is_name(name)]
        for name in odd:
            context.problem((*self.path, "choices", name), f"{name!r} is no name", key=True)
        if odd:
            raise Wrong
        numbers = tuple(self.choices.values())
        return Distribution(kind="choices", numbers=numbers, levels=tuple(self.choices))


@dataclass(frozen=True, kw_only=True)
class QuantilesParameter(Bounded):
    """A metalog through two to five points."""

    of = "quantiles"
    points: dict[str, Quantity] = word(
        named(QUANTITY),
        "Two to five points such as `5%`, joined smoothly (a metalog).",
        key="quantiles",
    )

    def quantities(self) -> Quantities:
        """The values of the points as written."""
        return tuple(self.points.values())

    def distribution(self, context: Context) -> Distribution:
        """The points in rising order of their shares."""
        made = Form.distribution(self, context)
        path = (*self.path, "quantiles")
        shares, order = percents(context, list(self.points), path)
        numbers = tuple(made.numbers[i] for i in order)
        return Distribution(
            kind="quantiles", numbers=numbers, probabilities=shares, within=made.within
        )


FORMS: dict[str, type[Form]] = {
    "fixed": Fixed,
    "uniform": Uniform,
    "triangular": Triangular,
    "pert": Pert,
    "normal": Normal,
    "lognormal": LognormalParameter,
    "beta": Beta,
    "choices": Choices,
    "quantiles": QuantilesParameter,
}
_WRITTEN = tagged_union("distribution", FORMS, scalar=QUANTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A distribution in its final form; `time` when its numbers are seconds."""

    distribution: Distribution
    time: bool


def _distribution(node: Node, path: KeyPath, context: Context) -> Unknown:
    """A distribution that can be drawn from. Raises Wrong."""
    form = _WRITTEN.decode(node, path, context)
    if isinstance(form, Quantity):
        numbers = Distribution(kind="fixed", numbers=(form.value,))
        quantities: Quantities = (form,)
    else:
        quantities = [*form.quantities(), *(getattr(form, "within", None) or ())]
        _agree(quantities, context)
        numbers = form.distribution(context)
    time = any(one.time for one in quantities)
    sentences = complaints(numbers, time)
    inside = (numbers.kind,) if not isinstance(form, Quantity) else ()
    for sentence in sentences:
        below, text = blamed(sentence, inside, bool(inside))
        context.problem((*path, *below), text)
    if sentences:
        raise Wrong
    return Unknown(distribution=numbers, time=time)


DISTRIBUTION = Kind(decode=_distribution, schema=_WRITTEN.schema)


def _agree(quantities: Quantities, context: Context) -> None:
    """All numbers have a unit of time or none has; the plain ones among durations are noted."""
    plain = [one for one in quantities if not one.time]
    if not plain or len(plain) == len(quantities):
        return
    for one in plain:
        message = f"needs a unit of time ({UNITS}) as the others, found {one.value:g}"
        context.problem(one.path, message)
    raise Wrong


_BLAMED = ("median", "p90", "mean", "sd", "scale", "shape")


def blamed(sentence: str, inside: KeyPath, has_keys: bool) -> tuple[KeyPath, str]:
    """Where a complaint that begins with the key at fault belongs, and what is left to say."""
    key, _, rest = sentence.partition(" ")
    if has_keys and key in _BLAMED and rest.startswith("must be"):
        return (*inside, key), rest
    return (), sentence


def percents(
    context: Context, keys: Sequence[str], path: KeyPath
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Probabilities of keys such as `5%`, rising, and which key each came from. Raises Wrong."""
    points: list[tuple[float, int]] = []
    for i, key in enumerate(keys):
        match = _PERCENT.fullmatch(key.strip())
        if not match or not 0 < float(match.group(1)) < 100:
            message = f"must be a share such as 5%, between 0% and 100%, found {key!r}"
            context.problem((*path, key), message, key=True)
        else:
            points.append((float(match.group(1)) / 100, i))
    if len(points) < len(keys):
        raise Wrong
    points.sort(key=lambda point: point[0])
    return tuple(share for share, _ in points), tuple(i for _, i in points)


@dataclass(frozen=True, kw_only=True)
class Sourced(Declaration):
    """Where a number comes from."""

    title: str = word(TEXT, "What a reader sees instead of the name.", default="")
    about: str = word(TEXT, "What this is, for a reader.", default="")
    note: str = word(TEXT, "A remark for a reader, such as what a number rests on.", default="")
    grade: str = word(
        GRADE,
        "How well founded the number is; `stipulated` unless given.",
        default="stipulated",
    )
    source: tuple[str, ...] = word(SOURCES, "Names of sources, one or a list.", default=())
    unconfirmed: bool = word(
        FLAG,
        "`true`: nobody has checked it yet; shown wherever the number is.",
        default=False,
    )

    @property
    def meaning(self) -> str:
        """What a reader is told it is."""
        return self.about or self.title

    @property
    def text(self) -> str:
        """Its value in words."""
        raise AssertionError(f"{type(self).__name__} has no value")


FOR_EACH = Kind(  # gone before anything is decoded: copies stand where it stood
    decode=lambda node, *_: found(node),
    schema=lambda _: {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    },
)
FOR_EACH_SENTENCE = "Lists of words; one copy is made for each word, with `<key>` filled in."


@dataclass(frozen=True, kw_only=True)
class ParameterDeclaration(Sourced):
    """What is not known: a distribution from which each draw takes one value."""

    value: Unknown = word(DISTRIBUTION, "Its distribution, or one number.", key="is")
    for_each: Any = word(FOR_EACH, FOR_EACH_SENTENCE, default=None)

    @property
    def text(self) -> str:
        """Its distribution in words."""
        return in_words(self.value.distribution, self.value.time)

    def parameter(self) -> Parameter:
        """The parameter of the model."""
        value = self.value
        return Parameter(name=self.name, distribution=value.distribution, time=value.time)
