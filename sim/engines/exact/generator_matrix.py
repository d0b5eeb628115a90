"""One draw's generator, its vanishing situations eliminated.

A step that takes no time is followed until time can pass again: rates into vanishing situations
are spread over where these lead (stochastic complement, summed as R (1 + P + P^2 + ...) V: no term
is negative, so nothing is lost by cancellation; without circles the sum ends by itself).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sim.engines.exact.graph import Bools, Graph
from sim.errors import RunError
from sim.model.failures import FIRINGS_AT_ONE_INSTANT, endless, in_words
from sim.model.model import Model

Floats = NDArray[np.float64]
LEFT_OVER = 1e-17  # share of the flow still going round in a circle that is let go


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Rates a second between tangible situations, given as weights of the steps of a graph.

    With `met`, whatever enters one of these situations, vanishing or not, has met the outcome and
    leaves the chain; `hits` is the rate at which it does.
    """

    model: Model
    graph: Graph
    weights: Floats
    tangible: NDArray[np.int64]  # number in the chain of a situation; of a vanishing one: its own
    size: int  # of the chain
    within: Any  # vanishing -> vanishing
    out: Any  # vanishing -> tangible
    out_hits: Floats
    between: Any  # tangible -> tangible, the vanishing ones eliminated; no diagonal
    hits: Floats
    met: Bools

    def settle(self, vanishing: Floats) -> tuple[Floats, float]:
        """Mass on vanishing situations follows its steps: (mass on tangible ones, mass met)."""
        mass = np.zeros(self.size)
        hits = 0.0
        # each round follows every step once; the limit is that of the other engines (rule 4)
        for _ in range(FIRINGS_AT_ONE_INSTANT + 1):
            if not vanishing.any():
                return mass, hits
            mass += vanishing @ self.out  # what has come to where time passes stays there
            hits += float(vanishing @ self.out_hits)
            vanishing = np.asarray(vanishing @ self.within)
            if vanishing.sum() <= LEFT_OVER:
                return mass, hits
        raise _circle(self.model, self.graph, self.weights, vanishing)

    def enter(self, situations: NDArray[np.int64], mass: Floats) -> tuple[Floats, float]:
        """Mass put into these situations, after all that is due at once: as `settle`."""
        met = self.met[situations]
        vanishing = np.zeros(self.within.shape[0])
        settled = np.zeros(self.size)
        gone = self.graph.vanishing[situations]
        # add.at, as several situations may go to one place: `+=` would keep only the last of them
        np.add.at(vanishing, self.tangible[situations[gone & ~met]], mass[gone & ~met])
        np.add.at(settled, self.tangible[situations[~gone & ~met]], mass[~gone & ~met])
        more, hits = self.settle(vanishing)
        return settled + more, hits + float(mass[met].sum())


class _Blocks:
    """The steps of a graph that count, cut up by whether they lead from and to vanishing ones."""

    def __init__(self, graph: Graph, weights: Floats, met: Bools) -> None:
        gone, source, target = graph.vanishing, graph.source, graph.target
        self.place = np.where(gone, np.cumsum(gone) - 1, np.cumsum(~gone) - 1)
        self.size = {True: int(gone.sum()), False: int((~gone).sum())}
        self._from, self._to = self.place[source], self.place[target]
        self._from_gone, self._to_gone, self._into = gone[source], gone[target], met[target]
        # from where the outcome is met nothing leads on: that mass has left the chain
        self._weights, self._counted = weights, (weights > 0) & ~met[source]

    def between(self, from_gone: bool, to_gone: bool) -> Any:
        """Weights of the steps, without those that meet the outcome."""
        use = self._counted & (self._from_gone == from_gone) & (self._to_gone == to_gone)
        # what enters such a situation is counted by `hits`
        use &= ~self._into
        return sparse.csr_array(
            (self._weights[use], (self._from[use], self._to[use])),
            shape=(self.size[from_gone], self.size[to_gone]),
        )

    def hits(self, from_gone: bool) -> Floats:
        """From each situation, the weights of the steps that meet the outcome."""
        use = self._counted & (self._from_gone == from_gone) & self._into
        rates = np.zeros(self.size[from_gone])
        np.add.at(rates, self._from[use], self._weights[use])
        return rates


def flow(model: Model, graph: Graph, weights: Floats, met: Bools | None = None) -> Flow:
    """The chain of one draw: `weights` holds rate x share, or share, of every step of the graph."""
    if met is None:
        met = np.zeros(len(graph.situations), dtype=np.bool_)
    blocks = _Blocks(graph, weights, met)
    within, out = blocks.between(True, True), blocks.between(True, False)
    between, moving = blocks.between(False, False), blocks.between(False, True)
    out_hits, hits = blocks.hits(True), blocks.hits(False)
    # R (1 + P + P^2 + ...) V, term by term: `moving` is R P^k
    whole = float(moving.sum())
    for _ in range(FIRINGS_AT_ONE_INSTANT + 1):
        # without circles the first holds in the end; with one, the flow in it shrinks by a share a
        # round
        if moving.nnz == 0 or moving.sum() <= LEFT_OVER * whole:
            break
        between = between + moving @ out
        hits = hits + moving @ out_hits
        moving = moving @ within
    else:
        raise _circle(model, graph, weights, np.asarray(moving.sum(axis=0)).ravel())
    between.setdiag(0.0)  # a step back to where it came from changes nothing
    between.eliminate_zeros()
    return Flow(
        model=model,
        graph=graph,
        weights=weights,
        tangible=blocks.place,
        size=blocks.size[False],
        within=within,
        out=out,
        out_hits=out_hits,
        between=between,
        hits=hits,
        met=met,
    )


def _circle(model: Model, graph: Graph, weights: Floats, vanishing: Floats) -> RunError:
    """The error that names a circle of firings that take no time, by its most likely steps."""
    at = int(np.flatnonzero(graph.vanishing)[int(np.argmax(vanishing))])
    state = graph.situations[at].state
    names: list[str] = []
    # long enough to go round a circle twice: by that `endless` knows it
    while graph.vanishing[at] and len(names) < 200:
        steps = np.flatnonzero(graph.source == at)
        step = steps[int(np.argmax(weights[steps]))]
        names.append(model.transitions[graph.rank[step]].name)
        at = int(graph.target[step])
    return endless(names, f"state: {in_words(model, state)}")
