"""A model with one of its links cut, or made certain.

A link is an origin (a clause, move or event of the file, with all its copies) or an option of one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sim.model.changes import NEVER
from sim.model.delays import AT_ONCE
from sim.model.expressions import Expression, Logic, Node, Not
from sim.model.model import Model
from sim.model.rendering import rendered
from sim.model.transitions import Option, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is cut: an origin, or one of its options."""

    origin: str
    option: str | None = None


def ranks(model: Model, link: Link) -> list[int]:
    """The transitions that a link belongs to."""
    found = (i for i, one in enumerate(model.transitions) if one.origin == link.origin)
    named = link.option
    return [
        i
        for i in found
        if named is None or any(one.name == named for one in model.transitions[i].options)
    ]


def cut(model: Model, link: Link) -> Model:
    """The model in which the link never happens: never fires, or is never taken.

    A transition's guard never holds; an option is never available, so that the others share what it
    had, as the language says of any option that is not available.
    """
    return _changed(model, link, _without)


def certain(model: Model, link: Link) -> Model | None:
    """The model in which the link is certain; None where nothing would be changed by that.

    A transition fires as soon as its guard holds, without its delay, and what it does by chance it
    does; a scheduled one keeps its day. An option is taken whenever it is available.
    """
    changed = _changed(model, link, _surely)
    return None if changed == model else changed


def _changed(
    model: Model, link: Link, change: Callable[[Transition, str | None], Transition]
) -> Model:
    touched = set(ranks(model, link))
    transitions = (
        change(one, link.option) if i in touched else one for i, one in enumerate(model.transitions)
    )
    return replace(model, transitions=tuple(transitions))


def _without(transition: Transition, option: str | None) -> Transition:
    if option is None:
        return replace(transition, when=NEVER)
    options = (
        replace(one, available=NEVER) if one.name == option else one for one in transition.options
    )
    return replace(transition, options=tuple(options))


def _surely(transition: Transition, option: str | None) -> Transition:
    if option is not None:
        return replace(transition, options=_only(transition.options, option))
    # `chance` resolves to an option without a name, and `nothing` beside it
    options = tuple(
        replace(one, available=NEVER) if _is_by_chance(transition) and one.name else one
        for one in transition.options
    )
    after = transition.after if transition.at is not None else AT_ONCE
    return replace(transition, options=options, after=after)


def _is_by_chance(transition: Transition) -> bool:
    return len(transition.options) > 1 and transition.options[0].name is None


def _only(options: tuple[Option, ...], name: str) -> tuple[Option, ...]:
    """The options with all others available only where this one is not."""
    (chosen,) = (one for one in options if one.name == name)
    if chosen.available is None:
        return tuple(one if one is chosen else replace(one, available=NEVER) for one in options)
    # the others take its place only in states in which it cannot be taken
    without = Not(chosen.available.node)
    return tuple(
        one if one is chosen else replace(one, available=_and(one.available, without))
        for one in options
    )


def _and(condition: Expression | None, other: Node) -> Expression:
    node = other if condition is None else Logic("and", (condition.node, other))
    return Expression(node, rendered(node))
