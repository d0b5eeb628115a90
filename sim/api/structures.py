"""What `structure` gives: variants of a scenario side by side, and what divides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.drivers.structure import Layout, decomposition, layout
from sim.analysis.estimates.tables import tables_of
from sim.analysis.statistics.resampling import significant
from sim.api.results import Results
from sim.errors import NotApplicable, UsageError
from sim.experiment.plan import Plan
from sim.experiment.variants import VariantsOutput, walk_variants
from sim.formatting import file_name
from sim.results.directory import fill_run

if TYPE_CHECKING:
    from sim.scenario import Scenario

Floats = NDArray[np.float64]

VARIANTS = "variants"  # folder of the runs of all variants but the first
FEWEST = 10  # draws, of which a variance over draws can be told at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Variants of a scenario, on the same random numbers.

    results   of each variant, by the name it goes by here.
    weights   of each variant, summing to 1.
    variants  one row an outcome and variant: outcome, variant, weight, and the columns of
              `Results.outcomes`.
    parts     how the variance of each outcome's probability splits: see
              `sim.analysis.drivers.structure.decomposition`.
    missing   outcomes that not all variants have, by name.
    """

    results: dict[str, Results]
    weights: dict[str, float]
    variants: pd.DataFrame
    parts: pd.DataFrame
    missing: tuple[str, ...]

    def save(self, directory: str | Path) -> Path:
        """Write the run of the first variant, and those of the others into its folder `variants`.

        Each is a run directory of its own, which `Results.load` reads.
        """
        first, *others = self.results

        def also(making: Path) -> None:
            for name in others:
                fill_run(making / VARIANTS / file_name(name), self.results[name].saved())

        return self.results[first].save(directory, also=also)


def structure(
    scenarios: Sequence[Scenario], plan: Plan, weights: Sequence[float] | None = None
) -> Structure:
    """Run variants side by side, and split the variance of each outcome they share.

    `weights` say how much each counts; without them, all count the same. Raises UsageError for
    fewer than two variants, for weights that do not fit, and for variants without a common
    outcome; NotApplicable for fewer than ten draws, or a single path in each.
    """
    if len(scenarios) < 2:
        raise UsageError("structure: give two variants or more")
    names, shares = _names(scenarios), _weights(weights, len(scenarios))
    # Only outcomes that all have can be compared; what is left out is said in `missing`.
    known = {outcome.name for one in scenarios for outcome in one.model.outcomes}
    common = set.intersection(*({o.name for o in one.model.outcomes} for one in scenarios))
    if not common:
        raise UsageError("structure: no outcome is in all variants")
    if plan.draws < FEWEST:
        raise NotApplicable(
            f"structure: of {plan.draws} draws no variance over parameters can be told; "
            f"--draws {FEWEST} or more would do"
        )
    if plan.engine != "exact" and plan.paths < 2:
        # such a draw is all or nothing, which would pass for a spread of its probability
        raise NotApplicable(
            "structure: of 1 path a draw the noise of finite paths cannot be told; "
            "--paths 2 or more would do"
        )
    # Together rather than one after another: in how many paths two variants both reach an outcome
    # is counted as they are walked, and no run alone knows it.
    found = walk_variants(scenarios, plan)
    results = {
        name: Results.of(tables_of(run), scenario)
        for name, run, scenario in zip(names, found.runs, scenarios, strict=True)
    }
    # outcome by outcome, as paths that reach one of them in both variants say nothing of another
    layouts = {name: _layout(found, name, list(results.values())) for name in found.outcomes}
    parts = [decomposition(name, one, shares, level=plan.level) for name, one in layouts.items()]
    return Structure(
        results=results,
        weights=dict(zip(names, shares.tolist(), strict=True)),
        variants=significant(_variants(results, shares, found.outcomes)),
        parts=pd.concat(parts, ignore_index=True),
        missing=tuple(sorted(known - common)),
    )


def _layout(found: VariantsOutput, name: str, results: Sequence[Results]) -> Layout:
    if found.both is None:
        # solved: no paths, hence no noise to take out of the parts
        shares = np.stack([one.shares[f"outcome__{name}"].to_numpy() for one in results], axis=1)
        return Layout(shares=shares, noise=np.zeros((*shares.shape, len(results))))
    place = found.outcomes.index(name)
    return layout(found.both[place], results[0].provenance.paths)


def _variants(
    results: dict[str, Results],
    weights: Floats,
    outcomes: Sequence[str],
) -> pd.DataFrame:
    # variants of one outcome below one another: that is how they are compared
    rows = [
        one.outcomes.loc[[outcome]]
        .reset_index(drop=True)
        .assign(outcome=outcome, variant=name, weight=weight)
        for outcome in outcomes
        for (name, one), weight in zip(results.items(), weights, strict=True)
    ]
    table = pd.concat(rows, ignore_index=True)
    first = ["outcome", "variant", "weight"]
    return table[[*first, *(name for name in table if name not in first)]]


def _names(scenarios: Sequence[Scenario]) -> list[str]:
    """What each is called: its name, under what, and a number where two would be called alike."""
    plain = ["+".join((one.name, *one.applied)) for one in scenarios]
    return [
        # Two files may give their scenarios one name, and each run needs a folder of its own.
        f"{name}#{plain[: place + 1].count(name)}" if plain.count(name) > 1 else name
        for place, name in enumerate(plain)
    ]


def _weights(weights: Sequence[float] | None, count: int) -> Floats:
    if weights is None:
        return np.full(count, 1 / count)
    if len(weights) != count:
        raise UsageError(f"weights: must be {count}, one for each variant, found {len(weights)}")
    if not all(np.isfinite(one) and one >= 0 for one in weights) or sum(weights) <= 0:
        given = ", ".join(f"{one:g}" for one in weights)
        raise UsageError(f"weights: must be 0 or more and not all 0, found {given}")
    found = np.array(weights, dtype=np.float64)
    return np.asarray(found / found.sum())
