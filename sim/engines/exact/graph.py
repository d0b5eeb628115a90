"""All situations a model can be in, and the steps between them; numbers come later, by draw.

Two kinds of situation: in a vanishing one something is due at once, so it takes no time; in a
tangible one every clock that runs is exponential. Steps name their rate and their share by number,
so that a further draw of the parameters needs new numbers, not a new graph.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import NotApplicable
from sim.model.expressions import variables_read
from sim.model.model import Model
from sim.model.transitions import NOTHING
from sim.reach.chain import Chain, Situation, ranks
from sim.reach.lookups import Bounds, State, option_reads

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
DROPPED = -3


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Situations by number; 0 is the start. Steps from stopped situations there are none."""

    situations: tuple[Situation, ...]
    vanishing: Bools
    source: Ints  # of each step
    target: Ints
    rank: Ints  # the transition that fires
    option: Ints  # of it; NOTHING; DROPPED: a scheduled thing whose guard failed
    rate: Ints  # position in `rates`; -1: takes no time
    share: Ints  # position in the shares of all `choices`, one after the other; -1: certain
    rates: tuple[tuple[int, State], ...]  # (rank, a state with this rate)
    choices: tuple[tuple[int, State], ...]  # (rank, a state with these shares)
    dates: tuple[tuple[float, Ints, Ints], ...]  # seconds; from which situation into which
    holds: Bools  # (situations, outcomes)
    ending: Ints  # of a path that ends there; -1: none


def explore(model: Model, bounds: Bounds, immediate: int, limit: int) -> Graph:
    """Every situation that can come about, breadth first; NotApplicable beyond `limit` of them."""
    return _Explorer(model, bounds, immediate, limit).explore()


class _Explorer:
    def __init__(self, model: Model, bounds: Bounds, immediate: int, limit: int) -> None:
        self.model, self.limit, self.immediate = model, limit, immediate
        self.chain = Chain(model, bounds)
        self.number: dict[Situation, int] = {}
        self.situations: list[Situation] = []
        self.expanded = 0  # situations before this one have been followed
        self.vanishing: list[bool] = []
        self.steps: list[tuple[int, int, int, int, int, int]] = []
        speeds = [variables_read(t.speed.node) if t.speed else () for t in model.transitions]
        options = [{n: 0 for o in t.options for n in option_reads(o)} for t in model.transitions]
        self.rates = _Table(model, speeds)
        self.choices = _Table(model, [tuple(names) for names in options])
        self.first: list[int] = []  # where the shares of each choice begin
        self.shares = 0

    def explore(self) -> Graph:
        transitions, horizon = self.model.transitions, self.model.horizon
        due: dict[float, int] = {}
        for rank, transition in enumerate(transitions):
            if transition.at is not None and transition.at <= horizon:
                time = max(transition.at, 0.0)
                due[time] = due.get(time, 0) | 1 << rank
        self._add(self.chain.start(due.get(0.0, 0)))
        self._follow()
        # in order: from a later date also what the earlier ones led to is carried on
        dates = [(time, *self._date(due[time])) for time in sorted(due) if time > 0]
        return self._graph(dates)

    def _add(self, situation: Situation) -> int:
        at = self.number.get(situation)
        if at is None:
            at = self.number[situation] = len(self.situations)
            if at >= self.limit:
                raise NotApplicable(
                    f"not applicable, because the model has more than {self.limit:,} situations"
                )
            self.situations.append(situation)
            now = situation.pending or self.chain.enabled(situation) & self.immediate
            self.vanishing.append(bool(now))
        return at

    def _follow(self) -> None:
        """Take every step from the situations found so far, and from those found on the way."""
        while self.expanded < len(self.situations):
            self._expand(self.expanded, self.situations[self.expanded])
            self.expanded += 1

    def _expand(self, at: int, situation: Situation) -> None:
        chain = self.chain
        enabled = chain.enabled(situation)
        if not self.vanishing[at]:
            for rank in ranks(chain.clocks(situation) & ~self.immediate):  # those stand still
                rate = self.rates.find(rank, situation.state)  # of one that stands still: 0
                if enabled >> rank & 1:
                    self._step(at, situation, rank, rate)
            return
        # rule 4: of all that is due now only the first declared acts
        due = enabled & self.immediate | situation.pending
        rank = (due & -due).bit_length() - 1
        if situation.pending >> rank & 1 and not enabled >> rank & 1:
            dropped = situation._replace(pending=situation.pending & ~(1 << rank))  # rule 9
            # a step all the same, so that what else is due at this moment still comes
            self.steps.append((at, self._add(dropped), rank, DROPPED, -1, -1))
            return
        self._step(at, situation, rank, -1)

    def _step(self, at: int, situation: Situation, rank: int, rate: int) -> None:
        follow = self.chain.after(situation, rank)
        choice = -1
        options = len(self.model.transitions[rank].options)
        if len(follow) > 1:  # one that is certain needs no share
            choice = self._choice(rank, situation.state)
        for option, after in follow:
            target = self._add(after)
            share = choice + (options if option == NOTHING else option) if choice >= 0 else -1
            self.steps.append((at, target, rank, option, rate, share))

    def _choice(self, rank: int, state: State) -> int:
        at = self.choices.find(rank, state)
        if at == len(self.first):
            self.first.append(self.shares)
            self.shares += len(self.model.transitions[rank].options) + 1
        return self.first[at]

    def _date(self, due: int) -> tuple[Ints, Ints]:
        """From every situation in which a path may be on that day to one with these things due."""
        pairs = [
            (at, self._add(situation._replace(pending=due)))
            for at, situation in enumerate(self.situations.copy())  # it grows on the way
            # time passes at a date, so no path is in a vanishing situation then
            if not self.vanishing[at] and not self.chain.stopped(situation)
        ]
        self._follow()
        source, target = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return source, target

    def _graph(self, dates: Sequence[tuple[float, Ints, Ints]]) -> Graph:
        steps = np.array(self.steps, dtype=np.int64).reshape(-1, 6)
        situations = tuple(self.situations)
        outcomes = len(self.model.outcomes)
        masks = [self.chain.look(s.state, s.marks).holds for s in situations]
        holds = np.array([[m >> i & 1 for i in range(outcomes)] for m in masks], dtype=np.bool_)
        endings = [self.chain.ending(s) for s in situations]
        return Graph(
            situations=situations,
            vanishing=np.array(self.vanishing, dtype=np.bool_),
            source=steps[:, 0],
            target=steps[:, 1],
            rank=steps[:, 2],
            option=steps[:, 3],
            rate=steps[:, 4],
            share=steps[:, 5],
            rates=tuple(self.rates.examples),
            choices=tuple(self.choices.examples),
            dates=tuple(dates),
            holds=holds.reshape(len(situations), outcomes),
            ending=np.array([-1 if e is None else e for e in endings], dtype=np.int64),
        )


class _Table:
    """Numbers for (rank, what is read of the state), with the first state met for each."""

    def __init__(self, model: Model, reads: Sequence[Sequence[str]]) -> None:
        at = model.names.variables
        self._keys: list[Callable[[State], Any]] = [
            itemgetter(*[at[name] for name in names]) if names else _nothing for names in reads
        ]
        self._found: dict[tuple[int, Any], int] = {}
        self.examples: list[tuple[int, State]] = []

    def find(self, rank: int, state: State) -> int:
        """The number of what this transition says in this state."""
        key = (rank, self._keys[rank](state))
        at = self._found.get(key)
        if at is None:
            at = self._found[key] = len(self.examples)
            self.examples.append((rank, state))
        return at


def _nothing(state: State) -> None:
    """The key of what reads no variable."""
