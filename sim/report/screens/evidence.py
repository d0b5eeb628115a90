"""The record of history beside the estimates, and the run given some of it, on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.evidence.conditioning import Conditioned
from sim.api import Results
from sim.formatting import at_most, layers, p_value, percents, rounded
from sim.report.screens.grids import grid
from sim.results.level import at_level

EXPLAINED = (
    "In %: the {level} interval of the record's probability (Jeffreys). Expected: how many the "
    "model lets expect in as many cases, with {level} probability, over chance and parameters. p: "
    "two-sided predictive p-value of the count; a small one says that record and model disagree, "
    "not which of them is wrong. The cases of a record are seldom those of the scenario."
)
MOVED = 12  # parameters shown


def evidence_view(
    results: Results,
    table: pd.DataFrame,
    conditioned: Conditioned | None = None,
    refused: str = "",
    where: str = "",
) -> Group:
    """Every record with its check, then what conditioning gave, or why it was refused."""
    about = results.provenance
    parts: list[RenderableType] = [Text(about.title, "bold"), Text(about.sample()), ""]
    parts += (
        check_lines(table, about.level) if len(table) else [Text("The scenario has no evidence.")]
    )
    if conditioned is not None:
        parts += ["", *_conditioned(results, conditioned)]
    if refused:
        parts += ["", Text(refused, "bold")]
    if where:
        parts += ["", Text(where)]
    return Group(*parts)


def check_lines(table: pd.DataFrame, level: float) -> Iterator[RenderableType]:
    """The most surprising first: what agrees asks nothing of a reader."""
    columns = ["record_low", "record_high", "probability"]
    # percentages of one column share their digits, so they are made together and handed out in turn
    ordered = table.sort_values("p_value", kind="stable")
    numbers = iter(percents(ordered[columns].to_numpy().ravel().tolist()))
    shown = grid("record", "cases", "in %", "estimate", "expected", "p")
    for _, row in ordered.iterrows():
        low, high, estimate = (next(numbers) for _ in columns)
        # none in n has no lower end: a bound is the honest form
        record = f"{low}–{high}" if row["successes"] else f"below {at_most(row['record_high'])}"
        shown.add_row(
            f"{row['record']}: {row['title']}",
            f"{row['successes']} of {row['trials']:,}",
            record,
            f"{estimate} %",
            _expected(int(row["expected_low"]), int(row["expected_high"])),
            p_value(row["p_value"]),
        )
    yield shown
    yield ""
    yield Text(at_level(EXPLAINED, level))


def _expected(low: int, high: int) -> str:
    return f"{low:,}–{high:,}" if low < high else f"{low:,}"


def _conditioned(results: Results, found: Conditioned) -> Iterator[RenderableType]:
    yield Text(f"Given {' and '.join(found.records)}", "bold")
    yield Text(
        f"Draws are weighted by how likely they make the record; the weights leave "
        f"{found.effective:.0f} effective draws of {found.draws:,}."
    )
    names = results.provenance.headlines or tuple(map(str, results.outcomes.index))
    rows = found.estimates[found.estimates["kind"] == "outcome"].set_index("name").loc[list(names)]
    # the run's own numbers beside them: only the difference is news
    before = results.outcomes.loc[list(names)]
    shown = grid(
        "outcome", "as run", "given the record", "parameter\nuncertainty", "sampling\nerror"
    )
    pairs = zip(
        layers(row for _, row in before.iterrows()),
        layers(_as_estimate(row) for _, row in rows.iterrows()),
        strict=True,
    )
    for title, (old, new) in zip(rows["title"], pairs, strict=True):
        band = f"{old.band} → {new.band}" if old.band and new.band else new.band
        shown.add_row(str(title), old.probability, new.probability, band, new.sampling)
    yield from ("", shown, "", *_parameters(found.parameters, results.provenance.level))


def _as_estimate(row: pd.Series[Any]) -> pd.Series[Any]:
    """A conditioned estimate with the columns of one that was counted."""
    known = {str(key): value for key, value in row.items()}
    return pd.Series({**known, "n": pd.NA, "hits": pd.NA, "reach": "seen", "upper": float("nan")})


def _parameters(table: pd.DataFrame, level: float) -> Iterator[RenderableType]:
    moved = table[table["moved"]]
    if not len(moved):
        yield Text("No parameter moved by more than chance explains.")
        return
    shown = grid("parameters that moved", "as run", "given the record")
    for _, row in moved.head(MOVED).iterrows():
        if pd.isna(row["choice"]):
            sides = [
                f"{rounded(row[f'{side}_median'], 3)} "
                f"({rounded(row[f'{side}_low'], 3)}–{rounded(row[f'{side}_high'], 3)})"
                for side in ("prior", "posterior")
            ]
            shown.add_row(str(row["parameter"]), *sides)
        else:
            old, new = percents([row["prior"], row["posterior"]])
            shown.add_row(f"{row['parameter']} = {row['choice']}", f"{old} %", f"{new} %")
    yield shown
    if len(moved) > MOVED:
        yield Text(f"and {len(moved) - MOVED} more")
    yield Text(
        at_level("Numbers: median ({tail} to {rest} quantile); choices: probability.", level)
    )


def evidence_summary(
    table: pd.DataFrame, conditioned: Conditioned | None, refused: str
) -> dict[str, Any]:
    """The checks as plain values, None where there is no number: what `--json` prints."""
    found: dict[str, Any] = {"records": _plain(table)}
    if conditioned is not None:
        found["condition"] = {
            "records": list(conditioned.records),
            "draws": conditioned.draws,
            "effective": conditioned.effective,
            "estimates": _plain(conditioned.estimates),
            "parameters": _plain(conditioned.parameters),
        }
    if refused:
        found["refused"] = refused
    return found


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    known = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]
