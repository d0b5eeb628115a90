"""Rule 3, what may happen when a clock has run out, and what its effects do; on every engine."""

from math import exp

import numpy as np
import pytest
from small_models import (
    count,
    flag,
    is_,
    model,
    number,
    option,
    parameter_value,
    put,
    rule,
    says,
    uniform,
    up,
)
from walking import SAMPLING, exactly, pieces, stories, story, z_share

from sim.errors import RunError
from sim.model import Arithmetic, Constant, Effect, Model, Option, StateOf
from sim.streams import block, name_hash

pytestmark = pytest.mark.parametrize("on", SAMPLING)
PATHS = 300


def choice(kind: str, *options: Option, start: int = 0, shut: int = 0) -> Model:
    once = rule("act", options=options, choice=kind, after=exactly(1), limit=1)
    return model([count("x", 3, start), flag("open", 1 - shut)], [once], {})


def shares(written: Model, on: str, **more: object) -> dict[str | None, float]:
    """The share that each option taken in some path says it had."""
    return {e.option: e.probability for (e,) in stories(written, on, range(PATHS), **more)}


def by_name(weights: dict[str, float]) -> list[str | None]:
    """The option on which the uniform of each path falls."""
    total = 0.0
    for weight in weights.values():
        total += weight
    found: list[str | None] = []
    for path in range(PATHS):
        _, u = block(1, name_hash("transition:act"), 0, path, 0)
        reached, expected = 0.0, None
        for name, weight in weights.items():
            reached += weight
            if expected is None and weight > 0 and u * total < reached:
                expected = name
        found.append(expected)
    return found


def taken(written: Model, on: str) -> list[str | None]:
    return [event.option for (event,) in stories(written, on, range(PATHS))]


def test_probabilities_with_a_rest(on: str) -> None:
    written = choice(
        "probability", option("a", 0.2), option("b", None, share="rest"), option("c", 0.3)
    )
    assert shares(written, on) == {"a": 0.2, "b": 0.5, "c": 0.3}
    assert taken(written, on) == by_name({"a": 0.2, "b": 0.5, "c": 0.3})
    assert taken(written, on) != by_name({"c": 0.3, "b": 0.5, "a": 0.2})  # control: the order


def test_a_rest_takes_what_the_available_others_leave(on: str) -> None:
    options = (
        option("a", 0.2),
        option("b", 0.3, available=is_("open", 1)),
        option("c", None, share="rest"),
    )
    assert shares(choice("probability", *options, shut=1), on) == {"a": 0.2, "c": 0.8}
    assert shares(choice("probability", *options), on) == {"a": 0.2, "b": 0.3, "c": 0.5}


def test_without_a_rest_the_available_ones_are_scaled_to_one(on: str) -> None:
    options = (option("a", 0.2), option("b", 0.6, available=is_("open", 1)), option("c", 0.2))
    assert shares(choice("probability", *options, shut=1), on) == {"a": 0.5, "c": 0.5}


def test_of_rest_is_a_chain_of_conditional_probabilities(on: str) -> None:
    written = choice(
        "probability",
        option("a", 0.5),
        option("b", 0.5, share="of_rest"),
        option("c", 0.5, share="of_rest"),
        option("d", None, share="rest"),
    )
    assert shares(written, on) == {"a": 0.5, "b": 0.25, "c": 0.125, "d": 0.125}


def test_weights_are_taken_in_proportion_and_a_weight_of_zero_never(on: str) -> None:
    written = choice("weight", option("never", 0.0), option("a", 3.0), option("b", 1.0))
    assert shares(written, on) == {"a": 0.75, "b": 0.25}
    assert taken(written, on) == by_name({"never": 0.0, "a": 3.0, "b": 1.0})


def test_quantal_response_is_logit_in_the_utilities(on: str) -> None:
    # 1000 more than e can bear: only differences of utilities count
    written = choice("utility", option("a", 1000.0), option("b", 1001.0), option("c", 998.0))
    whole = exp(-1) + 1 + exp(-3)
    found = shares(written, on)
    for name, utility in (("a", -1), ("b", 0), ("c", -3)):
        assert found[name] == pytest.approx(exp(utility) / whole, rel=1e-15)
    happened = np.array([name == "a" for name in taken(written, on)])
    assert abs(z_share(happened, exp(-1) / whole)) < 4  # n = 300
    assert abs(z_share(happened, 1 / 3)) > 2  # control: as if utilities did not count


def test_options_are_weighed_on_the_state_before_their_effects(on: str) -> None:
    value = says(Arithmetic("/", StateOf("x"), Constant(4, "4")), "x / 4")
    written = choice(
        "probability", option("a", value, up("x")), option("b", None, put("x", 0), share="rest")
    )
    assert shares(written, on) == {"b": 1.0}  # x is 0: a weighs nothing, though it would raise x
    started = choice(
        "probability",
        option("a", value, up("x")),
        option("b", None, put("x", 0), share="rest"),
        start=1,
    )
    assert shares(started, on) == {"a": 0.25, "b": 0.75}


def test_a_share_may_be_a_parameter_of_the_draw(on: str) -> None:
    act = rule(
        "act",
        options=[option("a", parameter_value("p")), option("b", None, share="rest")],
        after=exactly(1),
        limit=1,
    )
    written = model([], [act], {}, parameters=[uniform("p", 0, 1)])
    assert shares(written, on, values=[0.125]) == {"a": 0.125, "b": 0.875}
    assert shares(written, on, values=[0.0]) == {"b": 1.0}


def test_effects_read_the_state_before_the_firing_and_apply_together(on: str) -> None:
    swap = rule(
        "swap",
        Effect(variable="x", how="copy", source="y"),
        Effect(variable="y", how="copy", source="x"),
        after=exactly(1),
        limit=1,
    )
    outcomes = {"swapped": is_("x", 3), "both": is_("y", 1)}
    (piece,) = pieces(model([count("x", 3, 1), count("y", 3, 3)], [swap], outcomes), on)
    assert piece.outcome_time[0].tolist() == [86_400.0, 86_400.0]


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect(variable="x", how="raise"), 3),
        (Effect(variable="x", how="lower"), 1),
        (Effect(variable="x", how="at_least", value=3), 3),
        (Effect(variable="x", how="at_least", value=1), 2),
        (Effect(variable="x", how="at_most", value=1), 1),
        (Effect(variable="x", how="set", value=0), 0),
        (Effect(variable="x", how="compute", expression=number(1.99)), 1),
        (Effect(variable="x", how="compute", expression=number(-7)), 0),
        (Effect(variable="x", how="compute", expression=number(1e300)), 3),
    ],
    ids=lambda value: getattr(value, "how", value),
)
def test_effects_stop_at_the_ends(on: str, effect: Effect, expected: int) -> None:
    act = rule("act", effect, after=exactly(1), limit=1)
    outcomes = {f"is_{value}": is_("x", value) for value in range(4)}
    endings = {f"is_{value}": is_("x", value) for value in range(4)}
    (piece,) = pieces(model([count("x", 3, 2)], [act], outcomes, endings=endings), on)
    assert piece.ending.tolist() == [expected]


@pytest.mark.parametrize("how", ["raise", "lower"])
def test_raise_and_lower_stop_at_the_ends(on: str, how: str) -> None:
    act = rule("act", Effect(variable="x", how=how), after=exactly(1), limit=9)  # type: ignore[arg-type]
    endings = {"top": is_("x", 3), "bottom": is_("x", 0)}
    (piece,) = pieces(model([count("x", 3, 2)], [act], {}, endings=endings), on)
    assert piece.ending.tolist() == [0 if how == "raise" else 1]


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("probability", 1.5, "'v' is 1.5, above 1"),
        ("probability", -0.25, "'v' is -0.25, below 0"),
        ("weight", -1.0, "'v' is -1, below 0"),
        ("weight", float("inf"), "'v' is inf, which is not a finite number"),
        ("utility", float("nan"), "'v' is nan, which is not a finite number"),
    ],
)
def test_an_impossible_value_names_expression_state_draw_and_path(
    on: str, kind: str, value: float, message: str
) -> None:
    wrong = says(Constant(value, "v"), "v")
    written = choice(kind, option("a", wrong), option("b", 0.0), start=2)
    with pytest.raises(RunError, match=f"{message}.*day 1 of draw 0, path 7: x = 2, open = true"):
        story(written, on, 7)


def test_a_division_by_zero_names_the_expression(on: str) -> None:
    share = says(Arithmetic("/", Constant(1, "1"), StateOf("x")), "1 / x")
    with pytest.raises(RunError, match=r"'1 / x' has no value .*: x = 0, open = true"):
        story(choice("weight", option("a", share), option("b", 1.0)), on)
    story(choice("weight", option("a", share), option("b", 1.0), start=1), on)  # control


def test_a_rest_of_more_than_the_whole_is_an_error_and_of_a_rounding_error_is_none(
    on: str,
) -> None:
    tenths = [option(f"t{i}", 0.1) for i in range(11)]
    with pytest.raises(RunError, match=r"act: its probabilities sum to 1\.1"):
        story(choice("probability", *tenths, option("z", None, share="rest")), on)
    over = [option("a", 0.7), option("b", 0.1), option("c", 0.2000000000001)]
    assert "z" not in shares(choice("probability", *over, option("z", None, share="rest")), on)


def test_a_negative_speed_is_an_error(on: str) -> None:
    slow = rule("slow", after=exactly(1), speed=says(Constant(-1, "v"), "v"))
    with pytest.raises(RunError, match="'v' is -1, below 0"):
        story(model([], [slow], {}), on)
