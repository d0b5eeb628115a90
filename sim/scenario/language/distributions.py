"""What is not known: distributions of parameters, decoded to plain numbers or seconds.

The kinds of distributions, their keys and sentences are the model's table (`distribution_kinds`):
here stands only how each way of writing numbers is decoded.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.model.distribution_kinds import KINDS
from sim.model.distributions import Kind as KindOfDistribution
from sim.model.parameters import Distribution, Parameter, complaints, in_words
from sim.scenario.language.context import Context
from sim.scenario.language.declaring import (
    Declaration,
    Kind,
    Wrong,
    declared,
    keyed,
    listed,
    named,
    one_of,
    optional,
    tagged_union,
    word,
)
from sim.scenario.language.scalar_types import (
    FLAG,
    NUMBER,
    SOURCES,
    TEXT,
    UNITS,
    WHOLE,
    is_name,
    quantity,
)
from sim.source.diagnostics import found
from sim.source.tree import KeyPath, Node

GRADES = ("treaty", "official", "data", "peer_reviewed", "press", "judgement", "stipulated")
_OTHER_WORDS = dict.fromkeys(("guess", "assumption", "assumed"), "stipulated")
_OTHER_WORDS |= dict.fromkeys(("expert", "estimate", "opinion"), "judgement")
JEFFREYS = (0.5, 0.5)
_PERCENT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a distribution; `time` when it was a duration, then in seconds."""

    value: float
    time: bool
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one form of a distribution was written with, in the order the model wants it."""

    quantities: tuple[Quantity, ...]
    probabilities: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()


def _then(kind: Kind, made: Callable[[Any, KeyPath, Context], Numbers]) -> Kind:
    """A kind whose value is made into the numbers of a distribution."""
    return Kind(lambda n, path, c: made(kind.decode(n, path, c), path, c), kind.schema)


QUANTITY = Kind(
    lambda node, path, _: Quantity(*quantity(node), path), lambda _: {"type": ["string", "number"]}
)
_ONE = _then(QUANTITY, lambda one, *_: Numbers((one,)))
_RANGE = listed(QUANTITY, 2, 2)


@dataclass(frozen=True, kw_only=True)
class Counts(Declaration):
    """So many successes in so many trials, with a prior (Jeffreys unless said otherwise)."""

    successes: int = word(WHOLE, "How often it happened.")
    trials: int = word(WHOLE, "How often it could have happened.")
    prior: tuple[float, float] = word(
        listed(NUMBER, 2, 2),
        "Added to successes and failures; `[0.5, 0.5]`, Jeffreys' prior, unless given.",
        default=JEFFREYS,
    )

    def numbers(self) -> tuple[float, float]:
        """Alpha and beta: the prior plus the counts. Raises Wrong."""
        if self.successes > self.trials:
            message = f"must be at most the trials, {self.trials}, found {self.successes}"
            raise Wrong(message, "successes")
        return self.prior[0] + self.successes, self.prior[1] + self.trials - self.successes


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
        if not 0 < self.sd < most**0.5:  # not its square, which may be too large for a float
            message = f"must be above 0 and below {most**0.5:.4g} for this mean, found {self.sd:g}"
            raise Wrong(message, "sd")
        size = most / self.sd**2 - 1
        return self.mean * size, (1 - self.mean) * size


_BETA = tagged_union(
    "beta",
    dict.fromkeys(("successes", "trials", "prior"), Counts)
    | dict.fromkeys(("mean", "sd"), Moments),
)


def _plain(values: Sequence[float], path: KeyPath) -> tuple[Quantity, ...]:
    return tuple(Quantity(value, False, path) for value in values)


def _choices(weights: dict[str, float], path: KeyPath, context: Context) -> Numbers:
    if not weights:
        raise Wrong("must have at least 1 entry, found 0")
    odd = [name for name in weights if not is_name(name)]
    for name in odd:
        context.problem((*path, name), f"{name!r} is no name", key=True)
    if odd:
        raise Wrong
    return Numbers(_plain(list(weights.values()), path), levels=tuple(weights))


def _points(points: dict[str, Quantity], path: KeyPath, context: Context) -> Numbers:
    shares, order = percents(context, list(points), path)
    values = list(points.values())
    return Numbers(tuple(values[i] for i in order), probabilities=shares)


def _numbers(key: str, kind: KindOfDistribution) -> Kind:
    """How the numbers of a kind are written."""
    match kind.written:
        case "value":
            return _ONE
        case "counts":
            return _then(_BETA, lambda one, path, _: Numbers(_plain(one.numbers(), path)))
        case "weights":
            return _then(named(NUMBER), _choices)
        case "points":
            return _then(named(QUANTITY), _points)
        case "mapping":
            sentences = dict(zip(kind.numbers, kind.sentences, strict=True))
            own = {name: (QUANTITY, text) for name, text in sentences.items()}
            title = "And".join(name.capitalize() for name in kind.numbers)
            row = keyed(title, f"The numbers of `{key}`.", **own)
        case "list":
            row = listed(QUANTITY, len(kind.numbers), len(kind.numbers))
    return _then(row, lambda values, *_: Numbers(values))


def _form(key: str, kind: KindOfDistribution) -> type[Declaration]:
    """The declaration of one form: its key and, where there is an order, bounds to keep within."""
    own: dict[str, Any] = {key: word(_numbers(key, kind), kind.sentence)}
    if not kind.discrete:
        own["within"] = optional(_RANGE, "Bounds `[low, high]` that no value leaves.")
    return declared(f"{key.capitalize()}Parameter", kind.about, own)


FORMS = {key: _form(key, kind) for key, kind in KINDS.items()}
_WRITTEN = tagged_union("distribution", FORMS, scalar=_ONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A distribution in its final form; `time` when its numbers are seconds."""

    distribution: Distribution
    time: bool


def _distribution(node: Node, path: KeyPath, context: Context) -> Unknown:
    """A distribution that can be drawn from. Raises Wrong."""
    form = _WRITTEN.decode(node, path, context)
    kind: Any = "fixed"
    within: tuple[Quantity, ...] = ()
    numbers = form
    if isinstance(form, Declaration):
        kind = next(key for key in FORMS if hasattr(form, key))
        numbers, within = getattr(form, kind), getattr(form, "within", None) or ()
    time = _agree([*numbers.quantities, *within], context)
    distribution = Distribution(
        kind=kind,
        numbers=tuple(one.value for one in numbers.quantities),
        probabilities=numbers.probabilities,
        levels=numbers.levels,
        within=(within[0].value, within[1].value) if within else None,
    )
    sentences = complaints(distribution, time)
    for sentence in sentences:
        below, text = blamed(sentence, (kind,) if form is not numbers else None)
        context.problem((*path, *below), text)
    if sentences:
        raise Wrong
    return Unknown(distribution=distribution, time=time)


DISTRIBUTION = Kind(_distribution, _WRITTEN.schema)


def _agree(quantities: Sequence[Quantity], context: Context) -> bool:
    """Whether the numbers are durations: all of them or none. Raises Wrong, with what is plain."""
    plain = [one for one in quantities if not one.time]
    if not plain or len(plain) == len(quantities):
        return not plain
    for one in plain:
        message = f"needs a unit of time ({UNITS}) as the others, found {one.value:g}"
        context.problem(one.path, message)
    raise Wrong


_BLAMED = ("median", "p90", "mean", "sd", "scale", "shape")


def blamed(sentence: str, inside: KeyPath | None) -> tuple[KeyPath, str]:
    """Where a complaint that begins with the key at fault belongs, and what is left to say.

    `inside` leads to that key; None where the thing was written without keys.
    """
    key, _, rest = sentence.partition(" ")
    if inside is not None and key in _BLAMED and rest.startswith("must be"):
        return (*inside, key), rest
    return (), sentence


def percents(
    context: Context, keys: Sequence[str], path: KeyPath
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Probabilities of keys such as `5%`, rising, and which key each came from. Raises Wrong."""
    points: list[tuple[float, int]] = []
    for i, key in enumerate(keys):
        match = _PERCENT.fullmatch(key.strip())
        if match and 0 < float(match.group(1)) < 100:
            points.append((float(match.group(1)) / 100, i))
        else:
            message = f"must be a share such as 5%, between 0% and 100%, found {key!r}"
            context.problem((*path, key), message, key=True)
    if len(points) < len(keys):
        raise Wrong
    points.sort(key=lambda point: point[0])
    return tuple(share for share, _ in points), tuple(i for _, i in points)


@dataclass(frozen=True, kw_only=True)
class Prose(Declaration):
    """What a reader is told: optional everywhere, read by no engine."""

    title: str = word(TEXT, "What a reader sees instead of the name.", default="")
    about: str = word(TEXT, "What this is, for a reader.", default="")
    note: str = word(TEXT, "A remark for a reader, such as what a number rests on.", default="")

    @property
    def meaning(self) -> str:
        """What a reader is told it is."""
        return self.about or self.title


_UNCONFIRMED = "`true`: nobody has checked it yet; shown wherever the number is."


@dataclass(frozen=True, kw_only=True)
class Sourced(Prose):
    """Where a number comes from."""

    grade: str = word(
        one_of(*GRADES, meant=_OTHER_WORDS),
        "How well founded the number is; `stipulated` unless given.",
        default="stipulated",
    )
    source: tuple[str, ...] = word(SOURCES, "Names of sources, one or a list.", default=())
    unconfirmed: bool = word(FLAG, _UNCONFIRMED, default=False)

    @property
    def text(self) -> str:
        """Its value in words."""
        raise AssertionError(f"{type(self).__name__} has no value")


FOR_EACH = Kind(  # gone before anything is decoded: copies stand where it stood
    lambda node, *_: found(node),
    lambda _: {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": ["string", "number"]}},
    },
)
FOR_EACH_SENTENCE = "Lists of words; one copy is made for each word, with `<key>` filled in."


@dataclass(frozen=True, kw_only=True)
class ParameterDeclaration(Sourced):
    """What is not known: a distribution from which each draw takes one value."""

    value: Unknown = word(DISTRIBUTION, "Its distribution, or one number.", key="is")
    for_each: Any = optional(FOR_EACH, FOR_EACH_SENTENCE)

    @property
    def text(self) -> str:
        """Its distribution in words."""
        return in_words(self.value.distribution, self.value.time)

    def parameter(self) -> Parameter:
        """The parameter of the model."""
        value = self.value
        return Parameter(name=self.name, distribution=value.distribution, time=value.time)


@dataclass(frozen=True, kw_only=True)
class Source(Declaration):
    """Where something was read."""

    cite: str = word(TEXT, "Author, work, year.")
    url: str = word(TEXT, "Where it can be read.", default="")
    published: str = word(TEXT, "When it appeared.", default="")
    accessed: str = word(TEXT, "When it was read.", default="")
    about: str = word(TEXT, "What this is, for a reader.", default="")
    note: str = word(TEXT, "A remark for a reader, such as what a number rests on.", default="")
    unconfirmed: bool = word(FLAG, _UNCONFIRMED, default=False)
