"""The mass of intervals: chosen in one place, kept in saved runs, said wherever it is used."""

import json
import re
from functools import cache

import numpy as np
import pytest
from coins import TEXT
from command_line import FIRST, call
from islands import FILE, island
from pandas.testing import assert_frame_equal

import sim
from sim.analysis import wilson

__all__ = ["call"]
SIZE = {"draws": 60, "paths": 200, "seed": 3, "workers": 1}
ENDS = ["low", "high", "mc_low", "mc_high"]
BAD = {
    95: "found 95; 95 % is 0.95",
    0: "found 0",
    1.0: "found 1.0",
    float("nan"): "found nan",
    "wide": "found 'wide'",
    "90 %": "found '90 %'",
}


@cache
def coin(level: float | None = None, **more: object) -> sim.Results:
    return sim.run(sim.loads(TEXT), level=level, **{**SIZE, **more})


def certain(level: float | None) -> sim.Results:
    """A coin without anything uncertain: 12,000 tosses with p = 0.2 twice, 0.5 once."""
    scenario = sim.loads(TEXT).with_(set={"p": 0.2, "q": 0.5, "idle": 0.5, "side": "left"})
    return sim.run(scenario, level=level, **SIZE)


def width(table):
    return (table["mc_high"] - table["mc_low"]).to_numpy()


def test_without_a_level_it_is_0_90():
    assert coin().provenance.level == 0.90
    assert_frame_equal(coin().outcomes, coin(0.90).outcomes)
    assert coin().summary()["level"] == 0.90


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_interval_of_a_certain_coin_is_wilsons_at_that_level(level):
    table = certain(level).outcomes
    low, high = wilson(table["hits"], table["n"], level)
    np.testing.assert_array_equal(table["mc_low"], low)
    np.testing.assert_array_equal(table["mc_high"], high)
    assert (certain(0.8).outcomes["mc_high"] != high).all()  # the control


def test_a_level_moves_intervals_and_nothing_else():
    usual, wide = coin(), coin(0.95)
    for name in ("outcomes", "endings", "coverage", "timing"):
        before, after = getattr(usual, name), getattr(wide, name)
        rest = [column for column in before if column not in (*ENDS, "low_se", "high_se")]
        rest = [one for one in rest if one not in ("confidence", "upper", "mc_se")]
        assert_frame_equal(before[rest], after[rest])
        seen = before["probability"].between(0.01, 0.99).to_numpy()
        assert seen.any()
        assert (after["mc_low"][seen] < before["mc_low"][seen]).all()
        assert (after["mc_high"][seen] > before["mc_high"][seen]).all()
    resolved = (usual.outcomes["band"] == "resolved") & (wide.outcomes["band"] == "resolved")
    assert resolved.all()
    assert wide.outcomes["low"]["both"] == usual.outcomes["low"]["both"] == 0  # too small to tell
    assert (wide.outcomes["low"] < usual.outcomes["low"]).tolist() == [True, False, True]
    assert (wide.outcomes["high"] > usual.outcomes["high"]).all()
    assert_frame_equal(usual.paths, wide.paths)


def test_the_ends_of_a_known_distribution_are_its_quantiles():
    """Of p, Beta with mean 0.2 and sd 0.1206, solved in 100 draws: no noise of paths is left."""
    found = sim.run(sim.loads(TEXT), engine="exact", draws=100, level=0.98, seed=1)
    head = found.outcomes.loc["head"]
    p = found.draws["p"]
    low, high = p.quantile([0.01, 0.99])
    assert head["band"] == "exact"
    assert head["low"] == pytest.approx(low, abs=1e-9)
    assert head["high"] == pytest.approx(high, abs=1e-9)
    assert p.quantile(0.95) < high - 0.05  # the control: another level would show


def test_of_few_draws_an_outer_quantile_is_not_resolved(call):
    assert (coin(0.99).outcomes["band"] == "unresolved").all()
    assert (coin(0.95).outcomes["band"] == "resolved").all()  # the control
    size = ("--draws", 60, "--paths", 100, "--workers", 1, "--charts", "none")
    assert "--draws 200 or more would do" in call("run", FIRST, "--level", 0.99, *size)[1].replace(
        "\n", " "
    )


@pytest.mark.parametrize("level", list(BAD), ids=str)
def test_what_is_no_level_is_refused_in_one_sentence(level):
    told = f"level: must be a number between 0 and 1 such as 0.95, {BAD[level]}"
    for verb in (
        lambda: sim.run(island(), level=level),
        lambda: sim.compare(island(), level=level),
        lambda: sim.rare(island(), "war", level=level),
        lambda: coin().given("head", level=level),
    ):
        with pytest.raises(sim.UsageError, match=f"^{re.escape(told)}$"):
            verb()


def test_a_saved_run_keeps_its_level_and_a_run_of_it_has_it(tmp_path):
    home = coin(0.95).save(tmp_path / "run")
    assert json.loads((home / "manifest.json").read_text())["level"] == 0.95
    loaded = sim.Results.load(home)
    assert loaded == coin(0.95)
    again = sim.run(home, workers=1)
    assert again.provenance.level == 0.95
    assert_frame_equal(again.outcomes, loaded.outcomes)
    assert sim.run(home, level=0.9, workers=1).provenance.level == 0.90  # the control


def test_a_directory_of_before_has_0_90():
    about = coin().provenance
    manifest = {key: value for key, value in about.to_manifest().items() if key != "level"}
    assert type(about).from_manifest(manifest) == about


def test_what_is_asked_of_a_run_keeps_to_its_level():
    wide, usual = coin(0.95), coin()
    asked = {
        "given": lambda run, **at: run.given("head", **at).table,
        "evidence": lambda run, **at: run.evidence(**at)[["record_low", "expected_high"]],
        "sensitivity": lambda run, **at: run.sensitivity("head", **at),
        "routes": lambda run, **at: run.routes("head", **at),
        "forks": lambda run, **at: run.why("head", **at).forks,
        "condition": lambda run, **at: run.condition("more", **at).estimates[ENDS],
    }
    for name, ask in asked.items():
        own = ask(wide)
        assert_frame_equal(own, ask(usual, level=0.95), obj=name)
        assert not own.equals(ask(usual)), name  # the control


def test_the_columns_say_the_level():
    said = coin(0.95).columns["meaning"]
    assert said["outcomes", "mc_low"] == "lower end of the 95 % interval for sampling error"
    assert said["outcomes", "low"].startswith("2.5 % quantile")
    assert said["timing", "high"].startswith("97.5 % quantile")
    assert coin().columns["meaning"]["outcomes", "low"].startswith("5 % quantile")


@pytest.mark.parametrize("engine", ["compiled", "exact"])
def test_differences_have_the_level_too(engine, tmp_path):
    draws = 20 if engine == "exact" else 40
    size = {"draws": draws, "paths": 50, "workers": 1, "engine": engine}
    other = sim.loads(TEXT).with_(set={"p": {"uniform": [0.2, 0.4]}})
    asked = {"as written": sim.loads(TEXT), "other": other} if engine == "exact" else island()
    usual, wide = sim.compare(asked, **size), sim.compare(asked, level=0.95, **size)
    names = [
        name for name in ("mc_low", "mc_high", "ratio_low", "ratio_high") if name in wide.table
    ]
    moving = (usual.table["mc_se"] > 1e-9) & (usual.table["difference"] != 0)
    assert moving.any()
    assert (width(wide.table)[moving] > 1.1 * width(usual.table)[moving]).all()
    ends = ("low", "high", "low_se", "high_se")
    rest = [name for name in wide.table if name not in (*names, *ends)]
    assert_frame_equal(wide.table[rest], usual.table[rest])
    for twin in wide.twins.values():
        assert twin.provenance.level == 0.95
    assert sim.Comparison.load(wide.save(tmp_path / "c")).baseline.provenance.level == 0.95


def test_a_rare_outcome_has_the_level():
    scenario, how = sim.load(FIRST), {"draws": 20, "paths": 20, "workers": 1}
    usual = sim.rare(scenario, "ally_fights", **how)
    wide = sim.rare(scenario, "ally_fights", level=0.95, **how)
    assert wide.probability == usual.probability
    assert wide.mc_high > usual.mc_high
    assert (wide.level, wide.summary()["level"], usual.level) == (0.95, 0.95, 0.90)


def test_runs_of_two_levels_are_not_joined():
    parts = [sim.run(island(), draws=range(2), paths=5, workers=1)]
    parts += [sim.run(island(), draws=range(2, 4), paths=5, workers=1, level=0.5)]
    with pytest.raises(sim.UsageError, match=r"concat: the runs have other level: 0.9 and 0.5"):
        sim.Results.concat(parts)


SCREENS = {
    "run": ("run",),
    "rare": ("run", "--rare", "ally_fights"),
    "compare": ("compare",),
    "why": ("why", "ally_fights"),
    "sensitivity": ("sensitivity", "ally_fights"),
    "audit": ("audit", "ally_fights"),
    "evidence": ("evidence",),
}


@pytest.mark.parametrize("screen", list(SCREENS))
def test_screens_say_the_level_in_use(call, screen):
    verb, *more = SCREENS[screen]
    size = ("--draws", 40, "--paths", 30, "--workers", 1, "--level", 0.8)
    none = () if screen == "rare" else ("--charts", "none")
    code, out, err = call(verb, FIRST if screen == "rare" else FILE, *more, *size, *none)
    assert code == 0, err
    assert "80 %" in out.replace("\n", " ")
    assert "90 %" not in out.replace("\n", " ")


def test_a_report_says_the_level(call, tmp_path):
    size = ("--draws", 40, "--paths", 30, "--workers", 1, "--level", 0.8, "--charts", "none")
    code, _, err = call("report", FILE, *size, "--to", "md", "--out", "page.md")
    assert code == 0, err
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "80 %" in page
    assert "90 % " not in page
