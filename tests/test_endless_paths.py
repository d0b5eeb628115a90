"""A path of more than a million firings: an error that says which rule, in every engine."""

import re
from math import nextafter

import pytest
from command_line import call
from small_models import DAY, at_least, count, model, number, rule, up
from walking import exactly, pieces

import sim
from sim.engines.compiled import kernel
from sim.engines.reference import world
from sim.engines.splitting import walker
from sim.errors import NotApplicable, RunError
from sim.model import failures
from sim.model.delays import Delay

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
    r"^more than {most} firings in one path, 100% of them of tick: its delay is mean 1e-6 s "
    r"\(exponential\) at .*slip\.yaml:6:\d+: events\.tick\.after\.mean; at day 1\.\d+e-0\d of draw "
    r"0, path \d: n = 0$"
)


@pytest.fixture
def slip(tmp_path):
    file = tmp_path / "slip.yaml"
    file.write_text(SLIP, encoding="utf-8")
    return file


def test_a_slip_of_unit_ends_the_compiled_engine_after_a_million(slip):
    with pytest.raises(RunError, match=SAID.format(most="1,000,000")):
        sim.run(slip, draws=1, paths=300, progress=False)


@pytest.fixture
def few(monkeypatch):
    """A limit that the engines in Python come to in a moment."""
    for module in (failures, world, walker):
        monkeypatch.setattr(module, "FIRINGS_IN_A_PATH", 1_000)


def test_the_reference_engine_says_the_same(slip, few):
    with pytest.raises(RunError, match=SAID.format(most="1,000")):
        sim.run(slip, draws=1, paths=2, engine="reference", progress=False)


def test_splitting_says_the_same(slip, few):
    with pytest.raises(RunError, match=SAID.format(most="1,000")):
        sim.rare(slip, "many", draws=1, progress=False, workers=1)


def test_the_exact_engine_refuses_before_it_takes_memory(slip):
    with pytest.raises(NotApplicable, match=r"the fastest clock fires 2\.59e\+12 times"):
        sim.run(slip, draws=1, engine="exact", progress=False)


def test_the_command_line_tells_it_and_writes_nothing(call, slip, tmp_path):
    code, out, err = call(slip, "--draws", 1, "--paths", 2, "--no-charts")
    assert (code, out) == (2, "")
    assert "1,000,000 firings in one path" in err
    assert not (tmp_path / "results").exists()


def seconds(wait: float) -> Delay:
    return Delay(kind="exactly", arguments=(number(wait),), text=f"{wait:g} s")


@pytest.mark.parametrize("steps", [1_000_000, 1_000_001])
def test_a_million_firings_are_allowed_and_one_more_is_not(steps):
    ticking = model([count("n", 3)], [rule("tick", after=seconds(1.0))], {}, days=steps / DAY)
    assert nextafter(ticking.horizon, 0) < steps <= ticking.horizon
    if steps > 1_000_000:
        with pytest.raises(RunError, match=r"100% of them of tick: its delay is 1 s; at day 11\.5"):
            pieces(ticking, "compiled")
    else:
        (piece,) = pieces(ticking, "compiled")
        assert piece.n_events.tolist() == [1_000_000]


@pytest.mark.parametrize("on", ["compiled", "reference"])
def test_what_fired_most_is_named_with_its_share(on, monkeypatch):
    """Two thirds are of the second rule; it has no place, since no file says it."""
    most = 1_000_000 if on == "compiled" else 999
    for module in (failures, world):
        monkeypatch.setattr(module, "FIRINGS_IN_A_PATH", most)
    rules = [rule("seldom", after=seconds(2.0)), rule("often", after=seconds(1.0))]
    with pytest.raises(RunError) as error:
        pieces(model([count("n", 3)], rules, {}, days=100), on, paths=range(3, 4))
    said = f"more than {most:,} firings in one path, 67% of them of often: its delay is 1 s; at day"
    assert str(error.value).startswith(said)
    assert re.search(r"draw 0, path 3: n = 0$", str(error.value))


def test_a_rule_without_delay_is_said_to_have_none(few):
    rules = [
        rule("clock", up("n"), after=exactly(1)),
        *(rule(f"at_once_{i}", on=[f"at_once_{i - 1}" if i else "clock"]) for i in range(3)),
    ]
    with pytest.raises(RunError, match=r"25% of them of clock: its delay is 1 d; "):
        pieces(model([count("n", 3)], rules, {}, days=1e4), "reference")
    assert "it has no delay" in str(failures.too_many(model([], rules, {}), [1, 2, 0, 0], "now"))


def test_what_a_path_fires_is_as_it_was():
    """The control: below the limit nothing is refused, and halting is for who asks."""
    rules = [rule("tick", up("n"), after=seconds(60.0), when=at_least("n", 0))]
    for on in ("compiled", "reference"):
        (piece,) = pieces(model([count("n", 3)], rules, {}, days=1), on)
        assert piece.n_events.tolist() == [1440]
    assert (kernel.LOOK_UP & (kernel.LOOK_UP + 1)) == 0  # a mask: all bits of a power of two less 1
