"""What an outcome hangs on, on the screen: the parameters that can be told from noise, by size."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.drivers.draw_targets import KINDS
from sim.api.sensitivities import Sensitivity
from sim.formatting import counted, layers, rounded, sample_size
from sim.report.screens.grids import grid
from sim.results.level import at_level
from sim.results.provenance import Provenance
from sim.scenario import Varied
from sim.scenario.stipulated import LEAST, MOST

HEADS = {
    "first_order": "first order",
    "total": "total",
    "rank_correlation": "rank\ncorrelation",
    "delta": "delta",
    "pawn": "PAWN",
}
# with their intervals; the others leave no room for theirs, which are in the table
WITH_INTERVAL = ("total", "first_order", "rank_correlation")
NAMED = 12  # parameters that cannot be told from noise; more are counted
EXPLAINED = {
    "draws": (
        "first order: part of the variance of the noise-free value that goes with the parameter "
        "alone; rank correlation: Spearman's (of choices without a sign); delta, PAWN: how far "
        "knowing the parameter moves the distribution, 0 to 1; –: no larger than a dummy's. "
        "{level} intervals by resampling draws."
    ),
    "design": (
        "total: part of the variance of the noise-free value that goes with the parameter, alone "
        "or together with others; first order: alone; –: no larger than a dummy's. {level} "
        "intervals by resampling rows."
    ),
}


def sensitivity_view(
    about: Provenance,
    found: Sensitivity,
    where: str,
    *,
    design: bool = False,
    varied: Varied | None = None,
) -> Group:
    """A table a target; `where` says what was written where, `varied` which numbers were moved."""
    parts: list[RenderableType] = [Text(about.title, "bold")]
    parts.append(Text(f"{about.sample()}; seed {about.seed}, engine {about.engine}"))
    if varied is not None:
        parts += stipulated_note(varied)
    for target in found.targets:
        own = found.table[found.table["outcome"] == target.name]
        parts += ["", Text(f"{target.title}: what moves its {KINDS[target.of]}", "bold")]
        if target.name in found.untold:
            parts.append(Text(found.untold[target.name]))
        else:
            parts += indices_lines(own)
    if len(found.table):
        parts += ["", Text(at_level(EXPLAINED["design" if design else "draws"], about.level))]
    return Group(*parts, "", Text(where))


def stipulated_note(varied: Varied) -> list[RenderableType]:
    """How stipulated numbers are varied, how many are, and which are not, with the reason."""
    count = Counter(one.what for one in varied.varied)
    kinds = {"delay": "named delay", "number": "number of a rule"}
    many = [counted(count[what], said) for what, said in kinds.items() if count[what]]
    many = [one.replace("number of a rules", "numbers of rules") for one in many]
    text = (
        f"Varied besides the parameters: {' and '.join(many) or 'nothing'}, each by a factor of "
        f"{LEAST:g}–{MOST:g} (stipulated here, log-uniform; of a probability the odds)."
    )
    left = [f"Not varied: {one.name} ({one.reason})" for one in varied.not_varied]
    return [Text(text), *map(Text, left)]


def response_view(
    about: Provenance, curves: pd.DataFrame, titles: pd.Series[str], where: str
) -> Group:
    """A table an outcome: its probability at each point of the parameter's range."""
    parts: list[RenderableType] = [Text(about.title, "bold")]
    for outcome, rows in curves.groupby("outcome", sort=False):
        first = rows.iloc[0]
        size = f"{sample_size(first['draws'], first['paths'])} at each value"
        parts += ["", Text(f"{titles[str(outcome)]}, over {first['parameter']} ({size})", "bold")]
        said = layers(row for _, row in rows.iterrows())
        banded = any(one.band for one in said)
        table = grid(
            str(first["parameter"]),
            *_quantile(rows),
            "probability",
            *["parameter\nuncertainty"] * banded,
            "sampling\nerror",
        )
        for (_, row), one in zip(rows.iterrows(), said, strict=True):
            value = row["choice"] or rounded(row["value"], 3)
            place = [f"{100 * row['quantile']:.0f} %"] * bool(_quantile(rows))
            table.add_row(value, *place, one.probability, *[one.band] * banded, one.sampling)
        parts.append(table)
    explained = (
        "Everything else as drawn. Points share their random numbers, so the differences between "
        "them are better known than the sampling errors say. {level} intervals."
    )
    return Group(*parts, "", Text(at_level(explained, about.level)), "", Text(where))


def _quantile(rows: pd.DataFrame) -> list[str]:
    return [] if rows["quantile"].isna().all() else ["quantile"]


def indices_lines(table: pd.DataFrame) -> Iterator[RenderableType]:
    """The indices of one target: what can be told from noise, then what cannot."""
    yield from _told(table)
    yield from _untold(table)


def _told(table: pd.DataFrame) -> Iterator[RenderableType]:
    # A column for which nothing was computed would be dashes from top to bottom.
    indices = [name for name in HEADS if (table["index"] == name).any()]
    indices = [n for n in indices if table.loc[table["index"] == n, "value"].notna().any()]
    told = table[table["told"]]
    if len(told):
        shown = grid("parameter", *(HEADS[name] for name in indices))
        for name, rows in told.groupby("parameter", sort=False):
            cells = {str(row["index"]): _cell(row) for _, row in rows.iterrows()}
            shown.add_row(str(name), *(cells[index] for index in indices))
        yield shown
    if "first_order" not in indices:
        yield Text(f"First-order indices cannot be told: {_noise(table)}")


def _noise(table: pd.DataFrame) -> str:
    """Why finite paths hide the indices of the noise-free value, and what would help."""
    noise = 1 - float(table["reliability"].iloc[0])
    if math.isnan(noise):
        return "of one path in each draw its chance is unknown. Two paths or more would do."
    return (
        f"{100 * min(max(noise, 0), 1):.0f} % of the variance over draws is the chance of finite "
        "paths. More paths in each draw would do."
    )


def _untold(table: pd.DataFrame) -> Iterator[Text]:
    first = table.iloc[0]
    names = list(dict.fromkeys(table.loc[~table["told"], "parameter"]))
    if not names:
        return
    n = f"n = {sample_size(first['draws'], first['paths'])}"
    many = (
        f"{len(names):,} parameters, listed in the table"
        if len(names) > NAMED
        else ", ".join(names)
    )
    yield Text(f"Cannot be told from noise at {n}: {many}. {_floors(table)}")


def _floors(table: pd.DataFrame) -> str:
    """What dummies of those that cannot be told reach, in words; the middle one of them."""
    untold = table[~table["told"]]
    # Each parameter has a floor of its own, as choices have other dummies than numbers; a sentence
    # has room for one.
    middle = untold.groupby("index", sort=False)["floor"].median().dropna()
    said = [
        f"{HEADS[str(index)].replace(chr(10), ' ')} {_number(str(index), float(floor))}"
        for index, floor in middle.items()
    ]
    return f"Dummies, which do not matter, reach up to {', '.join(said)}."


def _cell(row: pd.Series[Any]) -> str:
    """An index with its interval where there is room; one below its floor in brackets."""
    index = str(row["index"])
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if not row["clears"]:
        return "–"
    if index not in WITH_INTERVAL:
        return _number(index, value)
    ends = (
        f"{_bare(index, low)} to {_bare(index, high)}"
        # A dash between two numbers would be taken for the sign of the second.
        if low < 0
        else (f"{_bare(index, low)}–{_bare(index, high)}")
    )
    return f"{_number(index, value)} ({ends})"


def _number(index: str, value: float) -> str:
    return f"{_bare(index, value)} %" if index in ("first_order", "total") else _bare(index, value)


def _bare(index: str, value: float) -> str:
    if index in ("first_order", "total"):
        return f"{100 * value:.0f}" if value >= 0.1 or value == 0 else f"{100 * value:.1f}"
    return f"{value:.2f}"
