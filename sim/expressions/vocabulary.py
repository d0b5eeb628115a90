"""The names that expressions can use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.model.expressions import Node
from sim.model.parameters import Parameter
from sim.model.state import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything that an expression can name; `invalid` names have an invalid declaration."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    facts: Mapping[str, Node | None] = field(default_factory=dict)
    delays: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    invalid: frozenset[str] = frozenset()
    partial: bool = False  # a whole section could not be read, so that an unknown name may be in it
    lengths: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # of facts, written out
    unreadable: Mapping[str, str] = field(default_factory=dict)  # name -> "a move", "an actor", ...
    triggers: frozenset[str] = frozenset()  # transitions, which `on` can name

    def known(self, *, outcomes: bool) -> list[str]:
        """All names an expression may use here."""
        names = [*self.variables, *self.parameters, *self.facts]
        return [*names, *sorted(self.outcomes)] if outcomes else names

    def owners_of(self, level: str) -> list[str]:
        """The variables and parameters that have a level of this name."""
        owners = [v.name for v in self.variables.values() if level in v.levels]
        choices = (p for p in self.parameters.values() if level in p.distribution.levels)
        return [*owners, *(p.name for p in choices)]
