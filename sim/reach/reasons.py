"""Why something can never happen, in a sentence: the part of its condition that is out of reach."""

from collections.abc import Sequence

from sim.model.expressions import Expression, variables_read
from sim.model.model import Model
from sim.model.rendering import rendered
from sim.model.state import Variable
from sim.model.transitions import Transition
from sim.reach.points import conditions_joined
from sim.reach.reachability import Reach
from sim.reach.value_ranges import restrict


def never_fires(model: Model, found: Reach, transition: Transition) -> str:
    """Why a transition that never fires does not; empty if no single reason is known."""
    reason = out_of_reach(model, found, transition.when)
    if not reason and transition.on and not found.started[model.ranks[transition.name]]:
        return "nothing in `on` ever happens"
    return reason


def out_of_reach(model: Model, found: Reach, condition: Expression | None) -> str:
    """The first part of a condition that never holds, and which values its variables can have.

    Parts are those joined by `and`. Empty if each may hold: then the condition may, too, or its
    parts never hold together.
    """
    for part in conditions_joined(condition.node) if condition else ():
        if not restrict(part, True, found.ranges)(dict(found.box)):
            text = f"`{rendered(part)}` is out of reach"
            for name in variables_read(part):
                variable, values = model.variable(name), found.values[model.names.variables[name]]
                if len(values) < variable.size:  # one that can have any value explains nothing
                    text += f", {_reachable(variable, values)}"
            return text
    return ""


def _reachable(variable: Variable, values: Sequence[int]) -> str:
    """The values that a variable can have, as an author would write them."""
    words = [variable.word(value) for value in values]
    if len(words) == 1:
        return f"{variable.name} is always {words[0]}"
    if variable.kind == "count" and len(values) == values[-1] - values[0] + 1:
        return f"{variable.name} is {words[0]} to {words[-1]}"
    return f"{variable.name} is only {', '.join(words[:-1])} or {words[-1]}"
