"""Interventions: treaties void, parameters set, other starts, an added event."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from sim.decoding import kinds
from sim.decoding.declarations import optional
from sim.decoding.kinds import Invalid, Kind
from sim.decoding.scalars import REFERENCES, Reference, percent_hint
from sim.errors import unknown
from sim.expressions import one_line
from sim.model.parameters import Distribution, Parameter
from sim.model.state import Variable
from sim.scenario.language.context import Context
from sim.scenario.language.distributions import DISTRIBUTION, ParameterValue
from sim.scenario.language.effects import VALUE, Value, value_of
from sim.scenario.language.rules import Rule
from sim.scenario.language.scalar_types import seconds_of
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node

# Any of these keys makes an intervention add an event.
_CLOCK = ("when", "on", "after", "at", "speed", "memory", "once", "limit")
_EVENT = (*_CLOCK, "choose", "then", "chance")
Owner = TypeVar("Owner", Parameter, Variable)


def _set(node: Node, path: KeyPath, context: Context) -> Mapping[Reference, Distribution]:
    """The parameters that are set, each to a distribution; that of one value has no spread."""
    known = context.vocabulary.parameters

    def convert(parameter: Parameter, node: Node, path: KeyPath) -> Distribution:
        if isinstance(node, tree.Mapping):
            given = kinds.decode_value(DISTRIBUTION, node, path, context)
            return distribution_like(parameter, given)
        return fixed_distribution(parameter, one_value(node, path, context))

    return dict(_changed(node, path, context, "parameter", known, convert))


def _start(node: Node, path: KeyPath, context: Context) -> Mapping[Reference, int]:
    """The variables that start at another value, each with the number of that value."""
    known = context.vocabulary.variables

    def convert(variable: Variable, node: Node, path: KeyPath) -> int:
        return value_of(variable, one_value(node, path, context))

    return dict(_changed(node, path, context, "state variable", known, convert))


def one_value(node: Node, path: KeyPath, context: Context) -> Value:
    """The one value that a node is. Raises Invalid."""
    if not isinstance(node, tree.Scalar):
        raise Invalid(f"must be one value, which it has in every draw, found {describe(node)}")
    value: Value = kinds.decode_value(VALUE, node, path, context)
    return value


def _changed(
    node: Node,
    path: KeyPath,
    context: Context,
    what: str,
    known: Mapping[str, Owner],
    convert: Callable[[Owner, Node, KeyPath], Any],
) -> Iterator[tuple[Reference, Any]]:
    """Names with their new values; what is invalid is reported and left out."""
    for name, entry in kinds.require_mapping(node).entries.items():
        reference = Reference(name)  # an error of the changed model points at this key
        reference.place = entry.place
        below = (*path, name)
        try:
            if name in known:
                yield reference, convert(known[name], entry.value, below)
            elif name not in context.vocabulary.invalid:  # else reported where it is declared
                raise Invalid(unknown(what, name, known), key=True)
        except Invalid as error:
            if error.message:
                context.problem(below, error.message, key=error.key)


def _void(node: Node, path: KeyPath, context: Context) -> tuple[Reference, ...]:
    """Names of treaties, clauses, moves and events."""
    names: tuple[Reference, ...] = REFERENCES.decode(node, path, context)
    statuses = [one for one in context.vocabulary.variables if one in context.statuses]
    clauses = [name for name in statuses if not name.endswith(".binds")]  # not flags
    for i, name in enumerate(names):
        if name not in context.vocabulary.invalid:
            at = (*path, i) if len(names) > 1 else path
            treaties = context.in_section("treaties")
            rules = [*context.in_section("moves"), *context.in_section("events")]
            known = [*treaties, *clauses, *rules]
            context.check_reference("treaty, obligation, move or event", name, known, at)
            if name in treaties and name in rules:  # they have name spaces of their own
                message = f"{name!r} is a treaty and also a rule; rename one of them"
                context.problem(at, message)
    return names


def _named_values(_: kinds.Definitions) -> kinds.Schema:
    return {"type": "object", "additionalProperties": VALUE.schema({})}


def _named_distributions(known: kinds.Definitions) -> kinds.Schema:
    either = [VALUE.schema(known), DISTRIBUTION.schema(known)]
    return {"type": "object", "additionalProperties": {"anyOf": either}}


@dataclass(frozen=True, kw_only=True)
class Intervention(Rule):
    """What would be different: clauses void, parameters set, another start, one more event."""

    void: tuple[Reference, ...] = optional(
        Kind(_void, REFERENCES.schema),
        "Treaties, clauses, moves or events without effect, one or a list.",
        default=(),
    )
    set: Mapping[Reference, Distribution] = optional(
        Kind(_set, _named_distributions),
        "Parameters and the value each has in every draw, or its distribution.",
        default={},
    )
    start: Mapping[Reference, int] = optional(
        Kind(_start, _named_values), "Variables and the value each has on day 0.", default={}
    )

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The intervention; one that changes nothing is reported."""
        # keys are counted in the file: an invalid entry has been left out of `set` or `start`
        named = any(tree.keys(context.tree, *map(str, self.path), key) for key in ("set", "start"))
        if not (self.void or named or self.has_event or invalid):
            self.report(context, "changes nothing; it needs void, set, start or an event")
        return super().checked(context, invalid)

    @property
    def has_event(self) -> bool:
        """Whether it adds an event."""
        return any(getattr(self, key) not in (None, ()) for key in _EVENT)


def fixed_distribution(parameter: Parameter, written: Value) -> Distribution:
    """The value that a parameter is set to, as a distribution without spread. Raises Invalid."""
    levels = parameter.distribution.levels
    text = one_line(written)
    if levels:
        if text not in levels:
            raise Invalid(unknown(f"choice of {parameter.name}", text, levels))
        # a choice is stored by its position; the levels stay, for readers and for comparisons
        return Distribution(kind="fixed", numbers=(float(levels.index(text)),), levels=levels)
    seconds = seconds_of(text) if isinstance(written, str) else None  # raises for `5`
    if parameter.time and seconds is not None:
        return Distribution(kind="fixed", numbers=(seconds,))
    if not parameter.time and not isinstance(written, (str, bool)):
        return Distribution(kind="fixed", numbers=(float(written),))
    needed = "a duration" if parameter.time else "a number"
    raise Invalid(f"must be {needed}, found {text!r}{percent_hint(text)}")


def distribution_like(parameter: Parameter, given: ParameterValue) -> Distribution:
    """A distribution in place of a parameter's own, in the same unit. Raises Invalid."""
    own, other = parameter.distribution, given.distribution
    # expressions compare a choice with names and anything else with numbers: it cannot change sides
    if bool(own.levels) != bool(other.levels):
        needed = (
            f"choices among {', '.join(own.levels)}" if own.levels else "a distribution of numbers"
        )
        raise Invalid(f"must be {needed}, as {parameter.name} has")
    if own.levels:
        for level in other.levels:
            if level not in own.levels:
                raise Invalid(unknown(f"choice of {parameter.name}", level, own.levels))
        # in the order that is declared, since a choice is stored by its position
        weights = dict(zip(other.levels, other.numbers, strict=True))
        # a choice that is not named has no weight, and keeps its position
        numbers = tuple(weights.get(level, 0.0) for level in own.levels)
        return replace(other, numbers=numbers, levels=own.levels)
    if parameter.time != given.time:
        needed = "durations such as 5 d" if parameter.time else "numbers without a unit"
        raise Invalid(f"must have {needed}, as {parameter.name} has")
    return other
