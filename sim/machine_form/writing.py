"""Writing the machine form: all shorthand expanded, one thing a line, in the model's order."""

import json
from collections.abc import Iterator

from sim.expressions import rendered
from sim.machine_form.titles import title_lines
from sim.model.delays import Delay
from sim.model.model import Model
from sim.model.parameters import Parameter
from sim.model.state import Variable
from sim.model.titles import Titles
from sim.model.transitions import Effect, Option, Transition, Trigger

# The first line, `resolved: 1`, distinguishes a machine form from a scenario file. The number
# changes when an older version could not read the form.
FORMAT = 1


def machine_form(model: Model, titles: Titles | None = None) -> str:
    """The model as YAML, times in seconds; equal models give equal texts.

    With `titles` it also says what readers call everything, at its end.
    """
    called = title_lines(titles) if titles is not None else ()
    return "\n".join([*_head(model), *_things(model), *_ends(model), *called]) + "\n"


def _head(model: Model) -> Iterator[str]:
    yield f"resolved: {FORMAT}"
    yield f"scenario: {model.name}"
    yield f"title: {json.dumps(model.title, ensure_ascii=False)}"
    if model.start:
        yield f"start: {model.start}"
    yield f"horizon: {_number(model.horizon)} s"  # always seconds


def _things(model: Model) -> Iterator[str]:
    yield from _section("actors", model.actors)
    for actor in model.actors:
        yield f"  {actor.name}: {json.dumps(actor.title, ensure_ascii=False)}"
    yield from _section("variables", model.variables)
    for variable in model.variables:
        yield f"  {variable.name}: {{{_variable(variable)}}}"
    yield from _section("parameters", model.parameters)
    for parameter in model.parameters:
        yield f"  {parameter.name}: {{{_parameter(parameter)}}}"
    if model.correlated:
        pairs = (f"[{one.first}, {one.second}, {one.rank!r}]" for one in model.correlated)
        yield f"correlated: [{', '.join(pairs)}]"
    yield from _section("transitions", model.transitions)
    for transition in model.transitions:
        yield f"  {transition.name}:"
        yield from (f"    {line}" for line in _transition(model, transition))


def _ends(model: Model) -> Iterator[str]:
    if model.stop_when is not None:
        yield f"stop_when: {rendered(model.stop_when.node)}"
    yield from _section("outcomes", model.outcomes)
    for outcome in model.outcomes:
        headline = ", headline: true" if outcome.headline else ""
        yield f'  {outcome.name}: {{when: "{rendered(outcome.when.node)}"{headline}}}'
    # the order of evaluation, by dependence
    order = ", ".join(model.outcomes[i].name for i in model.outcome_order)
    yield f"outcome_order: [{order}]"
    yield from _section("endings", model.endings)
    for ending in model.endings:
        condition = f'when: "{rendered(ending.when.node)}"' if ending.when else "otherwise: true"
        yield f"  {ending.name}: {{{condition}}}"


def _section(name: str, things: tuple[object, ...]) -> Iterator[str]:
    yield f"{name}:" if things else f"{name}: {{}}"  # an empty section is a mapping, too


def _variable(variable: Variable) -> str:
    if variable.known_to is None:
        return _values(variable)
    return f"{_values(variable)}, known_to: [{', '.join(variable.known_to)}]"


def _values(variable: Variable) -> str:
    if variable.kind == "count":
        return f"max: {variable.size - 1}, start: {variable.start}"
    if variable.kind == "flag":
        return f"flag: {variable.word(variable.start)}"
    levels = f"levels: [{', '.join(variable.levels)}], start: {variable.word(variable.start)}"
    return f"{levels}, ladder: {variable.ladder}" if variable.ladder else levels


def _parameter(parameter: Parameter) -> str:
    distribution = parameter.distribution
    parts = [f"{distribution.kind}: {_numbers(distribution.numbers)}"]
    if distribution.probabilities:
        parts.append(f"at: {_numbers(distribution.probabilities)}")
    if distribution.levels:
        parts.append(f"levels: [{', '.join(distribution.levels)}]")
    if distribution.within:
        parts.append(f"within: {_numbers(distribution.within)}")
    return ", ".join([*parts, "unit: s"] if parameter.time else parts)


def _numbers(numbers: tuple[float, ...]) -> str:
    return f"[{', '.join(_number(number) for number in numbers)}]"


def _number(number: float) -> str:
    """Every digit, but no `.0`."""
    return repr(number).removesuffix(".0")  # 17 digits: the same number when read back


def _transition(model: Model, transition: Transition) -> Iterator[str]:
    yield f"part: {transition.part}"
    yield f'origin: "{transition.origin}"'
    if transition.clause:
        yield f"clause: {transition.clause}"
        yield f"step: {transition.step}"
    if transition.actor:
        yield f"actor: {transition.actor}"
    if transition.when:
        yield f'when: "{rendered(transition.when.node)}"'
    if transition.on:
        yield "on:"
        yield from (f"  - {_trigger(trigger)}" for trigger in transition.on)
    if transition.at is not None:  # then it has no delay
        yield f"at: {_number(transition.at)} s"
    elif transition.after.kind == "immediate":  # in words, since it has no numbers
        yield "after: at once"
    else:
        yield f"after: {_delay(transition.after)}"
    if transition.speed:
        yield f'speed: "{rendered(transition.speed.node)}"'
    if transition.memory != "forget":  # defaults are left out
        yield f"memory: {transition.memory}"
    if transition.limit is not None:
        yield f"limit: {transition.limit}"
    yield "options:"
    for option in transition.options:
        yield from (f"  {line}" for line in _option(model, transition, option))


def _trigger(trigger: Trigger) -> str:
    if trigger.becomes:
        return f'{{becomes: "{rendered(trigger.becomes.node)}"}}'
    return f"{trigger.transition}.{trigger.option}" if trigger.option else trigger.transition


def _delay(delay: Delay) -> str:
    parts = [f'"{rendered(argument.node)}"' for argument in delay.arguments]
    if delay.kind == "mix":
        pairs = zip(parts, delay.parts, strict=True)  # shares are its arguments
        mixed = ", ".join(f"{{share: {share}, is: {_delay(part)}}}" for share, part in pairs)
        return f"{{mix: [{mixed}]}}"
    if delay.observations:
        return f"{{{delay.kind}: {_numbers(delay.observations)}}}"
    if delay.kind == "immediate":
        return "at once"
    at = f", at: {_numbers(delay.probabilities)}" if delay.probabilities else ""
    return f"{{{delay.kind}: [{', '.join(parts)}]{at}}}"


def _option(model: Model, transition: Transition, option: Option) -> Iterator[str]:
    yield f"- option: {option.name or '~'}"  # ~: no name
    if option.share == "rest":
        yield "  probability: rest"
    elif option.value is not None:
        key = "of_rest" if option.share == "of_rest" else transition.choice  # one key for all
        yield f'  {key}: "{rendered(option.value.node)}"'
    if option.available:
        yield f'  available: "{rendered(option.available.node)}"'
    if option.effects:
        yield "  then:"
        for effect in option.effects:
            yield f"    {effect.variable}: {_effect(model, effect)}"


def _effect(model: Model, effect: Effect) -> str:
    match effect.how:
        case "set":
            return model.variable(effect.variable).word(effect.value)
        case "at_least" | "at_most":
            return f"{{{effect.how}: {model.variable(effect.variable).word(effect.value)}}}"
        case "copy":
            return f"{{copy: {effect.source}}}"
        case "compute":
            assert effect.expression
            return f'{{compute: "{rendered(effect.expression.node)}"}}'
        case _:
            return effect.how
