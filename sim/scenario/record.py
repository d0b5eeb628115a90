"""What a loaded scenario says of itself: assumptions, treaties, interventions, evidence."""

from dataclasses import dataclass
from datetime import date

from sim.errors import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something was read."""

    name: str
    cite: str
    url: str = ""
    published: str = ""
    accessed: str = ""
    note: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A parameter or a named delay: what it is about, and where its numbers come from."""

    name: str
    about: str
    text: str  # the distribution in words
    grade: str
    source: tuple[str, ...]
    note: str
    unconfirmed: bool  # its own word, or that of one of its sources
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named condition, as written and in words."""

    name: str
    text: str
    words: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Stipulated:
    """A number written into a rule; with a source or a reason when the rule has one."""

    number: str
    rule: str  # qualified: `moves.north_presses`
    path: str  # where in it
    place: Place
    source: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What a treaty party owes once the casus foederis is met."""

    name: str
    title: str
    article: str
    about: str
    type: str
    obligor: str
    beneficiary: tuple[str, ...]
    casus: str  # in words
    responses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treaty:
    """Parties, dates, and obligations."""

    name: str
    title: str
    about: str
    parties: tuple[str, ...]
    signed: date | None
    in_force: date | None
    source: tuple[str, ...]
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """What would be different."""

    name: str
    title: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What history says about an outcome of this kind."""

    name: str
    outcome: str
    successes: int
    trials: int
    source: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRecord:
    """Somebody who acts: short name, the name a reader sees, and what is said about them."""

    name: str
    title: str
    about: str
