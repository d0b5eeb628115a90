"""Numbers written into rules: listed with their line, and missed where strictness asks."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sim.errors import Problem
from sim.scenario import delay_shapes as delays
from sim.scenario import rule_shapes as shapes
from sim.scenario import units
from sim.scenario.record import Stipulated
from sim.scenario.syntax import Mistake, parse, shown
from sim.scenario.workbench import Workbench, said
from sim.scenario.written import Route, place_of, spelled

_FREE = (0.0, 1.0)  # numbers without a unit that need no reason
_NEED_A_SOURCE = ("treaty", "official", "data", "peer_reviewed", "press")
_ODDS = ("probability", "of_rest", "weight", "utility")


def stipulated(bench: Workbench) -> tuple[Stipulated, ...]:
    """Every number in a rule's delay, odds or speed, in the order of the file.

    0 and 1 without a unit are none: they stand for never, always, as it is.
    """
    found = [number for rule, route in _rules(bench) for number in _Rule(bench, rule, route).all()]
    for name, actor in bench.document.actors.items():
        if actor.rationality is not None:
            route: Route = ("actors", name)
            written = _Rule(bench, actor, route)
            found += written.numbers(actor.rationality, (*route, "rationality"))
    return tuple(sorted(found, key=lambda number: number.place))


def unsourced(bench: Workbench, numbers: Iterable[Stipulated]) -> Iterator[Problem]:
    """What strictness asks for: a parameter, a source or a reason."""
    for number in numbers:
        if not (number.source or number.why or number.rule.startswith("actors.")):
            text = f"the number {number.number} has no source; make it a parameter, or give the "
            text += "rule `source:` or `stipulated: why`"
            yield Problem(place=number.place, path=number.path, text=text)
    sections = (("parameters", bench.document.parameters), ("delays", bench.document.delays))
    for section, named in sections:
        for name, shape in named.items():
            if shape.grade in _NEED_A_SOURCE and not shape.source:
                text = f"is graded {shape.grade!r}, which needs a source"
                yield bench.findings.at((section, name), text, key=True)
            elif shape.grade == "judgement" and not (shape.source or shape.note):
                text = "is graded 'judgement', which needs a source, or a `note` on what it rests"
                yield bench.findings.at((section, name), text, key=True)


def _rules(bench: Workbench) -> Iterator[tuple[shapes.Reasoned, Route]]:
    document = bench.document
    for treaty, shape in document.treaties.items():
        for clause, obligation in shape.obligations.items():
            yield obligation, ("treaties", treaty, "obligations", clause)
    for name, move in document.moves.items():
        yield move, ("moves", name)
    for name, event in document.events.items():
        yield event, ("events", name)
    for name, intervention in document.interventions.items():
        yield intervention, ("interventions", name)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule, its reasons, and the numbers it holds."""

    bench: Workbench
    shape: shapes.Reasoned
    route: Route

    def all(self) -> Iterator[Stipulated]:
        """The numbers of a whole rule."""
        shape, route = self.shape, self.route
        options: Mapping[str, shapes.Option] = {}
        if isinstance(shape, shapes.Obligation):
            options = shape.responses
            yield from self.waits(shape.deliberation, (*route, "deliberation"))
            route = (*route, "responses")
        elif isinstance(shape, shapes.Rule):
            options = shape.choose or {}
            yield from self.waits(shape.after, (*route, "after"))
            for key in ("speed", "chance"):
                yield from self.numbers(getattr(shape, key), (*route, key))
            route = (*route, "choose")
        for name, option in options.items():
            for key in _ODDS:
                value = getattr(option, key)
                if value is not None and value != "rest":
                    yield from self.numbers(value, (*route, name, key), option)

    def numbers(
        self,
        written: str | float | bool | None,
        route: Route,
        option: shapes.Option | None = None,
    ) -> Iterator[Stipulated]:
        """The numbers of an expression that matter to its value, not those in its conditions."""
        if written is None or isinstance(written, bool):
            return
        try:
            tree = parse(said(written))
        except Mistake:
            return
        for number in _constants(tree):
            yield self.number(number, route, option)

    def waits(self, shape: "delays.Delay | None", route: Route) -> Iterator[Stipulated]:
        """The numbers of a delay; those of a named one are its own matter."""
        for text, below in _texts(shape, route):
            if not isinstance(text, str) or text in self.bench.document.delays:
                yield from self.numbers(None if isinstance(text, str) else text, below)
                continue
            seconds = units.duration(text)
            if seconds is None:
                yield from self.numbers(text, below)
            elif seconds:
                yield self.number(text, below, None)

    def number(self, text: str, route: Route, option: shapes.Option | None) -> Stipulated:
        """The record of one number, with the option's reasons before the rule's."""
        reasons = [shape for shape in (option, self.shape) if shape is not None]
        return Stipulated(
            number=text,
            rule=spelled(self.route),
            path=spelled(route),
            place=place_of(self.bench.findings.tree, route),
            source=next((tuple(shape.source) for shape in reasons if shape.source), ()),
            why=next((shape.stipulated for shape in reasons if shape.stipulated), ""),
        )


def _constants(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(int() | float() as value):
            if value not in _FREE:
                yield shown(node)
        case ast.Compare():
            return
        case ast.IfExp(_, then, otherwise):
            yield from _constants(then)
            yield from _constants(otherwise)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _constants(child)


def _texts(shape: "delays.Delay | None", route: Route) -> Iterator[tuple[str | float, Route]]:
    """Every number of a delay and where it stands."""
    match shape:
        case str():
            yield shape, route
        case delays.Exactly(exactly=one):
            yield one, (*route, "exactly")
        case delays.Exponential(mean=one):
            yield one, (*route, "mean")
        case delays.Lognormal(median=one, p90=two):
            yield one, (*route, "median")
            yield two, (*route, "p90")
        case delays.Weibull(weibull=both):
            yield both.scale, (*route, "weibull", "scale")
            yield both.shape, (*route, "weibull", "shape")
        case delays.Between(between=ends):
            yield from ((text, (*route, "between", i)) for i, text in enumerate(ends))
        case delays.Quantiles(quantiles=points):
            yield from ((text, (*route, "quantiles", key)) for key, text in points.items())
        case delays.Observed(observed=seen):
            below: Route = (*route, "observed")
            keys: Iterable[str | int] = seen if isinstance(seen, dict) else range(len(seen))
            yield from ((text, (*below, key)) for text, key in zip(seen, keys, strict=True))
        case delays.Mix(mix=parts):
            for i, part in enumerate(parts):
                yield part.share, (*route, "mix", i, "share")
                yield from _texts(part.is_, (*route, "mix", i, "is"))
