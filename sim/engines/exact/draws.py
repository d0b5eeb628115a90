"""From rows of parameter values to graphs and weights: what draws have in common, and what not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.exact.generator_matrix import Floats
from sim.engines.exact.graph import Graph, explore
from sim.errors import NotApplicable
from sim.model.delays import Delay
from sim.model.evaluation import Evaluator, Values, evaluator
from sim.model.expressions import parameters_read
from sim.model.model import Model
from sim.model.time_grid import on_grid
from sim.reach.draw_rates import DrawRates
from sim.reach.lookups import bounds_of
from sim.reach.reachability import decisive, reach


class Graphs:
    """The graph of each draw: one for all draws that read guards and conditions alike."""

    def __init__(self, model: Model, values: NDArray[np.float64], limit: int) -> None:
        self.model, self.values, self.limit = model, values, limit
        # a clock that can never start may have any delay
        self._can_start = reach(model, limit=0).started
        # What decides the shape of the graph: parameters in guards and conditions, and those that
        # decide whether a delay is none. All others only change the weights of its steps.
        reads = [*decisive(model)]
        for transition, can in zip(model.transitions, self._can_start, strict=True):
            if can and transition.at is None and transition.after.kind != "exponential":
                reads += [n for a in transition.after.arguments for n in parameters_read(a.node)]
                reads += parameters_read(transition.speed.node) if transition.speed else ()
        columns = [model.names.parameters[name] for name in dict.fromkeys(reads)]
        # as floats: draws are alike only if these values are the very same
        self._alike = [tuple(row) for row in values[:, columns].tolist()]
        self._graphs: dict[tuple[float, ...], Graph] = {}
        self._closures: dict[int, Evaluator] = {}
        _immediate(model, self._can_start, values[0])  # not applicable: say so at once

    def of(self, draw: int) -> tuple[Graph, Floats]:
        """(graph, rate x share, or share where no time passes, of each of its steps)."""
        key = self._alike[draw]
        graph = self._graphs.get(key)
        if graph is None:
            # explored for all draws of this shape at once: an option counts if any of them takes it
            alike = self.values[[other == key for other in self._alike]]
            immediate = _immediate(self.model, self._can_start, alike[0])
            graph = explore(
                self.model, bounds_of(self.model, alike.tolist()), immediate, self.limit
            )
            self._graphs[key] = graph
        rates = DrawRates(self.model, self.values[draw].tolist(), draw, self._closures)
        return graph, step_weights(graph, rates)


def step_weights(graph: Graph, draw: DrawRates) -> Floats:
    """Rate x share (or share, where no time passes) of every step, in one draw."""
    # never empty, since position -1 below has to find something to read
    rates = np.array([draw.rate(*example) for example in graph.rates] or [0.0])
    shares = np.array([s for example in graph.choices for s in draw.shares(*example)] or [0.0])
    # position -1 reads the last number, which `where` then drops
    rate = np.where(graph.rate >= 0, rates[graph.rate], 1.0)
    return np.where(graph.share >= 0, shares[graph.share], 1.0) * rate


def _immediate(model: Model, can_start: Sequence[bool], values: Values) -> int:
    """Mask of the transitions without delay; NotApplicable if one has another delay."""
    immediate, others = 0, []
    for rank, transition in enumerate(model.transitions):
        if transition.at is not None or not can_start[rank]:
            continue
        if _none(transition.after, model, values):
            immediate |= 1 << rank
        elif transition.after.kind != "exponential":
            others.append(f"{transition.name} ({transition.after.text or transition.after.kind})")
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        raise NotApplicable(
            f"not applicable, because these delays are neither exponential nor none: "
            f"{', '.join(others[:3])}{more}"
        )
    return immediate


def _none(delay: Delay, model: Model, values: Values) -> bool:
    if delay.kind == "exactly":
        value = evaluator(delay.arguments[0].node, model.names)((), values, ())
        # a delay below half a step of the grid takes no time in the sampling engines either
        return on_grid(float(value)) == 0
    return delay.kind == "immediate"
