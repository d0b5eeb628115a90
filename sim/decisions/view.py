"""What one actor can know of a model: variables, events, outcomes, conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.decisions.situation import KnownState, Level, Value
from sim.errors import UsageError
from sim.expressions import Reader, Vocabulary
from sim.model.evaluation import evaluator
from sim.model.expressions import outcomes_read, parameters_read, variables_read
from sim.model.transitions import NOTHING, Option, Transition

if TYPE_CHECKING:
    from sim.engines.reference import Firing
    from sim.model.model import Model
    from sim.model.state import Variable

State = Sequence[int]


@dataclass(frozen=True)
class View:
    """What an actor can know, by `known_to` of the state variables."""

    model: Model
    actor: str
    vocabulary: Vocabulary  # the names that conditions may use, facts included
    _conditions: dict[str, Callable[[Any], bool]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def known(self) -> tuple[tuple[int, Variable], ...]:
        """The variables that it can know, each with its position."""
        found = enumerate(self.model.variables)
        return tuple((at, one) for at, one in found if one.can_be_known_by(self.actor))

    @cached_property
    def hidden(self) -> dict[str, str]:
        """Name -> why it cannot be asked for, of the variables that it cannot know."""
        return {
            one.name: f"{self.actor} cannot know {one.name!r}, {one.knowers}"
            for one in self.model.variables
            if not one.can_be_known_by(self.actor)
        }

    def state(self, state: State) -> KnownState:
        """The part of a state that it can know."""
        values = {one.name: _value(one, state[at]) for at, one in self.known}
        return KnownState(values, self.hidden)

    def holds(self, text: str, state: State) -> bool:
        """Whether a condition holds; UsageError for what is none or reads what is hidden."""
        # read once: a function may ask the same condition in each of a million paths
        if text not in self._conditions:
            self._conditions[text] = self._condition(text)
        return self._conditions[text](state)

    def masked(self, state: State) -> tuple[int, ...]:
        """A state without what it cannot know: -1, which is no value, in its place."""
        kept = {at for at, _ in self.known}
        # A second guard behind the check of names: a condition that read it all the same would not
        # find a value it could use.
        return tuple(value if at in kept else -1 for at, value in enumerate(state))

    def _condition(self, text: str) -> Callable[[State], bool]:
        reader = Reader(self.vocabulary)
        node = reader.read_as(text, "condition") if isinstance(text, str) else None
        if node is None:
            raise UsageError(f"holds({text!r}): {'; '.join(reader.mistakes) or 'no condition'}")
        # also in a part that does not decide: which part does would tell of what is hidden
        for name in variables_read(node):
            if name in self.hidden:
                raise UsageError(f"holds({text!r}): {self.hidden[name]}")
        for name in parameters_read(node):
            raise UsageError(f"holds({text!r}): {name!r} is a parameter, which no actor knows")
        evaluate = evaluator(node, self.model.names)
        return lambda state: bool(evaluate(state, (), ()))

    # Events and outcomes, for a story that tells no more than the actor can know.

    def told(self, firing: Firing) -> bool:
        """Whether it can know of an event.

        Its own it knows. Of another's it knows what changes something that it can know; and one
        that changes nothing, if none of the transition's options reads or changes what is hidden.
        """
        transition = self.model.transitions[firing.rank]
        if transition.actor == self.actor:
            return True
        if firing.option != NOTHING:
            effects = transition.options[firing.option].effects
            if effects:
                return any(one.variable not in self.hidden for one in effects)
        return not any(self._touches_hidden(option) for option in transition.options)

    def named(self, firing: Firing) -> bool:
        """Whether it can tell what an event was that it knows of, by more than what it changed.

        Of another's event that also changes what is hidden, the name would tell that as well.
        """
        transition = self.model.transitions[firing.rank]
        if transition.actor == self.actor or firing.option == NOTHING:
            return True
        effects = transition.options[firing.option].effects
        return not any(one.variable in self.hidden for one in effects)

    def _touches_hidden(self, option: Option) -> bool:
        read = [one.variable for one in option.effects]
        for expression in (option.value, option.available):
            read += variables_read(expression.node) if expression is not None else ()
        return any(name in self.hidden for name in read)

    @cached_property
    def outcomes(self) -> frozenset[str]:
        """The outcomes that it can see happen: they read nothing that is hidden."""
        reads = {one.name: one.when.node for one in self.model.outcomes}
        seen = {
            name
            for name, node in reads.items()
            if self.hidden.keys().isdisjoint(variables_read(node))
        }
        # an outcome that reads one that is not seen is not seen either; looked at until none goes
        while lost := {name for name in seen if not seen.issuperset(outcomes_read(reads[name]))}:
            seen -= lost
        return frozenset(seen)


def is_choice(transition: Transition) -> bool:
    """Whether it leaves its actor a choice: a move with options, or the answer to a clause."""
    # `chance` is no option that somebody takes: what happens with it has no name
    named = all(option.name is not None for option in transition.options)
    return named and len(transition.options) > 1 and transition.step in (None, "answered")


def choices_of(model: Model, actor: str) -> dict[str, tuple[str, ...]]:
    """The moves and clauses that leave an actor a choice, with the names of their options."""
    return {
        one.name: tuple(str(option.name) for option in one.options)
        for one in model.transitions
        if one.actor == actor and is_choice(one)
    }


def _value(variable: Variable, value: int) -> Value:
    if variable.kind == "flag":
        return bool(value)
    if variable.kind == "count":
        return value
    return Level(variable.levels[value], variable.levels)
