"""A whole scenario file, decoded in an order in which everything is known before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.decoding.declarations import (
    Declaration,
    MappingDecoder,
    keys_of,
    optional,
    prose,
    required,
    section,
)
from sim.decoding.kinds import Invalid, Kind, decode_value, mapping_of
from sim.decoding.scalars import DATE, NAME, NAME_VALUE, REFERENCE, REFERENCES
from sim.formatting import DAY, SECONDS
from sim.model.correlations import Correlation
from sim.model.expressions import Constant, Expression, Negative
from sim.model.state import Variable
from sim.scenario.language import formulas, treaties
from sim.scenario.language.context import Context
from sim.scenario.language.correlated import CORRELATED
from sim.scenario.language.delays import NamedDelayDeclaration
from sim.scenario.language.distributions import ParameterDeclaration
from sim.scenario.language.happened import HAPPENED, Happened
from sim.scenario.language.interventions import Intervention
from sim.scenario.language.names import FACTS, vocabulary
from sim.scenario.language.outcomes import ENDING, EndingDeclaration, Evidence, OutcomeDeclaration
from sim.scenario.language.rules import Event, Move
from sim.scenario.language.scalar_types import DURATION_SCHEMA, duration_text, seconds_of
from sim.scenario.language.sourcing import Described, Reasoned, Source, Sourced, short_name
from sim.scenario.language.state import LADDERS, VARIABLE, Relation, StateVariable
from sim.scenario.language.treaties import Treaty
from sim.scenario.language.triggers import named_transitions
from sim.source import tree
from sim.source.diagnostics import Diagnostics
from sim.source.tree import KeyPath, Node, entries, keys

LAST_DAY = date(9998, 12, 31)  # the last year of `date`, less one for the axis of a chart
LONGEST_HORIZON = 1e9 * SECONDS["y"]  # far beyond it the axis of a chart has no numbers left
# In place of required keys that are missing or invalid, so that everything else can be checked.
PLACEHOLDERS: dict[str, Any] = {"scenario": "unnamed", "horizon": DAY}


def _horizon(node: Node, path: KeyPath, context: Context) -> float:
    """Seconds until the end of a path; with a start, that must be a date of the calendar."""
    text = duration_text(node)
    seconds, start = seconds_of(text), context.start
    if seconds is None or seconds <= 0:
        raise Invalid(f"must be a duration above 0 such as '180 d', found {text!r}")
    if seconds > LONGEST_HORIZON:
        raise Invalid(f"must be at most 1e9 y, found {text!r}")
    if start and seconds > (LAST_DAY - start).days * DAY:
        raise Invalid(f"from {start} on, must end by {LAST_DAY}, found {text!r}")
    context.horizon, context.horizon_text = seconds, text  # for `at`, decoded later
    return seconds


def _start(node: Node, path: KeyPath, context: Context) -> date:
    # at once, as `horizon` and every `at` with a date need it
    context.start = DATE.decode(node, path, context)
    return context.start


def _rationality(node: Node, path: KeyPath, context: Context) -> Expression:
    """An expression of parameters only, not negative. Raises Invalid."""
    expression = formulas.recorded_number(node, path, context)
    formulas.without_state(expression, path, context, "rationality")
    # other expressions are checked when the model is: their sign depends on parameters
    if isinstance(expression.node, Negative) and isinstance(expression.node.of, Constant):
        raise Invalid(f"must be 0 or more, found {expression.text}")
    return expression


def _actor_state(node: Node, path: KeyPath, context: Context) -> Any:
    """The state of an actor, which has been decoded before anything else of the actor."""
    if path not in context.states:  # invalid, and reported
        raise Invalid
    return context.states[path]


VARIABLES = mapping_of(VARIABLE, NAME)


@dataclass(frozen=True, kw_only=True)
class Actor(Reasoned):
    """A state, alliance or leadership that acts, with its state variables."""

    long_name: str = prose("The name that readers see.", key="name")
    short: str = short_name()
    rationality: Expression | None = optional(
        Kind(_rationality, formulas.NUMBER_EXPRESSION.schema),
        "How strongly utilities decide, from 0 (not at all) upwards; default 1.",
    )
    state: Mapping[str, StateVariable] = optional(
        Kind(_actor_state, VARIABLES.schema),
        "State variables of this actor; elsewhere called `actor.variable`.",
        default={},
    )

    @property
    def label(self) -> str:
        """The name that readers see."""
        return self.long_name or self.title or self.name


@dataclass(frozen=True, kw_only=True)
class Composition(Declaration):
    """The keys that are read when files are put together, before a document is decoded."""

    extends: str | None = optional(REFERENCE, "The file that this one is a variant of.")
    include: tuple[str, ...] = optional(
        REFERENCES, "Files with parts of the scenario, one or a list.", default=()
    )
    remove: tuple[str, ...] = optional(
        REFERENCES, "Things of the extended file to leave out, such as `moves.x`.", default=()
    )


@dataclass(frozen=True, kw_only=True)
class Document(Described):
    """A scenario file."""

    gone = tuple(keys_of(Composition))
    scenario: str = required(NAME_VALUE, "Name of the scenario.")
    question: str = prose("The question that the scenario answers.")
    start: date | None = optional(
        Kind(_start, DATE.schema), "Date of day 0; charts then show dates."
    )
    horizon: float = required(
        Kind(_horizon, lambda _: dict(DURATION_SCHEMA)),
        "The longest duration of a path; at most 1e9 y.",
    )
    sources: Mapping[str, Source] = section(Source, "The works that may be cited.")
    ladders: Mapping[str, tuple[str, ...]] = optional(
        LADDERS, "Named lists of rungs, from the lowest to the highest.", default={}
    )
    actors: Mapping[str, Actor] = section(Actor, "Who acts, each with its state variables.")
    relations: Mapping[str, Relation] = section(
        Relation, "On which rung of a ladder two actors stand."
    )
    state: Mapping[str, StateVariable] = optional(
        VARIABLES, "State variables that belong to no actor.", default={}
    )
    parameters: Mapping[str, ParameterDeclaration] = section(
        ParameterDeclaration, "Uncertain numbers; each draw takes one value for each."
    )
    correlated: tuple[Correlation, ...] = optional(
        CORRELATED, "Pairs of parameters with their rank correlation: `[a, b, 0.6]`.", default=()
    )
    facts: Mapping[str, Expression] = optional(
        FACTS, "Conditions with a name, to be used in any expression.", default={}
    )
    delays: Mapping[str, NamedDelayDeclaration] = section(
        NamedDelayDeclaration, "Waiting times with a name and a source."
    )
    treaties: Mapping[str, Treaty] = section(
        Treaty, "Obligations between actors, with their dates."
    )
    moves: Mapping[str, Move] = section(Move, "What actors do.")
    events: Mapping[str, Event] = section(Event, "What happens without an actor.")
    stop_when: Expression | None = optional(
        formulas.CONDITION_OF_OUTCOMES, "Condition that ends a path at once."
    )
    outcomes: Mapping[str, OutcomeDeclaration] = section(
        OutcomeDeclaration,
        "Conditions that may become true in a path; each gets a probability and a time.",
    )
    endings: Mapping[str, EndingDeclaration] = optional(
        mapping_of(ENDING, NAME), "How a path ended: the first condition that holds.", default={}
    )
    interventions: Mapping[str, Intervention] = section(
        Intervention, "What would be different; `compare` runs each beside the baseline."
    )
    evidence: Mapping[str, Evidence] = section(
        Evidence, "Historical record of an outcome; shown beside the estimate."
    )
    happened: Happened | None = optional(
        HAPPENED, "What happened in the case itself: read by `score`, never by `run`."
    )
    # treaty -> seconds after day 0 from which it binds; None: it binds at the start
    moments: Mapping[str, float | None] = field(default_factory=dict)

    def is_unconfirmed(self, one: Sourced) -> bool:
        """Whether a number is marked as unconfirmed, itself or by one of its sources."""
        return one.unconfirmed or any(self.sources[name].unconfirmed for name in one.source)

    @property
    def label(self) -> str:
        """The name that readers see."""
        return self.title or self.scenario


# Groups of keys in the order of decoding. Each group may read what the groups before it declared,
# and nothing else: so an expression can be typed and a reference checked at once, in one pass.
_PROSE = ("scenario", "title", "question", "about", "note", "start", "horizon")
_LISTS = ("sources", "ladders")
_STATE = ("relations", "state", "parameters")
_NAMED = ("correlated", "facts", "delays", "actors")
_RULES = ("treaties", "moves", "events", "interventions")
_ENDS = ("stop_when", "outcomes", "endings", "evidence", "happened")
GROUPS = (_PROSE, _LISTS, _STATE, _NAMED, _RULES, _ENDS)


def decode(diagnostics: Diagnostics) -> tuple[Document, Context]:
    """The document of a source tree without its invalid parts, each of which is reported."""
    root = diagnostics.tree
    context = Context(diagnostics=diagnostics, named_transitions=named_transitions(root))
    # a section that is no mapping, such as `actors: [a, b]`: names in it are unknown
    context.unreadable = {
        name for name, entry in entries(root) if not isinstance(entry.value, tree.Mapping)
    } | diagnostics.unread
    document = MappingDecoder(Document, root, (), context)
    document.report_unknown()
    document.decode(*_PROSE, *_LISTS)
    context.ladders = document.values.get("ladders", {})
    # before everything else of actors: expressions may read these variables, and actors have
    # expressions
    _decode_actor_states(context)
    document.decode(*_STATE)
    moments = _binding_moments(context)
    context.bound_at_start = frozenset(f"{n}.binds" for n, at in moments.items() if at is None)
    # Guards may read the status of a treaty, and treaties have guards: so the variables of
    # treaties are known from their names alone, before any treaty is decoded.
    statuses = list(_treaty_variables(context))
    context.statuses = frozenset(variable.name for variable in statuses)
    parameters = [one.parameter() for one in document.values.get("parameters", {}).values()]
    # own variables first: their order is that of the machine form
    own = _declared_variables(document.values, context)
    context.vocabulary = vocabulary(context, [*own, *statuses], parameters)
    # facts before delays and rationalities, which may use them
    document.decode(*_NAMED)
    for name, actor in document.values.get("actors", {}).items():
        if actor.rationality is not None:
            context.rationalities[name] = actor.rationality
    document.decode(*_RULES, *_ENDS)
    for key, placeholder in PLACEHOLDERS.items():
        if key not in root.entries:
            context.problem((key,), "is missing")
        document.values.setdefault(key, placeholder)  # also if its value is invalid
    return Document(moments=moments, **document.values), context


def _decode_actor_states(context: Context) -> None:
    for actor, entry in entries(context.tree.get("actors")):
        node = entry.value.get("state") if isinstance(entry.value, tree.Mapping) else None
        if node is not None:
            path: KeyPath = ("actors", actor, "state")
            try:
                context.states[path] = decode_value(VARIABLES, node, path, context)
            except Invalid:
                context.damaged.add(path)


def _declared_variables(values: Mapping[str, Any], context: Context) -> list[Variable]:
    """All state variables except those of treaties, in the order of the file's sections."""
    variables: list[Variable] = []
    for (_, actor, _), state in context.states.items():  # path: actors, name, state
        owner = str(actor)
        variables += [one.variable(f"{owner}.{name}", owner) for name, one in state.items()]
    for key in ("relations", "state"):
        variables += [one.variable(name) for name, one in values.get(key, {}).items()]
    return variables


def _treaty_variables(context: Context) -> list[Variable]:
    """The flag of every treaty and the status of every obligation, of invalid ones too."""
    variables: list[Variable] = []
    for treaty, entry in entries(context.tree.get("treaties")):
        variables.append(treaties.flag_variable(treaty, binds=True))  # starts do not matter here
        for clause in keys(entry.value, "obligations"):
            responses = keys(entry.value, "obligations", clause, "responses")
            can_lapse = "lapses" in keys(entry.value, "obligations", clause)
            levels = treaties.statuses_of(responses, can_lapse=can_lapse)
            variables.append(treaties.status_variable(treaty, clause, levels))
    return variables


def _binding_moments(context: Context) -> dict[str, float | None]:
    """For each treaty the seconds after day 0 from which it binds; None: from the start.

    An invalid date counts as missing here; it is reported when the treaty is decoded.
    """
    moments: dict[str, float | None] = {}
    for treaty, entry in entries(context.tree.get("treaties")):
        dates: dict[str, date | None] = {}
        for key in ("signed", "in_force"):  # dates only; all else is decoded later
            node = entry.value.get(key) if isinstance(entry.value, tree.Mapping) else None
            try:
                dates[key] = DATE.decode(node, (), context) if node is not None else None
            except Invalid:
                dates[key] = None
        early = "binds" in keys(entry.value)  # its only value is `at_signature`
        moments[treaty] = treaties.binding_moment(
            dates["signed"], dates["in_force"], early, context.start
        )
    return moments
