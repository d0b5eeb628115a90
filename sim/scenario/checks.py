"""What is wrong about rules as wholes: odds that are none, clocks that never stand still."""

import math
from collections.abc import Iterator

from sim.model.expressions import (
    Call,
    Constant,
    Expression,
    Node,
    ParameterOf,
    children,
    variables_read,
)
from sim.model.parameters import bounds
from sim.model.transitions import Transition
from sim.reach.sums import Fault, faults_at_corners
from sim.scenario.places import odds_route, options_route, route_of
from sim.scenario.resolving import Resolved
from sim.scenario.written import Route, place_of

_SHARES = "shares are written 0.1 for 10 %"


def check_rules(resolved: Resolved) -> None:
    """Note every rule that cannot run, as far as it could be read."""
    bench = resolved.bench
    own = [*resolved.model.transitions, *resolved.possible]
    sound = [transition for transition in own if transition.name not in bench.doubtful]
    for transition in sound:
        _stuck(resolved, transition)
    bounded = [transition for transition in sound if _bounded(resolved, transition)]
    for fault in faults_at_corners(resolved.model, bounded):
        route: Route = options_route(fault.transition)
        if fault.speed:
            route = (*route_of(fault.transition), "speed")
        elif fault.option is not None:
            route = odds_route(fault.transition, fault.option)
        says = fault.says + _hint(resolved, fault)
        bench.problem(route, says, key=not fault.speed and fault.option is None)


def _hint(resolved: Resolved, fault: Fault) -> str:
    """What authors usually got wrong about a probability or a sum of them."""
    options = fault.transition.options
    if fault.speed:
        return ""
    if fault.option is None:
        if any(option.share == "rest" for option in options):
            return "; `of_rest: p` gives an option its share of what those before it left"
        return (
            "; `probability: rest` takes what is left, `of_rest: p` a share of what is left so far"
        )
    if fault.transition.choice != "probability" or "below 0" in fault.says:
        return ""
    node = fault.option.value.node if fault.option.value else None
    if isinstance(node, Call) and node.function == "odds":
        node = node.arguments[0]
    match node:
        case ParameterOf(name) if _highest(resolved, name) > 1:
            place = place_of(resolved.bench.findings.tree, ("parameters", name, "is"))
            return f"; {name} is given in {place}; {_SHARES}"
        case Constant(value) if value > 1:
            return f"; {_SHARES}"
    return ""


def _highest(resolved: Resolved, name: str) -> float:
    return bounds(resolved.model.parameter(name).distribution)[1]


def _stuck(resolved: Resolved, transition: Transition) -> None:
    """An untriggered, unlimited transition without delay must change what its guard reads."""
    if transition.on or transition.limit is not None or transition.at is not None:
        return
    if not _immediate(transition):
        return
    read = set(variables_read(transition.when.node)) if transition.when else set()
    changed = {e.variable for option in transition.options for e in option.effects}
    if read & changed:
        return
    guard = f"changes nothing that {transition.when.text!r} reads" if transition.when else ""
    said = f"would fire for ever at one instant: it has no delay, and {guard or 'no guard'}"
    hint = "give it `after`, `once: true`, `on`, or a guard that its effects end"
    resolved.bench.problem(route_of(transition), f"{said}; {hint}", key=True)


def _immediate(transition: Transition) -> bool:
    waits = transition.after
    if waits.kind == "exactly":
        node = waits.arguments[0].node
        return isinstance(node, Constant) and node.value == 0
    return waits.kind == "immediate"


def _bounded(resolved: Resolved, transition: Transition) -> bool:
    """Whether every parameter used as a probability has ends."""
    fine = True
    if transition.choice != "probability":
        return fine
    for option in transition.options:
        for name in dict.fromkeys(_as_probability(option.value)):
            low, high = bounds(resolved.model.parameter(name).distribution)
            if not (math.isfinite(low) and math.isfinite(high)):
                fine = False
                said = f"{name!r} is used as a probability, so it must be bounded: give it "
                resolved.bench.problem(odds_route(transition, option), said + "`within: [0, 1]`")
    return fine


def _as_probability(expression: Expression | None) -> Iterator[str]:
    """The parameters in an expression but for the factors of odds, which may be any size."""
    waiting: list[Node] = [expression.node] if expression else []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ParameterOf):
            yield node.name
        is_odds = isinstance(node, Call) and node.function == "odds"
        waiting += children(node)[:1] if is_odds else children(node)
