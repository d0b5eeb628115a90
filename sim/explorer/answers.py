"""An explorer: one outcome of a scenario, as written and as changed, on the same random numbers.

What an answer needs and no more is made anew. The untouched baseline is walked once. A model under
interventions is resolved once and kept; values that a slider holds replace a column of the
parameter draws, so that nothing is resolved again. No estimate is made of what nobody looks at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis import design_effect, effect_band, paired, wilson
from sim.errors import UsageError, unknown
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import Plan
from sim.experiment.runs import pieces_of
from sim.experiment.samples import column_of
from sim.explorer.questions import Question
from sim.formatting import DAY
from sim.model.model import Model
from sim.scenario import Scenario

Floats = NDArray[np.float64]
STEPS = 100  # of the time axis of a curve
RUNS = ("baseline", "changed")
KEPT = 32  # models under interventions; a few megabytes each
EXAMPLES = 20  # paths to look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """The paths of one model: when each outcome came in each path, and how each path ended."""

    times: Floats  # (draws x paths, outcomes) in seconds; NaN where it did not happen
    ending: NDArray[np.int64]  # of each path its position in the model's endings
    values: Floats  # of the parameters, a row a draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One outcome as written and as changed, over the same paths.

    estimates   index `run` (baseline, changed): n, hits, probability; mc_low, mc_high: its 90 %
                interval, sampling error only, draws as clusters.
    difference  changed minus baseline; mc_low, mc_high: its 90 % interval from the pairs of paths,
                sampling error only; low, high: 90 % of parameter draws have an effect between them,
                the noise of finite paths removed (NaN where `band` is not `resolved`).
    curves      one row a run and time: run, time (days), n, probability, mc_low, mc_high.
    endings     one row an ending: baseline, changed (shares of paths).
    examples    paths in which the outcome happens in one of the two runs only, then in both:
                draw, path, which.
    seconds     what the answer took.
    """

    question: Question
    estimates: pd.DataFrame
    difference: float
    mc_low: float
    mc_high: float
    low: float
    high: float
    band: str
    curves: pd.DataFrame
    endings: pd.DataFrame
    examples: pd.DataFrame
    seconds: float


class Explorer:
    """Answers questions about one scenario, each beside the baseline. Holds what it has walked."""

    def __init__(
        self, scenario: Scenario, *, draws: int, paths: int, seed: int = Plan.seed
    ) -> None:
        self.scenario = scenario
        self.plan = Plan(draws=draws, paths=paths, seed=seed, keep_paths=True, progress=False)
        # of this explorer, not of the class: a model that is kept goes with it
        self._under = lru_cache(maxsize=KEPT)(self._resolved)
        self.baseline = self._walk(scenario.model, {})

    def answer(self, question: Question) -> Answer:
        """The answer to a question.

        Raises UsageError for an unknown name or a value that is none, ScenarioError where
        interventions contradict each other, RunError where values make a probability impossible.
        """
        began = perf_counter()
        model = self.scenario.model
        if question.outcome not in model.names.outcomes:
            raise UsageError(unknown("outcome", question.outcome, model.names.outcomes))
        # Nothing to walk: twice the same random numbers give the same paths.
        twin = self.baseline if question.changes_nothing else self._changed(question)
        return self._compared(question, twin, began)

    def scenario_of(self, question: Question) -> Scenario:
        """The scenario that a question describes, its values as part of it."""
        changed = self._under(question.under, question.void)
        return changed.with_(set=dict(question.values)) if question.values else changed

    def _resolved(self, under: tuple[str, ...], void: tuple[str, ...]) -> Scenario:
        changed = self.scenario.under(under) if under else self.scenario
        return changed.with_(void=list(void)) if void else changed

    def _changed(self, question: Question) -> Walked:
        return self._walk(self._under(question.under, question.void).model, question.values)

    def _walk(self, model: Model, held: Mapping[str, float | str]) -> Walked:
        """All paths of a model, with some parameters held at a value in every draw."""
        columns = {}
        for name, value in held.items():
            if name not in model.names.parameters:
                raise UsageError(unknown("parameter", name, model.names.parameters))
            columns[name] = column_of(model.parameter(name), pd.Series([value] * self.plan.draws))
        # refused here: a value that makes a sum of probabilities exceed 1, with others or alone
        (values,) = values_of(
            [model], self.plan.seed, self.plan.span, progress=False, given=columns
        )
        times, endings = [], []
        for (pieces,) in pieces_of([model], [values], self.plan):
            for piece in pieces:
                times.append(piece.outcome_time)
                endings.append(piece.ending)
        return Walked(
            times=np.concatenate(times),
            ending=np.concatenate(endings).astype(np.int64),
            values=values,
        )

    def _compared(self, question: Question, twin: Walked, began: float) -> Answer:
        """The two runs beside each other, and what sets them apart."""
        column = self.scenario.model.names.outcomes[question.outcome]
        before, after = self.baseline.times[:, column], twin.times[:, column]
        came, comes = ~np.isnan(before), ~np.isnan(after)
        gained, lost = self._by_draw(comes & ~came), self._by_draw(came & ~comes)
        # From the paths that differ alone: those in which both runs agree say nothing about the
        # difference, and leaving them out is what common random numbers are for.
        difference, low, high = paired(gained[:, None], lost[:, None], self.plan.paths)
        band = effect_band(gained, lost, self.plan.paths)
        estimates = pd.concat([self._estimate(came), self._estimate(comes)], ignore_index=True)
        estimates.index = pd.Index(RUNS, name="run")
        return Answer(
            question=question,
            estimates=estimates,
            difference=float(difference[0]),
            mc_low=float(low[0]),
            mc_high=float(high[0]),
            low=band.low,
            high=band.high,
            band=band.status,
            curves=pd.concat(
                [self._curve(run, times) for run, times in zip(RUNS, (before, after), strict=True)],
                ignore_index=True,
            ),
            endings=self._endings(twin),
            examples=self._examples(came, comes),
            seconds=perf_counter() - began,
        )

    def _by_draw(self, happened: NDArray[np.bool_]) -> NDArray[np.int64]:
        """In how many paths of each draw."""
        counts: NDArray[np.int64] = happened.reshape(self.plan.draws, -1).sum(axis=1)
        return counts

    def _estimate(self, happened: NDArray[np.bool_]) -> pd.DataFrame:
        """One row: a share with its sampling interval, draws as clusters."""
        hits, n = self._by_draw(happened), self.plan.draws * self.plan.paths
        # Paths of one draw resemble each other, so they count as fewer than they are.
        worth = self._worth(hits)
        share = hits.sum() / n
        low, high = wilson(share * worth, worth)
        row = {"n": n, "hits": hits.sum(), "probability": share}
        return pd.DataFrame([{**row, "mc_low": float(low), "mc_high": float(high)}])

    def _worth(self, hits: NDArray[np.int64]) -> float:
        """How many independent paths the paths of all draws are worth."""
        paths = np.full(len(hits), self.plan.paths)
        return float(paths.sum() / design_effect(hits, paths))

    def _curve(self, run: str, times: Floats) -> pd.DataFrame:
        """The share of paths in which the outcome has come by each of STEPS + 1 equal times."""
        happened = ~np.isnan(times)
        # one worth for the whole curve: early points have too few hits to tell their own
        worth = self._worth(self._by_draw(happened))
        moments = np.linspace(0, self.scenario.model.horizon, STEPS + 1)
        # Over all paths, also those in which it never comes: the curve ends at the probability.
        share = np.searchsorted(np.sort(times[happened]), moments, side="right") / len(times)
        low, high = wilson(share * worth, worth)
        days = moments / DAY
        columns = {"time": days, "n": len(times), "probability": share}
        return pd.DataFrame({"run": run, **columns, "mc_low": low, "mc_high": high})

    def _endings(self, twin: Walked) -> pd.DataFrame:
        names = [ending.name for ending in self.scenario.model.endings]
        shares = {
            run: np.bincount(walked.ending, minlength=len(names)) / len(walked.ending)
            for run, walked in zip(RUNS, (self.baseline, twin), strict=True)
        }
        return pd.DataFrame(shares, index=pd.Index(names, name="ending"))

    def _examples(self, came: NDArray[np.bool_], comes: NDArray[np.bool_]) -> pd.DataFrame:
        """Paths worth a look: first those in which the change makes the difference."""
        kinds = {
            "only changed": comes & ~came,
            "only baseline": came & ~comes,
            "both": came & comes,
        }
        found = [
            (*divmod(int(path), self.plan.paths), which)
            for which, chosen in kinds.items()
            for path in np.flatnonzero(chosen)[:EXAMPLES]
        ]
        return pd.DataFrame(found, columns=["draw", "path", "which"])
