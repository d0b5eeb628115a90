"""One path as a story: when, who did what, what else might have been, because of what."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

import pandas as pd

from sim.analysis.wording import moment, percent, plain
from sim.experiment import Replay
from sim.model.model import Model

WIDTH = 78
SURE = 0.999  # odds closer to certainty than this are not told to the digit
ALONE = {  # what a treaty does by itself
    ".binds": "{} begins to bind",
    ".invoked": "{} is called upon",
    ".reopened": "{} is called upon again",
}


def story(replay: Replay, *, under: str = "") -> Iterator[str]:
    """The path line by line, each fit for 80 columns.

    For every event: its moment; who did what; the options there were, with their odds; the event
    that started its clock; what it changed; and which outcomes have happened with that moment.
    `under` names the interventions in force.
    """
    model = replay.model
    yield from wrap(model.title, WIDTH)
    changed = f", with {under}" if under else ""
    yield f"draw {replay.draw}, path {replay.number}, seed {replay.seed}{changed}"
    events = replay.events.to_dict("records")
    options = {seq: rows.to_dict("records") for seq, rows in replay.options.groupby("seq")}
    states = replay.states.drop(columns=["seq", "time"]).to_dict("records")
    told = -1.0  # outcomes up to this day are told
    if not events or events[0]["time"] > 0:
        yield from _outcomes(replay, told, 0.0)
        told = 0.0
    for seq, event in enumerate(events):
        yield ""
        yield from _told(event, model)
        yield from _odds(options[seq])
        if pd.notna(event["cause"]):
            cause = events[int(event["cause"])]
            yield from _indented(f"because {_what(cause)} ({moment(cause['time'], model.start)})")
        yield from _changes(states[seq], states[seq + 1], event["transition"])
        if seq + 1 == len(events) or events[seq + 1]["time"] > event["time"]:
            yield from _outcomes(replay, told, event["time"])
            told = event["time"]
    yield ""
    yield from _end(replay)


def _told(event: Mapping[Any, Any], model: Model) -> Iterator[str]:
    titles = {actor.name: actor.title for actor in model.actors}
    who = "" if pd.isna(event["actor"]) else f"{titles[event['actor']]}: "
    said = f"{moment(event['time'], model.start)}  {who}{_what(event)}"
    yield from wrap(said, WIDTH, subsequent_indent="    ")


def _what(event: Mapping[Any, Any]) -> str:
    """`rok answers fire – several times over`, `rus_prk_2024.art4 is called upon`."""
    name, option = str(event["transition"]), event["option"]
    for ending, words in ALONE.items():
        if name.endswith(ending):
            return words.format(name.removesuffix(ending))
    said = f"answer under {name}" if "." in name else plain(name)
    return said if pd.isna(option) else f"{said} – {plain(str(option))}"


def _odds(options: list[dict[Any, Any]]) -> Iterator[str]:
    """What else might have been; nothing to say where there was no choice."""
    if len(options) < 2:
        return
    said = ", ".join(
        f"{'it happens' if pd.isna(option['option']) else plain(str(option['option']))} "
        + _share(option["probability"])
        for option in options
    )
    yield from _indented(f"odds: {said}")


def _share(probability: float) -> str:
    if probability == 0:
        return "not open"
    if SURE < probability < 1:
        return f"above {percent(SURE)} %"
    if probability < 1 - SURE:
        return f"below {percent(1 - SURE)} %"
    return f"{percent(probability)} %"


def _changes(before: Mapping[Any, str], after: Mapping[Any, str], transition: str) -> Iterator[str]:
    """What is different now, but for the status of a clause, which the event itself tells."""
    for name, value in after.items():
        if before[name] != value and name not in (transition, transition.rpartition(".")[0]):
            yield from _indented(f"{name}: {plain(before[name])} → {plain(value)}")


def _outcomes(replay: Replay, after: float, until: float) -> Iterator[str]:
    """The outcomes that happened later than one day and no later than another."""
    for outcome in replay.model.outcomes:
        if after < replay.path[f"time.{outcome.name}"].iloc[0] <= until:
            yield from _indented(f"*** {outcome.label}")


def _end(replay: Replay) -> Iterator[str]:
    model = replay.model
    path = replay.path.iloc[0]
    if not len(replay.events):
        yield "Nothing happened."
    when = moment(path["end_time"], model.start)
    why = "the horizon" if path["censored"] else "it stops here"
    titles = {ending.name: ending.label for ending in model.endings}
    yield from wrap(f"{when}  {why}. Ending: {titles[str(path['ending'])]}", WIDTH)


def _indented(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
