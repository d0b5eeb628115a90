"""Scenario discovery: boxes and trees that are known, and none where nothing matters."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import FIRST, call, strict_json
from scipy import stats

import sim
from sim.analysis import Target, discover, leaves, peel
from sim.analysis.statistics.factors import factors
from sim.errors import UsageError

__all__ = ["call"]

PATHS, IDLE = 100, 20


def target(probability, random, paths=PATHS):
    share = random.binomial(paths, probability) / paths
    noise = share * (1 - share) / (paths - 1)
    return Target(
        name="it", of="probability", title="it", value=share, noise=noise, paths=paths, share=True
    )


def unknowns(random, draws):
    """Two numbers and a choice that may matter, and twenty numbers that do not."""
    names = ["x1", "x2", *(f"idle{i}" for i in range(IDLE))]
    frame = pd.DataFrame({name: random.random(draws) for name in names})
    codes = random.choice(3, draws, p=[0.2, 0.5, 0.3])
    frame["side"] = pd.Categorical.from_codes(codes, categories=["a", "b", "c"])
    return frame


def corner(frame):
    """0.42 in a corner of 28 % of the draws, 0.02 elsewhere."""
    inside = (frame["x1"] > 0.6) & (frame["x2"] < 0.7)
    return 0.02 + 0.4 * inside


def test_a_known_corner_is_found_with_its_limits_and_nothing_else():
    random = np.random.default_rng(1)
    frame = unknowns(random, 500)
    found = discover(frame, target(corner(frame), random), seed=1)
    first = found.boxes[found.boxes["box"] == 1].set_index("parameter")
    assert set(first.index) == {"x1", "x2"}
    assert first["low"]["x1"] == pytest.approx(0.6, abs=0.05)
    assert first["high"]["x2"] == pytest.approx(0.7, abs=0.05)
    assert np.isnan(first["high"]["x1"])
    assert np.isnan(first["low"]["x2"])
    row = first.iloc[0]
    truth = ((frame["x1"] > 0.6) & (frame["x2"] < 0.7)).mean()
    assert row["mass"] == pytest.approx(truth, abs=0.05)
    assert row["density"] == pytest.approx(0.42, abs=0.04)
    assert row["held_out"] == pytest.approx(0.42, abs=0.06)
    assert row["low_density"] < row["density"] < row["high_density"]
    # 0.28 x 0.42 of the outcome's 0.28 x 0.42 + 0.72 x 0.02
    assert row["coverage"] == pytest.approx(0.89, abs=0.05)
    assert (first["quasi_p"] < 0.001).all()
    assert (first["reproduced"] > 0.9).all()
    said = found.sentences[0]
    assert "x1 above 0." in said
    assert "x2 below 0." in said
    assert not any(f"idle{i}" in " ".join(found.sentences) for i in range(IDLE))


def test_choices_make_a_box_and_a_leaf():
    random = np.random.default_rng(2)
    frame = unknowns(random, 300)
    p = frame["side"].map({"a": 0.3, "b": 0.05, "c": 0.3}).astype(float)
    found = discover(frame, target(p, random), seed=1)
    first = found.boxes.iloc[0]
    assert (first["parameter"], first["choices"]) == ("side", "a, c")
    assert first["coverage"] == pytest.approx(0.857, abs=0.04)
    assert list(found.tree["rule"]) == ["side is a or c", "side is b"]
    assert found.tree["probability"].tolist() == pytest.approx([0.3, 0.05], abs=0.02)
    assert found.tree["coverage"].sum() == pytest.approx(1)


def test_where_nothing_matters_hardly_a_run_finds_a_corner():
    # 40 runs: a box needs an entry, of probability 0.01; Binomial(40, 0.01) is above 4 with 6e-5
    random, boxes, found = np.random.default_rng(3), 0, 0
    for _ in range(40):
        frame = unknowns(random, 100)
        noise = target(random.beta(2, 8, 100), random)  # draws differ, by what nothing says
        boxes += len(peel(factors(frame), noise.value)) > 1
        found += len(peel(factors(frame), target(corner(frame), random).value)) > 1
    assert boxes <= 4, f"{boxes} of 40"
    assert found >= 38, "control: where a corner is, it is found"


def test_the_first_cut_of_the_tree_takes_most_from_the_sum_of_squares():
    random = np.random.default_rng(4)
    frame = pd.DataFrame({"x1": random.random(80), "x2": random.random(80)})
    y = np.round(frame["x1"] ** 3 + 0.2 * random.random(80), 2).to_numpy()
    best = (np.inf, "", 0.0)
    for name in frame:
        for cut in np.sort(frame[name])[9:-10]:  # ten draws at least on each side
            low = frame[name] <= cut
            rest = ((y[low] - y[low].mean()) ** 2).sum() + ((y[~low] - y[~low].mean()) ** 2).sum()
            best = min(best, (rest, name, cut))
    grown = leaves(factors(frame), y)
    assert len(grown) > 1
    assert sum(leaf.inside.sum() for leaf in grown) == 80
    # every leaf is on one side of the best cut
    for leaf in grown:
        sides = set((frame[best[1]][leaf.inside] <= best[2]).tolist())
        assert len(sides) == 1
    assert [y[leaf.inside].mean() for leaf in grown] == sorted(
        y[leaf.inside].mean() for leaf in grown
    )


def test_a_quasi_p_value_of_zeros_and_ones_is_hypergeometric():
    from sim.analysis import SUBSETS
    from sim.analysis.drivers.discovery import quasi_p_value

    random = np.random.default_rng(5)
    y = (random.random(120) < 0.3).astype(float)
    wider = np.ones(120, bool)
    wider[100:] = False
    for hits in (10, 13):
        inside = np.zeros(120, bool)
        inside[np.flatnonzero(wider & (y == 1))[:hits]] = True
        inside[np.flatnonzero(wider & (y == 0))[: 30 - hits]] = True
        truth = stats.hypergeom.sf(hits - 1, 100, int(y[wider].sum()), 30)
        error = np.sqrt(truth * (1 - truth) / SUBSETS)
        assert abs(quasi_p_value(y, inside, wider, random) - truth) < 4 * error + 1 / SUBSETS


def test_the_trade_off_goes_from_all_draws_to_a_small_dense_box():
    random = np.random.default_rng(6)
    frame = unknowns(random, 400)
    asked = target(corner(frame), random)
    steps = discover(frame, asked, seed=1).trajectory
    assert steps["draws"].is_monotonic_decreasing
    assert (steps["mass"].iloc[0], steps["coverage"].iloc[0]) == (1, 1)
    assert steps["mass"].iloc[-1] >= 0.05
    base = asked.value.mean()
    assert (steps["coverage"] * base).tolist() == pytest.approx(
        (steps["density"] * steps["mass"]).tolist()
    )
    assert steps["chosen"].sum() == 1


def test_the_same_seed_finds_the_same_and_a_solution_has_intervals_too():
    one, two = (
        sim.run(FIRST, draws=60, paths=100, workers=w).discover("ally_fights") for w in (1, 2)
    )
    assert one is not None
    assert two is not None
    pd.testing.assert_frame_equal(one.boxes, two.boxes)
    pd.testing.assert_frame_equal(one.tree, two.tree)
    random = np.random.default_rng(7)
    frame = unknowns(random, 100)
    exact = corner(frame).to_numpy()  # of a solution: no paths, so no noise of theirs
    solved = discover(
        frame,
        Target(name="it", of="probability", title="it", value=exact, noise=0 * exact, paths=0),
        seed=1,
    )
    assert solved.tree[["low", "high"]].notna().all(axis=None)
    assert solved.sentences


def test_the_command_prints_a_sentence_writes_tables_and_refuses(call, tmp_path):
    code, out, _ = call("discover", FIRST, "ally_fights", "--draws", 100, "--no-charts")
    assert code == 0
    assert "% of the draws" in out
    assert "nan" not in out.lower()
    assert max(map(len, out.splitlines())) <= 80
    home = "results/first_crisis"
    for part in ("", "-trajectory", "-tree"):
        assert (tmp_path / home / "analyses" / f"discover-ally_fights{part}.csv").exists()
    code, out, err = call("discover", home, "ally_fights", "--json", "--chart", "it.png")
    assert (code, err) == (0, "chart written to it.png\n")
    found = strict_json(out)
    assert found["boxes"]
    assert found["cannot_tell"] is None
    assert (tmp_path / "it.png").read_bytes().startswith(b"\x89PNG")
    assert {file.name for file in (tmp_path / home / "charts").glob("*")} == {
        "discover-ally_fights.png"
    }
    code, out, err = call("discover", home, "ally_figts")
    assert (code, out) == (2, "")
    assert "did you mean 'ally_fights'" in err
    few = ("--draws", 1, "--paths", 9, "--no-charts", "--force")
    code, out, _ = call("discover", FIRST, "ally_fights", *few)
    assert code == 0
    assert "one draw only" in out
    code, out, err = call("discover", home, "ally_fights", "--json", "--chart", "none.png")
    assert (code, "nothing to draw" in err, Path("none.png").exists()) == (0, True, False)
    found = strict_json(out)
    assert "one draw" in found["cannot_tell"]
    few = ("--draws", 25, "--paths", 3, "--no-charts", "--force")
    code, out, _ = call("discover", FIRST, "ally_fights", *few)
    assert code == 0
    assert "no corner can be told" in out.replace("\n", " ")
    with pytest.raises(UsageError, match="unknown outcome"):
        sim.run(FIRST, draws=2, paths=2).discover("nothing")
