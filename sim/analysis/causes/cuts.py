"""What would become of an outcome without a link, and with it certain: paired drop and rise.

The drop is the outcome's probability less that in a changed model in which the link never happens
(a clause, move or event never fires, an option is never available); the rise is the probability in
a model in which it is certain (fires at once when its guard holds, and whatever its chance; is
taken whenever available), less that of the model as it is. Both are over the same random numbers.
Their sum is what Birnbaum's importance is for a component: the probability with it certain, less
that without. (Z. W. Birnbaum, "On the importance of different components in a multicomponent
system", in *Multivariate Analysis* II, 1969, 581-592.) A negative drop says that the outcome is
more likely without the link.
"""

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.causes.importance import OPTION
from sim.analysis.effects.differences import paired, standard_errors
from sim.analysis.effects.effect_bands import effect_band
from sim.analysis.estimates.parameter_band import STATUSES
from sim.analysis.statistics.resampling import significant
from sim.experiment.cutting import CutEffect, Paired, cut_effects
from sim.experiment.samples import sample_of
from sim.model.cuts import Link
from sim.model.model import Model
from sim.results.frames import named
from sim.results.level import LEVEL
from sim.results.tables import RunTables


def cuts(
    model: Model,
    results: RunTables,
    outcome: str,
    importance: pd.DataFrame,
    number: int,
    *,
    level: float = LEVEL,
    threads: int = 1,
) -> pd.DataFrame:
    """One row for each of the `number` elements with the largest share of `importance`.

    Columns: kind, element, n: paths, share (as in `importance`), probability: of the outcome as
    modelled; then for the link cut: without: the probability, drop: how much lower that is, with
    drop_low, drop_high: parameter uncertainty of the drop (missing unless drop_band is `resolved`),
    drop_mc_low, drop_mc_high, drop_mc_se: sampling error of pairs, drop_band, drop_walked: paths
    that had to be walked again; and for the link certain: `certain`, the probability, and likewise
    rise, rise_low and so on. Missing where a link cannot be made more certain, or would then fire
    without end.
    """
    paths = results.paths
    assert paths is not None
    about = results.provenance
    reached = np.zeros((about.draws, about.paths), np.bool_)
    hit = paths.loc[paths[f"time__{outcome}"].notna(), ["draw", "path"]]
    reached[hit["draw"].to_numpy() - about.first_draw, hit["path"].to_numpy()] = True
    few = importance.head(number)
    links = [link_of(str(row.kind), str(row.element)) for row in few.itertuples()]
    sample = sample_of(model, about, results.draws)
    found = cut_effects(model, links, outcome, reached, sample=sample, threads=threads)
    rows = [_row(one, reached, about.interval == "nested", level) for one in found]
    # what cannot be made more certain has no rise: None there, missing in the table
    table = pd.DataFrame(rows, columns=[*_columns("without", "drop"), *_columns("certain", "rise")])
    for name in ("drop", "rise"):
        codes = [STATUSES.index(one) if one in STATUSES else -1 for one in table[f"{name}_band"]]
        table[f"{name}_band"] = named(np.array(codes, np.int8), STATUSES)
        table[f"{name}_walked"] = table[f"{name}_walked"].astype("Int64")
    head = few[["kind", "element"]].reset_index(drop=True)
    head = head.assign(n=reached.size, share=few["share"].to_numpy(), probability=reached.mean())
    return significant(pd.concat([head, table], axis=1))


def _columns(probability: str, effect: str) -> list[str]:
    names = ("low", "high", "mc_low", "mc_high", "mc_se", "band", "walked")
    return [probability, effect, *(f"{effect}_{name}" for name in names)]


def link_of(kind: str, element: str) -> Link:
    """What is cut, of a row of `importance`."""
    origin, _, option = element.rpartition(".")
    return Link(origin=origin, option=option) if kind == OPTION else Link(origin=element)


def _row(found: CutEffect, reached: np.ndarray[Any, Any], varied: bool, level: float) -> list[Any]:
    paths = reached.shape[1]
    base = reached.mean()
    # the drop is what is lost, so its signs are turned round
    drop = _effect(found.cut, paths, varied, level, turned=True)
    rise = _effect(found.certain, paths, varied, level, turned=False)
    return [base - drop[0], *drop, base + rise[0], *rise]


def _effect(
    pairs: Paired | None, paths: int, varied: bool, level: float, *, turned: bool
) -> list[Any]:
    """(difference, low, high, mc_low, mc_high, mc_se, band, walked) of a change."""
    if pairs is None:
        return [np.nan] * 6 + [None, None]
    gained, lost = (pairs.lost, pairs.gained) if turned else (pairs.gained, pairs.lost)
    difference, mc_low, mc_high = paired(gained[:, None], lost[:, None], paths, level)
    error = standard_errors(gained[:, None], lost[:, None], paths)
    low = high = np.nan
    status = "none"
    # the estimator of `compare`, so that drops and effects of interventions can be compared
    if varied:
        band = effect_band(gained, lost, paths, level=level)
        low, high, status = band.low, band.high, band.status
    numbers = [float(one[0]) for one in (difference, mc_low, mc_high, error)]
    return [numbers[0], low, high, *numbers[1:], status, pairs.walked]
