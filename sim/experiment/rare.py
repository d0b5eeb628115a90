"""The probability of one rare outcome, by splitting instead of by walking millions of paths."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.errors import NotApplicable, UsageError, unknown, whole
from sim.experiment.defaults import SEED
from sim.experiment.processes import processes
from sim.experiment.progress import bar
from sim.experiment.runs import Plan, model_of
from sim.experiment.values import parameter_values
from sim.intervals import CONFIDENCE
from sim.reach.reachability import THOROUGH, reach

if TYPE_CHECKING:
    from sim.engines.splitting import Split
    from sim.model.model import Model
    from sim.scenario import Scenario

DRAWS, PATHS = 30, 100
SPLITTINGS = 60  # draws times repetitions, unless another number of either is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Rare:
    """An estimate by multilevel splitting.

    probability  mean over draws and repetitions; low, high: 90 % interval for sampling only, from
                 the spread of the draws or, of one draw, of its independent repetitions (Student's
                 t), not below 0.
    gain         how many times the events an ordinary run of the same draws would need to know
                 their mean as well.
    by_draw      draw, probability, error: the standard error of its mean, levels: how many, events.
    """

    scenario: str
    outcome: str
    title: str  # of the outcome
    probability: float
    low: float
    high: float
    draws: int
    repetitions: int  # in each draw
    paths: int  # at each level
    events: int
    gain: float
    seed: int
    by_draw: pd.DataFrame

    def summary(self) -> dict[str, object]:
        """The estimate as plain numbers: what `--json` prints."""
        names = ("scenario", "outcome", "probability", "low", "high", "draws", "repetitions")
        more = ("paths", "events", "gain", "seed")
        return {"interval": "sampling", **{n: getattr(self, n) for n in (*names, *more)}}


def rare(
    scenario: Scenario | Model,
    outcome: str,
    *,
    draws: int = DRAWS,
    repetitions: int | None = None,
    paths: int = PATHS,
    seed: int = SEED,
    workers: int | None = None,
    progress: bool | None = None,
) -> Rare:
    """Estimate one outcome's probability by splitting paths that come nearer to it.

    `paths` are begun at each level, `repetitions` times in each of `draws` parameter draws (one,
    where nothing is unknown; 60 splittings in all unless said), spread over `workers` processes
    (all cores unless said). The same seed gives the same estimate, whatever their number. Raises
    UsageError for an unknown outcome, NotApplicable, with the reason, where splitting has nothing
    to go by, and what `run` raises.
    """
    model = model_of(scenario)
    crew = Plan(draws=draws, seed=seed, workers=workers).crew
    names = [one.name for one in model.outcomes]
    if outcome not in names:
        raise UsageError(unknown("outcome", outcome, names))
    if all(parameter.distribution.kind == "fixed" for parameter in model.parameters):
        draws = 1
    if repetitions is None:
        repetitions = max(2, ceil(SPLITTINGS / draws))
    whole("repetitions", repetitions, 2)
    whole("paths", paths, 10)
    if reach(model, limit=THOROUGH).outcomes[names.index(outcome)] is None:
        raise NotApplicable(f"not applicable, because {outcome} is impossible by construction")
    from sim.engines.splitting import split

    values = parameter_values(model, seed, range(draws))
    one = partial(
        split, model, outcome=names.index(outcome), seed=seed, repetitions=repetitions, paths=paths
    )
    found: list[Split] = []
    with (
        bar(draws, progress, " draws") as done,
        _crew(min(crew, draws)) as map_,
    ):
        for each in map_(_one, repeat(one), values.tolist(), range(draws)):
            found.append(each)
            done(1)
    return _rare(model, outcome, found, paths=paths, seed=seed)


def _one(one: Callable[..., Split], values: list[float], draw: int) -> Split:
    return one(values=values, draw=draw)


@contextmanager
def _crew(workers: int) -> Iterator[Callable[..., Iterator[Split]]]:
    """A `map` over draws, in order: here, or spread over processes."""
    if workers == 1:
        yield map
        return
    with processes(workers, signal.signal, signal.SIGINT, signal.SIG_IGN) as pool:
        yield pool.map


def _rare(model: Model, outcome: str, found: list[Split], *, paths: int, seed: int) -> Rare:
    from scipy.stats import t as student

    each = np.array([one.probabilities for one in found])
    draws, repetitions = each.shape
    probability = float(each.mean())
    if probability == 0:
        raise NotApplicable(
            f"not applicable, because none of {each.size:,} splittings came to {outcome}; more "
            f"paths at each level may (now {paths:,})"
        )
    errors = each.std(axis=1, ddof=1) / sqrt(repetitions)
    means = each.mean(axis=1)
    splitting = float((errors**2).sum()) / draws**2  # how far off in these very draws
    variance = float(means.var(ddof=1)) / draws if draws > 1 else splitting
    freedom = draws - 1 if draws > 1 else repetitions - 1
    half = float(student.ppf((1 + CONFIDENCE) / 2, freedom)) * sqrt(variance)
    events = sum(one.events for one in found)
    a_path = float(np.mean([one.events_a_path for one in found]))
    ordinary = probability * (1 - probability) * a_path  # variance x events of an ordinary path
    return Rare(
        scenario=model.name,
        outcome=outcome,
        title=model.outcomes[model.names.outcomes[outcome]].label,
        probability=probability,
        low=max(probability - half, 0.0),
        high=min(probability + half, 1.0),
        draws=draws,
        repetitions=repetitions,
        paths=paths,
        events=events,
        gain=ordinary / (splitting * events) if splitting > 0 else 1.0,
        seed=seed,
        by_draw=pd.DataFrame(
            {
                "draw": np.arange(draws),
                "probability": means,
                "error": errors,
                "levels": [len(one.levels) for one in found],
                "events": [one.events for one in found],
            }
        ),
    )
