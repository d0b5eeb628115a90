"""The shape of a whole scenario file."""

from typing import Annotated, Literal

from pydantic import Field, Tag

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
    Whole,
)
from sim.scenario.parameter_shapes import NamedDelay, Parameter, Source
from sim.scenario.rule_shapes import Event, Intervention, Move, Prose, Reasoned, Treaty

Levels = Annotated[list[Name], Field(min_length=2)]


class Described(Shape):
    """How a reader is told about a state variable."""

    about: Text = ""
    says: Text | None = None


class LevelsVariable(Described):
    """Ordered levels, written out."""

    levels: Levels
    start: Reference | None = None


class LadderVariable(Described):
    """Ordered levels, taken from a ladder."""

    ladder: Reference
    start: Reference | None = None


class FlagVariable(Described):
    """True or false; the value is the one it starts with."""

    flag: Flag


class CountVariable(Described):
    """A count from 0 to its maximum."""

    max: PositiveWhole
    start: Whole = 0


_VARIABLE = Forms("state variable", ("levels", "ladder", "flag", "max"))
Variable = Annotated[
    Annotated[LevelsVariable, Tag(MARK + "levels")]
    | Annotated[LadderVariable, Tag(MARK + "ladder")]
    | Annotated[FlagVariable, Tag(MARK + "flag")]
    | Annotated[CountVariable, Tag(MARK + "max")],
    *_VARIABLE.told_apart,
]


class Actor(Reasoned):
    """Somebody who acts, and the state that is theirs."""

    name: Text = ""
    rationality: Formula | None = None
    state: dict[Name, Variable] = Field(default_factory=dict)


class Relation(Described):
    """Where two actors stand on a ladder."""

    between: Annotated[list[Reference], Field(min_length=2, max_length=2)]
    ladder: Reference
    start: Reference | None = None
    name: Text = ""


class Outcome(Prose):
    """Something that may happen in a path or not; gets a probability and a time."""

    when: Condition
    headline: Flag = False


class ConditionalEnding(Prose):
    """How a path ended, if nothing before it holds."""

    when: Condition


class LastEnding(Prose):
    """How every other path ended."""

    otherwise: Literal[True]


_ENDING = Forms("ending", ("when", "otherwise"))
Ending = Annotated[
    Annotated[ConditionalEnding, Tag(MARK + "when")]
    | Annotated[LastEnding, Tag(MARK + "otherwise")],
    *_ENDING.told_apart,
]


class Evidence(Prose):
    """What history says about an outcome of this kind."""

    outcome: Reference
    successes: Whole
    trials: PositiveWhole
    source: References = Field(default_factory=list)


class Document(Shape):
    """A scenario file."""

    scenario: Name
    title: Text = ""
    question: Text = ""
    about: Text = ""
    note: Text = ""
    start: Day | None = None
    horizon: Span
    sources: dict[Name, Source] = Field(default_factory=dict)
    ladders: dict[Name, Levels] = Field(default_factory=dict)
    actors: dict[Name, Actor] = Field(default_factory=dict)
    relations: dict[Name, Relation] = Field(default_factory=dict)
    state: dict[Name, Variable] = Field(default_factory=dict)
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    facts: dict[Name, Condition] = Field(default_factory=dict)
    delays: dict[Name, NamedDelay] = Field(default_factory=dict)
    treaties: dict[Name, Treaty] = Field(default_factory=dict)
    moves: dict[Name, Move] = Field(default_factory=dict)
    events: dict[Name, Event] = Field(default_factory=dict)
    stop_when: Condition | None = None
    outcomes: dict[Name, Outcome] = Field(default_factory=dict)
    endings: dict[Name, Ending] = Field(default_factory=dict)
    interventions: dict[Name, Intervention] = Field(default_factory=dict)
    evidence: dict[Name, Evidence] = Field(default_factory=dict)
