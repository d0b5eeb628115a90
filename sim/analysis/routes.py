"""By which route: the chains of reasons that led to an outcome, most likely first."""

from collections.abc import Iterator, Sequence

import pandas as pd

from sim.engines.reference.world import Walk, World
from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.values import parameter_values
from sim.intervals import clustered
from sim.model.expressions import Evaluator, evaluator
from sim.model.model import Model
from sim.results import NOTHING
from sim.results.results import Results

COLUMNS = ["route", "probability", "low", "high", "share", "hits", "n", "draw", "path"]
ARROW = " → "
AT_ONCE = "at the start"
LIMIT = 250  # paths walked again; of more, those of the first draws


def routes(
    model: Model,
    results: Results,
    outcome: str,
    *,
    options: bool = False,
    limit: int = LIMIT,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """One row a route to the outcome, ranked by its probability.

    A route is the chain of causes of the event at which the outcome first held: the origins
    (clause, move or event of the file), oldest first, each said once, where it last stands; with
    `options`, each with the option taken. Columns: route, probability (that the outcome comes by
    this route) with low and high (sampling only), share of the paths that reach the outcome, hits,
    n, and draw and path of its first example, to replay. What holds from the start has the route
    "at the start".

    The paths are walked again from draw and number by the reference engine; when the outcome
    happened in more than `limit` paths, n is that of the first draws, which have about as many.
    Raises NotApplicable where the run kept no paths.
    """
    if results.paths is None:
        raise NotApplicable("routes: the run kept no table of paths; keep_paths=True keeps it")
    if outcome not in results.outcomes.index:
        raise UsageError(unknown("outcome", outcome, [str(o) for o in results.outcomes.index]))
    paths = results.paths[["draw", "path"]].assign(hit=results.paths[f"time.{outcome}"].notna())
    by_draw = paths.groupby("draw")["hit"].agg(["sum", "size"])
    enough = by_draw["sum"].cumsum() <= limit
    draws = by_draw[enough | (by_draw.index == by_draw.index[0])]
    reached = paths[paths["hit"] & paths["draw"].isin(draws.index)]
    found = reached[["draw", "path"]].assign(
        route=list(_routes(model, results.provenance.seed, outcome, reached, options))
    )
    rows = []
    sizes, n = draws["size"].to_numpy(), int(draws["size"].sum())
    for route, group in found.groupby("route", sort=False):
        hits = group.groupby("draw").size().reindex(draws.index, fill_value=0).to_numpy()
        estimate = (float(part) for part in clustered(hits, sizes, confidence))
        first = group.iloc[0]
        share = len(group) / len(found)
        rows.append((route, *estimate, share, len(group), n, first["draw"], first["path"]))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("hits", ascending=False, kind="stable", ignore_index=True)


def _routes(
    model: Model, seed: int, outcome: str, reached: pd.DataFrame, options: bool
) -> Iterator[str]:
    """The route of each path, in the order given."""
    world = World(model, seed)
    conditions = [evaluator(one.when.node, model.names) for one in model.outcomes]
    position = model.names.outcomes[outcome]
    pairs = reached[["draw", "path"]].to_numpy().tolist()
    draws = parameter_values(model, seed, range(max((draw + 1 for draw, _ in pairs), default=0)))
    begun = -1
    for draw, path in pairs:
        if draw != begun:
            begun = draw
            world.begin_draw(draw, draws[draw].tolist())
        walk = world.walk(path)
        last = _decided(model, walk, conditions, world.values, position)
        yield ARROW.join(_chain(model, walk, last, options)) or AT_ONCE


def _decided(
    model: Model,
    walk: Walk,
    conditions: Sequence[Evaluator],
    values: Sequence[float],
    position: int,
) -> int:
    """Which firing made the outcome hold; -1 if it held from the start.

    The time alone does not tell, as several things may fire at one instant.
    """
    marks = [False] * len(conditions)
    states = [model.start_state, *(firing.state for firing in walk.firings)]
    for seq, state in enumerate(states, start=-1):
        for i in model.outcome_order:
            marks[i] = marks[i] or bool(conditions[i](state, values, marks))
        if marks[position]:
            return seq
    raise AssertionError(f"path without {model.outcomes[position].name}")


def _chain(model: Model, walk: Walk, last: int, options: bool) -> list[str]:
    """Origins from the oldest cause to the deciding event."""
    steps: list[str] = []
    while last >= 0:
        firing = walk.firings[last]
        transition = model.transitions[firing.rank]
        step = transition.origin
        if options and firing.option != NOTHING and transition.options[firing.option].name:
            step = f"{step}.{transition.options[firing.option].name}"
        if step not in steps:
            steps.append(step)
        last = firing.cause
    return steps[::-1]
