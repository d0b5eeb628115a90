"""What is not known: distributions of parameters, decoded to plain numbers or seconds.

`FORMS` is the table of distributions: a new one is a line there, and its quantile function in the
model.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.model.parameters import Distribution, Parameter, complaints, in_words
from sim.scenario.language import declaring
from sim.scenario.language.context import Context
from sim.scenario.language.declaring import Declaration, Kind, Wrong, keyed, listed, named, word
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
_PAIR = _then(_RANGE, lambda row, *_: Numbers(row))
_TRIPLE = _then(listed(QUANTITY, 3, 3), lambda row, *_: Numbers(row))


def _keyed(name: str, about: str, **sentences: str) -> Kind:
    row = keyed(name, about, **{key: (QUANTITY, text) for key, text in sentences.items()})
    return _then(row, lambda values, *_: Numbers(values))


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
        if not 0 < self.sd**2 < most:
            message = f"must be above 0 and below {most**0.5:.4g} for this mean, found {self.sd:g}"
            raise Wrong(message, "sd")
        size = most / self.sd**2 - 1
        return self.mean * size, (1 - self.mean) * size


_BETA = declaring.tagged_union(
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


# key: what the form is, how its numbers are written, and the key's sentence
FORMS: dict[str, tuple[str, Kind, str]] = {
    "fixed": ("A number we take as known.", _ONE, "One number, taken as known."),
    "uniform": (
        "Anything between two bounds, equally likely.",
        _PAIR,
        "`[low, high]`: everything between is equally likely.",
    ),
    "triangular": (
        "Low, most likely, high: a triangle.",
        _TRIPLE,
        "`[low, likeliest, high]`, in straight lines.",
    ),
    "pert": (
        "Low, most likely, high: smooth, with the mode weighing four times.",
        _TRIPLE,
        "`[low, likeliest, high]`, smooth; the likeliest weighs four times.",
    ),
    "normal": (
        "The bell curve.",
        _keyed(
            *("MeanAndSpread", "A mean and a standard deviation."),
            mean="The mean.",
            sd="The standard deviation.",
        ),
        "A bell curve, by its `mean` and `sd`.",
    ),
    "lognormal": (
        "Positive, with a long upper tail.",
        _keyed(
            *("MedianAndP90", "A median and the value nine in ten stay below."),
            median="Half the values lie below.",
            p90="Nine values in ten lie below.",
        ),
        "Above 0 with a long upper tail, by its `median` and `p90`.",
    ),
    "beta": (
        "A probability learnt from counts, or given by mean and spread.",
        _then(_BETA, lambda one, path, _: Numbers(_plain(one.numbers(), path))),
        "A share, from counts (`successes` in `trials`) or by its `mean` and `sd`.",
    ),
    "choices": (
        "One of several readings, each with a weight.",
        _then(named(NUMBER), _choices),
        "Readings, each with a weight; a draw takes one of them.",
    ),
    "quantiles": (
        "A metalog through two to five points.",
        _then(named(QUANTITY), _points),
        "Two to five points such as `5%`, joined smoothly (a metalog).",
    ),
}
_WITHIN = (_RANGE, "`[low, high]` that no value leaves.")


def _form(key: str) -> type[Declaration]:
    """The declaration of one form: its key and, where there is an order, bounds to keep within."""
    about, kind, sentence = FORMS[key]
    own: dict[str, Any] = {key: word(kind, sentence)}
    if key != "choices":
        own["within"] = declaring.optional(*_WITHIN)
    return declaring.declared(f"{key.capitalize()}Parameter", about, own)


_WRITTEN = declaring.tagged_union("distribution", {key: _form(key) for key in FORMS}, scalar=_ONE)


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
        declaring.one_of(*GRADES, meant=_OTHER_WORDS),
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
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    },
)
FOR_EACH_SENTENCE = "Lists of words; one copy is made for each word, with `<key>` filled in."


@dataclass(frozen=True, kw_only=True)
class ParameterDeclaration(Sourced):
    """What is not known: a distribution from which each draw takes one value."""

    value: Unknown = word(DISTRIBUTION, "Its distribution, or one number.", key="is")
    for_each: Any = declaring.optional(FOR_EACH, FOR_EACH_SENTENCE)

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
