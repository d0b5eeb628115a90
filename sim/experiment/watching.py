"""What has to come up in a path of the baseline for a changed model to part from it.

The two models are compared difference by difference; of each it is noted what shows, in the trace
of a path, that the path may have met it. Where a difference is of another kind, every path counts
as touched.

Conditions that differ are watched as outcomes added to the baseline's model, whose time nothing
reads. A choice that differs is weighed twice, on the same random number: only paths in which the
other weights take another option are touched by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.experiment.reads import cannot_fail, never, node_of, read_by, read_in, weight_of
from sim.experiment.touched import CameUp, Watch, Watched
from sim.model.delays import parameters_read as delay_reads
from sim.model.expressions import (
    Constant,
    Expression,
    Node,
    outcomes_read,
    parameters_read,
    variables_read,
)
from sim.model.model import Model, Outcome
from sim.model.substitution import substituted, unlike, with_values
from sim.model.transitions import Transition

Floats = NDArray[np.float64]


class Everything(Exception):
    """A difference of which it cannot be told which paths it touches."""


def watch(baseline: Model, twins: Sequence[Model], values: Sequence[Floats]) -> Watch:
    """What to watch; `values` are the parameters of the baseline and then of each twin, by draw."""
    conditions: dict[Node, int] = {}
    others: dict[tuple[int, Transition], int] = {}
    found = []
    for twin, own in zip(twins, values[1:], strict=True):
        # what was noted of a twin before it turned out to be beyond proof costs a little, no more
        try:
            found.append(_Comparing(baseline, twin, values[0], own, conditions, others).watched())
        except Everything:
            found.append(Watched(all=True))
    # the kernel weighs other choices in order of rank, so numbers given on the way become places
    order = sorted(others, key=lambda one: one[0])
    place = {others[one]: position for position, one in enumerate(order)}
    for one in found:
        for part in (one.fixed, one.drawn):
            part.parted = {place[number] for number in part.parted}
    return Watch(model=_watching(baseline, conditions), others=tuple(order), twins=tuple(found))


def everything(baseline: Model, twins: Sequence[Model]) -> Watch:
    """Nothing is watched, and every path counts as touched."""
    return Watch(model=baseline, others=(), twins=tuple(Watched(all=True) for _ in twins))


def changed_parameters(baseline: Model, twin: Model, before: Floats, after: Floats) -> set[str]:
    """The parameters that have another value in any draw, or are new."""
    known = {parameter.name: i for i, parameter in enumerate(baseline.parameters)}
    return {
        parameter.name
        for i, parameter in enumerate(twin.parameters)
        if parameter.name not in known
        or not np.array_equal(after[:, i], before[:, known[parameter.name]])
    }


def _watching(model: Model, conditions: Iterable[Node]) -> Model:
    """The model with an outcome for each condition, looked at after all others."""
    # no name of a scenario has a blank, so that none is met twice
    added = tuple(
        Outcome(name=f"watched {i}", when=Expression(node, "watched"))
        for i, node in enumerate(conditions)
    )
    order = range(len(model.outcomes), len(model.outcomes) + len(added))
    return replace(
        model,
        outcomes=(*model.outcomes, *added),
        outcome_order=(*model.outcome_order, *order),
    )


class _Comparing:
    """The comparison of a baseline with one twin, difference by difference."""

    def __init__(
        self,
        baseline: Model,
        twin: Model,
        before: Floats,
        after: Floats,
        conditions: dict[Node, int],
        others: dict[tuple[int, Transition], int],
    ) -> None:
        self.baseline, self.twin = baseline, twin
        self.conditions, self.others = conditions, others
        self.found = Watched()
        self.parameters = changed_parameters(baseline, twin, before, after)
        self.variables = _other_starts(baseline, twin)
        self.changed = self.parameters | self.variables
        self.values: dict[str, float] = {
            variable.name: float(variable.start)
            for variable in twin.variables
            if variable.name in self.variables
        }
        differs = np.zeros(len(before), np.bool_)
        for i, parameter in enumerate(twin.parameters):
            if parameter.name in self.parameters:
                column = after[:, i]
                if (column == column[0]).all():  # set to one value in every draw
                    self.values[parameter.name] = float(column[0])
                rank = baseline.names.parameters.get(parameter.name)
                differs |= np.True_ if rank is None else column != before[:, rank]
        self.found.differs = differs

    def watched(self) -> Watched:
        """What has to come up for the twin to part from the baseline."""
        self._frame()
        self._variables()
        mine = {transition.name: transition for transition in self.twin.transitions}
        for rank, transition in enumerate(self.baseline.transitions):
            if transition.name in mine:
                self._transition(rank, transition, mine[transition.name])
            else:  # it fires in the baseline alone; a clock that is dropped changes nothing
                self.found.fixed.started.add(rank) if transition.at is None else (
                    self.found.fixed.fired.add(rank)
                )
        for transition in self.twin.transitions:
            if transition.name not in self.baseline.ranks:
                self._added(transition)
        pairs = zip(self.baseline.outcomes, self.twin.outcomes, strict=True)
        for before, after in pairs:
            self._condition(before.when, after.when)
        self._condition(self.baseline.stop_when, self.twin.stop_when, absent=False)
        for ending, other in zip(self.baseline.endings, self.twin.endings, strict=True):
            self._condition(ending.when, other.when)
        return self.found

    def _frame(self) -> None:
        """Refuse models that count other things, or in another order."""
        one, other = self.baseline, self.twin
        same = (
            one.horizon == other.horizon
            # starts are compared apart, and words change nothing that happens
            and [replace(v, start=0, about="", says=None) for v in one.variables]
            == [replace(v, start=0, about="", says=None) for v in other.variables]
            and [outcome.name for outcome in one.outcomes] == [o.name for o in other.outcomes]
            and one.outcome_order == other.outcome_order
            and [ending.name for ending in one.endings] == [e.name for e in other.endings]
        )
        shared = [t.name for t in one.transitions if t.name in other.ranks]
        # of clocks due together the first declared fires first
        ordered = shared == [t.name for t in other.transitions if t.name in one.ranks]
        # what is counted lies at fixed places, which a path that is taken over must share
        if not (same and ordered):
            raise Everything

    def _variables(self) -> None:
        """Refuse variables that start otherwise, unless the twin never changes them."""
        for name in self.variables:
            if self.baseline.variable(name).ladder is not None:  # rungs are counted over time
                raise Everything
            for transition in self.twin.transitions:
                written = [e for o in transition.options for e in o.effects if e.variable == name]
                if not never(transition.when) and any(
                    effect.how != "set" or effect.value != self.values[name] for effect in written
                ):
                    raise Everything

    def _added(self, transition: Transition) -> None:
        """A transition of the twin alone: it may matter from when its clock can start."""
        if never(transition.when):
            return
        if transition.at is not None:
            self.found.not_before = min(self.found.not_before, transition.at)
        # its clock runs from t = 0 in every path
        elif transition.when is None:
            raise Everything
        else:
            self._hold(self._there(transition.when), self.found.fixed)

    def _transition(self, rank: int, before: Transition, after: Transition) -> None:
        """A transition of both models."""
        if before.on != after.on or before.at != after.at or before.limit != after.limit:
            raise Everything
        # the same condition in both, which may read what has changed
        for trigger in before.on:
            self._condition(trigger.becomes, trigger.becomes)
        if never(after.when) and not never(before.when):
            # it is enough that its clock never started; what is scheduled starts whatever it says
            (self.found.fixed.started if before.at is None else self.found.fixed.fired).add(rank)
        else:
            self._condition(before.when, after.when)
        if before.after != after.after or before.memory != after.memory:
            self.found.fixed.started.add(rank)
        # a delay and a speed are read from the start of the clock on, not only when it fires
        self._note(delay_reads(after.after), "started", rank)
        if node_of(before.speed) != node_of(after.speed):
            self.found.fixed.started.add(rank)
        self._note(read_in(after.speed), "started", rank)
        self._options(rank, before, after)

    def _options(self, rank: int, before: Transition, after: Transition) -> None:
        names = [option.name for option in after.options]
        if before.choice != after.choice or [option.name for option in before.options] != names:
            self.found.fixed.fired.add(rank)
            return
        if any(
            weight_of(a) != weight_of(b) for a, b in zip(before.options, after.options, strict=True)
        ):
            self.found.fixed.fired.add(rank)
        else:
            self._choice(rank, after)
        # options are numbered through all transitions, as the trace numbers them
        first = sum(len(one.options) for one in self.baseline.transitions[:rank])
        for number, (one, other) in enumerate(zip(before.options, after.options, strict=True)):
            if one.effects != other.effects:
                self.found.fixed.taken.add(first + number)
            for effect in other.effects:
                self._note(read_by(effect), "taken", first + number)

    def _choice(self, rank: int, after: Transition) -> None:
        """Options that read what has changed: weighed as in the twin, on the same random number."""
        read = {
            name
            for option in after.options
            for expression in (option.value, option.available)
            for name in read_in(expression)
        }
        if not read & self.changed:
            return
        part = self.found.drawn if read & self.changed <= self.parameters else self.found.fixed
        # a value that differs from draw to draw is no constant to weigh the options with
        if not read & self.changed <= self.values.keys() or len(after.options) < 2:
            part.fired.add(rank)
            return
        weighed = rank, with_values(after, self.values)
        part.parted.add(self.others.setdefault(weighed, len(self.others)))

    def _condition(
        self, before: Expression | None, after: Expression | None, *, absent: bool = True
    ) -> None:
        """Watch where two conditions are not the same; one that is missing is `absent`."""
        one, other = node_of(before), node_of(after)
        read = set(read_in(after))
        if one == other and not read & self.changed:
            return
        if not absent:
            missing = Constant(0.0, "false")
            one, other = one or missing, other or missing
        # the same condition, which differs in draws alone in which a parameter has another value
        alone = one == other and read & self.changed <= self.parameters
        there = None if other is None else self._there(Expression(other, ""))
        # watching it would raise where the baseline's own walk may never have looked
        if one is not None and not cannot_fail(one):
            raise Everything
        self._hold(unlike(one, there).node, self.found.drawn if alone else self.found.fixed)

    def _hold(self, node: Node, part: CameUp) -> None:
        part.conditions.add(self.conditions.setdefault(node, len(self.conditions)))

    def _there(self, expression: Expression) -> Node:
        """A condition of the twin, as it is while its states are the baseline's."""
        node = expression.node
        # neither one value for all draws nor the baseline's own: there is nothing to put in their
        # place
        unknown = set(parameters_read(node)) & self.parameters - self.values.keys()
        if unknown or not cannot_fail(node) or not self._known(node):
            raise Everything
        return substituted(node, self.values)

    def _known(self, node: Node) -> bool:
        names = self.baseline.names
        return all(
            name in known or name in self.values
            for read, known in (
                (parameters_read(node), names.parameters),
                (variables_read(node), names.variables),
                (outcomes_read(node), names.outcomes),
            )
            for name in read
        )

    def _note(self, read: Collection[str], what: str, number: int) -> None:
        """Watch for something that reads what has changed."""
        if hit := set(read) & self.changed:
            part = self.found.drawn if hit <= self.parameters else self.found.fixed
            getattr(part, what).add(number)


def _other_starts(baseline: Model, twin: Model) -> set[str]:
    """The variables of both models that start otherwise."""
    starts = {variable.name: variable.start for variable in baseline.variables}
    return {v.name for v in twin.variables if v.name in starts and v.start != starts[v.name]}
