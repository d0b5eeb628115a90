"""The best that one actor can do on a small model, from a scenario."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from sim.api.arguments import loaded_or_model
from sim.decisions.optimum import Optimum
from sim.decisions.optimum import optimum as found
from sim.errors import NotApplicable, UsageError, require_int, unknown
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.runs import model_of, varies

if TYPE_CHECKING:
    from sim.model.model import Model
    from sim.scenario import Scenario


def optimum(
    scenario: Scenario | Model | str | PathLike[str],
    actor: str,
    outcome: str,
    *,
    more: bool = False,
    steps: int = 200,
) -> Optimum:
    """The policy of an actor that makes an outcome least likely, or with `more` likeliest.

    Backward induction (value iteration from the horizon to day 0) on the chain of the exact engine,
    for small models: every delay exponential or none, at most 20,000 situations, no uncertain
    parameter (fix them by `with_`), nothing hidden from the actor. Choices may depend on the state
    and on the time, which is looked at `steps` times; `value` is the probability that the policy
    comes to, exactly, and `gain` says what more steps may still bring. Everybody else acts by the
    odds of the file, and the actor knows these. Raises UsageError for an unknown name and
    NotApplicable, with the reason, for another model.
    """
    model = model_of(loaded_or_model(scenario))
    names = [one.name for one in model.actors]
    if actor not in names:
        raise UsageError(unknown("actor", actor, names))
    if outcome not in model.names.outcomes:
        raise UsageError(unknown("outcome", outcome, model.names.outcomes))
    require_int("steps", steps, 1)
    if varies(model):
        free = [one.name for one in model.parameters if one.distribution.kind != "fixed"]
        raise NotApplicable(
            f"optimum: {', '.join(free[:3])} {'is' if len(free) == 1 else 'are'} uncertain; fix "
            "each with scenario.with_(set={...})"
        )
    values = parameter_values(model, 1, range(1))
    return found(model, values, actor, outcome, more=more, steps=steps)
