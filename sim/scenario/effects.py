"""What a firing does to the state: values, steps, and sums for counts."""

from collections.abc import Iterator, Mapping
from typing import Literal

from sim.errors import unknown
from sim.model.state import Variable
from sim.model.transitions import Effect
from sim.scenario import rule_shapes as shapes
from sim.scenario.leaves import found
from sim.scenario.variables import unknown_level
from sim.scenario.workbench import Workbench, said
from sim.scenario.written import Route


def effects(
    bench: Workbench, written: Mapping[str, shapes.Effect] | None, route: Route
) -> tuple[Effect, ...]:
    """The effects of a `then`, without the wrong ones."""
    return tuple(
        effect
        for name, shape in (written or {}).items()
        for effect in _effect(bench, name, shape, (*route, name))
    )


Bound = Literal["at_least", "at_most"]


def _effect(bench: Workbench, name: str, shape: shapes.Effect, route: Route) -> Iterator[Effect]:
    words = bench.words
    if name in words.broken or (words.partial and name not in words.variables):
        return
    if name not in words.variables:
        what = next((w for w, names in _others(bench) if name in names), words.elsewhere.get(name))
        text = f"{name!r} is {what}, which nothing can change" if what else ""
        known = [v.name for v in words.variables.values() if v.name not in bench.statuses]
        bench.problem(route, text or unknown("state variable", name, known), key=True)
        return
    variable = words.variables[name]
    if name in bench.statuses:
        bench.problem(route, f"{name!r} is set by its treaty alone", key=True)
        return
    match shape:
        case shapes.AtLeast(at_least=value):
            yield from _bound(bench, variable, "at_least", value, (*route, "at_least"))
        case shapes.AtMost(at_most=value):
            yield from _bound(bench, variable, "at_most", value, (*route, "at_most"))
        case _:
            yield from _plain(bench, variable, shape, route)


def _others(bench: Workbench) -> list[tuple[str, Mapping[str, object]]]:
    words = bench.words
    return [("a parameter", words.parameters), ("a fact", words.facts)]


def _bound(
    bench: Workbench, variable: Variable, how: Bound, value: str | float | bool, route: Route
) -> Iterator[Effect]:
    if variable.kind == "flag":
        bench.problem(route, f"{variable.name!r} is a flag; write true or false")
        return
    new = value_of(bench, variable, value, route)
    if new is not None:
        yield Effect(variable=variable.name, how=how, value=new)


def _plain(
    bench: Workbench, variable: Variable, written: str | float | bool, route: Route
) -> Iterator[Effect]:
    """A value, a step, another variable's value, or for a count an expression."""
    name, words = variable.name, bench.words
    text = said(written)
    if text in ("raise", "lower"):
        if variable.kind == "flag":
            bench.problem(route, f"{name!r} is a flag; write true or false, found {text!r}")
        else:
            yield Effect(variable=name, how="raise" if text == "raise" else "lower")
        return
    other = words.variables.get(text)
    if text in words.broken:
        return
    if other and text not in variable.levels and variable.kind != "count":
        if other.levels == variable.levels:
            yield Effect(variable=name, how="copy", source=text)
        else:
            has = ", ".join(variable.levels)
            bench.problem(route, f"{text!r} has other levels than {name!r}, which has: {has}")
        return
    if variable.kind == "count" and isinstance(written, str):
        expression = bench.expression(written, route, "number")
        if expression is not None:
            yield Effect(variable=name, how="compute", expression=expression)
        return
    if variable.kind == "levels" and text not in variable.levels:
        bench.problem(route, unknown_level(text, [*variable.levels, "raise", "lower"], name))
        return
    new = value_of(bench, variable, written, route)
    if new is not None:
        yield Effect(variable=name, how="set", value=new)


def value_of(
    bench: Workbench, variable: Variable, written: str | float | bool, route: Route
) -> int | None:
    """The value a word, number or truth value means for a variable; None with the problem."""
    text = said(written)
    if variable.kind == "count":
        whole = isinstance(written, (int, float)) and not isinstance(written, bool)
        if whole and written == int(written) and 0 <= int(written) < variable.size:
            return int(written)
        most = variable.size - 1
        bench.problem(route, f"must be a whole number from 0 to {most}, found {found(written)}")
        return None
    if text in variable.levels:
        return variable.levels.index(text)
    if variable.kind == "flag":
        bench.problem(route, f"{variable.name!r} is a flag; write true or false, found {text!r}")
    else:
        bench.problem(route, unknown_level(text, variable.levels, variable.name))
    return None
