"""A path of more than a million firings: an error that says which rule, in every engine."""

import pytest
from altered import altered
from command_line import call
from small_models import count, model, rule, up
from walking import exactly, pieces

import sim
from sim.engines import ENGINES
from sim.errors import NotApplicable, RunError

__all__ = ["call"]
SLIP = """scenario: slip
horizon: 30 d
state: {n: {max: 5}}
events:
  slow: {after: {mean: 3 d}, then: {n: raise}}
  tick: {after: {mean: 1e-6 s}, then: {n: 0}}
outcomes: {many: {when: n == 5}, some: {when: n == 1}}
endings: {all: {otherwise: true}}
"""
SAID = (
    r"^more than 1,000,000 firings in one path, 100% of them of tick: its delay is mean 1e-6 s "
    r"\(exponential\) at .*slip\.yaml:6:\d+: events\.tick\.after\.mean; at day 1\.\d+e-0\d of draw "
    r"0, path \d: n = 0$"
)


@pytest.fixture
def slip(tmp_path):
    file = tmp_path / "slip.yaml"
    file.write_text(SLIP, encoding="utf-8")
    return file


def test_a_slip_of_unit_ends_the_compiled_engine_after_a_million(slip):
    with pytest.raises(RunError, match=SAID):
        sim.run(slip, draws=1, paths=300, progress=False)


@pytest.fixture
def soon(monkeypatch):
    """The reference engine, with the limit after a thousand firings: a million take it long."""
    with altered("reference", "world", "firings) > FIRINGS_IN_A_PATH", "firings) > 1_000") as walk:
        monkeypatch.setitem(ENGINES, "reference", walk.__module__)
        yield


def test_the_reference_engine_says_the_same(slip, soon):
    with pytest.raises(RunError, match=SAID):
        sim.run(slip, draws=1, paths=2, engine="reference", progress=False)


def test_the_exact_engine_refuses_before_it_takes_memory(slip):
    # the mean of 1e-6 s is 2^-20 s on the grid of time: 2,592,000 s of horizon times 2^20
    with pytest.raises(NotApplicable, match=r"the fastest clock fires 2\.72e\+12 times"):
        sim.run(slip, draws=1, engine="exact", progress=False)


def test_the_command_line_tells_it_and_writes_nothing(call, slip, tmp_path):
    code, out, err = call(slip, "--draws", 1, "--paths", 2, "--no-charts")
    assert (code, out) == (2, "")
    assert "1,000,000 firings in one path" in err
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("steps", [1_000_000, 1_000_001])
def test_a_million_firings_are_allowed_and_one_more_is_not(steps):
    ticking = model([count("n", 3)], [rule("tick", after=exactly(1))], {}, days=steps)
    if steps > 1_000_000:
        with pytest.raises(
            RunError, match=r"100% of them of tick: its delay is 1 d; at day 1e\+06"
        ):
            pieces(ticking, "compiled")
    else:
        (piece,) = pieces(ticking, "compiled")
        assert piece.n_events.tolist() == [1_000_000]


@pytest.mark.parametrize("on", ["compiled", "reference"])
def test_what_fired_most_is_named_with_its_share(on, soon):
    """Two thirds are of the second rule; it has no place, since no file says it."""
    rules = [rule("seldom", after=exactly(2)), rule("often", after=exactly(1))]
    said = "67% of them of often: its delay is 1 d; at day .*draw 0, path 3: n = 0$"
    with pytest.raises(RunError, match=said):
        pieces(model([count("n", 3)], rules, {}, days=1e6), on, paths=range(3, 4))


def test_a_rule_without_delay_is_said_to_have_none(soon):
    rules = [
        rule("clock", after=exactly(1)),
        rule("at_once", up("n"), on=["clock", "also"]),
        rule("also", on=["clock"]),
    ]
    with pytest.raises(RunError, match=r"50% of them of at_once: it has no delay; at day 25"):
        pieces(model([count("n", 3)], rules, {}, days=1e4), "reference")


@pytest.mark.parametrize("on", ["compiled", "reference"])
def test_what_a_path_fires_is_as_it_was(on):
    """The control: below the limit nothing is refused."""
    rules = [rule("tick", up("n"), after=exactly(1))]
    (piece,) = pieces(model([count("n", 3)], rules, {}, days=1440), on)
    assert piece.n_events.tolist() == [1440]
