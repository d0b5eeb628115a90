"""Closures and tables say the same of every expression, to the last bit, errors included."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Fact,
    Happened,
    IfElse,
    Logic,
    Negative,
    Not,
    ParameterOf,
    StateOf,
)
from sim.model.evaluation import Names, evaluator, odds
from sim.model.expressions import outcomes_read, parameters_read, variables_read
from sim.model.tables import Grid, table

SIZES = {"korea": 4, "talks": 2, "heat": 5}
NAMES = Names({"korea": 0, "talks": 1, "heat": 2}, {"p": 0, "factor": 1}, {"war": 0})
DRAWS = {"p": np.array([0.1, 0.7]), "factor": np.array([3.0, 0.0])}

LEAVES = st.one_of(
    st.sampled_from([0.0, 0.3, 1.0, 7.0]).map(lambda v: Constant(v, f"{v:g}")),
    st.sampled_from([StateOf(name) for name in SIZES]),
    st.sampled_from([ParameterOf("p"), ParameterOf("factor"), Happened("war")]),
)
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(Arithmetic, st.sampled_from("+-*/"), below, below),
        st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), below, below),
        st.builds(Not, below),
        st.builds(Negative, below),
        st.builds(Fact, st.just("fact"), below),
        st.builds(IfElse, below, below, below),
        st.builds(Logic, st.sampled_from(["and", "or"]), st.tuples(below, below, below)),
        st.builds(Call, st.sampled_from(["min", "max"]), st.tuples(below, below)),
        st.builds(Call, st.just("odds"), st.tuples(below, below, below)),
    ),
    max_leaves=8,
)


def check_same(tree, closure_tree):
    """Compare a tree's table with another tree's closure at every point of the grid."""
    grid = Grid(tuple(SIZES.items()), DRAWS, ("war",))
    values, wrong = (np.broadcast_to(part, grid.shape) for part in table(tree, grid))
    closure = evaluator(closure_tree, NAMES)
    for point in itertools.product(*(range(size) for size in grid.shape)):
        draw, *state, war = point
        try:
            said = float(
                closure(state, [DRAWS["p"][draw].item(), DRAWS["factor"][draw].item()], [bool(war)])
            )
        except ArithmeticError:
            assert wrong[point], f"only the closure has no value at {point}"
        else:
            assert not wrong[point], f"only the table has no value at {point}"
            neither = said != said and values[point] != values[point]
            assert said == values[point] or neither, f"values differ at {point}"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TREES)
def test_a_table_holds_exactly_what_the_closure_says(tree):
    check_same(tree, tree)


def test_the_comparison_sees_one_last_bit():
    tree = Arithmetic("*", ParameterOf("p"), Constant(0.3, "0.3"))
    with pytest.raises(AssertionError, match="values differ at"):
        check_same(tree, Arithmetic("*", ParameterOf("p"), Constant(np.nextafter(0.3, 1), "0.3")))
    with pytest.raises(AssertionError, match="only the closure has no value at"):
        check_same(tree, Arithmetic("/", tree, StateOf("heat")))


def test_odds_multiply_and_stay_within_bounds():
    assert odds(0.5, 3) == pytest.approx(0.75, abs=1e-15)
    assert odds(0.2, 2, 2) == pytest.approx(odds(0.2, 4), abs=1e-15)
    assert [odds(0, 9), odds(1, 9), odds(1, 0), odds(0.4, 0)] == [0, 1, 1, 0]
    assert odds(0.999999, 1e308) <= 1
    for wrong, found in [((1.1, 2), "1.1"), ((-0.1, 2), "-0.1"), ((0.5, -1), "-1")]:
        with pytest.raises(ArithmeticError, match=f"^odds .*{found}, which is"):
            odds(*wrong)


def test_what_an_expression_reads_is_listed_once_in_reading_order():
    tree = Logic(
        "and",
        (
            Comparison("<", StateOf("heat"), ParameterOf("p")),
            Not(Happened("war")),
            Comparison("==", StateOf("korea"), StateOf("heat")),
        ),
    )
    assert variables_read(tree) == ("heat", "korea")
    assert parameters_read(tree) == ("p",)
    assert outcomes_read(tree) == ("war",)
