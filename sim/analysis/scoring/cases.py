"""A case to be scored: the run of its scenario, what happened, and the forecasts of its rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from sim.analysis.statistics.proper_scores import Arrival, arrival
from sim.formatting import DAY
from sim.model import delay_sampling
from sim.model.delays import numbers
from sim.model.parameters import central
from sim.results.tables import RunTables
from sim.scenario import Evidence, Happened, Occurrence, Scenario

# A forecast is a step function, as one from paths is; this has as many steps as one from a thousand
# paths that all reach the outcome.
POINTS = 1_000  # steps that stand for the distribution of a delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A run and what happened; `scenario` has the record of history, which makes rivals."""

    scenario: Scenario
    run: RunTables
    happened: Happened

    @property
    def window(self) -> float:
        """Days until which its outcomes are scored: the horizon, or less if it was not observed."""
        # Beyond the horizon the run says nothing, beyond the end of observation the record does
        # not.
        return min(self.run.provenance.horizon, self.happened.observed / DAY)

    def forecast(self, outcome: str) -> Arrival:
        """When an outcome comes, as the run has it: from its paths, or from its curve of times."""
        paths = self.run.paths
        if paths is not None:
            found = paths[f"time__{outcome}"].dropna()
            return arrival(found.to_numpy(dtype=np.float64), self.run.n)
        curve = self.run.timing[self.run.timing["outcome"] == outcome]
        times, heights = (curve[one].to_numpy(dtype=np.float64) for one in ("time", "probability"))
        return Arrival(times=times, heights=heights)

    def rival(self, outcome: str, cases: str) -> Arrival | None:
        """The forecast of a base rate, `generic` or `region`; None where the record has none.

        The mean of Jeffreys' posterior, the case itself left out where it is one of the trials; as
        soon as the named delay of the record says, or, without one, at an unknown time.
        """
        for one in self.scenario.declared.evidence.values():
            if one.cases == cases and str(one.outcome) == outcome:
                return self._of_record(one)
        return None

    def _of_record(self, one: Evidence) -> Arrival | None:
        hits, trials = one.successes, one.trials
        own = self.happened.outcomes.get(str(one.outcome))
        # A base rate that has seen the answer would be a forecast of what it knows.
        if one.counts_this:
            if own is None:  # nobody knows what to leave out
                return None
            hits, trials = max(hits - happened_by(own, self.window), 0), trials - 1
        # Not hits / trials: a rival that says 0 or 1 after a few cases would get an infinite log
        # score the first time it is wrong, and beating it would mean nothing.
        rate = (hits + 0.5) / (trials + 1)
        # At the end of the window: before it a rate without times claims nothing.
        if one.times is None:
            return Arrival(times=np.array([self.window]), heights=np.array([rate]))
        return self._as_soon_as(str(one.times), rate)

    def _as_soon_as(self, delay: str, rate: float) -> Arrival:
        """A delay's distribution, cut at the window: the rate is that of happening within it."""
        model = self.scenario.model
        values = [central(parameter.distribution) for parameter in model.parameters]
        row = numbers(self.scenario.declared.delays[delay].value, model.names, values)
        # The middle of each step: at 0 and 1 some distributions have no quantile.
        shares = (np.arange(POINTS) + 0.5) / POINTS
        times = np.array([delay_sampling.ppf(row, 0, u) / DAY for u in shares])
        times = np.sort(times[times <= self.window])
        if not len(times):  # all of them longer than anybody looked
            times = np.array([self.window])
        return Arrival(times=times, heights=rate * np.arange(1, len(times) + 1) / len(times))


def happened_by(one: Occurrence, window: float) -> int:
    """1 if it happened within so many days, else 0."""
    return int(one.latest / DAY <= window)


def last_case(case: Case, outcome: str, others: Sequence[Case]) -> Arrival | None:
    """What happened the last time, said again as if it were sure; None if there was no last time.

    The last time is the latest other case that began earlier and has the same outcome on record.
    """
    start = case.scenario.start
    if start is None:
        return None
    earlier = [
        one
        for one in others
        if one.scenario.start is not None
        and one.scenario.start < start
        and one.happened.outcomes.get(outcome) is not None
    ]
    if not earlier:
        return None
    # By name where two began on one day, so that the order of the files does not matter.
    last = max(earlier, key=lambda one: (one.scenario.start, one.scenario.name))
    found = last.happened.outcomes[outcome]
    assert found is not None
    if not happened_by(found, last.window):
        return NEVER
    # A record may know only a span of days; its middle is wrong by half of it at most.
    middle = (found.earliest + found.latest) / 2 / DAY
    return Arrival(times=np.array([middle]), heights=np.array([1.0]))


NEVER = Arrival(times=np.array([inf]), heights=np.array([0.0]))
