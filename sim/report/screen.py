"""What is printed after a run: tables for a screen of 80 columns, with percentages."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.analysis.causes.routes import ARROW
from sim.analysis.estimates.parameter_band import FEWEST, unresolved_bands
from sim.analysis.evidence.evidence import SURPRISING
from sim.analysis.statistics.intervals import NOTES, layers_of
from sim.analysis.statistics.rank_correlation import strongest
from sim.api import Results
from sim.experiment.plan import Plan
from sim.formatting import (
    DAY,
    UNRESOLVED,
    at_most,
    counted,
    duration_in_words,
    layers,
    p_value,
    percent,
    percents,
    plain,
)
from sim.model.titles import Titles
from sim.results.provenance import Provenance
from sim.scenario import Scenario, titles_of

WITHOUT_PATHS = (
    "Too many paths to keep a row for each: no paths.csv and no routes; --keep-paths writes it."
)
NAMED = 12  # names in a list; the rest is counted and stands in coverage.csv
UNRESOLVED_CELL = "*"  # explained below the table
UNSURE = 3  # bands that are not resolved, explained one by one
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

    `found` are the analyses beside the run's tables, by name; `where` says what was written where;
    `command` makes a line of arguments that can be pasted.
    """
    about = results.provenance
    # what was asked, what was found, what to think of it, where it is: in this order
    titles = titles_of(scenario)
    parts: list[RenderableType] = [*_head(about, titles)]
    parts += [*_stopped(results)]
    if about.interrupted:
        parts.append(Text(f"Interrupted: {about.draws} of {about.draws_asked} draws.", "bold"))
    parts += ["", outcomes_grid(results), "", endings_grid(results), "", *_known(results)]
    parts += [*by_days(found.get("by"), results)]
    # an analysis that had nothing to show is not among the tables
    parts += [*_record(found.get("evidence"), titles)]
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


def outcomes_grid(results: Results) -> Table:
    """Every outcome with its layers; headlines are bold."""
    # an exact solution has no median times: its columns would be empty
    timed = bool(results.outcomes["median_time"].notna().any())
    rows = [row for _, row in results.outcomes.iterrows()]
    shown = Shown(results.outcomes)
    table = grid("outcome", *shown.heads, *["median\ntime", "hits"] * timed)
    for (name, row), cells in zip(results.outcomes.iterrows(), shown.cells(rows), strict=True):
        median = float(row["median_time"])
        # to the second: floats of days would end in 59.9999 min
        when = "–" if pd.isna(median) else duration_in_words(round(median * DAY, 0))
        bold = "bold" if name in results.provenance.headlines else ""
        table.add_row(Text(row["title"], bold), *cells, *[short(when), _of(row["hits"])] * timed)
    return table


class Shown:
    """Which layers a table of estimates has a column for: those in which any row says something."""

    def __init__(self, table: pd.DataFrame) -> None:
        found = layers(row for _, row in table.iterrows())
        self.banded = any(one.band for one in found)
        self.sampled = any(one.sampling for one in found)

    @property
    def heads(self) -> list[str]:
        """The heads of the columns."""
        band, sampling = ["parameter\nuncertainty"], ["sampling\nerror"]
        return ["probability", *band * self.banded, *sampling * self.sampled]

    def cells(self, rows: Iterable[pd.Series[Any]]) -> Iterator[list[str]]:
        """The cells of each row, in these columns."""
        for one in layers(rows):
            band = UNRESOLVED_CELL if one.band == UNRESOLVED else one.band
            yield [one.probability, *[band] * self.banded, *[one.sampling] * self.sampled]


def _of(hits: float) -> str:
    """In how many paths: a median says nothing without."""
    return "" if pd.isna(hits) else f"{hits:,}"


def endings_grid(results: Results) -> Table:
    """Every ending with its layers."""
    shown = Shown(results.endings)
    table = grid("ending", *shown.heads)
    rows = (row for _, row in results.endings.iterrows())
    for title, cells in zip(results.endings["title"], shown.cells(rows), strict=True):
        table.add_row(str(title), *cells)
    return table


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


def band_notes(results: Results) -> Iterator[RenderableType]:
    """What the columns of estimates hold, and which band is not resolved, and why."""
    yield Text(NOTES[layers_of(results)])
    unsure = unresolved_bands(results)
    if unsure and len(results.draws) < FEWEST:
        # of all outcomes for one reason, which is said once
        few = f"{len(results.draws)} draws are too few to tell parameter uncertainty"
        yield Text(f"{UNRESOLVED_CELL} {few}; --draws {FEWEST} or more would do")
        unsure = {}
    for title, said in list(unsure.items())[:UNSURE]:
        yield Text(f"{UNRESOLVED_CELL} {title}: {said}")
    if len(unsure) > UNSURE:
        yield Text(f"{UNRESOLVED_CELL} likewise {len(unsure) - UNSURE} more (outcomes.csv)")


def by_days(table: pd.DataFrame | None, results: Results) -> Iterator[RenderableType]:
    """The headlines by some days, with their parameter uncertainty."""
    if table is None or not results.provenance.headlines:
        return
    yield ""
    shown = grid("within")
    cells = []
    for name in results.provenance.headlines:
        # a title is folded over its cells, which are shorter
        shown.add_column(str(results.outcomes["title"][name]), overflow="fold")
        rows = table[table["outcome"] == name]
        cells.append([_by_cell(row) for _, row in rows.iterrows()])
    days = list(dict.fromkeys(table["day"]))
    for day, *row in zip(days, *cells, strict=True):
        shown.add_row(short(duration_in_words(day * DAY)), *row)
    yield shown


def _by_cell(row: pd.Series[Any]) -> str:
    """`3.1 % (0.5–8.4)`, in two digits; no band where none is resolved; a bound for none in n."""
    if pd.notna(row["hits"]) and row["hits"] == 0:
        return f"none in {row['n']:,}, below {at_most(row['mc_high'])} %"
    if pd.isna(row["low"]):
        return f"{percent(row['probability'])} %"
    lowest = "none seen" if row["low"] == 0 else percent(row["low"])
    return f"{percent(row['probability'])} % ({lowest}–{percent(row['high'])})"


def _drivers(results: Results) -> Iterator[str]:
    """The parameters that go most with the first headline, in a line."""
    for name in results.provenance.headlines[:1]:
        found = strongest(results.draws, results.shares[f"outcome__{name}"])
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


def short(duration: str) -> str:
    """A duration with no more digits than a reader needs: `12.73 d` becomes `13 d`."""
    number, _, unit = duration.partition(" ")
    if not unit:
        return duration
    # two digits: a median over paths bears no more
    value = float(number)
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"


def _record(table: pd.DataFrame | None, titles: Titles) -> Iterator[RenderableType]:
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
    shown = grid("these do not agree", "cases", "record (90 %)", "estimate", "p")
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
    if len(coverage) and (coverage["reach"] == "seen").all():
        sizes = coverage["kind"].value_counts(sort=False)
        every = [counted(int(size), str(kind)) for kind, size in sizes.items() if size]
        yield ""
        yield Text(f"All {' and '.join(every)} occurred at least once (coverage.csv).")


def never_reached(results: Results, titles: Titles) -> Iterator[tuple[str, list[str]]]:
    """What no path came to: a heading, and the names of all that stands under it."""
    coverage = results.coverage
    # what is proved never to happen is another thing than what was not met in n paths
    kinds = [("impossible", "Impossible by construction")]
    if results.n:  # an exact solution walks no paths
        kinds.append(("possible", f"Possible, but in none of the {results.n:,} paths"))
    for reach, heading in kinds:
        rows = coverage.loc[coverage["reach"] == reach, ["kind", "name"]]
        names = [_called(str(kind), str(name), titles) for kind, name in rows.to_numpy()]
        if names:
            yield heading, names


def _called(kind: str, name: str, titles: Titles) -> str:
    """What a reader calls a transition, or one of its options."""
    transition, _, option = name.rpartition(".")
    return titles.happened(transition, option) if kind == "option" else titles.happened(name)


def listed(names: Sequence[str]) -> list[str]:
    """Names, one a line, since titles have commas in them; the first dozen if there are many."""
    more = len(names) - NAMED
    return [*names[:NAMED], *([f"and {more} more in coverage.csv"] if more > 0 else [])]


def grid(*columns: str) -> Table:
    """A table without lines; the first column bends, numbers do not."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold underline")
    # names may be folded at 80 columns; a number over two lines could not be read
    for position, column in enumerate(columns):
        table.add_column(column, no_wrap=position > 0, overflow="fold")
    return table
