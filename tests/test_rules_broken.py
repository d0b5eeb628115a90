"""Each rule's test is able to fail: the reference engine is broken in one place, and it does."""

from collections.abc import Callable
from typing import Any

import pytest
import test_rules as rules
import test_rules_choices as choices
import test_rules_theory as theory

from sim.engines.reference import choices as choosing
from sim.engines.reference import clocks, world
from sim.engines.reference.calendar import Calendar
from sim.engines.reference.choices import Choice, Consequence
from sim.engines.reference.clocks import Clock
from sim.engines.reference.world import Actor, World
from sim.errors import RunError

NOTICED = "assert|DID NOT RAISE|10,000 firings at one instant"  # and no fault of the test's own
original: dict[str, Any] = {
    "look": Actor.look,
    "outcomes": World.look_at_outcomes,
    "run": Clock.run,
    "take": choosing.take,
    "value": Consequence.value,
    "weights": Choice.weights,
    "peek": Calendar.peek,
    "put": Calendar.put,
    "left": Choice.left,
    "block": clocks.block,
}


def a_trigger_starts_a_running_clock_again(self: Actor, clock: Clock, last: Any) -> None:
    if clock.on and clock.triggers and clock.allowed() and self.called(clock, last):
        clock.discard()
    original["look"](self, clock, last)


def a_guard_of_something_scheduled_is_watched(self: Actor, clock: Clock, last: Any) -> None:
    if clock.transition.at is not None and last is not None and not clock.allowed():
        clock.discard()
    original["look"](self, clock, last)


def a_dropped_thing_fires(self: Clock) -> None:
    self.on, self.moment = False, None
    self.fire(self)


def resuming_is_a_new_cause(self: Clock) -> None:
    original["run"](self)
    self.cause = len(self.path.firings) - 1


def outcomes_are_looked_at_once_an_instant(self: World) -> None:
    if self.path.calendar.peek() > self.path.calendar.now:
        original["outcomes"](self)


def the_stop_is_not_looked_at_before_anything_fires(self: World) -> None:
    original["outcomes"](self)
    self.stopped = self.stopped and bool(self.path.firings)


def the_instant_ends_before_the_stop(self: World) -> None:
    original["outcomes"](self)
    self.stopped = self.stopped and self.path.calendar.peek() > self.path.calendar.now


def outcomes_are_never_remembered(self: World) -> None:
    self.path.marks = [False] * len(self.path.marks)
    for reading in self.path.readings:
        reading.stale = True
    original["outcomes"](self)


def effects_apply_one_by_one(self: Consequence) -> int:
    value: int = original["value"](self)
    self.path.state[self.variable] = value
    return value


def weighed_after_the_first_effect(self: Choice) -> list[float]:
    for effect in self.effects[0]:
        self.path.change({effect.variable: effect.value()})
    weights: list[float] = original["weights"](self)
    return weights


BROKEN: list[tuple[Callable[..., None], dict[str, object], object, str, object]] = [
    (
        rules.test_rule_1_a_clock_starts_at_once_and_again_after_firing_with_a_new_draw,
        {},
        clocks,
        "block",
        lambda seed, name, draw, path, nth: original["block"](seed, name, draw, path, 0),
    ),
    (rules.test_rule_1_it_starts_as_soon_as_its_guard_holds, {}, Clock, "allowed", lambda _: True),
    (rules.test_rule_1_a_limit_counts_firings, {}, Clock, "used_up", lambda _: False),
    (
        rules.test_rule_1_a_trigger_while_the_clock_runs_is_ignored,
        {},
        Actor,
        "look",
        a_trigger_starts_a_running_clock_again,
    ),
    (
        rules.test_rule_1_a_trigger_while_the_clock_is_paused_or_remembered_is_ignored,
        {},
        Actor,
        "look",
        a_trigger_starts_a_running_clock_again,
    ),
    (
        rules.test_rule_1_a_trigger_needs_the_guard_after_its_effects,
        {},
        Clock,
        "allowed",
        lambda _: True,
    ),
    (
        rules.test_rule_1_triggers_name_one_option_or_wait_for_a_condition_to_turn_true,
        {},
        Actor,
        "named",
        lambda self, on, last: on.transition == self.path.model.transitions[last.rank].name,
    ),
    (
        rules.test_rule_1_triggers_name_one_option_or_wait_for_a_condition_to_turn_true,
        {},
        Actor,
        "became",
        lambda self, condition, last: bool(self.path.conditions[condition]()),
    ),
    (
        rules.test_rule_2_interrupted_work_forgets_or_remembers,
        {"memory": "forget", "done": []},
        Clock,
        "discard",
        Clock.hold,
    ),
    (
        rules.test_rule_2_interrupted_work_forgets_or_remembers,
        {"memory": "remember", "done": [4.0, 8.0]},
        Clock,
        "hold",
        Clock.discard,
    ),
    (rules.test_rule_2_at_firing_the_guard_holds, {}, Clock, "discard", lambda _: None),
    (
        rules.test_speed_and_pause_change_how_fast_what_remains_runs_down,
        {},
        Clock,
        "keep_pace",
        lambda _: None,
    ),
    (
        rules.test_rule_4_of_clocks_due_together_the_first_declared_fires_and_all_are_looked_at_again,
        {},
        Calendar,
        "put",
        lambda self, moment, time, rank: original["put"](self, moment, time, 0),
    ),
    (
        rules.test_rule_4_ten_thousand_firings_at_one_instant_are_allowed_and_one_more_is_not,
        {},
        world,
        "FIRINGS_AT_ONE_INSTANT",
        10_001,
    ),
    (
        rules.test_rule_4_ten_thousand_firings_at_one_instant_are_allowed_and_one_more_is_not,
        {},
        world,
        "FIRINGS_AT_ONE_INSTANT",
        9_999,
    ),
    (
        rules.test_rule_5_stop_when_is_looked_at_before_anything_fires,
        {},
        World,
        "look_at_outcomes",
        the_stop_is_not_looked_at_before_anything_fires,
    ),
    (
        rules.test_rule_5_a_stop_ends_the_path_at_once_whatever_else_is_due,
        {},
        World,
        "look_at_outcomes",
        the_instant_ends_before_the_stop,
    ),
    (
        rules.test_rule_5_what_is_due_exactly_at_the_horizon_happens_and_the_path_is_censored,
        {},
        Calendar,
        "peek",
        lambda self: original["peek"](self) * (1 + 1e-15),
    ),
    (
        rules.test_rule_6_a_cause_is_the_event_after_which_the_clock_started,
        {},
        Clock,
        "run",
        resuming_is_a_new_cause,
    ),
    (
        rules.test_rule_7_without_an_option_it_has_fired_all_the_same,
        {"why": "weight zero"},
        world,
        "take",
        lambda weights, u: max(original["take"](weights, u), 0),
    ),
    (
        rules.test_rule_7_without_an_option_it_has_fired_all_the_same,
        {"why": "not available"},
        Choice,
        "weights",
        lambda self: [1.0] * len(self.available),
    ),
    (
        rules.test_rule_9_scheduled_things_fire_once_if_their_guard_holds_then,
        {},
        Clock,
        "ring",
        a_dropped_thing_fires,
    ),
    (
        rules.test_rule_9_scheduled_things_fire_once_if_their_guard_holds_then,
        {},
        Actor,
        "look",
        a_guard_of_something_scheduled_is_watched,
    ),
    (
        rules.test_rule_10_outcomes_are_looked_at_at_the_start_and_between_firings_of_one_instant,
        {},
        World,
        "look_at_outcomes",
        outcomes_are_looked_at_once_an_instant,
    ),
    (
        rules.test_rule_10_stop_when_reads_what_has_happened_by_now,
        {},
        World,
        "look_at_outcomes",
        outcomes_are_never_remembered,
    ),
    (choices.test_probabilities_with_a_rest, {}, Choice, "left", lambda self, taken: 0.5 * taken),
    (
        choices.test_a_rest_takes_what_the_available_others_leave,
        {},
        Choice,
        "weights",
        lambda self: [0.2, 0.3, 0.5],
    ),
    (
        choices.test_without_a_rest_the_available_ones_are_scaled_to_one,
        {},
        world,
        "total",
        lambda weights: 1.0,
    ),
    (
        choices.test_of_rest_is_a_chain_of_conditional_probabilities,
        {},
        Choice,
        "left",
        lambda *_: 1,
    ),
    (
        choices.test_weights_are_taken_in_proportion_and_a_weight_of_zero_never,
        {},
        world,
        "take",
        lambda weights, u: int(u * len(weights)),
    ),
    (choices.test_quantal_response_is_logit_in_the_utilities, {}, choosing, "exp", lambda v: 4 + v),
    (
        choices.test_options_are_weighed_on_the_state_before_their_effects,
        {},
        Choice,
        "weights",
        weighed_after_the_first_effect,
    ),
    (
        choices.test_effects_read_the_state_before_the_firing_and_apply_together,
        {},
        Consequence,
        "value",
        effects_apply_one_by_one,
    ),
    (
        theory.test_interrupted_work_ends_when_theory_says,
        {"memory": "remember"},
        Clock,
        "hold",
        Clock.discard,
    ),
    (
        theory.test_a_wait_at_changing_speed_has_the_hazard_of_each_moment,
        {},
        Clock,
        "speed_now",
        lambda _: 1.0,
    ),
]


@pytest.mark.parametrize(
    ("test", "arguments", "home", "name", "broken"),
    BROKEN,
    ids=[f"{i:02} {case[0].__name__[5:40]}: {case[3]}" for i, case in enumerate(BROKEN)],
)
def test_a_broken_rule_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
    test: Callable[..., None],
    arguments: dict[str, object],
    home: object,
    name: str,
    broken: object,
) -> None:
    test(on="reference", **arguments)
    monkeypatch.setattr(home, name, broken)
    with pytest.raises((AssertionError, pytest.fail.Exception, RunError), match=NOTICED):
        test(on="reference", **arguments)
