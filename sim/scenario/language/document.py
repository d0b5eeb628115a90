"""A whole scenario file, decoded in the order in which its things read each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.model.durations import DAY
from sim.model.expressions import Constant, Expression, Negative
from sim.model.state import Variable
from sim.scenario.language.context import Context
from sim.scenario.language.declarations import (
    Declaration,
    MappingDecoder,
    instance_of,
    optional,
    required,
)
from sim.scenario.language.delays import NamedDelayDeclaration
from sim.scenario.language.distributions import ParameterDeclaration, Source, Sourced
from sim.scenario.language.formulas import (
    CONDITION_OF_OUTCOMES,
    NUMBER_EXPRESSION,
    recorded_number,
    without_state,
)
from sim.scenario.language.interventions import Intervention
from sim.scenario.language.kinds import Invalid, Kind, decode_value, mapping_of
from sim.scenario.language.names import FACTS, vocabulary
from sim.scenario.language.options import Reasoned
from sim.scenario.language.outcomes import (
    ENDING,
    EndingDeclaration,
    Evidence,
    OutcomeDeclaration,
)
from sim.scenario.language.rules import Event, Move
from sim.scenario.language.scalar_types import (
    DATE,
    DURATION_SCHEMA,
    NAME,
    NAME_VALUE,
    TEXT,
    duration_text,
    seconds_of,
)
from sim.scenario.language.state import LADDERS, VARIABLE, Relation, StateVariable
from sim.scenario.language.treaties import (
    Treaty,
    binding_moment,
    flag_variable,
    status_variable,
)
from sim.scenario.language.triggers import named_transitions
from sim.source import tree
from sim.source.diagnostics import Diagnostics
from sim.source.tree import KeyPath, Node, entries, keys

LAST_DAY = date(9998, 12, 31)  # a calendar ends, and an axis needs a little room behind its end
PLACEHOLDERS: dict[str, Any] = {
    "scenario": "unnamed",
    "horizon": DAY,
}  # so that the rest is checked


def _horizon(node: Node, path: KeyPath, context: Context) -> float:
    """Seconds until the end of a path; an end that a calendar has. Raises Invalid."""
    text = duration_text(node)
    seconds, start = seconds_of(text), context.start
    if seconds is None or seconds <= 0:
        raise Invalid(f"must be a duration above 0 such as '180 d', found {text!r}")
    if start and seconds > (LAST_DAY - start).days * DAY:
        raise Invalid(f"from {start} on, must end by {LAST_DAY}, found {text!r}")
    context.horizon, context.horizon_text = seconds, text
    return seconds


def _start(node: Node, path: KeyPath, context: Context) -> date:
    context.start = DATE.decode(node, path, context)
    return context.start


def _rationality(node: Node, path: KeyPath, context: Context) -> Expression:
    """How sharply an actor's utilities decide: parameters only, not negative. Raises Invalid."""
    expression = recorded_number(node, path, context)
    without_state(expression, path, context, "rationality")
    if isinstance(expression.node, Negative) and isinstance(expression.node.of, Constant):
        raise Invalid(f"must be 0 or more, found {expression.text}")
    return expression


def _actor_state(node: Node, path: KeyPath, context: Context) -> Any:
    """The state of an actor, which had to be known before anything else of the actor."""
    if path not in context.states:
        raise Invalid
    return context.states[path]


VARIABLES = mapping_of(VARIABLE, NAME)


@dataclass(frozen=True, kw_only=True)
class Actor(Reasoned):
    """Somebody who acts, and the state that is theirs."""

    long_name: str = optional(TEXT, "The name that readers see.", default="", key="name")
    rationality: Expression | None = optional(
        Kind(_rationality, NUMBER_EXPRESSION.schema),
        "How strongly utilities decide, from 0 (not at all) upwards; default 1.",
    )
    state: Mapping[str, StateVariable] = optional(
        Kind(_actor_state, VARIABLES.schema),
        "State variables of this actor; elsewhere called `actor.variable`.",
        default={},
    )

    @property
    def label(self) -> str:
        """What a reader calls the actor."""
        return self.long_name or self.title or self.name


@dataclass(frozen=True, kw_only=True)
class Document(Declaration):
    """A scenario file."""

    gone = ("extends", "remove", "include")
    scenario: str = required(NAME_VALUE, "Name of the scenario.")
    title: str = optional(TEXT, "The name that readers see.", default="")
    question: str = optional(TEXT, "The question that the scenario answers.", default="")
    about: str = optional(TEXT, "What this is, in words for a reader.", default="")
    note: str = optional(
        TEXT, "A remark for a reader, such as the reason for a number.", default=""
    )
    start: date | None = optional(
        Kind(_start, DATE.schema), "Date of day 0; charts then show dates."
    )
    horizon: float = required(
        Kind(_horizon, lambda _: dict(DURATION_SCHEMA)),
        "The longest duration of a path.",
    )
    sources: Mapping[str, Source] = optional(
        mapping_of(instance_of(Source), NAME), "The works that may be cited.", default={}
    )
    ladders: Mapping[str, tuple[str, ...]] = optional(
        LADDERS, "Named lists of rungs, from the lowest to the highest.", default={}
    )
    actors: Mapping[str, Actor] = optional(
        mapping_of(instance_of(Actor), NAME), "Who acts, each with its state variables.", default={}
    )
    relations: Mapping[str, Relation] = optional(
        mapping_of(instance_of(Relation), NAME),
        "On which rung of a ladder two actors stand.",
        default={},
    )
    state: Mapping[str, StateVariable] = optional(
        VARIABLES, "State variables that belong to no actor.", default={}
    )
    parameters: Mapping[str, ParameterDeclaration] = optional(
        mapping_of(instance_of(ParameterDeclaration), NAME),
        "Uncertain numbers; each draw takes one value for each.",
        default={},
    )
    facts: Mapping[str, Expression] = optional(
        FACTS, "Conditions with a name, to be used in any expression.", default={}
    )
    delays: Mapping[str, NamedDelayDeclaration] = optional(
        mapping_of(instance_of(NamedDelayDeclaration), NAME),
        "Waiting times with a name and a source.",
        default={},
    )
    treaties: Mapping[str, Treaty] = optional(
        mapping_of(instance_of(Treaty), NAME),
        "Obligations between actors, with their dates.",
        default={},
    )
    moves: Mapping[str, Move] = optional(
        mapping_of(instance_of(Move), NAME), "What actors do.", default={}
    )
    events: Mapping[str, Event] = optional(
        mapping_of(instance_of(Event), NAME),
        "What happens without an actor.",
        default={},
    )
    stop_when: Expression | None = optional(
        CONDITION_OF_OUTCOMES, "Condition that ends a path at once."
    )
    outcomes: Mapping[str, OutcomeDeclaration] = optional(
        mapping_of(instance_of(OutcomeDeclaration), NAME),
        "Conditions that may become true in a path; each gets a probability and a time.",
        default={},
    )
    endings: Mapping[str, EndingDeclaration] = optional(
        mapping_of(ENDING, NAME), "How a path ended: the first condition that holds.", default={}
    )
    interventions: Mapping[str, Intervention] = optional(
        mapping_of(instance_of(Intervention), NAME),
        "What would be different; `compare` runs each beside the baseline.",
        default={},
    )
    evidence: Mapping[str, Evidence] = optional(
        mapping_of(instance_of(Evidence), NAME),
        "Historical record of an outcome; shown beside the estimate.",
        default={},
    )
    moments: Mapping[str, float | None] = field(default_factory=dict)  # from which treaties bind

    def is_unconfirmed(self, one: Sourced) -> bool:
        """Whether a number is unconfirmed by its own word or by that of one of its sources."""
        return one.unconfirmed or any(self.sources[name].unconfirmed for name in one.source)

    @property
    def label(self) -> str:
        """What a reader calls the scenario."""
        return self.title or self.scenario


# Each group may read the groups before it, and nothing else.
_PROSE = ("scenario", "title", "question", "about", "note", "start", "horizon")
_STATE = ("relations", "state", "parameters")
_RULES = ("treaties", "moves", "events", "interventions")
_ENDS = ("stop_when", "outcomes", "endings", "evidence")


def decode(diagnostics: Diagnostics) -> tuple[Document, Context]:
    """The document of a source tree without what is wrong, all of which is noted."""
    root = diagnostics.tree
    context = Context(diagnostics=diagnostics, named_transitions=named_transitions(root))
    context.unreadable = {
        name for name, entry in entries(root) if not isinstance(entry.value, tree.Mapping)
    }
    document = MappingDecoder(Document, root, (), context)
    document.report_unknown()
    document.decode(*_PROSE, "sources", "ladders")
    context.ladders = document.values.get("ladders", {})
    _actor_states(context)
    document.decode(*_STATE)
    moments = _binding_moments(context)
    context.bound_at_start = frozenset(f"{n}.binds" for n, at in moments.items() if at is None)
    statuses = list(_treaty_variables(context))
    context.statuses = frozenset(variable.name for variable in statuses)
    parameters = [one.parameter() for one in document.values.get("parameters", {}).values()]
    own = _declared_variables(document.values, context)
    context.vocabulary = vocabulary(context, [*own, *statuses], parameters)
    document.decode("facts", "delays", "actors")
    for name, actor in document.values.get("actors", {}).items():
        if actor.rationality is not None:
            context.rationalities[name] = actor.rationality
    document.decode(*_RULES, *_ENDS)
    for key, placeholder in PLACEHOLDERS.items():
        if key not in root.entries:
            context.problem((key,), "is missing")
        document.values.setdefault(key, placeholder)
    return Document(moments=moments, **document.values), context


def _actor_states(context: Context) -> None:
    """Decode the state of every actor."""
    for actor, entry in entries(context.tree.get("actors")):
        node = entry.value.get("state") if isinstance(entry.value, tree.Mapping) else None
        if node is not None:
            path: KeyPath = ("actors", actor, "state")
            try:
                context.states[path] = decode_value(VARIABLES, node, path, context)
            except Invalid:
                context.damaged.add(path)


def _declared_variables(values: Mapping[str, Any], context: Context) -> list[Variable]:
    """All state variables but the treaties', in the order of the file's sections."""
    made: list[Variable] = []
    for (_, actor, _), variables in context.states.items():
        owner = str(actor)
        made += [one.variable(f"{owner}.{name}", owner) for name, one in variables.items()]
    for section in ("relations", "state"):
        made += [one.variable(name) for name, one in values.get(section, {}).items()]
    return made


def _treaty_variables(context: Context) -> list[Variable]:
    """The flag of every treaty and the status of every obligation, of broken ones too."""
    made: list[Variable] = []
    for treaty, entry in entries(context.tree.get("treaties")):
        made.append(flag_variable(treaty, binds=True))
        for clause in keys(entry.value, "obligations"):
            responses = keys(entry.value, "obligations", clause, "responses")
            made.append(status_variable(treaty, clause, responses))
    return made


def _binding_moments(context: Context) -> dict[str, float | None]:
    """From when each treaty binds, in seconds; None: from the start. Broken dates count as none."""
    moments: dict[str, float | None] = {}
    for treaty, entry in entries(context.tree.get("treaties")):
        dates: dict[str, date | None] = {}
        for key in ("signed", "in_force"):
            node = entry.value.get(key) if isinstance(entry.value, tree.Mapping) else None
            try:
                dates[key] = DATE.decode(node, (), context) if node is not None else None
            except Invalid:  # told when the treaty is decoded
                dates[key] = None
        early = "binds" in keys(entry.value)
        moments[treaty] = binding_moment(dates["signed"], dates["in_force"], early, context.start)
    return moments
