"""Chains of causes as the reference engine finds them, path by path: what `chains` has to equal.

The first implementation of routes, kept as it was: it walks each path with the reference engine and
asks every guard in every state.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.reference.world import Walk, World
from sim.experiment import parameter_values
from sim.model import Model, Transition
from sim.model.evaluation import Evaluator, evaluator
from sim.results import NOTHING


def histories(
    model: Model, seed: int, draws: int, paths: int
) -> Iterator[tuple[int, int, "PathHistory"]]:
    """(draw, path, its history) of every path."""
    world = World(model, seed)
    conditions = [evaluator(one.when.node, model.names) for one in model.outcomes]
    values: NDArray[np.float64] = parameter_values(model, seed, range(draws))
    for draw in range(draws):
        world.begin_draw(draw, values[draw].tolist(), stream=draw)
        for path in range(paths):
            yield draw, path, PathHistory(model, world.walk(path), world.values, conditions)


class PathHistory:
    """One path with its state and the outcomes that have happened, at its start and after each
    firing: number `seq + 1` is what firing `seq` left behind.
    """

    def __init__(
        self,
        model: Model,
        walk: Walk,
        values: Sequence[float],
        conditions: Sequence[Evaluator],
    ) -> None:
        self.model, self.walk, self.values = model, walk, values
        self.states = [tuple(model.start_state), *(firing.state for firing in walk.firings)]
        self.marks: list[tuple[bool, ...]] = []
        marks = [False] * len(conditions)
        for state in self.states:
            for i in model.outcome_order:
                marks[i] = marks[i] or bool(conditions[i](state, values, marks))
            self.marks.append(tuple(marks))

    def decided(self, position: int) -> int:
        """Which firing made the outcome hold; -1 if it held from the start.

        The time alone does not tell, as several things may fire at one instant.
        """
        return next(seq for seq, marks in enumerate(self.marks, start=-1) if marks[position])

    def chain(self, last: int, options: bool) -> list[str]:
        """Origins from the oldest cause to the deciding event."""
        steps: list[str] = []
        # from the deciding event back along its causes, so the list is turned round at the end
        while last >= 0:
            firing = self.walk.firings[last]
            transition = self.model.transitions[firing.rank]
            step = transition.origin
            if options and firing.option != NOTHING and transition.options[firing.option].name:
                # by which option, where there was a choice with a name
                step = f"{step}.{transition.options[firing.option].name}"
            # a move that occurs three times on the way is listed once, where it last occurs
            if step not in steps:
                steps.append(step)
            last = firing.cause
            if last >= 0 and self._is_dated(last):
                dates, last = self.behind(transition, last)
                origins = [self._origin(date) for date in dates]
                steps += [origin for origin in origins if origin not in steps]
        return steps[::-1]

    def _origin(self, seq: int) -> str:
        return self.model.transitions[self.walk.firings[seq].rank].origin

    def _is_dated(self, seq: int) -> bool:
        return self.model.transitions[self.walk.firings[seq].rank].at is not None

    def behind(self, transition: Transition, date: int) -> tuple[list[int], int]:
        """The dated events a guard waited for, and what made the rest of it hold; -1: the start.

        A date has no cause, so a clause that is called when its treaty begins to bind would seem to
        be called by the calendar alone, whatever war it had been waiting in.
        """
        dates = [date]
        if transition.when is None or transition.on:
            return dates, -1
        guard = evaluator(transition.when.node, self.model.names)
        # backwards in time: would the guard have held earlier, had the dates come already?
        set_by_dates = self._set_by(date)
        for seq in range(date - 1, -2, -1):
            state = list(self.states[seq + 1])
            for i, value in set_by_dates.items():
                state[i] = value
            # the dates alone would have let the guard hold here: what was missing came earlier
            if self._holds(guard, state, seq):
                continue
            if seq + 1 == date:  # the date did more than set what the guard reads
                return dates, -1
            if not self._is_dated(seq + 1):
                return dates, seq + 1
            date = seq + 1
            dates.append(date)
            set_by_dates = {**self._set_by(date), **set_by_dates}
        return dates, -1

    def _set_by(self, seq: int) -> dict[int, int]:
        """What a firing changed: position of the variable -> its value afterwards."""
        pairs = zip(self.states[seq], self.states[seq + 1], strict=True)
        return {i: after for i, (before, after) in enumerate(pairs) if before != after}

    def _holds(self, guard: Evaluator, state: Sequence[int], seq: int) -> bool:
        try:
            return bool(guard(state, self.values, self.marks[seq + 1]))
        except ArithmeticError:  # of a state that never was: an expression without a value there
            return False
