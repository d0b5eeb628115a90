"""The exact engine against closed forms; every one shown to notice a wrong number."""

import signal
from collections.abc import Sequence
from math import comb, exp, expm1

import numpy as np
import pytest
from small_models import (
    DAY,
    at_least,
    both,
    count,
    down,
    exponential,
    fixed,
    flag,
    happened,
    is_,
    model,
    no,
    number,
    option,
    parameter_value,
    put,
    rule,
    says,
    up,
)

import sim
from sim.engines import exact
from sim.engines.exact.transient import poisson
from sim.errors import NotApplicable, RunError
from sim.model import Arithmetic, Constant, Delay, IfElse, Model, StateOf, Trigger

TIGHT = 1e-11


def solved(built: Model, values: Sequence[float] = (), **more: object) -> exact.Exact:
    (found,) = exact.solve(built, np.array([values], dtype=float), **more)  # type: ignore[arg-type]
    assert (found.outcome_error < 1e-9).all()
    assert found.endings.sum() == pytest.approx(1, abs=1e-10)
    return found


def chance(built: Model, values: Sequence[float] = ()) -> float:
    return float(solved(built, values).outcomes[0])


def test_two_states_back_and_forth() -> None:
    """P(on at t) = a / (a + b) (1 - exp(-(a + b) t)); having been on is an outcome."""
    a, b, days = 1 / 3, 1 / 7, 11.0

    def switch(mean_on: float) -> exact.Exact:
        built = model(
            [flag("on")],
            [
                rule("turn_on", put("on", 1), after=3.0, when=is_("on", 0)),
                rule("turn_off", put("on", 0), after=mean_on, when=is_("on", 1)),
            ],
            {"ever": is_("on", 1)},
            days=days,
            endings={"on": is_("on", 1)},
        )
        return solved(built)

    expected = a / (a + b) * -expm1(-(a + b) * days)
    assert switch(7.0).endings[0] == pytest.approx(expected, abs=TIGHT)
    assert switch(7.0).outcomes[0] == pytest.approx(-expm1(-a * days), abs=TIGHT)
    assert switch(7.01).endings[0] != pytest.approx(expected, abs=1e-6), "control"


@pytest.mark.parametrize("odds", [0.3, 0.5, 0.6])
def test_gamblers_ruin(odds: float) -> None:
    """From i of n, a win with probability p: (1 - r^i) / (1 - r^n), r = (1 - p) / p."""
    n, i = 7, 3

    def game(p: float) -> Model:
        play = rule(
            "play",
            after=1.0,
            when=both(at_least("purse", 1), no(is_("purse", n))),
            options=[option("win", p, up("purse")), option("lose", 1 - p, down("purse"))],
        )
        return model(
            [count("purse", n, i)],
            [play],
            {"rich": is_("purse", n), "ruined": is_("purse", 0)},
            days=3000.0,
        )

    r = (1 - odds) / odds
    expected = i / n if odds == 0.5 else (1 - r**i) / (1 - r**n)
    found = solved(game(odds)).outcomes
    assert found[0] == pytest.approx(expected, abs=TIGHT)
    assert found.sum() == pytest.approx(1, abs=TIGHT)
    assert chance(game(odds + 1e-4)) != pytest.approx(expected, abs=1e-6), "control"


def test_births_and_deaths() -> None:
    """n independent switches counted together: binomial at every time."""
    n, a, b = 6, 1 / 5, 1 / 4
    times = np.array([0.0, 0.5, 3.0, 20.0])
    up_speed = says(Arithmetic("-", Constant(float(n), "6"), StateOf("k")))
    down_speed = says(StateOf("k"))
    built = model(
        [count("k", n)],
        [
            rule("birth", up("k"), after=5.0, speed=up_speed),
            rule("death", down("k"), after=4.0, speed=down_speed),
        ],
        {"all": is_("k", n)},
        days=20.0,
        endings={f"k{k}": is_("k", k) for k in range(n)},
    )
    found = solved(built, times=times * DAY)
    p = a / (a + b) * -expm1(-(a + b) * 20.0)
    expected = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    assert found.endings == pytest.approx(expected, abs=TIGHT)
    assert (np.diff(found.curves[:, 0]) > 0).all()
    assert found.curves[-1, 0] == pytest.approx(found.outcomes[0], abs=TIGHT)
    assert found.curves[-1, 0] > expected[-1] + 0.01, "having been is more than being"


def test_competing_risks() -> None:
    """The first of three clocks: rate over total rate, times the chance that any fires."""
    means = [2.0, 5.0, 9.0]
    rules = [
        rule(f"r{i}", put("which", i + 1), after=mean, when=is_("which", 0))
        for i, mean in enumerate(means)
    ]
    built = model(
        [count("which", 3)], rules, {f"o{i}": is_("which", i + 1) for i in range(3)}, days=4.0
    )
    total = sum(1 / mean for mean in means)
    expected = [1 / mean / total * -expm1(-total * 4.0) for mean in means]
    assert solved(built).outcomes == pytest.approx(expected, abs=TIGHT)


def test_an_outcome_met_in_passing_counts() -> None:
    """A cascade without time: 0 -> 1 -> 2 or back to 0; being at 1 takes no time and is met."""
    leap = rule(
        "leap",
        when=is_("n", 1),
        options=[option("on", 0.25, put("n", 2)), option("back", 0.75, put("n", 0))],
    )
    built = model(
        [count("n", 2)],
        [leap, rule("start", put("n", 1), after=4.0, when=is_("n", 0))],
        {"passed": is_("n", 1), "arrived": is_("n", 2)},
        days=6.0,
    )
    found = solved(built)
    assert found.outcomes[0] == pytest.approx(-expm1(-6 / 4), abs=TIGHT)
    assert found.outcomes[1] == pytest.approx(-expm1(-6 / 16), abs=TIGHT)
    assert found.situations == 2, "the situation that takes no time is eliminated"


def test_what_happens_at_once_goes_round_until_it_leaves() -> None:
    """A coin tossed without delay until heads: certain; each toss counted up to a limit."""
    coin = rule(
        "toss",
        when=is_("heads", 0),
        options=[option("heads", 0.3, put("heads", 1)), option("tails", 0.7, up("tosses"))],
    )
    built = model(
        [flag("heads"), count("tosses", 4)],
        [coin],
        {"heads": is_("heads", 1), "three_tails": at_least("tosses", 3)},
    )
    assert solved(built).outcomes == pytest.approx([1.0, 0.7**3], abs=TIGHT)


def test_a_circle_without_time_is_refused_by_name() -> None:
    built = model(
        [flag("x")],
        [
            rule("there", put("x", 1), when=is_("x", 0)),
            rule("back_again", put("x", 0), when=is_("x", 1)),
        ],
        {"x": is_("x", 1)},
    )
    with pytest.raises(
        RunError, match=r"10,000 firings.*(there -> back_again|back_again -> there)"
    ):
        solved(built)


def test_declared_first_fires_first() -> None:
    def race(names: Sequence[str]) -> Model:
        rules = {
            "a": rule("a", put("who", 1), when=is_("who", 0)),
            "b": rule("b", put("who", 2), when=is_("who", 0)),
        }
        return model([count("who", 2)], [rules[n] for n in names], {"a": is_("who", 1)})

    assert chance(race("ab")) == 1
    assert chance(race("ba")) == 0


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_limits(limit: int) -> None:
    """At least k of at most n firings of a Poisson process."""
    built = model(
        [count("n", 9)],
        [rule("tick", up("n"), after=2.0, limit=limit)],
        {"first": at_least("n", 1), "full": at_least("n", limit), "more": at_least("n", limit + 1)},
        days=3.0,
    )
    below = sum(exp(-1.5) * 1.5**k / float(np.prod(range(1, k + 1))) for k in range(limit))
    assert solved(built).outcomes == pytest.approx([-expm1(-1.5), 1 - below, 0], abs=TIGHT)


@pytest.mark.parametrize("memory", ["forget", "remember"])
def test_triggered_clocks(memory: str) -> None:
    """A clock started once by its cause; a guard that goes off and on again discards it or not.

    lit -> (rate 1) dark, with the clock (rate 1/2) running only while lit. Forgotten: it must win
    the race. Remembered: dark goes back to lit (rate 1), where it races again, and so on.
    """
    built = model(
        [flag("lit", 1), flag("done"), flag("called")],
        [
            rule("call", put("called", 1), limit=1),
            rule(
                "clock", put("done", 1), after=2.0, on=["call"], when=is_("lit", 1), memory=memory
            ),
            rule("dark", put("lit", 0), after=1.0, when=both(is_("lit", 1), is_("done", 0))),
            rule("light", put("lit", 1), after=1.0, when=is_("lit", 0)),
        ],
        {"done": is_("done", 1)},
        days=400.0,
    )
    expected = 1 / 3 if memory == "forget" else 1.0
    assert chance(built) == pytest.approx(expected, abs=1e-10)


def test_a_trigger_while_the_clock_runs_is_ignored() -> None:
    """Two causes at once start one clock; an option starts only what waits for that option."""
    built = model(
        [count("n", 3), flag("other")],
        [
            rule("cause", limit=2, options=[option("yes", 1.0), option("no", 0.0)]),
            rule("clock", up("n"), after=1.0, on=["cause.yes", "cause"]),
            rule("never", put("other", 1), on=["cause.no"]),
        ],
        {"once": at_least("n", 1), "twice": at_least("n", 2), "never": is_("other", 1)},
        days=2.0,
    )
    assert solved(built).outcomes == pytest.approx([-expm1(-2), 0, 0], abs=TIGHT)


def test_becomes_starts_when_it_turns_true() -> None:
    """n counts up at rate 1; the clock without delay starts each time n turns 2."""
    built = model(
        [count("n", 5), count("turns", 5)],
        [
            rule("tick", up("n"), after=1.0, limit=3),
            rule("turn", up("turns"), on=[Trigger(becomes=at_least("n", 2))]),
        ],
        {"once": at_least("turns", 1), "twice": at_least("turns", 2)},
        days=2.5,
    )
    assert solved(built).outcomes == pytest.approx([1 - exp(-2.5) * 3.5, 0], abs=TIGHT)


def test_dates() -> None:
    """An exponential wait that is helped on day 3, unless it is over; the horizon's day counts."""

    def dated(day: float) -> Model:
        return model(
            [flag("x"), flag("late")],
            [
                rule("help", put("late", 1), at=day * DAY, when=is_("x", 0)),
                rule("end", put("late", 0), at=4.0 * DAY),
                rule("come", put("x", 1), after=10.0),
            ],
            {"late": is_("late", 1), "both": both(is_("late", 1), is_("x", 1))},
            days=4.0,
        )

    found = solved(dated(3.0), times=np.array([0, 2.9, 3, 3.5, 4]) * DAY)
    helped = exp(-0.3)
    assert found.outcomes == pytest.approx([helped, helped * -expm1(-0.1)], abs=TIGHT)
    assert found.curves[:, 0] == pytest.approx([0, 0, helped, helped, helped], abs=TIGHT)
    assert found.curves[3, 1] == pytest.approx(helped * -expm1(-0.05), abs=TIGHT)
    assert chance(dated(0.0)) == pytest.approx(1, abs=TIGHT)
    assert chance(dated(4.0)) == pytest.approx(exp(-0.4), abs=TIGHT)
    assert chance(dated(4.001)) == 0


def test_order_within_a_date() -> None:
    """On a day: the first date sets x, what x lets happen at once comes before the later date."""
    built = model(
        [flag("x"), count("order", 3)],
        [
            rule("one", put("x", 1), at=DAY),
            rule("at_once", up("order"), when=both(is_("x", 1), is_("order", 0))),
            rule("two", put("order", 3), at=DAY, when=is_("order", 1)),
            rule("dropped", put("order", 2), at=DAY, when=is_("order", 1)),
        ],
        {"two": is_("order", 3), "dropped": is_("order", 2)},
        days=2.0,
    )
    assert solved(built).outcomes.tolist() == [1.0, 0.0]


def test_stops_and_outcomes_that_outcomes_read() -> None:
    """Two clocks; the path stops at the second event. `b_after_a` is met only in that order."""
    built = model(
        [flag("a"), flag("b")],
        [
            rule("to_a", put("a", 1), after=2.0, limit=1),
            rule("to_b", put("b", 1), after=3.0, limit=1),
            rule("unsee", put("a", 0), after=1.0, when=is_("a", 1)),
        ],
        {"b_after_a": both(happened("saw_a"), is_("b", 1)), "saw_a": is_("a", 1)},
        order=[1, 0],
        stop_when=is_("b", 1),
        endings={"a_first": both(happened("saw_a"), is_("b", 1)), "b": is_("b", 1)},
        days=1e4,
    )
    found = solved(built)
    assert found.outcomes == pytest.approx([0.6, 0.6], abs=1e-10)
    assert found.endings == pytest.approx([0.6, 0.4, 0], abs=1e-10)


def test_speeds_and_draws() -> None:
    """Speed 2 if n else s: the rate follows state and parameter; a speed of 0 pauses."""
    speed = says(IfElse(is_("n", 1).node, Constant(2.0, "2"), parameter_value("s").node))
    built = model(
        [count("n", 2)],
        [rule("tick", up("n"), after=3.0, speed=speed)],
        {"first": at_least("n", 1)},
        parameters=[fixed("s", 1.0)],
        days=5.0,
    )
    values = [[0.0], [0.5], [1.0], [4.0]]
    expected = [-expm1(-5 / 3 * s) for (s,) in values]
    found = [one.outcomes[0] for one in exact.solve(built, np.array(values))]
    assert found == pytest.approx(expected, abs=TIGHT)


@pytest.mark.parametrize("choice", ["probability", "weight", "utility"])
def test_shares(choice: str) -> None:
    values = {"probability": [0.2, 0.5], "weight": [2.0, 5.0], "utility": [0.0, 1.0]}[choice]
    third = {"probability": None, "weight": 3.0, "utility": -1.0}[choice]
    last = option("c", third, put("n", 3), share="rest" if third is None else "whole")
    options = [
        option(n, v, put("n", i)) for i, (n, v) in enumerate(zip("ab", values, strict=True), 1)
    ]
    built = model(
        [count("n", 3)],
        [rule("r", limit=1, choice=choice, options=[*options, last])],
        {f"o{i}": is_("n", i) for i in (1, 2, 3)},
    )
    weights = np.exp([0.0, 1.0, -1.0]) if choice == "utility" else np.array([2.0, 5.0, 3.0])
    assert solved(built).outcomes == pytest.approx(weights / weights.sum(), abs=TIGHT)


def test_nothing_available_still_fires() -> None:
    built = model(
        [flag("x"), flag("y")],
        [
            rule(
                "r",
                after=1.0,
                limit=1,
                options=[option("a", 1.0, put("x", 1), available=is_("y", 1))],
            ),
            rule("heard", put("y", 1), on=["r"]),
        ],
        {"x": is_("x", 1), "y": is_("y", 1)},
        days=1.0,
    )
    assert solved(built).outcomes == pytest.approx([0, -expm1(-1)], abs=TIGHT)


def test_not_applicable_says_why() -> None:
    slow = Delay(
        kind="lognormal", arguments=(number(DAY), number(5 * DAY)), text="median 1 d, p90 5 d"
    )
    built = model([flag("x")], [rule("r", put("x", 1), after=slow)], {"x": is_("x", 1)})
    with pytest.raises(
        NotApplicable, match=r"not applicable, because .* r \(median 1 d, p90 5 d\)"
    ):
        solved(built)
    never = rule("never", put("x", 1), after=slow, when=is_("x", 1))
    fine = model([flag("x")], [never], {"x": is_("x", 1)})
    assert chance(fine) == 0, "a clock that can never start is in nobody's way"
    zero = Delay(kind="exactly", arguments=(number(0.0),))
    assert (
        chance(
            model([flag("x")], [rule("r", put("x", 1), after=zero, limit=1)], {"x": is_("x", 1)})
        )
        == 1
    )
    big = model([count("n", 99)], [rule("r", up("n"), after=1.0)], {"x": is_("n", 9)})
    with pytest.raises(NotApplicable, match="more than 50 situations"):
        solved(big, limit=50)


def test_numbers_that_cannot_be_name_expression_and_draw() -> None:
    built = model(
        [flag("x")],
        [rule("r", after=1.0, speed=parameter_value("s"))],
        {"x": is_("x", 1)},
        parameters=[fixed("s", 1.0)],
    )
    with pytest.raises(RunError, match=r"'s' is -1, below 0; in draw 0: x = false"):
        solved(built, [-1.0])


def test_fast_clocks_and_long_times() -> None:
    """A rate of once a minute over ten years: five million steps, most of them spared."""
    built = model(
        [count("n", 3)], [rule("r", up("n"), after=1 / 1440)], {"x": is_("n", 3)}, days=3652.5
    )
    assert chance(built) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.3, 7.0, 1234.5, 2e6])
def test_poisson_weights(mean: float) -> None:
    from scipy.stats import poisson as theirs

    first, weights = poisson(mean)
    expected = theirs.pmf(np.arange(first, first + len(weights)), mean)
    assert weights == pytest.approx(expected, rel=1e-8, abs=1e-14)
    outside = theirs.cdf(first - 1, mean) + theirs.sf(first + len(weights) - 1, mean)
    assert outside < 1e-15
    assert exponential(2.0).arguments[0].node == Constant(2 * DAY, "172800")


def test_a_chain_of_many_steps_ends_where_it_stands_still() -> None:
    """Without that, 2e7 steps; with it, a few hundred, and the same answer."""
    rules = [
        rule("on", put("s", 1), after=1.0, when=is_("s", 0)),
        rule("off", put("s", 0), after=3.0, when=is_("s", 1)),
    ]
    built = model([flag("s")], rules, {}, endings={"was_on": is_("s", 1)}, days=2e7)
    (found,) = exact.solve(built, np.zeros((1, 0)))
    assert found.endings == pytest.approx([0.75, 0.25], abs=1e-12)
    assert found.ending_error.max() < 1e-7


@pytest.mark.parametrize("days", [1e11, 3e11])
def test_too_many_steps_are_told_before_memory_is_taken(days: float) -> None:
    built = model([flag("s")], [rule("on", put("s", 1), after=1.0)], {}, days=days)
    told = rf"{days / 1e11:g}e\+11 times .*as many steps, in 2 situations, and \d\d GB of memory"
    with pytest.raises(NotApplicable, match=told):
        sim.run(built, draws=1, engine="exact", progress=False)


@pytest.mark.parametrize("draw", [0, 1])
def test_ctrl_c_stops_in_the_middle_of_a_draw(monkeypatch: pytest.MonkeyPatch, draw: int) -> None:
    solve_one, called = exact._solved, list[object]()

    def press(*arguments: object) -> exact.Exact:
        called.append(arguments)
        if len(called) == draw + 1:
            signal.raise_signal(signal.SIGINT)
        return solve_one(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(exact, "_solved", press)
    waiting = model([count("n", 3)], [rule("once", after=1.0, limit=1)], {}, days=3)
    if draw == 0:  # nothing to keep
        with pytest.raises(KeyboardInterrupt):
            sim.run(waiting, draws=4, engine="exact", progress=False)
    else:
        found = sim.run(waiting, draws=4, engine="exact", progress=False, on_interrupt="return")
        assert (found.provenance.draws, found.provenance.draws_asked) == (1, 4)
    assert len(called) == draw + 1
