"""Why an outcome came about, on the screen: routes, importance, cut sets, and where paths part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.analysis.causes.step_names import Names
from sim.api.whys import Why
from sim.formatting import DAY, counted, duration_in_words, layers, percents, short_duration
from sim.model.model import Model
from sim.model.titles import Titles
from sim.report.screens.estimate_grids import Shown
from sim.report.screens.grids import grid
from sim.report.screens.run import Command, a_command, path_command
from sim.results.level import at_level

ROUTES = 3  # of each depth on the screen; the rest stands in the files
ELEMENTS, SETS, PARTINGS = 12, 2, 6
SIZES = {1: "one link", 2: "two links", 3: "three links"}
NOTES = (
    "Share of its paths whose route goes through (Fussell and Vesely); {level} intervals. What it "
    "would be without, --cut tells. *: parameter uncertainty not resolved."
)
FORK_NOTE = (
    "Outcome: its probability among the paths that come to the decision, and after each option: "
    "conditional, not causal. *: parameter uncertainty not resolved."
)
CUT_NOTE = (
    "Drop: how much less likely the outcome is if this never happens; rise: how much more likely "
    "if it is certain; –: it cannot be more certain. In brackets parameter uncertainty, ± sampling "
    "error of pairs."
)
ROUTE_NOTE = "Share of its paths: probability (parameter uncertainty; sampling error); an example."


def why_view(
    model: Model,
    found: Sequence[Why],
    titles: Titles,
    file: str,
    where: str = "",
    command: Command = a_command,
) -> Group:
    """A part for each outcome; `file` is the scenario's, `where` says what was written where."""
    about = found[0].provenance
    parts: list[RenderableType] = [Text(about.title, "bold")]
    if about.under:
        parts.append(Text(f"Interventions applied: {titles.changes(about.under)}", "bold"))
    parts.append(Text(f"{about.sample()}; seed {about.seed}, engine {about.engine}"))
    replay = partial(command, "replay", file)
    for one in found:
        parts += _outcome(one, Names(model, titles), replay)
    return Group(*parts, "", Text(where)) if where else Group(*parts)


def _outcome(found: Why, names: Names, replay: Command) -> Iterator[RenderableType]:
    yield ""
    yield Text(f"{found.title}: why", "bold")
    yield Text(f"{found.hits:,} of {found.n:,} paths reach it.")
    # The tables below would all be empty, each with a heading.
    if not found.hits:
        yield Text("No path reached it, so there is nothing to explain.")
        return
    yield from _routes(found, names, replay)
    if not len(found.importance):
        yield Text("It holds from the start: nothing had to happen, and nothing could prevent it.")
        return
    yield from importance_lines(found.importance, names, found.provenance.level)
    yield from _cuts(found, names)
    yield from cut_set_lines(found.cut_sets, names)
    yield from _forks(found, names)


def _routes(found: Why, names: Names, replay: Command) -> Iterator[RenderableType]:
    """The most likely routes, by clauses and rungs, then by everything that happened."""
    for depth, heading in (
        ("clauses", "Most likely routes by clauses and rungs alone"),
        ("origins", "Most likely routes, step by step"),
    ):
        table = found.routes[found.routes["depth"] == depth]
        yield ""
        yield Text(f"{heading} ({counted(len(table), 'route')})", "bold")
        shown = table.head(ROUTES)
        estimates = layers(row for _, row in shown.iterrows())
        parts = percents([*shown["share"]])
        for (_, row), one, part in zip(shown.iterrows(), estimates, parts, strict=True):
            example = f"draw {row['draw']}, path {row['path']}"
            yield Text(f"{part} %: {one.text}; {example}")
            yield Padding(Text(names.route(str(row["route"]))), (0, 0, 0, 4))
    yield Text(ROUTE_NOTE)
    yield Text("to see the path of the first:")
    first = found.routes[found.routes["depth"] == "origins"].iloc[0]
    line = f"    {path_command(first, found.provenance, replay)}"
    yield Text(line, no_wrap=True, overflow="ignore")


def importance_lines(
    importance: pd.DataFrame, names: Names, level: float
) -> Iterator[RenderableType]:
    """Through what an outcome comes: the elements of largest share."""
    few = importance.head(ELEMENTS)
    # shares are printed like probabilities, by the same rule for digits and intervals
    shown = few.assign(probability=few["share"])
    columns = Shown(shown)
    table = grid("Through what it comes", *("share", *columns.heads[1:]))
    cells = columns.cells([row for _, row in shown.iterrows()])
    for (_, row), own in zip(few.iterrows(), cells, strict=True):
        # 100 % would be read as rounded
        share = "all" if row["hits"] == row["n"] else own[0]
        table.add_row(names.of(str(row["element"])), share, *own[1:])
    yield ""
    yield table
    if len(importance) > ELEMENTS:
        yield Text(f"and {len(importance) - ELEMENTS} more in the table")
    yield Text(at_level(NOTES, level))


def _cuts(found: Why, names: Names) -> Iterator[RenderableType]:
    """Drop and rise of the elements that were cut and made certain."""
    if found.cuts is None:
        return
    table = grid("What it would be (points)", "drop if cut", "rise if certain")
    for _, row in found.cuts.iterrows():
        table.add_row(names.of(str(row["element"])), *(_points(row, n) for n in ("drop", "rise")))
    walked = int(found.cuts[["drop_walked", "rise_walked"]].sum().sum())
    yield ""
    yield table
    yield Text(f"{CUT_NOTE} {walked:,} paths walked again, {found.seconds['cuts']:.0f} s.")


def _points(row: pd.Series[Any], name: str) -> str:
    """`1.9 (0.5–3.5) ±0.2`, in percentage points."""
    if pd.isna(row[name]):
        return "–"
    half = 100 * (row[f"{name}_mc_high"] - row[f"{name}_mc_low"]) / 2
    # as many digits as the sampling error bears
    digits = 1 if half >= 0.1 else 2
    ends = [row[f"{name}_low"], row[f"{name}_high"]]
    band = (
        "" if pd.isna(ends[0]) else f" ({' to '.join(f'{100 * end:.{digits}f}' for end in ends)})"
    )
    return f"{100 * row[name]:.{digits}f}{band} ±{half:.{digits}f}"


def cut_set_lines(table: pd.DataFrame, names: Names) -> Iterator[RenderableType]:
    """Few links that most routes go through."""
    if not len(table):
        return
    yield ""
    yield Text("Few links that most routes go through: cut together, these routes are gone", "bold")
    for size, rows in table.groupby("size", sort=True):
        for (_, row), part in zip(
            rows.head(SETS).iterrows(), percents([*rows["share"].head(SETS)]), strict=True
        ):
            yield Text(f"{part} %  {SIZES[int(str(size))]}: {names.links(str(row['links']))}")


def _forks(found: Why, names: Names) -> Iterator[RenderableType]:
    table = found.forks
    yield ""
    # then the two kinds of paths that a fork parts are one
    if found.hits == found.n:
        yield Text("Every path reaches it, so there is no decision at which paths part.")
        return
    if not len(table):
        yield Text("No path comes to a decision, so none says where paths part.")
        return
    first = table[table["first"].astype(bool)]
    if not len(first):
        yield Text("No decision is told at which the paths that reach it part from the others.")
    else:
        decision = names.titles.happened(str(first["decision"].iloc[0]))
        yield Text(f"First fork: {decision} ({_when(first)})", "bold")
    # the first fork is told even if others part paths further
    strongest = table.drop_duplicates("decision").nlargest(PARTINGS, "parting")
    chosen = table[table["decision"].isin(strongest["decision"]) | table["first"].astype(bool)]
    # what comes after an option is printed like any probability, by the same rule for digits
    columns = Shown(chosen.assign(probability=chosen["after"]))
    heads = ("outcome", *columns.heads[1:])
    shown = grid("decision and option", "taken", *heads, "paths\nlooked at")
    for key, rows in chosen.groupby("decision", sort=False):
        (before,) = percents([*rows["before"].head(1)])
        name = f"{names.titles.happened(str(key))} ({_when(rows)})"
        shown.add_row(name, "", f"{before} %", *[""] * len(heads))
        estimates = columns.cells(
            row for _, row in rows.assign(probability=rows["after"]).iterrows()
        )
        for (_, row), cells in zip(rows.iterrows(), estimates, strict=True):
            option = names.titles.of("option", str(row["option"]))
            shown.add_row(f"    {option}", f"{100 * row['taken']:.0f} %", *cells, f"{row['n']:,}")
    yield shown
    yield Text(FORK_NOTE)


def _when(rows: pd.DataFrame) -> str:
    """The typical moment of a decision."""
    time = float(rows["time"].iloc[0])
    return (
        "at the start"
        if time == 0
        else f"after {short_duration(duration_in_words(round(time * DAY, 0)))}"
    )
