"""State variables: of actors, of relations and of no actor; ladders, which are lists of levels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sim.decoding.declarations import Declaration, optional, prose, required, tagged_union
from sim.decoding.kinds import Invalid, Kind, list_of, mapping_of
from sim.decoding.scalars import (
    FLAG,
    NAME,
    NAME_VALUE,
    POSITIVE_WHOLE,
    REFERENCE,
    TEXT,
    WHOLE,
    reference_to,
)
from sim.errors import unknown
from sim.model.state import Variable
from sim.scenario.language.context import Context
from sim.scenario.language.scalar_types import ACTOR, ACTORS
from sim.scenario.language.sourcing import ABOUT
from sim.source.tree import KeyPath, Node

FLAG_LEVELS = ("false", "true")
MAX_VALUES = 10_000  # of one variable: what is proved about a model looks at every value
_SAYS = "The sentence that a reader sees when it holds; `<owner>` and `<level>` are replaced."


def _levels(node: Node, path: KeyPath, context: Context) -> tuple[str, ...]:
    """Ordered names; a name that appears twice is reported."""
    levels: tuple[str, ...] = _LEVEL_NAMES.decode(node, path, context)
    for i, level in enumerate(levels):
        if level in levels[:i]:
            context.problem((*path, i), f"the level {level!r} appears twice")
    return levels


_LEVEL_NAMES = list_of(NAME_VALUE, 2)
LEVELS = Kind(_levels, _LEVEL_NAMES.schema)
LADDERS = mapping_of(LEVELS, NAME)
_LADDER = reference_to("ladder", "ladders")


@dataclass(frozen=True, kw_only=True)
class StateVariable(Declaration):
    """A part of the state of the world, with one of a few values at any time."""

    about: str = prose(ABOUT)
    says: str | None = optional(TEXT, _SAYS)
    known_to: tuple[str, ...] | None = optional(
        ACTORS, "The actors who can know its value, besides its own; default: everybody."
    )
    final: bool | None = optional(
        FLAG, "`true`: it ends here on purpose; `check` does not note that no rule reads it."
    )

    def variable(self, name: str, owner: str = "") -> Variable:
        """The variable of the model, under its qualified name."""
        known_to = None if self.known_to is None else tuple(map(str, self.known_to))
        own = {"about": self.about, "says": self.says, "known_to": known_to, **self._values()}
        return Variable(name=name, owner=owner, **own)

    def _values(self) -> dict[str, Any]:
        """Kind, levels, size and start of the model's variable."""
        raise AssertionError(f"{type(self).__name__} has no values")


@dataclass(frozen=True, kw_only=True)
class OrderedVariable(StateVariable):
    """A variable with ordered levels."""

    start: str | None = optional(REFERENCE, "Its value on day 0; default: the lowest.")
    levels: tuple[str, ...] = ()

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The variable. Raises Invalid if its start is none of its levels."""
        if self.start is not None and self.start not in self.levels:
            self.report(context, unknown_level(self.start, self.levels), "start")
            raise Invalid
        return self

    def _values(self) -> dict[str, Any]:
        start = self.levels.index(self.start) if self.start is not None else 0
        return {"kind": "levels", "levels": self.levels, "size": len(self.levels), "start": start}


@dataclass(frozen=True, kw_only=True)
class LevelsVariable(OrderedVariable):
    """Ordered levels, listed where the variable is declared."""

    levels: tuple[str, ...] = required(LEVELS, "Its values, from the lowest to the highest.")


@dataclass(frozen=True, kw_only=True)
class LadderVariable(OrderedVariable):
    """Ordered levels, taken from a ladder."""

    ladder: str = required(
        reference_to("ladder", "ladders"), "The ladder whose rungs are its values."
    )

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The variable with the rungs of its ladder. Raises Invalid without one."""
        rungs = context.ladders.get(self.ladder)  # decoded before any variable
        if rungs is None:
            raise Invalid  # the reference to it has been reported
        # first the levels, then the check of the start against them
        return OrderedVariable.checked(replace(self, levels=rungs), context, invalid)

    def _values(self) -> dict[str, Any]:
        return {**super()._values(), "ladder": str(self.ladder)}


@dataclass(frozen=True, kw_only=True)
class FlagVariable(StateVariable):
    """True or false; the value of the key is the one on day 0."""

    flag: bool = required(FLAG, "The value on day 0, `true` or `false`.")

    def _values(self) -> dict[str, Any]:
        # 0 false, 1 true
        return {"kind": "flag", "levels": FLAG_LEVELS, "size": 2, "start": int(self.flag)}


@dataclass(frozen=True, kw_only=True)
class CountVariable(StateVariable):
    """A whole number from 0 to a maximum."""

    max: int = required(
        POSITIVE_WHOLE, "Its highest value; a count goes from 0 to it in steps of 1."
    )
    start: int = optional(WHOLE, "Its value on day 0; default 0.", default=0)

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The variable. Raises Invalid if it has too many values or starts above its maximum."""
        if self.max > MAX_VALUES:
            self.report(context, f"must be at most {MAX_VALUES:,}, found {self.max}", "max")
            raise Invalid
        if self.start > self.max:
            message = f"must be at most `max`, {self.max}, found {self.start}"
            self.report(context, message, "start")
            raise Invalid
        return self

    def _values(self) -> dict[str, Any]:
        # its values are 0 … max
        return {"kind": "count", "levels": (), "size": self.max + 1, "start": self.start}


_FORMS = {"levels": LevelsVariable, "ladder": LadderVariable}
VARIABLE = tagged_union("state variable", {**_FORMS, "flag": FlagVariable, "max": CountVariable})


@dataclass(frozen=True, kw_only=True)
class Relation(LadderVariable):
    """On which rung of a ladder two actors stand."""

    between: tuple[str, str] = required(list_of(ACTOR, 2, 2), "The two actors.")
    title: str = prose("The name that readers see.", key="name")

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The relation; two equal actors are reported."""
        if self.between[0] == self.between[1]:
            self.report(context, "a relation is between two different actors", "between", 1)
        return super().checked(context, invalid)

    def variable(self, name: str, owner: str = "") -> Variable:
        """The variable of the model, which has no owner."""
        return replace(super().variable(name), about=self.title or self.about)


def unknown_level(name: str, levels: Sequence[str], owner: str = "") -> str:
    """The message about an unknown level; the known ones in their order, which has a meaning."""
    of = f" of {owner}" if owner else ""
    message = unknown(f"level{of}", name, levels)
    start = message.find("known:")
    return message if start < 0 else f"{message[:start]}known: {', '.join(levels)}"
