"""Reachability one variable at a time: the values each may ever have, in layers of firings.

Layer k holds every value that k firings can bring about if all that may fire fires at once. The
layers only grow, so the first in which something may be so is a lower bound of how many firings it
takes (delete relaxation, h_max; Bonet and Geffner, Planning as heuristic search, 2001).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.model.effect_values import new_value, variable_read
from sim.model.expressions import Expression
from sim.model.model import Model
from sim.model.transitions import Effect, Transition
from sim.reach.value_ranges import (
    Box,
    IntervalOf,
    Ranges,
    Restrict,
    discrete_names,
    interval_of,
    restrict,
)

# Layers, and rules tried in them, before a variable that still gets new values is given them all:
# a count of thousands grows by one a layer.
MOST_LAYERS, MOST_TRIED = 100, 5_000


@dataclass(slots=True, kw_only=True)
class Relaxed:
    """What was found so far; tuples of `sim.reach.reachability.Reach` in the making."""

    # every list has one entry a transition, option, outcome or ending, in the model's order
    variables: tuple[str, ...]
    box: Box
    started: list[bool]
    fired: list[bool]
    taken: list[list[bool]]
    outcomes: list[int | None]
    endings: list[bool]

    @classmethod
    def nothing(cls, model: Model, box: Box) -> "Relaxed":
        """Before anything was looked at: only scheduled clocks have started."""
        return cls(
            variables=tuple(variable.name for variable in model.variables),
            box={
                **box,
                **{variable.name: 0 for variable in model.variables},
                # bit 0: it has not happened, which every outcome may be at first
                **{outcome.name: 0b01 for outcome in model.outcomes},
            },
            started=[transition.at is not None for transition in model.transitions],
            fired=[False for _ in model.transitions],
            taken=[[False for _ in transition.options] for transition in model.transitions],
            outcomes=[None for _ in model.outcomes],
            endings=[False for _ in model.endings],
        )


def relax(model: Model, box: Box, ranges: Ranges) -> Relaxed:
    """What may ever happen, by layers; `box` and `ranges` say what the parameters may be."""
    found = Relaxed.nothing(model, box)
    for variable in model.variables:
        found.box[variable.name] = 1 << variable.start
    rules = [_Rule(model, rank, ranges) for rank in range(len(model.transitions))]
    marks = _Marks(model, ranges)
    marks.update(found, 0, set(found.variables))
    if not _surely(model.stop_when, found.box, ranges):  # else every path ends at t = 0
        _grow(found, rules, marks, {v.name: v.size - 1 for v in model.variables})
    _endings(model, found, ranges)
    return found


def _grow(found: Relaxed, rules: "list[_Rule]", marks: "_Marks", tops: Mapping[str, int]) -> None:
    """Layer after layer until nothing new comes; `tops` are the greatest values of variables."""
    # `started`: clocks that may have started. `waiting`: those of them to be tried in this layer,
    # because something they read has got a new value; in a layer without any, all is found.
    waiting = {rule.rank for rule in rules if not rule.triggered}
    started = set(waiting)
    layer = tried = 0
    while waiting:
        layer += 1
        tried += len(waiting)
        fresh: Box = {}
        newly_started: set[int] = set()
        for rank in sorted(waiting):
            rules[rank].fire(found, fresh, newly_started)
        # What is new counts from the next layer on: within a layer all fire at once.
        changed = {name for name, mask in fresh.items() if mask & ~found.box[name]}
        for name in changed:
            found.box[name] |= fresh[name]
            if layer > MOST_LAYERS and tried > MOST_TRIED:  # given up: it may have any value
                found.box[name] |= (1 << tops[name] + 1) - 1
        changed |= marks.update(found, layer, changed)
        for rule in rules:
            if rule.rank not in started and rule.turns(found.box, changed):
                newly_started.add(rule.rank)
        newly_started -= started
        started |= newly_started
        # others would bring about what they did before: they read nothing that is new
        waiting = newly_started | {rank for rank in started if rules[rank].reads & changed}


class _Rule:
    """One transition, its expressions ready to be asked about boxes."""

    def __init__(self, model: Model, rank: int, ranges: Ranges) -> None:
        transition = model.transitions[rank]
        self.rank, self.triggered = rank, bool(transition.on)
        self.never = transition.at is not None and transition.at > model.horizon  # it may start
        self.guard = _restrict(transition.when, ranges)
        self.speed = interval_of(transition.speed.node, ranges) if transition.speed else None
        self.options = [
            _Choice(model, transition, i, ranges) for i in range(len(transition.options))
        ]
        self.wakes, self.wakes_by_option = _listeners(model, rank)
        self.becomes = [
            (
                frozenset(discrete_names(trigger.becomes.node)),
                restrict(trigger.becomes.node, True, ranges),
                restrict(trigger.becomes.node, False, ranges),
            )
            for trigger in transition.on
            if trigger.becomes
        ]
        expressions = [transition.when, transition.speed]
        self.reads = {name for e in expressions if e for name in discrete_names(e.node)}
        for choice in self.options:
            self.reads |= choice.reads

    def fire(self, found: Relaxed, fresh: Box, newly_started: set[int]) -> None:
        """Add to `fresh` what a firing may bring about, to `newly_started` clocks it may start."""
        box = dict(found.box)
        if self.guard and not self.guard(box):  # the box is now cut to where the guard may hold
            return
        found.started[self.rank] = True
        # a clock that starts and never expires: `started`, not fired, which coverage tells apart
        if self.never or (self.speed and self.speed(box)[1] <= 0):
            return
        if not found.fired[self.rank]:
            found.fired[self.rank] = True
            newly_started.update(self.wakes)
        for i, choice in enumerate(self.options):
            if choice.take(box, fresh) and not found.taken[self.rank][i]:
                found.taken[self.rank][i] = True
                newly_started.update(self.wakes_by_option[i])

    def turns(self, box: Box, changed: set[str]) -> bool:
        """Whether a condition this rule waits for may just have turned true."""
        return any(
            # it may be true and may be false, and something it reads has just changed
            names & changed and true(dict(box)) and false(dict(box))
            for names, true, false in self.becomes
        )


class _Choice:
    """One option of a transition."""

    def __init__(self, model: Model, transition: Transition, at: int, ranges: Ranges) -> None:
        option = transition.options[at]
        self.available = _restrict(option.available, ranges)
        # exp of a utility is never 0, whatever the utility; so its value need not be looked at
        weighed = option.value is not None and transition.choice != "utility"
        self.value: IntervalOf | None = None
        if option.value is not None and weighed:
            self.value = interval_of(option.value.node, ranges)
        self.effects = [(e.variable, consequence(model, e, ranges)) for e in option.effects]
        expressions = [option.available, option.value if weighed else None]
        expressions += [effect.expression for effect in option.effects]
        self.reads = {name for e in expressions if e for name in discrete_names(e.node)}
        # an effect that reads its own variable has a new result for each new value of it
        self.reads |= {name for e in option.effects if (name := variable_read(e)) is not None}

    def take(self, box: Box, fresh: Box) -> bool:
        """Whether it may be taken in the box; adds the values it may bring about to `fresh`."""
        if self.available:
            box = dict(box)
            if not self.available(box):
                return False
        # never above 0 in this box: rule 3, an option without weight is not taken
        if self.value and self.value(box)[1] <= 0:
            return False
        for variable, effect in self.effects:  # all read the state before the firing
            fresh[variable] = fresh.get(variable, 0) | effect(box)
        return True


class _Marks:
    """Which outcomes may have happened."""

    def __init__(self, model: Model, ranges: Ranges) -> None:
        self.model = model
        self.conditions = [restrict(outcome.when.node, True, ranges) for outcome in model.outcomes]
        self.reads = [frozenset(discrete_names(outcome.when.node)) for outcome in model.outcomes]

    def update(self, found: Relaxed, layer: int, changed: set[str]) -> set[str]:
        """Note the outcomes that may hold for the first time; their names."""
        fresh: set[str] = set()
        for i in self.model.outcome_order:
            # in layer 0 all are looked at: what holds at t = 0 has happened
            looked = found.outcomes[i] is None and (layer == 0 or self.reads[i] & (changed | fresh))
            if looked and self.conditions[i](dict(found.box)):
                found.outcomes[i] = layer
                found.box[self.model.outcomes[i].name] |= 0b10  # bit 1: has happened
                fresh.add(self.model.outcomes[i].name)
        return fresh


def _endings(model: Model, found: Relaxed, ranges: Ranges) -> None:
    """An ending may be reached if it may hold where none before it does."""
    box = dict(found.box)
    for i, ending in enumerate(model.endings):
        if ending.when is None:
            found.endings[i] = True
            return
        found.endings[i] = restrict(ending.when.node, True, ranges)(dict(box))
        # the box stays cut to where it does not hold, since the next ending counts only there
        if not restrict(ending.when.node, False, ranges)(box):  # it always holds
            return


def _surely(condition: Expression | None, box: Box, ranges: Ranges) -> bool:
    """Whether the condition holds at every point of the box."""
    return condition is not None and not restrict(condition.node, False, ranges)(dict(box))


def _restrict(condition: Expression | None, ranges: Ranges) -> Restrict | None:
    return restrict(condition.node, True, ranges) if condition else None


def _listeners(model: Model, rank: int) -> tuple[set[int], list[set[int]]]:
    """The transitions this one's firing starts, and those each of its options starts."""
    transition = model.transitions[rank]
    # worked out once: `fire` is asked in every layer
    by_name: set[int] = set()
    by_option: list[set[int]] = [set() for _ in transition.options]
    for other, listener in enumerate(model.transitions):
        for trigger in listener.on:
            if trigger.becomes is None and trigger.transition == transition.name:
                if trigger.option is None:
                    by_name.add(other)
                for i, option in enumerate(transition.options):
                    if option.name is not None and option.name == trigger.option:
                        by_option[i].add(other)
    return by_name, by_option


def consequence(model: Model, effect: Effect, ranges: Ranges) -> Callable[[Box], int]:
    """A closure box -> mask of the values the variable may have after the effect."""
    top = model.variable(effect.variable).size - 1
    if effect.expression is not None:
        return _computed(effect, interval_of(effect.expression.node, ranges), top)
    read = variable_read(effect)
    if read is None:
        # a value set: what the variable was does not matter
        fixed = 1 << new_value(effect, 0, top)
        return lambda box: fixed
    # an effect of one variable is a table from old to new values
    after = [1 << new_value(effect, old, top) for old in range(model.variable(read).size)]

    mask = found = 0  # of the last call: masks mostly grow by a value or two

    def mapped(box: Box) -> int:
        nonlocal mask, found
        if mask & ~box[read]:  # not the same and more
            mask = found = 0
        fresh = box[read] & ~mask
        mask |= fresh
        while fresh:
            found |= after[(fresh & -fresh).bit_length() - 1]  # the lowest bit that is set
            fresh &= fresh - 1
        return found

    return mapped


def _computed(effect: Effect, interval: IntervalOf, top: int) -> Callable[[Box], int]:
    """All values between the least and the greatest that the expression may come to."""
    # an over-approximation: of `2 * n` the odd values are let through

    def computed(box: Box) -> int:
        low, high = (new_value(effect, end, top) for end in interval(box))
        return (1 << high + 1) - (1 << low)

    return computed
