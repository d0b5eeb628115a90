"""Delays: durations, parameters with a unit of time, distributions, named delays, mixes.

The kinds of delays, their keys and sentences are in the model's table (`delay_kinds`): this module
only decodes the ways in which they can be written, and mixes, which are made of other delays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.decoding import declarations, kinds
from sim.decoding.declarations import Declaration, instance_of, optional, required
from sim.decoding.kinds import Invalid, Kind, list_of, mapping_of
from sim.decoding.scalars import FLAG, WHOLE
from sim.errors import unknown
from sim.model.delay_kinds import KINDS
from sim.model.delay_kinds import Kind as KindOfDelay
from sim.model.delays import Delay, complaints, in_words, parameters_read
from sim.model.expressions import Constant, Expression
from sim.scenario.language import formulas
from sim.scenario.language.context import Context, NamedDelay, WrittenNumber
from sim.scenario.language.distributions import raise_complaints, sorted_percentages
from sim.scenario.language.scalar_types import DURATION_SCHEMA, duration_text, seconds_of
from sim.scenario.language.sourcing import Sourced
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, entry_of

# Limits of what one delay may become once the names in it are replaced: without them a short chain
# of mixes of mixes would grow without bound.
MAX_PARTS = 1_000  # delays in one mix
MAX_DEPTH = 20  # names that stand for names, mixes in mixes
MAX_OBSERVATIONS = 100_000  # of one delay; they are stored one by one
_TOO_MANY = f"is made of more than {MAX_PARTS:,} delays, or of delays more than {MAX_DEPTH} deep"
_EXPECTED = "a duration such as '5 d', a parameter with a unit of time, or a number times one"


def _time(node: Node, path: KeyPath, context: Context) -> Expression:
    """An argument of a delay, in seconds: a duration, or an expression that gives one."""
    text = duration_text(node)
    seconds = seconds_of(text)
    if seconds is not None:
        if seconds:
            context.numbers.append(WrittenNumber(path, text))  # 0 needs no source
        return Expression(Constant(seconds, text), text, context.where(path))
    # `5 dd` or `3x`: a mistyped duration, not an expression
    if text[0].isdigit() and not set(text) & set("+-*/"):
        raise Invalid(f"must be {_EXPECTED}; found {text!r}")
    words = context.vocabulary
    # a lone name gets a better message here than from the reader of expressions
    if text.isidentifier() and text not in words.invalid:
        known = [*context.in_section("delays"), *words.parameters]
        if text not in known and text not in words.variables:
            raise Invalid(unknown("delay or duration", text, known))
    parameter = words.parameters.get(text)
    if parameter and not parameter.time:
        raise Invalid(f"{text!r} has no unit of time; expected {_EXPECTED}")
    expression = context.expression(text, path, "time")
    if expression is None:
        raise Invalid
    formulas.record_numbers(expression.node, path, context)
    return formulas.without_state(expression, path, context)


def _number(node: Node, path: KeyPath, context: Context) -> Expression:
    return formulas.without_state(formulas.recorded_number(node, path, context), path, context)


TIME = Kind(_time, lambda _: dict(DURATION_SCHEMA))
PLAIN_NUMBER = Kind(_number, formulas.NUMBER_EXPRESSION.schema)


def _points(node: Node, path: KeyPath, context: Context) -> dict[str, Any]:
    """The fields of a delay given by quantiles, in ascending order of their probabilities."""
    times = _TIMES.decode(node, path, context)
    probabilities, order = sorted_percentages(context, list(times), path)
    values = list(times.values())
    return {"arguments": tuple(values[i] for i in order), "probabilities": probabilities}


_TIMES = mapping_of(TIME)


def _observed(node: Node, path: KeyPath, context: Context) -> dict[str, Any]:
    """The fields of a delay given by observations: seconds, ascending, each as often as counted."""
    has_counts = isinstance(node, tree.Mapping)
    counts = _observation_counts(node, path, context)
    seconds: list[float] = []
    for below, text, count in counts:
        try:
            value = seconds_of(text.strip())  # texts are keys here, not decoded before
        except Invalid as error:
            context.problem(below, error.message, key=has_counts)
            continue
        if value is None:
            message = f"must be a duration such as '5 d', found {text!r}"
            context.problem(below, message, key=True)
            continue
        # before the list is made: a count may be a thousand million
        if len(seconds) + count > MAX_OBSERVATIONS:
            context.problem(below, f"must have at most {MAX_OBSERVATIONS:,} observations")
            raise Invalid
        if value:
            context.numbers.append(WrittenNumber(below, text))
        seconds += [value] * count
    if not seconds:
        size = len(node.entries) if isinstance(node, tree.Mapping) else 0
        # an entry with an error may have been the one with a count above 0
        any_error = any(count for _, _, count in counts) or len(counts) < size
        raise Invalid("" if any_error else "has no observation: every count is 0")
    return {"observations": tuple(sorted(seconds))}


def _observation_counts(
    node: Node, path: KeyPath, context: Context
) -> list[tuple[KeyPath, str, int]]:
    """The path, the text and the count of each observation. Raises Invalid."""
    if isinstance(node, tree.Mapping) and node.entries:
        counted = mapping_of(WHOLE).decode(node, path, context)
        return [((*path, text), text, count) for text, count in counted.items()]
    if isinstance(node, tree.Sequence) and node.items:
        texts = list_of(Kind(lambda item, *_: duration_text(item), TIME.schema))
        return [((*path, i), text, 1) for i, text in enumerate(texts.decode(node, path, context))]
    raise Invalid(f"must be a list of durations or {{duration: count}}, found {describe(node)}")


def _observed_schema(known: kinds.Definitions) -> kinds.Schema:
    counts = {"type": "object", "additionalProperties": WHOLE.schema(known)}
    return {"anyOf": [{"type": "array", "items": TIME.schema(known)}, counts]}


def _delay(node: Node, path: KeyPath, context: Context) -> NamedDelay:
    """A delay with its size, names in it replaced by the delays that they stand for."""
    if isinstance(node, tree.Scalar):
        text = duration_text(node)
        if text in context.in_section("delays"):
            target = named_delay(text, context)  # decoded now, if it has not been
            return replace(target, depth=target.depth + 1)
        if text in context.vocabulary.invalid:
            raise Invalid
        bare = Delay(kind="exactly", arguments=(_time(node, path, context),))
        return NamedDelay(replace(bare, text=in_words(bare)), 1, 0)
    # a mapping: the form is known by its keys
    form = _UNION.decode(node, path, context)
    parts: Sequence[NamedDelay] = [part.value for part in getattr(form, "mix", ())]
    size = sum(part.parts for part in parts) or 1  # delays in all, the parts of parts included
    depth = 1 + max(part.depth for part in parts) if parts else 0
    if size > MAX_PARTS or depth > MAX_DEPTH:
        raise Invalid(_TOO_MANY)
    bare = _model_delay(_KIND_OF[type(form)], form)
    return NamedDelay(replace(bare, text=in_words(bare)), size, depth)


_ANY_FORM = Kind(_delay, lambda known: _UNION.schema(known))


@dataclass(frozen=True, kw_only=True)
class Part(Declaration):
    """One of several delays, taken in a share of the cases."""

    share: Expression = required(
        PLAIN_NUMBER, "Part of the cases, from 0 to 1; the shares of a mix sum to 1."
    )
    value: NamedDelay = required(_ANY_FORM, "The delay, in any form.", key="is")


def _keys(key: str, kind: KindOfDelay) -> dict[str, Any]:
    """The keys of a kind of delay, each with the kind of its value."""
    values = [TIME if one.time else PLAIN_NUMBER for one in kind.arguments]
    own = {one.name: (of, one.sentence) for one, of in zip(kind.arguments, values, strict=True)}
    match kind.written:
        case "keys":
            return {name: required(*of) for name, of in own.items()}
        case "value":
            value = values[0]
        case "mapping":
            value = declarations.tuple_of(key, **own)
        case "list":
            value = list_of(TIME, len(values), len(values))
        case "points":  # quantiles
            value = Kind(_points, _TIMES.schema)
        case _:  # a record of observations
            value = Kind(_observed, _observed_schema)
            smoothed = optional(
                FLAG, "`true`: the record is smoothed by a kernel on the log scale."
            )
            return {kind.word: required(value, kind.sentence), "smoothed": smoothed}
    return {kind.word: required(value, kind.sentence)}


def _model_delay(kind: str, form: Declaration) -> Delay:
    """The delay of the model; the values of the form's keys, in order, are its arguments."""
    if kind == "mix":
        parts: Sequence[Part] = form.mix  # type: ignore[attr-defined]
        shares = tuple(part.share for part in parts)
        return Delay(kind="mix", arguments=shares, parts=tuple(p.value.delay for p in parts))
    arguments: list[Expression] = []
    for value in (getattr(form, key) for key in declarations.keys_of(type(form))):
        if isinstance(value, dict):  # quantiles and observations have more fields than arguments
            smoothed = getattr(form, "smoothed", None)  # a key of records alone
            return Delay(kind="smoothed" if smoothed else kind, **value)
        arguments += value if isinstance(value, tuple) else [value]
    return Delay(kind=kind, arguments=tuple(arguments))


_PARTS = list_of(instance_of(Part), 1)
_MIX = {"mix": required(_PARTS, "One of several delays, each in its share of the cases.")}
FORMS = {
    name: declarations.make_declaration(name.capitalize(), kind.about, _keys(name, kind))
    for name, kind in KINDS.items()
    if kind.written is not None
}
# not in the model's table, since its arguments are delays
FORMS["mix"] = declarations.make_declaration("Mix", "One of several delays.", _MIX)
_KIND_OF = {form: name for name, form in FORMS.items()}
# each key of a form decides for it
_TAGS = {key: form for form in FORMS.values() for key in declarations.keys_of(form)}
_UNION: Kind = declarations.tagged_union("delay", _TAGS, scalar=TIME)


def _complete(node: Node, path: KeyPath, context: Context) -> Delay:
    """A delay that is valid for all values of its parameters. Raises Invalid."""
    delay = _delay(node, path, context).delay
    _check(delay, node, path, context)
    return delay


def _check(delay: Delay, node: Node, path: KeyPath, context: Context) -> None:
    """Raise Invalid, with errors reported, if some values of its parameters make it impossible."""
    # complaints are about the ends of the parameters' ranges: `p90` may be above `median` for the
    # middle values only
    known = [context.vocabulary.parameters[name] for name in parameters_read(delay)]
    kind = KINDS.get(delay.kind)  # none of a mix
    # where the numbers have keys, these stand beside each other, or in a mapping of their own
    inside: KeyPath = (kind.word,) if kind and kind.written == "mapping" else ()
    written = inside if isinstance(node, tree.Mapping) else None
    raise_complaints(complaints(delay, known), written, path, context)


DELAY = Kind(_complete, _ANY_FORM.schema)


def named_delay(name: str, context: Context) -> NamedDelay:
    """A delay by its name, decoded when it is first used. Raises Invalid if it is invalid.

    Named delays may use each other in any order of the file, so each is decoded on demand and kept.
    """
    if name not in context.delays:
        if name in context.delays_in_progress:  # every delay of the circle is reported
            for one in context.delays_in_progress[context.delays_in_progress.index(name) :]:
                context.problem(("delays", one, "is"), "this delay refers to itself")
            raise Invalid
        entry = entry_of(context.tree, ("delays", name, "is"))  # None: the key is missing
        context.delays_in_progress.append(name)
        try:
            context.delays[name] = _named(name, entry.value, context) if entry else None
        except Invalid:
            context.delays[name] = None  # reported once; its users are skipped
        finally:
            context.delays_in_progress.pop()
    delay = context.delays[name]
    if delay is None:
        raise Invalid
    return delay


def _named(name: str, node: Node, context: Context) -> NamedDelay:
    path: KeyPath = ("delays", name, "is")
    named: NamedDelay = kinds.decode_value(_ANY_FORM, node, path, context)
    if named.depth > MAX_DEPTH:
        context.problem(path, _TOO_MANY)
        raise Invalid
    _check(named.delay, node, path, context)
    return named


def _by_name(node: Node, path: KeyPath, context: Context) -> Delay:
    """The value of a named delay, which may have been decoded where it was first used."""
    return named_delay(str(path[-2]), context).delay


@dataclass(frozen=True, kw_only=True)
class NamedDelayDeclaration(Sourced):
    """A delay with a name and a source."""

    value: Delay = required(Kind(_by_name, _ANY_FORM.schema), "The delay, in any form.", key="is")

    @property
    def text(self) -> str:
        """Its distribution in words."""
        return in_words(self.value)
