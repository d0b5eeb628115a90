"""Treaties resolved: a flag that binds, and for every obligation its status and transitions."""

from collections.abc import Iterator
from dataclasses import replace

from sim.model.expressions import Comparison, Constant, Expression, Logic, Node, StateOf
from sim.model.state import Variable
from sim.model.transitions import Effect, Option, Transition, Trigger
from sim.scenario import rule_shapes as shapes
from sim.scenario.delays import delay
from sim.scenario.options import choice
from sim.scenario.rules import rationality
from sim.scenario.variables import FLAG
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route, place_of, spelled

DORMANT, INVOKED = "dormant", "invoked"
TAKEN = frozenset({DORMANT, INVOKED, "reopened"})  # no response may be called so


def treaty_variables(bench: Workbench) -> Iterator[Variable]:
    """The flag of every treaty and the status of every obligation."""
    for name, treaty in bench.document.treaties.items():
        binds_from = binding_moment(bench, treaty)
        starts = binds_from is None and name not in bench.applied.void
        yield Variable(
            name=f"{name}.binds", kind="flag", levels=FLAG, size=2, start=int(starts), owner=name
        )
        for clause, obligation in treaty.obligations.items():
            levels = (DORMANT, INVOKED, *obligation.responses)
            yield Variable(
                name=f"{name}.{clause}",
                kind="levels",
                levels=levels,
                size=len(levels),
                start=0,
                owner=name,
            )


def binding_moment(bench: Workbench, treaty: shapes.Treaty) -> float | None:
    """Seconds after t = 0 from which a treaty binds; None when it binds at the start."""
    day = treaty.signed if treaty.binds or treaty.in_force is None else treaty.in_force
    seconds = bench.seconds_from_start(day) if day else None
    return seconds if seconds is not None and seconds > 0 else None


def treaty_transitions(bench: Workbench, name: str) -> Iterator[Transition]:
    """A treaty's `binds`, where a date is awaited; then its obligations' transitions."""
    treaty = bench.document.treaties[name]
    route: Route = ("treaties", name)
    _check(bench, treaty, route)
    moment = binding_moment(bench, treaty)
    if moment is not None:
        yield Transition(
            name=f"{name}.binds",
            origin=name,
            part="treaty",
            when=_never(bench, route) if name in bench.applied.void else None,
            at=moment,
            limit=1,
            options=(_sets(f"{name}.binds", 1),),
            title=treaty.name or treaty.title,
        )
    for clause, obligation in treaty.obligations.items():
        below = (*route, "obligations", clause)
        yield from _obligation(bench, f"{name}.{clause}", treaty, obligation, below)


def _check(bench: Workbench, treaty: shapes.Treaty, route: Route) -> None:
    for i, party in enumerate(treaty.parties):
        bench.refer("actor", party, bench.named("actors"), (*route, "parties", i))
        if party in treaty.parties[:i]:
            bench.problem((*route, "parties", i), f"the party {party!r} is here twice")
    if treaty.binds and treaty.signed is None:
        bench.problem((*route, "binds"), "`binds: at_signature` needs `signed`, a date")
    if treaty.signed and treaty.in_force and treaty.in_force < treaty.signed:
        said = f"dates are out of order: signed {treaty.signed}, in force {treaty.in_force}"
        bench.problem((*route, "in_force"), said)


def _obligation(
    bench: Workbench, name: str, treaty: shapes.Treaty, shape: shapes.Obligation, route: Route
) -> Iterator[Transition]:
    """Invoked, answered and, where the clause can be called again, reopened."""
    _check_obligation(bench, treaty, shape, route)
    casus = bench.condition(shape.casus_foederis, (*route, "casus_foederis"))
    reopens = bench.condition(shape.reopens, (*route, "reopens"))
    shared = Transition(
        name=name,
        origin=bench.origin(route),
        part="treaty",
        actor=shape.obligor,
        title=shape.title or shape.article,
    )
    where = f"{place_of(bench.findings.tree, (*route, 'casus_foederis'))}: {spelled(route)}"
    if casus is not None:
        void = {name, name.rpartition(".")[0]} & bench.applied.void
        when = _never(bench, route) if void else _called(name, casus, where)
        yield replace(shared, name=f"{name}.invoked", when=when, limit=1, options=(_sets(name, 1),))
    yield _answered(bench, shared, shape, route, where)
    if reopens is not None:
        yield replace(
            shared,
            name=f"{name}.reopened",
            when=_status(name, ">", where),
            on=(Trigger(becomes=reopens),),
            options=(_sets(name, 1),),
        )


def _answered(
    bench: Workbench, shared: Transition, shape: shapes.Obligation, route: Route, where: str
) -> Transition:
    """The deliberation and its responses, each of which is also a status."""
    name = shared.name
    options = choice(
        bench, shape.responses, (*route, "responses"), rationality(bench, shape.obligor)
    )
    answers = tuple(
        replace(option, effects=(Effect(variable=name, how="set", value=2 + i), *option.effects))
        for i, option in enumerate(options.options)
    )
    return replace(
        shared,
        when=_status(name, "==", where),
        after=delay(bench, shape.deliberation, (*route, "deliberation")),
        limit=None if shape.reopens is not None else 1,
        choice=options.kind,
        options=answers,
    )


def _check_obligation(
    bench: Workbench, treaty: shapes.Treaty, shape: shapes.Obligation, route: Route
) -> None:
    actors = bench.named("actors")
    exists = bench.refer("actor", shape.obligor, actors, (*route, "obligor"))
    if exists and shape.obligor not in treaty.parties:
        parties = ", ".join(treaty.parties)
        said = f"{shape.obligor!r} is no party to this treaty; its parties: {parties}"
        bench.problem((*route, "obligor"), said)
    for i, who in enumerate(shape.beneficiary):
        below: Route = (*route, "beneficiary")
        bench.refer("actor", who, actors, (*below, i) if len(shape.beneficiary) > 1 else below)
    for response in shape.responses:
        if response in TAKEN:
            said = f"{response!r} is a status every obligation has; call the response otherwise"
            bench.problem((*route, "responses", response), said, key=True)


def _called(name: str, casus: Expression, where: str) -> Expression:
    """The treaty binds, the casus foederis holds, and the clause has not been called."""
    binds = f"{name.rpartition('.')[0]}.binds"
    dormant = Comparison("==", StateOf(name), Constant(0.0, DORMANT))
    parts: tuple[Node, ...] = (StateOf(binds), casus.node, dormant)
    text = f"{binds} and ({casus.text}) and {name} == {DORMANT}"
    return Expression(Logic("and", parts), text, casus.where or where)


def _status(name: str, sign: str, where: str) -> Expression:
    node = Comparison(sign, StateOf(name), Constant(1.0, INVOKED))  # type: ignore[arg-type]
    return Expression(node, f"{name} {sign} {INVOKED}", where)


def _never(bench: Workbench, route: Route) -> Expression:
    where = f"{place_of(bench.findings.tree, route)}: {spelled(route)}"
    return Expression(Constant(0.0, "false"), "false", where)


def _sets(variable: str, value: int) -> Option:
    return Option(name=None, effects=(Effect(variable=variable, how="set", value=value),))
