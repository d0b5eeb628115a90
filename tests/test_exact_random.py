"""Random scenarios: whatever happens was called possible; exponential, they agree with sampling."""

import dataclasses
from math import log, sqrt

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from random_models import as_yaml, documents, model_of
from small_models import exponential

from sim.engines.exact import solve
from sim.errors import NotApplicable, RunError
from sim.experiment import run
from sim.experiment.values import parameter_values
from sim.model.delays import AT_ONCE, Delay, numbers
from sim.model.model import Model
from sim.model.reachability import reach
from sim.model.waiting import wait
from sim.results.results import Results

PATHS = 4_000
DAY = 86_400.0
LIGHT = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


def ran(built: Model, draws: int, paths: int) -> Results:
    try:
        return run(built, draws=draws, paths=paths, workers=1, progress=False)
    except RunError:
        assume(False)
        raise


@LIGHT
@given(documents())
def test_what_happens_was_called_possible(document: dict[str, object]) -> None:
    """5 draws x 40 paths; relaxed and exhaustive."""
    built = model_of(document)
    if built is None:
        return
    seen = ran(built, 5, 40)
    fired = seen.coverage.loc[seen.coverage["fired"] > 0, "name"].tolist()
    for limit in (0, 20_000):
        found = reach(built, limit=limit)
        named = dict(zip((t.name for t in built.transitions), found.fired, strict=True))
        for transition, taken in zip(built.transitions, found.taken, strict=True):
            named |= {
                f"{transition.name}.{option.name}": may
                for option, may in zip(transition.options, taken, strict=True)
            }
        assert all(named[name] for name in fired), as_yaml(document)
        for hits, distance in zip(seen.outcomes["hits"], found.outcomes, strict=True):
            assert distance is not None or hits == 0
        for hits, may in zip(seen.endings["hits"], found.endings, strict=True):
            assert may or hits == 0


def memoryless(built: Model, values: list[float]) -> Model:
    """The same model with every wait exponential, of the same median; none stays none."""
    transitions = []
    for transition in built.transitions:
        median = wait(numbers(transition.after, built.names, values), 0, 0.5)
        after: Delay = exponential(median / log(2) / DAY) if median > 0 else AT_ONCE
        transitions.append(dataclasses.replace(transition, after=after))
    return dataclasses.replace(built, transitions=tuple(transitions))


@LIGHT
@given(documents())
def test_exact_agrees_with_sampling(document: dict[str, object]) -> None:
    """n = 4,000 paths of one draw; about 100 comparisons, |z| < 4.5 where 4 hits are expected."""
    built = model_of(document)
    if built is None:
        return
    values = parameter_values(built, 1, range(1))
    smooth = memoryless(built, values[0].tolist())
    try:
        (exact,) = solve(smooth, values, limit=20_000)
    except (NotApplicable, RunError):
        return
    seen = ran(smooth, 1, PATHS)
    shares = [
        *zip(exact.outcomes, seen.outcomes["hits"], strict=True),
        *zip(exact.endings, seen.endings["hits"], strict=True),
    ]
    for p, hits in shares:
        expected, spread = PATHS * p, sqrt(PATHS * max(p * (1 - p), 1e-18))
        if min(expected, PATHS - expected) < 4:
            assert abs(hits - expected) < 20, as_yaml(document)
        else:
            assert abs(hits - expected) < 4.5 * spread, as_yaml(document)
    never = np.flatnonzero(~exact.fired)
    fired = seen.coverage.loc[seen.coverage["kind"] == "transition", "fired"].to_numpy()
    assert (fired[never] == 0).all()
