"""A change of a model: clauses void, parameters set, other starts, added events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.errors import Place
from sim.model.expressions import Constant, Expression
from sim.model.model import Model
from sim.model.parameters import Distribution, Parameter
from sim.model.state import Variable
from sim.model.transitions import Transition

NEVER = Expression(Constant(0.0, "false"), "false")  # the guard of what is void


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one or several interventions change, with the place of each change in the file."""

    names: tuple[str, ...] = ()  # in the order of the file
    void: frozenset[str] = frozenset()  # treaties and `treaty.obligation`s
    values: Mapping[str, Distribution]  # of parameters
    starts: Mapping[str, int]  # of state variables
    events: tuple[Transition, ...]
    places: Mapping[str, tuple[Place, str]]  # parameter or event -> place and path


def changed_model(model: Model, change: Change) -> Model:
    """The model after a change, not checked yet."""
    # Events of interventions come last, in the order of the file, which decides ties. A change
    # includes those made before it, so their events are taken out and added again in their places.
    own = [one for one in model.transitions if one.part != "intervention"]  # without added events
    return replace(
        model,
        parameters=tuple(_parameter(one, change) for one in model.parameters),
        variables=tuple(_variable(one, change) for one in model.variables),
        transitions=(*(_transition(one, change) for one in own), *change.events),
    )


def _parameter(parameter: Parameter, change: Change) -> Parameter:
    value = change.values.get(parameter.name)
    return replace(parameter, distribution=value) if value else parameter


def _variable(variable: Variable, change: Change) -> Variable:
    if variable.name in {f"{name}.binds" for name in change.void}:
        return replace(variable, start=0)  # `void` wins over a start given to `binds`
    start = change.starts.get(variable.name)
    return variable if start is None else replace(variable, start=start)


def _transition(transition: Transition, change: Change) -> Transition:
    """The transition, with a guard that is never true if it, its treaty or clause is void."""
    # a clause is `treaty.obligation`, so this is its treaty
    treaty = (transition.clause or "").partition(".")[0]
    of_void = bool({treaty, transition.clause} & change.void)
    # only what begins a duty: where it never begins, no later step comes up
    of_void = of_void and transition.step in ("binds", "invoked")
    if of_void or (transition.clause is None and transition.name in change.void):
        return replace(transition, when=NEVER)  # kept, so that tables keep their rows
    return transition
