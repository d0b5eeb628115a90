"""What may happen when a clock rings: options with odds, guards and effects."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sim.model.expressions import Arithmetic, Constant, Expression
from sim.model.transitions import ChoiceKind, Option
from sim.scenario import rule_shapes as shapes
from sim.scenario.effects import effects
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route

_ODDS = ("probability", "of_rest", "weight", "utility")
_KIND: dict[str, ChoiceKind] = {
    "probability": "probability",
    "of_rest": "probability",
    "weight": "weight",
    "utility": "utility",
}
_SHARE: dict[str, Literal["whole", "of_rest"]] = {"of_rest": "of_rest"}


@dataclass(frozen=True, slots=True)
class Choice:
    """How options are weighed, and the options."""

    kind: ChoiceKind
    options: tuple[Option, ...]


def choice(
    bench: Workbench,
    written: Mapping[str, shapes.Option],
    route: Route,
    rationality: Expression | None = None,
) -> Choice:
    """The options of a `choose` or of a clause's responses."""
    keys = {name: _odds(bench, shape, (*route, name)) for name, shape in written.items()}
    kinds = {_KIND[key] for key in keys.values() if key}
    if len(kinds) > 1:
        first = next(key for key in keys.values() if key)
        for name, key in keys.items():
            if key and _KIND[key] != _KIND[first]:
                text = f"one choice has one kind of odds; the first is {first!r}, found {key!r}"
                bench.problem((*route, name, key), text, key=True)
    if len(written) > 1:
        for name, key in keys.items():
            if key is None and not bench.damaged((*route, name)):
                bench.problem((*route, name), f"needs one of {', '.join(_ODDS)}")
    rests = [name for name, shape in written.items() if shape.probability == "rest"]
    for name in rests[1:]:
        text = f"only one option can take the rest; {rests[0]!r} does"
        bench.problem((*route, name, "probability"), text)
    options = tuple(
        _option(bench, name, shape, (*route, name), keys[name], rationality)
        for name, shape in written.items()
    )
    return Choice(kinds.pop() if len(kinds) == 1 else "probability", options)


def chance(
    bench: Workbench, probability: str | float | bool, then: shapes.Effects, route: Route
) -> Choice:
    """What happens with a probability, else nothing."""
    value = bench.expression(probability, (*route, "chance"), "number")
    happens = Option(name=None, value=value, effects=effects(bench, then, (*route, "then")))
    return Choice("probability", (happens, Option(name="nothing", share="rest")))


def _odds(bench: Workbench, shape: shapes.Option, route: Route) -> str | None:
    """Which key gives the option's odds, if any."""
    given = [key for key in _ODDS if getattr(shape, key) is not None]
    for key in given[1:]:
        text = f"an option has one kind of odds; {given[0]!r} is there already"
        bench.problem((*route, key), text, key=True)
    return given[0] if given else None


def _option(
    bench: Workbench,
    name: str,
    shape: shapes.Option,
    route: Route,
    key: str | None,
    rationality: Expression | None,
) -> Option:
    value = None
    rest = key == "probability" and shape.probability == "rest"
    if key and not rest:
        value = bench.expression(getattr(shape, key), (*route, key), "number")
    if key == "utility" and value and rationality:
        value = _weighed(value, rationality)
    return Option(
        name=name,
        value=value,
        share="rest" if rest else _SHARE.get(key or "", "whole"),
        available=bench.condition(shape.available, (*route, "available")),
        effects=effects(bench, shape.then, (*route, "then")),
    )


def _weighed(utility: Expression, rationality: Expression) -> Expression:
    """Rationality times utility; rationality 1 leaves it as it was."""
    if rationality.node == Constant(1.0, "1"):
        return utility
    node = Arithmetic("*", rationality.node, utility.node)
    return replace(utility, node=node, text=f"{rationality.text} * ({utility.text})")
