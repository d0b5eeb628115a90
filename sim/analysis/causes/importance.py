"""How much of an outcome comes through each clause, move, event and option.

The importance of Fussell and Vesely: of the paths that reach the outcome, the share whose route
goes through the element. (J. B. Fussell, "How to hand-calculate system reliability and safety
characteristics", IEEE Trans. Reliab. R-24 (1975), 169-174.) It says what the outcome came by, not
what would happen without the element: another route may take its place, which `cuts` measures.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.causes.chains import Chains, Step
from sim.analysis.causes.routes import option_label
from sim.analysis.estimates.shares_by_draw import share_columns
from sim.analysis.statistics.resampling import significant
from sim.model.model import Model
from sim.results.level import LEVEL
from sim.results.provenance import Provenance
from sim.results.tables import RunTables

KINDS = {"treaty": "clause", "move": "move", "event": "event", "intervention": "intervention"}
OPTION = "option"


class Element(NamedTuple):
    """A clause, move, event or intervention of the file, or an option of one."""

    kind: str  # clause, treaty, move, event, intervention, option
    name: str  # the origin; of an option, origin.option


class Membership(NamedTuple):
    """Which elements the routes go through: a row a chain, a column an element."""

    elements: list[Element]  # in the order in which they are met, chain by chain
    through: NDArray[np.bool_]


def membership(found: Chains) -> Membership:
    """Every element that some route goes through."""
    known: dict[Element, int] = {}
    rows = []
    for steps in found.steps:
        names = [one for step in steps for one in _elements(found, step)]
        rows.append([known.setdefault(one, len(known)) for one in names])
    through = np.zeros((len(rows), len(known)), np.bool_)
    for row, members in enumerate(rows):
        through[row, members] = True
    return Membership(list(known), through)


def _elements(found: Chains, step: Step) -> list[Element]:
    """What a step goes through: its origin, and the option taken if that has a name."""
    option = option_label(found.model, step)
    origin = element_of(found.model, step.rank)
    return [origin, Element(OPTION, option)] if option else [origin]


def importance(
    found: Chains, results: RunTables, *, level: float = LEVEL, made: Membership | None = None
) -> pd.DataFrame:
    """One row an element that some route goes through, the largest share first.

    Columns: kind (clause, treaty, move, event, intervention, option), element (origin, or
    origin.option), n: paths that reach the outcome, hits: those whose route goes through it, share:
    hits / n (Fussell and Vesely); low, high: how the share spreads over parameter draws (missing
    unless `band` is `resolved`; draws with two such paths at least); mc_low, mc_high, mc_se: its
    sampling error, draws as clusters; band; draw and path of an example.
    """
    elements, through = made or membership(found)
    about = results.provenance
    sizes, hits = by_draw(found, through, about)
    total = hits.sum(axis=0)
    example = _examples(found, through)
    table = pd.DataFrame(
        {
            "kind": pd.Series([one.kind for one in elements], dtype="str"),
            "element": pd.Series([one.name for one in elements], dtype="str"),
            "n": np.full(len(elements), len(found.chain)),
            "hits": total,
            "share": total / max(len(found.chain), 1),
            **share_columns(hits, sizes, varies=about.interval == "nested", level=level),
            "draw": found.draw[example],
            "path": found.path[example],
        }
    )
    table = table.sort_values("hits", ascending=False, kind="stable", ignore_index=True)
    return significant(table)


def by_draw(
    found: Chains, through: NDArray[np.bool_], about: Provenance
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(draws,): how many paths each has; (draws, columns): those whose chain is marked there."""
    from scipy.sparse import coo_array

    draws, chains, row = about.draws, len(found.steps), found.draw - about.first_draw
    ones = np.ones(len(found.chain), np.int64)
    # draws times chains has mostly zeros, and may be millions
    counts = coo_array((ones, (row, found.chain)), shape=(draws, chains)).tocsr()
    hits: NDArray[np.int64] = np.asarray(counts @ through.astype(np.int64))
    return np.bincount(row, minlength=draws), hits


def _examples(found: Chains, through: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each column, the first path whose chain is marked in it."""
    first = np.full(len(found.steps), len(found.chain))
    chain, place = np.unique(found.chain, return_index=True)
    first[chain] = place
    rows: NDArray[np.int64] = np.where(through, first[:, None], len(found.chain))
    example: NDArray[np.int64] = rows.min(axis=0, initial=len(found.chain))
    return example


def element_of(model: Model, rank: int) -> Element:
    """The clause, treaty, move, event or intervention that a transition belongs to."""
    transition = model.transitions[rank]
    if transition.step == "binds":
        return Element("treaty", transition.origin)
    return Element(KINDS[transition.part], transition.origin)
