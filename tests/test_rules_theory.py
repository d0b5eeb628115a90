"""What the rules add up to, against closed forms and numerical integrals; on every engine."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from small_models import count, down, flag, is_, model, option, put, rule, says, up
from walking import SAMPLING, column, exactly, lognormal, weibull, z_mean, z_share

from sim.model import Arithmetic, Constant, IfElse, StateOf

pytestmark = pytest.mark.parametrize("on", SAMPLING)


def test_a_two_state_chain_is_on_as_often_as_its_rates_say(on: str) -> None:
    # on after 2 d, off after 1 d, 4 days: P(on) = a / (a + b) (1 - exp(-(a + b) t))
    rules = [
        rule("goes_on", put("x", 1), after=2.0, when=is_("x", 0)),
        rule("goes_off", put("x", 0), after=1.0, when=is_("x", 1)),
    ]
    written = model([flag("x")], rules, {}, endings={"is_on": is_("x", 1)}, days=4)
    is_on = column(written, on, "ending", 6_000) == 0
    a, b = 1 / 2, 1.0
    expected = a / (a + b) * (1 - np.exp(-(a + b) * 4))
    assert abs(z_share(is_on, expected)) < 4
    a = 1 / 2 * 1.25  # control: another rate, and n = 6,000 tell it
    assert abs(z_share(is_on, a / (a + b) * (1 - np.exp(-(a + b) * 4)))) > 4


def test_competing_risks_with_other_than_exponential_delays(on: str) -> None:
    race = [
        rule("a", put("x", 1), after=lognormal(3, 9), when=is_("x", 0)),
        rule("b", put("x", 2), after=weibull(5, 2), when=is_("x", 0)),
    ]
    outcomes = {"a": is_("x", 1), "b": is_("x", 2)}
    written = model([count("x", 2)], race, outcomes, days=6)
    times = column(written, on, "outcome_time", 6_000)
    a = stats.lognorm(np.log(9 / 3) / stats.norm.ppf(0.9), scale=3)
    b = stats.weibull_min(2, scale=5)
    expected = quad(lambda t: a.pdf(t) * b.sf(t), 0, 6)[0]
    assert abs(z_share(~np.isnan(times[:, 0]), expected)) < 4
    assert abs(z_share(~np.isnan(times[:, 1]), quad(lambda t: b.pdf(t) * a.sf(t), 0, 6)[0])) < 4
    # in those paths, a came as early as the race let it
    mean = quad(lambda t: t * a.pdf(t) * b.sf(t), 0, 6)[0] / expected
    happened = times[~np.isnan(times[:, 0]), 0]
    assert abs(z_mean(happened, mean)) < 4
    # controls: as if nobody competed, and as if only finished races of 6 days were all
    assert abs(z_share(~np.isnan(times[:, 0]), a.cdf(6))) > 4
    assert abs(z_mean(happened, quad(lambda t: t * a.pdf(t), 0, 6)[0] / a.cdf(6))) > 4


def test_gamblers_ruin(on: str) -> None:
    # from 3 of 7 with odds r = q / p = 1.5: P(7 before 0) = (1 - r**3) / (1 - r**7)
    play = rule(
        "play",
        options=[option("wins", 2.0, up("x")), option("loses", 3.0, down("x"))],
        choice="weight",
        after=exactly(1),
    )
    outcomes = {"rich": is_("x", 7), "ruined": is_("x", 0)}
    over = says(Arithmetic("*", StateOf("x"), Arithmetic("-", Constant(7, "7"), StateOf("x"))))
    stop = says(IfElse(over.node, Constant(0, "false"), Constant(1, "true")), "x in (0, 7)")
    written = model([count("x", 7, 3)], [play], outcomes, days=1_000, stop_when=stop)
    rich = ~np.isnan(column(written, on, "outcome_time", 3_000)[:, 0])
    assert abs(z_share(rich, (1 - 1.5**3) / (1 - 1.5**7))) < 4
    assert abs(z_share(rich, 3 / 7)) > 4  # control: a fair game
    steps = column(written, on, "n_events", 3_000)
    # Wald: E[steps] (p - q) = 7 P(rich) - 3
    assert abs(z_mean(steps, (7 * (1 - 1.5**3) / (1 - 1.5**7) - 3) / (0.4 - 0.6))) < 4


@pytest.mark.parametrize("memory", ["forget", "remember"])
def test_interrupted_work_ends_when_theory_says(on: str, memory: str) -> None:
    # a job of 2 days; breaks after 1.5 d (exponential), of 1 d: with memory (preemptive resume) it
    # takes 2 (1 + 1 / 1.5) days in the mean, without (repeat) (1.5 + 1) (exp(2 / 1.5) - 1)
    rules = [
        rule("job", put("done", 1), after=exactly(2), when=is_("broken", 0), memory=memory),
        rule("breaks", put("broken", 1), after=1.5, when=is_("broken", 0)),
        rule("mended", put("broken", 0), after=1.0, when=is_("broken", 1)),
    ]
    outcomes = {"done": is_("done", 1)}
    variables = [flag("done"), flag("broken")]
    written = model(variables, rules, outcomes, days=300, stop_when=is_("done", 1))
    times = column(written, on, "outcome_time", 2_000)[:, 0]
    means = {"remember": 2 * (1 + 1 / 1.5), "forget": 2.5 * (np.exp(2 / 1.5) - 1)}
    assert abs(z_mean(times, means.pop(memory))) < 4
    assert abs(z_mean(times, *means.values())) > 4  # control: the other kind of memory


def test_a_wait_at_changing_speed_has_the_hazard_of_each_moment(on: str) -> None:
    # mean 4 d at speed 1; from day 2 on at speed 3: P(by 5) = 1 - exp(-(2 + 3 x 3) / 4)
    speed = says(Arithmetic("+", Constant(1, "1"), Arithmetic("*", Constant(2, "2"), StateOf("f"))))
    rules = [
        rule("hurry", put("f", 1), at=2 * 86_400.0),
        rule("goes", put("x", 1), after=4.0, speed=speed, limit=1),
    ]
    written = model([flag("f"), flag("x")], rules, {"x": is_("x", 1)}, days=5)
    happened = ~np.isnan(column(written, on, "outcome_time", 4_000)[:, 0])
    assert abs(z_share(happened, 1 - np.exp(-11 / 4))) < 4
    assert abs(z_share(happened, 1 - np.exp(-5 / 4))) > 4  # control: had nobody hurried
