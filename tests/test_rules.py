"""The ten rules of the model, one by one, on every engine; `test_rules_broken` breaks each."""

import pytest
from small_models import (
    Expression,
    at_least,
    count,
    flag,
    happened,
    is_,
    model,
    number,
    option,
    put,
    rule,
    says,
    up,
)
from walking import SAMPLING, exactly, names, pieces, story, times

from sim.errors import RunError
from sim.model import Arithmetic, Constant, IfElse, Option, StateOf, Trigger
from sim.model.delay_sampling import ppf
from sim.model.delays import numbers
from sim.streams import block, name_hash

pytestmark = pytest.mark.parametrize("on", SAMPLING)
DAY = 86_400.0


def test_rule_1_a_clock_starts_at_once_and_again_after_firing_with_a_new_draw(on: str) -> None:
    beat = rule("beat", after=1.0)
    written = model([], [beat], {}, days=10.0)
    row = numbers(beat.after, written.names, ())
    now, expected = 0.0, []
    for nth in range(100):
        delay_u, _ = block(1, name_hash("transition:beat"), 0, 3, nth)
        now = now + round(ppf(row, 0, delay_u) * 2**20) / 2**20  # on the grid of time
        expected.append(now / DAY)
    found = times(story(written, on, path=3), "beat")
    assert found == [time for time in expected if time <= 10.0]
    assert len(set(found)) == len(found) > 5


def test_rule_1_it_starts_as_soon_as_its_guard_holds(on: str) -> None:
    opens = rule("opens", put("open", 1), after=exactly(2), limit=1)
    goes = rule("goes", after=exactly(3), when=is_("open", 1), limit=1)
    found = story(model([flag("open")], [goes, opens], {}, days=10.0), on)
    assert [(e.time, e.name) for e in found] == [(2.0, "opens"), (5.0, "goes")]


def test_rule_1_a_limit_counts_firings(on: str) -> None:
    thrice = rule("thrice", after=exactly(1), limit=3)
    assert times(story(model([], [thrice], {}, days=10.0), on), "thrice") == [1.0, 2.0, 3.0]


def test_rule_1_a_trigger_while_the_clock_runs_is_ignored(on: str) -> None:
    call = rule("call", after=exactly(1))
    answer = rule("answer", after=exactly(2.5), on=["call"])
    found = story(model([], [call, answer], {}, days=7.0), on)
    assert times(found, "answer") == [3.5, 6.5]  # called at 1 and, the next time it is free, at 4
    assert [found[event.cause].time for event in found if event.name == "answer"] == [1.0, 4.0]


def test_rule_1_a_trigger_while_the_clock_is_paused_or_remembered_is_ignored(on: str) -> None:
    call = rule("call", after=exactly(1), limit=6)
    open_ = rule("open", put("open", 1), at=4.25 * DAY)
    shut = rule("shut", put("open", 0), at=2.25 * DAY)
    held = rule("held", after=exactly(3), on=["call"], when=is_("open", 1), memory="remember")
    paused = rule("paused", after=exactly(3), on=["call"], speed=says(StateOf("open"), "open"))
    found = story(model([flag("open", 1)], [call, held, paused, open_, shut], {}, days=6.5), on)
    assert times(found, "held") == times(found, "paused") == [6.0]  # 3 days from 1, less 2 shut
    assert {found[e.cause].time for e in found if e.name in ("held", "paused")} == {1.0}


def test_rule_1_a_trigger_needs_the_guard_after_its_effects(on: str) -> None:
    call = rule("call", put("open", 1), after=exactly(1), limit=1)
    shut = rule("shut", put("open", 0), after=exactly(2), limit=1)
    opens = rule("opens", put("open", 1), after=exactly(3), limit=1)
    answers = rule("answers", on=["call"], when=is_("open", 1))
    too_late = rule("too_late", on=["shut"], when=is_("open", 1))
    found = story(model([flag("open")], [call, shut, opens, answers, too_late], {}), on)
    assert names(found) == ["call", "answers", "shut", "opens"]


def test_rule_1_triggers_name_one_option_or_wait_for_a_condition_to_turn_true(on: str) -> None:
    act = rule(
        "act",
        options=[option("rise", 1.0, up("level")), option("never", 0.0)],
        after=exactly(1),
        limit=3,
    )
    rules = [
        act,
        rule("after_rise", on=["act.rise"]),
        rule("after_never", on=["act.never"]),
        rule("at_two", on=[Trigger(becomes=at_least("level", 2))]),
        rule("at_zero", on=[Trigger(becomes=is_("level", 0))]),
    ]
    found = story(model([count("level", 3)], rules, {}), on)
    assert times(found, "after_rise") == [1.0, 2.0, 3.0]
    assert times(found, "at_two") == [2.0]  # it is true at 3 as well, but turned true at 2
    assert not {"after_never", "at_zero"} & set(names(found))


@pytest.mark.parametrize(("memory", "done"), [("forget", []), ("remember", [4.0, 8.0])])
def test_rule_2_interrupted_work_forgets_or_remembers(
    on: str, memory: str, done: list[float]
) -> None:
    # two days on, one day off: of three days of work the third is done after the break
    work = rule("work", after=exactly(3), when=is_("on_duty", 1), memory=memory)
    off = rule("off", put("on_duty", 0), after=exactly(2), when=is_("on_duty", 1))
    back = rule("back", put("on_duty", 1), after=exactly(1), when=is_("on_duty", 0))
    found = story(model([flag("on_duty", 1)], [work, off, back], {}, days=9.5), on)
    assert times(found, "work") == done
    assert times(found, "off") == [2.0, 5.0, 8.0]


def test_rule_2_at_firing_the_guard_holds(on: str) -> None:
    first = rule("first", put("free", 0), after=exactly(1), when=is_("free", 1))
    second = rule("second", after=exactly(1), when=is_("free", 1))
    assert names(story(model([flag("free", 1)], [first, second], {}), on)) == ["first"]


def test_speed_and_pause_change_how_fast_what_remains_runs_down(on: str) -> None:
    # 10 days of work: 2 at speed 1, then 1 day at 3 (5 left), a pause of 4, the rest at 3
    gear = Expression(
        IfElse(
            is_("gear", 1).node,
            Constant(3.0, "3"),
            IfElse(is_("gear", 2).node, Constant(0.0, "0"), Constant(1.0, "1")),
        ),
        "3 if gear == 1 else 0 if gear == 2 else 1",
    )
    shifts = [
        rule(f"shift_{i}", put("gear", to), at=day * DAY)
        for i, (day, to) in enumerate([(2, 1), (3, 2), (7, 1)])
    ]
    work = rule("work", after=exactly(10), speed=gear, limit=1)
    (done,) = times(story(model([count("gear", 2)], [*shifts, work], {}), on), "work")
    assert done == pytest.approx(7 + 5 / 3, abs=1e-12)


def test_rule_4_of_clocks_due_together_the_first_declared_fires_and_all_are_looked_at_again(
    on: str,
) -> None:
    rules = [
        rule("at_once", when=is_("x", 1), limit=1),
        rule("b", put("x", 1), after=exactly(1), limit=1),
        rule("c", after=exactly(1), limit=1),
        rule("d", put("y", 1), after=exactly(1), limit=1),
        rule("e", after=exactly(1), when=is_("y", 0)),
    ]
    found = story(model([flag("x"), flag("y")], rules, {}), on)
    assert names(found) == ["b", "at_once", "c", "d"]  # and e lost its guard at the last moment
    assert {event.time for event in found} == {1.0}


def test_rule_4_ten_thousand_firings_at_one_instant_are_allowed_and_one_more_is_not(
    on: str,
) -> None:
    ping = rule("ping", put("ball", 1), when=is_("ball", 0), limit=5_000)
    pong = rule("pong", put("ball", 0), when=is_("ball", 1))
    assert len(story(model([flag("ball")], [ping, pong], {}), on)) == 10_000
    once_more = rule("once_more", limit=1)
    with pytest.raises(RunError, match="more than 10,000 firings at one instant"):
        story(model([flag("ball")], [ping, pong, once_more], {}), on)
    endless = rule("ping", put("ball", 1), when=is_("ball", 0))
    circle = "more than 10,000 firings at one instant: (ping -> pong -> ping|pong -> ping -> pong)"
    with pytest.raises(RunError, match=circle + ".*draw 0, path 4: ball = "):
        story(model([flag("ball")], [endless, pong], {}), on, path=4)


def test_rule_5_stop_when_is_looked_at_before_anything_fires(on: str) -> None:
    written = model([flag("over", 1)], [rule("go")], {}, stop_when=is_("over", 1))
    (piece,) = pieces(written, on, events=True)
    assert (piece.n_events[0], piece.end_time[0], bool(piece.stopped[0])) == (0, 0.0, True)
    assert piece.started.tolist() == [0]


def test_rule_5_a_stop_ends_the_path_at_once_whatever_else_is_due(on: str) -> None:
    rules = [
        rule("a", after=exactly(1)),
        rule("b", put("over", 1), after=exactly(1)),
        rule("c", after=exactly(1)),
    ]
    written = model([flag("over")], rules, {}, stop_when=is_("over", 1))
    assert names(story(written, on)) == ["a", "b"]
    (piece,) = pieces(written, on)
    assert (piece.end_time[0], bool(piece.stopped[0])) == (DAY, True)


def test_rule_5_what_is_due_exactly_at_the_horizon_happens_and_the_path_is_censored(
    on: str,
) -> None:
    rules = [rule("last", after=exactly(0.1)), rule("late", after=exactly(10.0000001))]
    written = model([], rules, {}, days=10 * 0.1)
    found = times(story(written, on), "last")
    assert len(found) == 10
    (piece,) = pieces(written, on)
    assert (piece.end_time[0], bool(piece.stopped[0])) == (10 * 0.1 * DAY, False)
    scheduled = model([], [rule("then", at=7 * DAY), rule("after", at=7 * DAY + 1)], {}, days=7)
    assert names(story(scheduled, on)) == ["then"]


def test_rule_6_a_cause_is_the_event_after_which_the_clock_started(on: str) -> None:
    rules = [
        rule("first", put("x", 1), after=exactly(1), limit=1),
        rule("tick", after=exactly(1.5)),
        rule("second", after=exactly(3), when=is_("x", 1), memory="remember", limit=1),
        rule("shut", put("x", 0), at=2 * DAY),
        rule("open", put("x", 1), at=3.25 * DAY),
    ]
    found = story(model([flag("x")], rules, {}, days=6), on)
    told = {(e.time, e.name): found[e.cause].name if e.cause >= 0 else None for e in found}
    assert told[1.0, "first"] is None
    assert told[1.5, "tick"] is None
    assert told[3.0, "tick"] == "tick"
    assert told[5.25, "second"] == "first"  # resuming at 3.25 keeps the cause


@pytest.mark.parametrize("why", ["not available", "weight zero"])
def test_rule_7_without_an_option_it_has_fired_all_the_same(on: str, why: str) -> None:
    shut = [Option(name="go", value=number(1), available=is_("open", 1), effects=(put("x", 1),))]
    zero = [option("go", 0.0, put("x", 1)), option("stay", 0.0, put("x", 1))]
    tries = rule(
        "tries",
        options=shut if why == "not available" else zero,
        choice="weight",
        after=exactly(1),
        limit=2,
    )
    hears = rule("hears", on=["tries"])
    never = rule("never", on=["tries.go"])
    found = story(model([flag("open"), flag("x")], [tries, hears, never], {"x": is_("x", 1)}), on)
    assert names(found) == ["tries", "hears"] * 2  # it counts against the limit
    assert {(e.option, e.probability) for e in found if e.name == "tries"} == {("nothing", 1.0)}
    (piece,) = pieces(model([flag("open"), flag("x")], [tries], {"x": is_("x", 1)}), on)
    assert piece.fired.tolist() == [1]
    assert not piece.taken.any()


def test_rule_9_scheduled_things_fire_once_if_their_guard_holds_then(on: str) -> None:
    rules = [
        rule("early", at=1 * DAY),
        rule("open", put("x", 1), at=2 * DAY),
        rule("kept", at=3 * DAY, when=is_("x", 1)),  # its guard fails until 2
        rule("shut", put("x", 0), at=4 * DAY),
        rule("dropped", put("x", 1), at=5 * DAY, when=is_("x", 1)),
        rule("hears", on=["dropped"]),
        rule("again", put("x", 1), at=6 * DAY),
    ]
    written = model([flag("x")], rules, {})
    assert names(story(written, on)) == ["early", "open", "kept", "shut", "again"]
    (piece,) = pieces(written, on)
    assert piece.started.tolist() == [1, 1, 1, 1, 1, 0, 1]
    assert piece.fired.tolist() == [1, 1, 1, 1, 0, 0, 1]


def test_rule_10_outcomes_are_looked_at_at_the_start_and_between_firings_of_one_instant(
    on: str,
) -> None:
    rules = [
        rule("up", put("x", 1), after=exactly(1), limit=1),
        rule("down", put("x", 0), after=exactly(1), limit=1),
    ]
    outcomes = {
        "both": Expression(happened("seen").node, "seen"),  # reads one that stands below it
        "seen": is_("x", 1),
        "from_the_start": is_("x", 0),
        "never": is_("x", 2),
    }
    endings = {"flashed": happened("both"), "up": is_("x", 1)}
    written = model([count("x", 2)], rules, outcomes, endings=endings, order=(1, 0, 2, 3))
    (piece,) = pieces(written, on)
    assert piece.outcome_time[0, :3].tolist() == [DAY, DAY, 0.0]
    assert piece.outcome_time[0, 3] != piece.outcome_time[0, 3]
    assert piece.ending.tolist() == [0]  # x is down again, but it has happened by now


def test_rule_10_stop_when_reads_what_has_happened_by_now(on: str) -> None:
    rules = [
        rule("up", put("x", 1), after=exactly(1), limit=1),
        rule("down", put("x", 0), after=exactly(2), limit=1),
        rule("done", put("y", 1), after=exactly(3), limit=1),
        rule("more", after=exactly(4), limit=1),
    ]
    stop = says(Arithmetic("*", happened("was_up").node, StateOf("y")), "was_up * y")
    written = model([flag("x"), flag("y")], rules, {"was_up": is_("x", 1)}, stop_when=stop)
    assert names(story(written, on)) == ["up", "down", "done"]
