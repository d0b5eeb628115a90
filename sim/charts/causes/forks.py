"""Chart `forks`: at which decisions the paths that reach an outcome leave the others."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import percents, plain
from sim.results.level import LEVEL, at_level

MOST = 8  # decisions on a page


@drawn_from(
    "`results.why(outcome).forks`",
    *("decision", "option", "parting", "n", "taken", "before", "after", "mc_low", "mc_high"),
)
def forks(
    table: pd.DataFrame,
    *,
    outcome: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """A block for each decision, those at which paths part most first; in it a row for each option.

    The tick is the outcome's probability before the decision, the dot that after the option, with
    both its layers; at the right how often the option is taken. Conditional, not causal.
    `outcome` is what a reader calls the outcome, `names` what a reader calls decisions and options.
    """
    decisions = list(dict.fromkeys(table.sort_values("parting", ascending=False)["decision"]))
    shown = [table[table["decision"] == one] for one in decisions[:MOST]]
    # None stands for the heading of a block
    rows = [row for one in shown for row in (None, *one.to_dict("records"))]
    ax = style.axes(ax, rows=max(len(rows), 1))
    highest = max(
        (float(one.reindex(columns=["high", "mc_high", "before"]).max().max()) for one in shown),
        default=1.0,
    )
    style.share_axis(ax, highest)
    labels, bold, block = list[str](), list[bool](), -1
    taken = percents([float(row["taken"]) if row else 0.0 for row in rows])
    for place, (row, share) in enumerate(zip(rows, taken, strict=True)):
        if row is None:
            block += 1
            labels.append(style.broken(_called(str(decisions[block]), names)))
            ax.axhspan(place - 0.46, place + 0.46, color=style.ground(), alpha=0.6, linewidth=0)
        else:
            _option(ax, place, row, share)
            labels.append(style.broken(_option_name(row, names)))
        bold.append(row is None)
    style.rows(ax, labels)
    for tick, heading in zip(ax.get_yticklabels(), bold, strict=True):
        tick.set_fontweight("bold" if heading else "normal")
    below = "probability of the outcome after the option (line: {level}, sampling; pale: {level}"
    below += " of the\ndraws; tick: before the decision; right: share of decisions in which it is "
    below += "taken)"
    title = f"Where paths part: {outcome}" if outcome else "Where do paths part?"
    style.frame(ax, f"{title}{' – ' + subject if subject else ''}", xlabel=at_level(below, level))
    return ax


def _option(ax: Axes, place: int, row: Mapping[object, float], share: str) -> None:
    """Dot and interval of an option, the tick of before, and the way from one to the other."""
    ax.plot([row["before"], row["after"]], [place] * 2, color=style.faint(), lw=0.8, zorder=1)
    if pd.notna(row.get("low")):
        style.band(ax, place, row["low"], row["high"])
    style.reach(ax, place, row["mc_low"], row["mc_high"])
    style.dot(ax, place, row["after"], hollow=not row["after"] > 0)
    ax.plot(row["before"], place, marker="|", markersize=13, color=style.ink(), zorder=2)
    style.beside(ax, place, f"taken {share} %; n = {int(row['n']):,}")


def _called(name: str, names: Mapping[str, str] | None) -> str:
    return (names or {}).get(name) or plain(name)


def _option_name(row: Mapping[object, object], names: Mapping[str, str] | None) -> str:
    whole = f"{row['origin']}.{row['option']}"
    return (names or {}).get(whole) or plain(str(row["option"]))
