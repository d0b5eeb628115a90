"""Clauses and rules in words: who, when, after how long, with what probability, to what effect."""

from collections.abc import Iterator

from sim.formatting import DAY
from sim.model.delays import in_words
from sim.model.model import Model
from sim.model.phrases import phrase
from sim.model.transitions import Effect, Option, Transition, Trigger
from sim.report.markdown import bullet, code, heading, joined
from sim.scenario import Treaty

MOVED = {"raise": "one step up", "lower": "one step down"}


def treaty_lines(treaty: Treaty, model: Model) -> Iterator[str]:
    """A treaty: parties and dates, then each clause with its call, its wait and its answers."""
    yield from heading(3, treaty.label)
    since = f"signed {treaty.signed}" if treaty.signed else ""
    force = f"in force {treaty.in_force}" if treaty.in_force else ""
    dates = "; ".join(part for part in (since, force) if part)
    # the flag at t = 0, which `start`, `in_force` and `void` have settled
    binds = model.variable(f"{treaty.name}.binds").start
    state = "binds at the start" if binds else "does not bind at the start"
    yield f"{code(treaty.name)}: {joined(treaty.parties)}; {dates + '; ' if dates else ''}{state}."
    if treaty.about:
        yield treaty.about
    yield ""
    for clause in treaty.obligations.values():
        name = f"{treaty.name}.{clause.name}"
        owed = f" to {joined(clause.beneficiary)}" if clause.beneficiary else ""
        yield f"**{code(name)}** ({clause.type}; owed by {clause.obligor}{owed}). {clause.about}"
        yield f"Invoked when {phrase(clause.casus_foederis, model)}."
        transition = model.transition(name)
        # the transition that opens a clause again stands by itself, and not with every clause
        for other in model.transitions:
            if other.clause == name and other.step == "reopened":
                yield f"Invoked again at {joined(_trigger(t, model) for t in other.on)}."
        yield f"Response after {in_words(transition.after)}:"
        yield ""
        yield from _options(transition, model, own=name)


def rule_lines(transition: Transition, model: Model) -> Iterator[str]:
    """A move or an event: what starts it, how long it takes, and what may then happen."""
    who = f" ({transition.actor})" if transition.actor else ""
    parts = [f"**{code(transition.name)}**{who}."]
    if transition.at is not None:
        parts.append(f"On day {transition.at / DAY:g}.")
    if transition.on:
        parts.append(f"Started by {joined(_trigger(t, model) for t in transition.on)}.")
    if transition.when is not None:
        parts.append(f"Runs while {phrase(transition.when, model)}.")
    if transition.after.kind != "immediate":
        parts.append(f"After {in_words(transition.after)}.")
    if transition.speed is not None:
        parts.append(f"Speed {code(transition.speed.text)}.")
    if transition.limit is not None:
        parts.append("Once." if transition.limit == 1 else f"At most {transition.limit} times.")
    yield " ".join(parts)
    yield ""
    yield from _options(transition, model)


def _options(transition: Transition, model: Model, own: str = "") -> Iterator[str]:
    for option in transition.options:
        # a response sets the clause's own status, which its name says already
        effects = [e for e in option.effects if e.variable != own]
        does = "; ".join(_effect(effect, model) for effect in effects) or "no effect"
        name = f"{code(option.name)} " if option.name else ""
        yield bullet(f"{name}{_share(option, transition)}{_available(option, model)}: {does}")
    yield ""


def _share(option: Option, transition: Transition) -> str:
    # without a choice there is nothing to weigh
    if len(transition.options) == 1 and option.value is None:
        return "always" if option.name else "then"
    # after the others, whatever they leave
    if option.share == "rest" or option.value is None:
        return "otherwise"
    value = code(option.value.text)
    if option.share == "of_rest":
        return f"with probability {value} of the remainder"
    return f"with {transition.choice} {value}"


def _available(option: Option, model: Model) -> str:
    return f", if {phrase(option.available, model)}" if option.available else ""


def _effect(effect: Effect, model: Model) -> str:
    if effect.how in MOVED:
        return f"{code(effect.variable)} {MOVED[effect.how]}"
    if effect.how == "copy":
        return f"{code(effect.variable)} becomes {code(effect.source)}"
    if effect.expression is not None:
        return f"{code(effect.variable)} becomes {code(effect.expression.text)}"
    # a bound moves the variable only where it lies on the other side of it
    bound = {"at_least": "at least ", "at_most": "at most "}.get(effect.how, "")
    level = model.variable(effect.variable).word(effect.value)
    return f"{code(effect.variable)} becomes {bound}{level}"


def _trigger(trigger: Trigger, model: Model) -> str:
    if trigger.becomes is not None:
        return f"the moment {phrase(trigger.becomes, model)}"
    name = trigger.transition
    return code(f"{name}.{trigger.option}" if trigger.option else name)
