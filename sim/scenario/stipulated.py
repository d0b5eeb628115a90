"""Numbers written in rules, and named delays, made uncertain: what an audit asks of them.

A number that somebody wrote down has no distribution. `vary` gives it one, for sensitivity analysis
alone: a factor between a half and twice, log-uniform, drawn from the stream `stipulated:<rule>.<key>`
(of a named delay `stipulated:delays.<name>`). All durations of one delay share a factor, which
stretches the whole delay; of a probability the odds are multiplied. All other draws stay what they
are, since a random number is found by name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sim.decoding.kinds import Invalid
from sim.errors import Place
from sim.model.delays import Delay
from sim.model.distributions import Distribution
from sim.model.expressions import Arithmetic, Expression, Node, ParameterOf
from sim.model.model import Model
from sim.model.parameters import Parameter
from sim.model.scaling import multiplied, quantities, scaled
from sim.model.transitions import Option, Transition
from sim.reach.transition_faults import faults
from sim.scenario.assumptions import Stipulated
from sim.scenario.language.scalar_types import seconds_of
from sim.scenario.scenario import Scenario

LEAST, MOST = 0.5, 2.0  # of a factor
FACTOR = Distribution(kind="loguniform", numbers=(LEAST, MOST))
STREAM = "stipulated:"  # the beginning of every factor's name
UNUSED = "no rule of the model that is run reads it"
WITHOUT = "has no number of its own: parameters, named delays or 0 give its durations"
TOO_MANY = "is an observed delay of too many different waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumbers:
    """A named delay, or the numbers of a rule that share a factor."""

    name: str  # of the delay, or the path of the key: `events.talks_open.after`
    what: str  # `delay` or `number`, as in `Scenario.assumptions`
    written: str  # as in the file
    grade: str
    source: tuple[str, ...]
    unconfirmed: bool
    place: Place
    reason: str = ""  # why it is not varied; empty where it is

    @property
    def parameter(self) -> str:
        """The name of its factor, which is that of its random stream, too."""
        return f"{STREAM}{'delays.' * (self.what == 'delay')}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """A scenario in whose model written numbers are uncertain, and which of them are.

    Its draws have one more parameter for each of `varied`. `not_varied` have a reason each.
    """

    scenario: Scenario
    varied: tuple[WrittenNumbers, ...]
    not_varied: tuple[WrittenNumbers, ...]


@dataclass(slots=True, kw_only=True)
class _Item:
    """Where in the model the numbers that share a factor are."""

    about: WrittenNumbers
    delay: Delay | None = None  # the named one
    rules: list[str] = field(default_factory=list)  # whose delay, as written there, is stretched
    constants: list[tuple[str, int]] = field(default_factory=list)  # where; which one there
    actors: list[tuple[str, int]] = field(default_factory=list)  # which constant of a rationality


def vary(scenario: Scenario) -> Varied:
    """The scenario with a factor on every named delay and every number written in a rule.

    A number that a check of the model forbids to move so far is left as it is, with the reason. The
    scenario's own model is not changed.
    """
    chosen: list[_Item] = []
    left: list[WrittenNumbers] = []
    for item in _items(scenario):
        if reason := _reason(scenario, chosen, item):
            left.append(replace(item.about, reason=reason))
        else:
            chosen.append(item)
    model = _model(scenario, chosen, scenario.model.transitions)
    return Varied(
        scenario=replace(scenario, model=model),
        varied=tuple(item.about for item in chosen),
        not_varied=tuple(left),
    )


def _reason(scenario: Scenario, chosen: Sequence[_Item], item: _Item) -> str:
    """Why an item cannot be varied beside those chosen before it; empty if it can be."""
    if item.about.reason:
        return item.about.reason
    alone = _Edit(scenario, [item])
    touched = [one for one in scenario.model.transitions if alone.transition(one) is not one]
    if not touched:
        return UNUSED
    # together, not alone: two numbers of one sum may each be moved, but not both
    model = _model(scenario, [*chosen, item], touched)
    fault = next(faults(model, model.transitions), None)
    return "" if fault is None else f"moved so far, {fault.text}"


def _model(
    scenario: Scenario, chosen: Sequence[_Item], transitions: Sequence[Transition]
) -> Model:
    """The model with these of its transitions, in which the chosen items are varied."""
    edit = _Edit(scenario, chosen)
    factors = (Parameter(name=i.about.parameter, distribution=FACTOR) for i in chosen)
    return replace(
        scenario.model,
        parameters=(*scenario.model.parameters, *factors),
        transitions=tuple(map(edit.transition, transitions)),
    )


# --- which numbers share a factor --------------------------------------------------------------


def _items(scenario: Scenario) -> Iterator[_Item]:
    """Named delays, then numbers of rules, in the order of the file."""
    declared = scenario.declared
    named = {id(one.value) for one in declared.delays.values()}
    for one in declared.delays.values():
        about = WrittenNumbers(
            name=one.name,
            what="delay",
            written=one.value.text,
            grade=one.grade,
            source=one.source,
            unconfirmed=declared.is_unconfirmed(one),
            place=one.place,
            reason="" if _has_own(one.value, named - {id(one.value)}) else WITHOUT,
        )
        yield _Item(about=about, delay=one.value)
    yield from _of_rules(scenario)


def _has_own(delay: Delay, named: set[int]) -> bool:
    """Whether a delay has a duration or a factor of its own, rather than of named delays in it."""
    if id(delay) in named:
        return False
    if delay.kind == "observed":
        return any(delay.observations)
    if delay.kind == "mix":
        return any(_has_own(part, named) for part in delay.parts)
    return any(True for one in delay.arguments for _ in quantities(one.node))


def _of_rules(scenario: Scenario) -> Iterator[_Item]:
    """Numbers in rules: all durations of a delay are one item, every other number is its own."""
    items: dict[object, _Item] = {}
    first_at: dict[Place, Stipulated] = {}  # copies by `for_each` are one number
    seen: dict[str, int] = {}  # path -> numbers there so far, which stand in reading order
    stretched = {_delay_of(n) for n in scenario.numbers if _is_duration(n)}
    several = _paths_with_several(scenario.numbers)
    for number in scenario.numbers:
        nth = seen[number.path] = seen.get(number.path, -1) + 1
        original = first_at.setdefault(number.place, number)
        delay = _delay_of(number)
        is_share = number.path.rsplit(".", 1)[-1] in ("shape", "share")
        together = delay in stretched and not is_share
        name = original.path + f".{number.number}" * (number.path in several)
        name = _delay_of(original) if together else name
        item = items.setdefault((name, 0 if together else nth), _new(name))
        _join(item, number)
        where = f"{number.place}: {number.path}"
        if together:
            item.rules.append(number.rule)
        elif number.rule.startswith("actors."):
            item.actors.append((number.rule.removeprefix("actors."), nth))
        else:
            item.constants.append((where, nth))
    yield from items.values()


def _new(name: str) -> _Item:
    about = WrittenNumbers(
        name=name,
        what="number",
        written="",
        grade="stipulated",
        source=(),
        unconfirmed=False,
        place=Place(),
    )
    return _Item(about=about)


def _join(item: _Item, number: Stipulated) -> None:
    """Add a number to an item; a copy of one that is there adds nothing that is shown."""
    about = item.about
    texts = about.written.split(", ") if about.written else []
    if number.number not in texts:
        texts.append(number.number)
    item.about = replace(
        about,
        written=", ".join(texts),
        source=about.source or number.source,
        place=about.place if about.place.line else number.place,
    )


def _delay_of(number: Stipulated) -> str:
    """The path of the delay that a number stands in, if it does: a rule has one, at one key."""
    key = number.path.removeprefix(f"{number.rule}.").partition(".")[0].partition("[")[0]
    return f"{number.rule}.{key}" if key in ("after", "deliberation") else ""


def _is_duration(number: Stipulated) -> bool:
    try:
        return bool(_delay_of(number)) and seconds_of(number.number) is not None
    except Invalid:  # `3`, without a unit
        return False


def _paths_with_several(numbers: Sequence[Stipulated]) -> set[str]:
    paths = [number.path for number in numbers]
    return {path for path in paths if paths.count(path) > 1}


# --- a transition with its numbers multiplied --------------------------------------------------


class _Edit:
    """Transitions with the numbers of some items multiplied; others stay the very same object."""

    def __init__(self, scenario: Scenario, items: Sequence[_Item]) -> None:
        self.actors = scenario.declared.actors
        self.named = {id(one.value): None for one in scenario.declared.delays.values()}
        self.delays: dict[int, Node] = {}
        self.rules: dict[str, Node] = {}
        self.constants: dict[str, dict[int, Node]] = {}
        self.rational: dict[str, dict[int, Node]] = {}
        for item in items:
            by = ParameterOf(item.about.parameter)
            if item.delay is not None:
                self.delays[id(item.delay)] = by
            self.rules |= dict.fromkeys(item.rules, by)
            for where, nth in item.constants:
                self.constants.setdefault(where, {})[nth] = by
            for actor, nth in item.actors:
                self.rational.setdefault(actor, {})[nth] = by

    def transition(self, one: Transition) -> Transition:
        """The transition with its numbers multiplied."""
        after = self._delay(one.after, self.rules.get(_rule_of(one)))
        speed = self._expression(one.speed)
        options = tuple(self._option(one, option) for option in one.options)
        same = all(a is b for a, b in zip(options, one.options, strict=True))
        if same and after is one.after and speed is one.speed:
            return one
        return replace(one, after=after, speed=speed, options=options)

    def _delay(self, delay: Delay, by: Node | None) -> Delay:
        """`by` stretches what is written in place; named delays have factors of their own."""
        if id(delay) in self.named:
            by = self.delays.get(id(delay))
        if delay.kind == "mix":
            parts = tuple(self._delay(part, by) for part in delay.parts)
            shares = tuple(filter(None, map(self._expression, delay.arguments)))
            same = all(a is b for a, b in zip(parts, delay.parts, strict=True))
            same = same and all(a is b for a, b in zip(shares, delay.arguments, strict=True))
            return delay if same else replace(delay, parts=parts, arguments=shares)
        arguments = tuple(filter(None, map(self._expression, delay.arguments)))
        if any(a is not b for a, b in zip(arguments, delay.arguments, strict=True)):
            delay = replace(delay, arguments=arguments)
        if by is None or not (delay.observations or delay.arguments):
            return delay
        return scaled(delay, by) or delay

    def _expression(self, one: Expression | None) -> Expression | None:
        factors = self.constants.get(one.where) if one else None
        if one is None or not factors:
            return one
        return replace(one, node=multiplied(one.node, factors))

    def _option(self, transition: Transition, option: Option) -> Option:
        value = option.value
        if value is None:
            return option
        factors: Mapping[int, Node] = self.constants.get(value.where, {})
        is_probability = transition.choice == "probability"
        weighted = self._rationality(transition, value)
        if weighted is not None and (factors or transition.actor in self.rational):
            # rationality times utility, which were two expressions in the file
            left = multiplied(weighted.left, self.rational.get(transition.actor or "", {}))
            node: Node = Arithmetic("*", left, multiplied(weighted.right, factors))
        elif factors:
            node = multiplied(value.node, factors, as_probability=is_probability)
        else:
            return option
        return replace(option, value=replace(value, node=node))

    def _rationality(self, transition: Transition, value: Expression) -> Arithmetic | None:
        """The product of an actor's rationality and a utility, where the value is one."""
        actor = self.actors.get(transition.actor or "")
        given = actor.rationality if actor and transition.choice == "utility" else None
        node = value.node
        is_product = given and isinstance(node, Arithmetic) and node.left is given.node
        return node if is_product and isinstance(node, Arithmetic) else None


def _rule_of(transition: Transition) -> str:
    """The path of the rule, as `Stipulated.rule` has it, of what a transition's delay stands in."""
    if transition.clause:
        treaty, _, clause = transition.clause.partition(".")
        return f"treaties.{treaty}.obligations.{clause}"
    section = {"move": "moves", "event": "events", "intervention": "interventions"}
    return f"{section.get(transition.part, '')}.{transition.name}"


