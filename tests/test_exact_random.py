"""Random scenarios: whatever happens was called possible; exponential, they agree with sampling."""

import dataclasses
from math import log

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from random_models import as_yaml, documents, model_of
from scipy.stats import binom
from small_models import exponential, is_

from sim import Results, run
from sim.engines.exact import Exact, solve
from sim.engines.exact.generator_matrix import Floats
from sim.errors import NotApplicable, RunError
from sim.experiment import parameter_values
from sim.model import Delay, Model, Outcome
from sim.model.delay_sampling import ppf
from sim.model.delays import AT_ONCE, numbers
from sim.reach import reach

PATHS = 10_000
CALM = 1e-4  # how often the comparisons together fail if all is right
MOST = 2_000  # comparisons
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


def memoryless(built: Model, values: list[float], *, stretch: float = 1.0) -> Model:
    """The same model with every wait exponential, of the same median; none stays none."""
    transitions = []
    for transition in built.transitions:
        median = stretch * ppf(numbers(transition.after, built.names, values), 0, 0.5)
        after: Delay = exponential(median / log(2) / DAY) if median > 0 else AT_ONCE
        transitions.append(dataclasses.replace(transition, after=after))
    return dataclasses.replace(built, transitions=tuple(transitions))


def asked_more(built: Model) -> Model:
    """The same model, asked as well whether each variable was ever at each of its values.

    A document's own outcomes are mostly certain or impossible: they alone would compare little.
    """
    more = [
        Outcome(name=f"{variable.name}_at_{value}", when=is_(variable.name, value))
        for variable in built.variables
        for value in range(variable.size)
    ]
    outcomes = (*built.outcomes, *more)
    order = (*built.outcome_order, *range(len(built.outcomes), len(outcomes)))
    return dataclasses.replace(built, outcomes=outcomes, outcome_order=order)


def tails(exact: Exact, seen: Results) -> tuple[Floats, int]:
    """(how likely hits this far from the exact share are, for each share; how many are real).

    Two-sided and of the binomial distribution itself, so that each is at most a with probability
    at most a, however few hits are expected. A share within its error of 0 or of 1 is no real
    comparison: one path to the contrary has probability 0.
    """
    shares = np.concatenate([exact.outcomes, exact.endings])
    errors = np.concatenate([exact.outcome_error, exact.ending_error])
    hits = np.concatenate([seen.outcomes["hits"], seen.endings["hits"]])
    assert errors.max() * PATHS < 1e-6  # nothing beside the chance of a hit
    p = np.where(shares <= errors, 0.0, np.where(1 - shares <= errors, 1.0, shares))
    either = np.minimum(binom.cdf(hits, PATHS, p), binom.sf(hits - 1, PATHS, p))
    return np.minimum(2 * either, 1.0), int(((p > 0) & (p < 1)).sum())


def compared(document: dict[str, object], *, stretch: float = 1.0) -> tuple[Floats, int]:
    """`tails` of a document made memoryless; stretched, the paths are those of slower rates."""
    built = model_of(document)
    if built is None:
        return np.ones(0), 0
    values = parameter_values(built, 1, range(1))
    asked = asked_more(built)
    smooth = memoryless(asked, values[0].tolist())
    try:
        (exact,) = solve(smooth, values, limit=20_000)
    except (NotApplicable, RunError):
        return np.ones(0), 0
    seen = ran(memoryless(asked, values[0].tolist(), stretch=stretch), 1, PATHS)
    never = np.flatnonzero(~exact.fired)
    fired = seen.coverage.loc[seen.coverage["kind"] == "transition", "fired"].to_numpy()
    assert (fired[never] == 0).all()
    return tails(exact, seen)


def test_exact_agrees_with_sampling() -> None:
    """60 documents here, 2,000 in `.ci/long`."""
    check_agreement(60, MOST)


def check_agreement(examples: int, most: int) -> None:
    """n = 10,000 paths of one draw of each document; if all is right, 1 in 10,000 to fail.

    Bonferroni: each of at most `most` comparisons fails with probability at most CALM / most.
    """
    found = []

    @settings(LIGHT, max_examples=examples)
    @given(documents())
    def agrees(document: dict[str, object]) -> None:
        each, real = compared(document)
        found.append((len(each), real))
        assert (each > CALM / most).all(), as_yaml(document)

    agrees()
    each, real = np.sum(found, axis=0)
    assert each <= most
    assert real >= examples, f"only {real} of {each} comparisons are real"


def test_other_rates_would_be_noticed() -> None:
    """Control: 50 documents against paths whose waits are a quarter longer."""
    found = []

    @LIGHT
    @given(documents())
    def differs(document: dict[str, object]) -> None:
        each, real = compared(document, stretch=1.25)
        found.append((real > 0, bool((each <= CALM / MOST).any())))

    differs()
    telling, noticed = np.sum(found, axis=0)
    assert noticed > telling / 4 > 2, f"noticed in {noticed} of {telling} documents"
