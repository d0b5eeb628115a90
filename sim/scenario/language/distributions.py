"""Distributions of parameters, decoded to plain numbers; durations become seconds.

The kinds of distributions, their keys and sentences are in the model's table
(`distribution_kinds`): this module only decodes the ways in which their numbers can be written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.decoding import declarations
from sim.decoding.declarations import Declaration, optional, required, tagged_union
from sim.decoding.kinds import Invalid, Kind, list_of, mapping_of
from sim.decoding.scalars import NUMBER, WHOLE, is_name, percentage
from sim.model.delay_kinds import KINDS as DELAY_KINDS
from sim.model.distribution_kinds import KINDS
from sim.model.distributions import Kind as KindOfDistribution
from sim.model.parameters import Distribution, Parameter, complaints, in_words
from sim.scenario.language.context import Context
from sim.scenario.language.scalar_types import UNITS, quantity
from sim.scenario.language.sourcing import Sourced, for_each_key
from sim.source.tree import KeyPath, Node

NARROWEST = 1e-6  # of the largest standard deviation: with less, all draws are alike
JEFFREYS = (0.5, 0.5)  # Jeffreys' prior of a probability: Beta(1/2, 1/2)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a distribution; `time` when it was a duration, then in seconds."""

    value: float
    time: bool
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one form of a distribution, in the order of the model."""

    quantities: tuple[Quantity, ...]
    probabilities: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()


def _mapped(kind: Kind, convert: Callable[[Any, KeyPath, Context], Numbers]) -> Kind:
    """A kind whose decoded value is converted into the numbers of a distribution."""
    return Kind(lambda n, path, c: convert(kind.decode(n, path, c), path, c), kind.schema)


QUANTITY = Kind(
    lambda node, path, _: Quantity(*quantity(node), path), lambda _: {"type": ["string", "number"]}
)
_ONE = _mapped(QUANTITY, lambda one, *_: Numbers((one,)))
_RANGE = list_of(QUANTITY, 2, 2)


@dataclass(frozen=True, kw_only=True)
class Counts(Declaration):
    """Successes in trials, with a prior: the posterior distribution of the probability."""

    successes: int = required(WHOLE, "Number of cases in which it happened.")
    trials: int = required(WHOLE, "Number of cases in which it could have happened.")
    prior: tuple[float, float] = optional(
        list_of(NUMBER, 2, 2),
        "Added to successes and failures; default `[0.5, 0.5]`, Jeffreys' prior.",
        default=JEFFREYS,
    )

    def numbers(self) -> tuple[float, float]:
        """Alpha and beta: the prior plus successes and failures. Raises Invalid."""
        if self.successes > self.trials:
            message = f"must be at most `trials`, {self.trials}, found {self.successes}"
            raise Invalid(message, "successes")
        return self.prior[0] + self.successes, self.prior[1] + self.trials - self.successes


@dataclass(frozen=True, kw_only=True)
class Moments(Declaration):
    """A probability by its mean and standard deviation."""

    mean: float = required(NUMBER, "The mean.")
    sd: float = required(NUMBER, "The standard deviation.")

    def numbers(self) -> tuple[float, float]:
        """Alpha and beta by the method of moments. Raises Invalid."""
        if not 0 < self.mean < 1:
            raise Invalid(f"must be between 0 and 1, found {self.mean:g}", "mean")
        # The variance m (1 - m) / (alpha + beta + 1) is largest where the value is 0 or 1 only.
        most = self.mean * (1 - self.mean)
        if not 0 < self.sd < most**0.5:  # not its square, which may be too large for a float
            message = f"must be above 0 and below {most**0.5:.4g} for this mean, found {self.sd:g}"
            raise Invalid(message, "sd")
        least = NARROWEST * most**0.5  # or its square may be 0
        if self.sd < least:
            raise Invalid(f"must be at least {least:.1g}, or the mean be given alone", "sd")
        size = most / self.sd**2 - 1  # alpha + beta
        return self.mean * size, (1 - self.mean) * size


_BETA = tagged_union(
    "beta",
    dict.fromkeys(("successes", "trials", "prior"), Counts)
    | dict.fromkeys(("mean", "sd"), Moments),
)


def _without_units(values: Sequence[float], path: KeyPath) -> tuple[Quantity, ...]:
    return tuple(Quantity(value, False, path) for value in values)


def _choices(weights: dict[str, float], path: KeyPath, context: Context) -> Numbers:
    if not weights:
        raise Invalid("must have at least 1 entry, found 0")
    # names of choices are compared in expressions, so they follow the rule for names
    odd = [name for name in weights if not is_name(name)]
    for name in odd:
        context.problem((*path, name), f"{name!r} is not a valid name", key=True)
    if odd:
        raise Invalid
    return Numbers(_without_units(list(weights.values()), path), levels=tuple(weights))


def _points(points: dict[str, Quantity], path: KeyPath, context: Context) -> Numbers:
    probabilities, order = sorted_percentages(context, list(points), path)
    values = list(points.values())
    return Numbers(tuple(values[i] for i in order), probabilities=probabilities)


def _numbers(key: str, kind: KindOfDistribution) -> Kind:
    """The kind of the value that holds a distribution's numbers, by the way they are written."""
    match kind.written:
        case "value":
            return _ONE
        case "counts":
            return _mapped(_BETA, lambda one, path, _: Numbers(_without_units(one.numbers(), path)))
        case "weights":
            return _mapped(mapping_of(NUMBER), _choices)
        case "points":
            return _mapped(mapping_of(QUANTITY), _points)
        case "mapping":
            sentences = dict(zip(kind.numbers, kind.sentences, strict=True))
            own = {name: (QUANTITY, sentence) for name, sentence in sentences.items()}
            row = declarations.tuple_of(key, **own)
        case "list":
            row = list_of(QUANTITY, len(kind.numbers), len(kind.numbers))
    return _mapped(row, lambda values, *_: Numbers(values))


def _form(key: str, kind: KindOfDistribution) -> type[Declaration]:
    """The declaration of one form: its key and, if its values are ordered, bounds of them."""
    own: dict[str, Any] = {key: required(_numbers(key, kind), kind.sentence)}
    if not kind.discrete:
        own["within"] = optional(_RANGE, "Bounds `[low, high]` of all values.")
    return declarations.make_declaration(f"{key.capitalize()}Parameter", kind.about, own)


FORMS = {key: _form(key, kind) for key, kind in KINDS.items() if kind.written is not None}
_UNION = tagged_union("distribution", FORMS, scalar=_ONE)  # a bare number is `fixed`


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """A distribution in its final form; `time` when its numbers are seconds."""

    distribution: Distribution
    time: bool


def _distribution(node: Node, path: KeyPath, context: Context) -> ParameterValue:
    """A distribution that can be drawn from. Raises Invalid."""
    form = _UNION.decode(node, path, context)
    kind: Any = "fixed"
    within: tuple[Quantity, ...] = ()
    numbers = form  # of a bare number
    if isinstance(form, Declaration):
        kind = next(key for key in FORMS if hasattr(form, key))  # the key that decided the form
        numbers, within = getattr(form, kind), getattr(form, "within", None) or ()
    time = _have_units([*numbers.quantities, *within], context)
    distribution = Distribution(
        kind=kind,
        numbers=tuple(one.value for one in numbers.quantities),
        probabilities=numbers.probabilities,
        levels=numbers.levels,
        within=(within[0].value, within[1].value) if within else None,
    )
    inside = (kind,) if form is not numbers else None
    raise_complaints(complaints(distribution, time), inside, path, context)
    return ParameterValue(distribution=distribution, time=time)


DISTRIBUTION = Kind(_distribution, _UNION.schema)


def _have_units(quantities: Sequence[Quantity], context: Context) -> bool:
    """Whether all numbers are durations; Invalid, with errors reported, if only some are."""
    plain = [one for one in quantities if not one.time]
    if not plain or len(plain) == len(quantities):  # all of one sort
        return not plain
    for one in plain:
        message = f"needs a unit of time ({UNITS}) like the others, found {one.value:g}"
        context.problem(one.path, message)
    raise Invalid


# Complaints of the model begin with the number at fault; of these the key has the same name.
# names of numbers that have keys of their own, with which a complaint about one of them begins
_COMPLAINT_KEYS = {
    *(name for kind in KINDS.values() if kind.sentences for name in kind.numbers),
    *(one.name for kind in DELAY_KINDS.values() for one in kind.arguments if one.sentence),
}


def raise_complaints(
    sentences: Sequence[str], inside: KeyPath | None, path: KeyPath, context: Context
) -> None:
    """Report the complaints of the model about a value, each at its key; Invalid if there are any.

    `inside` leads to the mapping with the numbers; None if the value was written without keys.
    """
    for sentence in sentences:
        key, _, rest = sentence.partition(" ")
        if inside is not None and key in _COMPLAINT_KEYS and rest.startswith("must be"):
            context.problem((*path, *inside, key), rest)
        else:
            context.problem(path, sentence)
    if sentences:
        raise Invalid


def sorted_percentages(
    context: Context, keys: Sequence[str], path: KeyPath
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Probabilities of keys such as `5%`, ascending, with the position of each key.

    Raises Invalid, with every key reported that is no percentage.
    """
    points: list[tuple[float, int]] = []
    for i, key in enumerate(keys):
        percent = percentage(key)
        if percent is not None and 0 < percent < 100:
            points.append((percent / 100, i))
        else:
            message = f"must be a percentage such as 5%, between 0% and 100%, found {key!r}"
            context.problem((*path, key), message, key=True)
    if len(points) < len(keys):
        raise Invalid
    # by probability alone: equal ones stay in the order of the file, and are refused by the model
    points.sort(key=lambda point: point[0])
    return tuple(share for share, _ in points), tuple(i for _, i in points)


@dataclass(frozen=True, kw_only=True)
class ParameterDeclaration(Sourced):
    """An uncertain number or reading: a distribution from which each draw takes one value."""

    value: ParameterValue = required(DISTRIBUTION, "Its distribution, or one number.", key="is")
    for_each: Any = for_each_key()

    @property
    def text(self) -> str:
        """Its distribution in words."""
        return in_words(self.value.distribution, self.value.time)

    def parameter(self) -> Parameter:
        """The parameter of the model."""
        value = self.value
        return Parameter(name=self.name, distribution=value.distribution, time=value.time)
