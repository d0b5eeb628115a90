"""A path in which a person decides for one actor: played choice by choice, and its twins.

A game is its choices: what has happened is walked again from day 0 after each of them. So a choice
is undone by leaving it out, and a saved game is a list of names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.decisions.asking import Asking, Decisions, vocabulary_of
from sim.decisions.policies import most_likely
from sim.decisions.situation import Situation
from sim.decisions.view import View
from sim.engines.reference import Asked, Firing, Walk, follow
from sim.errors import UsageError
from sim.model.model import Model
from sim.model.titles import Titles
from sim.scenario import Scenario, titles_of
from sim.streams import block, name_hash

TWINS = 1_000


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is played: a path of a model, and the actor whom a person decides for."""

    model: Model
    values: NDArray[np.float64]  # of the parameters, in the draw
    actor: str
    decisions: Decisions
    seed: int
    draw: int
    path: int

    @cached_property
    def view(self) -> View:
        """What the actor can know."""
        return View(self.model, self.actor, self.decisions.vocabulary)

    @property
    def titles(self) -> Titles:
        """What a reader calls things."""
        return self.decisions.titles

    def walk(self, decide: Callable[[Situation, Asked], str]) -> Walk:
        """The path in which the actor takes the options that are named."""
        asking = Asking(self.decisions, self.model, self.seed)

        def weights(asked: Asked) -> list[float] | None:
            if not asking.asks(asked):
                return None
            option = decide(asking.situation(asked), asked)
            names = [one.name for one in self.model.transitions[asked.rank].options]
            # All the odds on one option, since an engine takes odds and no names.
            return [float(name == option) for name in names]

        return follow(
            self.model,
            self.values,
            seed=self.seed,
            draw=self.draw,
            path=self.path,
            decide=weights,
        )


def table(
    source: Scenario | Model,
    values: NDArray[np.float64],
    actor: str,
    *,
    seed: int,
    draw: int,
    path: int,
) -> Table:
    """A path to be played; `values` are those of the parameters in its draw."""
    model = source if isinstance(source, Model) else source.model
    return Table(
        model=model,
        values=values,
        actor=actor,
        # somebody has to stand for the actor, who is never asked
        decisions=Decisions(
            policies={actor: most_likely()},
            vocabulary=vocabulary_of(source),
            titles=titles_of(source),
        ),
        seed=seed,
        draw=draw,
        path=path,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A choice that was made, and what the model would have done."""

    situation: Situation
    option: str

    @property
    def share(self) -> float:
        """The probability that the model gives to it."""
        return self.situation.odds[self.option]


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A game as far as it has come."""

    table: Table
    taken: tuple[Taken, ...]
    situation: Situation | None  # the choice that is open; None: the path is at its end
    firings: tuple[Firing, ...]  # what has happened, also what the actor cannot know
    state: tuple[int, ...]  # where it stands
    end: Walk | None  # the whole path, when it is at its end

    @property
    def options(self) -> tuple[str, ...]:
        """What was taken, choice by choice: the game."""
        return tuple(one.option for one in self.taken)


class _Pause(BaseException):
    """Stops a walk where the next choice is open; like GeneratorExit it is no error."""

    def __init__(self, situation: Situation, asked: Asked) -> None:
        self.situation, self.firings, self.state = situation, tuple(asked.firings), asked.state


def played(at: Table, options: Sequence[str]) -> Game:
    """The game after these choices. Raises UsageError for one that cannot be made there."""
    taken: list[Taken] = []

    def decide(situation: Situation, asked: Asked) -> str:
        if len(taken) == len(options):
            raise _Pause(situation, asked)
        option = options[len(taken)]
        if option not in situation.odds:
            raise UsageError(
                f"{situation.asks}: {option!r} cannot be taken at {situation.moment}; open: "
                f"{', '.join(situation.odds)}"
            )
        taken.append(Taken(situation=situation, option=option))
        return option

    try:
        walk = at.walk(decide)
    except _Pause as pause:
        return Game(
            table=at,
            taken=tuple(taken),
            situation=pause.situation,
            firings=pause.firings,
            state=pause.state,
            end=None,
        )
    state = walk.firings[-1].state if walk.firings else at.model.start_state
    return Game(
        table=at, taken=tuple(taken), situation=None, firings=walk.firings, state=state, end=walk
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Paths with the same random numbers in which the model decides for the actor, by its odds."""

    n: int
    endings: Mapping[str, int]
    outcomes: Mapping[str, int]
    walked: int  # different ones


def twins(at: Table, n: int = TWINS) -> Twins:
    """`n` twins of a path: everything but the actor's own choices meets the same random numbers.

    The k-th has own choices drawn from the model's odds with numbers found by its k; equal choices
    are the same path, which is walked once.
    """
    model = at.model
    odds: dict[tuple[str, ...], tuple[str, Mapping[str, float]]] = {}  # after these choices
    ends: dict[tuple[str, ...], Walk] = {}
    found: Counter[tuple[str, ...]] = Counter()
    for k in range(n):
        made: tuple[str, ...] = ()
        # the same choices lead to the same path, so that what is open there is known already
        while made in odds:  # as far as a twin before came
            made = (*made, _drawn(at, k, len(made), *odds[made]))
        if made not in ends:
            made = _walked(at, k, odds, ends)
        found[made] += 1
    endings: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for made, count in found.items():
        endings[model.endings[ends[made].ending].name] += count
        for outcome, time in zip(model.outcomes, ends[made].outcome_time, strict=True):
            outcomes[outcome.name] += count * (time == time)  # NaN: it has not happened
    return Twins(n=n, endings=endings, outcomes=outcomes, walked=len(ends))


def _walked(
    at: Table,
    k: int,
    odds: dict[tuple[str, ...], tuple[str, Mapping[str, float]]],
    ends: dict[tuple[str, ...], Walk],
) -> tuple[str, ...]:
    """The choices of a twin that is walked, which are remembered with what was open there."""
    made: list[str] = []

    def decide(situation: Situation, asked: Asked) -> str:
        odds[tuple(made)] = situation.asks, situation.odds
        made.append(_drawn(at, k, len(made), situation.asks, situation.odds))
        return made[-1]

    walk = at.walk(decide)
    ends[tuple(made)] = walk
    return tuple(made)


def _drawn(at: Table, k: int, nth: int, asks: str, odds: Mapping[str, float]) -> str:
    """What the model takes in the k-th twin; its number stands where a draw's does."""
    u, _ = block(at.seed, name_hash(f"twin:{asks}"), k, at.path, nth)
    reached = 0.0
    for name, share in odds.items():
        reached += share
        if u < reached:
            return name
    return list(odds)[-1]  # rounding left the last sum below u
