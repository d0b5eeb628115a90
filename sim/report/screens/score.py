"""What happened beside what was estimated, and the model against rivals, on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from math import isfinite
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.scoring.questions import RIVALS
from sim.api.scores import Scores
from sim.formatting import p_value, percents, rounded
from sim.report.screens.grids import grid
from sim.results.level import at_level

CALLED = {
    "generic": "generic rate",
    "region": "region's rate",
    "nothing": "nothing",
    "last": "last case",
}
MEASURES = {"brier": "Brier", "log_score": "log", "crps_share": "time"}
EXPLAINED = (
    "Lower scores are better. Brier: (p - y)²; log: -ln of the probability given to what happened; "
    "CRPS: of the time, in days, up to the end of the window. Surprise: two-sided predictive p. "
    "Rank: share of the simulated times before the record. In {level} of draws: parameter "
    "uncertainty; –: not resolved. ±: sampling error, {level}."
)
OVER_CASES = (
    "Rivals: base rates of such crises anywhere and of the region, 'nothing happens', and what "
    "happened in the case before. Time: CRPS divided by the window. Means over cases, each of "
    "which counts the same; difference: model - rival, below 0 the model is better, with its "
    "{level} bootstrap interval over cases. Skill: 1 - model / rival. More cases: to tell a "
    "difference of this size from nothing (two-sided, level {level}, power 80 %)."
)
WORST = 3  # surprises that are named
SUBJECT = "Calibration, not validation: these are the cases that somebody chose."


def score_view(found: Scores, where: str) -> Group:
    """A table of questions for each case, then the model against its rivals."""
    parts: list[RenderableType] = []
    for _, rows in found.questions.groupby("number"):
        parts += [Text(str(rows["case"].iloc[0]), "bold"), _questions(rows, found.level), ""]
    parts += [Text(at_level(EXPLAINED, found.level))]
    marked = found.questions[found.questions["after_window"].astype(bool)]
    if len(marked):
        parts.append(Text("*: happened after the window, so it counts as no."))
    if found.cases > 1:
        parts += ["", *_worst(found)]
    parts += ["", *_rivals(found)]
    if found.calibration is not None and found.cases > 1:
        parts += ["", *_calibration(found)]
    if where:
        parts += ["", Text(where)]
    return Group(*parts)


def _questions(rows: pd.DataFrame, level: float) -> RenderableType:
    within = at_level("in {level}\nof draws", level)
    heads = ("proba-\nbility", within, "±", "happened,\nday", "Brier", "log", "CRPS")
    table = grid("question", *heads, "sur-\nprise", "rank")
    for _, row in rows.iterrows():
        said, *band = percents([row["probability"], row["low"], row["high"]])
        title = f"ending: {row['title']}" if row["kind"] == "ending" else str(row["title"])
        table.add_row(
            title,
            f"{said} %",
            f"{band[0]}–{band[1]}" if pd.notna(row["low"]) else "–",
            rounded(50 * (row["mc_high"] - row["mc_low"]), 1) if pd.notna(row["mc_low"]) else "",
            _when(row),
            *(_number(row[name]) for name in ("brier", "log_score")),
            rounded(row["crps"], 3) if pd.notna(row["crps"]) else "",
            p_value(row["surprise"]) if pd.notna(row["surprise"]) else "",
            _number(row["rank"]),
        )
    return table


def _when(row: pd.Series[Any]) -> str:
    if row["record"] != "happened":
        return f"{row['record']}{'*' if row['after_window'] else ''}"
    if pd.isna(row["earliest"]):
        return "yes"
    # to a hundredth of a day: minutes would take the width of the question
    first, last = (f"{round(row[end], 2):.4g}" for end in ("earliest", "latest"))
    return first if first == last else f"{first}–{last}"


def _number(value: float) -> str:
    if pd.isna(value):
        return ""
    # A log score is infinite where what was called impossible happened.
    return f"{value:.2f}" if isfinite(value) else "∞"


def _rivals(found: Scores) -> Iterator[RenderableType]:
    mass = at_level("{level}", found.level)
    heads = ("cases", "model", "rival", "differ-\nence", mass, "skill", "more\ncases")
    shown = grid("rival", "score", *heads)
    for _, row in found.rivals.iterrows():
        if not row["cases"]:
            continue
        shown.add_row(
            # Named once, at the first of its measures.
            CALLED[row["rival"]] if row["measure"] == "brier" else "",
            MEASURES[row["measure"]],
            f"{row['cases']:.0f}",
            _number(row["model"]),
            _number(row["rival_mean"]),
            f"{row['difference']:+.3f}" if pd.notna(row["difference"]) else "",
            f"{row['low']:+.2f} to {row['high']:+.2f}" if pd.notna(row["low"]) else "",
            _number(row["skill"]),
            f"{row['more_cases']:,.0f}" if pd.notna(row["more_cases"]) else "",
        )
    yield shown
    missing = [
        CALLED[name]
        for name in RIVALS
        if not found.rivals.loc[found.rivals["rival"] == name, "cases"].any()
    ]
    if missing:
        yield Text(f"No rate on record: {', '.join(missing)}.")
    yield Text(at_level(OVER_CASES, found.level))


def _worst(found: Scores) -> Iterator[RenderableType]:
    """The questions whose record is farthest out in what was expected."""
    asked = found.questions[found.questions["kind"] == "outcome"]
    known = asked[asked["surprise"].notna()].sort_values(["surprise", "brier"], kind="stable")
    named = [
        f"{row['case']}: {row['title']} (p {p_value(row['surprise'])})"
        for _, row in known.head(WORST).iterrows()
    ]
    if named:
        yield Text(f"Most surprising: {'; '.join(named)}.")


def _calibration(found: Scores) -> Iterator[RenderableType]:
    parts = found.calibration
    assert parts is not None
    asked = int(found.reliability["n"].sum())
    yield Text(f"Calibration over {asked} outcomes, taken for independent", "bold")
    yield Text(
        f"Brier {parts.score:.3f} = miscalibration {parts.miscalibration:.3f} - discrimination "
        f"{parts.discrimination:.3f} + uncertainty {parts.uncertainty:.3f}. If every probability "
        f"were right it would be {parts.expected:.3f} (sharpness); p {p_value(parts.p_value)} "
        "(Spiegelhalter)."
    )
    shares = ", ".join(f"{share:.2f}" for share in found.pit["share"])
    yield Text(f"PIT of the times in {len(found.pit)} equal bins: {shares}.")
    yield Text(SUBJECT)


def score_summary(found: Scores) -> dict[str, Any]:
    """The tables as plain values, None where there is no number: what `--json` prints."""
    calibration = asdict(found.calibration) if found.calibration else None
    return {
        "questions": _plain(found.questions),
        "rivals": _plain(found.rivals),
        "reliability": _plain(found.reliability),
        "pit": _plain(found.pit),
        "calibration": calibration and {name: _finite(one) for name, one in calibration.items()},
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.astype(object).to_dict("records")
    return [{str(key): _finite(value) for key, value in row.items()} for row in rows]


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: the one is null, the other a word."""
    if isinstance(value, float) and not isfinite(value):
        return None if pd.isna(value) else "infinite"
    return value
