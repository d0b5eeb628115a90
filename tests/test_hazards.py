"""When things happen, and which: integrated hazards and shares of hazard, on every engine.

See `hazards` for what the z-scores are. The largest of k of them exceeds `bound(k)` with
probability 1 in 10,000 if the engine is right.
"""

from dataclasses import replace
from functools import cache
from math import gamma, sqrt
from pathlib import Path

import numpy as np
import pytest
from hazards import bound, largest, read_of, scores, watch
from small_models import (
    DAY,
    at_least,
    both,
    count,
    down,
    flag,
    is_,
    model,
    no,
    number,
    option,
    put,
    rule,
    says,
    uniform,
    up,
)
from walking import SAMPLING

from sim.engines import engine
from sim.model import Arithmetic, Constant, Delay, ParameterOf, StateOf, Trigger
from sim.model.delay_sampling import cdf
from sim.model.parameters import quantile
from sim.scenario import load
from sim.streams import parameter_uniform


def days(value):
    return number(value * DAY)


def delay(kind, *arguments, **more):
    return Delay(kind=kind, arguments=arguments, **more)


SCENARIOS = Path(__file__).parents[1] / "scenarios"
EXPONENTIAL = delay("exponential", says(ParameterOf("patience"), "patience"))
MIX = Delay(
    kind="mix",
    arguments=(number(0.3), number(0.7)),
    parts=(delay("exactly", days(2)), delay("exponential", days(6))),
)
OBSERVED = delay("observed", observations=(DAY, 3 * DAY, 3 * DAY, 8 * DAY))
QUANTILES = delay("quantiles", days(1), days(3), days(12), probabilities=(0.1, 0.5, 0.9))
PACE = says(Arithmetic("*", Constant(0.5, "0.5"), StateOf("rung")), "0.5 * rung")

UNREST = model(
    [count("rung", 3), flag("mood"), count("echoes", 3)],
    [
        rule("climbs", up("rung"), after=delay("weibull", days(4), number(1.7)),
             when=no(is_("rung", 3))),
        rule("cools", down("rung"), after=delay("lognormal", days(2), days(9)),
             when=at_least("rung", 1)),
        rule("talks", after=EXPONENTIAL, when=both(no(at_least("rung", 3)), is_("mood", 0)),
             memory="remember", choice="weight",
             options=[option("agree", 2, put("mood", 1)), option("leave", 1),
                      option("shout", 3, up("rung"), available=at_least("rung", 1))]),
        rule("tires", put("mood", 0), after=delay("between", days(1), days(6)),
             when=is_("mood", 1), speed=PACE),
        rule("echoes_", up("echoes"), after=QUANTILES, when=at_least("rung", 1), memory="remember",
             on=["climbs", "talks.leave"]),
        rule("audit", after=MIX),
        rule("drums", down("echoes"), after=OBSERVED, when=at_least("echoes", 1)),
        rule("alarm", on=[Trigger(becomes=at_least("rung", 3))], choice="utility",
             options=[option("loud", 1.0), option("quiet", 0.2, up("echoes"))]),
        rule("rally", put("mood", 1), at=10 * DAY),
    ],
    {"top": at_least("rung", 3)},
    days=60,
    parameters=[uniform("patience", 2 * DAY, 8 * DAY)],
)  # fmt: skip


def drawn(model, draws):
    """Parameter values as a run would draw them: one row a draw."""
    return np.array(
        [
            [quantile(p.distribution, parameter_uniform(1, p.name, d)) for p in model.parameters]
            for d in range(draws)
        ]
    )


VALUES = drawn(UNREST, 4)


@cache
def walked(name, seed=1, paths=170, days=60):
    """Some 40,000 events of the unrest: four draws, so many paths each."""
    shorter = replace(UNREST, horizon=days * DAY)
    draws = range(len(VALUES))
    walk = engine(name)
    return list(walk(shorter, VALUES, seed=seed, draws=draws, paths=range(paths), events=True))


def believing(name, change):
    """The unrest as one would believe it who is wrong about the delay of one rule."""
    transitions = tuple(
        replace(t, after=change(t.after)) if t.name == name else t for t in UNREST.transitions
    )
    return replace(UNREST, transitions=transitions)


def stretched(delay, factor):
    """A delay whose times are that many times as long; of the kinds that have times alone."""
    times = 1 if delay.kind == "weibull" else len(delay.arguments)
    longer = [
        says(Arithmetic("*", Constant(factor, f"{factor:g}"), argument.node))
        for argument in delay.arguments[:times]
    ]
    return replace(delay, arguments=(*longer, *delay.arguments[times:]))


def shipped(folder):
    """The scenarios in a folder; a file of sources alone is none."""
    files = sorted(
        path for path in folder.glob("*.yaml") if "scenario:" in path.read_text(encoding="utf-8")
    )
    assert files
    return files


# the variants of the Korean clash share nearly all rules with it; `.ci/long` has them all
FEW = [file for file in shipped(SCENARIOS) if file.stem in ("first_crisis", "korean_clash")]
model_in = cache(lambda file: load(file).model)


def scores_of(file, name, draws, paths):
    """The z-scores of a scenario on an engine."""
    model = model_in(file)
    values = drawn(model, draws)
    walk = engine(name)
    pieces = walk(model, values, seed=1, draws=range(draws), paths=range(paths), events=True)
    return scores(model, values, pieces)


# --- when, and which ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLING)
def test_waits_and_winners_are_those_of_the_model(name):
    found = scores(UNREST, VALUES, walked(name))
    size, key = largest(found)
    assert size < bound(len(found)), f"{key}: z = {found[key]:.1f}, the largest of {len(found)}"
    for waits in ("climbs", "cools", "talks", "tires", "echoes_", "audit", "drums"):
        assert {f"when {waits}", f"when {waits}, tenth 1", f"when {waits}, tenth 9"} <= set(found)


@pytest.mark.parametrize(("wrong", "paths"), [("climbs", 60), ("cools", 170)])
def test_a_rate_ten_percent_off_is_noticed(wrong, paths):
    """Control: events held against a delay one tenth longer; a tenth of `climbs` is seen sooner."""
    pieces = walked(SAMPLING[0], paths=paths)
    found = scores(believing(wrong, lambda delay: stretched(delay, 1.1)), VALUES, pieces)
    for about in ("when", "which"):
        size, key = largest(found, about)
        assert size > bound(len(found))
        assert key.startswith(f"{about} {wrong}")


def test_another_shape_with_the_same_mean_is_noticed():
    """Control: `climbs` waits 4 d x gamma(1 + 1/1.7) on average, but is no exponential."""
    mean = days(4 * gamma(1 + 1 / 1.7))
    pieces = walked(SAMPLING[0], paths=60)
    found = scores(believing("climbs", lambda _: delay("exponential", mean)), VALUES, pieces)
    assert largest(found, "when climbs, tenth")[0] > 2 * bound(len(found))


def test_other_odds_are_noticed():
    """Control: `talks` agrees with weight 2 of 6 or, as long as nobody can shout, of 3."""
    talks = UNREST.transition("talks")
    agree = replace(talks.options[0], value=number(2.5))
    other = replace(talks, options=(agree, *talks.options[1:]))
    transitions = tuple(other if t is talks else t for t in UNREST.transitions)
    found = scores(replace(UNREST, transitions=transitions), VALUES, walked(SAMPLING[0]))
    size, key = largest(found)
    assert size > bound(len(found))
    assert key.startswith("option talks")


def test_scores_of_other_events_are_counted_anew():
    """Control of what engines share: one event a second later, one path less, another seed."""
    one, other = walked(SAMPLING[0], 1, 5), walked(SAMPLING[0], 2, 5)
    later = replace(one[0].events, time=one[0].events.time + np.eye(1, len(one[0].events.time))[0])
    reads = [one, other, one[1:], [replace(one[0], events=later), *one[1:]]]
    assert len({read_of(pieces) for pieces in reads}) == len(reads)
    assert read_of(one) == read_of(walked(SAMPLING[1], 1, 5))


def test_a_firing_without_a_running_clock_is_noticed():
    """Control: believing that drums are never beaten, the watcher cannot follow the events."""
    drums = replace(UNREST.transition("drums"), when=at_least("echoes", 3))
    transitions = tuple(drums if t.name == "drums" else t for t in UNREST.transitions)
    with pytest.raises(AssertionError, match="drums fired and had no clock running"):
        scores(replace(UNREST, transitions=transitions), VALUES, walked(SAMPLING[0]))


def test_scores_are_standard_normal_under_the_null():
    """Seven seeds; their scores have mean 0 and mean square 1.

    The scores of a seed are no independent ones: a total is the sum of its tenths. So the spread
    was simulated: over seeds 100 to 179 a seed's mean of scores has sd 0.136 and its mean of
    squares 0.170 (80 to 85 scores; were they independent: 0.110 and 0.156).
    """
    seeds = range(2, 9)
    each = [list(scores(UNREST, VALUES, walked(SAMPLING[0], seed, 40)).values()) for seed in seeds]
    assert min(map(len, each)) >= 70
    assert abs(np.mean([np.mean(z) for z in each])) < 4 * 0.136 / sqrt(len(seeds))
    squares = np.mean([np.mean(np.square(z)) for z in each])
    assert abs(squares - 1) < 4 * 0.170 / sqrt(len(seeds))
    wider = squares * 1.2**2  # control: scores a fifth too large
    assert abs(wider - 1) > 4 * 0.170 / sqrt(len(seeds))


@pytest.mark.parametrize("name", SAMPLING)
def test_clocks_cut_off_by_the_horizon_do_no_harm(name):
    """Within 3 days most waits are cut off; reading only those that ended would look wrong."""
    pieces = walked(name, 1, 1_000, 3)
    short = replace(UNREST, horizon=3 * DAY)
    found = scores(short, VALUES, pieces)
    assert largest(found)[0] < bound(len(found))
    watchers = list(watch(short, VALUES, pieces))
    waits = [(w, x.numbers[w.rank]) for x in watchers for w in x.waits if w.rank == 0]
    assert sum(not wait.fired for wait, _ in waits) > 0.5 * len(waits)
    ended = [cdf(numbers, 0, wait.age) for wait, numbers in waits if wait.fired]
    naive = (np.mean(ended) - 0.5) * sqrt(12 * len(ended))
    assert naive < -bound(1)  # control: short waits are the ones that end in time


@pytest.mark.parametrize("name", SAMPLING)
@pytest.mark.parametrize("file", FEW, ids=lambda file: file.stem)
def test_shipped_scenarios_wait_as_they_say(name, file):
    """Some thousand events of each; more, and the variants, in `.ci/long`."""
    found = scores_of(file, name, draws=4, paths=25)
    size, key = largest(found)
    assert size < bound(len(found)), f"{key}: z = {found[key]:.1f}, the largest of {len(found)}"
