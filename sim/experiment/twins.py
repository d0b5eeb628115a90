"""A scenario beside itself with something changed: the same paths, until the change bites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.experiment.runs import Plan, about, pieces_of
from sim.experiment.solving import EXACT, difference, solved
from sim.experiment.values import values_of
from sim.intervals import CONFIDENCE
from sim.results import Walked
from sim.results.results import Results, tabulate
from sim.results.saved import staged, write_manifest
from sim.results.tally import Ledger

if TYPE_CHECKING:
    from sim.scenario import Scenario

Counts = NDArray[np.int64]


class Options(TypedDict, total=False):
    """The options of `run`."""

    draws: int
    paths: int
    seed: int
    engine: str
    workers: int | None
    events: bool
    keep_paths: bool | None
    progress: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A baseline and its twins, path by path under the same seed.

    table  one row a twin and outcome: twin, outcome, n, baseline, probability (with the change),
           difference, low, high: 90 % interval of the difference from the pairs, sampling only;
           gained, lost: paths in which the outcome happens only with, only without the change;
           differ: gained + lost; changed: paths whose ending, its time, or the time of any outcome
           is not the same.
    """

    baseline: Results
    twins: dict[str, Results]
    table: pd.DataFrame

    def save(self, directory: str | Path, *, also: Callable[[Path], None] | None = None) -> Path:
        """Write comparison.csv, a run directory for the baseline and each twin, and a manifest.

        `also` is called with the directory in the making, to add files (charts).
        """
        with staged(directory) as making:
            self.table.to_csv(making / "comparison.csv", index=False, lineterminator="\n")
            self.baseline.save(making / "baseline")
            for name, results in self.twins.items():
                results.save(making / "twins" / name)
            if also is not None:
                also(making)
            about_all = asdict(self.baseline.provenance)
            start = self.baseline.provenance.start
            about_all["start"] = start.isoformat() if start else None
            write_manifest(making, {**about_all, "twins": list(self.twins)})
        return Path(directory)


def compare(
    scenario: Scenario, interventions: str | Iterable[str] | None = None, **options: Unpack[Options]
) -> Comparison:
    """Run a scenario beside its twins under interventions; `a+b` is both.

    All of them unless named, but for those the scenario is already under.

    Options are those of `run`. Raises what `run` raises, and UsageError if there is none.
    """
    plan = Plan(**options)
    if isinstance(interventions, str):
        interventions = [interventions]
    named = list(interventions or ())
    if interventions is None:
        named = [name for name in scenario.interventions if name not in scenario.applied]
    if not named:
        who = "the scenario names" if interventions is None else "there are"
        raise UsageError(f"nothing to compare with: {who} no interventions")
    scenarios = [scenario, *(scenario.under(name) for name in named)]
    models = [one.model for one in scenarios]
    values = values_of(models, plan.seed, range(plan.draws), progress=plan.progress)
    if plan.engine == EXACT:
        return _solved(plan, named, scenarios, values)
    ledgers = [Ledger(model, paths=plan.paths, keep=plan.keeps) for model in models]
    pairs = [Pairs(plan.draws, len(scenario.model.outcomes)) for _ in named]
    for pieces in pieces_of(models, values, plan):
        for ledger, own in zip(ledgers, pieces, strict=True):
            for piece in own:
                ledger.add(piece)
        for pair, own in zip(pairs, pieces[1:], strict=True):
            pair.add(pieces[0], own)
    results = [
        tabulate(ledger, rows, about(one, plan, ledger.draws))
        for one, ledger, rows in zip(scenarios, ledgers, values, strict=True)
    ]
    tables = [
        pair.table(name, results[0], twin)
        for pair, name, twin in zip(pairs, named, results[1:], strict=True)
    ]
    return Comparison(
        baseline=results[0],
        twins=dict(zip(named, results[1:], strict=True)),
        table=pd.concat(tables, ignore_index=True),
    )


def _solved(
    plan: Plan,
    named: Sequence[str],
    scenarios: Sequence[Scenario],
    values: Sequence[NDArray[np.float64]],
) -> Comparison:
    """The comparison without sampling: differences of probabilities, no pairs of paths."""
    baseline, *twins = [
        solved(one.model, rows, plan, about(one, plan, plan.draws))
        for one, rows in zip(scenarios, values, strict=True)
    ]
    pairs = list(zip(named, twins, strict=True))
    tables = [difference(name, baseline, twin) for name, twin in pairs]
    return Comparison(
        baseline=baseline, twins=dict(pairs), table=pd.concat(tables, ignore_index=True)
    )


class Pairs:
    """Counts, draw by draw, of paths that differ from their twins."""

    def __init__(self, draws: int, outcomes: int) -> None:
        self.gained = np.zeros((draws, outcomes), dtype=np.int64)
        self.lost = np.zeros((draws, outcomes), dtype=np.int64)
        self.changed = np.zeros(draws, dtype=np.int64)

    def add(self, baseline: Sequence[Walked], twin: Sequence[Walked]) -> None:
        """Count the paths of one chunk, the same ones on both sides."""
        draw = np.repeat([p.draw for p in baseline], [len(p.ending) for p in baseline])
        before, after = whole(baseline, "outcome_time"), whole(twin, "outcome_time")
        had, has = ~np.isnan(before), ~np.isnan(after)
        np.add.at(self.gained, draw, has & ~had)
        np.add.at(self.lost, draw, had & ~has)
        same = np.all((before == after) | ~(had | has), axis=1)
        for name in ("ending", "end_time", "stopped"):
            same &= whole(baseline, name) == whole(twin, name)
        np.add.at(self.changed, draw, ~same)

    def table(self, name: str, baseline: Results, twin: Results) -> pd.DataFrame:
        """The rows of `Comparison.table` for this twin; finished draws only."""
        done, paths = baseline.provenance.draws, baseline.provenance.paths
        gained, lost = self.gained[:done], self.lost[:done]
        difference, low, high = paired(gained, lost, paths)
        total = {"gained": gained.sum(axis=0), "lost": lost.sum(axis=0)}
        words = pd.Index(baseline.outcomes.index, dtype="str")
        return pd.DataFrame(
            {
                "twin": pd.Series([name] * len(words), dtype="str"),
                "outcome": pd.Series(words, dtype="str"),
                "n": done * paths,
                "baseline": baseline.outcomes["probability"].to_numpy(),
                "probability": twin.outcomes["probability"].to_numpy(),
                "difference": difference,
                "low": low,
                "high": high,
                **total,
                "differ": total["gained"] + total["lost"],
                "changed": self.changed[:done].sum(),
            }
        )


def paired(
    gained: Counts, lost: Counts, paths: int, confidence: float = CONFIDENCE
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(difference, low, high) of two shares over the same paths; draws lie along axis 0.

    Agresti and Min, Stat. Med. 24 (2005), 729-740: Wald's interval for paired shares after half a
    pair is added to each of the four kinds. Where draws differ, n and the counts are divided by
    the design effect of the differences: their variance between draws over that within.
    """
    draws = len(gained)
    n = float(max(draws * paths, 1))
    up, down = gained.sum(axis=0) / n, lost.sum(axis=0) / n
    difference = up - down
    effect = np.ones_like(difference)
    if draws > 1:
        shares = (gained - lost) / paths
        between = shares.var(axis=0, ddof=1) / draws
        within = (up + down - difference**2) / n
        effect = np.maximum(1.0, np.divide(between, within, out=effect.copy(), where=within > 0))
    n_effective = n / effect
    weight = n_effective / (n_effective + 2)
    centre = difference * weight
    spread = (up + down) * weight + 1 / (n_effective + 2) - centre**2
    half = NormalDist().inv_cdf((1 + confidence) / 2) * np.sqrt(spread / (n_effective + 2))
    low, high = np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)
    return difference, np.minimum(low, difference), np.maximum(high, difference)


def whole(pieces: Sequence[Walked], name: str) -> NDArray[Any]:
    """One column of all pieces."""
    return np.concatenate([getattr(piece, name) for piece in pieces])
