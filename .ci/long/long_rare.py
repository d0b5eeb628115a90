"""Splitting at length: intervals that cover, and the Korean clash against a million paths."""

from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from test_rare import ladder

from sim import rare
from sim.engines.compiled import walk
from sim.engines.exact import solve
from sim.engines.splitting import split
from sim.experiment import parameter_values
from sim.scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_nine_intervals_in_ten_cover_the_truth() -> None:
    """100 intervals at 2e-5; Binomial(100, 0.9) is at least 80 with probability 0.999."""
    built = ladder(5, 12.0, 20.0)
    truth = float(next(solve(built, np.zeros((1, 0)))).outcomes[0])
    assert 1e-6 < truth < 1e-4
    found = [
        rare(built, "top", repetitions=12, paths=100, seed=seed, workers=1) for seed in range(100)
    ]
    assert sum(one.mc_low <= truth <= one.mc_high for one in found) >= 80
    mean = np.mean([one.probability for one in found])
    spread = np.std([one.probability for one in found], ddof=1) / 10
    assert abs(mean - truth) < 4 * spread


@pytest.mark.parametrize("draw", [0, 1, 2])
def test_the_korean_clash_agrees_with_a_million_paths(draw: int) -> None:
    """The stronger headline in one draw: |z| < 4 of 12 repetitions against 1,000,000 paths."""
    built = load(SCENARIOS / "korean_clash.yaml").model
    outcome = [o.name for o in built.outcomes].index("japan_crisis_russia_in_action")
    draws = range(draw, draw + 1)
    values = parameter_values(built, 1, draws)
    n = 1_000_000
    pieces = walk(built, values, seed=7, draws=draws, paths=range(n))
    hits = sum(int((~np.isnan(piece.outcome_time[:, outcome])).sum()) for piece in pieces)
    each = split(
        built, values[0].tolist(), outcome, seed=1, draw=draw, repetitions=12, paths=200
    ).probabilities
    p = hits / n
    error = sqrt(each.var(ddof=1) / len(each) + p * (1 - p) / n)
    assert abs(each.mean() - p) < 4 * error, f"{each.mean():.3g}, ordinary {p:.3g}"
    assert hits > 100
