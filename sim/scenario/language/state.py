"""State variables: those of actors, of relations and of no one in particular; ladders of levels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sim.errors import unknown
from sim.model.state import Variable
from sim.scenario.language.context import Context
from sim.scenario.language.declarations import Declaration, optional, prose, required, tagged_union
from sim.scenario.language.kinds import Invalid, Kind, list_of, mapping_of
from sim.scenario.language.scalar_types import (
    ACTOR,
    FLAG,
    NAME,
    NAME_VALUE,
    POSITIVE_WHOLE,
    REFERENCE,
    TEXT,
    WHOLE,
    reference_to,
)
from sim.source.tree import KeyPath, Node

FLAG_LEVELS = ("false", "true")
MAX_VALUES = 10_000  # values of one variable; a count that needs more is no small state
_ABOUT = "What this is, in words for a reader."
_SAYS = "The sentence that a reader sees when it holds; `<owner>` and `<level>` are replaced."
_START = "Its value on day 0; default: the lowest."
_LADDER = "The ladder whose rungs are its values."


def _levels(node: Node, path: KeyPath, context: Context) -> tuple[str, ...]:
    """Ordered names, each of them once."""
    levels: tuple[str, ...] = _WORDS.decode(node, path, context)
    for i, level in enumerate(levels):
        if level in levels[:i]:
            context.problem((*path, i), f"the level {level!r} is here twice")
    return levels


_WORDS = list_of(NAME_VALUE, 2)
LEVELS = Kind(_levels, _WORDS.schema)
LADDERS = mapping_of(LEVELS, NAME)
_LADDER_NAME = reference_to("ladder", "ladders")


@dataclass(frozen=True, kw_only=True)
class StateVariable(Declaration):
    """What every state variable has: words for a reader."""

    about: str = prose(_ABOUT)
    says: str | None = optional(TEXT, _SAYS)

    def variable(self, name: str, owner: str = "") -> Variable:
        """The variable of the model, under its qualified name."""
        return Variable(name=name, owner=owner, about=self.about, says=self.says, **self._values())

    def _values(self) -> dict[str, Any]:
        """Kind, levels, size and start of the model's variable."""
        raise AssertionError(f"{type(self).__name__} has no values")


@dataclass(frozen=True, kw_only=True)
class OrderedVariable(StateVariable):
    """What a variable with ordered levels has, however they are given."""

    start: str | None = optional(REFERENCE, _START)
    levels: tuple[str, ...] = ()

    def checked(self, context: Context, broken: frozenset[str]) -> Self:
        """The variable, if its start is one of its levels."""
        if self.start is not None and self.start not in self.levels:
            context.problem((*self.path, "start"), unknown_level(self.start, self.levels))
            raise Invalid
        return self

    def _values(self) -> dict[str, Any]:
        start = self.levels.index(self.start) if self.start is not None else 0
        return {"kind": "levels", "levels": self.levels, "size": len(self.levels), "start": start}


@dataclass(frozen=True, kw_only=True)
class LevelsVariable(OrderedVariable):
    """Ordered levels, written out."""

    levels: tuple[str, ...] = required(LEVELS, "Its values, from the lowest to the highest.")


@dataclass(frozen=True, kw_only=True)
class LadderVariable(OrderedVariable):
    """Ordered levels, taken from a ladder."""

    ladder: str = required(_LADDER_NAME, _LADDER)

    def checked(self, context: Context, broken: frozenset[str]) -> Self:
        """The variable with its ladder's rungs; nothing if there is no such ladder."""
        rungs = context.ladders.get(self.ladder)
        if rungs is None:
            raise Invalid
        # the ladder's rungs are the levels, against which the start is checked
        return OrderedVariable.checked(replace(self, levels=rungs), context, broken)

    def _values(self) -> dict[str, Any]:
        return {**super()._values(), "ladder": str(self.ladder)}


@dataclass(frozen=True, kw_only=True)
class FlagVariable(StateVariable):
    """True or false; the value is the one it starts with."""

    flag: bool = required(FLAG, "The value on day 0, `true` or `false`.")

    def _values(self) -> dict[str, Any]:
        return {"kind": "flag", "levels": FLAG_LEVELS, "size": 2, "start": int(self.flag)}


@dataclass(frozen=True, kw_only=True)
class CountVariable(StateVariable):
    """A count from 0 to its maximum."""

    max: int = required(
        POSITIVE_WHOLE, "Its highest value; a count goes from 0 to it in steps of 1."
    )
    start: int = optional(WHOLE, "Its value on day 0; default 0.", default=0)

    def checked(self, context: Context, broken: frozenset[str]) -> Self:
        """The variable, if it is small and starts within its ends."""
        if self.max > MAX_VALUES:
            context.problem(
                (*self.path, "max"), f"must be at most {MAX_VALUES:,}, found {self.max}"
            )
            raise Invalid
        if self.start > self.max:
            message = f"must be at most max, {self.max}, found {self.start}"
            context.problem((*self.path, "start"), message)
            raise Invalid
        return self

    def _values(self) -> dict[str, Any]:
        return {"kind": "count", "levels": (), "size": self.max + 1, "start": self.start}


VARIABLE = tagged_union(
    "state variable",
    {
        "levels": LevelsVariable,
        "ladder": LadderVariable,
        "flag": FlagVariable,
        "max": CountVariable,
    },
)


@dataclass(frozen=True, kw_only=True)
class Relation(LadderVariable):
    """On which rung of a ladder two actors stand."""

    between: tuple[str, str] = required(list_of(ACTOR, 2, 2), "The two actors.")
    title: str = prose("The name that readers see.", key="name")

    def checked(self, context: Context, broken: frozenset[str]) -> Self:
        """The relation, which is between two different actors."""
        if self.between[0] == self.between[1]:
            message = "a relation is between two different actors"
            context.problem((*self.path, "between", 1), message)
        return super().checked(context, broken)

    def variable(self, name: str, owner: str = "") -> Variable:
        """The variable of the model: a relation belongs to no one in particular."""
        return replace(super().variable(name), about=self.title or self.about)


def unknown_level(name: str, levels: Sequence[str], owner: str = "") -> str:
    """What to say of a word that is no level; known ones in their order."""
    of = f" of {owner}" if owner else ""
    message = unknown(f"level{of}", name, levels)
    start = message.find("known:")
    return message if start < 0 else f"{message[:start]}known: {', '.join(levels)}"
