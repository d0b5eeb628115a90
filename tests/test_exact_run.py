"""`run(engine="exact")`: the usual tables without counts, and sampling engines agree with them."""

import dataclasses
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from small_models import (
    DAY,
    at_least,
    both,
    count,
    down,
    fixed,
    flag,
    happened,
    is_,
    model,
    no,
    option,
    parameter_value,
    put,
    rule,
    uniform,
    up,
)

from sim import Results, run
from sim.engines import ENGINES
from sim.errors import NotApplicable, UsageError
from sim.experiment import parameter_values
from sim.model import Delay, Model, Trigger, Variable

PATHS = 4_000
LEVELS = ("calm", "incident", "clash", "strikes", "war")
RUNG = Variable(name="rung", kind="levels", levels=LEVELS, size=5, start=1, ladder="conflict")


def crisis(delay: float | Delay = 6.0) -> Model:
    """Everything the exact engine knows: cascades, limits, triggers, memory, dates, speeds."""
    return model(
        [RUNG, flag("talks"), flag("ally"), count("heat", 3, 1)],
        [
            rule("binds", put("ally", 1), at=12 * DAY, when=no(is_("talks", 1))),
            rule(
                "presses",
                after=delay,
                when=both(at_least("rung", 1), no(is_("talks", 1))),
                speed=parameter_value("pace"),
                options=[
                    option("escalates", parameter_value("bold"), up("rung"), up("heat")),
                    option("waits", None, share="rest"),
                ],
            ),
            rule(
                "answers", up("rung"), after=4.0, on=["presses.escalates"], when=at_least("heat", 2)
            ),
            rule("cools", down("heat"), after=5.0, when=at_least("heat", 1), limit=3),
            rule(
                "mediates",
                after=9.0,
                on=[Trigger(becomes=at_least("rung", 2))],
                when=no(is_("rung", 4)),
                memory="remember",
                options=[
                    option("talks", 0.4, put("talks", 1)),
                    option("fails", 0.6),
                ],
            ),
            rule("hits_back", up("rung"), when=both(is_("rung", 3), is_("ally", 1)), limit=1),
        ],
        {
            "clash": at_least("rung", 3),
            "war": is_("rung", 4),
            "war_after_talks": both(happened("talked"), is_("rung", 4)),
            "talked": is_("talks", 1),
            "calm": is_("heat", 0),
        },
        order=[0, 1, 3, 2, 4],
        days=40.0,
        parameters=[uniform("bold", 0.1, 0.4), uniform("pace", 0.5, 2.0)],
        stop_when=both(is_("rung", 4), is_("heat", 3)),
        endings={"war": happened("war"), "talks": happened("talked")},
    )


@pytest.fixture(scope="module")
def exact() -> Results:
    return run(crisis(), draws=20, engine="exact")


@pytest.mark.parametrize("engine", ENGINES)
def test_sampling_agrees_draw_by_draw(engine: str, exact: Results) -> None:
    """n = 20 draws x 200 paths. Sum over draws: z of hits against the sum of the probabilities."""
    sampled = run(crisis(), draws=20, paths=PATHS // 20, engine=engine, workers=1)
    for kind, names in (("outcome", exact.outcomes.index), ("ending", exact.endings.index)):
        for name in names:
            p = exact.shares[f"{kind}__{name}"].to_numpy()
            hits = sampled.shares[f"{kind}__{name}"].to_numpy() * (PATHS // 20)
            spread = sqrt(float((p * (1 - p)).sum()) * (PATHS // 20))
            z = (hits.sum() - p.sum() * (PATHS // 20)) / spread
            assert abs(z) < 4, f"{engine}, {name}: z = {z:.1f}, n = {PATHS}"
    other = run(crisis(delay=5.0), draws=20, engine="exact").outcomes["probability"]
    p, hits = float(other["clash"]), sampled.outcomes.loc["clash", "hits"]
    assert abs(hits - PATHS * p) / sqrt(PATHS * p * (1 - p)) > 4, "control: another rate is seen"


@pytest.mark.parametrize("engine", ENGINES)
def test_curves_and_rungs_agree(engine: str, exact: Results) -> None:
    """n = 4,000; 11 times x 5 outcomes; |z| < 4 with the draws' spread left out (it is small)."""
    sampled = run(crisis(), draws=20, paths=PATHS // 20, engine=engine, workers=1)
    both_ = exact.timing.merge(sampled.timing, on=["outcome", "time"], suffixes=("", "_sampled"))
    rows = both_[both_["time"] % 4 == 0]
    p = rows["probability"].to_numpy()
    z = (rows["probability_sampled"] - p) / np.sqrt(np.maximum(p * (1 - p), 1e-9) / PATHS)
    assert len(rows) == 55
    assert np.abs(z).max() < 4
    mine, theirs = exact.rungs, sampled.rungs
    assert mine["level"].equals(theirs["level"])
    assert mine.groupby("time")["share"].sum().to_numpy() == pytest.approx(1, abs=1e-9)
    chosen = mine["time"] % 4 == 0
    p = mine.loc[chosen, "share"].to_numpy()
    z = (theirs.loc[chosen, "share"] - p) / np.sqrt(np.maximum(p * (1 - p), 1e-9) / PATHS)
    assert len(p) == 55
    assert np.abs(z).max() < 4


def test_the_tables_are_those_of_a_run_without_counts(exact: Results) -> None:
    reference = run(crisis(), draws=2, paths=5, engine="reference", workers=1)
    for name in ("outcomes", "endings", "draws", "coverage", "rungs", "timing"):
        mine, theirs = getattr(exact, name), getattr(reference, name)
        assert list(mine.columns) == list(theirs.columns)
        assert mine.index.equals(theirs.index) or name == "draws"
    assert exact.paths is None
    summary = exact.summary()
    assert summary["n"] is None
    assert summary["interval"] == "exact"
    assert set(summary) == set(reference.summary())
    row = summary["outcomes"]["clash"]  # type: ignore[index]
    assert row["hits"] is None
    assert row["n"] is None
    assert row["median_time"] is None
    assert 0 <= row["low"] <= row["probability"] <= row["high"] <= 1
    assert row["band"] == "exact"
    drawn = exact.shares["outcome__clash"]
    ends = (row["low"], row["high"])
    assert ends == pytest.approx(tuple(drawn.quantile([0.05, 0.95])))
    assert row["mc_se"] == pytest.approx(drawn.std() / 20**0.5, abs=1e-9)
    assert exact.shares["outcome__clash"].nunique() == 20, "draws differ"


def test_seen_is_what_has_a_chance(exact: Results) -> None:
    """All that sampling sees; after talks nobody presses, so the ally never hits back late."""
    sampled = run(crisis(), draws=20, paths=PATHS // 20, engine="reference", workers=1)
    seen = set(exact.coverage.loc[exact.coverage["reach"] == "seen", "name"])
    assert set(sampled.coverage.loc[sampled.coverage["fired"] > 0, "name"]) <= seen
    assert exact.not_seen == []
    timid = run(without_boldness(), draws=2, engine="exact")
    assert set(timid.not_seen) == {
        "presses.escalates",
        "answers",
        "hits_back",
        "mediates",
        "mediates.talks",
        "mediates.fails",
    }
    assert timid.outcomes.loc["clash", "probability"] == 0
    assert timid.outcomes.loc["clash", "reach"] == "impossible"


def without_boldness() -> Model:
    """The same crisis where nobody escalates, since the parameter is always 0."""
    return dataclasses.replace(crisis(), parameters=(fixed("bold", 0.0), crisis().parameters[1]))


def test_a_solved_run_is_saved_and_read_back(exact: Results, tmp_path: Path) -> None:
    exact.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    assert not (tmp_path / "run" / "paths.csv").exists()
    assert again.outcomes.equals(exact.outcomes)
    assert again.coverage.equals(exact.coverage)
    assert again.provenance == exact.provenance


def test_what_cannot_be_solved_is_refused() -> None:
    built = crisis(delay=Delay(kind="between", arguments=(), text="between 1 d and 2 d"))
    with pytest.raises(NotApplicable, match=r"presses \(between 1 d and 2 d\)"):
        run(built, draws=1, engine="exact")
    with pytest.raises(UsageError, match="no paths"):
        run(crisis(), draws=1, engine="exact", events=True)


def test_each_draw_has_its_own_parameters(exact: Results) -> None:
    built = crisis()
    values = parameter_values(built, 1, range(20))
    drawn = exact.draws["bold"].to_numpy()
    assert drawn == pytest.approx(values[:, 0])
    share = exact.shares["outcome__clash"].to_numpy()
    ranks = np.corrcoef(np.argsort(np.argsort(drawn)), np.argsort(np.argsort(share)))[0, 1]
    assert ranks > 0.4, "a bolder draw clashes more often"
