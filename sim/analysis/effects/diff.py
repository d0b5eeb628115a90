"""What changed between two runs: the model, its parameters, the estimates, the warnings."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.analysis.effects.moved import LEVEL, Counted, Totals, differences, of_totals
from sim.analysis.statistics.resampling import significant
from sim.errors import UsageError
from sim.machine_form import without_titles
from sim.machine_form.entries import entries
from sim.results.atomic_replace import previous_of
from sim.results.directory import SavedRun, read_run
from sim.results.level import LEVEL as USUAL  # of runs that do not say theirs
from sim.results.scenario_record import MODEL, warnings_of

# what is read of a run; not its paths and events, which may be large
TABLES = ("outcomes", "endings", "draws", "shares", "coverage")
How = Literal["exact", "paired", "independent"]
SINGULAR = {
    "parameters": "parameter",
    "variables": "variable",
    "transitions": "transition",
    "outcomes": "outcome",
    "endings": "ending",
    "actors": "actor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDiff:
    """What changed from one run to another.

    how        exact: same model, seed, size and engine, so every number has to be equal; paired:
               the same draws, compared draw by draw; independent: else.
    model      one row a part of the model that is new, gone or changed: what (parameter,
               transition, ...), name, origin (what the file calls it), change, before, after (as
               the machine form writes it).
    text       the machine forms as a unified diff, without context.
    estimates  one row an outcome, ending, transition and option: kind, name, title, n_before,
               hits_before, before (probability), n_after, hits_after, after, difference, low, high:
               interval of the difference, sampling only, at `level` for all rows together; moved:
               0 is outside of it (`exact`: the counts are not equal); zero: `new` (seen before,
               none now), `gone`, or empty, of rows that moved, or whose reach became or ceased to
               be impossible; in_both: False where only one run has it.
    warnings   one row a warning that is new or gone: change, path, message.
    before, after  scenario, under, seed, draws, paths, engine, versions of the two runs.
    """

    how: How
    level: float
    model: pd.DataFrame
    text: tuple[str, ...]
    estimates: pd.DataFrame
    warnings: pd.DataFrame
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    headlines: tuple[str, ...]  # of the second

    @property
    def changed(self) -> bool:
        """Whether anything did: the model, an estimate beyond sampling error, or a warning."""
        moved = self.estimates["moved"] | (self.estimates["zero"] != "")
        return bool(self.text) or bool(moved.any()) or len(self.warnings) > 0


def diff(before: SavedRun, after: SavedRun, *, level: float = LEVEL) -> RunDiff:
    """What changed from one run to the next; see `RunDiff`."""
    # what readers call things changes no number
    texts = [run.record.files.get(MODEL, b"").decode() for run in (before, after)]
    forms = [without_titles(text) for text in texts]
    how = _how(before, after, same_model=forms[0] == forms[1])
    return RunDiff(
        how=how,
        level=level,
        model=_model(*forms),
        text=tuple(_text(*forms)),
        estimates=significant(_estimates(before, after, how, level)),
        warnings=_warnings(before, after),
        before=_about(before),
        after=_about(after),
        headlines=tuple(after.manifest["headlines"]),
    )


def diff_with_previous(directory: Path, *, level: float = LEVEL) -> RunDiff | None:
    """What changed since the run that a directory held before.

    None where there is none, or one of another scenario or of another version of this program.
    """
    try:
        before = read_run(previous_of(directory), only=TABLES)
    except UsageError:
        return None
    after = read_run(directory, only=TABLES)
    same = before.manifest["scenario"] == after.manifest["scenario"]
    return diff(before, after, level=level) if same else None


def _about(run: SavedRun) -> dict[str, Any]:
    known = ("scenario", "title", "under", "seed", "draws", "paths", "engine", "versions")
    return {name: run.manifest[name] for name in known}


def _how(before: SavedRun, after: SavedRun, *, same_model: bool) -> How:
    def agree(*names: str) -> bool:
        return all(before.manifest[name] == after.manifest[name] for name in names)

    # engines that sample walk the same paths
    if same_model and agree("seed", "draws", "paths", "interval"):
        return "exact"
    return "paired" if agree("seed") else "independent"


def _text(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _model(before: str, after: str) -> pd.DataFrame:
    old, new = entries(before), entries(after)
    rows = []
    for section, name in dict.fromkeys([*old, *new]):
        was, now = old.get((section, name)), new.get((section, name))
        if was == now:
            continue
        origin = re.search(r'^    origin: "(.*)"$', now or was or "", re.MULTILINE)
        rows.append(
            {
                "what": SINGULAR.get(section, section) if name else "setting",
                "name": name or section,
                "origin": origin[1] if origin else name or section,
                "change": "new" if was is None else "gone" if now is None else "changed",
                "before": was or "",
                "after": now or "",
            }
        )
    columns = ["what", "name", "origin", "change", "before", "after"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _warnings(before: SavedRun, after: SavedRun) -> pd.DataFrame:
    """By place in the tree and message: lines move when something is added above."""
    old, new = (
        [(str(one["path"]), str(one["message"])) for one in warnings_of(run.record)]
        for run in (before, after)
    )
    rows = [("new", *one) for one in new if one not in old]
    rows += [("gone", *one) for one in old if one not in new]
    return pd.DataFrame(rows, columns=["change", "path", "message"], dtype="str")


def _estimates(before: SavedRun, after: SavedRun, how: How, level: float) -> pd.DataFrame:
    old, new = _rows(before), _rows(after)
    table = old.add_suffix("_before").join(new.add_suffix("_after"), how="outer", sort=False)
    # the order of the first run, then what is new in the second, whatever order the join leaves
    order = [*old.index, *(row for row in new.index if row not in old.index)]
    table = table.loc[pd.MultiIndex.from_tuples(order, names=old.index.names)]
    both = table["reach_before"].notna() & table["reach_after"].notna()
    gap = table["probability_after"] - table["probability_before"]
    low, high = gap.copy(), gap.copy()
    if how != "exact":
        low, high = _intervals(before, after, table, how, level, int(both.sum()))
    moved = both & ((low > 0) | (high < 0))
    if how == "exact":  # by counts, and of a solution, which counts nothing, by the numbers
        moved |= both & (table["hits_before"] != table["hits_after"]).fillna(False)
    titles = table["title_after"].fillna(table["title_before"])
    found = {
        "title": titles,
        **{
            new: table[old]
            for side in ("before", "after")
            for new, old in (
                (f"n_{side}", f"n_{side}"),
                (f"hits_{side}", f"hits_{side}"),
                (side, f"probability_{side}"),
            )
        },
        "difference": gap,
        "low": low,
        "high": high,
        "moved": moved,
        "zero": _zeros(table, moved, both),
        "in_both": both,
    }
    return pd.DataFrame(found).reset_index()


def _rows(run: SavedRun) -> pd.DataFrame:
    """Everything with a probability: index kind, name."""
    parts = []
    for kind in ("outcome", "ending"):
        table = run.frames[f"{kind}s"]
        columns = ["n", "hits", "probability", "reach", "title"]
        parts.append(table[columns].rename_axis("name").reset_index().assign(kind=kind))
    coverage = run.frames["coverage"].rename(columns={"fired": "hits"})
    share = coverage["hits"] / coverage["n"].where(coverage["n"] > 0)
    # coverage has the interval for sampling error, at the run's own level, and no standard error
    reach = 2 * NormalDist().inv_cdf((1 + run.manifest.get("level", USUAL)) / 2)
    error = (coverage["mc_high"] - coverage["mc_low"]) / reach
    more = {"probability": share.astype("float64"), "title": coverage["name"], "se": error}
    columns = ["kind", "name", "n", "hits", "probability", "reach", "title", "se"]
    parts.append(coverage.assign(**more)[columns])
    for part in parts:
        part["kind"], part["reach"] = part["kind"].astype("str"), part["reach"].astype("str")
        part["n"], part["hits"] = part["n"].astype("Int64"), part["hits"].astype("Int64")
    return pd.concat(parts, ignore_index=True).set_index(["kind", "name"])


def _zeros(table: pd.DataFrame, moved: pd.Series[bool], both: pd.Series[bool]) -> pd.Series[str]:
    """Where nothing happens any more, or something for the first time."""
    was, now = (table[f"probability_{side}"] == 0 for side in ("before", "after"))
    never, not_now = (table[f"reach_{side}"] == "impossible" for side in ("before", "after"))
    # chance alone makes zeros come and go, but never what is proved
    new = (both & not_now & ~never) | (moved & now & ~was)
    gone = (both & never & ~not_now) | (moved & was & ~now)
    return pd.Series(np.select([new, gone], ["new", "gone"], ""), index=table.index, dtype="str")


def _intervals(
    before: SavedRun, after: SavedRun, table: pd.DataFrame, how: How, level: float, rows: int
) -> tuple[pd.Series[float], pd.Series[float]]:
    """(low, high) of every difference; missing where only one of the runs has the row."""
    low = pd.Series(np.nan, index=table.index)
    high = low.copy()
    for kind in ("outcome", "ending"):
        names = [
            name
            for name in before.frames[f"{kind}s"].index
            if name in after.frames[f"{kind}s"].index
        ]
        if not names:
            continue
        runs = [_by_draw(run, kind, names) for run in (before, after)]
        ends = differences(*runs, paired=how == "paired", rows=rows, level=level)
        where = pd.MultiIndex.from_product([[kind], names])
        low[where], high[where] = ends
    kinds = table.index.get_level_values("kind")
    counted = (table["n_before"] * table["n_after"] > 0).fillna(False).to_numpy(dtype=np.bool_)
    walked = counted & np.isin(kinds.to_numpy(), ["transition", "option"])
    if walked.any():
        some = table[walked]
        sides = [_totals(some, side) for side in ("before", "after")]
        draws = min(len(before.frames["draws"]), len(after.frames["draws"]))
        low[walked], high[walked] = of_totals(*sides, draws=draws, rows=rows, level=level)
    return low, high


def _totals(table: pd.DataFrame, side: str) -> Totals:
    share, n, error = (
        table[f"{name}_{side}"].to_numpy(dtype=np.float64) for name in ("probability", "n", "se")
    )
    return Totals(share=share, n=n, error=error)


def _by_draw(run: SavedRun, kind: str, names: list[str]) -> Counted:
    shares = run.frames["shares"]
    table = run.frames[f"{kind}s"].loc[names]
    found = shares[[f"{kind}__{name}" for name in names]].to_numpy(dtype=np.float64)
    draws, error = run.frames["draws"], np.zeros(len(names))
    if run.manifest["interval"] == "exact":
        sizes = np.full(len(shares), np.inf)
        # of the two parts of that interval, what is not the spread of the draws
        half = (table["mc_high"] - table["mc_low"]).to_numpy(dtype=np.float64) / 2
        spread = found.std(axis=0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else 0.0
        error = np.maximum(
            half - NormalDist().inv_cdf((1 + run.manifest.get("level", USUAL)) / 2) * spread, 0.0
        )
    else:
        sizes = shares["n"].to_numpy(dtype=np.float64)
    return Counted(
        shares=found,
        sizes=sizes,
        error=error,
        varies=any((draws[name] != draws[name].iloc[0]).any() for name in draws),
    )
