"""Probabilities without sampling: a continuous-time Markov chain, solved with an error bound.

Applicable where every delay is exponential or none. Situations (sim.model.chain) are explored once
for all draws that read guards alike, those that take no time are eliminated, and uniformisation
carries the rest from date to date. Sampling engines are checked against this one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.engines.exact.flow import Floats, Flow, flow
from sim.engines.exact.graph import Bools, Graph, explore
from sim.engines.exact.odds import Odds
from sim.engines.exact.transient import Piece, pass_time
from sim.errors import NotApplicable
from sim.model.delays import Delay
from sim.model.expressions import Evaluator, Values, evaluator, parameters_read
from sim.model.model import Model
from sim.model.reachability import decisive, reach
from sim.model.verdicts import Known

MOST_SITUATIONS = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """Probabilities, one row a draw; the true value is within `error` of each.

    `error` bounds truncation and rounding, not what the parameters leave open.
    """

    outcomes: Floats  # (draws, outcomes): happened by the horizon
    outcome_error: Floats
    endings: Floats  # (draws, endings)
    ending_error: Floats
    times: Floats  # seconds, ascending
    curves: Floats  # (draws, times, outcomes): happened by then
    situations: NDArray[np.int64]  # a draw: situations in which time passes


def solve(
    model: Model,
    values: NDArray[np.float64],
    *,
    times: Sequence[float] = (),
    limit: int = MOST_SITUATIONS,
) -> Exact:
    """Solve the model in every draw: `values` has a row a draw, a column a parameter.

    `times` in seconds, ascending, within the horizon. NotApplicable, with the reason, where a
    delay is neither exponential nor none or the chain has more than `limit` situations.
    """
    moments = np.asarray(times, dtype=np.float64)
    draws, outcomes = len(values), len(model.outcomes)
    found = Exact(
        outcomes=np.zeros((draws, outcomes)),
        outcome_error=np.zeros((draws, outcomes)),
        endings=np.zeros((draws, len(model.endings))),
        ending_error=np.zeros((draws, len(model.endings))),
        times=moments,
        curves=np.zeros((draws, len(moments), outcomes)),
        situations=np.zeros(draws, dtype=np.int64),
    )
    closures: dict[int, Evaluator] = {}
    for alike, graph in graphs(model, values, limit=limit):
        for draw in alike:
            weights = step_weights(graph, Odds(model, values[draw], draw, closures))
            _solve(model, graph, weights, found, draw)
    return found


def graphs(
    model: Model, values: NDArray[np.float64], *, limit: int = MOST_SITUATIONS
) -> Iterator[tuple[list[int], Graph]]:
    """(draws, the situations they share): draws that read guards and conditions alike."""
    can_start = reach(model, limit=0).started
    at = model.names.parameters
    reads = [*decisive(model)]
    for transition, can in zip(model.transitions, can_start, strict=True):
        if can and transition.at is None and transition.after.kind != "exponential":
            reads += [n for a in transition.after.arguments for n in parameters_read(a.node)]
            reads += parameters_read(transition.speed.node) if transition.speed else ()
    columns = [at[name] for name in dict.fromkeys(reads)]
    alike: dict[tuple[float, ...], list[int]] = {}
    for draw, row in enumerate(values):
        alike.setdefault(tuple(row[columns].tolist()), []).append(draw)
    for draws in alike.values():
        immediate = _immediate(model, can_start, values[draws[0]])
        yield draws, explore(model, known(model, values[draws]), immediate, limit)


def known(model: Model, values: NDArray[np.float64]) -> Known:
    """What these draws have in common."""
    box, ranges = {}, {}
    for parameter, column in zip(model.parameters, values.T, strict=True):
        if parameter.distribution.kind == "choices":
            box[parameter.name] = sum(1 << value for value in {int(v) for v in column})
        else:
            ranges[parameter.name] = (float(column.min()), float(column.max()))
    return Known(values[0].tolist(), box, ranges)


def step_weights(graph: Graph, odds: Odds) -> Floats:
    """Rate x share (or share, where no time passes) of every step, in one draw."""
    rates = np.array([odds.rate(*example) for example in graph.rates] or [0.0])
    shares = np.array([s for example in graph.choices for s in odds.shares(*example)] or [0.0])
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
        return evaluator(delay.arguments[0].node, model.names)((), values, ()) == 0
    return delay.kind == "immediate"


def _solve(model: Model, graph: Graph, weights: Floats, found: Exact, draw: int) -> None:
    """Fill in one draw: what can be read off the chain itself, then outcome by outcome."""
    lasting = _lasting(graph)
    tangible = ~graph.vanishing
    ends = graph.ending[tangible, None] == np.arange(len(model.endings))
    columns = np.hstack([graph.holds[tangible][:, lasting], ends]).astype(np.float64)
    chain = flow(model, graph, weights)
    _, read, error = _run(chain, found.times, columns)
    found.situations[draw] = chain.size
    at = np.flatnonzero(lasting)
    found.outcomes[draw, at] = read[-1, : len(at)]
    found.curves[draw][:, at] = read[:-1, : len(at)]
    found.outcome_error[draw, at] = _bound(error, read[-1, : len(at)])
    found.endings[draw] = read[-1, len(at) :]
    found.ending_error[draw] = _bound(error, read[-1, len(at) :])
    for i in np.flatnonzero(~lasting):
        chain = flow(model, graph, weights, graph.holds[:, i])
        met, _, error = _run(chain, found.times, np.zeros((chain.size, 0)))
        found.outcomes[draw, i] = met[-1]
        found.curves[draw, :, i] = met[:-1]
        found.outcome_error[draw, i] = _bound(error, met[-1])


def _lasting(graph: Graph) -> Bools:
    """Outcomes that hold for good once they hold: they can be read off the state."""
    lost = graph.holds[graph.source] & ~graph.holds[graph.target]
    lasting = ~lost.any(axis=0)
    for _, source, target in graph.dates:
        lasting &= ~(graph.holds[source] & ~graph.holds[target]).any(axis=0)
    return np.asarray(lasting)


def _bound(error: tuple[float, float], probability: Floats) -> Floats:
    absolute, relative = error
    return np.asarray(absolute + relative * np.abs(probability))


def _run(chain: Flow, times: Floats, columns: Floats) -> tuple[Floats, Floats, tuple[float, float]]:
    """(met, read, (absolute, relative error)) at each of the times, and last at the horizon."""
    horizon, graph = chain.model.horizon, chain.graph
    met = np.zeros(len(times) + 1)
    read = np.zeros((len(times) + 1, columns.shape[1]))
    mass, gone = chain.enter(np.zeros(1, dtype=np.int64), np.ones(1))
    absolute = relative = 0.0
    borders = [0.0, *(date for date, _, _ in graph.dates), horizon]
    for i, (begin, end) in enumerate(pairwise(borders)):
        asked = np.flatnonzero((times >= begin) & ((times < end) | (i == len(borders) - 2)))
        piece: Piece = pass_time(chain, mass, end - begin, (times[asked] - begin).tolist(), columns)
        met[asked] = gone + piece.met
        read[asked] = piece.read
        gone += piece.met_after
        mass = piece.after
        absolute, relative = absolute + piece.error, relative + piece.rounding
        if i < len(graph.dates):
            _, source, target = graph.dates[i]
            came = mass[chain.tangible[source]]
            staying = mass.copy()
            staying[chain.tangible[source]] = 0.0  # stopped: no date changes anything
            mass, more = chain.enter(target, came)
            mass, gone = mass + staying, gone + more
    met[-1] = gone
    read[-1] = mass @ columns
    return met, read, (absolute, relative)
