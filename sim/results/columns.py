"""What every column of every table of a run means, and its unit: one sentence each, said once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.results.level import LEVEL, at_level

if TYPE_CHECKING:
    import pandas as pd

Words = Mapping[str, tuple[str, str]]  # column -> what it means, its unit

SHARE, DAYS, NUMBER, TEXT, YES = "share, 0 to 1", "days", "count", "text", "true or false"

SAMPLING: Words = {
    "mc_low": ("lower end of the {level} interval for sampling error", SHARE),
    "mc_high": ("upper end of the {level} interval for sampling error", SHARE),
}
BAND: Words = {
    "low": ("{tail} quantile of the probability over draws, noise of finite paths removed", SHARE),
    "high": ("{rest} quantile of the probability over draws, noise of finite paths removed", SHARE),
}
ESTIMATE: Words = {
    "n": ("paths", NUMBER),
    "hits": ("paths in which it happened", NUMBER),
    "probability": ("hits / n: over parameters and chance", SHARE),
    **BAND,
    "low_se": ("standard error of low", SHARE),
    "high_se": ("standard error of high", SHARE),
    **SAMPLING,
    "mc_se": ("standard error of the probability", SHARE),
    "band": ("resolved; unresolved: too few to tell; none: nothing is uncertain; exact", TEXT),
    "reach": ("seen, or proved impossible, or possible (delays and probabilities ignored)", TEXT),
    "upper": (
        "without a hit: the upper end of sampling error; unresolved: what the band lies below",
        SHARE,
    ),
    "likelihood": ("the probability as one of seven words", TEXT),
    "confidence": ("how well founded its assumptions are: low, moderate or high", TEXT),
    "title": ("what a reader calls it", TEXT),
}
PATH: Words = {
    "draw": ("number of the parameter draw, from 0", NUMBER),
    "path": ("number of the path in its draw, from 0", NUMBER),
}
ASKED = "of a clause's answer or lapse: "

# `<name>` stands for the name of an outcome, an ending or a parameter
TABLES: Mapping[str, Words] = {
    "outcomes": {
        "outcome": ("name of the outcome (index)", TEXT),
        **ESTIMATE,
        "median_time": ("median time of the hits", DAYS),
    },
    "endings": {"ending": ("name of the ending (index)", TEXT), **ESTIMATE},
    "draws": {
        "draw": ("number of the parameter draw, from 0 (index)", NUMBER),
        "<name>": ("value of the parameter in the draw", "its own; durations in days"),
    },
    "shares": {
        "draw": ("number of the parameter draw, from 0 (index)", NUMBER),
        "n": ("paths of the draw", NUMBER),
        "outcome__<name>": ("share of the draw's paths with the outcome", SHARE),
        "ending__<name>": ("share of the draw's paths with the ending", SHARE),
    },
    "coverage": {
        "kind": ("transition or option", TEXT),
        "name": ("name of the transition, or transition.option", TEXT),
        "origin": ("the rule of the scenario that it comes from", TEXT),
        "started": ("paths in which its clock started; missing for options", NUMBER),
        "fired": ("paths in which it fired, or was taken", NUMBER),
        "n": ESTIMATE["n"],
        "probability": ("fired / n", SHARE),
        **BAND,
        **SAMPLING,
        "asked": (f"{ASKED}paths in which the clause was called", NUMBER),
        "asked_low": (f"{ASKED}low, of fired / asked", SHARE),
        "asked_high": (f"{ASKED}high, of fired / asked", SHARE),
        "asked_mc_low": (f"{ASKED}mc_low, of fired / asked", SHARE),
        "asked_mc_high": (f"{ASKED}mc_high, of fired / asked", SHARE),
        "reach": ESTIMATE["reach"],
    },
    "rungs": {
        "variable": ("state variable with ordered levels", TEXT),
        "ladder": ("name of its ladder", TEXT),
        "rung": ("number of the level, 0 the lowest", NUMBER),
        "level": ("the level", TEXT),
        "time": ("time since the start", DAYS),
        "paths": ("paths that are at the level then; a stopped path stays where it is", NUMBER),
        "n": ESTIMATE["n"],
        "share": ("paths / n", SHARE),
    },
    "timing": {
        "outcome": ("name of the outcome", TEXT),
        "time": ("time since the start", DAYS),
        "hits": ("paths in which it has happened by then", NUMBER),
        "n": ESTIMATE["n"],
        "probability": ("hits / n: cumulative incidence with competing endings", SHARE),
        **BAND,
        **SAMPLING,
    },
    "paths": {
        **PATH,
        "ending": ("name of the ending", TEXT),
        "end_time": ("when the path ended", DAYS),
        "censored": ("whether it ran to the horizon", YES),
        "n_events": ("events in the path", NUMBER),
        "time__<name>": ("when the outcome first happened; missing where it did not", DAYS),
    },
    "events": {
        **PATH,
        "seq": ("number of the event in its path, from 0", NUMBER),
        "time": ("when it happened", DAYS),
        "transition": ("name of the transition that fired", TEXT),
        "option": ("option taken; missing without a choice, `nothing` if none was open", TEXT),
        "probability": ("probability of the option taken", SHARE),
        "actor": ("who acted; missing for the world's events", TEXT),
        "origin": ("the rule of the scenario that it comes from", TEXT),
        "cause": ("seq of the event after which its clock started; missing at the start", NUMBER),
    },
    "track": {
        **PATH,
        "variable": ("state variable that was tracked", TEXT),
        "time": ("from when the value holds, until the next row", DAYS),
        "value": ("the value", TEXT),
        "number": ("the value as a number: of a level, its rung", "that of the variable"),
    },
}


def words_of(table: str, column: str, tables: Mapping[str, Words] = TABLES) -> tuple[str, str]:
    """What a column of a table means, and its unit, with places for the level (`at_level`).

    KeyError for one that nobody described.
    """
    words = tables[table]
    if column in words:
        return words[column]
    for pattern, said in words.items():
        head, bracket, _ = pattern.partition("<name>")
        if bracket and column.startswith(head):
            return said
    raise KeyError(f"{table}.{column}")


def described(
    frames: Mapping[str, pd.DataFrame],
    level: float = LEVEL,
    tables: Mapping[str, Words] = TABLES,
) -> pd.DataFrame:
    """The columns of these tables: index table, column; meaning, unit.

    `level` is the mass of the intervals in them, `tables` says what there may be.
    """
    import pandas as pd

    said = ((*where, *words_of(*where, tables)) for where in _columns(frames))
    rows = [(table, column, at_level(what, level), unit) for table, column, what, unit in said]
    return pd.DataFrame(rows, columns=["table", "column", "meaning", "unit"]).set_index(
        ["table", "column"]
    )


def _columns(frames: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str]]:
    for table, frame in frames.items():
        if frame.index.name is not None:
            yield table, str(frame.index.name)
        yield from ((table, str(column)) for column in frame.columns)
