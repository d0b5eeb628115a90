"""What is to be said of one kind of waiting time; the kinds stand in `sim.model.delay_kinds`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Row = Sequence[float]
Points = tuple[float, ...]
Sampler = Callable[[Row, int, float], float]


class Argument(NamedTuple):
    """One number of a kind, which an author may give by an expression over the parameters."""

    name: str
    zero: bool = False  # whether it may be 0; it is never negative
    time: bool = True  # a duration; else a plain number
    sentence: str = ""  # for authors, where it has a key of its own


def _as_given(found: Sequence[float], points: Points) -> Row:
    return found


def _fine(found: Sequence[float], points: Points) -> None:
    return None


def _no_points(points: Points) -> list[str]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One family of waiting-time distributions, and all that is said of it anywhere.

    `points` below are what a kind has besides its arguments, which are fixed when a scenario is
    read: the probabilities of quantiles, or the observations.
    """

    about: str  # what it is, in one sentence
    sentence: str = ""  # for authors, on its key; empty where its arguments have keys of their own
    word: str  # its key in a scenario
    written: Literal["value", "keys", "mapping", "list", "points", "record"] | None = "mapping"
    arguments: tuple[Argument, ...] = ()  # none for `points`: there they are named by probability
    random: bool = True  # whether a wait needs a uniform
    added: int = 0  # numbers that it puts before its observations
    counted: bool = False  # whether how many numbers there are varies and stands before them
    ppf: Sampler  # (row, at, u) -> the time that a share u of all waits stays below
    cdf: Sampler  # (row, at, t) -> the probability of a wait no longer than t
    phrase: Callable[[Sequence[str], Points], str]  # (arguments as written, points)
    numbers: Callable[[Sequence[float], Points], Row] = _as_given  # as many as it is given
    wrong: Callable[[Sequence[float], Points], str | None] = _fine  # of arguments possible alone
    wrong_points: Callable[[Points], list[str]] = _no_points
