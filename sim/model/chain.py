"""The discrete side of a model: which situation can follow which, waits and odds left aside.

A situation is the state and what the past leaves behind: limits partly used up, triggered clocks
that run (or are held), outcomes that something reads, scheduled things still to come. A clock
without trigger leaves nothing: whether it runs is seen from the state. `sim.model.reachability`
walks this chain to prove what can never happen; the exact engine puts rates and odds on it.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sim.model.expressions import outcomes_read
from sim.model.model import Model
from sim.model.verdicts import Known, State, branches, condition, guard, moves


class Situation(NamedTuple):
    """All that decides what can happen next."""

    state: State
    counts: tuple[int, ...]  # firings so far of each transition that has a limit
    running: int  # bit r: the triggered clock of the transition with rank r runs or is held
    marks: int  # bit i: the i-th outcome has happened; only outcomes that something reads
    pending: int  # bit r: the scheduled transition with rank r is still to come


class Look(NamedTuple):
    """What rules 5 and 10 find in a state."""

    marks: int  # with the outcomes that hold now
    holds: int  # bit i: the i-th outcome's condition holds now; all outcomes
    stopped: bool


class Chain:
    """Situations and their successors; it remembers what it has worked out, nothing else."""

    def __init__(self, model: Model, known: Known) -> None:
        transitions = model.transitions
        self.model = model
        self.scheduled = mask(t.at is not None for t in transitions)
        self.triggered = mask(bool(t.on) for t in transitions)
        self._free = mask(t.at is None and not t.on for t in transitions)
        self._remembers = mask(t.memory == "remember" for t in transitions)
        self._limits = tuple((r, t.limit) for r, t in enumerate(transitions) if t.limit is not None)
        self._slot = {rank: slot for slot, (rank, _) in enumerate(self._limits)}
        self._tracked = tracked(model)
        self._guards = [guard(model, known, t.when) for t in transitions]
        self._moves = [moves(model, known, t.speed) for t in transitions]
        self._branches = [branches(model, known, t) for t in transitions]
        self._by_name, self._by_option, self._becomes = _triggers(model, known)
        self._outcomes = [condition(model, known, outcome.when) for outcome in model.outcomes]
        self._stop = condition(model, known, model.stop_when) if model.stop_when else None
        self._endings = [condition(model, known, e.when) if e.when else None for e in model.endings]
        self._used_up: dict[tuple[int, ...], int] = {}
        self._seen: dict[State, tuple[int, int, int]] = {}
        self._looks: dict[tuple[State, int], Look] = {}

    def start(self, pending: int) -> Situation:
        """The situation at t = 0, with these scheduled transitions still to come."""
        state = self.model.start_state
        marks, _, stopped = self.look(state, 0)
        if stopped:
            return Situation(state, (), 0, marks, 0)
        return Situation(state, (0,) * len(self._limits), 0, marks, pending)

    def look(self, state: State, marks: int) -> Look:
        """Outcomes and `stop_when` in this state, when these outcomes had happened before."""
        found = self._looks.get((state, marks))
        if found is None:
            holds, before = 0, marks
            happened = marks
            for i in self.model.outcome_order:
                if self._outcomes[i](state, happened):
                    holds |= 1 << i
                    happened |= 1 << i
            marks = happened & self._tracked
            stopped = self._stop is not None and self._stop(state, marks)
            found = self._looks[state, before] = Look(marks, holds, stopped)
        return found

    def stopped(self, situation: Situation) -> bool:
        """Whether the path has ended here by `stop_when`."""
        return self.look(situation.state, situation.marks).stopped

    def ending(self, situation: Situation) -> int | None:
        """Position of the ending of a path that ends here; None where none holds."""
        for i, holds in enumerate(self._endings):
            if holds is None or holds(situation.state, situation.marks):
                return i
        return None

    def clocks(self, situation: Situation) -> int:
        """Bit mask of the clocks that run or stand still here, scheduled ones apart.

        Empty where the path has ended.
        """
        if self.stopped(situation):
            return 0
        guards = self._reads(situation.state)[0]
        return guards & ~self._spent(situation.counts) & (self._free | situation.running)

    def enabled(self, situation: Situation) -> int:
        """Bit mask of what may fire next: clocks that run down, pending things with a guard too."""
        guards, moving, _ = self._reads(situation.state)
        return self.clocks(situation) & moving | guards & situation.pending

    def after(self, situation: Situation, rank: int) -> list[tuple[int, Situation]]:
        """(option, situation) for everything one firing of an enabled transition may lead to."""
        state, counts, running, marks, pending = situation
        slot = self._slot.get(rank)
        if slot is not None:
            counts = (*counts[:slot], counts[slot] + 1, *counts[slot + 1 :])
        pending &= ~(1 << rank)
        follow = []
        for option, changes in self._branches[rank](state):
            new = state
            if changes:
                changed = list(state)
                for at, value in changes:
                    changed[at] = value
                new = tuple(changed)
            now, _, stopped = self.look(new, marks)
            if stopped:
                follow.append((option, Situation(new, (), 0, now, 0)))
                continue
            clocks = running & ~(1 << rank)
            if self.triggered:
                clocks = self._clocks(state, new, clocks, (rank, option))
                clocks &= ~self._spent(counts)
            follow.append((option, Situation(new, counts, clocks, now, pending)))
        return follow

    def _clocks(self, old: State, new: State, running: int, fired: tuple[int, int]) -> int:
        """Triggered clocks after a firing: rule 1 and `memory`, looked at in the new state."""
        guards, _, turned = self._reads(new)
        starting = self._by_name.get(fired[0], 0) | self._by_option.get(fired, 0)
        fresh = turned & ~self._reads(old)[2]
        if fresh:
            for i, (_, clock) in enumerate(self._becomes):
                if fresh >> i & 1:
                    starting |= clock
        return running & (guards | self._remembers) | starting & guards

    def spent(self, situation: Situation) -> int:
        """Bit mask of the transitions whose limit is used up."""
        return self._spent(situation.counts) if situation.counts else 0

    def _spent(self, counts: tuple[int, ...]) -> int:
        """The transitions whose limit is used up."""
        spent = self._used_up.get(counts)
        if spent is None:
            limits = zip(self._limits, counts, strict=True)
            spent = sum(1 << rank for (rank, limit), count in limits if count >= limit)
            self._used_up[counts] = spent
        return spent

    def _reads(self, state: State) -> tuple[int, int, int]:
        """Masks of the guards that hold, the clocks that move, the `becomes` that are true."""
        found = self._seen.get(state)
        if found is None:
            found = self._seen[state] = (
                mask(holds(state) for holds in self._guards),
                mask(moving(state) for moving in self._moves),
                mask(holds(state) for holds, _ in self._becomes),
            )
        return found


def mask(bits: Iterable[bool]) -> int:
    """The truth values as one whole number, the first in the lowest bit."""
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def ranks(bits: int) -> Iterable[int]:
    """The positions of the bits that are set, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def tracked(model: Model) -> int:
    """Mask of the outcomes whose having happened decides something later."""
    readers = [model.stop_when, *(e.when for e in model.endings), *(o.when for o in model.outcomes)]
    names = {name for reader in readers if reader for name in outcomes_read(reader.node)}
    return mask(outcome.name in names for outcome in model.outcomes)


Triggers = tuple[
    dict[int, int], dict[tuple[int, int], int], list[tuple[Callable[[State], bool], int]]
]


def _triggers(model: Model, known: Known) -> Triggers:
    """Masks of the clocks that a transition, one of its options, or a condition starts."""
    by_name: dict[int, int] = {}
    by_option: dict[tuple[int, int], int] = {}
    becomes: list[tuple[Callable[[State], bool], int]] = []
    for rank, transition in enumerate(model.transitions):
        for trigger in transition.on:
            if trigger.becomes is not None:
                becomes.append((guard(model, known, trigger.becomes), 1 << rank))
                continue
            cause = model.ranks[trigger.transition]
            if trigger.option is None:
                by_name[cause] = by_name.get(cause, 0) | 1 << rank
                continue
            options = [option.name for option in model.transitions[cause].options]
            key = (cause, options.index(trigger.option))
            by_option[key] = by_option.get(key, 0) | 1 << rank
    return by_name, by_option, becomes
