"""Variants of a scenario side by side, and what divides them, on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.drivers.structure import PARTS
from sim.api.structures import Structure
from sim.formatting import percents
from sim.report.screens.estimate_grids import Shown
from sim.report.screens.grids import grid
from sim.results.level import at_level

TRACE = 1e-4  # of a variance: less is nothing to a reader
EXPLAINED = (
    "The variance of an outcome's probability, split: between variants (of their means), "
    "parameters (of the weighted mean over variants) and their interaction, with the {level} "
    "interval of each share (sampling error only). sd: the root of that variance, in points. Noise "
    "removed: the standard deviation that finite paths add to the share of a draw; no part of the "
    "sum."
)


def structure_view(found: Structure, *, given: bool, where: str) -> Group:
    """A table for each headline, then the parts of its variance; all outcomes without headlines.

    `given`: whether weights were.
    """
    about = next(iter(found.results.values())).provenance
    parts: list[RenderableType] = [Text(about.title, "bold")]
    parts.append(Text(f"{len(found.results)} variants of {about.sample()} each; seed {about.seed}"))
    parts.append(Text(weights_in_words(found, given=given)))
    shown = shown_outcomes(found)
    for outcome in shown:
        parts += ["", *variant_lines(found.variants, outcome)]
    parts += [
        "",
        *part_lines(found.parts, found.variants, shown),
        "",
        Text(at_level(EXPLAINED, about.level)),
    ]
    if found.missing:
        parts += ["", Text(f"Not in all variants, so left out: {', '.join(found.missing)}.")]
    horizons = {name: one.provenance.horizon for name, one in found.results.items()}
    if len(set(horizons.values())) > 1:
        days = ", ".join(f"{name} {days:g} d" for name, days in horizons.items())
        parts.append(Text(f"The horizons differ, and with them what can have happened: {days}."))
    if len(shown) < found.parts["outcome"].nunique():
        parts.append(Text("All outcomes are in structure.csv and variants.csv."))
    parts += ["", Text(where)]
    return Group(*parts)


def shown_outcomes(found: Structure) -> list[str]:
    """The headlines that all variants have; all outcomes where there are none."""
    known = list(dict.fromkeys(found.parts["outcome"]))
    first = next(iter(found.results.values())).provenance
    return [name for name in first.headlines if name in known] or known


def titles_of_outcomes(variants: pd.DataFrame) -> dict[str, str]:
    """What a reader calls each outcome: as the first variant has it."""
    return dict(variants.drop_duplicates("outcome")[["outcome", "title"]].to_numpy().tolist())


def weights_in_words(found: Structure, *, given: bool) -> str:
    """`Weights: a 2/3, b 1/3`, or that all count the same."""
    if not given:
        return "All variants count the same (no weights were given)."
    said = [f"{name} {weight:.3g}" for name, weight in found.weights.items()]
    return f"Weights: {', '.join(said)}."


def variant_lines(variants: pd.DataFrame, outcome: str) -> Iterator[RenderableType]:
    """One outcome's probability in each variant."""
    rows = variants[variants["outcome"] == outcome]
    yield Text(titles_of_outcomes(variants)[outcome], "bold")
    shown = Shown(rows)
    table = grid("variant", "weight", *shown.heads)
    cells = shown.cells(row for _, row in rows.iterrows())
    for (_, row), own in zip(rows.iterrows(), cells, strict=True):
        table.add_row(str(row["variant"]), f"{row['weight']:.2f}", *own)
    yield table


def part_lines(
    parts: pd.DataFrame, variants: pd.DataFrame, outcomes: Sequence[str]
) -> Iterator[RenderableType]:
    """How the variance of each outcome's probability splits."""
    titles = titles_of_outcomes(variants)
    shown = grid("share of the variance", *PARTS, "sd", "noise\nremoved")
    for outcome in outcomes:
        rows = parts[parts["outcome"] == outcome]
        variances = (rows["sd"].to_numpy() ** 2).sum(), rows["removed"].to_numpy()[0]
        sd, removed = (float(one) ** 0.5 for one in variances)
        cells = [_share(row) for _, row in rows.iterrows()]
        shown.add_row(titles[outcome], *cells, f"{100 * sd:.2g}", f"{100 * removed:.2g}")
    yield shown


def _share(row: pd.Series[Any]) -> str:
    """`29 % (25–33)`; what is all or nothing but a trace is said to be so."""
    if pd.isna(row["share"]):
        return "nothing varies"
    values = [float(row[name]) for name in ("share", "low", "high")]
    rounded = percents(values, widths=[values[2] - values[1]] * 3)
    share, low, high = (_whole(*one) for one in zip(values, rounded, strict=True))
    return f"{share} % ({low}–{high})"


def _whole(share: float, rounded: str) -> str:
    # on the scale of the logit an interval has ends such as 0.00000012 %, which say no more
    if 0 < share < TRACE:
        return f"<{100 * TRACE:g}"
    return f">{100 * (1 - TRACE):g}" if 1 - TRACE < share < 1 else rounded


def structure_summary(found: Structure) -> dict[str, Any]:
    """The variants and the parts as plain values: what `--json` prints."""

    def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
        known = table.astype(object).where(table.notna(), None)
        return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]

    return {
        "weights": found.weights,
        "variants": plain(found.variants),
        "parts": plain(found.parts),
        "missing": list(found.missing),
    }
