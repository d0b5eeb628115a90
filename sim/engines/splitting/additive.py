"""How far a situation is from an outcome where situations are too many to visit.

The additive relaxation of planning (Bonet and Geffner, Artif. Intell. 129 (2001), 5-33): each value
of each variable, and each triggered clock that runs, has a least cost to come about; a firing costs
what its conditions cost together, plus -log of a bound on the chance that its clock runs down in
time and that this option is taken. Sums, as probabilities multiply. What costs an infinity can
never come about, which is proof: no combination that can occur is left out.
"""

from collections.abc import Callable, Iterator, Sequence
from math import inf, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.splitting.conjuncts import Conjunct, conjuncts, together
from sim.engines.splitting.least_costs import settle
from sim.model.delay_sampling import ppf
from sim.model.delays import numbers
from sim.model.effect_values import variable_read
from sim.model.expressions import Comparison, Constant, Node
from sim.model.model import Model
from sim.model.transitions import Effect, Option, Transition
from sim.reach.chain import Chain, Situation
from sim.reach.lookups import Bounds
from sim.reach.relaxed import consequence, relax
from sim.reach.value_ranges import Box, bits, discrete_names, interval_of, restrict

ZERO = Constant(0.0, "0")
# A colon cannot stand in a name, so a clock is never taken for a variable.
RUNS = "runs:"  # before the name of a triggered transition: its clock runs


class Step(NamedTuple):
    """One way in which one firing brings about one value."""

    rank: int  # -1: no firing, it follows by itself
    needs: Conjunct
    name: str
    value: int
    cost: float


def by_values(chain: Chain, bounds: Bounds, outcome: int) -> Callable[[Situation], float]:
    """A closure situation -> distance to the outcome; infinite where it is out of reach."""
    model = chain.model
    steps, goal = _relevant(model, list(_steps(model, bounds)), model.outcomes[outcome].name)
    table = _Table(model, steps, goal)
    looked: dict[tuple[tuple[int, ...], int, int, int, int], float] = {}
    at = [model.names.variables[name] for name in table.variables]
    ranks = sum(1 << rank for rank in {step.rank for step in steps if step.rank >= 0})

    def far(situation: Situation) -> float:
        values = tuple(situation.state[position] for position in at)
        spent = chain.spent(situation) & ranks
        gone = chain.scheduled & ~situation.pending & ranks
        # what the distance depends on, and nothing else: most situations share it
        key = (values, situation.running & table.clocks, situation.marks, spent, gone)
        if key not in looked:
            looked[key] = table.cost(values, situation, spent | gone)
        return looked[key]

    return far


class _Table:
    """Facts, steps and what they need as arrays for `settle`."""

    def __init__(self, model: Model, steps: Sequence[Step], goal: str) -> None:
        names = {name for s in steps for name in (*s.needs, s.name)} | {goal}
        self.variables = tuple(v.name for v in model.variables if v.name in names)
        self.marks = tuple(i for i, o in enumerate(model.outcomes) if o.name in names)
        self.running = tuple(
            (rank, f"{RUNS}{t.name}")
            for rank, t in enumerate(model.transitions)
            if f"{RUNS}{t.name}" in names
        )
        self.clocks = sum(1 << rank for rank, _ in self.running)
        self.facts = {
            (model.variable(n).name, value): 0
            for n in self.variables
            for value in range(model.variable(n).size)
        }
        self.facts |= {(model.outcomes[i].name, value): 0 for i in self.marks for value in (0, 1)}
        self.facts |= {(name, 1): 0 for _, name in self.running}
        # numbered, so that costs are an array
        self.facts = {fact: i for i, fact in enumerate(self.facts)}
        self.outcome_names = [outcome.name for outcome in model.outcomes]
        self.goal = self.facts[goal, 1]
        # A need is "one of these values": of each distinct one the least cost is found only once.
        values: dict[tuple[int, ...], int] = {}
        needs = []
        for step in steps:
            wanted = [
                tuple(self.facts[name, v] for v in bits(mask)) for name, mask in step.needs.items()
            ]
            needs.append([values.setdefault(any_of, len(values)) for any_of in wanted])
        self._arrays = (
            np.array([self.facts[s.name, s.value] for s in steps], dtype=np.int64),
            *_flat(needs),
            *_flat(list(values)),
        )
        self._costs = np.array([step.cost for step in steps])
        self._ranks = [step.rank for step in steps]
        self._barred: dict[int, NDArray[np.float64]] = {}

    def cost(self, values: Sequence[int], situation: Situation, barred: int) -> float:
        """The least cost of the goal from a situation, some transitions barred."""
        costs = np.full(len(self.facts) + 1, inf)
        for name, value in zip(self.variables, values, strict=True):
            costs[self.facts[name, value]] = 0.0
        for i in self.marks:
            costs[self.facts[self.outcome_names[i], situation.marks >> i & 1]] = 0.0
        for rank, name in self.running:
            if situation.running >> rank & 1:
                costs[self.facts[name, 1]] = 0.0
        # few sets of spent transitions occur in a run, each in many situations
        own = self._barred.get(barred)
        if own is None:
            off = [rank >= 0 and bool(barred >> rank & 1) for rank in self._ranks]
            own = self._barred[barred] = np.where(off, inf, self._costs)
        settle(costs, own, *self._arrays)
        return float(costs[self.goal])


def _flat(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(all entries in a row, where each row begins and the last one ends)."""
    entries = np.array([entry for row in rows for entry in row], dtype=np.int64)
    return entries, np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)


def _relevant(model: Model, steps: list[Step], outcome: str) -> tuple[list[Step], str]:
    """The steps that can matter to an outcome, and the outcome's name as their goal."""
    # backwards from the outcome, through what each step needs, until nothing new is wanted
    wanted = {outcome}
    chosen: set[int] = set()
    while True:
        fresh = {i for i, step in enumerate(steps) if step.name in wanted} - chosen
        if not fresh:
            return [steps[i] for i in sorted(chosen)], outcome
        chosen |= fresh
        wanted |= {name for i in fresh for name in steps[i].needs}


def _steps(model: Model, bounds: Bounds) -> Iterator[Step]:
    """All the ways in which anything comes about."""
    found = relax(model, bounds.box, bounds.ranges)
    box, ranges = found.box, bounds.ranges
    # an outcome follows from the state without a firing: no rank and no cost
    for outcome in model.outcomes:
        for needs in conjuncts(outcome.when.node, True, box, ranges):
            yield Step(-1, needs, outcome.name, 1, 0.0)
    for rank, transition in enumerate(model.transitions):
        for trigger in transition.on:
            if trigger.becomes:
                for needs in conjuncts(trigger.becomes.node, True, box, ranges):
                    yield Step(-1, needs, f"{RUNS}{transition.name}", 1, 0.0)
        if found.fired[rank]:
            yield from _firings(model, rank, bounds, box)


def _firings(model: Model, rank: int, bounds: Bounds, box: Box) -> Iterator[Step]:
    transition = model.transitions[rank]
    slow, shares = _slow(model, transition, bounds), _shares(transition, bounds)
    guard = transition.when
    when = conjuncts(guard.node, True, box, bounds.ranges) if guard else [{}]
    # a triggered transition fires only while its clock runs, and something has to start that
    if transition.on:
        when = [{**needs, f"{RUNS}{transition.name}": 0b10} for needs in when]
    for listener in _listeners(model, transition, None):
        yield from (Step(rank, needs, f"{RUNS}{listener}", 1, slow) for needs in when)
    for i, option in enumerate(transition.options):
        for needs in together([when, _taken(option, transition, bounds, box)]):
            here = {**box, **{name: mask for name, mask in needs.items() if name in box}}
            share = shares(here)[i]
            if share <= 0:
                continue
            cost = max(slow - log(share), 1e-9)  # above 0, so that more steps are never nearer
            for listener in _listeners(model, transition, option.name):
                yield Step(rank, needs, f"{RUNS}{listener}", 1, cost)
            for effect in option.effects:
                for more, value in _values(model, effect, bounds, here):
                    yield Step(rank, {**needs, **more}, effect.variable, value, cost)


def _listeners(model: Model, transition: Transition, option: str | None) -> list[str]:
    """Names of the transitions that this one's firing (None) or one of its options starts."""
    return [
        other.name
        for other in model.transitions
        for trigger in other.on
        if trigger.becomes is None
        and trigger.transition == transition.name
        and trigger.option == option
    ]


def _taken(option: Option, transition: Transition, bounds: Bounds, box: Box) -> list[Conjunct]:
    """When an option may be taken: available, and its value above 0."""
    each = []
    if option.available:
        each.append(conjuncts(option.available.node, True, box, bounds.ranges))
    if option.value and transition.choice != "utility":
        above: Node = Comparison(">", option.value.node, ZERO)
        each.append(conjuncts(above, True, box, bounds.ranges))
    return together(each)


def _values(
    model: Model, effect: Effect, bounds: Bounds, box: Box
) -> Iterator[tuple[Conjunct, int]]:
    """(what it takes, the value the variable then has)."""
    brings = consequence(model, effect, bounds.ranges)
    read = variable_read(effect)
    names = [] if read is None else [read]
    names += dict.fromkeys(discrete_names(effect.expression.node)) if effect.expression else []
    # values are told apart by one variable only: with more, any value may come from anything
    if len(names) != 1 or names[0] not in box:
        yield from (({}, value) for value in bits(brings(box)))
        return
    for old in bits(box[names[0]]):
        here = {names[0]: 1 << old}
        yield from ((here, value) for value in bits(brings({**box, **here})))


def _shares(transition: Transition, bounds: Bounds) -> Callable[[Box], list[float]]:
    """A closure box -> the most that each option's probability may be there."""
    whole = [o.share == "whole" and o.value is not None for o in transition.options]
    utility = transition.choice == "utility"
    values = [
        interval_of(o.value.node, bounds.ranges) if o.value and not utility else None
        for o in transition.options
    ]
    free = [
        restrict(o.available.node, False, bounds.ranges) if o.available else None
        for o in transition.options
    ]

    def shares(box: Box) -> list[float]:
        spans = [value(box) if value else (0.0, inf) for value in values]
        sure = [  # what an option has at least, unless it may be unavailable
            max(low, 0.0) if own and not (closed and closed(dict(box))) else 0.0
            for (low, _), own, closed in zip(spans, whole, free, strict=True)
        ]
        found = []
        for i, (_, high) in enumerate(spans):
            # what is sure of the others is not left for this one
            others = sum(sure) - sure[i]
            if transition.choice == "probability":
                found.append(min(high, 1.0) if high < inf else max(1.0 - others, 0.0))
            else:
                found.append(1.0 if high == inf else high / (high + others) if high > 0 else 0.0)
        return found

    return shares


def _slow(model: Model, transition: Transition, bounds: Bounds) -> float:
    """-log of a rough chance that the clock, if it runs all the time, runs down in time."""
    if transition.at is not None:
        return 0.0
    # as if it were exponential with this median; only steers, so a rough number will do
    typical = ppf(numbers(transition.after, model.names, bounds.values), 0, 0.5) / log(2)
    return max(log(typical / model.horizon), 0.0) if typical > 0 else 0.0
