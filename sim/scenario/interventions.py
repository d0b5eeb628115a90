"""Interventions: checked with the file, and applied when a scenario is asked what would be if."""

from collections.abc import Mapping, Sequence

from sim.errors import UsageError, unknown
from sim.model.parameters import Distribution, Parameter
from sim.model.transitions import Transition
from sim.scenario import rule_shapes as shapes
from sim.scenario import units
from sim.scenario.applied import Applied
from sim.scenario.effects import value_of
from sim.scenario.rules import rule
from sim.scenario.workbench import Workbench, said
from sim.scenario.written import Route

_EVENT = ("when", "on", "after", "at", "speed", "memory", "once", "limit", "choose", "then")
_EVENT_KEYS = (*_EVENT, "chance")


def intervention_events(bench: Workbench, names: Sequence[str]) -> list[Transition]:
    """The events of these interventions, in the order of the file."""
    found = []
    for name in bench.document.interventions:
        shape = bench.document.interventions[name]
        if name in names and has_event(shape):
            before = len(bench.findings.problems)
            event = rule(bench, name, shape, ("interventions", name), "intervention")
            found += [event] if event else []
            if len(bench.findings.problems) > before:
                bench.doubtful.add(name)
    return found


def has_event(shape: shapes.Intervention) -> bool:
    """Whether an intervention adds an event."""
    return any(getattr(shape, key) is not None for key in _EVENT_KEYS)


def check_interventions(bench: Workbench) -> None:
    """Note what is wrong with any intervention, applied or not."""
    for name, shape in bench.document.interventions.items():
        route: Route = ("interventions", name)
        idle = not (shape.void or shape.set or shape.start or has_event(shape))
        if idle and not bench.damaged(route):
            bench.problem(route, "changes nothing; it needs void, set, start or an event")
        applied_by(bench, name, shape, route)


def applied_by(bench: Workbench, name: str, shape: shapes.Intervention, route: Route) -> Applied:
    """What one intervention changes."""
    words = bench.words
    known = [*bench.named("treaties"), *(s for s in words.variables if _is_clause(bench, s))]
    for i, clause in enumerate(shape.void):
        below: Route = (*route, "void")
        if clause not in words.broken:
            at = (*below, i) if len(shape.void) > 1 else below
            bench.refer("treaty or obligation", clause, known, at)
    values: dict[str, Distribution] = {}
    for parameter, written in shape.set.items():
        at = (*route, "set", parameter)
        if parameter in words.parameters:
            fixed = _fixed(bench, words.parameters[parameter], written, at)
            values |= {parameter: fixed} if fixed else {}
        elif parameter not in words.broken:
            bench.problem(at, unknown("parameter", parameter, words.parameters), key=True)
    start: dict[str, int] = {}
    for variable, written in shape.start.items():
        at = (*route, "start", variable)
        if variable in words.variables:
            value = value_of(bench, words.variables[variable], written, at)
            start |= {} if value is None else {variable: value}
        elif variable not in words.broken:
            bench.problem(at, unknown("state variable", variable, words.variables), key=True)
    return Applied(names=(name,), void=frozenset(shape.void), values=values, start=start)


def combined(bench: Workbench, names: Sequence[str]) -> Applied:
    """Several interventions at once, in the order of the file.

    Raises UsageError for an unknown name, and for two that want different things of one thing.
    """
    known = bench.document.interventions
    for name in names:
        if name not in known:
            raise UsageError(unknown("intervention", name, known))
    ordered = tuple(name for name in known if name in names)
    values: dict[str, Distribution] = {}
    start: dict[str, int] = {}
    void: frozenset[str] = frozenset()
    for name in ordered:
        one = applied_by(bench, name, known[name], ("interventions", name))
        _agree(name, ordered, values, one.values)
        _agree(name, ordered, start, one.start)
        values |= one.values
        start |= one.start
        void |= one.void
    return Applied(names=ordered, void=void, values=values, start=start)


def _agree(
    name: str, ordered: Sequence[str], before: Mapping[str, object], now: Mapping[str, object]
) -> None:
    for thing, value in now.items():
        if thing in before and before[thing] != value:
            others = ", ".join(other for other in ordered if other != name)
            raise UsageError(f"{name} and {others} give {thing!r} different values")


def _is_clause(bench: Workbench, name: str) -> bool:
    return name in bench.statuses and not name.endswith(".binds")


def _fixed(
    bench: Workbench, parameter: Parameter, written: str | float | bool, route: Route
) -> Distribution | None:
    """The value a parameter is set to, as a distribution without spread."""
    levels = parameter.distribution.levels
    text = said(written)
    if levels:
        if text in levels:
            position = float(levels.index(text))
            return Distribution(kind="fixed", numbers=(position,), levels=levels)
        bench.problem(route, unknown(f"choice of {parameter.name}", text, levels))
        return None
    try:
        seconds = units.duration(text) if isinstance(written, str) else None
    except ValueError as error:
        bench.problem(route, str(error))
        return None
    if parameter.time and seconds is not None:
        return Distribution(kind="fixed", numbers=(seconds,))
    if not parameter.time and not isinstance(written, (str, bool)):
        return Distribution(kind="fixed", numbers=(float(written),))
    needed = "a duration" if parameter.time else "a number"
    bench.problem(route, f"must be {needed}, found {text!r}")
    return None
