"""Paths of hand-built models, on any engine, as tests read them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from small_models import DAY, number

from sim.engines import ENGINES, engine
from sim.model import Delay, Model
from sim.results import NOTHING, PathBatch

SAMPLING = list(ENGINES)


class Event(NamedTuple):
    time: float  # days
    name: str
    option: str | None
    probability: float
    cause: int


def pieces(
    model: Model,
    on: str,
    *,
    paths: range = range(1),
    draw: int = 0,
    seed: int = 1,
    values: Sequence[float] = (),
    events: bool = False,
) -> list[PathBatch]:
    rows = np.array([values], dtype=np.float64).reshape(1, len(model.parameters))
    draws = range(draw, draw + 1)
    return list(engine(on)(model, rows, seed=seed, draws=draws, paths=paths, events=events))


def stories(model: Model, on: str, paths: range, **more: object) -> list[list[Event]]:
    """The events of each path."""
    found: list[list[Event]] = [[] for _ in paths]
    for piece in pieces(model, on, paths=paths, events=True, **more):  # type: ignore[arg-type]
        rows = piece.events
        assert rows is not None
        for i in range(len(rows.time)):
            transition = model.transitions[rows.transition[i]]
            code = rows.option[i]
            option = "nothing" if code == NOTHING else transition.options[code].name
            time, share = float(rows.time[i]) / DAY, float(rows.probability[i])
            event = Event(time, transition.name, option, share, int(rows.cause[i]))
            found[rows.path[i] - paths.start].append(event)
    return found


def story(model: Model, on: str, path: int = 0, **more: object) -> list[Event]:
    """The events of one path."""
    return stories(model, on, range(path, path + 1), **more)[0]


def names(events: Sequence[Event]) -> list[str]:
    return [event.name for event in events]


def times(events: Sequence[Event], name: str) -> list[float]:
    return [event.time for event in events if event.name == name]


def column(model: Model, on: str, name: str, paths: int, **more: object) -> np.ndarray:
    """One column of `PathBatch` over many paths; times in days."""
    found = [getattr(p, name) for p in pieces(model, on, paths=range(paths), **more)]  # type: ignore[arg-type]
    whole = np.concatenate(found)
    return whole / DAY if name.endswith("time") else whole


def exactly(days: float) -> Delay:
    return Delay(kind="exactly", arguments=(number(days * DAY),), text=f"{days:g} d")


def lognormal(median: float, p90: float) -> Delay:
    return Delay(
        kind="lognormal",
        arguments=(number(median * DAY), number(p90 * DAY)),
        text=f"median {median:g} d, p90 {p90:g} d",
    )


def weibull(scale: float, shape: float) -> Delay:
    return Delay(
        kind="weibull",
        arguments=(number(scale * DAY), number(shape)),
        text=f"weibull, scale {scale:g} d, shape {shape:g}",
    )


def z_share(happened: np.ndarray, expected: float) -> float:
    """How many standard errors a share of yes and no lies from the expected one."""
    n = len(happened)
    return float((happened.mean() - expected) / np.sqrt(expected * (1 - expected) / n))


def z_mean(values: np.ndarray, expected: float) -> float:
    """How many standard errors a mean lies from the expected one."""
    return float((values.mean() - expected) / (values.std(ddof=1) / np.sqrt(len(values))))
