"""Equality is a contract: reference and compiled engine walk the same paths, to the last bit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from equality import PER_PATH, assert_engines_agree, assert_same, check_document, walked
from hypothesis import HealthCheck, given, settings
from random_models import documents, model_of
from small_models import DAY

from sim.engines import engine
from sim.engines.compiled import work
from sim.engines.compiled.lowering import lowered
from sim.errors import UsageError
from sim.experiment import parameter_values
from sim.model import Arithmetic, Constant, Expression, Model, Option, StateOf
from sim.results import PathBatch
from sim.scenario import load

HERE = Path(__file__).parent
SHIPPED = sorted(
    file for file in (HERE.parent / "scenarios").glob("*.yaml") if file.stem != "sources"
)
CORPUS = sorted((HERE / "corpus" / "valid").glob("*.yaml"))
LONG = {"delays": 1}  # its clocks ring every minute: paths of 7,600 events
TWO = {
    "scenario": "two",
    "horizon": "40 d",
    "state": {"n": {"max": 30}, "m": {"max": 30}, "k": {"max": 30, "start": 2}},
    "parameters": {"p": {"is": {"uniform": [0.1, 0.6]}}},
    "events": {
        "up": {"after": {"mean": "2 d"}, "chance": "p", "then": {"n": "raise"}},
        "along": {"when": "n + m < 12", "after": {"mean": "1 d"}, "then": {"m": "n * m * k + 1"}},
        "back": {"when": "not (n < 2 or m < 3 or k < 2)", "after": "3 d", "then": {"k": "n - 1"}},
        "often": {
            "after": "1 d",
            "choose": {
                "a": {"weight": "n + 1", "then": {"m": "lower"}},
                "b": {"weight": "m", "available": "n * m < 200", "then": {"n": "lower"}},
            },
        },
    },
    "outcomes": {"many": {"when": "n > 4 and m > 4 and k > 1 and n + m > 11"}},
    "endings": {"all": {"otherwise": True}},
}


def test_there_is_something_to_compare():
    assert len(SHIPPED) >= 2
    assert len(CORPUS) >= 3


@pytest.mark.parametrize("file", [*SHIPPED, *CORPUS], ids=lambda file: file.stem)
def test_engines_agree_on_a_scenario(file):
    paths = LONG.get(file.stem, 12)
    assert_engines_agree(load(file).model, draws=2 if paths > 1 else 1, paths=paths)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents())
def test_engines_agree_on_random_scenarios(document):
    check_document(document)


def test_most_random_scenarios_are_valid():
    valid = []

    @settings(max_examples=40, derandomize=True, database=None, deadline=None)
    @given(documents())
    def look(document):
        valid.append(model_of(document) is not None)

    look()
    assert sum(valid) > 0.8 * len(valid)


def test_a_different_seed_walks_different_paths():
    model = model_of(TWO)
    assert model is not None
    one, other = (walked(engine("compiled"), model, draws=2, paths=5, seed=s) for s in (7, 8))
    with pytest.raises(AssertionError, match="|".join(PER_PATH)):
        assert_same(one, other)


@pytest.mark.parametrize("planes", [0, 1, 4])
def test_bits_and_tables_are_the_same(planes, monkeypatch):
    """However conditions are held: all in tables, bits of one case, bits of up to four."""
    monkeypatch.setattr(
        "sim.engines.compiled.lowered", lambda model, **more: lowered(model, planes=planes, **more)
    )
    for file in CORPUS:
        if file.stem not in LONG:
            assert_engines_agree(load(file).model, draws=1, paths=6)


def test_split_tables_are_the_same(monkeypatch):
    """With little room, expressions are split and options weighed one by one."""
    model = model_of(TWO)
    assert model is not None
    assert not any(table.steps for table in lowered(model).pool.registry.tables)
    small = lowered(model, limit=1000)
    assert any(table.steps for table in small.pool.registry.tables)
    assert (small.plan.rules.choice < -1).any()
    monkeypatch.setattr(
        "sim.engines.compiled.lowered", lambda model, **more: lowered(model, limit=1000, **more)
    )
    assert_engines_agree(model, draws=3, paths=20)


def test_a_table_too_large_names_the_expression_and_what_to_do():
    model = model_of(TWO)
    assert model is not None
    with pytest.raises(UsageError, match=r"'n \* m < 200' is too large .*31 values.*reference"):
        lowered(model, limit=900)
    with pytest.raises(UsageError, match=r"n has 31 values.*lower its max"):
        lowered(model, limit=30)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("size", "block"), [(1, 1), (7, 2), (4096, 64)])
def test_paths_do_not_depend_on_threads_blocks_or_pieces(threads, size, block, monkeypatch):
    model = load(HERE / "corpus" / "valid" / "island_clash.yaml").model
    reference = walked(engine("reference"), model, draws=5, paths=20, seed=3)
    monkeypatch.setattr(work, "PATHS_AT_FIRST", size)
    monkeypatch.setattr(work, "size_after", lambda paths, seconds: size)
    monkeypatch.setattr(work, "DRAWS_IN_A_BLOCK", block)
    monkeypatch.setattr(work, "EVENTS_A_PATH", 1)
    compiled = walked(engine("compiled"), model, draws=5, paths=20, seed=3, threads=threads)
    assert_same(reference, compiled)
    assert all(len(piece.ending) <= max(size, 20) for piece in compiled)


def test_a_path_is_the_same_whichever_paths_are_walked_beside_it():
    model = load(HERE / "corpus" / "valid" / "island_clash.yaml").model
    values = parameter_values(model, 3, range(4))
    walk = engine("compiled")
    (whole,) = walk(model, values[3:], seed=3, draws=range(3, 4), paths=range(100), events=True)
    (part,) = walk(model, values[3:], seed=3, draws=range(3, 4), paths=range(60, 61), events=True)
    rows = whole.events.path == 60
    assert rows.any()
    np.testing.assert_array_equal(whole.events.time[rows], part.events.time)
    np.testing.assert_array_equal(whole.outcome_time[60], part.outcome_time[0])


def failing(**rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "scenario": "failing",
        "horizon": "30 d",
        "state": {"n": {"max": 5}, "open": {"flag": True}},
        "events": {"up": {"after": {"mean": "2 d"}, "then": {"n": "raise"}}, **rules},
        "endings": {"all": {"otherwise": True}},
    }


FAILURES = {
    "guard": {"late": {"when": "6 / (n - 3) > 1", "after": "1 d", "then": {"open": False}}},
    "available": {
        "late": {
            "after": "5 d",
            "choose": {"a": {"weight": 1, "available": "1 / (2 - n) > 0"}, "b": {"weight": 1}},
        }
    },
    "effect": {"late": {"after": "5 d", "then": {"n": "1 / (n - 2)"}}},
    "becomes": {
        "late": {"on": {"becomes": "1 / (n - 2) > 0.4"}, "then": {"open": False}},
    },
    "endless": {
        "ping": {"on": {"becomes": "n == 2"}, "then": {"open": False}},
        "pong": {"on": ["ping", "pung"], "then": {"open": False}},
        "pung": {"on": "pong", "then": {"open": True}},
    },
}


BELOW_ZERO = Expression(Arithmetic("-", Constant(3, "3"), StateOf("n")), "3 - n")
NO_VALUE = Expression(Arithmetic("/", Constant(1, "1"), BELOW_ZERO.node), "1 / (3 - n)")


@pytest.mark.parametrize("wrong", [BELOW_ZERO, NO_VALUE], ids=str)
@pytest.mark.parametrize("part", ["speed", "probability", "weight", "utility", "of_rest"])
def test_numbers_out_of_range_are_told_alike(part, wrong):
    """Found when a scenario is loaded; here the model is changed behind the loader's back."""
    model = model_of(failing(late={"after": "7 d", "then": {"open": False}}))
    assert model is not None
    last = model.transitions[-1]
    if part == "speed":
        last = replace(last, speed=wrong)
    else:
        share = "of_rest" if part == "of_rest" else "whole"
        other = Option(name="b", value=Expression(Constant(0.5, "0.5"), "0.5"))
        options = (other, Option(name="a", value=wrong, share=share))
        choice = "probability" if part == "of_rest" else part
        last = replace(last, choice=choice, options=options)
    model = replace(model, transitions=(*model.transitions[:-1], last))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.reach.sums.check", lambda *_, **__: None)
        one, other = both(model)
    harmless = part == "utility" and wrong is BELOW_ZERO
    assert isinstance(one, str) != harmless
    assert_same(one, other)


def both(model: Model) -> list[list[PathBatch] | str]:
    size = {"draws": 1, "paths": 20, "seed": 2}
    return [walked(engine(name), model, **size) for name in ("reference", "compiled")]


@pytest.mark.parametrize("rules", FAILURES.values(), ids=FAILURES)
def test_what_goes_wrong_is_told_alike(rules):
    model = model_of(failing(**rules))
    assert model is not None, "not refused when it is loaded"
    one, other = both(model)
    assert isinstance(one, str), "goes wrong"
    assert one == other


def test_what_is_due_exactly_at_the_horizon_happens_in_both():
    document = failing(last={"at": "30 d", "then": {"n": 5}})
    model = model_of(document)
    assert model is not None
    assert model.horizon == 30 * DAY
    assert_engines_agree(model)
    (piece,) = walked(engine("compiled"), model, draws=1, paths=4, seed=1)
    assert (piece.fired[model.ranks["last"]], len(piece.ending)) == (4, 4)
