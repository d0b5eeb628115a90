"""Waiting times: durations, parameters that carry a unit of time, named delays, mixes.

The kinds of delays, their keys and sentences are the model's table (`delay_kinds`): here stands
only how each way of writing them is decoded, and mixes, which are made of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import unknown
from sim.model.delay_kinds import KINDS
from sim.model.delay_kinds import Kind as KindOfDelay
from sim.model.delays import Delay, complaints, in_words, parameters_read
from sim.model.expressions import Constant, Expression
from sim.scenario.language.context import Context, NamedDelay, WrittenNumber
from sim.scenario.language.declarations import (
    Declaration,
    instance_of,
    keys_of,
    make_declaration,
    required,
    tagged_union,
    tuple_of,
)
from sim.scenario.language.distributions import Sourced, complaint_path, sorted_shares
from sim.scenario.language.formulas import (
    NUMBER_EXPRESSION,
    record_numbers,
    recorded_number,
    without_state,
)
from sim.scenario.language.kinds import (
    Definitions,
    Invalid,
    Kind,
    Schema,
    decode_value,
    list_of,
    mapping_of,
)
from sim.scenario.language.scalar_types import DURATION_SCHEMA, WHOLE, duration_text, seconds_of
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, entry_of

_ALLOWED = "a duration such as '5 d', a parameter with a unit of time, or a number times one"
MAX_PARTS = 1_000  # delays in one mix, names filled in
MAX_DEPTH = 20  # names that stand for names, mixes in mixes
MAX_OBSERVATIONS = 100_000  # waits in one record
_TOO_MANY = f"is made of more than {MAX_PARTS:,} delays, or of delays more than {MAX_DEPTH} deep"


def _seconds_argument(node: Node, path: KeyPath, context: Context) -> Expression:
    """A delay's number in seconds: a duration, or parameters that come to one. Raises Invalid."""
    text = duration_text(node)
    seconds = seconds_of(text)
    if seconds is not None:
        if seconds:
            context.numbers.append(WrittenNumber(path, text))
        return Expression(Constant(seconds, text), text, context.where(path))
    if text[0].isdigit() and not set(text) & set("+-*/"):
        raise Invalid(f"must be {_ALLOWED}; found {text!r}")
    words = context.vocabulary
    if text.isidentifier() and text not in words.broken:
        known = [*context.in_section("delays"), *words.parameters]
        if text not in known and text not in words.variables:
            raise Invalid(unknown("delay or duration", text, known))
    parameter = words.parameters.get(text)
    if parameter and not parameter.time:
        raise Invalid(f"{text!r} has no unit of time; needed is {_ALLOWED}")
    expression = context.expression(text, path, "time")
    if expression is None:
        raise Invalid
    record_numbers(expression.node, path, context)
    return without_state(expression, path, context)


def _without_state(node: Node, path: KeyPath, context: Context) -> Expression:
    return without_state(recorded_number(node, path, context), path, context)


TIME = Kind(_seconds_argument, lambda _: dict(DURATION_SCHEMA))
PLAIN_NUMBER = Kind(_without_state, NUMBER_EXPRESSION.schema)


def _points(node: Node, path: KeyPath, context: Context) -> dict[str, Any]:
    """Quantiles, in rising order of their shares."""
    spans = _POINTS.decode(node, path, context)
    shares, order = sorted_shares(context, list(spans), path)
    values = list(spans.values())
    return {"arguments": tuple(values[i] for i in order), "probabilities": shares}


_POINTS = mapping_of(TIME)


def _observed(node: Node, path: KeyPath, context: Context) -> dict[str, Any]:
    """The waits on record, sorted, each as often as it was seen. Raises Invalid."""
    by_text = isinstance(node, tree.Mapping)
    if isinstance(node, tree.Mapping) and node.entries:
        seen = mapping_of(WHOLE).decode(node, path, context)
        counts = [((*path, text), text, count) for text, count in seen.items()]
    elif isinstance(node, tree.Sequence) and node.items:
        texts = list_of(Kind(lambda item, *_: duration_text(item), TIME.schema))
        counts = [((*path, i), t, 1) for i, t in enumerate(texts.decode(node, path, context))]
    else:
        raise Invalid(f"must be a list of durations or {{duration: count}}, found {describe(node)}")
    waits: list[float] = []
    for below, text, count in counts:
        try:
            seconds = seconds_of(text.strip())
        except Invalid as wrong:
            context.problem(below, wrong.message, key=by_text)
            continue
        if seconds is None:
            message = f"must be a duration such as '5 d', found {text!r}"
            context.problem(below, message, key=True)
            continue
        if len(waits) + count > MAX_OBSERVATIONS:
            context.problem(below, f"a record holds at most {MAX_OBSERVATIONS:,} waits")
            raise Invalid
        if seconds:
            context.numbers.append(WrittenNumber(below, text))
        waits += [seconds] * count
    if not waits:
        counted = any(count for _, _, count in counts) or len(counts) < _entry_count(node)
        raise Invalid("" if counted else "counts no wait at all")
    return {"observations": tuple(sorted(waits))}


def _entry_count(node: Node) -> int:
    return len(node.entries) if isinstance(node, tree.Mapping) else 0


def _observed_schema(known: Definitions) -> Schema:
    counts = {"type": "object", "additionalProperties": WHOLE.schema(known)}
    return {"anyOf": [{"type": "array", "items": TIME.schema(known)}, counts]}


def _delay(node: Node, path: KeyPath, context: Context) -> NamedDelay:
    """A delay with its size, names filled in. Raises Invalid."""
    if isinstance(node, tree.Scalar):
        text = duration_text(node)
        if text in context.in_section("delays"):
            target = named_delay(text, context)
            return replace(target, depth=target.depth + 1)
        if text in context.vocabulary.broken:
            raise Invalid
        argument = _seconds_argument(node, path, context)
        return NamedDelay(_with_text(Delay(kind="exactly", arguments=(argument,))), 1, 0)
    form = _UNION.decode(node, path, context)
    made = _model_delay(_KIND_OF[type(form)], form)
    parts: Sequence[NamedDelay] = [part.value for part in getattr(form, "mix", ())]
    size = sum(part.parts for part in parts) or 1
    depth = 1 + max(part.depth for part in parts) if parts else 0
    if size > MAX_PARTS or depth > MAX_DEPTH:
        raise Invalid(_TOO_MANY)
    return NamedDelay(_with_text(made), size, depth)


_ANY = Kind(_delay, lambda known: _UNION.schema(known))


@dataclass(frozen=True, kw_only=True)
class Part(Declaration):
    """One of several delays, taken in a share of the cases."""

    share: Expression = required(
        PLAIN_NUMBER, "Part of the cases, from 0 to 1; the shares of a mix sum to 1."
    )
    value: NamedDelay = required(_ANY, "The delay, in any form.", key="is")


def _values(key: str, kind: KindOfDelay) -> dict[str, Any]:
    """The keys of a kind with what stands behind them."""
    kinds = [TIME if one.time else PLAIN_NUMBER for one in kind.arguments]
    own = {one.name: (of, one.sentence) for one, of in zip(kind.arguments, kinds, strict=True)}
    match kind.written:
        case "keys":
            return {name: required(*of) for name, of in own.items()}
        case "value":
            value = kinds[0]
        case "mapping":
            title = "And".join(one.name.capitalize() for one in kind.arguments)
            value = tuple_of(title, f"The numbers of `{key}`.", **own)
        case "list":
            value = list_of(TIME, len(kinds), len(kinds))
        case "points":
            value = Kind(_points, _POINTS.schema)
        case _:
            value = Kind(_observed, _observed_schema)
    return {kind.word: required(value, kind.sentence)}


def _model_delay(kind: str, form: Declaration) -> Delay:
    """The delay of the model: the values of its keys, one after the other, are its arguments."""
    if kind == "mix":
        parts: Sequence[Part] = form.mix  # type: ignore[attr-defined]
        shares = tuple(part.share for part in parts)
        return Delay(kind="mix", arguments=shares, parts=tuple(p.value.delay for p in parts))
    arguments: list[Expression] = []
    for value in (getattr(form, key) for key in keys_of(type(form))):
        if isinstance(value, dict):  # points and records have more than arguments
            return Delay(kind=kind, **value)
        arguments += value if isinstance(value, tuple) else [value]
    return Delay(kind=kind, arguments=tuple(arguments))


_MIX = {
    "mix": required(
        list_of(instance_of(Part), 1), "One of several delays, each in its share of the cases."
    )
}
FORMS = {
    name: make_declaration(name.capitalize(), kind.about, _values(name, kind))
    for name, kind in KINDS.items()
    if kind.written is not None
}
FORMS["mix"] = make_declaration("Mix", "One of several delays.", _MIX)
_KIND_OF = {form: name for name, form in FORMS.items()}
_UNION: Kind = tagged_union(
    "delay", {key: form for form in FORMS.values() for key in keys_of(form)}, scalar=TIME
)


def _complete(node: Node, path: KeyPath, context: Context) -> Delay:
    """A delay that is possible whatever its parameters are. Raises Invalid."""
    delay = _delay(node, path, context).delay
    _check(delay, node, path, context)
    return delay


def _check(delay: Delay, node: Node, path: KeyPath, context: Context) -> None:
    """Raise Invalid, with errors reported, if some values of its parameters make it impossible."""
    known = [context.vocabulary.parameters[name] for name in parameters_read(delay)]
    inside: KeyPath = ("weibull",) if delay.kind == "weibull" else ()
    sentences = complaints(delay, known)
    for sentence in sentences:
        below, text = complaint_path(sentence, inside if isinstance(node, tree.Mapping) else None)
        context.problem((*path, *below), text)
    if sentences:
        raise Invalid


DELAY = Kind(_complete, _ANY.schema)


def named_delay(name: str, context: Context) -> NamedDelay:
    """A delay by its name, decoded when it is first used. Raises Invalid if it is broken."""
    if name not in context.delays:
        if name in context.delays_in_progress:
            for one in context.delays_in_progress[context.delays_in_progress.index(name) :]:
                context.problem(("delays", one, "is"), "this delay stands for itself")
            raise Invalid
        entry = entry_of(context.tree, ("delays", name, "is"))
        context.delays_in_progress.append(name)
        try:
            context.delays[name] = _named(name, entry.value, context) if entry else None
        except Invalid:
            context.delays[name] = None
        finally:
            context.delays_in_progress.pop()
    made = context.delays[name]
    if made is None:
        raise Invalid
    return made


def _named(name: str, node: Node, context: Context) -> NamedDelay:
    path: KeyPath = ("delays", name, "is")
    made: NamedDelay = decode_value(_ANY, node, path, context)
    if made.depth > MAX_DEPTH:
        context.problem(path, _TOO_MANY)
        raise Invalid
    _check(made.delay, node, path, context)
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

    value: Delay = required(Kind(_by_name, _ANY.schema), "The delay, in any form.", key="is")

    @property
    def text(self) -> str:
        """Its distribution in words."""
        return in_words(self.value)


def is_immediate(delay: Delay) -> bool:
    """Whether a delay takes no time, whatever the parameters are."""
    if delay.kind == "exactly":
        node = delay.arguments[0].node
        return isinstance(node, Constant) and node.value == 0
    return delay.kind == "immediate"
