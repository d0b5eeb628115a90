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

from sim.analysis.statistics.intervals import LEVEL, wilson
from sim.analysis.statistics.resampling import generator, significant
from sim.formatting import DAY
from sim.model.model import Model
from sim.model.transitions import NOTHING
from sim.results import NEVER
from sim.results.histories import Histories
from sim.results.tables import RunTables

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST = 4_000  # paths of either kind that are looked at
HAPPENS = "happens"  # instead of a name, of what is said with `chance`
PARTED = 0.1  # least `parting` of a fork
OFTEN = 0.5  # least share of the outcome's paths that come to it
CERTAIN = 4.0  # times the spread of `parting` by chance alone, that it has to exceed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Paths of both kinds with all their events, and how many paths of the run each stands for."""

    histories: Histories
    reached: NDArray[np.bool_]
    weight: Floats  # 0: not in the sample


def sample_weights(results: RunTables, outcome: str, *, most: int = MOST) -> Floats:
    """A sample of up to `most` paths that reach the outcome, and as many that do not.

    For each row of `results.paths` how many paths of its kind it stands for, 0 if it is not in the
    sample; drawn without replacement from the stream `analysis:why:forks.<outcome>`.
    """
    assert results.paths is not None
    reached = results.paths[f"time__{outcome}"].notna().to_numpy()
    random = generator(results.provenance.seed, "why", f"forks.{outcome}")
    weight = np.zeros(len(reached))
    for kind in (reached, ~reached):
        rows = np.flatnonzero(kind)
        some = random.choice(rows, min(most, len(rows)), replace=False)
        weight[some] = len(rows) / max(len(some), 1)
    return weight


def forks(model: Model, found: Sample, outcome: str, *, level: float = LEVEL) -> pd.DataFrame:
    """One row a decision and option of it, in the order in which decisions fall.

    Columns: decision (transition), origin, option (of what is said with `chance`, `happens` or
    `nothing`), time: median day on which it falls in paths that reach the outcome, come: share of
    those paths that come to it, parting, first: whether it is the first fork, n: paths of the
    sample in which the option was taken, hits: those of them that reach the outcome, taken: share
    of the option among all paths that come to the decision, before, after: conditional probability
    of the outcome, mc_low, mc_high: sampling error of `after`, draws as clusters.

    The first fork is the first decision (by `time`) to which at least half of the outcome's paths
    come, with a parting of 0.1 or more that is four times what chance alone spreads it.
    """
    row, path = _first_firings(model, found, outcome)
    rank = found.histories.transition[row]
    tables = []
    for decision in np.unique(rank):
        some = rank == decision
        tables.append(_decision(model, found, row[some], path[some], level))
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    tables.sort(key=lambda one: (one["time"].iloc[0], -one["come"].iloc[0]))
    table = pd.concat(tables, ignore_index=True)
    first = table.loc[table["fork"], "decision"]
    # rows stand in the order in which decisions fall, so the first fork is the first that is one
    table["first"] = table["decision"].eq(first.iloc[0]) if len(first) else False
    return significant(table[COLUMNS])


COLUMNS = [
    *("decision", "origin", "option", "time", "come", "parting", "first"),
    *("n", "hits", "taken", "before", "after", "mc_low", "mc_high"),
]


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


def _decision(model: Model, found: Sample, row: Ints, path: Ints, level: float) -> pd.DataFrame:
    """The rows of one decision: its firings `row`, in the paths `path`."""
    histories = found.histories
    transition = model.transitions[histories.transition[row[0]]]
    option, reached = histories.option[row], found.reached[path]
    weight, draw = found.weight[path], histories.draw[path]
    kinds, sampled = np.unique(option), found.weight > 0
    sizes = int((found.reached & sampled).sum()), int((~found.reached & sampled).sum())
    parting, error = _parting(option, reached, kinds)
    times = histories.time[row] / DAY
    when = float(np.median(times[reached] if reached.any() else times))
    come = float(reached.sum() / max(sizes[0], 1))
    rows = []
    for kind in kinds:
        took = option == kind
        share, low, high = conditional(reached[took], weight[took], draw[took], sizes, level)
        name = "nothing" if kind == NOTHING else transition.options[kind].name or HAPPENS
        rows.append(
            {
                "option": name,
                "n": int(took.sum()),
                "hits": int(reached[took].sum()),
                "taken": weight[took].sum() / weight.sum(),
                "before": weight[reached].sum() / weight.sum(),
                "after": share,
                "mc_low": low,
                "mc_high": high,
            }
        )
    return pd.DataFrame(rows).assign(
        decision=transition.name,
        origin=transition.origin,
        time=when,
        come=come,
        parting=parting,
        fork=parting >= PARTED and come >= OFTEN and parting > CERTAIN * error,
    )


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


def conditional(
    reached: NDArray[np.bool_], weight: Floats, draw: Ints, sizes: tuple[int, int], level: float
) -> tuple[float, float, float]:
    """(share, low, high) of weighted paths that reach the outcome, of those that took an option.

    `sizes` are the paths of the sample that reach it, and those that do not, whatever they took.
    Wilson's interval with the number of independent paths that would have the ratio's variance:
    that between draws (Kish 1965, ch. 5), less what is won as the sample has either kind in a fixed
    number (two phases, stratified in the second: Cochran, *Sampling Techniques*, 1977, ch. 12). Of
    none or all, with the number that the weights leave.
    """
    total = weight.sum()
    share = float(weight[reached].sum() / total)
    # Kish's effective number; it stays where the spread between draws cannot be told
    worth = total**2 / (weight**2).sum()
    clusters = len(np.unique(draw))
    if 0 < share < 1 and clusters > 1:
        residual = weight * (reached - share)
        by_draw = np.bincount(draw, weights=residual)
        variance = clusters / (clusters - 1) * (by_draw**2).sum()
        for kind, size in zip((reached, ~reached), sizes, strict=True):
            variance -= residual[kind].sum() ** 2 / size * (1 - 1 / weight[kind].max())
        if variance > 0:
            worth = min(share * (1 - share) * total**2 / variance, float(total))
    low, high = wilson(share * worth, worth, level)
    return share, float(low), float(high)
