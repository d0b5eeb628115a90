"""Outcomes, endings, and what stops a path at once."""

from collections.abc import Sequence

from sim.model.expressions import outcomes_read
from sim.model.model import Ending, Outcome
from sim.scenario import document as shapes
from sim.scenario.workbench import Workbench


def outcomes(bench: Workbench) -> tuple[Outcome, ...]:
    """The outcomes as written, without the wrong ones."""
    found = []
    for name, shape in bench.document.outcomes.items():
        when = bench.condition(shape.when, ("outcomes", name, "when"), outcomes=True)
        if when is not None:
            said = {"title": shape.title, "about": shape.about}
            found.append(Outcome(name=name, when=when, headline=shape.headline, **said))
    return tuple(found)


def outcome_order(bench: Workbench, found: Sequence[Outcome]) -> tuple[int, ...]:
    """Positions, each outcome behind those it reads; a circle is a problem."""
    at = {outcome.name: i for i, outcome in enumerate(found)}
    reads = [[at[name] for name in outcomes_read(o.when.node) if name in at] for o in found]
    order: list[int] = []
    while len(order) < len(found):
        ready = [
            i for i in range(len(found)) if i not in order and all(j in order for j in reads[i])
        ]
        if not ready:
            circle = _circle(reads, next(i for i in range(len(found)) if i not in order), order)
            names = [found[i].name for i in circle]
            said = f"outcomes read one another in a circle: {' -> '.join([*names, names[0]])}"
            bench.problem(("outcomes", names[0], "when"), said)
            return tuple(range(len(found)))
        order.append(ready[0])
    return tuple(order)


def _circle(reads: Sequence[Sequence[int]], start: int, done: Sequence[int]) -> list[int]:
    """Outcomes each of which reads the next and the last the first; the earliest one first."""
    walk = [start]
    while True:
        following = next(j for j in reads[walk[-1]] if j not in done)
        if following in walk:
            circle = walk[walk.index(following) :]
            first = circle.index(min(circle))
            return [*circle[first:], *circle[:first]]
        walk.append(following)


def endings(bench: Workbench) -> tuple[Ending, ...]:
    """The endings in order; the last of them is `otherwise`, which every scenario has."""
    found: list[Ending] = []
    last = ""
    for name, shape in bench.document.endings.items():
        route = ("endings", name)
        if last:
            bench.problem(route, f"stands behind {last!r}, the otherwise: it could never hold")
        words = {"title": shape.title, "about": shape.about}
        if isinstance(shape, shapes.LastEnding):
            last = name
            found.append(Ending(name=name, when=None, **words))
            continue
        when = bench.condition(shape.when, (*route, "when"), outcomes=True)
        if when is not None:
            found.append(Ending(name=name, when=when, **words))
    if not last and not any(route[0] == "endings" for route in bench.broken):
        said = "needs a last ending `name: {otherwise: true}` for all other paths"
        bench.problem(("endings",), said, key=True)
    return tuple(found)
