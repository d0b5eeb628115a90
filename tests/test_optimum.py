"""The back-to-front optimum against closed forms, and against what the engine makes of it."""

from math import exp, log

import pytest

import sim
from sim import policies

P, RATE, RIPENS, DAYS = 0.3, 1 / 5, 1 / 10, 20
TEXT = f"""
scenario: hurry
title: Strike now, or wait for a better moment
question: When does it pay to wait?
horizon: {DAYS} d
actors: {{guard: {{name: The guard}}, other: {{name: Another}}}}
state: {{stage: {{levels: [open, now, waiting, failed, done]}}}}
moves:
  decides:
    actor: guard
    when: stage == open
    after: {{mean: {1 / RATE} d}}
    stipulated: an example
    choose:
      now: {{weight: 1, then: {{stage: now}}}}
      wait: {{weight: 1, then: {{stage: waiting}}}}
events:
  tries:
    when: stage == now
    stipulated: an example
    choose:
      yes: {{probability: {P}, then: {{stage: done}}}}
      no: {{probability: rest, then: {{stage: failed}}}}
  ripens:
    when: stage == waiting
    after: {{mean: {1 / RIPENS} d}}
    then: {{stage: done}}
    stipulated: an example
outcomes: {{done: {{when: stage == done, headline: true}}}}
endings: {{all: {{otherwise: true}}}}
"""
SMALL = {"draws": 1, "paths": 4_000, "seed": 1}


def hurry(text: str = TEXT) -> sim.Scenario:
    return sim.loads(text)


def best_value() -> float:
    """By hand: wait as long as 1 - exp(-m left) is above P, that is until `left` is -log(1-P)/m.

    The integral of RATE exp(-RATE s) max(P, 1 - exp(-RIPENS (DAYS - s))) over s from 0 to DAYS.
    """
    until = DAYS + log(1 - P) / RIPENS
    grown = (exp((RIPENS - RATE) * until) - 1) / (RIPENS - RATE)
    waits = 1 - exp(-RATE * until) - RATE * exp(-RIPENS * DAYS) * grown
    return waits + P * (exp(-RATE * until) - exp(-RATE * DAYS))


def test_the_value_is_that_of_the_closed_form_from_below_and_nears_it():
    errors = []
    for steps in (10, 100, 1_000):
        found = policies.optimum(hurry(), "guard", "done", more=True, steps=steps)
        errors.append(best_value() - found.value)
        assert found.value <= best_value() + 1e-10  # a policy that can be followed is no better
        assert found.gain >= -1e-10
    assert errors[0] > 1e-5  # the control: with ten instants the difference is seen
    assert errors[2] < 2e-6
    assert errors[0] > errors[1] >= errors[2] - 1e-10


def test_it_switches_where_the_closed_form_does():
    found = policies.optimum(hurry(), "guard", "done", more=True, steps=1_000)
    taken = [next(iter(answers.values())) for answers in found.answers]
    assert taken == ["wait", "now"]
    assert found.starts[0] == 0
    assert abs(found.starts[1] - (DAYS + log(1 - P) / RIPENS)) <= DAYS / 1_000


def test_the_least_is_the_opposite():
    """The worse of the two, at every moment: by numbers over a fine grid."""
    found = policies.optimum(hurry(), "guard", "done", steps=1_000)
    n = 20_000
    middles = [(i + 0.5) * DAYS / n for i in range(n)]
    worst = [RATE * exp(-RATE * s) * min(P, 1 - exp(-RIPENS * (DAYS - s))) for s in middles]
    assert found.value == pytest.approx(sum(worst) * DAYS / n, abs=3e-6)


def test_followed_in_the_engine_it_comes_to_its_value_and_beats_simple_policies():
    found = policies.optimum(hurry(), "guard", "done", more=True)
    hits = {}
    for name, policy in (
        ("optimum", found),
        ("now", policies.always("now")),
        ("wait", policies.always("wait")),
    ):
        run = sim.run(hurry(), decide={"guard": policy}, **{**SMALL, "workers": 1})
        hits[name] = int(run.outcomes.loc["done", "hits"])
    n = SMALL["paths"]
    z = (hits["optimum"] - n * found.value) / (n * found.value * (1 - found.value)) ** 0.5
    assert abs(z) < 4
    assert hits["optimum"] > hits["wait"] > hits["now"]
    assert repr(found) == "optimum('guard', 'done', more=True, steps=200)"
    assert run.provenance.decided == {"guard": "always('wait')"}


def test_a_date_after_which_waiting_is_in_vain():
    """On day 10 what waits fails: so the horizon of waiting is 10, and of trying 20."""
    dated = TEXT.replace(
        "events:\n",
        "events:\n  too_late: {at: 10 d, when: stage == waiting, then: {stage: failed}}\n",
    )
    found = policies.optimum(hurry(dated), "guard", "done", more=True, steps=2_000)
    n, switch = 40_000, 10 + log(1 - P) / RIPENS
    total = 0.0
    for i in range(n):
        s = (i + 0.5) * DAYS / n
        # whoever is asked after day 10 may wait again, with the horizon of the whole
        left = 10 - s if s < 10 else DAYS - s
        total += RATE * exp(-RATE * s) * max(P, 1 - exp(-RIPENS * left)) * DAYS / n
    assert found.value == pytest.approx(total, abs=1e-5)
    assert [next(iter(a.values())) for a in found.answers] == ["wait", "now", "wait", "now"]
    assert found.starts[1] == pytest.approx(switch, abs=0.02)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("{mean: 10.0 d}", "{median: 10 d, p90: 20 d}"), "neither exponential nor none"),
        (("state: {stage: {", "state: {stage: {known_to: [other], "), "guard cannot know 'stage'"),
        (("moves:", "parameters: {p: {is: {uniform: [0, 1]}}}\nmoves:"), "p is uncertain; fix"),
    ],
)
def test_other_models_are_refused_with_the_reason(change, says):
    text = TEXT.replace(*change)
    assert text != TEXT
    with pytest.raises(sim.errors.NotApplicable, match=says):
        policies.optimum(hurry(text), "guard", "done")


def test_a_choice_that_hangs_on_a_hidden_clock_is_refused():
    """A trigger's clock, which no variable shows, decides what is best."""
    text = TEXT.replace(
        "events:\n",
        """events:
  alarm: {after: {mean: 3 d}, once: true, stipulated: an example}
  spoils: {on: alarm, when: stage == open, after: {mean: 0.5 d}, stipulated: an example}
  rots: {on: spoils, after: {mean: 0.1 d}, then: {stage: failed}, stipulated: an example}
""",
    )
    with pytest.raises(sim.errors.NotApplicable, match="hangs on clocks that no state variable"):
        policies.optimum(hurry(text), "guard", "done", more=True)


def test_an_optimum_is_of_one_actor_and_one_model():
    found = policies.optimum(hurry(), "guard", "done")
    with pytest.raises(sim.UsageError, match="was found for another model"):
        sim.run(hurry(TEXT.replace("horizon: 20 d", "horizon: 21 d")), decide={"guard": found})
    for actor, outcome, says in (("gard", "done", "mean 'guard'"), ("guard", "don", "mean 'done'")):
        with pytest.raises(sim.UsageError, match=says):
            policies.optimum(hurry(), actor, outcome)
    with pytest.raises(sim.errors.NotApplicable, match="no situation leaves other a choice"):
        policies.optimum(hurry(), "other", "done")
