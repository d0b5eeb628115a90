"""Which paths a report shows, followed again; and what is told of each event of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.causes.chains import Chains, chains, events_behind
from sim.analysis.causes.routes import route
from sim.analysis.causes.step_names import Names
from sim.api import Results
from sim.experiment.following import Event, Followed, followed
from sim.experiment.samples import sample_of
from sim.model.model import Model
from sim.model.titles import Titles
from sim.report.story import weighed
from sim.results import NOTHING

PATHS = 200  # in a report: a few hundred; of Korea, whose paths are long, 1.3 of its 4.9 MB
EXAMPLES = 5  # routes to an outcome whose example is among them
RARE = 6  # paths of each outcome and ending at least, where there are so many


def chosen(results: Results, routes: pd.DataFrame | None, most: int = PATHS) -> NDArray[np.int64]:
    """Draw and number (columns) of the paths to show, ascending; none of a solution.

    The examples of the first routes to each headline; then some of each headline, of every other
    outcome and of every ending; the rest spread evenly over the run. The same run gives the same
    paths.
    """
    about = results.provenance
    if about.interval == "exact" or not results.n:
        return np.zeros((0, 2), np.int64)
    if results.paths is None:  # too many to keep a row for each: all that is known is how many
        rows = _spread(np.arange(about.draws * about.paths), most)
        return np.stack([about.first_draw + rows // about.paths, rows % about.paths], axis=1)
    picked = _examples(results.paths, routes)
    headlines = about.headlines or tuple(map(str, results.outcomes.index))
    for name in headlines:
        hits = np.flatnonzero(results.paths[f"time__{name}"].notna())
        # a third for all headlines together, so that other outcomes and endings are met too
        picked += _spread(hits, most // (3 * len(headlines))).tolist()
    for name in results.outcomes.index:
        picked += _spread(np.flatnonzero(results.paths[f"time__{name}"].notna()), RARE).tolist()
    for name in results.endings.index:
        picked += _spread(np.flatnonzero(results.paths["ending"] == name), RARE).tolist()
    # the first picked stay where there are too many: examples before headlines before the rest
    some = list(dict.fromkeys(picked))[:most]
    others = np.setdiff1d(np.arange(len(results.paths)), some)
    rows = np.sort([*some, *_spread(others, most - len(some))])
    return results.paths[["draw", "path"]].to_numpy(np.int64)[rows.astype(np.int64)]


def _examples(paths: pd.DataFrame, routes: pd.DataFrame | None) -> list[int]:
    """The rows of the examples of routes, the first route to each headline before any second."""
    if routes is None:
        return []
    place = routes.groupby("outcome", sort=False).cumcount()
    first = routes.assign(place=place)[place < EXAMPLES].sort_values("place", kind="stable")
    wanted = pd.MultiIndex.from_frame(first[["draw", "path"]])
    found = pd.MultiIndex.from_frame(paths[["draw", "path"]]).get_indexer(wanted.drop_duplicates())
    return [int(row) for row in found if row >= 0]


def _spread(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of the rows, at equal distances: over all draws, since paths come by draw."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, max(most, 0)).round().astype(np.int64)]


class Paths:
    """The paths of a report, and how their events are called."""

    def __init__(
        self, model: Model, titles: Titles, found: Followed, *, given: Collection[str] = ()
    ) -> None:
        self.model, self.titles, self.found = model, titles, found
        self.given = given  # parameters whose values were given, not drawn
        self.names = Names(model, titles)
        self._chains: dict[str, Chains] = {}
        self._told: dict[tuple[int, tuple[float, ...]], list[tuple[str, str]]] = {}

    @cached_property
    def numbers(self) -> list[tuple[int, int]]:
        """(draw, number) of each path."""
        columns = self.found.histories.draw.tolist(), self.found.histories.path.tolist()
        return list(zip(*columns, strict=True))

    @cached_property
    def events(self) -> list[list[Event]]:
        """The events of each path, with what was weighed."""
        return list(self.found.events())

    def who(self, rank: int) -> str:
        """Whose move or obligation a transition is; empty of an event."""
        actor = self.model.transitions[rank].actor
        return self.titles.of("actor", actor) if actor else ""

    def what(self, rank: int, option: int) -> str:
        """What happened, as a story says it."""
        transition = self.model.transitions[rank]
        name = None if option == NOTHING else transition.options[option].name
        return self.titles.happened(transition.name, name)

    def choice(self, event: Event) -> list[tuple[str, str]]:
        """Each option there was with its probability, in words; nothing without a choice."""
        options = self.model.transitions[event.rank].options
        if len(options) < 2:
            return []
        key = (event.rank, event.shares)
        if key not in self._told:  # a few odds come again and again, and words take time
            names = [one.name for one in options]
            shares = event.shares or (0.0,) * len(names)  # rule 7: none was available
            self._told[key] = weighed(names, shares, self.titles)
        return self._told[key]

    def routes(self, outcome: str) -> Mapping[int, str]:
        """Row of each path that reaches an outcome -> its route, as a reader calls it."""
        if outcome not in self._chains:
            self._chains[outcome] = chains(self.model, self.found.histories, outcome)
        found = self._chains[outcome]
        called = [self.names.route(route(self.model, one, "origins")) for one in found.steps]
        # chains are of the paths that reach the outcome, in the order of the rows
        rows = np.flatnonzero(np.isin(self._keys, found.draw * self._wide + found.path))
        return {row: called[n] for row, n in zip(rows.tolist(), found.chain.tolist(), strict=True)}

    @cached_property
    def _wide(self) -> int:
        # Draw and path as one number, which NumPy can look up in one step; wide enough that no two
        # pairs share one.
        return int(self.found.histories.path.max(initial=0)) + 1

    @cached_property
    def _keys(self) -> NDArray[np.int64]:
        return self.found.histories.draw * self._wide + self.found.histories.path

    def behind(self, row: int, outcome: str) -> list[int]:
        """The events of a path from its first cause to the one that made an outcome hold."""
        return events_behind(self.model, self.found.histories, outcome, row)


def paths_of(
    model: Model, titles: Titles, results: Results, routes: pd.DataFrame | None
) -> Paths | None:
    """The paths of a run that a report shows, walked again; None of a solution, which has none."""
    rows = chosen(results, routes)
    if not len(rows):
        return None
    sample = sample_of(model, results.provenance, results.draws)
    found = followed(model, sample, rows[:, 0], rows[:, 1])
    return Paths(model, titles, found, given=results.provenance.given)
