"""Checks of a resolved model: probabilities in range, speeds, clocks that never stand still."""

from sim.model.expressions import (
    Call,
    Constant,
    ParameterOf,
)
from sim.model.model import Model
from sim.model.parameters import bounds
from sim.model.transitions import Option, Transition
from sim.reach.points import Fault
from sim.reach.sums import faults_at_corners
from sim.reach.transition_faults import endless, unbounded, variables_of
from sim.scenario.language.context import Context
from sim.scenario.resolve import Resolved
from sim.source.tree import KeyPath, place_of

_SHARES = "write 0.1 for 10 %"


def check_rules(resolved: Resolved, context: Context) -> None:
    """Report every valid rule that could not run, for some parameters or states."""
    # the status of a clause that is invalid can be read, and is no variable of the model
    known, paths = set(resolved.model.names.variables), resolved.paths
    able = [one for one in resolved.all_transitions if known.issuperset(variables_of(one))]
    sound = [one for one in able if not context.is_damaged(paths[one.name])]
    for transition in sound:
        _check_progress(transition, paths[transition.name], context)
    model = resolved.model
    bounded = [one for one in sound if _is_bounded(model, one, paths[one.name], context)]
    # An expression is checked at the corners of the parameters' ranges, which need ends for that;
    # what is proved there, and how, is explained in sim/reach/sums.
    for fault in faults_at_corners(model, bounded):
        at = fault_path(fault, paths[fault.transition.name])
        text = fault.text + _hint(model, fault, context)
        context.problem(at, text, key=not fault.speed and fault.option is None)


def options_path(transition: Transition, path: KeyPath) -> KeyPath:
    """The path of all options of a transition."""
    return (*path, "responses" if transition.part == "treaty" else "choose")


def value_path(transition: Transition, option: Option, path: KeyPath) -> KeyPath:
    """The path of an option's probability, weight or utility."""
    if option.name is None or option.name == "nothing":  # the two options of `chance`
        return (*path, "chance")
    key = "of_rest" if option.share == "of_rest" else transition.choice
    return (*options_path(transition, path), option.name, key)


def fault_path(fault: Fault, path: KeyPath) -> KeyPath:
    """The path of a fault: a speed, an option, or the sum over options."""
    if fault.speed:
        return (*path, "speed")  # not of an option
    if fault.option is not None:
        return value_path(fault.transition, fault.option, path)
    return options_path(fault.transition, path)


def _hint(model: Model, fault: Fault, context: Context) -> str:
    """A hint about the usual mistakes with a probability or a sum of probabilities."""
    options = fault.transition.options
    if fault.speed:
        return ""
    if fault.option is None:
        if any(option.share == "rest" for option in options):
            return "; `of_rest: p` gives an option a share of what the options before it leave"
        of_rest = "`of_rest: p` a share of what is left so far"
        return f"; `probability: rest` takes what is left, {of_rest}"
    if fault.transition.choice != "probability" or "below 0" in fault.text:
        return ""
    node = fault.option.value.node if fault.option.value else None
    # `odds(p, 2)` has no value where p is above 1: then p is at fault
    if isinstance(node, Call) and node.function == "odds":
        node = node.arguments[0]
    # of the faulty expressions only a lone number or parameter has an obvious reason: a percentage
    match node:
        case ParameterOf(name) if bounds(model.parameter(name).distribution)[1] > 1:
            place = place_of(context.tree, ("parameters", name, "is"))
            return f"; {name} is declared in {place}; {_SHARES}"
        case Constant(value) if value > 1:
            return f"; {_SHARES}"
    return ""


def _check_progress(transition: Transition, path: KeyPath, context: Context) -> None:
    """Report a transition that would fire without end at one moment."""
    if reason := endless(transition):
        hint = "give it `after`, `once: true`, `on`, or a guard that its effects end"
        context.problem(path, f"{reason}; {hint}", key=True)


def _is_bounded(model: Model, transition: Transition, path: KeyPath, context: Context) -> bool:
    """Whether every parameter used as a probability is bounded; reported if not."""
    found = list(unbounded(model, transition))  # all, so that all are reported
    for option, text in found:
        context.problem(value_path(transition, option, path), text)
    return not found
