"""What an option does, in plain words: those of its file, or what follows from its effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.decisions.view import View
from sim.formatting import plain
from sim.model.model import Model
from sim.model.phrases import phrase
from sim.model.titles import Titles

if TYPE_CHECKING:
    from sim.model.transitions import Effect
    from sim.scenario import Scenario


def told_by_file(source: Scenario | Model, asks: str, option: str) -> str:
    """What the file says `about` an option; empty where it says nothing."""
    if isinstance(source, Model):
        return ""
    declared = source.declared
    # The name of a clause is that of its treaty, a dot, and its own.
    treaty, _, clause = asks.rpartition(".")
    if treaty in declared.treaties:
        options = declared.treaties[treaty].obligations[clause].responses
    else:
        options = (declared.moves[asks].choose if asks in declared.moves else None) or {}
    return str(options[option].about) if option in options else ""


def follows(view: View, titles: Titles, asks: str, option: str) -> list[str]:
    """What an option changes that the actor can know, one phrase each."""
    transition = view.model.transition(asks)
    effects = next(one.effects for one in transition.options if one.name == option)
    return [
        _effect(effect, view.model, titles)
        for effect in effects
        # the status of a clause says no more than which answer was given
        if effect.variable not in view.hidden and effect.variable != transition.clause
    ]


def _effect(effect: Effect, model: Model, titles: Titles) -> str:
    what, variable = titles.of("variable", effect.variable), model.variable(effect.variable)
    match effect.how:
        case "set":
            return f"{what}: {plain(variable.word(effect.value))}"
        case "raise":
            return f"{what}: one step up"
        case "lower":
            return f"{what}: one step down"
        case "at_least":
            return f"{what}: {plain(variable.word(effect.value))} or higher"
        case "at_most":
            return f"{what}: {plain(variable.word(effect.value))} or lower"
        case "copy":
            return f"{what}: as {titles.of('variable', effect.source)}"
        case "compute":
            assert effect.expression is not None
            return f"{what}: {phrase(effect.expression, model, titles)}"
