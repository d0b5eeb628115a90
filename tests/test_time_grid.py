"""Times on the grid of 2**-20 s: sums of durations, ties and the horizon mean what is written.

Each scenario is shown to need it: the same sums as plain floats miss what they are to meet.
"""

import random
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from islands import FILE as ISLAND
from pandas.testing import assert_frame_equal

import sim
from sim.engines import ENGINES
from sim.errors import ScenarioError
from sim.formatting import DAY, SECONDS

ROOT = Path(__file__).parents[1]
KOREA = ROOT / "scenarios" / "korean_clash.yaml"
TICKS = 2**20  # in a second
EACH_ENGINE = pytest.mark.parametrize("engine", [*ENGINES])
CHAINS = {  # so often this duration is that one
    "1.1 d": (3, "3.3 d"),
    "1.68 h": (10, "0.7 d"),
    "1.1 h": (3, "3.3 h"),
    "4.1 min": (3, "738 s"),
    "0.07 d": (3, "0.21 d"),
    "0.07 w": (10, "0.7 w"),
    "0.02 w": (5, "0.7 d"),
    "0.29 y": (7, "2.03 y"),
    "0.17 y": (5, "310.4625 d"),
}
FRAME = """scenario: sums
horizon: {horizon}
start: 2024-01-01
state: {{n: {{max: 99}}, off: {{flag: false}}, on: {{flag: false}}}}
parameters: {{lag: {{is: 3 d}}, step_takes: {{is: {step}}}}}
{more}
events:
{events}
outcomes: {{met: {{when: n >= {count}}}}}
endings: {{all: {{when: met}}, some: {{otherwise: true}}}}
"""
STEP = "  step: {{when: n < {count}, after: {step}, then: {{n: raise}}}}\n"


def as_float(text: str) -> float:
    """Seconds as a program would read them that does not take care."""
    digits, unit = text.split()
    return float(digits) * SECONDS[unit]


def floats_miss(step: str, count: int, whole: str) -> bool:
    """Whether plain sums of floats come to another time than the whole."""
    total = 0.0
    for _ in range(count):
        total += as_float(step)
    return total != as_float(whole)


def written(
    folder: Path, events: str, *, horizon: str = "9 y", count: int = 1, step: str = "1 d", more=""
) -> sim.Scenario:
    text = FRAME.format(horizon=horizon, events=events, count=count, step=step, more=more)
    file = folder / "sums.yaml"
    file.write_text(text, encoding="utf-8")
    return sim.load(file)


def walked(scenario: sim.Scenario, engine: str = "compiled", paths: int = 2) -> sim.Results:
    run = {"draws": 2, "paths": paths, "seed": 1, "workers": 1, "events": True, "progress": False}
    return sim.run(scenario, engine=engine, **run)  # type: ignore[arg-type]


def order(scenario: sim.Scenario, engine: str) -> list[tuple[str, float]]:
    """What happens in the first path, and when, in days."""
    events = walked(scenario, engine).events
    first = events[(events["draw"] == 0) & (events["path"] == 0)]
    return list(zip(first["transition"], first["time"], strict=True))


def share_met(scenario: sim.Scenario, engine: str) -> float:
    return float(walked(scenario, engine).outcomes.loc["met", "probability"])


# --- sums and the horizon -------------------------------------------------------------------------


@EACH_ENGINE
@pytest.mark.parametrize("step", CHAINS)
def test_a_sum_of_durations_meets_the_horizon_it_is(tmp_path, engine, step):
    count, whole = CHAINS[step]
    events = STEP.format(count=count, step=step)
    scenario = written(tmp_path, events, horizon=whole, count=count)
    assert share_met(scenario, engine) == 1
    digits, unit = whole.split()
    days = float(Fraction(digits) * int(SECONDS[unit])) / DAY
    assert order(scenario, engine)[-1] == ("step", days)


def test_the_same_sums_as_floats_miss():
    """The control."""
    assert [step for step in CHAINS if not floats_miss(step, *CHAINS[step])] == []


@EACH_ENGINE
def test_a_horizon_a_second_shorter_is_not_met(tmp_path, engine):
    """The other control: nothing is rounded that is not meant to be one moment."""
    scenario = written(tmp_path, STEP.format(count=3, step="1.1 d"), horizon="285119 s", count=3)
    assert share_met(scenario, engine) == 0


@EACH_ENGINE
def test_days_of_a_parameter_and_of_an_intervention_add_up_too(tmp_path, engine):
    events = STEP.format(count=3, step="step_takes")
    more = "interventions: {slower: {set: {step_takes: 1.4 d}}, same: {set: {step_takes: 1.1 d}}}"
    scenario = written(tmp_path, events, horizon="3.3 d", count=3, step="1.1 d", more=more)
    assert share_met(scenario, engine) == 1
    assert share_met(scenario.under("same"), engine) == 1
    assert share_met(scenario.under("slower"), engine) == 0


@EACH_ENGINE
@pytest.mark.parametrize(
    "after",
    [
        "1.1 d",
        "{exactly: 1.1 d}",
        "{observed: [1.1 d]}",
        "{between: [1.1 d, 1.1 d]}",
        "{mix: [{share: 1, is: 1.1 d}]}",
        "step_takes",
        "1.1 * (lag / 3)",
    ],
)
def test_every_way_to_write_a_fixed_wait_adds_up(tmp_path, engine, after):
    events = STEP.format(count=3, step=after)
    scenario = written(tmp_path, events, horizon="3.3 d", count=3, step="1.1 d")
    assert share_met(scenario, engine) == 1


# --- ties -----------------------------------------------------------------------------------------

TIES = {  # declared first, as events of one instant: what fires first there, whatever floats say
    "0.07 d and 6048 s": ("{after: 0.07 d, once: true}", "{after: 6048 s, once: true}"),
    "1.7 lag and 5.1 d": ("{after: 1.7 * lag, once: true}", "{after: 5.1 d, once: true}"),
    "a moment and a wait": ("{after: 1.1 d, once: true}", "{at: 95040 s}"),
    "0.9 lag and 2.7 d": ("{after: 0.9 * lag, once: true}", "{at: 2.7 d}"),
}


@EACH_ENGINE
@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_at_one_instant_the_first_declared_fires_first(tmp_path, engine, tie, turned):
    rules = dict(zip(("a", "b"), TIES[tie], strict=True))
    names = ["b", "a"] if turned else ["a", "b"]
    scenario = written(tmp_path, "".join(f"  {name}: {rules[name]}\n" for name in names))
    found = order(scenario, engine)
    assert [name for name, _ in found] == names
    assert len({time for _, time in found}) == 1


def test_as_floats_these_are_two_instants():
    """The control."""
    lag = as_float("3 d")
    assert as_float("0.07 d") != as_float("6048 s")
    assert 1.7 * lag != as_float("5.1 d")
    assert 0.9 * lag != as_float("2.7 d")
    assert as_float("1.1 d") != as_float("95040 s")


@EACH_ENGINE
@pytest.mark.parametrize("step", CHAINS)
def test_a_sum_meets_what_is_due_at_once_with_it(tmp_path, engine, step):
    """The last step comes first, being declared first, and what is at the whole comes next."""
    count, whole = CHAINS[step]
    events = STEP.format(count=count, step=step) + f"  bell: {{after: {whole}, once: true}}\n"
    found = order(written(tmp_path, events, count=count), engine)
    assert [name for name, _ in found] == ["step"] * count + ["bell"]
    assert found[-1][1] == found[-2][1]


# --- pauses and speeds ----------------------------------------------------------------------------

SHIFTS = "  stop: {at: 1.1 d, then: {off: true}}\n  go: {at: 2.2 d, then: {off: false}}\n"
PAUSED = {  # what is due at 4.4 d, having waited from 1.1 d to 2.2 d
    "speed 0": "{after: 3.3 d, once: true, speed: 0 if off else 1}",
    "remembered": "{after: 3.3 d, once: true, when: not off, memory: remember}",
    "twice as slow": "{after: 3.85 d, once: true, speed: 0.5 if off else 1}",
    "twice as fast": "{after: 5.5 d, once: true, speed: 2 if off else 1}",
    "three times as fast": "{after: 6.6 d, once: true, speed: 3 if off else 1}",
    "a tenth as fast, a wait of a parameter": "{after: 3.41 / 3 * lag, once: true, "
    "speed: 0.1 if off else 1}",
}


@EACH_ENGINE
@pytest.mark.parametrize("rule", PAUSED)
def test_what_was_paused_is_due_when_it_has_to_be(tmp_path, engine, rule):
    text = PAUSED[rule]
    events = f"{SHIFTS}  work: {text}\n  bell: {{at: 4.4 d}}\n"
    found = order(written(tmp_path, events), engine)
    assert [name for name, _ in found] == ["stop", "go", "work", "bell"], rule
    if rule == "twice as fast":  # 1.1 + 2 x 1.1 days are over, and 2.2 left
        assert found[2][1] == 4.4
    assert found[2][1] == found[3][1]


def test_a_pause_as_floats_is_missed():
    """The control: due - now and back again, in seconds."""
    due, paused, resumed = as_float("3.3 d"), as_float("1.1 d"), as_float("2.2 d")
    assert resumed + (due - paused) != as_float("4.4 d")


# --- the other engines ----------------------------------------------------------------------------


def test_the_exact_engine_has_the_same_dates(tmp_path):
    """What is due on one day acts together, in the order declared: `b` finds what `a` did."""
    events = (
        "  a: {at: 0.07 d, then: {off: true}}\n"
        "  b: {at: 6048 s, when: off, then: {n: raise}}\n"
        "  noise: {after: {mean: 1 d}, then: {on: true}, once: true}\n"
    )
    turned = "\n".join(reversed(events.splitlines()))
    for text, expected in ((events, 1), (turned, 0)):
        scenario = written(tmp_path, text)
        solved = sim.run(scenario, draws=1, engine="exact", progress=False)
        found = solved.outcomes.loc["met", "probability"]
        assert found == expected == share_met(scenario, "reference")
    control = events.replace("0.07 d", "6048.001 s")  # a millisecond later is another moment
    solved = sim.run(written(tmp_path, control), draws=1, engine="exact", progress=False)
    assert solved.outcomes.loc["met", "probability"] == 0


def test_the_exact_engine_takes_a_wait_that_rounds_to_none_for_none(tmp_path):
    events = "  soon: {after: 1e-12 * lag, once: true, then: {n: raise}}\n"
    scenario = written(tmp_path, events)
    solved = sim.run(scenario, draws=1, engine="exact", progress=False)
    assert solved.outcomes.loc["met", "probability"] == 1
    assert order(scenario, "compiled") == order(scenario, "reference") == [("soon", 0.0)]


@pytest.mark.parametrize("horizon", ["3.3 d", "285119 s"])
def test_splitting_meets_the_horizon(tmp_path, horizon):
    """Three steps of 1.1 d, the last of which succeeds in a tenth of the paths."""
    events = (
        "  step: {when: n < 2, after: 1.1 d, then: {n: raise}}\n"
        "  last: {when: n == 2, after: 1.1 d, once: true, chance: 0.1, then: {n: raise}}\n"
    )
    scenario = written(tmp_path, events, horizon=horizon, count=3)
    asked = {"paths": 200, "repetitions": 5, "workers": 1, "progress": False}
    if horizon == "3.3 d":
        found = sim.rare(scenario, "met", **asked)
        assert found.probability == pytest.approx(0.1, abs=0.05)
    else:  # the control
        with pytest.raises(sim.EscalationError, match="none of 3,200 paths"):
            sim.rare(scenario, "met", **asked)


@EACH_ENGINE
def test_a_replay_has_the_times_of_the_run(tmp_path, engine):
    events = f"{SHIFTS}  work: {PAUSED['three times as fast']}\n  any: {{after: {{mean: 1 h}}}}\n"
    scenario = written(tmp_path, events, horizon="6 d")
    results = walked(scenario, engine)
    rows = results.events[(results.events["draw"] == 1) & (results.events["path"] == 1)]
    replayed = sim.replay(scenario, draw=1, path=1, seed=1).events
    assert_frame_equal(replayed.reset_index(drop=True), rows.reset_index(drop=True))


@EACH_ENGINE
@pytest.mark.parametrize("file", [ISLAND, KOREA], ids=lambda file: file.stem)
def test_every_time_of_a_run_is_on_the_grid(engine, file):
    events = walked(sim.load(file), engine, paths=5).events
    times = events["time"].to_numpy()
    ticks = np.rint(times * DAY * TICKS)
    assert len(times) > 50
    assert (ticks / TICKS / DAY == times).all()
    off = times + 1e-7 / DAY  # the control: a tenth of a microsecond later
    assert (np.rint(off * DAY * TICKS) / TICKS / DAY != off).all()


@pytest.mark.parametrize("engine", [*ENGINES, "exact"])
def test_tables_over_time_are_read_on_the_grid_too(tmp_path, engine):
    """0.044 d is the fourth hundredth of 1.1 d; both are 3801.6 s, which the grid rounds up."""
    text = FRAME.format(
        horizon="1.1 d",
        count=1,
        step="1 d",
        more="ladders: {stairs: [low, high]}",
        events="  climb: {at: 0.044 d, then: {floor: high, n: raise}}\n",
    ).replace("state: {", "state: {floor: {ladder: stairs}, ", 1)
    file = tmp_path / "sums.yaml"
    file.write_text(text, encoding="utf-8")
    found = sim.run(file, draws=1, paths=2, engine=engine, workers=1, progress=False)
    high = found.rungs[found.rungs["level"] == "high"].set_index("time")["share"]
    assert high.iloc[3:6].tolist() == [0, 1, 1]
    by = found.timing.set_index("time")["probability"]
    assert by.iloc[19:22].tolist() == [0, 1, 1]  # hundredths are fifths of the steps of this one
    assert round(Fraction("3801.6") * TICKS) / TICKS > 3801.6  # the control


def test_fractions_of_a_second_are_rounded_one_by_one(tmp_path):
    """The limit of it: 0.1 s is no multiple of 2**-20 s, and ten times that is not 1 s."""
    events = STEP.format(count=10, step="0.1 s")
    for horizon, share in (("1 s", 0), ("1.00001 s", 1)):
        scenario = written(tmp_path, events, horizon=horizon, count=10)
        assert share_met(scenario, "compiled") == share_met(scenario, "reference") == share


# --- short and long -------------------------------------------------------------------------------


@EACH_ENGINE
def test_waits_shorter_than_half_a_tick_are_none(tmp_path, engine):
    """They are allowed: what waits so short fires at the instant at which it started."""
    events = "  quick: {after: {mean: 1e-6 s}, limit: 50}\n"
    found = order(written(tmp_path, events), engine)
    times = np.array([time * DAY * TICKS for _, time in found])
    gaps = np.diff(np.rint(times))
    assert len(found) == 50
    assert (gaps == 0).any()
    assert (gaps > 0).any()
    assert found == order(written(tmp_path, events), "reference")


@pytest.mark.parametrize("text", ["1e-9 s", "0.0000001 s", "5e-324 y", "1e-99999999999 d"])
def test_a_duration_that_would_be_rounded_to_none_is_refused(tmp_path, text):
    events = f"  quick: {{after: {text}}}\n"
    too_short = "'{}' is too short: times are whole multiples of 2^-20 s, about 1e-6 s"
    with pytest.raises(ScenarioError, match=re.escape(too_short.format(text))):
        written(tmp_path, events)
    assert order(written(tmp_path, "  quick: {after: 0.0e-9 s, once: true}\n"), "compiled")


@pytest.mark.parametrize("text", ["1e308 y", "1e99999999999 s"])
def test_a_duration_beyond_all_numbers_is_refused(tmp_path, text):
    with pytest.raises(ScenarioError, match=re.escape(f"'{text}' is too long")):
        written(tmp_path, f"  slow: {{after: {text}}}\n")
    assert order(written(tmp_path, "  slow: {after: 1e300 y, once: true}\n"), "compiled") == []


@EACH_ENGINE
def test_beyond_272_years_times_are_floats_as_ever(tmp_path, engine):
    """Whole seconds still add up; no time overflows, and both engines walk the same paths."""
    events = STEP.format(count=3, step="100.1 y") + "  any: {after: {mean: 60.6 y}}\n"
    scenario = written(tmp_path, events.replace("2024", "0"), horizon="300.3 y", count=3)
    assert share_met(scenario, engine) == 1
    results = walked(scenario, engine, paths=20)
    assert_frame_equal(results.events, walked(scenario, "reference", paths=20).events)
    assert results.events["time"].max() > 2**33 / DAY


# --- what is written and read back ----------------------------------------------------------------


def test_the_machine_form_has_times_on_the_grid_and_reads_them_back(tmp_path):
    events = (
        STEP.format(count=3, step="1.1 d")
        + "  odd: {after: 0.1 s, once: true}\n  day: {at: 0.07 d}\n"
        + "  seen: {after: {observed: [1.1 d, 0.3 s]}, once: true}\n"
    )
    scenario = written(tmp_path, events, horizon="3.3 d", count=3, step="1.1 d")
    form = scenario.resolved()
    assert "horizon: 285120 s\n" in form
    assert '{exactly: ["95040"]}' in form
    assert "at: 6048 s\n" in form
    tenth = round(Fraction(1, 10) * TICKS) / TICKS
    assert f'{{exactly: ["{tenth!r}"]}}' in form
    file = tmp_path / "m.yaml"
    file.write_text(form, encoding="utf-8")
    again = sim.load(file)
    assert again.resolved() == form
    assert_frame_equal(walked(again).events, walked(scenario).events)
    assert scenario.model.transition("step").after.text == "exactly 1.1 d"  # as it was written


def test_a_form_of_an_older_version_is_read_onto_the_grid(tmp_path):
    """It may have the float that 1.1 d was: 95040.00000000001 s."""
    scenario = written(tmp_path, STEP.format(count=3, step="step_takes"), horizon="3.3 d", count=3)
    form = scenario.resolved().replace("fixed: [86400]", "fixed: [95040.00000000001]")
    assert form.count("95040.00000000001") == 1
    form = form.replace("horizon: 285120 s", "horizon: 285120.00000000001 s")
    file = tmp_path / "m.yaml"
    file.write_text(form, encoding="utf-8")
    assert share_met(sim.load(file), "compiled") == 1


# --- any decimals ---------------------------------------------------------------------------------


@st.composite
def decimals(draw: st.DrawFn) -> tuple[str, str]:
    """A decimal number and a unit: positive, of up to a dozen digits, in any notation."""
    digits = Decimal(draw(st.integers(1, 10**9))).scaleb(-draw(st.integers(0, 7)))
    text = draw(st.sampled_from([f"{digits:f}", f"{digits:e}", f"+{digits:f}"]))
    return text, draw(st.sampled_from([*SECONDS]))


PROPERTY = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@settings(PROPERTY, max_examples=30)
@given(st.lists(decimals(), min_size=20, max_size=20))
def test_any_duration_is_the_nearest_time_on_the_grid(tmp_path, found):
    """Exact fractions say which that is; as floats one in ten of them is another."""
    events = "".join(f"  r{i}: {{at: {n} {unit}}}\n" for i, (n, unit) in enumerate(found))
    events = "".join(
        line
        for line, (n, unit) in zip(events.splitlines(keepends=True), found, strict=True)
        if Fraction(n) * int(SECONDS[unit]) * TICKS > 1 / 2
    )
    scenario = written(tmp_path, events or "  r: {at: 1 d}\n")
    for i, (digits, unit) in enumerate(found):
        exact = Fraction(digits) * int(SECONDS[unit])
        if f"  r{i}: " in events:
            # above 2**33 s no float is nearer, and all floats are on the grid
            nearest = Fraction(round(exact * TICKS), TICKS)
            assert scenario.model.transition(f"r{i}").at == float(nearest)


def random_chain(dice: random.Random) -> tuple[str, int, str]:
    """A duration of whole seconds as a decimal of some unit, how often, and the sum in another."""
    while True:
        unit, other = dice.sample([*SECONDS], 2)
        one = Fraction(dice.randrange(1, 10**5), 10 ** dice.randrange(0, 4)) * int(SECONDS[unit])
        count = dice.randrange(2, 12)
        whole = one * count / int(SECONDS[other])
        # the sum is a decimal of a few places in the other unit, and the times are on the grid
        fine = one.denominator == 1 and whole * 10**6 % 1 == 0 and 1 <= one * count < 2**30
        if fine:
            texts = [
                Decimal(x.numerator) / x.denominator for x in (one / int(SECONDS[unit]), whole)
            ]
            return f"{texts[0]:f} {unit}", count, f"{texts[1]:f} {other}"


@EACH_ENGINE
def test_any_sum_of_whole_seconds_meets_what_it_is(tmp_path, engine):
    """200 random sums, each against its own bell; as floats a fifth of them would miss it."""
    dice = random.Random(3)
    chains = [random_chain(dice) for _ in range(200)]
    events = "".join(
        f"  step_{i}: {{when: n{i} < {count}, after: {step}, then: {{n{i}: raise}}}}\n"
        f"  bell_{i}: {{after: {whole}, once: true}}\n"
        for i, (step, count, whole) in enumerate(chains)
    )
    counts = ", ".join(f"n{i}: {{max: {count}}}" for i, (_, count, _) in enumerate(chains))
    text = FRAME.format(horizon="40 y", events=events, count=0, step="1 d", more="")
    file = tmp_path / "sums.yaml"
    file.write_text(text.replace("state: {", f"state: {{{counts}, ", 1), encoding="utf-8")
    found = walked(sim.load(file), engine, paths=1).events
    found = found[found["draw"] == 0]
    for i, (_, count, whole) in enumerate(chains):
        rows = found[found["transition"].isin([f"step_{i}", f"bell_{i}"])]
        assert rows["transition"].tolist() == [f"step_{i}"] * count + [f"bell_{i}"], chains[i]
        assert len(set(rows["time"].iloc[-2:])) == 1, (chains[i], whole)
    assert sum(floats_miss(*chain) for chain in chains) > 20
