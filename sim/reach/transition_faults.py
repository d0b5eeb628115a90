"""What is wrong with single transitions: after a change of parameters, or of their own form."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.model.delays import complaints, is_immediate
from sim.model.delays import parameters_read as delay_reads
from sim.model.expressions import (
    Arithmetic,
    Call,
    Constant,
    Expression,
    Node,
    ParameterOf,
    children,
    parameters_read,
    variables_read,
)
from sim.model.model import Model
from sim.model.parameters import bounds
from sim.model.rendering import rendered
from sim.model.transitions import Option, Transition
from sim.reach.sums import faults_at_corners


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedFault:
    """A fault of a transition after a change, and the parameters that it depends on."""

    text: str
    where: str  # the transition, with place and path of the expression at fault
    reads: tuple[str, ...]


def readers(transitions: Iterable[Transition]) -> dict[str, list[Transition]]:
    """For each parameter the transitions whose guard, options, speed or delay read it."""
    found: dict[str, list[Transition]] = {}
    for one in transitions:
        expressions = [one.when, one.speed]
        expressions += [e for option in one.options for e in (option.value, option.available)]
        read = [name for e in expressions if e for name in parameters_read(e.node)]
        for name in dict.fromkeys([*read, *delay_reads(one.after)]):
            found.setdefault(name, []).append(one)
    return found


def faults(model: Model, transitions: Iterable[Transition]) -> Iterator[LocatedFault]:
    """Faults of the options, speeds and delays of some transitions of a model."""
    transitions = list(transitions)
    for one in transitions:
        read = delay_reads(one.after)
        for sentence in complaints(one.after, [model.parameter(name) for name in read]):
            # every argument stands at the same delay
            where = next((argument.where for argument in one.after.arguments), "")
            yield LocatedFault(text=sentence, where=f"{one.name}, {where}", reads=read)
    for fault in faults_at_corners(model, transitions):
        # a sum concerns all options
        wrong = [fault.option] if fault.option else fault.transition.options
        found = [e for option in wrong for e in (option.value, option.available) if e]
        if fault.speed and fault.transition.speed:
            found = [fault.transition.speed]
        guard = [fault.transition.when] if fault.transition.when else []
        names = tuple(name for e in (*found, *guard) for name in parameters_read(e.node))
        where = f"{fault.transition.name}, {found[0].where}"
        yield LocatedFault(text=fault.text, where=where, reads=names)


def variables_of(transition: Transition) -> set[str]:
    """The variables that the guard, the speed and the options of a transition read."""
    expressions = [transition.when, transition.speed]
    expressions += [e for option in transition.options for e in (option.value, option.available)]
    return {name for one in expressions if one for name in variables_read(one.node)}


def endless(transition: Transition) -> str:
    """Why a transition would fire without end at one moment; empty if it would not.

    Without trigger, limit and delay it must change something that its guard reads.
    """
    if transition.on or transition.limit is not None or transition.at is not None:  # these end it
        return ""
    if not is_immediate(transition.after):  # time passes between two firings
        return ""
    guard = transition.when.node if transition.when else None
    if isinstance(guard, Constant) and not guard.value:  # never, as of a void clause
        return ""
    read = set(variables_read(transition.when.node)) if transition.when else set()
    changed = {e.variable for option in transition.options for e in option.effects}
    if read & changed:  # it may end its own guard; whether it does is not proved
        return ""
    reason = f"changes nothing that {transition.when.text!r} reads" if transition.when else ""
    return f"would fire without end at one moment: it has no delay, and {reason or 'no guard'}"


def unbounded(model: Model, transition: Transition) -> Iterator[tuple[Option, str]]:
    """Each parameter without bounds that an option uses as a probability, with the error."""
    for option in transition.options if transition.choice == "probability" else ():
        for name in dict.fromkeys(_as_probability(option.value)):
            if not all(math.isfinite(end) for end in bounds(model.parameter(name).distribution)):
                yield option, _unbounded(name, option.value)


def _unbounded(name: str, value: Expression | None) -> str:
    """The message about a parameter without bounds in a probability."""
    message = f"{name!r} is used as a probability, so it must be bounded"
    match value.node if value else None:
        case Arithmetic("*", left, right):  # within 0 and 1 a factor could no longer raise anything
            factor, other = (left, right) if name in parameters_read(left) else (right, left)
            odds = f"odds({rendered(other)}, {rendered(factor)})"
            return f"{message}; to multiply the odds by it, which any factor may do, write `{odds}`"
    return f"{message}: give it `within: [0, 1]`"


def _as_probability(expression: Expression | None) -> Iterator[str]:
    """The parameters in an expression, except factors of `odds`, which may have any size."""
    # a stack of its own: expressions nest deeply
    waiting: list[Node] = [expression.node] if expression else []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ParameterOf):
            yield node.name
        # `odds(p, f, …)`: p is a probability, the factors f are not
        is_odds = isinstance(node, Call) and node.function == "odds"
        waiting += children(node)[:1] if is_odds else children(node)
