"""The state: a vector of bounded discrete variables, each a small whole number inside."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One coordinate of the state: ordered `levels`, a `flag`, or a `count` from 0 to its maximum.

    A value is a whole number: the position among `levels`, 0 or 1 for a flag, or the count itself.
    """

    name: str  # qualified: `korea`, `japan.gate`, `mutual_aid.art4`, `mutual_aid.binds`
    kind: Literal["levels", "flag", "count"]
    levels: tuple[str, ...]  # the names; for a flag ("false", "true"); for a count empty
    # values are 0 to size - 1, so that a state fits in an array and a set of values in one integer
    size: int  # how many values there are
    start: int
    ladder: str | None = None  # the ladder these levels were taken from
    owner: str = ""  # the actor or treaty it belongs to; empty for no one in particular
    about: str = ""  # what a reader is told it is; empty where the file says nothing
    # actors who can know its value, besides its owner; None: everybody. Only checked, never run
    known_to: tuple[str, ...] | None = None
    says: str | None = None  # its own phrase, see `sim.model.phrases`

    def can_be_known_by(self, actor: str) -> bool:
        """Whether an actor can know its value."""
        return self.known_to is None or actor in (self.owner, *self.known_to)

    @property
    def knowers(self) -> str:
        """Who can know its value where not everybody can, in words."""
        known = dict.fromkeys((*filter(None, [self.owner]), *(self.known_to or ())))
        return f"known to {', '.join(known)}" if known else "known to nobody"

    def word(self, value: int) -> str:
        """The value as the scenario writes it."""
        return self.levels[value] if self.levels else str(value)
