"""Which few links, cut together, would take away most of the routes to an outcome.

A link is a clause, move, event or option that routes go through. A set of links hits a path if its
route goes through at least one of them; a set is minimal if each of its links hits paths that the
others do not. Such sets are the minimal cut sets of fault trees, here weighted by the paths they
hit (Vesely and others, *Fault Tree Handbook*, NUREG-0492, 1981).

The search is exact: every set of up to three links is looked at, except where a bound rules it out
(a set hits at most as many paths as its links do one by one). Of links on the very same routes the
first met stands for all, and each link of a set has to hit a hundredth of the outcome's paths that
the others do not: what adds less is not worth naming.
"""

from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.causes.chains import Chains
from sim.analysis.causes.importance import Membership, by_draw, membership
from sim.analysis.estimates.shares_by_draw import share_columns
from sim.analysis.statistics.resampling import significant
from sim.results.level import LEVEL
from sim.results.tables import RunTables

LARGEST = 3  # links in a set
KEPT = 5  # sets of each size
LEAST = 0.01  # of the outcome's paths, that each link of a set hits and the others do not
TOGETHER = " + "  # between the links of a set, as between interventions
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class CutSet(NamedTuple):
    """Links by their columns, and how many paths they hit."""

    links: tuple[int, ...]
    hits: int


def cut_sets(
    found: Chains, results: RunTables, *, level: float = LEVEL, made: Membership | None = None
) -> pd.DataFrame:
    """The best minimal sets of one, two and three links, five of each size, the best first.

    Columns: size, links (joined by +), n: paths that reach the outcome, hits: those whose route
    goes through at least one of the links, share: hits / n, low, high, mc_low, mc_high, mc_se, band
    as in `importance`. Cutting prevents these routes; whether the outcome then comes by another
    one, `cuts` tells. As they are the best of many, their shares are a little too high for other
    paths.
    """
    elements, through = made or membership(found)
    sets = [one for size in range(1, LARGEST + 1) for one in best(through, found.paths, size)]
    marked = np.zeros((len(through), len(sets)), np.bool_)
    for column, one in enumerate(sets):
        marked[:, column] = through[:, one.links].any(axis=1)
    about = results.provenance
    sizes, hits = by_draw(found, marked, about)
    names = [TOGETHER.join(elements[link].name for link in one.links) for one in sets]
    return significant(
        pd.DataFrame(
            {
                "size": np.array([len(one.links) for one in sets], np.int64),
                "links": pd.Series(names, dtype="str"),
                "n": np.full(len(sets), len(found.chain)),
                "hits": np.array([one.hits for one in sets], np.int64),
                "share": hits.sum(axis=0) / max(len(found.chain), 1),
                **share_columns(hits, sizes, varies=about.interval == "nested", level=level),
            }
        )
    )


def best(
    through: NDArray[np.bool_],
    paths: Ints,
    size: int,
    *,
    kept: int = KEPT,
    least: float = LEAST,
) -> list[CutSet]:
    """The `kept` minimal sets of so many links that hit the most paths, the best first.

    `through` says which links (columns) each different route (rows) goes through, `paths` how many
    paths have it. Each link hits `least` of all paths, and at least one, that the others do not.
    """
    needed = max(1, ceil(least * paths.sum()))
    cover = paths @ through
    # the widest first, for the bound; the order met among equals
    order = np.argsort(-cover, kind="stable").astype(np.int64)
    links = _different(through, order[cover[order] >= needed])
    if len(links) < size:
        return []
    # routes that differ in other links only are one row with the paths of all
    rows, which = np.unique(through[:, links], axis=0, return_inverse=True)
    weight = np.bincount(which.reshape(-1), weights=paths, minlength=len(rows)).astype(np.float64)
    if size == 1:
        return [CutSet((int(link),), int(cover[link])) for link in links[:kept]]
    search = _pairs if size == 2 else _triples
    found = search(rows.astype(np.float64), weight, needed, kept)
    return [CutSet(tuple(int(links[i]) for i in one.links), one.hits) for one in found]


def _different(through: NDArray[np.bool_], order: Ints) -> Ints:
    """Of links on the very same routes, the first."""
    first: dict[bytes, int] = {}
    for link in order.tolist():
        first.setdefault(through[:, link].tobytes(), link)
    return np.array(list(first.values()), np.int64)


def _pairs(rows: Floats, weight: Floats, needed: int, kept: int) -> list[CutSet]:
    both = _hit_by_both(rows, weight)
    cover = np.diag(both)
    only = cover[:, None] - both  # hit by the row's link and not by the column's
    fit = np.triu(np.minimum(only, only.T) >= needed, 1)
    i, j = np.nonzero(fit)
    hits = cover[i] + only[j, i]
    order = np.argsort(-hits, kind="stable")[:kept]
    return [CutSet((int(i[n]), int(j[n])), int(hits[n])) for n in order]


def _triples(rows: Floats, weight: Floats, needed: int, kept: int) -> list[CutSet]:
    both = _hit_by_both(rows, weight)
    cover = np.diag(both)
    found: list[CutSet] = []
    for first in range(len(cover) - 2):
        # links come by their cover, so that no set from here on hits more than these three could
        if len(found) == kept and cover[first : first + 3].sum() <= found[-1].hits:
            break
        later = slice(first + 1, None)
        # the same among the paths that the first link leaves
        rest = _hit_by_both(rows[:, later], weight * (1 - rows[:, first]))
        own = np.diag(rest)
        only = own[:, None] - rest
        second = cover[later, None] + cover[None, later] - both[later, later]
        hits = cover[first] + own[:, None] + only.T
        fit = np.minimum(np.minimum(only, only.T), hits - second) >= needed
        j, k = np.nonzero(np.triu(fit, 1))
        order = np.argsort(-hits[j, k], kind="stable")[:kept]
        new = [(first, int(j[n]) + first + 1, int(k[n]) + first + 1) for n in order]
        found += [CutSet(one, int(hits[j[n], k[n]])) for one, n in zip(new, order, strict=True)]
        found = sorted(found, key=lambda one: (-one.hits, one.links))[:kept]
    return found


def _hit_by_both(rows: Floats, weight: Floats) -> Floats:
    """For each two links, the paths that both hit; on the diagonal those that one hits."""
    return np.asarray(rows.T @ (rows * weight[:, None]))
