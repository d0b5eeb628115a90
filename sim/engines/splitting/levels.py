"""How far a situation is from an outcome: the function whose levels split paths.

Where the situations are few, the least of the sums of -log(chance of a step) over all ways to the
outcome, taking the chance from the shares of options and from how fast each clock runs down: nearly
-log P(outcome from here). Where they are many, likewise but value by value
(sim.engines.splitting.additive). Either way only a guide: any function gives an unbiased estimate,
a good one a precise one. That an outcome cannot be reached any more is proof in both cases.
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import inf, log

import numpy as np

from sim.engines.splitting.guides import Depends, from_table, words_of
from sim.engines.splitting.layout import Guide
from sim.model.delay_sampling import ppf
from sim.model.delays import numbers
from sim.model.evaluation import Evaluator, Values
from sim.model.model import Model
from sim.reach.chain import Chain, Situation, mask, ranks, tracked
from sim.reach.draw_rates import DrawRates
from sim.reach.lookups import bounds_of

FEW = 5_000  # situations that are visited one by one
TIE = 1e-6  # a guess at the chance that two clocks are due together
SLIGHT = 1e-9  # the distance of a step that is certain
Visited = tuple[Chain, list[Situation], list[tuple[int, int, float]]]


def by_situations(
    model: Model, values: Values, draw: int, outcome: int, words: int, *, few: int = FEW
) -> Guide | None:
    """A guide for one draw where its situations are no more than `few`, else None.

    `words` are the kernel's for transitions.
    """
    found = situations(model, values, draw, few)
    if found is None:
        return None
    chain, visited, edges = found
    met = [i for i, s in enumerate(visited) if chain.look(s.state, s.marks).holds >> outcome & 1]
    far = least(len(visited), edges, met)
    # whatever has no key here is taken to be as far as the start: that only steers
    return tabled(model, dict(zip(visited, far, strict=True)), far[0], words)


def situations(model: Model, values: Values, draw: int, few: int) -> Visited | None:
    """(chain, all situations of one draw, steps between them with costs); None where too many.

    A step is (from, to, -log of a rough chance), both by position.
    """
    chain = Chain(model, bounds_of(model, [values]))
    steps = _Steps(chain, values, draw)
    # scheduled clocks are pending from the start, dates being no part of a situation here
    number = {chain.start(scheduled(chain.model)): 0}
    visited = list(number)
    edges: list[tuple[int, int, float]] = []
    for at, situation in enumerate(visited):  # grows on the way
        for after, cost in steps.of(situation):
            to = number.get(after)
            if to is None:
                to = number[after] = len(visited)
                visited.append(after)
                if to >= few:
                    return None
            edges.append((at, to, cost))
    return chain, visited, edges


def scheduled(model: Model) -> int:
    """Bit mask of the scheduled transitions whose date lies within the horizon."""
    return mask(t.at is not None and t.at <= model.horizon for t in model.transitions)


def tabled(model: Model, distances: Mapping[Situation, float], missing: float, words: int) -> Guide:
    """A guide by a distance for each situation, `missing` for those that have none."""
    marks = list(ranks(tracked(model)))
    limited = [rank for rank, t in enumerate(model.transitions) if t.limit is not None]
    clocks = mask(bool(t.on) for t in model.transitions) | scheduled(model)
    size = len(model.variables)
    keys = [
        [
            *situation.state,
            *(situation.marks >> i & 1 for i in marks),
            *(situation.counts or (0,) * len(limited)),
            *(
                number
                for word in words_of((situation.running | situation.pending) & clocks, words)
                for number in (word, 0)
            ),
        ]
        for situation in distances
    ]
    depends = Depends(
        variables=[*range(size), *(size + i for i in marks)],
        counted=limited,
        clocks=clocks,
        spent=0,
        words=words,
    )
    return from_table(
        depends, np.array(keys, np.int64), np.array(list(distances.values()), np.float64), missing
    )


def least(count: int, edges: Sequence[tuple[int, int, float]], met: Sequence[int]) -> list[float]:
    """The least sum of distances from each place to any of those that are met (Dijkstra)."""
    into: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for source, target, cost in edges:
        into[target].append((source, cost))
    far = [inf] * count
    queue: list[tuple[float, int]] = []
    for place in met:
        far[place] = 0.0
        heappush(queue, (0.0, place))
    while queue:
        so_far, place = heappop(queue)
        # an entry that a shorter way has overtaken since it was put into the queue
        if so_far > far[place]:
            continue
        for source, cost in into[place]:
            if so_far + cost < far[source]:
                far[source] = so_far + cost
                heappush(queue, (far[source], source))
    return far


class _Steps:
    """What may follow, and how unlikely each step is."""

    def __init__(self, chain: Chain, values: Values, draw: int) -> None:
        model = chain.model
        self.chain, self.horizon = chain, model.horizon
        self.rates = DrawRates(model, values, draw, dict[int, Evaluator]())
        self.dated = {
            rank
            for rank, transition in enumerate(model.transitions)
            if transition.at is not None or transition.after.kind in ("exactly", "observed", "mix")
        }
        self.typical = [
            # a date may be anywhere within the horizon, as a situation does not say what time it is
            self.horizon / 2
            if t.at is not None
            else ppf(numbers(t.after, model.names, values), 0, 0.5) / log(2)
            for t in model.transitions
        ]

    def of(self, situation: Situation) -> list[tuple[Situation, float]]:
        """(situation, -log of a rough chance) of everything that may follow."""
        chain = self.chain
        enabled = list(ranks(chain.enabled(situation)))
        paces = [self._pace(rank, situation) for rank in enabled]
        at_once = [rank for rank, pace in zip(enabled, paces, strict=True) if pace == inf]
        if at_once:  # rule 4: the first declared, unless another is due at just this moment
            before = [rank for rank in enabled if rank < at_once[0] and rank in self.dated]
            enabled, paces = [*before, at_once[0]], [*(TIE for _ in before), 1.0]
        # the horizon competes as one more clock: without it a slow clock that runs alone would be
        # certain
        whole = sum(paces) + (0.0 if at_once else 1 / self.horizon)
        found = []
        for rank, pace in zip(enabled, paces, strict=True):
            shares = self.rates.shares(rank, situation.state)
            for option, after in chain.after(situation, rank):
                chance = shares[option] if option >= 0 else shares[-1]
                if chance * pace > 0:
                    # above 0, so that of two ways the one of fewer steps is nearer
                    found.append((after, max(-log(chance * pace / whole), SLIGHT)))
        return found

    def _pace(self, rank: int, situation: Situation) -> float:
        speed = self.rates.speed(rank, situation.state)
        if self.typical[rank] <= 0:
            return inf if speed > 0 else 0.0
        return speed / self.typical[rank]
