"""How rules may be written: moves, events, obligations and interventions."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from sim.scenario.delay_shapes import Delay
from sim.scenario.forms import MARK, Forms, Shape
from sim.scenario.leaves import (
    Condition,
    Day,
    Flag,
    Formula,
    Name,
    PositiveWhole,
    Reference,
    References,
    Span,
    Text,
)
from sim.scenario.parameter_shapes import ForEach


class AtLeast(Shape):
    """Raises a variable to a level, if it is below."""

    at_least: Formula


class AtMost(Shape):
    """Lowers a variable to a level, if it is above."""

    at_most: Formula


_EFFECT = Forms("effect", ("at_least", "at_most"), scalar=True)
Effect = Annotated[
    Annotated[Formula, Tag(MARK + "scalar")]
    | Annotated[AtLeast, Tag(MARK + "at_least")]
    | Annotated[AtMost, Tag(MARK + "at_most")],
    *_EFFECT.told_apart,
]
Effects = dict[str, Effect]


class Becomes(Shape):
    """The moment a condition turns true."""

    becomes: Condition


_ONE = Forms("trigger", ("becomes",), scalar=True)
_SOME = Forms("trigger", ("becomes",), scalar=True, series=True)
Trigger = Annotated[
    Annotated[Reference, Tag(MARK + "scalar")] | Annotated[Becomes, Tag(MARK + "becomes")],
    *_ONE.told_apart,
]
Triggers = Annotated[
    Annotated[Reference, Tag(MARK + "scalar")]
    | Annotated[Becomes, Tag(MARK + "becomes")]
    | Annotated[list[Trigger], Field(min_length=1), Tag(MARK + "series")],
    *_SOME.told_apart,
]


class Prose(Shape):
    """What a reader is told: optional everywhere, read by no engine."""

    title: Text = ""
    about: Text = ""
    note: Text = ""


class Reasoned(Prose):
    """A rule whose numbers may have a source, or a reason for having none."""

    source: References = Field(default_factory=list)
    stipulated: Text | None = None


class Option(Reasoned):
    """One thing that may happen when a clock rings."""

    probability: Formula | None = None
    weight: Formula | None = None
    utility: Formula | None = None
    of_rest: Formula | None = None
    available: Condition | None = None
    then: Effects | None = None


Options = Annotated[dict[Name, Option], Field(min_length=1)]


class Rule(Reasoned):
    """What moves, events and interventions have in common: a guard, a clock, a choice, effects."""

    when: Condition | None = None
    on: Triggers | None = None
    after: Delay | None = None
    at: Span | None = None
    speed: Formula | None = None
    memory: Literal["forget", "remember"] | None = None
    once: Flag | None = None
    limit: PositiveWhole | None = None
    choose: Options | None = None
    then: Effects | None = None
    chance: Formula | None = None


class Move(Rule):
    """What an actor does."""

    actor: Reference
    for_each: ForEach | None = None


class Event(Rule):
    """What happens without anybody in particular doing it."""

    for_each: ForEach | None = None


class Intervention(Rule):
    """What would be different: clauses void, parameters set, another start, one more event."""

    void: References = Field(default_factory=list)
    set: dict[str, Formula] = Field(default_factory=dict)
    start: dict[str, Formula] = Field(default_factory=dict)


ObligationType = Literal[
    "defence",
    "offence",
    "neutrality",
    "nonaggression",
    "consultation",
    "assistance",
    "restraint",
]


class Obligation(Reasoned):
    """What a treaty party owes once the casus foederis is met."""

    type: ObligationType
    obligor: Reference
    beneficiary: References = Field(default_factory=list)
    article: Text = ""
    casus_foederis: Condition
    deliberation: Delay | None = None
    responses: Options
    reopens: Condition | None = None
    for_each: ForEach | None = None


class Treaty(Prose):
    """Parties, dates, and what they owe each other."""

    name: Text = ""
    parties: Annotated[list[Reference], Field(min_length=2)]
    signed: Day | None = None
    in_force: Day | None = None
    binds: Literal["at_signature"] | None = None
    source: References = Field(default_factory=list)
    obligations: dict[Name, Obligation] = Field(default_factory=dict)
