"""What can never happen: proofs against worlds where the answer is known."""

import itertools
import random

import pytest
from small_models import (
    at_least,
    both,
    compare,
    count,
    down,
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
    uniform,
    up,
)

from sim.model import (
    Arithmetic,
    Constant,
    Distribution,
    Effect,
    IfElse,
    Model,
    Parameter,
    StateOf,
    Trigger,
)
from sim.model.expressions import variables_read
from sim.reach import Reach, interval_of, reach, restrict, satisfiable
from sim.scenario import load

RELAXED = 0  # no firing may be looked at: every variable by itself
EXHAUSTIVE = 100_000
BOTH = pytest.mark.parametrize("limit", [RELAXED, EXHAUSTIVE], ids=["relaxed", "exhaustive"])


def looked(built: Model, limit: int) -> Reach:
    found = reach(built, limit=limit)
    assert found.exhaustive == (limit == EXHAUSTIVE)
    return found


@BOTH
def test_distance_is_the_fewest_firings(limit: int) -> None:
    climb = model(
        [count("n", 9)],
        [rule("climb", up("n"), after=1.0), rule("slip", down("n"), after=1.0)],
        {"top": is_("n", 9), "start": is_("n", 0), "third": at_least("n", 3)},
    )
    assert looked(climb, limit).outcomes == (9, 0, 3)


@BOTH
def test_a_ladder_broken_in_the_middle_is_never_climbed(limit: int) -> None:
    def ladder(gap: int) -> Model:
        rules = [
            rule(f"step{i}", put("n", i + 1), after=1.0, when=is_("n", i))
            for i in range(5)
            if i != gap
        ]
        return model([count("n", 5)], rules, {"top": is_("n", 5)}, endings={"up": is_("n", 5)})

    broken, whole = looked(ladder(3), limit), looked(ladder(99), limit)
    assert broken.outcomes == (None,)
    assert broken.fired == (True, True, True, False)
    assert broken.values == ((0, 1, 2, 3),)
    assert broken.endings == (False, True)
    assert whole.outcomes == (5,), "control: the whole ladder is climbed"
    assert whole.endings[0]


def test_combinations_are_followed_only_where_the_space_is_small() -> None:
    either_or = model(
        [flag("a"), flag("b")],
        [
            rule("take_a", put("a", 1), after=1.0, when=no(is_("b", 1))),
            rule("take_b", put("b", 1), after=1.0, when=no(is_("a", 1))),
        ],
        {"both": both(is_("a", 1), is_("b", 1))},
    )
    assert looked(either_or, EXHAUSTIVE).outcomes == (None,)
    assert looked(either_or, RELAXED).outcomes == (1,), "relaxed: sound, not complete"


@BOTH
def test_triggers_wait_for_what_starts_them(limit: int) -> None:
    def chain(first: str) -> Model:
        return model(
            [flag("x")],
            [
                rule("a", after=1.0, options=[option("yes", 1.0), option("no", 0.0)]),
                rule("b", put("x", 1), after=1.0, on=[f"a.{first}"]),
            ],
            {"x": is_("x", 1)},
        )

    never, ever = looked(chain("no"), limit), looked(chain("yes"), limit)
    assert never.taken[0] == (True, False), "an option of weight 0 is never taken"
    assert never.started == (True, False)
    assert never.outcomes == (None,)
    assert ever.outcomes == (2,)


@BOTH
def test_becomes_needs_a_turn(limit: int) -> None:
    def waiting(start: int) -> Model:
        trigger = Trigger(becomes=is_("x", 1))
        return model(
            [flag("x", start), flag("y")],
            [
                rule("set", put("x", 1), after=1.0),
                rule("then", put("y", 1), after=1.0, on=[trigger]),
            ],
            {"y": is_("y", 1)},
        )

    assert looked(waiting(1), limit).outcomes == (None,), "what holds at t = 0 does not become"
    assert looked(waiting(0), limit).outcomes == (2,)


@BOTH
def test_dates_beyond_the_horizon_never_come(limit: int) -> None:
    def dated(day: float) -> Reach:
        built = model(
            [flag("x")], [rule("date", put("x", 1), at=day * 86_400.0)], {"x": is_("x", 1)}, days=10
        )
        return looked(built, limit)

    late, last = dated(10.01), dated(10.0)
    assert (late.started, late.fired, late.outcomes) == ((True,), (False,), (None,))
    assert (last.started, last.fired, last.outcomes) == ((True,), (True,), (1,))


@BOTH
def test_a_clock_that_stands_still_starts_but_never_fires(limit: int) -> None:
    def slow(parameter: Parameter) -> Reach:
        speed = parameter_value(parameter.name)
        built = model(
            [flag("x")],
            [rule("r", put("x", 1), after=1.0, speed=speed)],
            {"x": is_("x", 1)},
            parameters=[parameter],
        )
        return looked(built, limit)

    still, moving = slow(uniform("s", -1.0, 0.0)), slow(uniform("s", 0.0, 1.0))
    assert (still.started, still.fired) == ((True,), (False,))
    assert moving.fired == (True,)


@BOTH
def test_choices_without_weight_are_never_made(limit: int) -> None:
    def read(weights: tuple[float, float]) -> Reach:
        which = Parameter(
            name="reading",
            distribution=Distribution(kind="choices", numbers=weights, levels=("text", "broad")),
        )
        broad = compare("reading", "==", 1)
        broad = type(broad)("==", parameter_value("reading").node, broad.right)
        built = model(
            [flag("x")],
            [rule("r", put("x", 1), after=1.0, when=says(broad))],
            {"x": is_("x", 1)},
            parameters=[which],
        )
        return looked(built, limit)

    assert read((1.0, 0.0)).outcomes == (None,)
    assert read((0.8, 0.2)).outcomes == (1,)


def test_one_reading_holds_in_a_whole_path() -> None:
    """Two guards that want different readings: never both, which only the exhaustive way sees."""
    which = Parameter(
        name="reading",
        distribution=Distribution(kind="choices", numbers=(0.5, 0.5), levels=("text", "broad")),
    )
    reads = [
        says(
            type(compare("x", "==", i))("==", parameter_value("reading").node, Constant(i, str(i)))
        )
        for i in (0, 1)
    ]
    built = model(
        [flag("x"), flag("y")],
        [
            rule("first", put("x", 1), after=1.0, when=reads[0]),
            rule("second", put("y", 1), after=1.0, when=both(reads[1], is_("x", 1))),
        ],
        {"y": is_("y", 1)},
        parameters=[which],
    )
    assert looked(built, EXHAUSTIVE).outcomes == (None,)
    assert looked(built, RELAXED).outcomes == (2,)


@BOTH
def test_limits_outcomes_and_stops(limit: int) -> None:
    built = model(
        [count("n", 3)],
        [rule("climb", up("n"), after=1.0, when=at_least("n", 0))],
        {"later": both(happened("second"), is_("n", 3)), "second": at_least("n", 2)},
        order=[1, 0],
        stop_when=is_("n", 0),
    )
    stopped = looked(built, limit)
    assert (stopped.fired, stopped.outcomes) == ((False,), (None, None)), "stopped at t = 0"
    free = model(
        [count("n", 3)],
        built.transitions,
        {o.name: o.when for o in built.outcomes},
        order=[1, 0],
        endings={"late": happened("later"), "never": both(happened("later"), is_("n", 1))},
    )
    found = looked(free, limit)
    assert found.outcomes == (3, 2)
    assert found.endings == (True, False, True)


def test_a_limit_is_counted_where_the_space_is_small() -> None:
    built = model(
        [count("n", 5)], [rule("climb", up("n"), after=1.0, limit=2)], {"third": at_least("n", 3)}
    )
    assert looked(built, EXHAUSTIVE).outcomes == (None,)
    assert looked(built, EXHAUSTIVE).values == ((0, 1, 2),)


EFFECTS = {
    "set": Effect(variable="n", how="set", value=2),
    "raise": Effect(variable="n", how="raise"),
    "lower": Effect(variable="n", how="lower"),
    "at_least": Effect(variable="n", how="at_least", value=3),
    "at_most": Effect(variable="n", how="at_most", value=1),
    "copy": Effect(variable="n", how="copy", source="m"),
    "compute": Effect(
        variable="n",
        how="compute",
        expression=says(Arithmetic("*", StateOf("n"), Constant(1.7, "1.7"))),
    ),
    "chosen": Effect(
        variable="n",
        how="compute",
        expression=says(
            IfElse(
                compare("n", "==", 1),
                Constant(4.0, "4"),
                Arithmetic("-", StateOf("n"), StateOf("m")),
            )
        ),
    ),
}


@pytest.mark.parametrize("how", EFFECTS)
@pytest.mark.parametrize("start", [0, 1, 2, 4])
def test_relaxed_holds_every_value_exhaustive_finds(how: str, start: int) -> None:
    built = model(
        [count("n", 4, start), count("m", 4, 3)],
        [
            rule("turn", EFFECTS[how], after=1.0),
            rule("other", down("m"), after=1.0, when=at_least("n", 2)),
        ],
        {f"n{i}": is_("n", i) for i in range(5)},
    )
    exhaustive, relaxed = looked(built, EXHAUSTIVE), looked(built, RELAXED)
    for full, box in zip(exhaustive.values, relaxed.values, strict=True):
        assert set(full) <= set(box)
    for exact, least in zip(exhaustive.outcomes, relaxed.outcomes, strict=True):
        assert exact is None or (least is not None and least <= exact)
    once = {
        "set": 2,
        "raise": min(start + 1, 4),
        "lower": max(start - 1, 0),
        "at_least": max(start, 3),
        "at_most": min(start, 1),
        "copy": 3,
        "compute": min(int(start * 1.7), 4),
        "chosen": 4 if start == 1 else max(start - 3, 0),
    }
    assert {start, once[how]} <= set(exhaustive.values[0])


def test_relaxed_is_sound_on_every_small_world() -> None:
    """All two-rule worlds over two small counts: 3 guards x 5 effects, squared (225 worlds)."""
    guards = [None, is_("n", 1), both(at_least("m", 1), no(is_("n", 2)))]
    effects = [
        up("n"),
        up("m"),
        down("n"),
        put("m", 2),
        Effect(variable="m", how="copy", source="n"),
    ]
    tighter = 0
    for (g1, e1), (g2, e2) in itertools.product(itertools.product(guards, effects), repeat=2):
        built = model(
            [count("n", 2), count("m", 2)],
            [rule("a", e1, after=1.0, when=g1), rule("b", e2, after=1.0, when=g2)],
            {"o": both(is_("n", 2), is_("m", 2)), "p": both(at_least("n", 1), is_("m", 0))},
        )
        exhaustive, relaxed = looked(built, EXHAUSTIVE), looked(built, RELAXED)
        for exact, least in zip(exhaustive.outcomes, relaxed.outcomes, strict=True):
            assert exact is None or (least is not None and least <= exact)
        for can, may in zip(exhaustive.fired, relaxed.fired, strict=True):
            assert may or not can
        tighter += exhaustive != relaxed
    assert tighter > 20, "control: the two ways are not the same"


def test_conditions_that_no_values_satisfy() -> None:
    built = model([count("n", 3)], [rule("r", after=1.0)], {"o": is_("n", 3)})
    assert not satisfiable(built, both(is_("n", 1), is_("n", 2)))
    assert not satisfiable(built, at_least("n", 4))
    assert satisfiable(built, both(at_least("n", 1), no(is_("n", 2))))
    found = reach(built)
    assert not found.may_hold(is_("n", 3)), "satisfiable, never reached"
    assert found.may_hold(is_("n", 0))
    assert found.may_hold(number(1.0))


def brute(node, truth: bool, box: dict[str, int]) -> dict[str, int] | None:
    """What `restrict` promises for a comparison: each value of each name tried by itself."""
    interval = interval_of(node, {})

    def may(trial: dict[str, int]) -> bool:
        low, high = interval(trial)
        return not (low == 0 == high) if truth else low <= 0 <= high

    box = dict(box)
    if not may(box):
        return None
    for name in variables_read(node):
        values = [1 << value for value in range(box[name].bit_length()) if box[name] >> value & 1]
        box[name] = sum(bit for bit in values if may({**box, name: bit}))
        if not box[name]:
            return None
    return box


def guard_of(text: str, sizes: dict[str, int], file):
    """The tree of a condition over counts of these sizes."""
    counts = ", ".join(f"{name}: {{max: {size - 1}}}" for name, size in sizes.items())
    written = f"""scenario: one
horizon: 1 d
state: {{{counts}}}
events: {{a: {{when: "{text}", after: 1 d}}}}
endings: {{all: {{otherwise: true}}}}
"""
    file.write_text(written, encoding="utf-8")
    return load(file).model.transitions[0].when.node


TERMS = ["c", "e", "g", "3", "40", "(c + e)", "(c - e)", "c * e", "(e - c) * g", "max(c, e)"]
TERMS += ["(c if e > 20 else g)", "c * c - e", "-g", "min(c, 7) * e", "c / 7"]


def random_mask(dice: random.Random, size: int) -> int:
    wide = dice.random() < 0.5
    low = dice.randrange(size)
    mask = (1 << dice.randrange(low, size) + 1) - (1 << low) if wide else dice.getrandbits(size)
    return mask or 1 << low


@pytest.mark.parametrize("seed", range(20))
def test_what_is_cut_is_what_trying_each_value_would_cut(seed, tmp_path):
    """In boxes that grow, as the proofs have them, and in boxes of any kind, with one closure."""
    dice = random.Random(seed)
    sizes = {"c": 60, "e": 60, "g": 12}
    for _ in range(15):
        op = dice.choice(["<", "<=", "==", "!=", ">", ">="])
        node = guard_of(
            f"{dice.choice(TERMS)} {op} {dice.choice(TERMS)}", sizes, tmp_path / "one.yaml"
        )
        truth = dice.random() < 0.5
        cut = restrict(node, truth, {})
        box = {name: random_mask(dice, size) for name, size in sizes.items()}
        for _ in range(8):
            expected, found = brute(node, truth, box), dict(box)
            assert cut(found) == (expected is not None)
            if expected is not None:
                assert found == expected
            other = {name: random_mask(dice, size) for name, size in sizes.items()}
            grows = dice.random() < 0.7
            box = {name: box[name] | other[name] if grows else other[name] for name in sizes}
