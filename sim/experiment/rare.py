"""One rare outcome by splitting, draw by draw, instead of walking millions of paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from multiprocessing import current_process
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import RarePlan
from sim.experiment.processes import processes
from sim.experiment.progress import bar
from sim.experiment.runs import grades_of, model_of
from sim.reach.reachability import THOROUGH, reach

if TYPE_CHECKING:
    from sim.engines.splitting import Split
    from sim.model.model import Model
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class RareOutput:
    """The splittings of every draw, before anything is estimated."""

    model: Model
    outcome: str
    splits: tuple[Split, ...]  # of each draw
    plan: RarePlan
    values: NDArray[np.float64]  # of the parameters, a row a draw
    grades: Mapping[str, str]  # of the parameters


def rare(scenario: Scenario | Model, outcome: str, plan: RarePlan) -> RareOutput:
    """Split paths that come nearer to the outcome, in every draw, spread over processes."""
    model = model_of(scenario)
    names = [one.name for one in model.outcomes]
    if outcome not in names:
        raise UsageError(unknown("outcome", outcome, names))
    # where all parameters are fixed, all draws are alike, and repetitions take their place
    certain = all(parameter.distribution.kind == "fixed" for parameter in model.parameters)
    draws = 1 if certain else plan.draws
    # splitting would go on for ever towards what cannot happen
    if reach(model, limit=THOROUGH).outcomes[names.index(outcome)] is None:
        raise NotApplicable(f"not applicable, because {outcome} is impossible by construction")
    from sim.engines.splitting import split

    values = parameter_values(model, plan.seed, range(draws))
    # a partial of a function at the top of a module can be sent to a process; a closure cannot
    one = partial(
        split,
        model,
        outcome=names.index(outcome),
        seed=plan.seed,
        repetitions=plan.repetitions_of(draws),
        paths=plan.paths,
    )
    found: list[Split] = []
    with (
        bar(draws, plan.progress, " draws") as done,
        mapping(min(plan.crew, draws)) as map_,
    ):
        # in order of draws whatever process is first: the estimate must not depend on it
        for each in map_(_one, repeat(one), values.tolist(), range(draws)):
            found.append(each)
            done(1)
    return RareOutput(
        model=model,
        outcome=outcome,
        splits=tuple(found),
        plan=plan,
        values=values,
        grades=grades_of(scenario),
    )


def _one(one: Callable[..., Split], values: list[float], draw: int) -> Split:
    return one(values=values, draw=draw)


@contextmanager
def mapping(workers: int) -> Iterator[Callable[..., Iterator[Split]]]:
    """A `map` over draws, in order: here, or spread over processes."""
    if workers == 1 or current_process().daemon:  # that may have no processes of its own
        yield map
        return
    with processes(workers) as pool:
        yield pool.map
