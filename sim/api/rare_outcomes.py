"""The verb `rare`, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isnan
from os import PathLike
from typing import TYPE_CHECKING

from sim.analysis.estimates.rare import RareEstimate, estimate
from sim.api.arguments import loaded_or_model
from sim.experiment import rare as splitting
from sim.experiment.plan import RarePlan
from sim.formatting import counted, percent

if TYPE_CHECKING:
    from sim.model.model import Model
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Rare(RareEstimate):
    """A rare outcome's probability by multilevel splitting, with its interval and its cost."""

    def __repr__(self) -> str:
        """One line: the outcome, its probability with the interval, and what it took."""
        # as many digits as the interval bears, for the estimate and both of its ends
        width = self.mc_high - self.mc_low
        share, low, high = (
            percent(part, width=width) for part in (self.probability, self.mc_low, self.mc_high)
        )
        return (
            f"<Rare {self.outcome} of {self.scenario}: {share} % ({low}–{high}), by splitting; "
            f"{counted(self.draws, 'draw')} of {self.repetitions} repetitions, seed {self.seed}>"
        )

    def summary(self) -> dict[str, object]:
        """The estimate as plain numbers: what `--json` prints.

        The columns of every table of estimates, None where there is no number: `n` and `hits`, as
        no plain path was counted, and `upper`, as the outcome was reached.
        """
        # by_draw is left out: it is a table, and --json prints numbers
        numbers = ("probability", "low", "high", "low_se", "high_se", "mc_low", "mc_high", "mc_se")
        known = {name: getattr(self, name) for name in numbers}
        about = ("draws", "repetitions", "paths", "events", "gain", "seed", "level")
        return {
            "interval": "sampling" if self.band == "none" else "nested",
            "scenario": self.scenario,
            "outcome": self.outcome,
            "n": None,
            "hits": None,
            **{name: None if isnan(value) else value for name, value in known.items()},
            "band": self.band,
            "reach": "seen",
            "upper": None,
            "likelihood": self.likelihood,
            "confidence": self.confidence,
            **{name: getattr(self, name) for name in about},
        }


def rare(
    scenario: Scenario | Model | str | PathLike[str],
    outcome: str,
    *,
    draws: int = RarePlan.draws,
    repetitions: int | None = RarePlan.repetitions,
    paths: int = RarePlan.paths,
    seed: int = RarePlan.seed,
    level: float = RarePlan.level,
    workers: int | None = RarePlan.workers,
    progress: bool | None = RarePlan.progress,
) -> Rare:
    """Estimate one outcome's probability by splitting paths that come nearer to it.

    `paths` are begun at each level, `repetitions` times in each of `draws` parameter draws (one,
    where no parameter is uncertain; default: 60 splittings in all), spread over `workers` threads
    (default: all cores). The same seed gives the same estimate, whatever their number. `level` is
    the mass of the intervals. Raises UsageError for an unknown outcome, NotApplicable, with the
    reason, where splitting has nothing to go by, and what `run` raises.
    """
    plan = RarePlan(
        draws=draws,
        repetitions=repetitions,
        paths=paths,
        seed=seed,
        level=level,
        workers=workers,
        progress=progress,
    )
    found = estimate(splitting.rare(loaded_or_model(scenario), outcome, plan))
    return Rare(**{one.name: getattr(found, one.name) for one in fields(found)})
