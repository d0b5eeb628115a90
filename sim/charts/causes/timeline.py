"""Chart `timeline`: one path, a lane for each actor, its events from top to bottom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import nan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.causes.repeats import repeats
from sim.charts import style
from sim.charts.fonts import columns, lines
from sim.charts.tables import drawn_from
from sim.experiment.replays import ReplayTables
from sim.formatting import moment, percents
from sim.model.titles import Titles

WORLD = "(world)"
DOT: dict[str, Any] = {"s": 46, "zorder": 3}
MOST = 60  # events a page can hold; the rest is counted, not drawn
BROAD = 12  # columns of a name that has room over its lane beside another
WORDS = 64  # characters in a line of what happened
CHOICE = "causes of the outcomes, then choices of actors, then the first of the others"


def of_replay(replay: ReplayTables, *, everything: bool = False, **how: Any) -> Axes:
    """One path, with the outcomes that happened in it and its actors by their names.

    What came again and again and changed nothing has one row, unless `everything` is asked for.
    """
    model = replay.model
    reached = pd.DataFrame(
        {
            "title": [outcome.label for outcome in model.outcomes],
            "time": [float(replay.path[f"time__{one.name}"].iloc[0]) for one in model.outcomes],
            "headline": [outcome.headline for outcome in model.outcomes],
        }
    ).dropna()
    known: dict[str, Any] = {
        "outcomes": reached,
        "titles": replay.titles,
        "start": model.start,
        "ending": _ending(replay),
        "subject": f"{model.title}: draw {replay.draw}, path {replay.number}",
    }
    events, again = replay.events, repeats(replay)
    if not everything:
        events = events[~events["seq"].isin(again.hidden)]
        # what a folded event brought about hangs on the row it is folded into
        events = events.assign(cause=events["cause"].replace(again.first))
        known["times"] = again.count
    return timeline(events, **(known | how))


def _ending(replay: ReplayTables) -> tuple[float, str]:
    """When the path ended, and how: its ending, and the condition that stopped it if one did."""
    model, path = replay.model, replay.path.iloc[0]
    called = replay.titles.of("ending", str(path["ending"]))
    stop = model.stop_when.text if model.stop_when is not None and not path["censored"] else ""
    why = f"stop_when: {stop}" if stop else "horizon reached"
    return float(path["end_time"]), f"{called} ({why})"


@drawn_from(
    "`replay.events`", "seq", "time", "transition", "option", "actor", "cause", "probability"
)
def timeline(
    events: pd.DataFrame,
    *,
    outcomes: pd.DataFrame | None = None,
    titles: Titles | None = None,
    start: date | None = None,
    subject: str = "",
    times: Mapping[int, int] | None = None,
    ending: tuple[float, str] | None = None,
    to_scale: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """The events of one path as a tree of reasons: what happened, whose it was, because of what.

    `events` are those of one path. Each has a row of its own, so rows are in order and not to
    scale: the time stands at the left. A thin line leads from each event to the one that caused it,
    or to the nearest cause that is drawn. `outcomes` are those that happened in it (title, time,
    headline): each stands in a row below the events of its moment. `titles` says what a reader
    calls actors and events. `times` says how many events one stands for, by its number; `ending` is
    when and how the path ended, the last row; with `to_scale` rows stand at their time as far as
    their texts allow. Of more events than a page holds those are drawn that led to the outcomes.
    """
    titles = titles or Titles()
    reached = pd.DataFrame(columns=["title", "time", "headline"]) if outcomes is None else outcomes
    shown = events[events["seq"].isin(chosen(events, reached))]
    rows = list(_rows(shown, reached))
    if ending is not None:
        rows.append({"time": ending[0], "title": ending[1], "end": True})
    owners = [str(who) if pd.notna(who) else WORLD for who in shown["actor"]]
    # In the order in which they first act: who begins stands at the left.
    lanes = {owner: lane for lane, owner in enumerate(dict.fromkeys(owners))}
    # Rows, not times, by default: minutes of crisis between months of quiet would print on top of
    # one another.
    y = _places([float(row["time"]) for row in rows], to_scale=to_scale)
    bottom = y[-1] if y else 0.0
    ax = style.axes(ax, rows=bottom + 5, width=max(style.WIDTH, 4.5 + 0.75 * len(lanes)))
    ax.vlines(list(lanes.values()), -0.5, bottom + 0.5, color=style.ground(), linewidth=7)
    places = [place for place, row in zip(y, rows, strict=True) if "seq" in row]
    at = {  # seq of an event -> where its dot is
        int(seq): (float(lanes[owner]), place)
        for seq, owner, place in zip(shown["seq"], owners, places, strict=True)
    }
    _draw_causes(ax, events, at)
    ax.scatter(
        [x for x, _ in at.values()], [y for _, y in at.values()], color=style.accent(), **DOT
    )
    shares = percents([float(row.get("probability", nan)) for row in rows])
    for place, row, share in zip(y, rows, shares, strict=True):
        _label_row(ax, row, place, share, titles, times or {})
    ax.set_yticks(y, [moment(float(row["time"]), start) for row in rows])
    ax.set_ylim(bottom + 0.6, -0.6)
    heads = [style.folded(titles.short.of("actor", owner), most=2) for owner in lanes]
    style.frame(ax, f"What happened, and why?{' – ' + subject if subject else ''}")
    _lane_heads(ax, heads)
    ax.set_xlabel(_counted(len(shown), len(events)), color=style.ink(), fontsize=style.size(9))
    return ax


def _lane_heads(ax: Axes, heads: Sequence[str]) -> None:
    """Whose lane it is, above each; upright where they would run into each other."""
    # fixed, so that lanes stay where they are whatever is drawn right of them
    ax.set_xlim(-0.5, max(len(heads), 1) - 0.5)
    ax.set_xticks(range(len(heads)), heads)
    ax.xaxis.tick_top()
    longest = max((columns(line) for head in heads for line in head.split("\n")), default=0)
    upright = len(heads) > 3 or (len(heads) > 1 and longest > BROAD)
    ax.tick_params(axis="x", length=0, rotation=90 if upright else 0)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def chosen(events: pd.DataFrame, outcomes: pd.DataFrame) -> set[int]:
    """Numbers of the events that are drawn: all of them, or those that tell most.

    First what led to each outcome, headlines before others, from its moment back to its oldest
    cause; then what actors chose; then the rest, each as they came.
    """
    # the rule for choosing only matters where something has to go
    if len(events) <= MOST:
        return set(events["seq"])
    # a dict as an ordered set: the first MOST that are wanted
    found: dict[int, None] = {}
    for seq in _wanted(events, outcomes):
        found[seq] = None
        if len(found) == MOST:
            break
    return set(found)


def _wanted(events: pd.DataFrame, outcomes: pd.DataFrame) -> Iterator[int]:
    """Numbers of the events, what tells most first, some more than once."""
    reasons = _causes(events)
    ordered = outcomes
    if "headline" in outcomes:
        ordered = outcomes.sort_values("headline", ascending=False, kind="stable")
    for time in ordered["time"]:
        # of several events at that instant any may have decided it: the last first
        for seq in events.loc[events["time"] == time, "seq"].iloc[::-1]:
            back: int | None = int(seq)
            while back is not None:
                yield back
                back = reasons[back]
    choices = events["option"].notna() & events["actor"].notna()
    yield from (int(seq) for seq in events.loc[choices, "seq"])
    yield from (int(seq) for seq in events["seq"])


def _causes(events: pd.DataFrame) -> dict[int, int | None]:
    """Number of an event -> number of the one that started its clock."""
    pairs = zip(events["seq"], events["cause"], strict=True)
    return {int(seq): None if pd.isna(cause) else int(cause) for seq, cause in pairs}


def _rows(events: pd.DataFrame, outcomes: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    """Events in order, and each outcome below those of its moment."""
    waiting = outcomes.sort_values("time", kind="stable").to_dict("records")
    for event in events.to_dict("records"):
        # an outcome stands below all events of its own moment, since one of them brought it about
        while waiting and waiting[0]["time"] < event["time"]:
            yield waiting.pop(0)
        yield event
    yield from waiting


def _draw_causes(ax: Axes, events: pd.DataFrame, at: Mapping[int, tuple[float, float]]) -> None:
    """A line to each event from what caused it, or from the nearest cause that is drawn."""
    reasons = _causes(events)
    for seq, (lane, place) in at.items():
        cause = reasons[seq]
        # over what is not drawn, so that no event on the page lacks its reason
        while cause is not None and cause not in at:
            cause = reasons[cause]
        if cause is not None:
            start, above = at[cause]
            ax.plot([start, lane], [above, place], color=style.faint(), lw=0.9, zorder=2)


def _label_row(
    ax: Axes,
    row: Mapping[Any, Any],
    place: float,
    share: str,
    titles: Titles,
    times: Mapping[int, int],
) -> None:
    """What a row is, right of the lanes: an event with its probability, or an outcome, in bold."""
    if "seq" in row:
        text = titles.happened(str(row["transition"]), row["option"])
        # a certain option says nothing about what else might have been
        if pd.notna(row["option"]) and row["probability"] < 1:
            text += f" ({share} %)"
        if (count := times.get(int(row["seq"]), 1)) > 1:
            text = f"{count} × {text}: nothing changed"
    elif "end" in row:
        text = f"path ends: {row['title']}"
        ax.axhline(place, color=style.ink(), linewidth=0.8)
    else:
        text = f"*** {row['title']}"
        ax.axhline(place, color=style.ink(), linewidth=0.8, linestyle=style.DOTTED)
    ax.text(
        1.02,
        place,
        "\n".join(lines(text, WORDS, max_lines=2, placeholder=" …")),
        transform=ax.get_yaxis_transform(),
        va="center",
        fontsize=style.size(9),
        fontweight="normal" if "seq" in row else "bold",
        color=style.ink(),
    )


def _places(times: Sequence[float], *, to_scale: bool) -> list[float]:
    """Where each row stands, from the top: one below the other, or at their time."""
    if not to_scale or len(times) < 2:
        return [float(place) for place in range(len(times))]
    # half as much room again as the texts need, so that gaps in time can be seen
    height = 1.5 * (len(times) - 1)
    length = (times[-1] - times[0]) or 1.0
    return style.apart([height * (one - times[0]) / length for one in times], 1.0, 0.0, height)


def _counted(shown: int, n: int) -> str:
    if n > shown:
        return f"{shown} of {n} events: {CHOICE}"
    return f"{n} event{'' if n == 1 else 's'}" if n else "no event before the horizon"
