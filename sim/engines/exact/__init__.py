"""Probabilities without sampling: a continuous-time Markov chain, solved with an error bound.

Applicable where every delay is exponential or none. Situations (sim.reach.chain) are explored once
for all draws that read guards alike, those that take no time are eliminated, and uniformisation
carries the rest from date to date. Sampling engines are checked against this one. Dates and means
are on the grid of 2**-20 s as theirs are; waits, which they round to it, are not rounded here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from sim.engines.exact.draws import Graphs
from sim.engines.exact.generator_matrix import Floats, Flow, flow
from sim.engines.exact.graph import DROPPED, Bools, Graph
from sim.engines.exact.transient import pass_time
from sim.model.model import Model
from sim.model.transitions import NOTHING

MOST_SITUATIONS = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """Probabilities in one draw; the true value is within `error` of each.

    `error` bounds truncation and rounding, not what the parameters leave open.
    """

    outcomes: Floats  # (outcomes,): happened by the horizon
    outcome_error: Floats
    endings: Floats  # (endings,)
    ending_error: Floats
    curves: Floats  # (times, outcomes): happened by then
    rungs: Floats  # (times, levels of all ladder variables in order): there then
    fired: Bools  # (transitions,): whether it may, in this draw
    taken: Bools  # (options of all transitions in order,): likewise
    situations: int  # in which time passes


def solve(
    model: Model,
    values: NDArray[np.float64],
    *,
    times: Sequence[float] | NDArray[np.float64] = (),
    limit: int = MOST_SITUATIONS,
) -> Iterator[Exact]:
    """Solve the model in one draw after another: a row of `values` each, a column a parameter.

    `times` in seconds, ascending, within the horizon. NotApplicable, with the reason, where a
    delay is neither exponential nor none, or a chain has more than `limit` situations.
    """
    moments = np.asarray(times, dtype=np.float64)
    graphs = Graphs(model, np.asarray(values, dtype=np.float64), limit)
    for draw in range(len(values)):
        yield _solved(model, *graphs.of(draw), moments)


def _solved(model: Model, graph: Graph, weights: Floats, times: Floats) -> Exact:
    """One draw: what can be read off the chain itself, then outcome by outcome."""
    # An outcome that stays once it holds is read off the situation at the end, all in one run. Any
    # other has to be caught when it is first met: a run of its own, in which it absorbs.
    lasting = _lasting(graph)
    here = ~graph.vanishing
    endings = graph.ending[here, None] == np.arange(len(model.endings))
    rungs = _rungs(model, graph)
    ends = np.cumsum([lasting.sum(), endings.shape[1]])
    columns = np.hstack([graph.holds[here][:, lasting], endings, rungs]).astype(np.float64)
    chain = flow(model, graph, weights)
    _, read, error = _run(chain, times, columns)
    hold, ended, at_rung = np.split(read, ends, axis=1)
    # row i: at the i-th time asked for; the last row: at the horizon
    curves = np.zeros((len(times) + 1, len(model.outcomes)))
    errors = np.zeros(len(model.outcomes))
    curves[:, lasting] = hold
    errors[lasting] = _bound(error, hold[-1])
    for i in np.flatnonzero(~lasting):
        # the same graph, with all that enters a situation where the outcome holds taken out of the
        # chain
        first = flow(model, graph, weights, graph.holds[:, i])
        met, _, error = _run(first, times, np.zeros((first.size, 0)))
        curves[:, i] = met
        errors[i] = _bound(error, met[-1:])[0]
    fired, taken = _ever(model, graph, weights)
    return Exact(
        outcomes=curves[-1],
        outcome_error=errors,
        endings=ended[-1],
        ending_error=_bound(error, ended[-1]),
        curves=curves[:-1],
        rungs=at_rung[:-1],
        fired=fired,
        taken=taken,
        situations=chain.size,
    )


def _rungs(model: Model, graph: Graph) -> Bools:
    """(situations in which time passes, levels of all ladder variables): which is at which."""
    ladders = [(at, v.size) for at, v in enumerate(model.variables) if v.ladder is not None]
    # only where time passes: at any time asked for no path is elsewhere
    states = [
        s.state for s, gone in zip(graph.situations, graph.vanishing, strict=True) if not gone
    ]
    if not ladders:
        return np.zeros((len(states), 0), dtype=np.bool_)
    table = np.array(states)
    return np.hstack([table[:, [at]] == np.arange(size) for at, size in ladders])


def _ever(model: Model, graph: Graph, weights: Floats) -> tuple[Bools, Bools]:
    """The transitions that have a probability above 0 to fire, the options to be taken."""
    count = len(graph.situations)
    # a date leads from one situation to another as a step does, and is not among the weights
    dates = [(source, target) for _, source, target in graph.dates]
    source = np.concatenate([graph.source[weights > 0], *(pair[0] for pair in dates)])
    target = np.concatenate([graph.target[weights > 0], *(pair[1] for pair in dates)])
    links = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(count, count))
    # situations with a positive probability in this draw: a step of weight 0 leads nowhere
    met = np.zeros(count, dtype=np.bool_)
    met[csgraph.breadth_first_order(links, 0, return_predecessors=False)] = True
    use = (weights > 0) & met[graph.source] & (graph.option != DROPPED)
    fired = np.zeros(len(model.transitions), dtype=np.bool_)
    fired[graph.rank[use]] = True
    sizes = [len(transition.options) for transition in model.transitions]
    first = np.cumsum([0, *sizes])
    taken = np.zeros(first[-1], dtype=np.bool_)
    # `nothing` is a firing, but no option
    use &= graph.option != NOTHING
    taken[first[graph.rank[use]] + graph.option[use]] = True
    return fired, taken


def _lasting(graph: Graph) -> Bools:
    """Outcomes that hold for good once they hold: they can be read off the state."""
    # by the steps of all draws that share the graph, whatever weight they have in this one
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
    # all mass starts in situation 0; between two dates the chain runs by itself
    mass, gone = chain.enter(np.zeros(1, dtype=np.int64), np.ones(1))
    absolute = relative = 0.0
    borders = [0.0, *(date for date, _, _ in graph.dates), horizon]
    for i, (begin, end) in enumerate(pairwise(borders)):
        # a time at a date is asked after it: what happens there counts, as in the sampling engines;
        # the last piece has the horizon as well
        asked = np.flatnonzero((times >= begin) & ((times < end) | (i == len(borders) - 2)))
        piece = pass_time(chain, mass, end - begin, (times[asked] - begin).tolist(), columns)
        met[asked] = gone + piece.met
        read[asked] = piece.read
        gone += piece.met_after
        mass = piece.after
        absolute, relative = absolute + piece.error, relative + piece.rounding
        if i < len(graph.dates):
            _, source, target = graph.dates[i]
            # situations on which a date acts, taken out of where they were and put in again behind
            # it
            came = mass[chain.tangible[source]]
            staying = mass.copy()
            staying[chain.tangible[source]] = 0.0  # stopped: no date changes anything
            mass, more = chain.enter(target, came)
            mass, gone = mass + staying, gone + more
    met[-1] = gone
    read[-1] = mass @ columns
    return met, read, (absolute, relative)
