"""One rare outcome by splitting, draw by draw, instead of walking millions of paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import RarePlan
from sim.experiment.progress import bar
from sim.experiment.runs import grades_of, model_of
from sim.reach.reachability import THOROUGH, reach

if TYPE_CHECKING:
    from sim.engines.splitting import Split, Splitter
    from sim.model.model import Model
    from sim.scenario import Scenario

T = TypeVar("T")
LOOK_EVERY = 0.2  # seconds


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
    """Split paths that come nearer to the outcome, in every draw, spread over threads."""
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
    from sim.engines.splitting import Splitter

    values = parameter_values(model, plan.seed, range(draws))
    rows = values.tolist()
    splitter = Splitter(model, names.index(outcome), seed=plan.seed, first=rows[0])
    # a draw is one thread's work: more threads than draws would idle
    crew = min(plan.crew, draws)
    # each thread takes a splitter that nobody else has, and gives it back
    free: SimpleQueue[Splitter] = SimpleQueue()
    for _ in range(crew):
        free.put(splitter.another())
    repetitions = plan.repetitions_of(draws)

    def one(draw: int) -> Split:
        own = free.get()
        try:
            return own.split(rows[draw], draw, repetitions=repetitions, paths=plan.paths)
        finally:
            free.put(own)

    found: list[Split] = []
    with (
        bar(draws, plan.progress, " draws") as done,
        mapping(crew, splitter.stop) as map_,
    ):
        # in order of draws whoever is first: the estimate must not depend on it
        for each in map_(one, range(draws)):
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


@contextmanager
def mapping(
    workers: int, stop: Callable[[], None]
) -> Iterator[Callable[[Callable[[int], T], range], Iterator[T]]]:
    """A `map` over draws, in order, by so many threads; `stop` ends what is under way."""
    pool = ThreadPoolExecutor(max_workers=workers)

    def map_(work: Callable[[int], T], draws: range) -> Iterator[T]:
        futures = [pool.submit(work, draw) for draw in draws]
        return (_result(one) for one in futures)

    try:
        yield map_
    except BaseException:  # Ctrl-C among them: the threads would go on to their end
        stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _result(future: Future[T]) -> T:
    while not wait([future], timeout=LOOK_EVERY).done:
        pass  # in between Ctrl-C is heard
    return future.result()
