"""Where paths part: at which decision those that reach an outcome leave those that do not.

A decision is the first firing of a transition with options, in a path that has not reached the
outcome before it. Of the paths that come to it, `before` is the share that goes on to reach the
outcome, and `after` that of the paths in which an option was taken: the outcome's conditional
probability before and after the decision fell. Conditional, not causal: an option may be taken
where the outcome is more likely anyway. What an option does is measured by `cuts`.

`parting` says how far the two kinds of paths differ in what they take there: half the sum over
options of the difference of their shares (total variation distance), 0 where both take the same, 1
where no option is taken by both.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.sampled_shares import sampled_shares
from sim.analysis.statistics.resampling import significant
from sim.formatting import DAY
from sim.model.model import Model
from sim.model.transitions import NOTHING
from sim.results import NEVER
from sim.results.histories import Histories
from sim.results.level import LEVEL
from sim.results.provenance import Provenance
from sim.results.tables import RunTables

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST = 10_000  # paths that are looked at, beside all that reach the outcome
HAPPENS = "happens"  # instead of a name, of what is said with `chance`
PARTED = 0.1  # least `parting` of a fork
OFTEN = 0.5  # least share of the outcome's paths that come to it
CERTAIN = 4.0  # times the spread of `parting` by chance alone, that it has to exceed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Paths with all their events, and how many paths of the run each stands for.

    All that reach the outcome stand for themselves, the others for as many as one in so many was
    looked at.
    """

    histories: Histories
    reached: NDArray[np.bool_]
    weight: Floats  # 0: not looked at

    @property
    def others(self) -> float:
        """How many paths each that does not reach the outcome stands for."""
        return float(self.weight.max(initial=1.0, where=~self.reached))


def sample_weights(results: RunTables, outcome: str, *, most: int = MOST) -> Floats:
    """All paths that reach the outcome, and the first ones of every draw, `most` at most in all.

    For each row of `results.paths` how many paths of its kind it stands for, 0 if it is not looked
    at. Paths of a draw are independent, so its first ones are a sample like any other, and draws
    stay independent clusters.
    """
    assert results.paths is not None
    about = results.provenance
    looked_at = min(max(most // max(about.draws, 1), 1), about.paths)
    reached = results.paths[f"time__{outcome}"].notna().to_numpy()
    others = results.paths["path"].to_numpy() < looked_at
    return np.where(reached, 1.0, np.where(others, about.paths / looked_at, 0.0))


def forks(
    model: Model, found: Sample, results: RunTables, outcome: str, *, level: float = LEVEL
) -> pd.DataFrame:
    """One row a decision and option of it, in the order in which decisions fall.

    Columns: decision (transition), origin, option (of what is said with `chance`, `happens` or
    `nothing`), time: median day on which it falls in paths that reach the outcome, come: share of
    those paths that come to it, parting, first: whether it is the first fork, n: paths of the
    sample in which the option was taken, hits: those of them that reach the outcome, taken: share
    of the option among all paths that come to the decision, before, after: conditional probability
    of the outcome; of `after` low, high: how it spreads over parameter draws (missing unless `band`
    is `resolved`), mc_low, mc_high, mc_se: its sampling error, draws as clusters, band.

    The first fork is the first decision (by `time`) to which at least half of the outcome's paths
    come, with a parting of 0.1 or more that is four times what chance alone spreads it.
    """
    row, path = _first_firings(model, found, outcome)
    rank = found.histories.transition[row]
    about, tables = results.provenance, []
    for decision in np.unique(rank):
        some = rank == decision
        one, hits, misses = _decision(model, found, about, row[some], path[some])
        shares = sampled_shares(
            hits, misses, found.others, varies=about.interval == "nested", level=level
        )
        after = pd.DataFrame(shares).rename(columns={"probability": "after"})
        tables.append(pd.concat([one, after], axis=1))
    if not tables:
        return pd.DataFrame(columns=COLUMNS).astype(dict.fromkeys(NUMBERS, "float64"))
    tables.sort(key=lambda one: (one["time"].iloc[0], -one["come"].iloc[0]))
    table = pd.concat(tables, ignore_index=True)
    first = table.loc[table["fork"], "decision"]
    # rows stand in the order in which decisions fall, so the first fork is the first that is one
    table["first"] = table["decision"].eq(first.iloc[0]) if len(first) else False
    return significant(table[COLUMNS])


COLUMNS = [
    *("decision", "origin", "option", "time", "come", "parting", "first"),
    *("n", "hits", "taken", "before", "after"),
    *("low", "high", "mc_low", "mc_high", "mc_se", "band"),
]
# what is a number in a table without rows too, so that it can be sorted
NUMBERS = [one for one in COLUMNS if one not in ("decision", "origin", "option", "first", "band")]


def _first_firings(model: Model, found: Sample, outcome: str) -> tuple[Ints, Ints]:
    """(event, path) of every decision: the first firing of each choice in each path.

    Not of what fires after the event that made the outcome hold: it has no part in it.
    """
    histories = found.histories
    choices = np.array([_is_choice(model, rank) for rank in range(len(model.transitions))], bool)
    path = np.repeat(np.arange(len(histories)), np.diff(histories.first))
    seq = np.arange(len(path)) - histories.first[path]
    last = histories.outcome_event[:, model.names.outcomes[outcome]].astype(np.int64)
    last = np.where(last == NEVER, np.iinfo(np.int64).max, last)
    looked_at = choices[histories.transition] & (seq <= last[path]) & (found.weight[path] > 0)
    rows = np.flatnonzero(looked_at)
    # events of a path stand in their order, so that the first one met is the first one
    place = path[rows] * len(model.transitions) + histories.transition[rows]
    _, first = np.unique(place, return_index=True)
    return rows[first], path[rows[first]]


def _is_choice(model: Model, rank: int) -> bool:
    """Whether more than one thing may happen when it fires: options, or `chance`."""
    options = model.transitions[rank].options
    return len(options) > 1 or any(one.value is not None or one.available for one in options)


def _decision(
    model: Model, found: Sample, about: Provenance, row: Ints, path: Ints
) -> tuple[pd.DataFrame, Ints, Ints]:
    """(rows, hits, misses) of one decision: its firings `row`, in the paths `path`.

    Hits and misses are the paths looked at, a row a draw and a column an option.
    """
    histories = found.histories
    transition = model.transitions[histories.transition[row[0]]]
    option, reached, weight = histories.option[row], found.reached[path], found.weight[path]
    kinds, column = np.unique(option, return_inverse=True)
    place = (histories.draw[path] - about.first_draw) * len(kinds) + column
    shape = about.draws, len(kinds)
    hits, misses = (
        np.bincount(place[some], minlength=shape[0] * shape[1]).reshape(shape)
        for some in (reached, ~reached)
    )
    parting, error = _parting(option, reached, kinds)
    times = histories.time[row] / DAY
    come = float(reached.sum() / max(found.reached.sum(), 1))
    names = [
        "nothing" if kind == NOTHING else transition.options[kind].name or HAPPENS for kind in kinds
    ]
    table = pd.DataFrame(
        {
            "decision": transition.name,
            "origin": transition.origin,
            "option": names,
            "time": float(np.median(times[reached] if reached.any() else times)),
            "come": come,
            "parting": parting,
            "fork": parting >= PARTED and come >= OFTEN and parting > CERTAIN * error,
            "n": (hits + misses).sum(axis=0),
            "hits": hits.sum(axis=0),
            "taken": np.bincount(column, weights=weight) / weight.sum(),
            "before": weight[reached].sum() / weight.sum(),
        }
    )
    return table, hits, misses


def _parting(option: Ints, reached: NDArray[np.bool_], kinds: Ints) -> tuple[float, float]:
    """(total variation distance between both kinds of paths, its spread by chance alone)."""
    n = reached.sum(), (~reached).sum()
    if not all(n):  # only one kind comes here: they have parted before
        return 0.0, 0.0
    both = [option[reached], option[~reached]]
    shares = np.array([[(taken == one).mean() for one in kinds] for taken in both])
    pooled = np.array([(option == one).mean() for one in kinds])
    spread = np.sqrt((pooled * (1 - pooled)).sum() * (1 / n[0] + 1 / n[1])) / 2
    return float(np.abs(shares[0] - shares[1]).sum() / 2), float(spread)
