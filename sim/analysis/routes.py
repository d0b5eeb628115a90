"""By which route: the chains of reasons that led to an outcome, most likely first."""

from collections.abc import Iterator, Sequence

import pandas as pd

from sim.analysis.intervals import LEVEL, clustered
from sim.engines.reference.world import Walk, World
from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.parameter_draws import parameter_values
from sim.model.evaluation import Evaluator, evaluator
from sim.model.model import Model
from sim.model.transitions import Transition
from sim.results import NOTHING
from sim.results.tables import RunTables
from sim.scenario import Scenario

COLUMNS = ["route", "probability", "low", "high", "share", "hits", "n", "draw", "path"]
ARROW = " → "
AT_ONCE = "at the start"
LIMIT = 250  # paths walked again; of more, those of the first draws


def after_run(scenario: Scenario, run: RunTables) -> pd.DataFrame | None:
    """Routes to every headline, with the column `outcome`; None without headlines or paths."""
    if run.paths is None or not run.provenance.headlines:
        return None
    found = {name: routes(scenario.model, run, name) for name in run.provenance.headlines}
    return pd.concat(found, names=["outcome"]).reset_index("outcome")


def routes(
    model: Model,
    results: RunTables,
    outcome: str,
    *,
    options: bool = False,
    limit: int = LIMIT,
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row a route to the outcome, ranked by its probability.

    A route is the chain of causes of the event at which the outcome first held: the origins
    (clause, move or event of the file), oldest first, each once, where it last occurs; with
    `options`, each with the option taken. A date (a treaty that begins to bind) has no cause; what
    was only waiting for it goes on with what had made the rest of its condition hold. What holds
    from the start has the route "at the start".

    Columns: route, probability (that the outcome comes by this route) with low and high (sampling
    only), share of the paths that reach the outcome, hits, n, and draw and path of its first
    example, to replay.

    The paths are walked again from draw and number by the reference engine; when the outcome
    happened in more than `limit` paths, n is that of the first draws, which have about as many.
    Raises NotApplicable where the run kept no paths.
    """
    if results.paths is None:
        raise NotApplicable("routes: the run kept no table of paths; keep_paths=True keeps it")
    if outcome not in results.outcomes.index:
        raise UsageError(unknown("outcome", outcome, [str(o) for o in results.outcomes.index]))
    paths = results.paths[["draw", "path"]].assign(hit=results.paths[f"time__{outcome}"].notna())
    by_draw = paths.groupby("draw")["hit"].agg(["sum", "size"])
    # whole draws, so that what is looked at is a run of fewer draws; the first one in any case
    enough = by_draw["sum"].cumsum() <= limit
    draws = by_draw[enough | (by_draw.index == by_draw.index[0])]
    reached = paths[paths["hit"] & paths["draw"].isin(draws.index)]
    found = reached[["draw", "path"]].assign(
        route=list(_routes(model, results.provenance.seed, outcome, reached, options))
    )
    return _ranked(found, draws, level)


def _ranked(found: pd.DataFrame, draws: pd.DataFrame, level: float) -> pd.DataFrame:
    """A row a route, the most likely first; `draws` has the paths looked at in each draw."""
    rows = []
    sizes, n = draws["size"].to_numpy(), int(draws["size"].sum())
    for route, group in found.groupby("route", sort=False):
        hits = group.groupby("draw").size().reindex(draws.index, fill_value=0).to_numpy()
        estimate = (float(part) for part in clustered(hits, sizes, level))
        first = group.iloc[0]
        share = len(group) / len(found)
        rows.append((route, *estimate, share, len(group), n, first["draw"], first["path"]))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("hits", ascending=False, kind="stable", ignore_index=True)


def _routes(
    model: Model, seed: int, outcome: str, reached: pd.DataFrame, options: bool
) -> Iterator[str]:
    """The route of each path, in the order given."""
    # one world for all paths: its tables are made once, the parameters once a draw
    world = World(model, seed)
    conditions = [evaluator(one.when.node, model.names) for one in model.outcomes]
    position = model.names.outcomes[outcome]
    pairs = reached[["draw", "path"]].to_numpy().tolist()
    draws = parameter_values(model, seed, range(max((draw + 1 for draw, _ in pairs), default=0)))
    begun = -1
    for draw, path in pairs:
        # paths come sorted by draw
        if draw != begun:
            begun = draw
            world.begin_draw(draw, draws[draw].tolist())
        walked = _PathHistory(model, world.walk(path), world.values, conditions)
        yield ARROW.join(walked.chain(walked.decided(position), options)) or AT_ONCE


class _PathHistory:
    """One path with its state and the outcomes that have happened, at its start and after each
    firing: number `seq + 1` is what firing `seq` left behind.
    """

    def __init__(
        self,
        model: Model,
        walk: Walk,
        values: Sequence[float],
        conditions: Sequence[Evaluator],
    ) -> None:
        self.model, self.walk, self.values = model, walk, values
        self.states = [tuple(model.start_state), *(firing.state for firing in walk.firings)]
        self.marks: list[tuple[bool, ...]] = []
        marks = [False] * len(conditions)
        for state in self.states:
            for i in model.outcome_order:
                marks[i] = marks[i] or bool(conditions[i](state, values, marks))
            self.marks.append(tuple(marks))

    def decided(self, position: int) -> int:
        """Which firing made the outcome hold; -1 if it held from the start.

        The time alone does not tell, as several things may fire at one instant.
        """
        return next(seq for seq, marks in enumerate(self.marks, start=-1) if marks[position])

    def chain(self, last: int, options: bool) -> list[str]:
        """Origins from the oldest cause to the deciding event."""
        steps: list[str] = []
        # from the deciding event back along its causes, so the list is turned round at the end
        while last >= 0:
            firing = self.walk.firings[last]
            transition = self.model.transitions[firing.rank]
            step = transition.origin
            if options and firing.option != NOTHING and transition.options[firing.option].name:
                # by which option, where there was a choice with a name
                step = f"{step}.{transition.options[firing.option].name}"
            # a move that occurs three times on the way is listed once, where it last occurs
            if step not in steps:
                steps.append(step)
            last = firing.cause
            if last >= 0 and self._is_dated(last):
                dates, last = self.behind(transition, last)
                origins = [self._origin(date) for date in dates]
                steps += [origin for origin in origins if origin not in steps]
        return steps[::-1]

    def _origin(self, seq: int) -> str:
        return self.model.transitions[self.walk.firings[seq].rank].origin

    def _is_dated(self, seq: int) -> bool:
        return self.model.transitions[self.walk.firings[seq].rank].at is not None

    def behind(self, transition: Transition, date: int) -> tuple[list[int], int]:
        """The dated events a guard waited for, and what made the rest of it hold; -1: the start.

        A date has no cause, so a clause that is called when its treaty begins to bind would seem to
        be called by the calendar alone, whatever war it had been waiting in.
        """
        dates = [date]
        if transition.when is None or transition.on:
            return dates, -1
        guard = evaluator(transition.when.node, self.model.names)
        # backwards in time: would the guard have held earlier, had the dates come already?
        set_by_dates = self._set_by(date)
        for seq in range(date - 1, -2, -1):
            state = list(self.states[seq + 1])
            for i, value in set_by_dates.items():
                state[i] = value
            # the dates alone would have let the guard hold here: what was missing came earlier
            if self._holds(guard, state, seq):
                continue
            if seq + 1 == date:  # the date did more than set what the guard reads
                return dates, -1
            if not self._is_dated(seq + 1):
                return dates, seq + 1
            date = seq + 1
            dates.append(date)
            set_by_dates = {**self._set_by(date), **set_by_dates}
        return dates, -1

    def _set_by(self, seq: int) -> dict[int, int]:
        """What a firing changed: position of the variable -> its value afterwards."""
        pairs = zip(self.states[seq], self.states[seq + 1], strict=True)
        return {i: after for i, (before, after) in enumerate(pairs) if before != after}

    def _holds(self, guard: Evaluator, state: Sequence[int], seq: int) -> bool:
        try:
            return bool(guard(state, self.values, self.marks[seq + 1]))
        except ArithmeticError:  # of a state that never was: an expression without a value there
            return False
