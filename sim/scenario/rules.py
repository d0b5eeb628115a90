"""Moves, events and interventions' events resolved to transitions."""

from typing import Literal

from sim.model.expressions import Expression
from sim.model.transitions import Option, Transition
from sim.scenario import rule_shapes as shapes
from sim.scenario import units
from sim.scenario.delays import delay
from sim.scenario.effects import effects
from sim.scenario.options import Choice, chance, choice
from sim.scenario.triggers import triggers
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route

Part = Literal["move", "event", "intervention"]
_NOT_WITH_AT = ("on", "after", "speed", "memory", "once", "limit")


def rule(
    bench: Workbench, name: str, shape: shapes.Rule, route: Route, part: Part
) -> Transition | None:
    """The transition of a rule; None when its triggers are wrong."""
    on = triggers(bench, shape.on, (*route, "on"))
    at = scheduled(bench, shape, route)
    if shape.once is not None and shape.limit is not None:
        bench.problem((*route, "limit"), "`once` and `limit` exclude each other", key=True)
    speed = None
    if shape.speed is not None:
        speed = bench.expression(shape.speed, (*route, "speed"), "number")
    actor = shape.actor if isinstance(shape, shapes.Move) else None
    if actor is not None:
        bench.refer("actor", actor, bench.named("actors"), (*route, "actor"))
    what = _what(bench, shape, route, actor)
    transition = Transition(
        name=name,
        origin=bench.origin(route),
        part=part,
        actor=actor,
        when=bench.condition(shape.when, (*route, "when")),
        on=on or (),
        after=delay(bench, shape.after, (*route, "after")),
        at=at,
        speed=speed,
        memory=shape.memory or "forget",
        limit=1 if shape.once or at is not None else shape.limit,
        choice=what.kind,
        options=what.options,
        title=shape.title,
    )
    return None if on is None else transition


def _what(bench: Workbench, shape: shapes.Rule, route: Route, actor: str | None) -> Choice:
    """What happens: options, effects with a chance, or effects."""
    if shape.choose is not None:
        for key in ("then", "chance"):
            if getattr(shape, key) is not None:
                text = f"`{key}` has no place beside `choose`; put the effects into the options"
                bench.problem((*route, key), text, key=True)
        return choice(bench, shape.choose, (*route, "choose"), rationality(bench, actor))
    if shape.chance is not None:
        if shape.then is None and not bench.damaged((*route, "then")):
            bench.problem((*route, "chance"), "`chance` needs a `then`: what happens with it")
        return chance(bench, shape.chance, shape.then or {}, route)
    return Choice(
        "probability", (Option(name=None, effects=effects(bench, shape.then, (*route, "then"))),)
    )


def rationality(bench: Workbench, actor: str | None) -> Expression | None:
    """The rationality of an actor; None where nothing is said, which means 1."""
    return bench.rationalities.get(actor or "")


def scheduled(bench: Workbench, shape: shapes.Rule, route: Route) -> float | None:
    """Seconds after t = 0 at which something scheduled happens; None for all else."""
    if shape.at is None:
        return None
    for key in _NOT_WITH_AT:
        if getattr(shape, key) is not None:
            text = f"`{key}` has no meaning beside `at`, which happens once and then"
            bench.problem((*route, key), text, key=True)
    seconds = _moment(bench, shape.at, (*route, "at"))
    horizon = bench.horizon
    if seconds is not None and horizon is not None and seconds > horizon:
        said = f"{shape.at} lies behind the horizon ({bench.document.horizon}): it never happens"
        bench.findings.warn((*route, "at"), said)
    return seconds


def _moment(bench: Workbench, text: str, route: Route) -> float | None:
    try:
        if units.looks_like_a_day(text):
            seconds = bench.seconds_from_start(units.day(text))
            if seconds is None:
                bench.problem(route, f"{text!r} needs the scenario's `start`, a date")
            elif seconds < 0:
                start = bench.document.start
                bench.problem(route, f"{text!r} lies before the start, {start}")
                return None
            return seconds
        span = units.duration(text)
    except ValueError as error:
        bench.problem(route, str(error))
        return None
    if span is None or span < 0:
        bench.problem(route, f"must be a duration such as '30 d' or a date, found {text!r}")
        return None
    return span
