"""Interventions and variants in words: what each changes, and of what a file is a variant."""

from collections.abc import Iterator

from sim.formatting import plain
from sim.model.parameters import Distribution, Parameter, in_words
from sim.model.titles import Titles
from sim.report.markdown import code
from sim.report.rules import event_in_words
from sim.scenario import Intervention, Scenario


def change_in_words(intervention: Intervention, scenario: Scenario, titles: Titles) -> str:
    """Everything it changes: Northern Pact (`pact`) is void; `trust` is 0.2 in every draw."""
    model = scenario.model
    parts: list[str] = []
    for name in intervention.void:
        kind = "treaty" if name in scenario.declared.treaties else "clause"
        # a move or an event may be void, too
        known = [titles.known.get((one, name), "") for one in (kind, "rule")]
        title = next(filter(None, known), "")
        parts.append(f"{f'{title} ({code(name)})' if title else code(name)} is void")
    for name, value in intervention.set.items():
        distributed = "is" if value.kind == "fixed" else "is distributed as"
        parts.append(f"{code(name)} {distributed} {_number(model.parameter(name), value)}")
    for name, start in intervention.start.items():
        parts.append(f"{code(name)} starts at {plain(model.variable(name).word(start))}")
    if intervention.has_event:
        parts.append(event_in_words(scenario.events[intervention.name], model, titles))
    return "; ".join(parts)


def in_force(parameter: Parameter, written: str, scenario: Scenario) -> str:
    """The value of a parameter as the model has it; under an intervention, with what sets it."""
    declared = scenario.declared.interventions
    # the last word on it
    for one in reversed(scenario.additions):
        if parameter.name in one.meant.set:
            return f"{_number(parameter, parameter.distribution)} (set by `with_`; else {written})"
    for name in scenario.applied:
        if parameter.name in declared[name].set:
            value = _number(parameter, parameter.distribution)
            return f"{value} (set by {code(name)}; else {written})"
    return written


def _number(parameter: Parameter, value: Distribution) -> str:
    """A parameter's value, with as many digits as the file's own numbers have."""
    if value.levels and value.kind == "fixed":
        return value.levels[int(value.numbers[0])]
    return in_words(value, parameter.time)


def variant_of(scenario: Scenario) -> Iterator[str]:
    """The files it extends, nearest first, each by title and file; nothing for one of its own."""
    for file, title in scenario.bases:
        yield f"{title} ({code(file)})" if title else code(file)
