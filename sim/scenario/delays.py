"""Waiting times resolved: durations, parameters that carry a unit of time, named delays, mixes."""

from sim.errors import unknown
from sim.model.delays import AT_ONCE, Delay, DelayKind, complaints, in_words, parameters_read
from sim.model.expressions import Constant, Expression, variables_read
from sim.scenario import delay_shapes as shapes
from sim.scenario import units
from sim.scenario.parameters import blamed, percents
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route, place_of, spelled

_ALLOWED = "a duration such as '5 d', a parameter with a unit of time, or a number times one"

MANY = 1_000  # delays in one mix, names filled in
DEEPEST = 20  # names that stand for names, mixes in mixes
MOST_SEEN = 100_000  # waits in one record
_TOO_MANY = f"is made of more than {MANY:,} delays, or of delays more than {DEEPEST} deep"
_SOME = Delay(kind="mix")  # stands where a delay is broken, so that nothing seems to be immediate


def delay(bench: Workbench, shape: "shapes.Delay | None", route: Route) -> Delay:
    """The delay a rule waits; at once when none is written, some delay when it is impossible."""
    if shape is None:
        return AT_ONCE
    if isinstance(shape, shapes.Mix) and _parts(bench, shape) > MANY:
        bench.problem(route, _TOO_MANY)
        return _SOME
    made = _delay(bench, shape, route)
    if made is None:
        return _SOME
    names = parameters_read(made)
    known = [bench.words.parameters[name] for name in names]
    inside = (*route, "weibull") if isinstance(shape, shapes.Weibull) else route
    for sentence in complaints(made, known):
        bench.problem(*blamed(sentence, inside, route, shape))
    return made


def named_delays(bench: Workbench) -> None:
    """Every named delay is possible, and none stands for itself."""
    for name, shape in bench.document.delays.items():
        route: Route = ("delays", name, "is")
        if _parts(bench, shape.is_) > MANY:
            circle = name in _stands_for(bench, name)
            bench.problem(route, "this delay stands for itself" if circle else _TOO_MANY)
        else:
            delay(bench, shape.is_, route)


def _stands_for(bench: Workbench, name: str) -> set[str]:
    """The named delays a named delay uses, directly or not."""
    known = bench.document.delays
    found: set[str] = set()
    waiting = [name]
    while waiting:
        more = (_names(known[waiting.pop()].is_) & known.keys()) - found
        found |= more
        waiting += sorted(more)
    return found


def _parts(bench: Workbench, shape: "shapes.Delay", above: int = 0) -> int:
    """How many delays a delay is made of, names filled in; as soon as it is too many, no more."""
    if above > DEEPEST:
        return MANY + 1
    if isinstance(shape, shapes.Mix):
        total = 0
        for part in shape.mix:
            total += _parts(bench, part.is_, above + 1)
            if total > MANY:
                break
        return total
    named = bench.document.delays.get(shape) if isinstance(shape, str) else None
    return _parts(bench, named.is_, above + 1) if named else 1


def _names(shape: "shapes.Delay") -> set[str]:
    if isinstance(shape, str):
        return {shape}
    if isinstance(shape, shapes.Mix):
        return set().union(*(_names(part.is_) for part in shape.mix))
    return set()


def _delay(bench: Workbench, shape: "shapes.Delay", route: Route) -> Delay | None:
    match shape:
        case str():
            return _text(bench, shape, route)
        case shapes.Mix(mix=parts):
            return _mix(bench, parts, route)
        case shapes.Observed(observed=seen):
            return _observed(bench, seen, (*route, "observed"))
        case shapes.Quantiles(quantiles=points):
            return _quantiles(bench, points, (*route, "quantiles"))
    written: list[tuple[str | float | bool, Route]]
    kind: DelayKind
    match shape:
        case shapes.Exactly(exactly=one):
            kind, written = "exactly", [(one, ("exactly",))]
        case shapes.Exponential(mean=one):
            kind, written = "exponential", [(one, ("mean",))]
        case shapes.Lognormal(median=one, p90=two):
            kind, written = "lognormal", [(one, ("median",)), (two, ("p90",))]
        case shapes.Between(between=[one, two]):
            kind, written = "between", [(one, ("between", 0)), (two, ("between", 1))]
        case shapes.Weibull(weibull=both):
            scale = span(bench, both.scale, (*route, "weibull", "scale"))
            number = bench.expression(both.shape, (*route, "weibull", "shape"), "number")
            number = without_state(bench, number, (*route, "weibull", "shape"))
            return _made("weibull", (scale, number))
    return _made(kind, tuple(span(bench, str(text), (*route, *below)) for text, below in written))


def _made(
    kind: DelayKind,
    arguments: tuple[Expression | None, ...],
    probabilities: tuple[float, ...] = (),
    parts: tuple[Delay, ...] = (),
) -> Delay | None:
    """The delay with its text, if nothing of it is missing."""
    known = tuple(argument for argument in arguments if argument is not None)
    if len(known) < len(arguments):
        return None
    bare = Delay(kind=kind, arguments=known, probabilities=probabilities, parts=parts)
    return _told(bare)


def _told(bare: Delay) -> Delay:
    return Delay(
        kind=bare.kind,
        arguments=bare.arguments,
        probabilities=bare.probabilities,
        observations=bare.observations,
        parts=bare.parts,
        text=in_words(bare),
    )


def _text(bench: Workbench, text: str, route: Route) -> Delay | None:
    """A duration, the name of a delay, or a time made of parameters."""
    if text in bench.document.delays:
        named = bench.document.delays[text].is_
        if _parts(bench, named) > MANY:
            return None
        return _delay(bench, named, ("delays", text, "is"))
    if text in bench.words.broken or text in bench.words.delays:
        return None
    return _made("exactly", (span(bench, text, route),))


def span(bench: Workbench, text: str, route: Route) -> Expression | None:
    """A delay's number in seconds: a duration, or parameters that come to one."""
    where = f"{place_of(bench.findings.tree, route)}: {spelled(route)}"
    try:
        seconds = units.duration(text)
    except ValueError as error:
        bench.problem(route, str(error))
        return None
    if seconds is not None:
        return Expression(Constant(seconds, text), text, where)
    if text[0].isdigit() and not set(text) & set("+-*/"):
        bench.problem(route, f"must be {_ALLOWED}; found {text!r}")
        return None
    if text.isidentifier() and text not in bench.words.broken:
        known = [*bench.document.delays, *bench.words.parameters]
        if text not in known and text not in bench.words.variables:
            bench.problem(route, unknown("delay or duration", text, known))
            return None
    parameter = bench.words.parameters.get(text)
    if parameter and not parameter.time:
        bench.problem(route, f"{text!r} has no unit of time; needed is {_ALLOWED}")
        return None
    return without_state(bench, bench.expression(text, route, "time"), route)


def without_state(
    bench: Workbench, expression: Expression | None, route: Route, reader: str = "a delay"
) -> Expression | None:
    """The expression if it reads parameters only: delays never read the state, `speed` does."""
    read = variables_read(expression.node) if expression else ()
    if read:
        said = f"{read[0]!r} is part of the state, which {reader} cannot read"
        said += "; `speed` can" if reader == "a delay" else ""
        bench.problem(route, said)
        return None
    return expression


def _mix(bench: Workbench, parts: list[shapes.Part], route: Route) -> Delay | None:
    shares: list[Expression | None] = []
    below: list[Delay | None] = []
    for i, part in enumerate(parts):
        at = (*route, "mix", i)
        share = bench.expression(part.share, (*at, "share"), "number")
        shares.append(without_state(bench, share, (*at, "share")))
        below.append(_delay(bench, part.is_, (*at, "is")))
    known = tuple(part for part in below if part is not None)
    return _made("mix", tuple(shares), parts=known) if len(known) == len(below) else None


def _quantiles(bench: Workbench, points: dict[str, str], route: Route) -> Delay | None:
    spans = [span(bench, text, (*route, key)) for key, text in points.items()]
    order = [float(i) for i in range(len(spans))]
    probabilities, positions = percents(bench, list(points), order, route)
    if len(probabilities) < len(points):
        return None
    return _made("quantiles", tuple(spans[int(i)] for i in positions), probabilities)


def _observed(bench: Workbench, seen: list[str] | dict[str, int], route: Route) -> Delay | None:
    counts = list(seen.items()) if isinstance(seen, dict) else [(text, 1) for text in seen]
    found: list[float] = []
    for i, (text, count) in enumerate(counts):
        below: Route = (*route, text if isinstance(seen, dict) else i)
        try:
            seconds = units.duration(text)
        except ValueError as error:
            bench.problem(below, str(error), key=isinstance(seen, dict))
            continue
        if seconds is None:
            bench.problem(below, f"must be a duration such as '5 d', found {text!r}", key=True)
            continue
        if len(found) + count > MOST_SEEN:
            bench.problem(below, f"a record holds at most {MOST_SEEN:,} waits")
            return None
        found += [seconds] * count
    if not found:
        if not any(count for _, count in counts):
            bench.problem(route, "counts no wait at all")
        return None
    return _told(Delay(kind="observed", observations=tuple(sorted(found))))
