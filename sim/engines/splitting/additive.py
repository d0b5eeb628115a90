"""How far a situation is from an outcome where situations are too many to visit.

The additive relaxation of planning (Bonet and Geffner, Artif. Intell. 129 (2001), 5-33): each value
of each variable, and each triggered clock that runs, has a least cost to come about; a firing costs
what its conditions cost together, plus -log of a bound on the chance that its clock runs down in
time and that this option is taken. Sums, as probabilities multiply. What costs an infinity can
never come about, which is proof: no combination that can occur is left out. `least_costs` adds up.
"""

from collections.abc import Callable, Iterator
from math import inf, log
from typing import NamedTuple

from sim.engines.splitting.conjuncts import Conjunct, conjuncts, together
from sim.engines.splitting.guides import Depends, Facts, Way, from_ways
from sim.engines.splitting.layout import Guide
from sim.model.delay_sampling import ppf
from sim.model.delays import numbers
from sim.model.effect_values import variable_read
from sim.model.evaluation import Values
from sim.model.expressions import Comparison, Constant, Node
from sim.model.model import Model
from sim.model.parameters import value_at
from sim.model.transitions import Effect, Option, Transition
from sim.reach.lookups import Bounds, bounds_of
from sim.reach.reachability import support
from sim.reach.relaxed import consequence, relax
from sim.reach.value_ranges import Box, bits, discrete_names, interval_of, restrict

SLIGHT = 1e-6  # the share of an option that at the medians has none, and may have one in a draw
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


def by_values(model: Model, outcome: int, words: int, of: Values | None = None) -> Guide:
    """A guide to the outcome; its distance is infinite where that is out of reach.

    `words` are the kernel's for transitions. Unless it is `of` certain values, it is for all draws:
    what can be is what any draw may bring, and costs are those at the medians of the parameters.
    """
    bounds, typical = _bounds(model, of)
    steps, goal = _relevant(
        model, list(_steps(model, bounds, typical)), model.outcomes[outcome].name
    )
    names = {name for step in steps for name in (*step.needs, step.name)} | {goal}
    variables = [variable for variable in model.variables if variable.name in names]
    marks = [i for i, one in enumerate(model.outcomes) if one.name in names]
    clocks = [rank for rank, t in enumerate(model.transitions) if f"{RUNS}{t.name}" in names]
    # facts of one variable stand in a row, so that the kernel adds the value to the first
    facts: dict[tuple[str, int], int] = {}
    for variable in variables:
        facts |= {(variable.name, value): len(facts) + value for value in range(variable.size)}
    for i in marks:
        facts |= {(model.outcomes[i].name, value): len(facts) + value for value in (0, 1)}
    for rank in clocks:
        facts[f"{RUNS}{model.transitions[rank].name}", 1] = len(facts)
    # A need is "one of these values": of each distinct one the least cost is found only once.
    needs: dict[tuple[int, ...], int] = {}
    ways = []
    for step in steps:
        wanted = (
            tuple(facts[name, value] for value in bits(mask)) for name, mask in step.needs.items()
        )
        # without repetitions: a need is met once, so a step that counts it twice would wait for
        # ever
        numbered = tuple(dict.fromkeys(needs.setdefault(any_of, len(needs)) for any_of in wanted))
        ways.append(Way(step.rank, numbered, facts[step.name, step.value], step.cost))
    places = [model.names.variables[variable.name] for variable in variables]
    return from_ways(
        Depends(
            variables=[*places, *(len(model.variables) + i for i in marks)],
            counted=(),
            clocks=sum(1 << rank for rank in clocks),
            spent=sum(1 << rank for rank in {step.rank for step in steps if step.rank >= 0}),
            words=words,
        ),
        Facts(
            size=len(facts),
            goal=facts[goal, 1],
            values=[
                *(facts[variable.name, 0] for variable in variables),
                *(facts[model.outcomes[i].name, 0] for i in marks),
            ],
            clocks=clocks,
            runs=[facts[f"{RUNS}{model.transitions[rank].name}", 1] for rank in clocks],
        ),
        ways,
        list(needs),
    )


def _bounds(model: Model, of: Values | None = None) -> tuple[Bounds, Bounds]:
    """What the parameters may be in any draw, and what they are at their medians; both, if `of`.

    Levels of a `choices` parameter stay open in both: one of them is as typical as the other.
    """
    if of is not None:
        own = bounds_of(model, [of])
        return own, own
    medians = [value_at(parameter, 0.5) for parameter in model.parameters]
    box, ranges = support(model.parameters)
    at = {
        parameter.name: (value, value)
        for parameter, value in zip(model.parameters, medians, strict=True)
        if parameter.name in ranges
    }
    return Bounds(medians, box, ranges), Bounds(medians, box, at)


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


def _steps(model: Model, bounds: Bounds, typical: Bounds) -> Iterator[Step]:
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
        # the date of what is scheduled is the same in all draws
        if found.fired[rank] and (transition.at is None or transition.at <= model.horizon):
            yield from _firings(model, rank, bounds, typical, box)


def _firings(model: Model, rank: int, bounds: Bounds, typical: Bounds, box: Box) -> Iterator[Step]:
    transition = model.transitions[rank]
    slow, possible = _slow(model, transition, bounds), _shares(transition, bounds)
    shares = _shares(transition, typical)
    guard = transition.when
    when = conjuncts(guard.node, True, box, bounds.ranges) if guard else [{}]
    # a triggered transition fires only while its clock runs, and something has to start that
    if transition.on:
        when = [{**needs, f"{RUNS}{transition.name}": 0b10} for needs in when]
    # whoever waits for the transition itself starts whichever option is taken, also by `nothing`
    for listener in _listeners(model, transition, None):
        yield from (Step(rank, needs, f"{RUNS}{listener}", 1, slow) for needs in when)
    for i, option in enumerate(transition.options):
        for needs in together([when, _taken(option, transition, bounds, box)]):
            here = {**box, **{name: mask for name, mask in needs.items() if name in box}}
            # by the bounds of all draws, not at the medians: what is barred there is barred by
            # proof
            if possible(here)[i] <= 0:
                continue
            share = max(shares(here)[i], SLIGHT)
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
    # exp of a utility is above 0, whatever the utility
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
