"""What somebody who decides for an actor is shown: a `Situation`, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sim.errors import UsageError, unknown


class Level(str):
    """The name of a level, in the order of the scenario: `state["korea"] >= "clash"`.

    Compared by position, so that "strikes" is above "clash" wherever the alphabet has them; a name
    that is none of its levels is an error. Equality is that of texts.
    """

    levels: tuple[str, ...]

    def __new__(cls, name: str, levels: tuple[str, ...]) -> Level:
        """The level of this name, among these."""
        level = super().__new__(cls, name)
        level.levels = levels
        return level

    def __getnewargs__(self) -> tuple[str, tuple[str, ...]]:  # type: ignore[override]
        # for pickle, which would else make it anew from the text alone
        return str(self), self.levels

    def _at(self, name: str) -> int:
        if name not in self.levels:
            raise UsageError(unknown("level", str(name), self.levels))
        return self.levels.index(name)

    def __lt__(self, other: str) -> bool:
        return self._at(self) < self._at(other)

    def __le__(self, other: str) -> bool:
        return self._at(self) <= self._at(other)

    def __gt__(self, other: str) -> bool:
        return self._at(self) > self._at(other)

    def __ge__(self, other: str) -> bool:
        return self._at(self) >= self._at(other)


Value = Level | bool | int  # of a state variable: a level, a flag, or a count


class KnownState(Mapping[str, Value]):
    """The state variables that an actor can know, by name; one that it cannot is an error."""

    def __init__(self, values: Mapping[str, Value], hidden: Mapping[str, str]) -> None:
        self._values, self._hidden = values, hidden

    def __getitem__(self, name: str) -> Value:
        if name in self._hidden:
            # no KeyError: `get` with a default would pass over it, and the function peek unnoticed
            raise UsageError(self._hidden[name])
        if name not in self._values:
            raise UsageError(unknown("state variable", str(name), self._values))
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self._values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that the actor did earlier in the path."""

    time: float  # days
    asks: str  # the move, or the clause that was answered
    option: str | None  # None: it left no choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A choice that an actor has, and what it can know when it makes it.

    actor       who is asked.
    asks        the move, or the clause to be answered, as the file names it: `nsc_on_war`,
                `mutual_aid.art4`. `clause` is the same of a clause, and None of a move; `title` is
                what a reader calls it.
    time, date  days since day 0, and the calendar's moment where the scenario has a start.
    odds        the options that can be taken now, in the order of the file, each with the
                probability that the model gives it. One that is not available, or that the model
                gives no probability at all, cannot be taken and is not there.
    as_written  the option that the model's own draw falls on: who returns it changes nothing.
    state       the state variables that the actor can know (`known_to` in the file), by name:
                levels (which compare in the order of the file), flags as truth values, counts.
    history     what the actor did before, in order of time.
    uniform     a number between 0 and 1 that belongs to this situation alone (seed, move, draw,
                path and the how-manieth start of its clock): for whoever decides at random.
    draw, path, seed  the numbers under which `sim.replay` finds the path.

    `holds(text)` asks a condition in the words of the file: `situation.holds("korea >= clash")`.
    What the actor cannot know is not in here; asking for it raises UsageError with a sentence.
    """

    actor: str
    asks: str
    title: str
    clause: str | None
    time: float
    date: datetime | None
    odds: Mapping[str, float]
    as_written: str
    state: KnownState
    history: tuple[Act, ...]
    uniform: float
    draw: int
    path: int
    seed: int
    moment: str  # the time as it is printed
    condition: Callable[[str], bool] = field(repr=False, compare=False)

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that can be taken now."""
        return tuple(self.odds)

    def holds(self, condition: str) -> bool:
        """Whether a condition holds, in the language of the file, its facts included.

        Raises UsageError where it is none, or reads what the actor cannot know.
        """
        return self.condition(condition)

    def __str__(self) -> str:
        return (
            f"{self.actor}, asked by {self.asks} at {self.moment} "
            f"(draw {self.draw}, path {self.path}, seed {self.seed})"
        )
