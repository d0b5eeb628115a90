"""All an engine needs: variables, parameters, transitions, outcomes, endings and a horizon."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

from sim.formatting import plain
from sim.model.correlations import Correlation
from sim.model.evaluation import Names
from sim.model.expressions import Expression
from sim.model.parameters import Parameter
from sim.model.state import Variable
from sim.model.transitions import Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts: the short name used in rules and the name a reader sees."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Something that may happen in a path or not; its time is when `when` first holds."""

    name: str
    when: Expression
    headline: bool = False
    title: str = ""
    about: str = ""

    @property
    def label(self) -> str:
        """What a reader sees: the title, or the name as words."""
        return self.title or plain(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a path ended: the first whose condition holds at its end; None is `otherwise`."""

    name: str
    when: Expression | None
    title: str = ""
    about: str = ""

    @property
    def label(self) -> str:
        """What a reader sees: the title, or the name as words."""
        return self.title or plain(self.name)


@dataclass(frozen=True, kw_only=True)
class Model:
    """A generalised semi-Markov process: everything an engine may look at, and nothing else.

    Order matters and is the order of the file: transitions by rank (treaties, moves, events,
    interventions), outcomes as written (`outcome_order` is the order in which to look at them).
    """

    name: str
    title: str
    horizon: float  # seconds
    start: date | None  # the calendar date of t = 0
    actors: tuple[Actor, ...]
    variables: tuple[Variable, ...]
    parameters: tuple[Parameter, ...]
    transitions: tuple[Transition, ...]
    outcomes: tuple[Outcome, ...]
    # positions, not names: engines run through it after each firing
    outcome_order: tuple[int, ...]  # an outcome stands behind the outcomes it reads
    endings: tuple[Ending, ...]
    stop_when: Expression | None = None
    correlated: tuple[Correlation, ...] = ()  # pairs of parameters that are drawn together
    # what a machine form says that readers call things, by kind and key: see `sim.model.titles`
    called: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False)
    called_short: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False)

    # Cached: the model is frozen, so what follows from it is worked out once. (A dataclass with
    # slots has no place to keep that; hence the one class here without them.)

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What others worked out of the model alone, by a name of theirs, for the next who asks.

        A run that is the thousandth of a loop then costs its sampling. A changed model is another
        object, with nothing in it yet.
        """
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """The fields: what was worked out is not sent to other processes, which may make it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @cached_property
    def names(self) -> Names:
        """Position of every variable, parameter and outcome."""
        return Names(
            {variable.name: i for i, variable in enumerate(self.variables)},
            {parameter.name: i for i, parameter in enumerate(self.parameters)},
            {outcome.name: i for i, outcome in enumerate(self.outcomes)},
        )

    @cached_property
    def start_state(self) -> tuple[int, ...]:
        """The state at t = 0, before anything fires."""
        return tuple(variable.start for variable in self.variables)

    def variable(self, name: str) -> Variable:
        """The state variable of that name."""
        return self.variables[self.names.variables[name]]

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name."""
        return self.parameters[self.names.parameters[name]]

    def transition(self, name: str) -> Transition:
        """The transition of that name."""
        return self.transitions[self.ranks[name]]

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Position of every transition in the order of declaration."""
        return {transition.name: i for i, transition in enumerate(self.transitions)}

    @cached_property
    def clauses(self) -> frozenset[str]:
        """Qualified names of the treaties' clauses; each is a variable's too, its status."""
        return frozenset(t.clause for t in self.transitions if t.clause and t.step != "binds")
