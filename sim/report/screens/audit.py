"""The audit of assumptions on the screen: what to look into first, and what it is worth to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.api.audits import Audit, Choice
from sim.formatting import counted, percents, rounded, sample_size
from sim.report.screens.grids import grid
from sim.report.screens.sensitivity import stipulated_note
from sim.results.level import at_level

MOST = 15  # assumptions, and things to know; more are in the tables
WEAK = ("judgement", "stipulated")
EXPLAINED = (
    "Influence: size of the rank correlation with the outcome over the draws, with its {level} "
    "interval and direction (choices have none); dummy: what one that does not matter reaches. In "
    "the order of influence times weakness of the grade, so that what moves the answer and has no "
    "good source stands on top. *: the source is unconfirmed, which counts as a judgement at best."
)
OTHERWISE = (
    " One whose influence is below its dummy is told by another index (sensitivity --stipulated)."
)
KNOWN = (
    "Worth: by how much {more} likely the outcome would be, in percentage points, if this were "
    "known before the choice (expected value of perfect information, an upper bound for any "
    "study), with its {level} interval by resampling draws. Groups: by a sum over their members."
)


def audit_view(found: Audit, where: str) -> Group:
    """A table an outcome, then the choice; `where` says what was written where."""
    about = found.walked
    parts: list[RenderableType] = [Text(about.title, "bold")]
    parts.append(Text(f"{about.sample()}; seed {about.seed}, engine {about.engine}"))
    parts += stipulated_note(found.varied)
    for target in found.targets:
        own = found.table[found.table["outcome"] == target.name]
        parts += ["", Text(f"{target.title}: the assumptions it rests on", "bold")]
        if target.name in found.untold:
            parts.append(Text(found.untold[target.name]))
        else:
            parts += [*_told(own), *_untold(own)]
    if len(found.table):
        below = found.table["told"] & (found.table["influence"] <= found.table["floor"])
        explained = at_level(EXPLAINED, about.level)
        parts += ["", Text(explained + OTHERWISE * bool(below.any()))]
    if found.choice is not None:
        parts += ["", *_choice(found.choice, about.level)]
    return Group(*parts, "", Text(where))


def _told(table: pd.DataFrame) -> Iterator[RenderableType]:
    told = table[table["told"]].head(MOST)
    if not len(told):
        return
    shown = grid("assumption", "what", "grade", "influence", "dummy")
    for _, row in told.iterrows():
        grade = f"{str(row['grade']).replace('_', ' ')}{'*' * bool(row['unconfirmed'])}"
        shown.add_row(str(row["name"]), str(row["what"]), grade, _influence(row), _floor(row))
    yield shown
    if (more := int(table["told"].sum()) - len(told)) > 0:
        yield Text(f"{more:,} more are in the table.")


def _untold(table: pd.DataFrame) -> Iterator[Text]:
    untold = table[~table["told"] & (table["reason"] == "")]
    if not len(untold):
        return
    first = table.iloc[0]
    weak = int((untold["grade"].isin(WEAK) | untold["unconfirmed"]).sum())
    yield Text(
        f"Cannot be told from noise at n = {sample_size(first['draws'], first['paths'])}: "
        f"{len(untold):,} of {int((table['reason'] == '').sum()):,}, {weak:,} of them without a "
        f"source that was checked. A dummy reaches {untold['floor'].median():.2f}; of four times "
        f"as many draws about half of that ({_larger(first)})."
    )


def _larger(row: pd.Series[Any]) -> str:
    """The options of an audit with four times the draws."""
    paths = f" --paths {row['paths']}" if row["paths"] else ""  # none where paths are solved
    return f"--draws {4 * row['draws']}{paths}"


def _influence(row: pd.Series[Any]) -> str:
    sign = {1: "+", -1: "−"}.get(int(row["direction"]), "")
    return f"{sign}{row['influence']:.2f} ({row['low']:.2f}–{row['high']:.2f})"


def _floor(row: pd.Series[Any]) -> str:
    return f"{row['floor']:.2f}"


def _choice(choice: Choice, level: float) -> Iterator[RenderableType]:
    wanted = "most likely" if choice.more else "least likely"
    yield Text(f"The choice that makes it {wanted}: {choice.title}", "bold")
    known = choice.information
    if known is None:
        yield Text(choice.untold)
        return
    decisions = grid("decision", "probability", "difference in points", "best in")
    # as many digits as the differences bear, which are known better than the probabilities
    widths = (known.decisions["high"] - known.decisions["low"]).to_numpy()
    # the chosen decision has no difference from itself, and the digits of the others
    widths = np.where(widths > 0, widths, widths.max())
    said = percents(known.decisions["probability"].tolist(), widths=widths.tolist())
    for (_, row), probability in zip(known.decisions.iterrows(), said, strict=True):
        is_chosen = row["decision"] == known.chosen
        gap = "the choice" if is_chosen else _points(row, "difference", signed=True)
        decisions.add_row(
            str(row["decision"]), f"{probability} %", gap, f"{100 * row['best']:.0f} %"
        )
    yield decisions
    draws, paths = known.decisions[["draws", "paths"]].iloc[0]
    sampled = " for each, on the same random numbers" if paths else ""
    noise = ", the noise of finite paths removed" if paths else ""
    yield Text(f"n = {sample_size(draws, paths)}{sampled}. Best in: share of the draws{noise}.")
    yield Text("")
    yield from _worth(known.table, known.chosen)
    yield Text("")
    yield Text(at_level(KNOWN.replace("{more}", "more" if choice.more else "less"), level))


def _worth(table: pd.DataFrame, chosen: str) -> Iterator[RenderableType]:
    told = table[table["told"]].head(MOST)
    if not table["told"].iloc[0]:
        yield Text(_nothing_told(table.iloc[0], chosen))
    if not len(told):
        return
    shown = grid("known before the choice", "worth in points", "dummy")
    for _, row in told.iterrows():
        shown.add_row(str(row["name"]), _points(row, "value"), _number(row["floor"]))
    yield shown
    untold = table[~table["told"] & (table["of"] != "everything")]
    many = [
        counted(int((untold["of"] == kind).sum()), kind)
        for kind in ("group", "parameter")
        if (untold["of"] == kind).any()
    ]
    if many:
        yield Text(f"Worth no more than a dummy: {' and '.join(many)}.")


def _nothing_told(everything: pd.Series[Any], chosen: str) -> str:
    """What the draws say where knowing everything is not seen to be worth anything."""
    n = sample_size(everything["draws"], everything["paths"])
    floor = _number(everything["floor"])
    if floor == "0":
        return (
            f"At n = {n}, {chosen} is the best choice in each draw as far as can be told: nothing "
            "that is uncertain here would change it."
        )
    worth = "nothing that is seen"
    if everything["value"] > 0:
        worth = f"{_points(everything, 'value')} points"
    return (
        f"Knowing everything is worth {worth}, where finite paths alone make up to {floor} points "
        f"of nothing (n = {n}). More paths in each draw would tell."
    )


def _points(row: pd.Series[Any], column: str, *, signed: bool = False) -> str:
    value, low, high = (100 * float(row[name]) for name in (column, "low", "high"))
    joined = f"{_number(low / 100)} to {_number(high / 100)}"
    return f"{'+' * (signed and value > 0)}{_number(value / 100)} ({joined})"


def _number(share: float) -> str:
    """In percentage points, to two significant digits, and no more than four places."""
    points = 100 * share
    text = rounded(points, 2) if abs(points) >= 0.001 else f"{points:.4f}".rstrip("0").rstrip(".")
    return (text if text not in ("", "-0") else "0").replace("-", "−")
