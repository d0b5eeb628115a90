"""One path event by event: when, who did what, the alternatives there were, the cause."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd

from sim.analysis.causes.repeats import repeats
from sim.api import Replay
from sim.formatting import moment, percent, percents, plain
from sim.model.model import Model
from sim.model.parameters import value_in_words
from sim.model.titles import Titles
from sim.streams import parameter_uniform

WIDTH = 78
FAR_OUT = 0.05  # of the draws on either side
SURE = 0.999  # probabilities closer to certainty than this are shown as a bound


def story(replay: Replay, *, under: str = "", everything: bool = False) -> Iterator[str]:
    """The path line by line, each fit for 80 columns.

    First what its draw assumes where much depends on it: choices, and values far from the middle.
    For every event: its moment; who did what; the options there were, with their probabilities; the
    event that started its clock; what it changed; and the outcomes that happened at that moment.
    `under` names the interventions in force. What came again and again and changed nothing is told
    once, with its number, unless `everything` is asked for.
    """
    model = replay.model
    yield from wrap(model.title, WIDTH)
    changed = f", with {under}" if under else ""
    yield f"draw {replay.draw}, path {replay.number}, seed {replay.seed}{changed}"
    yield from _assumed(replay)
    # plain dicts: a path is short, and a row is asked for by name again and again
    events = replay.events.to_dict("records")
    options = {seq: rows.to_dict("records") for seq, rows in replay.options.groupby("seq")}
    states = replay.states.drop(columns=["seq", "time"]).to_dict("records")
    up_to = -1.0  # outcomes up to this day have been listed
    # what holds from the start has happened at day 0, before any event
    if not events or events[0]["time"] > 0:
        yield from _outcomes(replay, up_to, 0.0)
        up_to = 0.0
    again = repeats(replay)
    for seq, event in enumerate(events):
        if not everything and seq in again.hidden:
            continue
        if not everything and seq in again.count:
            yield ""
            yield from _repeated(event, again.count[seq], again.last[seq], replay)
            continue
        yield ""
        yield from _heading(event, replay)
        yield from _probabilities(options[seq], replay.titles)
        if seq in replay.decided:
            yield from _indented(f"decided by {replay.decided[seq]}")
        if pd.notna(event["cause"]):
            cause = events[int(event["cause"])]
            yield from _indented(
                f"because {_what(cause, replay.titles)} ({moment(cause['time'], model.start)})"
            )
        yield from _changes(states[seq], states[seq + 1], event["transition"], replay.titles)
        # outcomes once a moment, below its last event: which of several brought it about, time
        # alone does not tell
        if seq + 1 == len(events) or events[seq + 1]["time"] > event["time"]:
            yield from _outcomes(replay, up_to, event["time"])
            up_to = event["time"]
    if again.hidden and not everything:
        yield ""
        told = f"{len(again.hidden):,} of {len(events):,} events repeat what changed nothing"
        yield f"{told}; --all shows each."
    yield ""
    yield from _end(replay)


def _assumed(replay: Replay) -> Iterator[str]:
    for heading, names in assumed(
        replay.model, replay.values, replay.seed, replay.draw, replay.given
    ):
        yield from wrap(f"{heading}: {', '.join(names)}", WIDTH, subsequent_indent="  ")


def assumed(
    model: Model,
    values: Sequence[float],
    seed: int,
    draw: int,
    given: Collection[str] = (),
) -> Iterator[tuple[str, list[str]]]:
    """What a draw has of the things we do not know: the choices, and what is far out.

    Pairs of a heading and what stands under it; `values` are in the model's order and units;
    nothing is said of the parameters `given`, which were not drawn.
    """
    chosen: list[str] = []
    low: list[str] = []
    high: list[str] = []
    for parameter, number in zip(model.parameters, values, strict=True):
        if parameter.distribution.kind == "fixed" or parameter.name in given:
            continue
        # the uniform behind the value says how far out it is, whatever the distribution
        where = parameter_uniform(seed, parameter.name, draw)
        if parameter.distribution.kind == "choices":
            chosen.append(f"{parameter.name} is {value_in_words(parameter, number)}")
        elif not FAR_OUT <= where <= 1 - FAR_OUT:
            far = low if where < FAR_OUT else high
            far.append(f"{parameter.name} {value_in_words(parameter, number)}")
    headings = (
        ("this draw assumes", chosen),
        ("unusually low (below the 5th percentile)", low),
        ("unusually high (above the 95th percentile)", high),
    )
    yield from ((heading, names) for heading, names in headings if names)


def _heading(event: Mapping[Any, Any], replay: Replay) -> Iterator[str]:
    heading = f"{moment(event['time'], replay.model.start)}  {_whose(event, replay.titles)}"
    yield from wrap(heading, WIDTH, subsequent_indent="    ")


def _repeated(event: Mapping[Any, Any], count: int, last: float, replay: Replay) -> Iterator[str]:
    """An event that came so many times and changed nothing, in a line or two."""
    start = replay.model.start
    until = f"the last {moment(last, start)}; nothing changed"
    text = f"{moment(event['time'], start)}  {count} × {_whose(event, replay.titles)} ({until})"
    yield from wrap(text, WIDTH, subsequent_indent="    ")


def _what(event: Mapping[Any, Any], titles: Titles) -> str:
    return titles.happened(str(event["transition"]), event["option"])


def _whose(event: Mapping[Any, Any], titles: Titles) -> str:
    """What happened, after whose act it is unless its title begins with that."""
    what = _what(event, titles)
    who = "" if pd.isna(event["actor"]) else titles.of("actor", event["actor"])
    return what if not who or what.startswith(who) else f"{who}: {what}"


def _probabilities(options: list[dict[Any, Any]], titles: Titles) -> Iterator[str]:
    """What else might have been; nothing to say where there was no choice."""
    names = [option["option"] for option in options]
    told = weighed(names, [option["probability"] for option in options], titles)
    if told:
        yield from _indented(f"probabilities: {', '.join(f'{name} {p}' for name, p in told)}")


def weighed(
    options: Sequence[object], shares: Sequence[float], titles: Titles
) -> list[tuple[str, str]]:
    """Each option of a choice with its probability, in words; nothing where there was no choice.

    An option without a name (missing) is that it happens.
    """
    if len(options) < 2:
        return []
    names = ["it happens" if pd.isna(one) else titles.of("option", str(one)) for one in options]  # type: ignore[call-overload]
    shown = map(_share, shares, percents(shares))
    return list(zip(names, shown, strict=True))


def _share(probability: float, shown: str) -> str:
    if probability == 0:
        return "not available"
    # rounding would say 100 % of what may still go the other way
    if SURE < probability < 1:
        return f"above {percent(SURE)} %"
    if probability < 1 - SURE:
        return f"below {percent(1 - SURE)} %"
    return f"{shown} %"


def _changes(
    before: Mapping[Any, str], after: Mapping[Any, str], transition: str, titles: Titles
) -> Iterator[str]:
    """What is different now, but for the status of a clause, which the event itself tells."""
    for name, value in after.items():
        if before[name] != value and name not in (transition, transition.rpartition(".")[0]):
            what = titles.of("variable", str(name))
            yield from _indented(f"{what}: {plain(before[name])} → {plain(value)}")


def _outcomes(replay: Replay, after: float, until: float) -> Iterator[str]:
    """The outcomes that happened later than one day and no later than another."""
    for outcome in replay.model.outcomes:
        # missing times compare false, so what never happened is left out
        if after < replay.path[f"time__{outcome.name}"].iloc[0] <= until:
            yield from _indented(f"*** {replay.titles.of('outcome', outcome.name)}")


def _end(replay: Replay) -> Iterator[str]:
    model = replay.model
    path = replay.path.iloc[0]
    if not len(replay.events):
        yield "Nothing happened."
    when = moment(path["end_time"], model.start)
    stop = model.stop_when.text if model.stop_when is not None else ""
    why = "horizon reached" if path["censored"] else f"path ends (stop_when: {stop})"
    ending = replay.titles.of("ending", str(path["ending"]))
    yield from wrap(f"{when}  {why}. Ending: {ending}", WIDTH)


def _indented(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
