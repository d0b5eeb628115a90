"""What changed between two runs, on the screen, and in two lines after a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.analysis.effects.diff import RunDiff, diff_with_previous
from sim.formatting import counted, percents, points
from sim.report.screens.grids import grid
from sim.report.screens.run import Command
from sim.results.atomic_replace import PREVIOUS

SHOWN = 12  # rows of a list; the rest is counted
HEADLINES = 3  # names in the line after a run
KINDS = {"outcome": "outcomes", "ending": "endings"}
REST = {"transitions and options": ["transition", "option"]}
BOUND = (
    "An estimate has moved if 0 lies outside its interval; all {n:,} intervals together hold with "
    "{level:g} % probability (sampling error only)."
)
HOW = {
    "exact": "Same model, seed and size: every count is compared exactly.",
    "paired": f"Same seed: each draw is compared with itself. {BOUND}",
    "independent": f"Other random numbers. {BOUND}",
}


def diff_view(found: RunDiff, names: Sequence[str], where: str = "") -> Group:
    """The two runs, what changed in the model, and which estimates moved.

    `names` are what the two runs are called; `where` says what was written where.
    """
    parts: list[RenderableType] = [Text(str(found.after["title"]), "bold")]
    parts += _runs(found, names)
    both = found.estimates[found.estimates["in_both"]]
    how = HOW[found.how].format(n=len(both), level=100 * found.level)
    parts += [Text(how), *_model(found), *_estimates(found), *_zeros(found), *_warnings(found)]
    if not found.changed:
        parts += ["", Text("Nothing changed.", "bold")]
    if where:
        parts += ["", Text(where)]
    return Group(*parts)


def last_run_lines(directory: Path, command: Command) -> list[str]:
    """What changed since the run that a directory held before this one, in two lines.

    The first names what changed in the model, and the headlines that moved (all outcomes where
    there are no headlines); the second is the command that shows it all, made by `command`.
    Nothing where there was no earlier run of the same scenario that can be read.
    """
    found = diff_with_previous(directory)
    if found is None:
        return []
    outcomes = found.estimates[found.estimates["kind"] == "outcome"]
    if found.headlines:
        outcomes = outcomes[outcomes["name"].isin(found.headlines)]
    moved = [_from_to(row) for _, row in outcomes[outcomes["moved"]].iterrows()]
    more = f" and {len(moved) - HEADLINES} more" if len(moved) > HEADLINES else ""
    numbers = f"{', '.join(moved[:HEADLINES])}{more}" if moved else _nothing_moved(found)
    show = command("diff", f"{directory}{PREVIOUS}", directory)
    return [f"Since the last run: {_changes(found)}; {numbers}.", f"to see it all: {show}"]


def _changes(found: RunDiff) -> str:
    """What changed in the model, as the file calls it: `collision changed, talks new`."""
    # One rule may become several transitions; an author changed one thing.
    by_name = found.model.drop_duplicates("origin")
    if len(by_name):
        first = by_name.head(HEADLINES)
        more = f" and {len(by_name) - HEADLINES} more" if len(by_name) > HEADLINES else ""
        return f"{', '.join(f'`{row.origin}` {row.change}' for row in first.itertuples())}{more}"
    # Nothing was added, removed or rewritten, and still the texts differ.
    if found.text:
        return "the order of the model changed"
    return "same model, seed and size" if found.how == "exact" else "same model, other paths"


def diff_summary(found: RunDiff) -> dict[str, Any]:
    """The comparison as plain values, None where there is no number: what `--json` prints."""
    return {
        "changed": found.changed,
        "how": found.how,
        "level": found.level,
        "before": dict(found.before),
        "after": dict(found.after),
        "model": _records(found.model),
        "text": list(found.text),
        "estimates": _records(found.estimates),
        "warnings": _records(found.warnings),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _runs(found: RunDiff, names: Sequence[str]) -> Iterator[RenderableType]:
    shown = grid("run", "directory", "size", "seed", "engine")
    for what, name, about in zip(
        ("before", "after"), names, (found.before, found.after), strict=True
    ):
        draws, paths = about["draws"], about["paths"]
        size = f"{draws:,} x {paths:,}" if paths else counted(draws, "draw")
        under = f" (with {about['under']})" if about["under"] else ""
        shown.add_row(what, f"{name}{under}", size, str(about["seed"]), str(about["engine"]))
    yield shown
    scenarios = [str(about["scenario"]) for about in (found.before, found.after)]
    if scenarios[0] != scenarios[1]:
        yield Text(f"Other scenarios: {scenarios[0]} and {scenarios[1]}.", "bold")
    if found.before["versions"] != found.after["versions"]:
        yield Text(f"Other versions: {_versions(found.before, found.after)}.")


def _versions(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = before["versions"], after["versions"]
    # Also a package that only one of the two runs had.
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return ", ".join(f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}" for name in names)


def _model(found: RunDiff) -> Iterator[RenderableType]:
    if not found.text:
        return
    yield ""
    yield Text(f"Model: {counted(len(found.text), 'line')} of model.yaml differ", "bold")
    for _, row in found.model.head(SHOWN).iterrows():
        yield Padding(Text(_part(row)), (0, 0, 0, 4))
    if len(found.model) > SHOWN:
        yield Padding(Text(f"and {len(found.model) - SHOWN} more"), (0, 0, 0, 4))
    # of what takes one line both versions have been shown
    if any("\n" in row["before"] + row["after"] for _, row in found.model.iterrows()):
        yield from (Padding(Text(line), (0, 0, 0, 4)) for line in _some(found.text))


def _part(row: pd.Series[Any]) -> str:
    """`parameter restraint: {pert: [0, 1, 2]} → {fixed: [2]}`, `transition x: new`."""
    name = f"{row['what']} {row['name']}"
    if row["change"] == "changed" and "\n" not in row["before"] + row["after"]:
        return f"{name}: {row['before']} → {row['after']}"
    return f"{name}: {row['change']}"


def _estimates(found: RunDiff) -> Iterator[RenderableType]:
    kinds, both = found.estimates["kind"], found.estimates[found.estimates["in_both"]]
    yield ""
    counts = []
    for what, names in {**{many: [one] for one, many in KINDS.items()}, **REST}.items():
        rows = both[both["kind"].isin(names)]
        counts.append(f"{int(rows['moved'].sum()):,} of {len(rows):,} {what}")
    yield Text(f"Moved: {', '.join(counts)}", "bold")
    for kind, many in KINDS.items():
        rows = found.estimates[kinds == kind]
        if rows["moved"].any():
            shown = grid(kind, "before", "after", "difference in points")
            for _, row in rows[rows["moved"]].iterrows():
                exact = found.how == "exact"
                shown.add_row(str(row["title"]), *_two(row), _difference(row, exact=exact))
            yield from ("", shown)
        for change, only in _only_in_one(rows):
            yield Text(f"{change} {many}: {', '.join(only)}")


def _only_in_one(rows: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """What only one of the runs has: a row without numbers on one side."""
    alone = rows[~rows["in_both"]]
    for change, side in (("New", "before"), ("Gone", "after")):
        names = alone.loc[alone[side].isna(), "title"].tolist()
        if names:
            yield change, names


def _zeros(found: RunDiff) -> Iterator[RenderableType]:
    words = {"new": "No longer seen or possible", "gone": "Seen or possible for the first time"}
    for zero, heading in words.items():
        rows = found.estimates[found.estimates["zero"] == zero]
        if len(rows):
            names = [f"{row['kind']} {row['title']}" for _, row in rows.iterrows()]
            yield ""
            yield Text(f"{heading} ({len(names)}):", "bold")
            yield from (Padding(Text(name), (0, 0, 0, 4)) for name in _some(names))


def _warnings(found: RunDiff) -> Iterator[RenderableType]:
    for change in ("new", "gone"):
        rows = found.warnings[found.warnings["change"] == change]
        if len(rows):
            yield ""
            yield Text(f"{change.capitalize()} warnings ({len(rows)}):", "bold")
            said = [f"{row['path']}: {row['message']}" for _, row in rows.iterrows()]
            yield from (Padding(Text(one), (0, 0, 0, 4)) for one in _some(said))


def _some(names: Sequence[str]) -> list[str]:
    more = len(names) - SHOWN
    return [*names[:SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _two(row: pd.Series[Any]) -> list[str]:
    width = 0.0 if pd.isna(row["low"]) else float(row["high"] - row["low"])
    shares = [float(row[side]) for side in ("before", "after")]
    return [f"{text} %" for text in percents(shares, widths=[width, width])]


def _difference(row: pd.Series[Any], *, exact: bool) -> str:
    gap = float(row["difference"])
    if exact:
        # Of a solution there are no counts.
        hits = row["hits_after"] - row["hits_before"]
        return f"{100 * gap:+.3g}" if pd.isna(hits) else f"{100 * gap:+.3g} ({hits:+,} paths)"
    return points(gap, float(row["low"]), float(row["high"]))


def _from_to(row: pd.Series[Any]) -> str:
    """`war 10.6 → 13.0 %`."""
    return f"{row['title']} {' → '.join(text[:-2] for text in _two(row))} %"


def _nothing_moved(found: RunDiff) -> str:
    if found.how == "exact":
        return "no number moved" if not found.changed else "no headline moved"
    return "no headline moved beyond sampling error"
