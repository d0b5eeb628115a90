"""Back to front through a chain of situations: one actor's best choices, instant by instant.

A Markov decision process in continuous time with a finite horizon, solved by backward induction
(Puterman 1994, ch. 4 and 11): the time is cut into pieces, in each of which the actor keeps to the
choices that are best at the piece's end; what they come to over the piece is exact, the action of
a matrix exponential. So the value found is that of a policy that can be followed, never more than
the optimum, and rises to it as the pieces shrink.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import expm_multiply

from sim.decisions.view import is_choice
from sim.engines.exact.draws import Graphs
from sim.engines.exact.generator_matrix import flow
from sim.engines.exact.graph import Graph
from sim.errors import NotApplicable
from sim.model.model import Model

# fewer than the exact engine takes: that goes through time once, this piece by piece
MOST_SITUATIONS = 20_000

Floats = NDArray[np.float64]
Choices = tuple[int, ...]  # of each group of steps, the one that is taken


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of time in which the actor's choices do not change; seconds."""

    start: float
    choices: Choices
    values: Floats  # of every situation at its end


class Backward:
    """The chain of a model in which one actor chooses; values are those of one outcome."""

    def __init__(
        self, model: Model, values: Floats, actor: str, outcome: str, *, more: bool
    ) -> None:
        self.model, self.sign = model, 1.0 if more else -1.0
        self.graph, self.weights = Graphs(model, values, MOST_SITUATIONS).of(0)
        self.met = self.graph.holds[:, model.names.outcomes[outcome]]
        self.groups = _groups(self.graph, self.weights, model, actor)
        self._of_source: dict[int, list[int]] = {}
        for step in np.flatnonzero(self.weights > 0).tolist():
            self._of_source.setdefault(int(self.graph.source[step]), []).append(step)
        self._group_at = {int(self.graph.source[g[0]]): i for i, g in enumerate(self.groups)}
        self._order = self._settling()
        # the same choices are best over many pieces, and a generator takes long to make
        self._exponents: dict[Choices, sparse.csr_array] = {}

    def solve(self, steps: int) -> tuple[float, list[Piece]]:
        """(probability of the outcome from the start, the pieces in order of time)."""
        horizon, dates = self.model.horizon, {time: pair for time, *pair in self.graph.dates}
        # What happens on a date must not be averaged over a piece around it.
        borders = [0.0, *dates, horizon]
        pieces: list[Piece] = []
        values = self.met.astype(np.float64)
        # back to front: what a choice is worth is known from what comes after it
        for start, end in reversed(list(pairwise(borders))):
            # each stretch between dates its share of the instants, at least one
            count = max(1, ceil(steps * (end - start) / horizon))
            for k in reversed(range(count)):
                at_end, choices = self._best(values)
                begins = start + (end - start) * k / count
                pieces.append(Piece(start=begins, choices=choices, values=at_end))
                values = self._earlier(at_end, choices, (end - start) / count)
            # what is due on a date happens in the piece that begins there
            values = self._settled(values, pieces[-1].choices)
            if start in dates:
                source, target = dates[start]
                before = values.copy()
                before[source] = values[target]
                values = before
        return float(values[0]), pieces[::-1]

    def worth(self, values: Floats, step: int) -> float:
        """How good a step is: the value it leads to, or of what is not wanted its negative."""
        return self.sign * float(values[self.graph.target[step]])

    def _best(self, values: Floats) -> tuple[Floats, Choices]:
        """The best choices, and the values of situations in which no time passes under them."""
        settled = self._settled(values, None)
        best = (max(group, key=lambda step: self.worth(settled, step)) for group in self.groups)
        return settled, tuple(best)

    def _settled(self, values: Floats, choices: Choices | None) -> Floats:
        """The values, with those of situations in which no time passes worked out anew."""
        found = values.copy()
        for at in self._order:
            group = self._group_at.get(at)
            if self.met[at]:
                # The outcome counts once it has come, whatever follows.
                found[at] = 1.0
            elif group is None:
                steps = self._of_source[at]
                found[at] = sum(
                    float(self.weights[step] * found[self.graph.target[step]]) for step in steps
                )
            else:
                worth = [self.worth(found, step) for step in self.groups[group]]
                best = self.groups[group][int(np.argmax(worth))]
                step = best if choices is None else choices[group]
                found[at] = found[self.graph.target[step]]
        return found

    def _earlier(self, values: Floats, choices: Choices, duration: float) -> Floats:
        """The values of situations in which time passes, so much earlier."""
        tangible = ~self.graph.vanishing
        inside = np.where(self.met, 0.0, values)[tangible]
        # the last number is the outcome itself: a rate into it adds to the probability
        after = expm_multiply(self._exponent(choices) * duration, np.append(inside, 1.0))
        found = values.copy()
        found[tangible] = np.where(self.met[tangible], 1.0, after[:-1])
        return found

    def _exponent(self, choices: Choices) -> sparse.csr_array:
        """The generator under some choices, with the outcome as a last, absorbing situation."""
        if choices not in self._exponents:
            weights = self.weights.copy()
            for group, step in zip(self.groups, choices, strict=True):
                # rate and share together: the option that is taken gets the rate of the whole
                # choice
                whole = weights[list(group)].sum()
                weights[list(group)] = 0.0
                weights[step] = whole
            chain = flow(self.model, self.graph, weights, self.met)
            # Rows of a generator sum to 0: what leaves is what arrives elsewhere, or in the
            # outcome.
            leaving = np.asarray(chain.between.sum(axis=1)).ravel() + chain.hits
            rates = sparse.csr_array(chain.between - sparse.diags_array(leaving))
            column = sparse.csr_array(chain.hits.reshape(-1, 1))
            rows = [[rates, column], [sparse.csr_array((1, chain.size)), sparse.csr_array((1, 1))]]
            self._exponents[choices] = sparse.csr_array(sparse.block_array(rows))
        return self._exponents[choices]

    def _settling(self) -> list[int]:
        """The situations in which no time passes, each behind those it leads to."""
        gone, order, done = self.graph.vanishing, list[int](), set[int]()
        for start in np.flatnonzero(gone).tolist():
            # A stack of its own instead of calls: chains of instant events may be longer than
            # Python's calls can be deep.
            stack: list[tuple[int, Iterator[int]]] = [(start, self._next(start))]
            under_way = {start}
            while stack and start not in done:
                at, follow = stack[-1]
                following = next((one for one in follow if gone[one] and one not in done), None)
                if following is None:
                    stack.pop()
                    order.append(at)
                    done.add(at)
                elif following in under_way:
                    raise NotApplicable("optimum: things that take no time go round in a circle")
                else:
                    under_way.add(following)
                    stack.append((following, self._next(following)))
        return order

    def _next(self, at: int) -> Iterator[int]:
        return iter(self.graph.target[self._of_source.get(at, [])].tolist())


def _groups(graph: Graph, weights: Floats, model: Model, actor: str) -> tuple[tuple[int, ...], ...]:
    """The steps that are options of one choice of the actor, in the order of the file."""
    own = {r for r, t in enumerate(model.transitions) if t.actor == actor and is_choice(t)}
    found: dict[tuple[int, int], list[int]] = {}
    for step in np.flatnonzero((weights > 0) & (graph.option >= 0)).tolist():
        if int(graph.rank[step]) in own:
            found.setdefault((int(graph.source[step]), int(graph.rank[step])), []).append(step)
    # A single step is no choice.
    return tuple(tuple(group) for group in found.values() if len(group) > 1)
