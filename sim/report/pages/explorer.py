"""The data of the path explorer: a few hundred paths, compact, for `explorer.js` to read.

Texts stand once, in `words`, and are named by their position. Of an event:

    [minute, transition, option or -1, cause or -1, probabilities, changes]

the minute since t = 0, rounded down as a story does it; the positions of the transition and of the
option taken; the event of this path after which its clock started (-1: at the start); each option's
probability as a word, or 0 where there was no choice; and what it changed, as variable, word,
variable, word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.formatting import DAY, moment, plain
from sim.report.pages.paths import Paths
from sim.report.story import assumed
from sim.results import NEVER


class _Words:
    """Texts by position, each once."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))


def explorer_data(paths: Paths, command: Sequence[str]) -> dict[str, Any]:
    """What the explorer shows; `command` replays a path: its parts around draw and path."""
    model, titles = paths.model, paths.titles
    words = _Words()
    outcomes = [one.name for one in model.outcomes]
    routes = [paths.routes(name) for name in outcomes]
    told = [_path(paths, row, words) for row in range(len(paths.found))]
    for row, one in enumerate(told):
        one["routes"] = [words(of[row]) if row in of else -1 for of in routes]
    transitions = [
        {
            "who": words(paths.who(rank)),
            "what": words(titles.happened(transition.name)),
            "options": [
                words("it happens" if one.name is None else titles.of("option", one.name))
                for one in transition.options
            ],
        }
        for rank, transition in enumerate(model.transitions)
    ]
    start = [words(plain(v.word(v.start))) for v in model.variables]
    return {
        "start": model.start.isoformat() if model.start else None,
        "command": list(command),
        "outcomes": [[words(one.label), int(one.headline)] for one in model.outcomes],
        "endings": [words(one.label) for one in model.endings],
        "transitions": transitions,
        "variables": [words(titles.of("variable", one.name)) for one in model.variables],
        "initial": start,
        "paths": told,
        "words": list(words.known),
    }


def _path(paths: Paths, row: int, words: _Words) -> dict[str, Any]:
    """One path, but for its routes."""
    found, (draw, number) = paths.found, paths.numbers[row]
    values = found.histories.values_of(row)
    lines = assumed(paths.model, values, found.seed, draw, paths.given)
    return {
        "draw": draw,
        "path": number,
        "ending": int(found.ending[row]),
        "end": _minute(float(found.end_time[row])),
        "stopped": int(found.stopped[row]),
        "assumed": [words(f"{heading}: {', '.join(names)}") for heading, names in lines],
        # the event that made it hold; -1: from the start; null: never
        "outcomes": [
            None if event == NEVER else event
            for event in found.histories.outcome_event[row].tolist()
        ],
        "events": _events(paths, row, words),
    }


def _events(paths: Paths, row: int, words: _Words) -> list[list[Any]]:
    found: list[list[Any]] = []
    for event in paths.events[row]:
        changes: list[int] = []
        for i, value in event.changes.items():
            changes += [i, words(plain(paths.model.variables[i].word(value)))]
        told = [words(share) for _, share in paths.choice(event)] or 0
        found.append([_minute(event.time), event.rank, event.option, event.cause, told, changes])
    return found


def _minute(time: float) -> int:
    """Whole minutes of a time in seconds, as `moment` counts them."""
    return round(time) // 60


def moment_of(time: float, paths: Paths) -> str:
    """When something happened (seconds), as a story says it."""
    return moment(time / DAY, paths.model.start)
