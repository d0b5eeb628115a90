"""Models built by hand, in a few words; nothing of the scenario language is needed."""

from collections.abc import Sequence

from sim.model import (
    Comparison,
    Constant,
    Delay,
    Distribution,
    Effect,
    Ending,
    Expression,
    Happened,
    Logic,
    Model,
    Node,
    Not,
    Option,
    Outcome,
    Parameter,
    ParameterOf,
    StateOf,
    Transition,
    Trigger,
    Variable,
)
from sim.model.delays import AT_ONCE

DAY = 86_400.0


def says(node: Node, text: str = "...") -> Expression:
    return Expression(node, text)


def number(value: float) -> Expression:
    return Expression(Constant(value, f"{value:g}"), f"{value:g}")


def parameter_value(name: str) -> Expression:
    return Expression(ParameterOf(name), name)


def compare(name: str, op: str, value: float) -> Comparison:
    return Comparison(op, StateOf(name), Constant(float(value), f"{value:g}"))  # type: ignore[arg-type]


def is_(name: str, value: float) -> Expression:
    return Expression(compare(name, "==", value), f"{name} == {value:g}")


def at_least(name: str, value: float) -> Expression:
    return Expression(compare(name, ">=", value), f"{name} >= {value:g}")


def both(*parts: Expression) -> Expression:
    text = " and ".join(part.text for part in parts)
    return Expression(Logic("and", tuple(part.node for part in parts)), text)


def no(part: Expression) -> Expression:
    return Expression(Not(part.node), f"not ({part.text})")


def happened(name: str) -> Expression:
    return Expression(Happened(name), name)


def count(name: str, top: int, start: int = 0) -> Variable:
    return Variable(name=name, kind="count", levels=(), size=top + 1, start=start)


def flag(name: str, start: int = 0) -> Variable:
    return Variable(name=name, kind="flag", levels=("false", "true"), size=2, start=start)


def exponential(mean_days: float) -> Delay:
    return Delay(
        kind="exponential", arguments=(number(mean_days * DAY),), text=f"mean {mean_days:g} d"
    )


def put(variable: str, value: int) -> Effect:
    return Effect(variable=variable, how="set", value=value)


def up(variable: str) -> Effect:
    return Effect(variable=variable, how="raise")


def down(variable: str) -> Effect:
    return Effect(variable=variable, how="lower")


def option(
    name: str | None, value: float | Expression | None, *effects: Effect, **more: object
) -> Option:
    worth = number(value) if isinstance(value, int | float) else value
    return Option(name=name, value=worth, effects=effects, **more)  # type: ignore[arg-type]


def rule(
    name: str,
    *effects: Effect,
    after: Delay | float = AT_ONCE,
    options: Sequence[Option] = (),
    on: Sequence[str | Trigger] = (),
    **more: object,
) -> Transition:
    """A transition; `after` in days is an exponential mean, `on` names triggers by `a` or `a.b`."""
    triggers = tuple(_trigger(one) if isinstance(one, str) else one for one in on)
    delay = after if isinstance(after, Delay) else exponential(after)
    return Transition(
        name=name,
        origin=name,
        part="event",
        after=delay,
        on=triggers,
        options=tuple(options) or (Option(name=None, effects=effects),),
        **more,  # type: ignore[arg-type]
    )


def _trigger(name: str) -> Trigger:
    transition, _, chosen = name.partition(".")
    return Trigger(transition=transition, option=chosen or None)


def fixed(name: str, value: float) -> Parameter:
    return Parameter(name=name, distribution=Distribution(kind="fixed", numbers=(value,)))


def uniform(name: str, low: float, high: float) -> Parameter:
    return Parameter(name=name, distribution=Distribution(kind="uniform", numbers=(low, high)))


def model(
    variables: Sequence[Variable],
    transitions: Sequence[Transition],
    outcomes: dict[str, Expression],
    *,
    days: float = 100.0,
    endings: dict[str, Expression] | None = None,
    parameters: Sequence[Parameter] = (),
    stop_when: Expression | None = None,
    order: Sequence[int] | None = None,
) -> Model:
    named = [Ending(name=name, when=when) for name, when in (endings or {}).items()]
    return Model(
        name="small",
        title="",
        horizon=days * DAY,
        start=None,
        actors=(),
        variables=tuple(variables),
        parameters=tuple(parameters),
        transitions=tuple(transitions),
        outcomes=tuple(Outcome(name=name, when=when) for name, when in outcomes.items()),
        outcome_order=tuple(order if order is not None else range(len(outcomes))),
        endings=(*named, Ending(name="otherwise", when=None)),
        stop_when=stop_when,
    )
