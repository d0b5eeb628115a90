"""Functions that decide for an actor, to start from: `run(scenario, decide={"japan": always(…)})`.

Each leaves the choice to the model (None) where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from sim.decisions.answers import Answer
from sim.decisions.describing import described
from sim.decisions.situation import Situation
from sim.errors import UsageError, unknown

if TYPE_CHECKING:
    from sim.model.model import Model

Choices = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """A policy that names options, each alone (`waits`) or with its move (`nsc_on_war.waits`)."""

    stateless: ClassVar = True
    says: ClassVar = ""
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"{self.says}({', '.join(map(repr, self.names))})"

    def check(self, model: Model, actor: str, choices: Choices) -> None:
        """UsageError for a name that is no option of any choice the actor has."""
        known = [option for options in choices.values() for option in options]
        full = [f"{asks}.{option}" for asks, options in choices.items() for option in options]
        for name in self.names:
            if name not in known and name not in full:
                # as it was written: a name with its move is likest to another such name
                near = full if "." in name else dict.fromkeys(known)
                raise UsageError(f"{self.says}: {unknown(f'option of {actor}', name, list(near))}")

    def named(self, situation: Situation) -> list[str]:
        """The options that can be taken now and are named, in the order in which they are named."""
        full = {name: name.removeprefix(f"{situation.asks}.") for name in self.names}
        return [option for option in full.values() if option in situation.odds]


class Always(Named):
    """Takes the first of its options that can be taken; elsewhere the model decides."""

    __slots__ = ()
    says: ClassVar = "always"

    def __call__(self, situation: Situation) -> Answer:
        """The option."""
        return next(iter(self.named(situation)), None)


class Never(Named):
    """Keeps off its options: the others have the model's odds, given that none of these is taken.

    Where nothing else can be taken the model decides.
    """

    __slots__ = ()
    says: ClassVar = "never"

    def __call__(self, situation: Situation) -> Answer:
        """The odds of the others."""
        avoided = self.named(situation)
        left = {name: p for name, p in situation.odds.items() if name not in avoided}
        # Where none of them can be taken there is nothing to keep off: None leaves the choice to
        # the model exactly as it is.
        return left if avoided and left else None


@dataclass(frozen=True, slots=True, repr=False)
class MostLikely:
    """Takes the option to which the model gives the highest probability, the first of several."""

    stateless: ClassVar = True

    def __repr__(self) -> str:
        return "most_likely()"

    def __call__(self, situation: Situation) -> Answer:
        """The option."""
        return max(situation.odds, key=situation.odds.__getitem__)


@dataclass(frozen=True, slots=True, repr=False)
class Quantal:
    """Quantal response with another rationality: each option's odds to the power `times`.

    With utilities U and rationality r the model's odds are proportional to exp(r U), and their
    power `times` to exp(times r U) (McKelvey and Palfrey 1995): the rationality multiplied. 0 makes
    all options equally likely, a large number leaves the best. Where odds were given as
    probabilities or weights, their logarithms stand in for r U.
    """

    stateless: ClassVar = True
    times: float

    def __repr__(self) -> str:
        return f"quantal({self.times:g})"

    def __call__(self, situation: Situation) -> Answer:
        """The odds."""
        best = max(situation.odds.values())  # relative to it, so that a large power leaves it 1
        return {name: (share / best) ** self.times for name, share in situation.odds.items()}


@dataclass(frozen=True, slots=True, repr=False)
class Stateless:
    """A function whose author says that it keeps nothing: it may be asked in several processes."""

    stateless: ClassVar = True
    function: Callable[[Situation], Answer]

    def __repr__(self) -> str:
        return described(self.function)

    def __call__(self, situation: Situation) -> Answer:
        """What the function says."""
        return self.function(situation)


def always(*options: str) -> Always:
    """Always this option: `always("consents")`, `always("nsc_on_war.waits")`.

    Of several the first that can be taken; where none can, the model decides. A name that is no
    option of the actor is an error before anything runs.
    """
    return Always(_names("always", options))


def never(*options: str) -> Never:
    """Never one of these: the others keep their odds, given that none of these is taken."""
    return Never(_names("never", options))


def most_likely() -> MostLikely:
    """What the model holds most likely in each situation; of several the first in the file."""
    return MostLikely()


def quantal(times: float) -> Quantal:
    """Quantal response with the rationality multiplied by `times`; see `Quantal`."""
    number = not isinstance(times, (bool, str)) and hasattr(times, "__float__")
    if not number or not isfinite(times) or times < 0:
        raise UsageError(f"quantal: times must be a finite number from 0 up, found {times!r}")
    return Quantal(float(times))


def stateless(function: Callable[[Situation], Answer]) -> Stateless:
    """Say of a function that it keeps nothing from one call to the next.

    Such a function may be asked in several processes at once; it has to be one that can be sent
    there, from a module and not a lambda.
    """
    if not callable(function):
        raise UsageError(f"stateless: takes a function, found {function!r:.60}")
    return Stateless(function)


def _names(says: str, options: tuple[str, ...]) -> tuple[str, ...]:
    if not options or not all(isinstance(one, str) for one in options):
        raise UsageError(f"{says}: takes names of options, found {', '.join(map(repr, options))}")
    return options
