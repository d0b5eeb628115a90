"""The section of routes: the most likely ones as short stories, and the path explorer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.analysis.causes.step_names import Names
from sim.formatting import counted, layers, percents
from sim.report.pages.content import Block, Explorer, Heading, Moment, Section, Story, paragraph
from sim.report.pages.explorer import explorer_data, moment_of
from sim.report.pages.from_screen import blocks
from sim.report.pages.material import Material
from sim.report.pages.paths import Paths
from sim.report.screens.why import cut_set_lines, importance_lines

ROUTES = 3  # of each headline


def routes(material: Material) -> Section:
    """By which routes each headline comes, with one path of each, and through what."""
    return Section(key="routes", title="How it comes about", blocks=tuple(_routes(material)))


def _routes(material: Material) -> Iterator[Block]:
    table = material.tables.get("routes")
    if table is None or not len(table):
        why = "Nothing was walked: probabilities were solved for." if material.paths is None else ""
        yield paragraph(
            why or "No table of routes: no headline was reached, or no paths were kept."
        )
    else:
        yield paragraph(
            "A route is the chain of causes behind an outcome. Each story tells one path that came "
            "by it: the events of that chain, and no others; its command shows the whole path.",
            look="note",
        )
        for outcome, rows in table.groupby("outcome", sort=False):
            yield from _outcome(material, str(outcome), rows)
    for outcome in material.headlines:
        yield from _through(material, outcome)


def _outcome(material: Material, outcome: str, rows: pd.DataFrame) -> Iterator[Block]:
    yield Heading(text=f"Most likely routes to {material.titles.of('outcome', outcome)}")
    yield paragraph(f"{counted(len(rows), 'route')} in {rows['hits'].sum():,} paths that reach it.")
    shown = rows.head(ROUTES)
    names = Names(material.model, material.titles)
    estimates = layers(row for _, row in shown.iterrows())
    for (_, row), one, part in zip(
        shown.iterrows(), estimates, percents([*shown["share"]]), strict=True
    ):
        share = f"{part} % of the paths that reach it ({row['hits']:,}); of all paths {one.text}"
        yield _story(material, outcome, row, names.route(str(row["route"])), share)


def _story(material: Material, outcome: str, row: pd.Series[Any], title: str, share: str) -> Story:
    draw, path = int(row["draw"]), int(row["path"])
    paths, moments, explore = material.paths, tuple[Moment, ...](), None
    # Only some paths were walked again; of the others the command has to do.
    if paths is not None and (draw, path) in paths.numbers:
        moments = tuple(_moments(paths, paths.found.row(draw, path), outcome))
        explore = (draw, path)
    return Story(
        title=title,
        share=share,
        moments=moments,
        place=f"draw {draw}, path {path}",
        command=material.replay(draw, path),
        explore=explore,
    )


def _moments(paths: Paths, row: int, outcome: str) -> Iterator[Moment]:
    """The events behind the outcome in this path, each with the choice there was."""
    chain = paths.behind(row, outcome)
    for seq in chain:
        event = paths.events[row][seq]
        who, what = paths.who(event.rank), paths.what(event.rank, event.option)
        choice = ", ".join(f"{name} {share}" for name, share in paths.choice(event))
        more = [f"probabilities: {choice}"] if choice else []
        # The last event of the chain is the one that made the outcome hold.
        if seq == chain[-1]:
            more.append(f"{paths.titles.of('outcome', outcome)} has happened")
        yield Moment(
            when=moment_of(event.time, paths),
            what=f"{who}: {what}" if who else what,
            more=tuple(more),
        )


def _through(material: Material, outcome: str) -> Iterator[Block]:
    """Through what an outcome comes, where `why` was asked of this run."""
    important = material.tables.get(f"why-{outcome}-importance")
    if important is None:
        return
    yield Heading(text=f"{material.title(outcome)}: through what it comes")
    names = Names(material.model, material.titles)
    parts = [*importance_lines(important, names, material.about.level)]
    sets = material.tables.get(f"why-{outcome}-cut_sets")
    parts += cut_set_lines(sets, names) if sets is not None else []
    yield from blocks(parts, material.links)


def explorer(material: Material) -> Section:
    """The paths themselves, event by event."""
    if material.paths is None:
        block: Block = paragraph("No paths: probabilities were solved for, not sampled.")
    else:
        of = f"{len(material.paths.found):,} of the {material.results.n:,} paths"
        note = (
            f"{of} of this run, chosen so that every outcome, ending and frequent route has some. "
            "They are examples, not a random sample: how many of them do something estimates "
            "nothing."
        )
        block = Explorer(
            data=explorer_data(material.paths, _around(material)),
            note=note,
            command=material.replay("D", "I"),
        )
    return Section(key="explorer", title="Path by path", blocks=(block,))


def _around(material: Material) -> list[str]:
    """The parts of the command that shows a path: before its draw, between the two, behind."""
    # numbers that no name of a file has in it, and that no shell wants quoted
    draw, path = 918_273_645_546_372, 918_273_645_546_373
    before, _, rest = material.replay(draw, path).partition(str(draw))
    between, _, behind = rest.partition(str(path))
    return [before, between, behind]
