"""State variables: those of actors, of relations and of no one in particular."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sim.errors import unknown
from sim.model.state import Variable
from sim.scenario import document as shapes
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route

Made = Callable[..., Variable]  # a variable of which name, owner and words are settled

FLAG = ("false", "true")
MOST = 10_000  # values of one variable; a count that needs more is no small state


def variables(bench: Workbench) -> Iterator[Variable]:
    """All state variables but the treaties', in the order of the file's sections."""
    document = bench.document
    for actor, shape in document.actors.items():
        for name, written in shape.state.items():
            route: Route = ("actors", actor, "state", name)
            yield from _variable(bench, f"{actor}.{name}", written, route, actor)
    for name, relation in document.relations.items():
        route = ("relations", name)
        for i, side in enumerate(relation.between):
            bench.refer("actor", side, bench.named("actors"), (*route, "between", i))
        if relation.between[0] == relation.between[-1]:
            bench.problem((*route, "between", 1), "a relation is between two different actors")
        yield from _variable(bench, name, relation, route, "")
    for name, written in document.state.items():
        yield from _variable(bench, name, written, ("state", name), "")


def _variable(
    bench: Workbench,
    name: str,
    shape: shapes.Variable | shapes.Relation,
    route: Route,
    owner: str,
) -> Iterator[Variable]:
    """One variable, or nothing when its ladder or its start is wrong."""
    about = (shape.name if isinstance(shape, shapes.Relation) else "") or shape.about
    made = partial(Variable, name=name, owner=owner, about=about, says=shape.says)
    match shape:
        case shapes.FlagVariable(flag=flag):
            yield made(kind="flag", levels=FLAG, size=2, start=int(flag))
        case shapes.CountVariable():
            yield from _count(bench, shape, made, route)
        case shapes.LevelsVariable(levels=levels):
            _twice(bench, levels, (*route, "levels"))
            yield from _levels(bench, levels, shape.start, made, route)
        case shapes.LadderVariable() | shapes.Relation():
            yield from _ladder(bench, shape, made, route)


def _count(
    bench: Workbench, shape: shapes.CountVariable, made: Made, route: Route
) -> Iterator[Variable]:
    most, start = shape.max, shape.start
    if most > MOST:
        bench.problem((*route, "max"), f"must be at most {MOST:,}, found {most}")
    elif start > most:
        bench.problem((*route, "start"), f"must be at most max, {most}, found {start}")
    else:
        yield made(kind="count", levels=(), size=most + 1, start=start)


def _ladder(
    bench: Workbench, shape: shapes.LadderVariable | shapes.Relation, made: Made, route: Route
) -> Iterator[Variable]:
    levels = bench.document.ladders.get(shape.ladder, [])
    if levels:
        yield from _levels(bench, levels, shape.start, partial(made, ladder=shape.ladder), route)
    else:
        bench.refer("ladder", shape.ladder, bench.named("ladders"), (*route, "ladder"))


def _levels(
    bench: Workbench, levels: Sequence[str], word: str | None, made: Made, route: Route
) -> Iterator[Variable]:
    """A variable of these levels, the first of them at the start where no word says otherwise."""
    start = position(bench, word, levels, (*route, "start")) if word else 0
    if start is not None:
        yield made(kind="levels", levels=tuple(levels), size=len(levels), start=start)


def position(bench: Workbench, word: str, levels: Sequence[str], route: Route) -> int | None:
    """Which level a word is, or None with the problem noted."""
    if word in levels:
        return list(levels).index(word)
    bench.problem(route, unknown_level(word, levels))
    return None


def unknown_level(word: str, levels: Sequence[str], owner: str = "") -> str:
    """What to say of a word that is no level; known ones in their order."""
    of = f" of {owner}" if owner else ""
    said = unknown(f"level{of}", word, levels)
    start = said.find("known:")
    return said if start < 0 else f"{said[:start]}known: {', '.join(levels)}"


def ladders_without_twins(bench: Workbench) -> None:
    """A level stands once on a ladder."""
    for name, levels in bench.document.ladders.items():
        _twice(bench, levels, ("ladders", name))


def _twice(bench: Workbench, levels: Sequence[str], route: Route) -> None:
    for i, level in enumerate(levels):
        if level in levels[:i]:
            bench.problem((*route, i), f"the level {level!r} is here twice")
