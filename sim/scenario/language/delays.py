"""Waiting times: durations, parameters that carry a unit of time, named delays, mixes.

`FORMS` is the table of delays: a new one is a class here and a line there (and its sampler in the
model).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sim.errors import unknown
from sim.model.delays import Delay, DelayKind, complaints, in_words, parameters_read
from sim.model.expressions import Constant, Expression
from sim.scenario.diagnostics import found
from sim.scenario.language import context as contexts
from sim.scenario.language.context import Context, WrittenNumber
from sim.scenario.language.declaring import (
    Declaration,
    Definitions,
    Kind,
    Schema,
    Wrong,
    attempt,
    block,
    listed,
    named,
    tagged_union,
    word,
)
from sim.scenario.language.distributions import Sourced, blamed, percents
from sim.scenario.language.durations import DURATION_SCHEMA, duration_text, seconds_of
from sim.scenario.language.formulas import (
    NUMBER_EXPRESSION,
    list_numbers,
    counted_number,
    without_state,
)
from sim.scenario.language.scalar_types import WHOLE
from sim.scenario.source import tree
from sim.scenario.source.tree import KeyPath, Node, entry_of

_ALLOWED = "a duration such as '5 d', a parameter with a unit of time, or a number times one"

MANY = 1_000  # delays in one mix, names filled in
DEEPEST = 20  # names that stand for names, mixes in mixes
MOST_SEEN = 100_000  # waits in one record
_TOO_MANY = f"is made of more than {MANY:,} delays, or of delays more than {DEEPEST} deep"


def _span(node: Node, path: KeyPath, context: Context) -> Expression:
    """A delay's number in seconds: a duration, or parameters that come to one. Raises Wrong."""
    text = duration_text(node)
    seconds = seconds_of(text)
    if seconds is not None:
        if seconds:
            context.numbers.append(WrittenNumber(path, text))
        return Expression(Constant(seconds, text), text, context.where(path))
    if text[0].isdigit() and not set(text) & set("+-*/"):
        raise Wrong(f"must be {_ALLOWED}; found {text!r}")
    words = context.vocabulary
    if text.isidentifier() and text not in words.broken:
        known = [*context.in_section("delays"), *words.parameters]
        if text not in known and text not in words.variables:
            raise Wrong(unknown("delay or duration", text, known))
    parameter = words.parameters.get(text)
    if parameter and not parameter.time:
        raise Wrong(f"{text!r} has no unit of time; needed is {_ALLOWED}")
    expression = context.expression(text, path, "time")
    if expression is None:
        raise Wrong
    list_numbers(expression.node, path, context)
    return without_state(expression, path, context)


def _without_state(node: Node, path: KeyPath, context: Context) -> Expression:
    return without_state(counted_number(node, path, context), path, context)


SPAN = Kind(decode=_span, schema=lambda _: dict(DURATION_SCHEMA))
PLAIN_NUMBER = Kind(decode=_without_state, schema=NUMBER_EXPRESSION.schema)


@dataclass(frozen=True, kw_only=True)
class DelayForm(Declaration):
    """One form of a delay; its words are the arguments of the model's delay, in their order."""

    of: ClassVar[DelayKind] = "exactly"
    arguments: ClassVar[Sequence[str]] = ()

    def delay(self, context: Context) -> Delay:
        """The delay of the model. Raises Wrong."""
        return Delay(kind=self.of, arguments=tuple(getattr(self, one) for one in self.arguments))


@dataclass(frozen=True, kw_only=True)
class Exactly(DelayForm):
    """Always the same."""

    arguments = ("exactly",)
    exactly: Expression = word(SPAN, "Always as long.")


@dataclass(frozen=True, kw_only=True)
class Exponential(DelayForm):
    """Without memory."""

    of, arguments = "exponential", ("mean",)
    mean: Expression = word(SPAN, "The mean of a wait without memory (exponential).")


@dataclass(frozen=True, kw_only=True)
class Lognormal(DelayForm):
    """Half the waits are shorter than the median, nine in ten shorter than p90."""

    of, arguments = "lognormal", ("median", "p90")
    median: Expression = word(SPAN, "Half the waits are shorter (lognormal, with `p90`).")
    p90: Expression = word(SPAN, "Nine waits in ten are shorter (lognormal, with `median`).")


@dataclass(frozen=True, kw_only=True)
class ScaleAndShape(Declaration):
    """The two numbers of a Weibull distribution."""

    scale: Expression = word(SPAN, "63 % of the waits are shorter.")
    shape: Expression = word(
        PLAIN_NUMBER,
        "Above 1 the wait ends ever more readily, below 1 ever less; 1 is without memory.",
    )


@dataclass(frozen=True, kw_only=True)
class Weibull(DelayForm):
    """A hazard that grows (shape above 1) or falls with waiting."""

    weibull: ScaleAndShape = word(
        block(ScaleAndShape),
        "A wait that grows more, or less, likely to end as it lasts, by `scale` and `shape`.",
    )

    def delay(self, context: Context) -> Delay:
        """Scale and shape."""
        return Delay(kind="weibull", arguments=(self.weibull.scale, self.weibull.shape))


@dataclass(frozen=True, kw_only=True)
class Between(DelayForm):
    """Anything between two bounds, equally likely."""

    between: tuple[Expression, Expression] = word(
        listed(SPAN, 2, 2), "`[shortest, longest]`: everything between is equally likely."
    )

    def delay(self, context: Context) -> Delay:
        """Shortest and longest."""
        return Delay(kind="between", arguments=self.between)


@dataclass(frozen=True, kw_only=True)
class Quantiles(DelayForm):
    """A log-metalog through exactly these points."""

    quantiles: dict[str, Expression] = word(
        named(SPAN), "Two to five points such as `50%`, joined smoothly and never below 0."
    )

    def delay(self, context: Context) -> Delay:
        """The points in rising order of their shares."""
        spans = tuple(self.quantiles.values())
        shares, order = percents(context, list(self.quantiles), (*self.path, "quantiles"))
        arguments = tuple(spans[i] for i in order)
        return Delay(kind="quantiles", arguments=arguments, probabilities=shares)


def _observed(node: Node, path: KeyPath, context: Context) -> tuple[float, ...]:
    """The waits on record, sorted, each as often as it was seen. Raises Wrong."""
    counts: list[tuple[KeyPath, str, int]] = []
    by_text = isinstance(node, tree.Mapping)
    if isinstance(node, tree.Mapping) and node.entries:
        seen = named(WHOLE).decode(node, path, context)
        counts = [((*path, text), text, count) for text, count in seen.items()]
        complete = len(seen) == len(node.entries)
    elif isinstance(node, tree.Sequence) and node.items:
        texts = listed(Kind(decode=lambda item, *_: duration_text(item), schema=SPAN.schema))
        counts = [((*path, i), t, 1) for i, t in enumerate(texts.decode(node, path, context))]
        complete = True
    else:
        raise Wrong(f"must be a list of durations or {{duration: count}}, found {found(node)}")
    waits: list[float] = []
    for below, text, count in counts:
        try:
            seconds = seconds_of(text.strip())
        except Wrong as wrong:
            context.problem(below, wrong.message, key=by_text)
            continue
        if seconds is None:
            message = f"must be a duration such as '5 d', found {text!r}"
            context.problem(below, message, key=True)
            continue
        if len(waits) + count > MOST_SEEN:
            context.problem(below, f"a record holds at most {MOST_SEEN:,} waits")
            raise Wrong
        if seconds:
            context.numbers.append(WrittenNumber(below, text))
        waits += [seconds] * count
    if not waits:
        if complete and not any(count for _, _, count in counts):
            raise Wrong("counts no wait at all")
        raise Wrong
    return tuple(sorted(waits))


def _observed_schema(known: Definitions) -> Schema:
    counts = {"type": "object", "additionalProperties": WHOLE.schema(known)}
    return {"anyOf": [{"type": "array", "items": SPAN.schema(known)}, counts]}


@dataclass(frozen=True, kw_only=True)
class Observed(DelayForm):
    """Waits seen in the record, resampled: a list, or how often each was seen."""

    observed: tuple[float, ...] = word(
        Kind(decode=_observed, schema=_observed_schema),
        "Waits on record, of which one is drawn; a list, or how often each was seen.",
    )

    def delay(self, context: Context) -> Delay:
        """The sorted waits."""
        return Delay(kind="observed", observations=self.observed)


def _delay(node: Node, path: KeyPath, context: Context) -> contexts.NamedDelay:
    """A delay with its size, names filled in. Raises Wrong."""
    if isinstance(node, tree.Scalar):
        text = duration_text(node)
        if text in context.in_section("delays"):
            target = named_delay(text, context)
            return replace(target, depth=target.depth + 1)
        if text in context.vocabulary.broken:
            raise Wrong
        argument = _span(node, path, context)
        return contexts.NamedDelay(_with_text(Delay(kind="exactly", arguments=(argument,))), 1, 0)
    form = _WRITTEN.decode(node, path, context)
    parts: Sequence[contexts.NamedDelay] = [part.is_ for part in getattr(form, "mix", ())]
    size = sum(part.parts for part in parts) or 1
    depth = 1 + max(part.depth for part in parts) if parts else 0
    if size > MANY or depth > DEEPEST:
        raise Wrong(_TOO_MANY)
    return contexts.NamedDelay(_with_text(form.delay(context)), size, depth)


_PART = Kind(decode=_delay, schema=lambda known: _WRITTEN.schema(known))


@dataclass(frozen=True, kw_only=True)
class Part(Declaration):
    """One of several delays, taken in a share of the cases."""

    share: Expression = word(
        PLAIN_NUMBER, "Part of the cases, from 0 to 1; the shares of a mix add up to 1."
    )
    is_: contexts.NamedDelay = word(_PART, "The delay, in any form.", key="is")


@dataclass(frozen=True, kw_only=True)
class Mix(DelayForm):
    """One of several delays."""

    mix: tuple[Part, ...] = word(
        listed(block(Part), 1), "One of several delays, each in its share of the cases."
    )

    def delay(self, context: Context) -> Delay:
        """Shares and parts."""
        shares = tuple(part.share for part in self.mix)
        return Delay(kind="mix", arguments=shares, parts=tuple(part.is_.delay for part in self.mix))


FORMS: dict[str, type[DelayForm]] = {
    "exactly": Exactly,
    "mean": Exponential,
    "median": Lognormal,
    "p90": Lognormal,
    "weibull": Weibull,
    "between": Between,
    "quantiles": Quantiles,
    "observed": Observed,
    "mix": Mix,
}
_WRITTEN = tagged_union("delay", FORMS, scalar=SPAN)


def _complete(node: Node, path: KeyPath, context: Context) -> Delay:
    """A delay that is possible whatever its parameters are. Raises Wrong."""
    delay = _delay(node, path, context).delay
    check_delay(delay, node, path, context)
    return delay


def check_delay(delay: Delay, node: Node, path: KeyPath, context: Context) -> None:
    """Raise Wrong, with the problems noted, if a delay is impossible for some of its parameters."""
    known = [context.vocabulary.parameters[name] for name in parameters_read(delay)]
    inside = ("weibull",) if delay.kind == "weibull" else ()
    sentences = complaints(delay, known)
    for sentence in sentences:
        below, text = blamed(sentence, inside, isinstance(node, tree.Mapping))
        context.problem((*path, *below), text)
    if sentences:
        raise Wrong


DELAY = Kind(decode=_complete, schema=_PART.schema)


def named_delay(name: str, context: Context) -> contexts.NamedDelay:
    """A delay by its name, decoded when it is first used. Raises Wrong if it is broken."""
    if name not in context.delays:
        if name in context.delays_open:
            for one in context.delays_open[context.delays_open.index(name) :]:
                context.problem(("delays", one, "is"), "this delay stands for itself")
            raise Wrong
        entry = entry_of(context.tree, ("delays", name, "is"))
        context.delays_open.append(name)
        try:
            context.delays[name] = _named(name, entry, context) if entry else None
        except Wrong:
            context.delays[name] = None
        finally:
            context.delays_open.pop()
    made = context.delays[name]
    if made is None:
        raise Wrong
    return made


def _named(name: str, entry: tree.Entry, context: Context) -> contexts.NamedDelay:
    path: KeyPath = ("delays", name, "is")
    kind = Kind(decode=_delay, schema=_PART.schema)
    made: contexts.NamedDelay = attempt(kind, entry.value, path, context)
    if made.depth > DEEPEST:
        context.problem(path, _TOO_MANY)
        raise Wrong
    check_delay(made.delay, entry.value, path, context)
    return made


def _with_text(bare: Delay) -> Delay:
    """The delay with the words a reader is told."""
    return replace(bare, text=in_words(bare))


def _by_name(node: Node, path: KeyPath, context: Context) -> Delay:
    """The value of a named delay, which may have been decoded where it was first used."""
    return named_delay(str(path[-2]), context).delay


@dataclass(frozen=True, kw_only=True)
class NamedDelayDeclaration(Sourced):
    """A waiting time with a name and a source."""

    value: Delay = word(
        Kind(decode=_by_name, schema=_PART.schema), "The delay, in any form.", key="is"
    )

    @property
    def text(self) -> str:
        """Its distribution in words."""
        return in_words(self.value)


def always_at_once(delay: Any) -> bool:
    """Whether a delay takes no time, whatever the parameters are."""
    if delay.kind == "exactly":
        node = delay.arguments[0].node
        return isinstance(node, Constant) and node.value == 0
    return bool(delay.kind == "immediate")
