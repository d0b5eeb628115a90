"""Numbers written in rules, and named delays, made uncertain: what an audit asks of them.

A number that somebody wrote down has no distribution. `vary` gives it one, for sensitivity analysis
alone: a factor between a half and twice, log-uniform, from the stream `stipulated:<rule>.<key>`, of
a named delay `stipulated:delays.<name>`. All durations of one delay share a factor, which stretches
the whole delay; of a probability the odds are multiplied. All other draws stay what they are, since
a random number is found by name.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sim.decoding.kinds import Invalid
from sim.errors import Place
from sim.model.delays import Delay
from sim.model.distributions import Distribution
from sim.model.model import Model
from sim.model.parameters import Parameter
from sim.model.scaling import is_too_large, quantities, times
from sim.model.transitions import Transition
from sim.reach.transition_faults import faults
from sim.scenario.assumptions import Stipulated
from sim.scenario.language.scalar_types import seconds_of
from sim.scenario.multiplied import Edit, Numbers, rule_of
from sim.scenario.scenario import Scenario

# Wide enough to show what the answer rests on, and the same for all: nobody knows how wrong an
# author's number is, but twice and half are as far from it on a logarithmic scale.
LEAST, MOST = 0.5, 2.0  # of a factor
FACTOR = Distribution(kind="loguniform", numbers=(LEAST, MOST))
STREAM = "stipulated:"  # the beginning of every factor's name
UNUSED = "no rule of the model that is run reads it"
WITHOUT = "it has no duration of its own: parameters, named delays or 0 give them all"
TOO_LARGE = "it has too many different observations"
_DELAY_KEYS = ("after", "deliberation")  # a rule has one delay, a clause one
_NO_TIMES = ("shape", "share")  # keys of numbers in a delay that are no durations


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumbers:
    """A named delay, or the numbers of a rule that share a factor."""

    name: str  # of the delay, or the path of the key: `events.talks_open.after`
    what: str  # `delay` or `number`, as in `Scenario.assumptions`
    written: str  # as in the file
    grade: str = "stipulated"
    source: tuple[str, ...] = ()
    unconfirmed: bool = False
    place: Place
    reason: str = ""  # why it is not varied; empty where it is

    @property
    def factor(self) -> str:
        """The name of its factor, which is that of the random stream, too."""
        return f"{STREAM}{'delays.' * (self.what == 'delay')}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """A scenario in whose model written numbers are uncertain, and which of them are.

    Its draws have one more parameter for each of `varied`. `not_varied` have a reason each.
    """

    scenario: Scenario
    varied: tuple[WrittenNumbers, ...]
    not_varied: tuple[WrittenNumbers, ...]


_Item = tuple[WrittenNumbers, Numbers]  # what is said of numbers, and where they are in the model


def vary(scenario: Scenario) -> Varied:
    """The scenario with a factor on every named delay and every number written in a rule.

    A number that a check of the model forbids to move so far is left as it is, with the reason. The
    scenario that is given is not changed.
    """
    varied: list[WrittenNumbers] = []
    chosen: list[Numbers] = []
    left: list[WrittenNumbers] = []
    for about, numbers in (*_delays(scenario), *_of_rules(scenario)):
        if reason := about.reason or _reason(scenario, chosen, numbers):
            left.append(replace(about, reason=reason))
        else:
            varied.append(about)
            chosen.append(numbers)
    # From the scenario as it was, with all that were chosen at once: changes made one on top of
    # another would multiply a number twice.
    model = _model(scenario, chosen, scenario.model.transitions)
    return Varied(
        scenario=replace(scenario, model=model), varied=tuple(varied), not_varied=tuple(left)
    )


def _reason(scenario: Scenario, chosen: Sequence[Numbers], one: Numbers) -> str:
    """Why numbers cannot be varied beside those chosen before them; empty if they can be."""
    edit = Edit(scenario, [one])
    transitions = scenario.model.transitions
    touched = [own for own in transitions if edit.transition(own) is not own]
    if not touched:
        large = any(is_too_large(own.after) for own in transitions if rule_of(own) in one.rules)
        return TOO_LARGE if large else UNUSED
    # together, not alone: of two numbers in one sum each may be moved, and yet not both
    model = _model(scenario, [*chosen, one], touched)
    # One fault is enough to leave the number alone.
    fault = next(faults(model, model.transitions), None)
    if fault is None:
        return ""
    # in which draw and state is of no use to who cannot choose them
    return f"moved so far, {fault.text.partition(', when ')[0]}"


def _model(
    scenario: Scenario, chosen: Sequence[Numbers], transitions: Sequence[Transition]
) -> Model:
    """The model with some of its transitions, in which the chosen numbers are varied."""
    edit = Edit(scenario, chosen)
    factors = (Parameter(name=one.factor, distribution=FACTOR) for one in chosen)
    return replace(
        scenario.model,
        parameters=(*scenario.model.parameters, *factors),
        transitions=tuple(map(edit.transition, transitions)),
    )


# --- which numbers share a factor --------------------------------------------------------------


def _delays(scenario: Scenario) -> Iterator[_Item]:
    """Named delays in the order of the file."""
    declared = scenario.declared
    # By identity, since two delays may be written alike and still be two assumptions.
    named = {id(one.value) for one in declared.delays.values()}
    for one in declared.delays.values():
        reason = TOO_LARGE if is_too_large(one.value) else ""
        if not _has_own(one.value, named - {id(one.value)}):
            reason = WITHOUT
        about = WrittenNumbers(
            name=one.name,
            what="delay",
            written=one.value.text,
            grade=one.grade,
            source=one.source,
            unconfirmed=declared.is_unconfirmed(one),
            place=one.place,
            reason=reason,
        )
        yield about, Numbers(factor=about.factor, delay=one.value)


def _has_own(delay: Delay, named: set[int]) -> bool:
    """Whether a duration is written in a delay itself, rather than in named delays inside it."""
    if id(delay) in named:
        return False
    if delay.kind == "mix":
        return any(_has_own(part, named) for part in delay.parts)
    durations = zip(delay.arguments, times(delay), strict=True)
    written = (n for one, is_time in durations if is_time for n in quantities(one.node))
    return any(delay.observations) or any(True for _ in written)


def _of_rules(scenario: Scenario) -> Iterator[_Item]:
    """Numbers in rules: all durations of a delay share a factor, every other has its own."""
    found: dict[tuple[str, int], _Item] = {}
    original: dict[object, Stipulated] = {}  # copies made by `for_each` are one number
    count = Counter(number.path for number in scenario.numbers)
    seen: Counter[str] = Counter()
    stretched = {_delay_of(number) for number in scenario.numbers if _is_duration(number)}
    for number in scenario.numbers:
        nth = seen[number.path]  # of the numbers of one expression, which stand in reading order
        seen[number.path] += 1
        first = original.setdefault((number.place, nth), number)
        delay = _delay_of(number)
        # A shape has no unit, and would change what the delay looks like, not how long it is.
        together = delay in stretched and not number.path.endswith(_NO_TIMES)
        several = f".{first.number}" * (count[first.path] > 1)
        name = _delay_of(first) if together else f"{first.path}{several}"
        about, places = found.get((name, 0 if together else nth)) or _new(name, first)
        texts = about.written.split(", ") if about.written else []
        about = replace(about, written=", ".join(dict.fromkeys([*texts, number.number])))
        found[name, 0 if together else nth] = about, places
        if together:
            places.rules.append(number.rule)
        elif number.rule.startswith("actors."):
            places.actors.append((number.rule.removeprefix("actors."), nth))
        else:
            places.constants.append((f"{number.place}: {number.path}", nth))
    yield from found.values()


def _new(name: str, first: Stipulated) -> _Item:
    about = WrittenNumbers(
        name=name, what="number", written="", source=first.source, place=first.place
    )
    return about, Numbers(factor=about.factor)


def _delay_of(number: Stipulated) -> str:
    """The path of the delay that a number stands in; empty if it does not."""
    key = number.path.removeprefix(f"{number.rule}.").partition(".")[0].partition("[")[0]
    return f"{number.rule}.{key}" if key in _DELAY_KEYS else ""


def _is_duration(number: Stipulated) -> bool:
    try:
        return bool(_delay_of(number)) and seconds_of(number.number) is not None
    except Invalid:  # `3`, without a unit
        return False
