"""The first sections: the answer in three sentences, and the estimates it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import RenderableType

from sim.analysis.causes.step_names import Names
from sim.analysis.estimates.likelihood import WEAK
from sim.analysis.statistics.rank_correlation import strongest
from sim.formatting import DAY, duration_in_words, estimates, percents, short_duration
from sim.report.pages.content import STRONG, Block, Grid, Line, Paragraph, Piece, Section, line
from sim.report.pages.from_screen import blocks
from sim.report.pages.material import Material
from sim.report.screens.estimate_grids import band_notes, by_days, endings_grid, outcomes_grid

NAMED = 3  # headlines told in the answer; all of them stand in the table below it
DRIVERS = 3
# how a likelihood stands in a sentence; the others are adjectives
VERBS = {"almost no chance": "has", "roughly even chance": "has a"}


def answer(material: Material) -> Section:
    """What was found: how likely it is, how it comes about, and apart from these how sure we are.

    Likelihood and confidence never stand in one sentence (Intelligence Community Directive 203).
    """
    return Section(
        key="answer",
        title="The answer",
        blocks=tuple(
            Paragraph(line=one, look="answer")
            for one in (_likelihood(material), _way(material), _confidence(material))
        ),
    )


def _likelihood(material: Material) -> Line:
    results = material.results
    named = material.headlines[:NAMED]
    rows = [row for _, row in results.outcomes.loc[named].iterrows()]
    within = duration_in_words(material.about.horizon * DAY)
    parts: list[str | Piece] = [f"Within {within}, "]
    for place, (row, said) in enumerate(zip(rows, estimates(rows), strict=True)):
        parts += ["; "] * bool(place) + [Piece(text=str(row["title"]), look=STRONG), " "]
        parts += [*_said(row), f": {said}"] if pd.notna(row["likelihood"]) else [f"– {said}"]
    more = len(material.headlines) - len(named)
    return line(*parts, f"; {more} more in the table below." if more else ".")


def _said(row: pd.Series[Any]) -> list[str | Piece]:
    word = str(row["likelihood"])
    return [f"{VERBS.get(word, 'is')} ", Piece(text=word, look=STRONG)]


def _way(material: Material) -> Line:
    """The first headline's most likely route, its time, and what moves it."""
    results, name = material.results, material.headlines[0] if material.headlines else ""
    if not name:
        return line("The scenario names no outcome.")
    row = next(row for _, row in results.outcomes.loc[[name]].iterrows())
    parts: list[str | Piece] = []
    routes = material.tables.get("routes")
    own = routes[routes["outcome"] == name] if routes is not None else None
    if own is not None and len(own):
        first, (share,) = own.iloc[0], percents([own["share"].iloc[0]])
        way = Names(material.model, material.titles).route(str(first["route"]))
        parts += [f"It comes most often by {way} ({share} % of the paths that reach it"]
        parts += [f", among {len(own):,} routes)" if len(own) > 1 else ")"]
        if pd.notna(row["median_time"]):
            when = short_duration(duration_in_words(round(float(row["median_time"]) * DAY, 0)))
            parts += [f", in half of them within {when}"]
    elif pd.notna(row["hits"]) and row["hits"] == 0:
        parts += ["No path reached it, so nothing can be said of how it comes about"]
    else:
        parts += ["By which way it comes was not counted"]
    if len(material.headlines) > 1:  # which of them this is about
        parts = [f"{_subject(material)}{str(parts[0])[:1].lower()}{str(parts[0])[1:]}", *parts[1:]]
    return line(*parts, *_moved(material))


def _subject(material: Material) -> str:
    return f"On {material.title(material.headlines[0])}: "


def _moved(material: Material) -> list[str | Piece]:
    """What the first headline depends on, of what can be told from noise."""
    share = material.results.shares.get(f"outcome__{material.headlines[0]}")
    found = strongest(material.results.draws, share, DRIVERS) if share is not None else None
    told = [] if found is None else [str(n) for n in found.index[found["clears"].astype(bool)]]
    if not told:
        return ["; no single assumption can be told to move it."]
    parts: list[str | Piece] = ["; it depends most on "]
    for place, name in enumerate(told):
        parts += [", "] * bool(place) + [material.links.named(name)]
    return [*parts, "."]


def _confidence(material: Material) -> Line:
    """The word, and what it follows from."""
    named = material.results.outcomes.loc[material.headlines[:NAMED]]
    rows = [row for _, row in named.iterrows()]
    words = [str(row["confidence"]) if pd.notna(row["confidence"]) else "" for row in rows]
    parts: list[str | Piece] = []
    if not any(words):
        return line(
            "No word is given for the confidence in this: no assumption was given a range, so "
            "nothing tells how far the answer would move with them."
        )
    # One sentence where one word holds for all, instead of the same word three times.
    if len(set(words)) == 1:
        parts += ["Confidence in this is ", Piece(text=words[0], look=STRONG)]
    else:
        parts += ["Confidence is "]
        for place, (row, word) in enumerate(zip(rows, words, strict=True)):
            parts += [", "] * bool(place) + [Piece(text=word or "not told", look=STRONG)]
            parts += [f" for {row['title']}"]
    table = material.scenario.parameters
    # An unconfirmed source is one that nobody has looked at, however official it is.
    weak = table["grade"].isin(WEAK) | table["unconfirmed"].astype(bool)
    ground = f"{int(weak.sum())} of {len(table)} parameters have no source that was checked"
    why = (
        "; the word follows from how far the probability moves with the parameters, and from what "
        "these rest on: "
    )
    return line(*parts, why, f"{ground}.")


def headlines(material: Material) -> Section:
    """Outcomes and endings with both layers, and the headlines by some days."""
    return Section(
        key="headlines", title="How likely each outcome is", blocks=tuple(_headlines(material))
    )


def _headlines(material: Material) -> Iterator[Block]:
    results = material.results
    parts: list[RenderableType] = [outcomes_grid(results), endings_grid(results)]
    parts += band_notes(results)
    parts += by_days(material.tables.get("by"), results)
    yield from blocks(parts, material.links)
    named = results.outcomes.loc[material.headlines]
    named = named[named["likelihood"].notna()]
    if len(named):
        yield Grid(
            caption="In words: how likely, and apart from it how sure",
            head=("outcome", "likelihood", "confidence"),
            rows=tuple(
                (line(str(row["title"])), line(str(row["likelihood"])), _word(row["confidence"]))
                for _, row in named.iterrows()
            ),
            words=3,
        )


def _word(confidence: object) -> Line:
    return line(str(confidence) if isinstance(confidence, str) else "not told")
