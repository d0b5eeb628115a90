"""A comparison on the screen: the baseline, each alternative, and the difference by paths."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.analysis.effects.differences import beyond_noise
from sim.analysis.statistics.intervals import note_of
from sim.api import Comparison, Results
from sim.formatting import (
    DAY,
    duration_in_words,
    effect_band,
    effects,
    estimates,
    percent,
    short_duration,
)
from sim.model.titles import Titles
from sim.report.screens.grids import grid
from sim.results.level import at_level

EXPLAINED = (
    "Each alternative uses the same random numbers as the baseline, so its paths are the same up "
    "to the first moment its change matters. In brackets: sampling error of the difference, "
    "{level}. 'over parameters': the effect in {level} of parameter draws, the noise of finite "
    "paths removed; –: nothing is uncertain, or paths a draw are too few to tell."
)
OTHERS, FLOWS = 4, 2  # shown of each alternative; the rest stands in the files


def comparison_view(comparison: Comparison, where: str, titles: Titles | None = None) -> Group:
    """A table for each outcome: the headlines, or all outcomes where there are none.

    Below, every other outcome and ending that an alternative moves beyond noise. `titles` say what
    interventions are called, `where` what was written where.
    """
    about, titles = comparison.baseline.provenance, titles or Titles()
    shown = _headlines(comparison)
    parts: list[RenderableType] = [Text(about.title, "bold")]
    if about.under:
        parts.append(Text(f"Interventions applied: {titles.changes(about.under)}", "bold"))
    parts.append(Text(f"{about.sample(' each')}; seed {about.seed}, engine {about.engine}"))
    if about.interrupted:
        parts.append(Text(f"Interrupted: {about.draws} of {about.draws_asked} draws.", "bold"))
    for outcome in shown:
        rows = comparison.table[comparison.table["outcome"] == outcome]
        rows = rows[rows["twin"].isin(_listed(comparison))]
        parts += ["", *_outcome(outcome, rows, comparison, titles)]
    parts += [*_together(comparison, shown, titles)]
    parts += [*_others(comparison, shown, titles), *_paths(comparison, titles)]
    parts += [part for note in comparison.notes() for part in ("", Text(note))]
    subsets = "" if comparison.shapley.empty else ", and all subsets"
    parts += [
        "",
        Text(f"All outcomes and endings{subsets}: compare.csv, compare-endings.csv in analyses/."),
    ]
    # a solution has no random numbers to explain
    explained = note_of(comparison.baseline)
    if about.interval != "exact":
        explained = at_level(EXPLAINED, about.level)
    parts += ["", Text(explained), "", Text(where)]
    return Group(*parts)


def comparison_summary(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain numbers, None where there is none: what `--json` prints.

    The keys of a run's summary; `twins`: name -> outcome -> the columns of the table;
    `twin_endings`: the same by ending; `flows`; `alternatives`: name -> its paths.
    """
    twins = list(comparison.twins)
    return {
        **comparison.baseline.summary(),
        "twins": _nested(comparison.table, "outcome", twins),
        "twin_endings": _nested(comparison.endings, "ending", twins),
        "flows": _plain(comparison.flows),
        "alternatives": {
            row.pop("twin"): row for row in _plain(comparison.alternatives.reset_index())
        },
        "shapley": _plain(comparison.shapley),
        "interactions": _plain(comparison.interactions),
        "notes": comparison.notes(),
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None where a number is missing, which JSON writes as null."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


def _nested(table: pd.DataFrame, kind: str, twins: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {name: {} for name in twins}
    for row in _plain(table):
        twin, name = row.pop("twin"), row.pop(kind)
        found[twin][name] = row
    return found


def _headlines(comparison: Comparison) -> tuple[str, ...]:
    """The outcomes with a table of their own; without headlines every outcome is one."""
    named = comparison.baseline.provenance.headlines
    return named or tuple(str(name) for name in comparison.baseline.outcomes.index)


def _outcome(
    outcome: str, rows: pd.DataFrame, comparison: Comparison, titles: Titles
) -> Iterator[RenderableType]:
    twins = [str(twin) for twin in rows["twin"]]
    (baseline,) = estimates([_row(comparison.baseline, outcome)])
    title = str(comparison.baseline.outcomes["title"][outcome])
    under = comparison.baseline.provenance.under
    yield Text(f"{title}: baseline {baseline}{f' (with {under})' if under else ''}", "bold")
    # without uncertain parameters these columns would be empty
    spread = bool((rows["band"] != "none").any())
    table = grid(
        "alternative", "with it", "difference in points", *["over parameters", "lowers"] * spread
    )
    listed = [row for _, row in rows.iterrows()]
    for twin, row, change in zip(twins, listed, effects(listed), strict=True):
        with_it = _short(_row(comparison.twins[twin], outcome))
        layers = [effect_band(dict(row)), _in_draws(row["lowers"])] if spread else []
        table.add_row(_called(twin, comparison, titles), with_it, change, *layers)
    yield table


def _listed(comparison: Comparison) -> list[str]:
    """The alternatives that are shown: of all subsets, each one alone and the whole."""
    names = [str(name) for name in comparison.twins]
    if comparison.shapley.empty:
        return names
    # Of six interventions there are 63 subsets: as many rows would hide what is asked.
    whole = max(names, key=lambda name: name.count("+"))
    alone = set(comparison.shapley["intervention"])
    return [name for name in names if name in alone or name == whole]


def _called(name: str, comparison: Comparison, titles: Titles) -> str:
    """What an alternative is called; all of several in short, as they stand beside it."""
    together = not comparison.shapley.empty and "+" in name
    return "all together" if together else titles.changes(name)


def _together(
    comparison: Comparison, shown: Sequence[str], titles: Titles
) -> Iterator[RenderableType]:
    """What each of several interventions adds to their joint effect, in points."""
    outcomes = comparison.baseline.outcomes["title"]
    for outcome in shown:
        rows = comparison.shapley[comparison.shapley["outcome"] == outcome]
        if rows.empty:
            return
        listed = [{**row, "differ": 1, "changed": 1} for _, row in rows.iterrows()]
        values = effects([pd.Series({**row, "difference": row["shapley"]}) for row in listed])
        yield ""
        joint = f"{100 * rows['joint'].iloc[0]:+.2g}"
        yield Text(f"{outcomes[outcome]}: all together {joint} points", "bold")
        table = grid("intervention", "alone", "its part (Shapley)", "share of the joint effect")
        for row, value in zip(listed, values, strict=True):
            alone = f"{100 * row['alone']:+.2g}"
            if pd.isna(row["mc_low"]):  # of a single draw no error can be told
                value = f"{100 * row['shapley']:+.2g} (error not told: one draw)"
            table.add_row(
                titles.changes(row["intervention"]), alone, value, _in_draws(row["share"])
            )
        yield table
        yield from _interactions(comparison, outcome)


def _interactions(comparison: Comparison, outcome: str) -> Iterator[RenderableType]:
    """Which pairs do more or less than the sum; the others cannot be told from it."""
    rows = comparison.interactions[comparison.interactions["outcome"] == outcome]
    told = rows[rows["relation"] != "not told"]
    for _, row in told.iterrows():
        yield Text(
            f"{row['one']} and {row['other']}: {row['relation']} than the sum, "
            f"{100 * row['both']:+.2g} instead of {100 * row['sum']:+.2g}"
        )
    if len(told) < len(rows):
        rest = "No pair" if told.empty else "No other pair"
        told_at = at_level("{level}", comparison.baseline.provenance.level)
        yield Text(f"{rest} can be told from the sum of its two ({told_at}).")


def _short(row: "pd.Series[Any]") -> str:
    """A probability without its interval; what cannot happen is said."""
    if row.get("reach") == "impossible":
        return "impossible"
    # No digits that the interval does not bear, also where it is not shown.
    width = float(row["mc_high"] - row["mc_low"])
    return f"{percent(float(row['probability']), width=width)} %"


def _in_draws(share: float) -> str:
    """In how many of the parameter draws; no more digits than some hundred draws bear."""
    return "–" if pd.isna(share) else f"{round(100 * share) + 0:d} %"


def _others(
    comparison: Comparison, shown: Sequence[str], titles: Titles
) -> Iterator[RenderableType]:
    """What else each alternative moves: outcomes and endings, those furthest beyond noise first."""
    rest = comparison.table[~comparison.table["outcome"].isin(shown)]
    tables = {"outcome": rest, "ending": comparison.endings}
    moved = beyond_noise(list(tables.values()), comparison.baseline.provenance.level)
    lines = []
    for twin in _listed(comparison):
        rows = [
            (str(row[kind]), kind, row)
            for (kind, table), found in zip(tables.items(), moved, strict=True)
            for _, row in table[found & (table["twin"] == twin)].iterrows()
        ]
        # All of them are beyond noise already; of these a reader wants the largest first.
        rows.sort(key=lambda one: -abs(one[2]["difference"]))
        if rows:
            more = f"; {len(rows) - OTHERS} more" if len(rows) > OTHERS else ""
            told = "; ".join(_moved(comparison, *one) for one in rows[:OTHERS])
            lines.append(
                f"{_called(twin, comparison, titles)}: {told}{more}{_flows(comparison, twin)}"
            )
    total = sum(len(table) for table in tables.values())
    if not total:
        return
    yield ""
    if not lines:
        yield Text(
            f"No other outcome or ending moves beyond noise (99 %, {total:,} rows together)."
        )
        return
    yield Text(f"What else moves beyond noise (99 %, {total:,} rows together), in points", "bold")
    for line in lines:
        # indented from the second line on, so that each alternative is found
        yield Padding(Text(line), (0, 0, 0, 2))


def _moved(comparison: Comparison, name: str, kind: str, row: "pd.Series[Any]") -> str:
    table = getattr(comparison.baseline, f"{kind}s")
    title = f"{'ending ' * (kind == 'ending')}{table['title'][name]}"
    return f"{title} {effects([row])[0].partition(' (')[0]}"


def _flows(comparison: Comparison, twin: str) -> str:
    """The endings that most paths go from and to."""
    rows = comparison.flows[comparison.flows["twin"] == twin].head(FLOWS)
    if rows.empty:
        return ""
    titles = comparison.baseline.endings["title"]
    told = [
        f"{titles[row['before']]} → {titles[row['after']]}: {row['paths']:,} of {row['n']:,}"
        for _, row in rows.iterrows()
    ]
    return f". Endings: {'; '.join(told)}"


def _paths(comparison: Comparison, titles: Titles) -> Iterator[RenderableType]:
    """How many paths change and when first, and how many were walked again."""
    rows = comparison.alternatives
    if not rows["changed"].notna().all():  # a solution walks none
        return
    yield ""
    table = grid("alternative", "paths changed", "first difference, median", "paths walked again")
    for twin, row in rows[rows.index.isin(_listed(comparison))].iterrows():
        when = "–" if pd.isna(row["moment"]) else duration_in_words(round(row["moment"] * DAY))
        changed, walked = (_of(int(row[name]), int(row["n"])) for name in ("changed", "walked"))
        table.add_row(_called(str(twin), comparison, titles), changed, short_duration(when), walked)
    yield table


def _of(paths: int, n: int) -> str:
    """A count of paths, and its share."""
    # None and all say their share by themselves.
    return f"{paths:,}" if paths in (0, n) else f"{paths:,} ({percent(paths / max(n, 1))} %)"


def _row(results: Results, outcome: str) -> "pd.Series[Any]":
    # by iterrows and not by .loc, for a row with the types of its cells
    (row,) = (row for _, row in results.outcomes.loc[[outcome]].iterrows())
    return row
