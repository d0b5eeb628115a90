"""A checked document resolved to a model: the names first, then everything that reads them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sim.errors import unknown
from sim.model.durations import DAY
from sim.model.expressions import Constant, Expression, Negative
from sim.model.model import Actor, Model
from sim.model.transitions import Transition
from sim.scenario import units
from sim.scenario.applied import Applied
from sim.scenario.delays import named_delays, without_state
from sim.scenario.document import Document
from sim.scenario.findings import Findings
from sim.scenario.firings import firings
from sim.scenario.interventions import (
    check_interventions,
    combined,
    intervention_events,
)
from sim.scenario.names import same_numbers, used_twice, vocabulary, with_facts
from sim.scenario.outcomes import endings, outcome_order, outcomes
from sim.scenario.parameters import parameters
from sim.scenario.rule_shapes import Event, Move
from sim.scenario.rules import rule
from sim.scenario.sources import sources_exist
from sim.scenario.treaties import binding_moment, treaty_transitions, treaty_variables
from sim.scenario.variables import ladders_without_twins, variables
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route

LAST_DAY = date(9998, 12, 31)  # a calendar ends, and an axis needs a little room behind its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A model, the bench it was made on, and the events interventions would add."""

    model: Model
    bench: Workbench
    possible: tuple[Transition, ...]  # events of interventions that are not applied


def workbench(document: Document, findings: Findings, broken: frozenset[Route]) -> Workbench:
    """The bench with everything on it that the model of a document is made of."""
    bench = Workbench(
        document=document,
        findings=findings,
        broken=broken,
        firings=firings(findings.tree),
        horizon=_horizon(document, findings),
        at_once=frozenset(),
    )
    at_once = {f"{n}.binds" for n, t in document.treaties.items() if not binding_moment(bench, t)}
    bench = replace(bench, at_once=frozenset(at_once))
    own, clauses = list(variables(bench)), list(treaty_variables(bench))
    bench = replace(bench, statuses=frozenset(v.name for v in clauses))
    bench = replace(bench, words=vocabulary(bench, [*own, *clauses], list(parameters(bench))))
    bench = replace(bench, words=with_facts(bench))
    return replace(bench, rationalities=_rationalities(bench))


def resolve(bench: Workbench) -> Resolved:
    """The model of the document as written; every problem is noted on the bench."""
    ladders_without_twins(bench)
    used_twice(bench.findings)
    _no_twin_variables(bench)
    sources_exist(bench)
    named_delays(bench)
    check_interventions(bench)
    possible = intervention_events(bench, list(bench.document.interventions))
    model = _model(bench, ())
    names = [t.name for t in (*model.transitions, *possible)]
    same_numbers(bench, names)
    _evidence(bench)
    return Resolved(model=model, bench=bench, possible=tuple(possible))


def resolve_under(bench: Workbench, names: Sequence[str]) -> tuple[Model, Applied]:
    """The model of the same document under interventions. Raises UsageError."""
    applied = combined(bench, names)
    voided = replace(bench, applied=applied)
    words = bench.words
    fixed = {n: replace(words.parameters[n], distribution=d) for n, d in applied.values.items()}
    started = {v.name: v for v in treaty_variables(voided)}
    for name, value in applied.start.items():
        if not (name.endswith(".binds") and name.rpartition(".")[0] in applied.void):
            started[name] = replace(words.variables[name], start=value)
    changed = replace(
        words,
        parameters={**words.parameters, **fixed},
        variables={**words.variables, **started},
    )
    return _model(replace(voided, words=changed), applied.names), applied


def _model(bench: Workbench, applied: Sequence[str]) -> Model:
    document = bench.document
    transitions = _transitions(bench)
    transitions += intervention_events(bench, applied)
    found = outcomes(bench)
    return Model(
        name=document.scenario,
        title=document.title or document.scenario,
        horizon=bench.horizon or 0.0,
        start=document.start,
        actors=tuple(
            Actor(name=name, title=shape.name or shape.title or name)
            for name, shape in document.actors.items()
        ),
        variables=tuple(bench.words.variables.values()),
        parameters=tuple(bench.words.parameters.values()),
        transitions=tuple(transitions),
        outcomes=found,
        outcome_order=outcome_order(bench, found),
        endings=endings(bench),
        stop_when=bench.condition(document.stop_when, ("stop_when",), outcomes=True),
    )


def _transitions(bench: Workbench) -> list[Transition]:
    """Treaties, moves, events; those with a problem of their own are noted as doubtful."""
    document = bench.document
    found: list[Transition] = []
    for name in document.treaties:
        found += _sure(bench, ("treaties", name), partial(treaty_transitions, bench, name))
    for section, rules in (("moves", document.moves), ("events", document.events)):
        for name, shape in rules.items():
            route: Route = (section, name)
            found += _sure(bench, route, partial(_rule, bench, name, shape, route))
    return found


def _sure(
    bench: Workbench, route: Route, made: Callable[[], Iterable[Transition]]
) -> list[Transition]:
    """The transitions, noted as doubtful if what they were made of has problems."""
    before = len(bench.findings.problems)
    found = list(made())
    if len(bench.findings.problems) > before or bench.damaged(route):
        bench.doubtful.update(transition.name for transition in found)
    return found


def _rule(bench: Workbench, name: str, shape: Move | Event, route: Route) -> list[Transition]:
    made = rule(bench, name, shape, route, "move" if isinstance(shape, Move) else "event")
    return [made] if made else []


def _horizon(document: Document, findings: Findings) -> float | None:
    try:
        seconds = units.duration(document.horizon)
    except ValueError as error:
        findings.problem(("horizon",), str(error))
        return None
    if seconds is None or seconds <= 0:
        said = f"must be a duration above 0 such as '180 d', found {document.horizon!r}"
        findings.problem(("horizon",), said)
        return None
    if document.start and seconds > (LAST_DAY - document.start).days * DAY:
        said = f"from {document.start} on, must end by {LAST_DAY}, found {document.horizon!r}"
        findings.problem(("horizon",), said)
        return None
    return seconds


def _rationalities(bench: Workbench) -> dict[str, Expression]:
    found: dict[str, Expression] = {}
    for name, actor in bench.document.actors.items():
        if actor.rationality is None:
            continue
        route = ("actors", name, "rationality")
        expression = bench.expression(actor.rationality, route, "number")
        expression = without_state(bench, expression, route, "rationality")
        if expression is None:
            continue
        if isinstance(expression.node, Negative) and isinstance(expression.node.of, Constant):
            bench.problem(route, f"must be 0 or more, found {expression.text}")
        found[name] = expression
    return found


def _no_twin_variables(bench: Workbench) -> None:
    """An actor's variable and a treaty's obligation cannot have one qualified name."""
    for name, treaty in bench.document.treaties.items():
        actor = bench.document.actors.get(name)
        for clause in treaty.obligations:
            route = ("treaties", name, "obligations", clause)
            if clause == "binds":
                bench.problem(route, "'binds' is the flag of the treaty itself", key=True)
            elif actor and clause in actor.state:
                said = f"{name}.{clause} is a state variable of the actor {name!r} already"
                bench.problem(route, said, key=True)
        if actor and "binds" in actor.state:
            said = f"{name}.binds is the flag of the treaty {name!r}"
            bench.problem(("actors", name, "state", "binds"), said, key=True)


def _evidence(bench: Workbench) -> None:
    known = bench.named("outcomes")
    for name, shape in bench.document.evidence.items():
        route = ("evidence", name)
        if shape.outcome not in known:
            bench.problem((*route, "outcome"), unknown("outcome", shape.outcome, known))
        if shape.successes > shape.trials:
            said = f"must be at most the trials, {shape.trials}, found {shape.successes}"
            bench.problem((*route, "successes"), said)
