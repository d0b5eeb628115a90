"""Clauses and rules in words: who, when, after how long, with what probability, to what effect."""

from collections.abc import Iterator

from sim.formatting import DAY, plain
from sim.model.delays import in_words
from sim.model.model import Model
from sim.model.phrases import phrase
from sim.model.titles import Titles
from sim.model.transitions import Effect, Option, Transition, Trigger
from sim.report.markdown import bullet, code, heading, joined
from sim.scenario import Scenario, Treaty

MOVED = {"raise": "one step up", "lower": "one step down"}


def treaty_lines(treaty: Treaty, scenario: Scenario, titles: Titles) -> Iterator[str]:
    """A treaty: parties and dates, then each clause with its call, its wait and its answers."""
    model = scenario.model
    yield from heading(3, titles.of("treaty", treaty.name))
    since = f"signed {treaty.signed}" if treaty.signed else ""
    force = f"in force {treaty.in_force}" if treaty.in_force else ""
    if treaty.binds_when:
        force = f"in force once {phrase(treaty.binds_when, model, titles)}"
    dates = "; ".join(part for part in (since, force) if part)
    # the flag at t = 0, which `start`, `in_force` and `void` have settled
    binds = model.variable(f"{treaty.name}.binds").start
    state = "binds at the start" if binds else "does not bind at the start"
    parties = joined(titles.of("actor", party) for party in treaty.parties)
    yield f"{code(treaty.name)}: {parties}; {dates + '; ' if dates else ''}{state}."
    if treaty.about:
        yield treaty.about
    yield ""
    for clause in treaty.obligations.values():
        name = f"{treaty.name}.{clause.name}"
        to = joined(titles.of("actor", one) for one in clause.beneficiary)
        owed = f"owed by {titles.of('actor', clause.obligor)}{f' to {to}' if to else ''}"
        yield f"**{plain(clause.label)}** ({code(name)}; {clause.type}; {owed}). {clause.about}"
        case = phrase(clause.casus_foederis, model, titles)
        void = void_by(name, scenario)
        if void:
            yield f"Void under {void}: never invoked (else when {case})."
        else:
            yield f"Invoked when {case}."
        transition = model.transition(name)
        if clause.lapses is not None:
            lapsed = phrase(clause.lapses, model, titles)
            yield f"A pending answer lapses when {lapsed}; the clause may be invoked anew later."
        # the transition that opens a clause again stands by itself, and not with every clause
        for other in model.transitions:
            if other.clause == name and other.step == "reopened":
                yield f"Invoked again at {joined(_trigger(t, model, titles) for t in other.on)}."
        yield f"Response after {in_words(transition.after)}:"
        yield ""
        yield from _options(transition, model, titles, own=name)


def rule_lines(
    transition: Transition, model: Model, titles: Titles, void: str = ""
) -> Iterator[str]:
    """A move or an event: what starts it, how long it takes, and what may then happen.

    `void` names what makes it void, if anything does; it then never happens.
    """
    who = titles.of("actor", transition.actor) if transition.actor else ""
    # a title first, and the key by which tables and other rules name it; without one, the key
    name = transition.title or code(transition.name)
    aside = "; ".join(
        part for part in (code(transition.name) * (name != code(transition.name)), who) if part
    )
    parts = [f"**{name}**{f' ({aside})' if aside else ''}."]
    if void:
        parts.append(f"Void under {void}: never happens.")
    if transition.at is not None:
        parts.append(f"On day {transition.at / DAY:g}.")
    if transition.on:
        parts.append(f"Started by {joined(_trigger(t, model, titles) for t in transition.on)}.")
    if transition.when is not None and not void:
        parts.append(f"Runs while {phrase(transition.when, model, titles)}.")
    if transition.after.kind != "immediate":
        parts.append(f"After {in_words(transition.after)}.")
    if transition.speed is not None:
        parts.append(f"Speed {code(transition.speed.text)}.")
    if transition.limit is not None:
        parts.append("Once." if transition.limit == 1 else f"At most {transition.limit} times.")
    yield " ".join(parts)
    yield ""
    yield from _options(transition, model, titles)


def void_by(clause: str, scenario: Scenario) -> str:
    """The interventions in force that make a treaty, or its clause, void; empty if none does."""
    names = {clause, clause.partition(".")[0]}
    declared = scenario.declared.interventions
    applied = (name for name in scenario.applied if names & set(map(str, declared[name].void)))
    return ", ".join(code(name) for name in applied)


def event_in_words(event: Transition, model: Model, titles: Titles) -> str:
    """An added event in a few words: when, and what it does."""
    when = f" on day {event.at / DAY:g}" if event.at is not None else ""
    when += f" after {joined(_trigger(t, model, titles) for t in event.on)}" if event.on else ""
    guard = f" while {phrase(event.when, model, titles)}" if event.when is not None else ""
    does = [
        (f"{code(one.name)}: " if one.name else "")
        + "; ".join(_effect(effect, model) for effect in one.effects)
        for one in event.options
    ]
    return f"an event{when}{guard}: {', or '.join(does)}"


def _options(transition: Transition, model: Model, titles: Titles, own: str = "") -> Iterator[str]:
    for option in transition.options:
        # a response sets the clause's own status, which its name says already
        effects = [e for e in option.effects if e.variable != own]
        does = "; ".join(_effect(effect, model) for effect in effects) or "no effect"
        name = f"{code(option.name)} " if option.name else ""
        yield bullet(
            f"{name}{_share(option, transition)}{_available(option, model, titles)}: {does}"
        )
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


def _available(option: Option, model: Model, titles: Titles) -> str:
    return f", if {phrase(option.available, model, titles)}" if option.available else ""


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


def _trigger(trigger: Trigger, model: Model, titles: Titles) -> str:
    if trigger.becomes is not None:
        return f"the moment {phrase(trigger.becomes, model, titles)}"
    name = trigger.transition
    key = code(f"{name}.{trigger.option}" if trigger.option else name)
    return f"{titles.happened(name, trigger.option)} ({key})" if titles.has(name) else key
