"""How far a situation is from an outcome: the function whose levels split paths.

Where the situations are few, the least of the sums of -log(chance of a step) over all ways to the
outcome, taking the chance from the shares of options and from how fast each clock runs down: nearly
-log P(outcome from here). Where they are many, likewise but value by value
(sim.engines.splitting.additive). Either way only a guide: any function gives an unbiased estimate,
a good one a precise one. That an outcome cannot be reached any more is proof in both cases.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf, log

from sim.engines.splitting.additive import by_values
from sim.engines.splitting.walker import Walker
from sim.model.delay_sampling import ppf
from sim.reach.chain import Situation, mask, ranks

FEW = 20_000  # situations that are visited one by one
TIE = 1e-6  # a guess at the chance that two clocks are due together
SLIGHT = 1e-9  # the distance of a step that is certain
Distance = Callable[[Situation], float]


def distance(walker: Walker, outcome: int, *, few: int = FEW) -> Distance:
    """A closure situation -> distance to the outcome; infinite where it is out of reach."""
    return _exhaustive(walker, outcome, few) or by_values(walker.chain, walker.bounds, outcome)


def _exhaustive(walker: Walker, outcome: int, few: int) -> Distance | None:
    chain, steps = walker.chain, _Steps(walker)
    due = mask(t.at is not None and t.at <= chain.model.horizon for t in chain.model.transitions)
    number = {chain.start(due): 0}
    situations = list(number)
    edges: list[tuple[int, int, float]] = []
    for at, situation in enumerate(situations):  # grows on the way
        for after, cost in steps.of(situation):
            to = number.get(after)
            if to is None:
                to = number[after] = len(situations)
                situations.append(after)
                if to >= few:
                    return None
            edges.append((at, to, cost))
    met = [i for i, s in enumerate(situations) if chain.look(s.state, s.marks).holds >> outcome & 1]
    far = least(len(situations), edges, met)
    return lambda situation: float(far[number[situation]]) if situation in number else far[0]


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
        if so_far > far[place]:
            continue
        for source, cost in into[place]:
            if so_far + cost < far[source]:
                far[source] = so_far + cost
                heappush(queue, (far[source], source))
    return far


class _Steps:
    """What may follow, and how unlikely each step is."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.horizon = walker, walker.model.horizon
        self.dated = {
            rank
            for rank, transition in enumerate(walker.model.transitions)
            if transition.at is not None or transition.after.kind in ("exactly", "observed", "mix")
        }
        self.typical = [
            self.horizon / 2 if t.at is not None else ppf(row, 0, 0.5) / log(2)
            for t, row in zip(walker.model.transitions, walker.rows, strict=True)
        ]

    def of(self, situation: Situation) -> list[tuple[Situation, float]]:
        """(situation, -log of a rough chance) of everything that may follow."""
        chain = self.walker.chain
        enabled = list(ranks(chain.enabled(situation)))
        paces = [self._pace(rank, situation) for rank in enabled]
        at_once = [rank for rank, pace in zip(enabled, paces, strict=True) if pace == inf]
        if at_once:  # rule 4: the first declared, unless another is due at just this moment
            before = [rank for rank in enabled if rank < at_once[0] and rank in self.dated]
            enabled, paces = [*before, at_once[0]], [*(TIE for _ in before), 1.0]
        whole = sum(paces) + (0.0 if at_once else 1 / self.horizon)
        found = []
        for rank, pace in zip(enabled, paces, strict=True):
            shares = self.walker.rates.shares(rank, situation.state)
            for option, after in chain.after(situation, rank):
                chance = shares[option] if option >= 0 else shares[-1]
                if chance * pace > 0:
                    found.append((after, max(-log(chance * pace / whole), SLIGHT)))
        return found

    def _pace(self, rank: int, situation: Situation) -> float:
        speed = self.walker.rates.speed(rank, situation.state)
        if self.typical[rank] <= 0:
            return inf if speed > 0 else 0.0
        return speed / self.typical[rank]
