"""What is printed after a run: tables for a screen of 80 columns, with percentages."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.analysis.causes.routes import ARROW
from sim.analysis.evidence.evidence import SURPRISING
from sim.analysis.statistics.rank_correlation import strongest
from sim.api import Results
from sim.experiment.plan import Plan
from sim.formatting import (
    DAY,
    at_most,
    counted,
    duration_in_words,
    p_value,
    percents,
    plain,
)
from sim.model.titles import Titles
from sim.report.screens.estimate_grids import band_notes, by_days, endings_grid, outcomes_grid
from sim.report.screens.grids import grid
from sim.report.screens.never_reached import never_reached
from sim.results.level import at_level
from sim.results.provenance import Provenance
from sim.scenario import Scenario, titles_of

WITHOUT_PATHS = (
    "Too many paths to keep a row for each: no paths.csv and no routes; --keep-paths writes it."
)
NAMED = 12  # names in a list; the rest is counted and stands in coverage.csv
ROUTES, RECORDS = 3, 6  # shown here; the rest stands in the files


Command = Callable[..., str]  # of arguments


def a_command(*arguments: object) -> str:
    """A command of this program as one types it in its own folder."""
    return shlex.join(map(str, ("python", "run_sim.py", *arguments)))


def run_view(
    scenario: Scenario,
    results: Results,
    found: Mapping[str, pd.DataFrame],
    where: str,
    command: Command = a_command,
) -> Group:
    """The question, outcomes and endings with intervals, what was never reached, where it all is.

    What `numbers_view` and `after_numbers_view` show, one after the other.
    """
    after = after_numbers_view(scenario, results, found, where, command)
    return Group(numbers_view(scenario, results), after)


def numbers_view(scenario: Scenario, results: Results) -> Group:
    """The question, and outcomes and endings with intervals: what is known when a run ends."""
    about = results.provenance
    # what was asked, what was found, what to think of it, where it is: in this order
    parts: list[RenderableType] = [*_head(about, titles_of(scenario))]
    parts += [*_stopped(results)]
    if about.interrupted:
        parts.append(Text(f"Interrupted: {about.draws} of {about.draws_asked} draws.", "bold"))
    parts += ["", outcomes_grid(results), "", endings_grid(results), "", *_known(results)]
    return Group(*parts)


def after_numbers_view(
    scenario: Scenario,
    results: Results,
    found: Mapping[str, pd.DataFrame],
    where: str,
    command: Command = a_command,
) -> Group:
    """What analyses and files add to the numbers: times, record, routes, what was never reached.

    `found` are the analyses beside the run's tables, by name; `where` says what was written where;
    `command` makes a line of arguments that can be pasted.
    """
    about, titles = results.provenance, titles_of(scenario)
    parts: list[RenderableType] = [*by_days(found.get("by"), results)]
    # an analysis that had nothing to show is not among the tables
    parts += [*_record(found.get("evidence"), titles, results.provenance.level)]
    replay = partial(command, "replay", scenario.file)
    parts += [*_routes(found.get("routes"), titles, about, replay)]
    parts += [*_never(results, titles)]
    if results.paths is None and about.interval != "exact":
        parts += ["", Text(WITHOUT_PATHS)]
    parts += ["", Text(where)]
    return Group(*parts)


def _stopped(results: Results) -> Iterator[RenderableType]:
    """Whether a run that was to find its number of draws reached its precision."""
    about = results.provenance
    wanted = about.arguments.get("precision")
    if about.stopped == "precision":
        yield Text(f"Stopped when the precision of {wanted} was reached.")
    elif about.stopped == "max_paths":
        yield Text(f"Stopped at --max-paths before the precision of {wanted} was reached.", "bold")


def _head(about: Provenance, titles: Titles) -> Iterator[RenderableType]:
    yield Text(about.title, "bold")
    if about.question:
        yield Text(about.question)
    if about.under:
        yield Text(f"Interventions applied: {titles.changes(about.under)}", "bold")
    if about.changed:
        yield Text(f"Changed from Python: {about.changed}", "bold")
    yield ""
    since = f" from {about.start}" if about.start else ""
    days = duration_in_words(about.horizon * DAY)
    yield Text(f"{about.sample()}; {days}{since}; seed {about.seed}, engine {about.engine}")


def _known(results: Results) -> Iterator[RenderableType]:
    """What the columns hold, once; then what they leave to say of the headlines."""
    about = results.provenance
    yield from band_notes(results)
    named = [name for name in about.headlines if pd.notna(results.outcomes["likelihood"][name])]
    for name in named:
        row = results.outcomes.loc[name]
        confidence = f"; confidence {row['confidence']}" if pd.notna(row["confidence"]) else ""
        yield Text(f"In words: {row['title']}: {row['likelihood']}{confidence}.")
    yield from map(Text, _drivers(results))


def _drivers(results: Results) -> Iterator[str]:
    """The parameters that go most with the first headline, in a line."""
    for name in results.provenance.headlines[:1]:
        found = strongest(results.draws, results.shares[f"outcome__{name}"])
        # The strongest of many parameters looks strong by chance alone.
        found = found[found["clears"].astype(bool)]
        if len(found):
            said = ", ".join(
                f"{parameter} ({size:+.2f})" if sign else f"{parameter} ({size:.2f})"
                for parameter, size, sign in zip(
                    found.index, found["correlation"], found["sign"], strict=True
                )
            )
            title = results.outcomes["title"][name]
            yield f"What moves it most: {said} – rank correlation over the draws with {title}."


def _record(table: pd.DataFrame | None, titles: Titles, level: float) -> Iterator[RenderableType]:
    """Where history says something else than the run; agreement is counted."""
    if table is None:
        return
    # agreement is a count; what disagrees is what a reader has to think about
    other = table[table["p_value"] < SURPRISING]
    agree = len(table) - len(other)
    yield ""
    yield Text("Comparison with the historical record", "bold")
    yield Text(
        f"{agree} of {len(table)} records agree with the model: two-sided predictive p-value of "
        f"{SURPRISING} or more (evidence.csv)."
    )
    if not len(other):
        return
    shown = grid(
        "these do not agree", "cases", at_level("record ({level})", level), "estimate", "p"
    )
    few = other.head(RECORDS)
    columns = ["record_low", "record_high", "probability"]
    numbers = iter(percents(few[columns].to_numpy().ravel().tolist()))
    for _, row in few.iterrows():
        low, high, estimate = (next(numbers) for _ in columns)
        shown.add_row(
            f"{titles.of('outcome', row['outcome'])}: {row['about'] or plain(row['record'])}",
            f"{row['successes']} of {row['trials']:,}",
            # none in n has no lower end: a bound is the honest form
            f"{low}–{high} %" if row["successes"] else f"below {at_most(row['record_high'])} %",
            f"{estimate} %",
            p_value(row["p_value"]),
        )
    yield shown
    if len(other) > RECORDS:
        yield Text(f"and {len(other) - RECORDS} more")


def _routes(
    routes: pd.DataFrame | None, titles: Titles, about: Provenance, replay: Command
) -> Iterator[RenderableType]:
    """The most likely chains of causes to each headline, with a path to replay."""
    if routes is None:
        return
    for outcome, table in routes.groupby("outcome", sort=False):
        yield ""
        yield Text(f"Most likely routes to {titles.of('outcome', str(outcome))}", "bold")
        n = about.draws * about.paths
        yield Text(f"of the {table['hits'].sum():,} that reached it among {n:,} paths:")
        shown = table.head(ROUTES)
        for (_, row), part in zip(shown.iterrows(), percents([*shown["share"]]), strict=True):
            share = f"{row['hits']:,} ({part} %)"
            yield Text(f"{share}   draw {row['draw']}, path {row['path']}")
            steps = (titles.of("origin", step) for step in str(row["route"]).split(ARROW))
            yield Padding(Text(ARROW.join(steps)), (0, 0, 0, 4))
        if len(table) > ROUTES:
            yield Text(f"and {len(table) - ROUTES} more in routes.csv")
        if about.changed:  # no file and no option of a command says that
            continue
        yield Text("to see the path of the first:")
        # in one line, however long, so that it can be pasted
        line = f"    {path_command(table.iloc[0], about, replay)}"
        yield Text(line, no_wrap=True, overflow="ignore")


def path_command(route: pd.Series[Any], about: Provenance, replay: Command) -> str:
    """The command that shows the path of a route."""
    where = ("--draw", route["draw"], "--path", route["path"])
    under = ("--with", about.under) if about.under else ()
    # only what differs from the defaults, so that the line stays short
    seed = ("--seed", about.seed) if about.seed != Plan.seed else ()
    return replay(*where, *under, *seed)


def _never(results: Results, titles: Titles) -> Iterator[RenderableType]:
    """Names of what no path came to, what cannot happen apart from what merely did not."""
    coverage = results.coverage
    for heading, names in never_reached(results, titles):
        yield ""
        yield Text(f"{heading} ({len(names)}):", "bold")
        yield from (Padding(Text(line), (0, 0, 0, 4)) for line in listed(names))
    # Said in words, since nothing at all would look as if it had not been asked.
    if len(coverage) and (coverage["reach"] == "seen").all():
        sizes = coverage["kind"].value_counts(sort=False)
        every = [counted(int(size), str(kind)) for kind, size in sizes.items() if size]
        yield ""
        yield Text(f"All {' and '.join(every)} occurred at least once (coverage.csv).")


def listed(names: Sequence[str]) -> list[str]:
    """Names, one a line, since titles have commas in them; the first dozen if there are many."""
    more = len(names) - NAMED
    return [*names[:NAMED], *([f"and {more} more in coverage.csv"] if more > 0 else [])]
