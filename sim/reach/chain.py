"""The discrete side of a model: which situation can follow which, whatever delays and odds are.

A situation is the state and what the past leaves behind: limits partly used up, triggered clocks
that run (or are held), outcomes that something reads, scheduled things still to come. A clock
without trigger leaves nothing: whether it runs is seen from the state. `sim.reach.reachability`
walks this chain to prove what can never happen; the exact engine puts rates and odds on it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sim.model.expressions import Expression, outcomes_read, variables_read
from sim.model.model import Model
from sim.reach.lookups import Bounds, Changes, State, branches, condition, guard, moves


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

    def __init__(self, model: Model, bounds: Bounds) -> None:
        transitions = model.transitions
        self.model = model
        self.scheduled = mask(t.at is not None for t in transitions)
        self.triggered = mask(bool(t.on) for t in transitions)
        # scheduled clocks are neither free nor started by a trigger: `pending` says whether they
        # are to come
        self._free = mask(t.at is None and not t.on for t in transitions)
        self._remembers = mask(t.memory == "remember" for t in transitions)
        self._limits = tuple((r, t.limit) for r, t in enumerate(transitions) if t.limit is not None)
        # `Situation.counts` has a slot for each transition with a limit, and no other
        self._slot = {rank: slot for slot, (rank, _) in enumerate(self._limits)}
        self._tracked = tracked(model)
        self._branches = [branches(model, bounds, t) for t in transitions]
        self._by_name, self._by_option, turning = _triggers(model)
        self._turning = [clock for _, clock in turning]
        # asked of every state, as bits: guards, clocks that move, `becomes` that are true
        self._questions = (
            _Questions(model, [(t.when, guard(model, bounds, t.when)) for t in transitions]),
            _Questions(model, [(t.speed, moves(model, bounds, t.speed)) for t in transitions]),
            _Questions(model, [(e, guard(model, bounds, e)) for e, _ in turning]),
        )
        self._outcomes = [condition(model, bounds, outcome.when) for outcome in model.outcomes]
        self._stop = condition(model, bounds, model.stop_when) if model.stop_when else None
        self._endings = [
            condition(model, bounds, e.when) if e.when else None for e in model.endings
        ]
        # met again and again: many situations share a state, or the limits used up
        self._used_up: dict[tuple[int, ...], int] = {}
        self._seen: dict[State, tuple[int, int, int]] = {}
        self._looks: dict[tuple[State, int], Look] = {}

    def start(self, pending: int) -> Situation:
        """The situation at t = 0, with these scheduled transitions still to come."""
        state = self.model.start_state
        marks, _, stopped = self.look(state, 0)
        if stopped:  # all stopped situations of a state are one: nothing else matters any more
            return Situation(state, (), 0, marks, 0)
        return Situation(state, (0,) * len(self._limits), 0, marks, pending)

    def look(self, state: State, marks: int) -> Look:
        """Outcomes and `stop_when` in this state, when these outcomes had happened before."""
        found = self._looks.get((state, marks))
        if found is None:
            # rule 10: each outcome behind those it reads, so one round finds all
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
        # an untriggered clock runs wherever its guard holds; a triggered one if it was started
        guards = self._reads(situation.state)[0]
        return guards & ~self._spent(situation.counts) & (self._free | situation.running)

    def enabled(self, situation: Situation) -> int:
        """Bit mask of what may fire next: clocks that run down, pending things with a guard too."""
        guards, moving, _ = self._reads(situation.state)
        # rule 9: what is scheduled fires only if its guard holds when it is due; it has no speed
        return self.clocks(situation) & moving | guards & situation.pending

    def after(self, situation: Situation, rank: int) -> list[tuple[int, Situation]]:
        """(option, situation) for everything one firing of an enabled transition may lead to."""
        return [
            (option, self._follow(situation, rank, option, changes))
            for option, changes in self._branches[rank](situation.state)
        ]

    def chosen(self, situation: Situation, rank: int, option: int) -> Situation:
        """The situation after one option of an enabled transition was taken."""
        changes = dict(self._branches[rank](situation.state))[option]
        return self._follow(situation, rank, option, changes)

    def _follow(self, situation: Situation, rank: int, option: int, changes: Changes) -> Situation:
        state, counts, running, marks, pending = situation
        slot = self._slot.get(rank)
        if slot is not None:
            counts = (*counts[:slot], counts[slot] + 1, *counts[slot + 1 :])
        pending &= ~(1 << rank)
        new = state
        if changes:
            changed = list(state)
            for at, value in changes:
                changed[at] = value
            new = tuple(changed)
        now, _, stopped = self.look(new, marks)
        if stopped:
            return Situation(new, (), 0, now, 0)
        # the state before is known already: only what the firing changed is asked again
        guards, _, turned = self._reads(new, state)
        running &= ~(1 << rank)
        if self.triggered:  # rule 1 and `memory`, looked at in the new state
            # one that runs already is not started again, which leaves its bit as it is
            starting = self._by_name.get(rank, 0) | self._by_option.get((rank, option), 0)
            # true after the firing and not before it
            for i in ranks(turned & ~self._reads(state)[2]):
                starting |= self._turning[i]
            # a clock that remembers keeps its bit while its guard fails, so that no trigger starts
            # it anew
            running = running & (guards | self._remembers) | starting & guards
            running &= ~self._spent(counts)
        return Situation(new, counts, running, now, pending)

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

    def _reads(self, state: State, near: State | None = None) -> tuple[int, int, int]:
        """Masks of the guards that hold, the clocks that move, the `becomes` that are true.

        Worked out from a state that differs little, where one is given.
        """
        # A firing changes one or two variables: only what reads these is asked again.
        found = self._seen.get(state)
        if found is None:
            guards, moving, turning = self._questions
            before = self._seen.get(near) if near is not None else None
            if before is None or near is None:
                found = (guards.ask(state), moving.ask(state), turning.ask(state))
            else:
                changed = [at for at, value in enumerate(state) if near[at] != value]
                found = (
                    guards.ask_again(before[0], state, changed),
                    moving.ask_again(before[1], state, changed),
                    turning.ask_again(before[2], state, changed),
                )
            self._seen[state] = found
        return found


class _Questions:
    """Yes or no of a state, many at a time, as a bit mask."""

    def __init__(
        self, model: Model, asked: Sequence[tuple[Expression | None, Callable[[State], bool]]]
    ) -> None:
        self._conditions = [holds for _, holds in asked]
        self._readers: list[list[int]] = [[] for _ in model.variables]  # by variable
        for i, (expression, _) in enumerate(asked):
            for name in variables_read(expression.node) if expression else ():
                self._readers[model.names.variables[name]].append(i)

    def ask(self, state: State) -> int:
        return mask(holds(state) for holds in self._conditions)

    def ask_again(self, answers: int, state: State, changed: Sequence[int]) -> int:
        """The answers once more, only where one of the changed variables is read."""
        for at in changed:
            for i in self._readers[at]:
                answers = answers | 1 << i if self._conditions[i](state) else answers & ~(1 << i)
        return answers


def mask(bits: Iterable[bool]) -> int:
    """The truth values as one whole number, the first in the lowest bit."""
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def ranks(bits: int) -> Iterable[int]:
    """The positions of the bits that are set, ascending."""
    while bits:
        lowest = bits & -bits  # the lowest bit that is set: two's complement
        yield lowest.bit_length() - 1
        bits ^= lowest


def tracked(model: Model) -> int:
    """Mask of the outcomes whose having happened decides something later."""
    # Any other outcome may be forgotten: situations that differ by it have the same successors.
    readers = [model.stop_when, *(e.when for e in model.endings), *(o.when for o in model.outcomes)]
    names = {name for reader in readers if reader for name in outcomes_read(reader.node)}
    return mask(outcome.name in names for outcome in model.outcomes)


Triggers = tuple[dict[int, int], dict[tuple[int, int], int], list[tuple[Expression, int]]]


def _triggers(model: Model) -> Triggers:
    """Masks of the clocks that a transition, one of its options, or a condition starts."""
    by_name: dict[int, int] = {}
    by_option: dict[tuple[int, int], int] = {}
    becomes: list[tuple[Expression, int]] = []
    for rank, transition in enumerate(model.transitions):
        for trigger in transition.on:
            if trigger.becomes is not None:
                becomes.append((trigger.becomes, 1 << rank))
                continue
            cause = model.ranks[trigger.transition]
            if trigger.option is None:
                by_name[cause] = by_name.get(cause, 0) | 1 << rank
                continue
            options = [option.name for option in model.transitions[cause].options]
            key = (cause, options.index(trigger.option))
            by_option[key] = by_option.get(key, 0) | 1 << rank
    return by_name, by_option, becomes
