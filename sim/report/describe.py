"""A scenario in words, under the headings of the ODD protocol (Grimm et al., JASSS 23(2) 7)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from sim.formatting import DAY, duration_in_words
from sim.model.model import Model
from sim.model.phrases import phrase
from sim.model.state import Variable
from sim.model.transitions import Transition
from sim.report.interventions import change_in_words, in_force, variant_of
from sim.report.markdown import bullet, code, document, heading, joined, sentences, table
from sim.report.rules import rule_lines, treaty_lines, void_by
from sim.scenario import Occurrence, Scenario, Sourced, titles_of

PARTS = (
    ("treaty", "of treaties"),
    ("move", "of moves"),
    ("event", "of events"),
    ("intervention", "of interventions"),
)


def describe(scenario: Scenario) -> str:
    """The scenario as Markdown fit for an annex, every number with its origin.

    Says what the model is, not what came out of it; the same scenario gives the same text.
    """
    # the order and the headings of the ODD protocol, so that a reviewer knows where to look
    parts = (_purpose, _entities, _process, _concepts, _initialisation, _input, _submodels)
    lines = chain.from_iterable(part(scenario) for part in parts)
    return document([*heading(1, scenario.title), *lines])


def _purpose(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Purpose")
    yield scenario.question or scenario.title
    bases = list(variant_of(scenario))
    if bases:
        yield ""
        yield f"A variant of {', itself a variant of '.join(bases)}; described here as a whole."
    yield ""
    yield (
        "The model shows what the assumptions below imply, and which of them the answer depends "
        "on. It is neither a forecast nor a combat model."
    )


def _entities(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Entities, state variables and scales")
    model = scenario.model
    names = {actor.name: actor.title for actor in model.actors}
    rows = [
        (names.get(variable.owner, ""), code(variable.name), _values(variable), _start(variable))
        for variable in model.variables
        # a treaty's own flag and statuses are described once for all, below the table
        if variable.owner not in scenario.declared.treaties
    ]
    yield from table(("owner", "variable", "values, in order", "initial value"), rows)
    yield ""
    for variable in model.variables:
        if variable.known_to is not None:
            # its owner knows it without being named
            known = dict.fromkeys((*filter(None, [variable.owner]), *variable.known_to))
            who = joined(names.get(one, one) for one in known) or "nobody"
            yield bullet(f"{code(variable.name)} is known to {who} only.")
    if any(variable.known_to is not None for variable in model.variables):
        yield ""
    # named all the same: they are parties to treaties, or make moves
    without = [actor.title for actor in model.actors if not _owns(model, actor.name)]
    if without:
        yield f"Actors without a state of their own: {joined(without)}."
        yield ""
    yield (
        "Each treaty has a flag `<treaty>.binds`, each clause a status: dormant, invoked, then its "
        "response. Time is continuous; a path runs "
        f"{duration_in_words(scenario.horizon_seconds)}{_dates(scenario)}."
    )


def _process(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Process overview and scheduling")
    model, titles = scenario.model, titles_of(scenario)
    # by the part of the file they come from, in the order in which clocks due together fire
    counts = Counter[str](transition.part for transition in model.transitions)
    parts = joined(f"{counts[part]} {what}" for part, what in PARTS if counts[part])
    yield (
        f"{len(model.transitions)} transitions ({parts}) run as clocks: a clock runs while its "
        "guard holds; when it expires, one option is taken and its effects apply together. Of "
        "clocks due at the same instant the first in the order treaties, moves, events fires; then "
        "all guards are evaluated again."
    )
    if model.stop_when is not None:
        yield ""
        yield f"A path ends as soon as {phrase(model.stop_when, model, titles)}."
    # a treaty that an intervention makes void never comes to bind
    dated = [one for one in model.transitions if one.at is not None and not _is_void(one, scenario)]
    if dated:
        yield from ["", "Scheduled:", ""]
        # by day and not by rank: a calendar is read in order of time
        for transition in sorted(dated, key=lambda t: t.at or 0.0):
            key, day = code(transition.name), f"day {(transition.at or 0.0) / DAY:g}"
            called = titles.has(transition.name)
            what = f"{titles.happened(transition.name)} ({key})" if called else key
            yield bullet(f"{what}: {day}")


def _concepts(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Design concepts")
    titles = titles_of(scenario)
    facts = [
        (code(name), phrase(fact, scenario.model, titles), code(fact.text))
        for name, fact in scenario.declared.facts.items()
    ]
    if facts:
        yield from ["Named conditions that the rules use:", ""]
        yield from table(("name", "meaning", "expression"), facts)
    yield from ["", "Results that emerge (none is set directly):", ""]
    outcomes = [
        (
            code(outcome.name),
            sentences(outcome.title, outcome.about),
            phrase(outcome.when, scenario.model, titles),
            code(outcome.when.text),
            "yes" * outcome.headline,
        )
        for outcome in scenario.model.outcomes
    ]
    head = ("outcome", "meaning", "has happened when", "expression", "headline")
    yield from table(head, outcomes)
    yield from [
        "",
        "Endings; of several conditions that hold at the end of a path, the first counts:",
        "",
    ]
    for ending in scenario.model.endings:
        # the last one has no condition: it takes what is left
        when = code(ending.when.text) if ending.when else "otherwise"
        about = sentences(ending.title, ending.about)
        yield bullet(f"{code(ending.name)}{f' ({about})' if about else ''}: {when}")
    yield ""
    yield (
        "Randomness enters through waiting times and options (chance: differs between paths) and "
        "through the parameters (uncertainty: differs between draws); the two are reported "
        "separately."
    )


def _initialisation(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Initialisation")
    day = f" on {scenario.start}" if scenario.start else ""
    yield f"Every path starts{day} in the state given above."
    if scenario.applied:
        yield f"Interventions applied: {joined(scenario.applied)}."
    if scenario.changed:
        yield f"Changed from Python: {scenario.changed}."
    titles = titles_of(scenario)
    rows = [
        (
            code(name),
            intervention.about or intervention.title,
            change_in_words(intervention, scenario, titles),
        )
        for name, intervention in scenario.declared.interventions.items()
    ]
    if rows:
        yield from ["", "Interventions it can be compared with:", ""]
        yield from table(("intervention", "meaning", "change"), rows)


def _input(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Input data")
    yield "No data are read while a path runs."
    evidence = [
        (
            item.meaning or item.name,
            code(item.outcome),
            f"{item.successes} of {item.trials}",
            joined(item.source),
        )
        for item in scenario.declared.evidence.values()
    ]
    if evidence:
        yield "The historical record below is compared with the estimates: a check, not an input."
        yield ""
        yield from table(("record", "outcome", "count", "source"), evidence)
    yield from _happened(scenario)
    sources = scenario.declared.sources
    if sources:
        yield from ["", "Sources:", ""]
    for source in sources.values():
        unsure = " (unconfirmed)" if source.unconfirmed else ""
        yield bullet(f"{code(source.name)}: {source.cite}{unsure} {_link(source.url)}")


def _happened(scenario: Scenario) -> Iterator[str]:
    """What happened in the case, if the file says so; no rule may read it."""
    record = scenario.declared.happened
    if record is None:
        return
    until = "" if record.until is None else f" until {duration_in_words(record.observed)}"
    yield from ["", f"What happened{until}, for `score` to compare; no rule reads it:", ""]
    titles = {outcome.name: outcome.title for outcome in scenario.model.outcomes}
    rows = [(code(name), titles[name], _when(one)) for name, one in record.outcomes.items()]
    yield from table(("outcome", "meaning", "happened"), rows)
    parts = [f"Ending: {code(record.ending)}"] if record.ending else []
    parts += [f"Sources: {joined(record.source)}"] if record.source else []
    text = sentences(*parts, record.note)
    yield from ["", text] if text else []


def _when(one: Occurrence | None) -> str:
    if one is None:
        return "unknown"
    if not one.happened:
        return "no"
    first, last = duration_in_words(one.earliest), duration_in_words(one.latest)
    return f"after {first}" if first == last else f"between {first} and {last}"


def _submodels(scenario: Scenario) -> Iterator[str]:
    yield from heading(2, "Submodels")
    model, titles = scenario.model, titles_of(scenario)
    for treaty in scenario.declared.treaties.values():
        yield from treaty_lines(treaty, scenario, titles)
    for part, title in (
        ("move", "Moves"),
        ("event", "Events"),
        ("intervention", "Events of interventions"),
    ):
        rules = [transition for transition in model.transitions if transition.part == part]
        if rules or part != "intervention":  # a file without any still shows that it has none
            yield from heading(3, title)
        for transition in rules:
            yield from rule_lines(transition, model, titles, void_by(transition.name, scenario))
    yield from heading(3, "Assumptions")
    declared = scenario.declared
    yield from _assumptions(scenario, declared.parameters.values())
    yield from _correlated(scenario)
    if declared.delays:
        yield from heading(3, "Waiting times")
        yield from _assumptions(scenario, declared.delays.values())
    if scenario.numbers:
        yield from heading(3, "Numbers stipulated in rules")
        rows = [
            (item.number, code(item.rule), item.why or joined(item.source) or "no reason given")
            for item in scenario.numbers
        ]
        yield from table(("number", "rule", "source or reason"), rows)


def _correlated(scenario: Scenario) -> Iterator[str]:
    pairs = scenario.model.correlated
    if pairs:
        yield from ["", "Drawn together, by a Gaussian copula (rank correlation of Spearman):", ""]
    for one in pairs:
        yield bullet(f"{code(one.first)} and {code(one.second)}: {one.rank:g}")
    yield from [""] if pairs else []


def _assumptions(scenario: Scenario, rows: Iterable[Sourced]) -> Iterator[str]:
    cells = [
        (
            code(row.name),
            row.meaning,
            _value(row, scenario),
            row.grade + ", unconfirmed" * scenario.declared.is_unconfirmed(row),
            joined(row.source),
            row.note,
        )
        for row in rows
    ]
    yield from table(("name", "meaning", "value", "grade", "source", "note"), cells)


def _value(row: Sourced, scenario: Scenario) -> str:
    """The value in force: the file's, or what an intervention sets."""
    if row.name not in scenario.declared.parameters:
        return row.text
    return in_force(scenario.model.parameter(row.name), row.text, scenario)


def _is_void(transition: Transition, scenario: Scenario) -> bool:
    if transition.clause is None:
        return bool(void_by(transition.name, scenario))
    return transition.step == "binds" and bool(void_by(transition.clause, scenario))


def _values(variable: Variable) -> str:
    if variable.kind == "flag":
        return "false, true"
    return joined(variable.levels) if variable.levels else f"0 to {variable.size - 1}"


def _start(variable: Variable) -> str:
    return variable.word(variable.start)


def _owns(model: Model, actor: str) -> bool:
    return any(variable.owner == actor for variable in model.variables)


def _dates(scenario: Scenario) -> str:
    return f", from {scenario.start} (t = 0)" if scenario.start else ""


def _link(url: str) -> str:
    return f"<{url}>" if url else ""
