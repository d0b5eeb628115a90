"""Reading the machine form: the same model again, event for event.

A machine form has final numbers and no shorthand, so the decoders of the language are not needed.
Of a form that was edited by hand the first error is reported, with its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from sim.errors import unknown
from sim.expressions import MAX_EXPANDED_LENGTH, Kind, Reader, Vocabulary
from sim.machine_form.form_value import FormValue
from sim.machine_form.titles import SECTIONS, read_titles
from sim.machine_form.writing import FORMAT
from sim.model.correlations import Correlation, groups
from sim.model.delay_kinds import KINDS as DELAYS
from sim.model.delays import AT_ONCE, Delay, complaints, in_words
from sim.model.delays import parameters_read as delay_reads
from sim.model.distribution_kinds import KINDS as DISTRIBUTIONS
from sim.model.expressions import Expression
from sim.model.model import Actor, Ending, Model, Outcome
from sim.model.name_hash import shared_streams
from sim.model.parameters import Distribution, Parameter
from sim.model.parameters import complaints as parameter_complaints
from sim.model.state import Variable
from sim.model.titles import Known
from sim.model.transitions import ChoiceKind, Effect, Option, Step, Transition, Trigger
from sim.reach.sums import faults_at_corners
from sim.reach.transition_faults import endless
from sim.source.tree import Mapping as Keys
from sim.source.tree import Scalar, path_text, place_of

_FLAG = ("false", "true")
RECORDS = ("observed", "smoothed")  # delays that are given by observations
_CHOICES: Mapping[str, ChoiceKind] = {  # key of an option -> how the choice is made
    "probability": "probability",
    "of_rest": "probability",
    "weight": "weight",
    "utility": "utility",
}


def is_machine_form(root: Keys) -> bool:
    """Whether a file is a machine form, as `resolve` writes it."""
    return "resolved" in root.entries


def read_model(root: Keys) -> Model:
    """The model of a machine form. Raises ScenarioError for anything else."""
    at = FormValue(root, root)
    if at["resolved"].text() != str(FORMAT):  # of another version
        at["resolved"].fail(f"must be {FORMAT}, the form this version reads")
    # Variables and parameters first: expressions are typed with them. Outcomes are known by name
    # only, since an outcome may read one that comes later.
    variables = tuple(_variable(name, one) for name, one in at["variables"].named())
    parameters = tuple(_parameter(name, one) for name, one in at["parameters"].named())
    words = Vocabulary(
        variables={one.name: one for one in variables},
        parameters={one.name: one for one in parameters},
        outcomes=frozenset(name for name, _ in at["outcomes"].named()),
    )
    reader = _Expressions(words)
    called, short = (read_titles(at.get(section)) for section in SECTIONS)
    # titles are all that a model keeps of its actors
    actors = {name: one.text() for name, one in at["actors"].named()}
    outcomes = tuple(_outcome(name, one, reader, called) for name, one in at["outcomes"].named())
    names = [one.name for one in outcomes]
    order = [one.one_of(tuple(names)) for one in at["outcome_order"].items()]
    start, stop, pairs = (at.get(key) for key in ("start", "stop_when", "correlated"))
    rules = dict(at["transitions"].named())  # triggers are checked against these names
    model = Model(
        name=at["scenario"].text(),
        title=at["title"].text(),
        horizon=at["horizon"].seconds(),
        start=date.fromisoformat(start.text()) if start else None,
        actors=tuple(Actor(name=name, title=title) for name, title in actors.items()),
        variables=variables,
        parameters=parameters,
        transitions=tuple(_transition(name, one, rules, reader) for name, one in rules.items()),
        outcomes=outcomes,
        outcome_order=tuple(names.index(name) for name in order),
        endings=tuple(_ending(name, one, reader, called) for name, one in at["endings"].named()),
        stop_when=reader.condition(stop, outcomes=True) if stop else None,
        correlated=_correlated(pairs, parameters) if pairs else (),
        called=called,
        called_short=short,
    )
    at.refuse_unread()
    _check(model, rules, dict(at["parameters"].named()))
    return model


def _check(
    model: Model, rules: Mapping[str, FormValue], parameters: Mapping[str, FormValue]
) -> None:
    """Refuse what no scenario may say: a form may be edited by hand, and engines rely on it."""
    for fault in faults_at_corners(model, model.transitions):
        rules[fault.transition.name].fail(fault.text)
    for transition in model.transitions:
        if reason := endless(transition):
            rules[transition.name].fail(reason)
    for kind, name, text in shared_streams(rules, parameters):
        (rules if kind == "transition" else parameters)[name].fail(text)


@dataclass(frozen=True, slots=True)
class _Expressions:
    """Reads the expressions of a form, in which all facts are expanded."""

    words: Vocabulary

    def condition(self, at: FormValue, *, outcomes: bool = False) -> Expression:
        """A condition."""
        return self._read(at, "condition", outcomes=outcomes)

    def number(self, at: FormValue) -> Expression:
        """A number."""
        return self._read(at, "number")

    def seconds_or_number(self, at: FormValue) -> Expression:
        """An argument of a delay: plain numbers in it are seconds."""
        return self._read(at, None)

    def _read(self, at: FormValue, kind: Kind | None, *, outcomes: bool = False) -> Expression:
        text = at.text()
        reader = Reader(self.words, outcomes, length=MAX_EXPANDED_LENGTH)  # facts are expanded
        if kind is None:
            typed = reader.read(text)
            node = typed.node if typed else None  # a number or a duration
        else:
            node = reader.read_as(text, kind)
        if node is None:
            at.fail("; ".join(reader.mistakes))
        where = f"{place_of(at.root, at.path)}: {path_text(at.path)}"
        return Expression(node, text, where)


def _variable(name: str, at: FormValue) -> Variable:
    known_to = at.get("known_to")
    if known_to is None:
        return _values(name, at)
    return replace(_values(name, at), known_to=tuple(one.text() for one in known_to.items()))


def _values(name: str, at: FormValue) -> Variable:
    if flag := at.get("flag"):
        start = _FLAG.index(flag.one_of(_FLAG))
        return Variable(name=name, kind="flag", levels=_FLAG, size=2, start=start)
    start_at = at["start"]
    if most := at.get("max"):
        size = most.integer() + 1
        return Variable(name=name, kind="count", levels=(), size=size, start=start_at.integer())
    levels = tuple(item.text() for item in at["levels"].items())
    ladder = at.get("ladder")  # the form names it, for charts of rungs
    return Variable(
        name=name,
        kind="levels",
        levels=levels,
        size=len(levels),
        start=levels.index(start_at.one_of(levels)),
        ladder=ladder.text() if ladder else None,
    )


def _parameter(name: str, at: FormValue) -> Parameter:
    kind, numbers = next(at.named())
    if kind not in DISTRIBUTIONS:
        at.fail(unknown("kind of distribution", kind, list(DISTRIBUTIONS)))
    # `at`: probabilities of quantiles
    shares, levels, within = at.get("at"), at.get("levels"), at.get("within")
    time = at.get("unit") is not None  # the only unit is s
    ends = within.numbers(times=time) if within else ()
    distribution = Distribution(
        kind=kind,
        numbers=numbers.numbers(times=time),
        probabilities=shares.numbers() if shares else (),
        levels=tuple(item.text() for item in levels.items()) if levels else (),
        within=(ends[0], ends[1]) if len(ends) == 2 else None,
    )
    for sentence in parameter_complaints(distribution, time):  # the first one is raised
        at.fail(sentence)
    return Parameter(name=name, distribution=distribution, time=time)


def _correlated(at: FormValue, parameters: Sequence[Parameter]) -> tuple[Correlation, ...]:
    names, found = tuple(one.name for one in parameters), []
    for one in at.items():
        parts = one.items()
        if len(parts) != 3:
            one.fail("must be [parameter, parameter, rank correlation]")
        first, second = (part.one_of(names) for part in parts[:2])
        rank = parts[2].number()
        if first == second or not -1 < rank < 1:
            one.fail("must be two parameters and a number between -1 and 1")
        found.append(Correlation(first=first, second=second, rank=rank))
    try:
        groups(found)
    except ValueError as error:
        at.fail(f"not positive definite: {', '.join(error.args)}")
    return tuple(found)


def _outcome(name: str, at: FormValue, reader: _Expressions, called: Known) -> Outcome:
    headline = at.get("headline") is not None
    when, title = reader.condition(at["when"], outcomes=True), called.get(("outcome", name), "")
    return Outcome(name=name, when=when, headline=headline, title=title)


def _ending(name: str, at: FormValue, reader: _Expressions, called: Known) -> Ending:
    when, rest = at.get("when"), at.get("otherwise")
    if when is None and rest is None:
        at.fail("has neither `when` nor `otherwise`")
    condition = reader.condition(when, outcomes=True) if when else None
    return Ending(name=name, when=condition, title=called.get(("ending", name), ""))


def _transition(
    name: str, at: FormValue, rules: Mapping[str, FormValue], reader: _Expressions
) -> Transition:
    actor, when, on, speed = (at.get(key) for key in ("actor", "when", "on", "speed"))
    moment, memory, limit = (at.get(key) for key in ("at", "memory", "limit"))
    clause, step = at.get("clause"), at.get("step")
    options = at["options"].items()
    # all options of a transition have the same key
    kind = next((key for item in options for key in _CHOICES if item.get(key)), "probability")
    return Transition(
        name=name,
        origin=at["origin"].text(),
        part=at["part"].one_of(("treaty", "move", "event", "intervention")),
        actor=actor.text() if actor else None,
        when=reader.condition(when) if when else None,
        on=tuple(_trigger(item, rules, reader) for item in on.items()) if on else (),
        after=AT_ONCE if moment else _delay(at["after"], reader),  # `at` instead of `after`
        at=moment.seconds() if moment else None,
        speed=reader.number(speed) if speed else None,
        memory=memory.one_of(("forget", "remember")) if memory else "forget",
        limit=limit.integer() if limit else None,
        choice=_CHOICES[kind],
        options=tuple(_option(item, reader) for item in options),
        clause=clause.text() if clause else None,
        step=step.one_of(get_args(Step)) if step else None,
    )


def _trigger(at: FormValue, rules: Mapping[str, FormValue], reader: _Expressions) -> Trigger:
    if isinstance(at.node, Keys):
        return Trigger(becomes=reader.condition(at["becomes"]))
    text = at.text()
    if text in rules:
        return Trigger(transition=text)
    name, _, option = text.rpartition(".")  # names of clauses have a dot, too
    if name not in rules:
        at.fail(unknown("transition", text, list(rules)))
    return Trigger(transition=name, option=option)


def _delay(at: FormValue, reader: _Expressions) -> Delay:
    if isinstance(at.node, Scalar):
        # not the delay `exactly 0`
        return AT_ONCE if at.text() == "at once" else at.fail("must be a delay or `at once`")
    kind, numbers = next(at.named())
    if kind not in (*DELAYS, "mix"):
        at.fail(unknown("kind of delay", kind, [*DELAYS, "mix"]))
    shares = at.get("at")
    parts: tuple[Delay, ...] = ()
    arguments: list[FormValue] = []
    if kind == "mix":  # a list of {share, is}
        arguments = [item["share"] for item in numbers.items()]
        parts = tuple(_delay(item["is"], reader) for item in numbers.items())
    elif kind not in RECORDS:  # whose numbers are observations, not arguments
        arguments = numbers.items()
    bare = Delay(
        kind=kind,
        arguments=tuple(reader.seconds_or_number(item) for item in arguments),
        probabilities=shares.numbers() if shares else (),
        observations=numbers.numbers(times=True) if kind in RECORDS else (),
        parts=parts,
    )
    for sentence in complaints(bare, [reader.words.parameters[n] for n in delay_reads(bare)]):
        at.fail(sentence)
    return replace(bare, text=in_words(bare))  # the wording is not in the form


def _option(at: FormValue, reader: _Expressions) -> Option:
    name = at["option"].text()
    key = next((key for key in _CHOICES if at.get(key)), None)
    value = at[key] if key else None
    rest = bool(value and value.text() == "rest")  # what the other options leave
    available, then = at.get("available"), at.get("then")
    return Option(
        name=None if name == "~" else name,  # the only option of a transition
        value=reader.number(value) if value and not rest else None,
        share="rest" if rest else "of_rest" if key == "of_rest" else "whole",
        available=reader.condition(available) if available else None,
        effects=tuple(_effect(n, one, reader) for n, one in then.named()) if then else (),
    )


def _effect(name: str, at: FormValue, reader: _Expressions) -> Effect:
    variable = reader.words.variables.get(name)
    if variable is None:
        at.fail(unknown("state variable", name, reader.words.variables))
    if isinstance(at.node, Scalar):
        word = at.text()
        if word in ("raise", "lower"):
            return Effect(variable=name, how="raise" if word == "raise" else "lower")
        return Effect(variable=name, how="set", value=_value(at, variable))
    how, of = next(at.named())  # one key
    if how in ("at_least", "at_most"):
        bound: Any = how
        return Effect(variable=name, how=bound, value=_value(of, variable))
    if how == "copy":
        return Effect(variable=name, how="copy", source=of.text())
    if how != "compute":
        at.fail(unknown("kind of effect", how, ("at_least", "at_most", "copy", "compute")))
    return Effect(variable=name, how="compute", expression=reader.number(of))


def _value(at: FormValue, variable: Variable) -> int:
    if variable.levels:
        return variable.levels.index(at.one_of(variable.levels))  # levels by name
    value = at.integer()
    return value if 0 <= value < variable.size else at.fail(f"must be below {variable.size}")
