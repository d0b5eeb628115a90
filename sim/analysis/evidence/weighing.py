"""How well each draw explains records of history, and what its paths say besides.

A draw's weight is the probability of the record given its parameters, C(t, s) p^s (1 - p)^(t - s).
Of p only k hits in n paths are known. The share k / n in the place of p would weigh by a likelihood
that is too flat, and so would p averaged over a beta distribution given k (by a factor of about
1 + t / n and 1 + 2 t / n in its variance). The hypergeometric probability of s hits among t of the
n paths has the likelihood as its expectation, and unbiased weights are all that importance sampling
needs: averages over weighted draws tend to the posterior ones with more draws, however few the
paths (Andrieu and Roberts, Ann. Stat. 37, 2009, 697-725, on estimated likelihoods).

In words: t of the paths play the record's cases. Then only the n - t others may estimate what
follows, or the paths that made a draw likely would count twice. With records of several outcomes
each has paths of its own, a part of all in proportion to its cases; records of one outcome are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.statistics.counting_laws import log_binomial, log_hypergeometric
from sim.errors import NotApplicable
from sim.results.tables import RunTables
from sim.scenario import Evidence

Floats = NDArray[np.float64]
Columns = Mapping[tuple[str, str], Floats]  # kind and name -> what there is of each draw
Record = tuple[int, int]  # successes and trials


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """What each draw says once it is weighted: of every outcome and ending, in paths of its own."""

    logs: Floats  # of the likelihood; -inf where a draw excludes the record
    mean: Columns  # the probability, by the paths that are left, without chance of the choice
    hits: Columns  # of the paths that are left after such a choice
    left: Floats | None  # how many they are; None where draws were solved


def weigh(results: RunTables, records: Sequence[Evidence], random: np.random.Generator) -> Weighted:
    """The draws of a run, weighed by some records together.

    Raises NotApplicable where paths are fewer than the records' cases, and where the run kept no
    rows of its paths.
    """
    pooled: dict[str, Record] = {}
    for one in records:
        successes, trials = pooled.get(str(one.outcome), (0, 0))
        pooled[str(one.outcome)] = (successes + one.successes, trials + one.trials)
    # Solved draws know p itself, so no path has to be given away to play the cases.
    if results.provenance.interval == "exact":
        return _solved(results, pooled)
    return _counted(results, pooled, random)


def _solved(results: RunTables, pooled: Mapping[str, Record]) -> Weighted:
    shares = results.shares
    logs = np.zeros(len(shares))
    for outcome, (successes, trials) in pooled.items():
        # Outcomes are taken as independent given the parameters, so the logarithms add up.
        logs += log_binomial(successes, trials, shares[f"outcome__{outcome}"].to_numpy())
    means = {
        (kind, str(name)): shares[f"{kind}__{name}"].to_numpy(dtype=np.float64)
        for kind, table in (("outcome", results.outcomes), ("ending", results.endings))
        for name in table.index
    }
    return Weighted(logs=logs, mean=means, hits=means, left=None)


def _counted(
    results: RunTables, pooled: Mapping[str, Record], random: np.random.Generator
) -> Weighted:
    about, cases = results.provenance, sum(trials for _, trials in pooled.values())
    if about.paths <= cases:
        raise NotApplicable(
            f"condition: the records have {cases:,} cases, and each draw only {about.paths:,} "
            f"paths to play them; --paths {2 * cases} would do"
        )
    if results.paths is None:
        raise NotApplicable(
            "condition: the run kept no rows of its paths, which tell what comes together with "
            "what; run it with --keep-paths"
        )
    happened = _happened(results.paths, (about.draws, about.paths))
    logs, left = np.zeros(about.draws), np.zeros(about.draws)
    mean = {key: np.zeros(about.draws) for key in happened}
    hits = {key: np.zeros(about.draws) for key in happened}
    first = 0
    for outcome, (successes, trials) in pooled.items():
        last = first + _part(about.paths, trials, cases)
        own = {key: rows[:, first:last] for key, rows in happened.items()}
        played = _Played(
            record=own["outcome", outcome], successes=successes, trials=trials, random=random
        )
        logs += played.log_likelihood()
        left += last - first - trials
        for key, rows in own.items():
            expected, drawn = played.left_over(rows)
            mean[key] += expected
            hits[key] += drawn
        first = last
    share = {key: rows / left for key, rows in mean.items()}
    return Weighted(logs=logs, mean=share, hits=hits, left=left)


def _part(paths: int, trials: int, cases: int) -> int:
    """How many paths an outcome has for its own: at least its trials."""
    # Rounded down, so that the parts of all outcomes never need more paths than there are.
    return int(paths * trials / cases)


def _happened(paths: pd.DataFrame, shape: tuple[int, int]) -> dict[tuple[str, str], NDArray[Any]]:
    """Of each outcome and ending, whether it came in each path: (draws, paths)."""
    found = {
        ("outcome", str(name).removeprefix("time__")): paths[name].notna().to_numpy()
        for name in paths
        # A path's time of an outcome is missing where it did not come.
        if str(name).startswith("time__")
    }
    codes, words = paths["ending"].cat.codes.to_numpy(), paths["ending"].cat.categories
    found |= {("ending", str(word)): codes == i for i, word in enumerate(words)}
    return {key: column.reshape(shape) for key, column in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """Some paths of each draw, (draws, paths): `trials` of them play the cases of a record."""

    record: NDArray[Any]  # whether its outcome came
    successes: int
    trials: int
    random: np.random.Generator

    @property
    def hits(self) -> NDArray[np.int64]:
        return np.asarray(self.record.sum(axis=1), dtype=np.int64)

    def log_likelihood(self) -> Floats:
        """Of s hits among t of the paths: hypergeometric."""
        return log_hypergeometric(self.successes, self.trials, self.hits, self.record.shape[1])

    def left_over(self, rows: NDArray[Any]) -> tuple[Floats, Floats]:
        """Hits in the paths that are left, of what happened in `rows`: expected, and of a choice.

        Of the paths that play the cases, s are among those with the record's outcome.
        """
        hits, total = self.hits, rows.sum(axis=1)
        both = (rows & self.record).sum(axis=1)
        without = self.record.shape[1] - hits
        failures = self.trials - self.successes
        can = (hits >= self.successes) & (without >= failures)  # else the weight is 0
        # Expected over all ways to choose: of the paths with the record's outcome the share `both /
        # hits` also has what is asked about, and of those without it likewise.
        used = self.successes * both / np.maximum(hits, 1)
        used += failures * (total - both) / np.maximum(without, 1)
        # One choice at random, too: the interval of a probability is found from counts, which must
        # be whole. NumPy refuses to draw more than there are, so draws that are excluded get
        # numbers it accepts; what comes of them is thrown away below.
        good, bad = np.where(can, both, self.trials), np.where(can, hits - both, self.trials)
        chosen = self.random.hypergeometric(good, bad, self.successes)
        good = np.where(can, total - both, self.trials)
        bad = np.where(can, without - (total - both), self.trials)
        chosen = chosen + self.random.hypergeometric(good, bad, failures)
        return np.where(can, total - used, 0.0), np.where(can, total - chosen, 0.0)
