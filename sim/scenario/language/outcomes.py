"""Outcomes, endings, and the historical record of outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Self

from sim.decoding.declarations import optional, required, tagged_union
from sim.decoding.kinds import one_of
from sim.decoding.scalars import FLAG, POSITIVE_WHOLE, REFERENCE, TRUE, WHOLE, reference_to
from sim.errors import unknown
from sim.model.expressions import Expression, outcomes_read
from sim.model.model import Ending, Outcome
from sim.scenario.language.context import Context
from sim.scenario.language.formulas import CONDITION_OF_OUTCOMES
from sim.scenario.language.names import circle_of
from sim.scenario.language.scalar_types import SOURCES
from sim.scenario.language.sourcing import Described, short_name


@dataclass(frozen=True, kw_only=True)
class OutcomeDeclaration(Described):
    """A condition that may become true in a path; gets a probability and a time."""

    when: Expression = required(
        CONDITION_OF_OUTCOMES, "Condition; it has happened once this has held."
    )
    headline: bool = optional(
        FLAG, "`true`: shown first, with its most likely routes.", default=False
    )
    short: str = short_name()

    def outcome(self) -> Outcome:
        """The outcome of the model."""
        texts: dict[str, Any] = {"title": self.title, "about": self.about}
        return Outcome(name=self.name, when=self.when, headline=self.headline, **texts)


@dataclass(frozen=True, kw_only=True)
class ConditionalEnding(Described):
    """How a path ended, if no ending before it holds."""

    when: Expression = required(CONDITION_OF_OUTCOMES, "Condition on the last state of the path.")


@dataclass(frozen=True, kw_only=True)
class LastEnding(Described):
    """How every other path ended."""

    otherwise: bool = required(TRUE, "`true`: all other paths; the last ending, and required.")


EndingDeclaration = ConditionalEnding | LastEnding
ENDING = tagged_union("ending", {"when": ConditionalEnding, "otherwise": LastEnding})


@dataclass(frozen=True, kw_only=True)
class Evidence(Described):
    """The historical record of an outcome of this kind."""

    outcome: str = required(REFERENCE, "The outcome that it is about.")
    successes: int = required(WHOLE, "Number of cases in which it happened.")
    trials: int = required(POSITIVE_WHOLE, "Number of cases in which it could have happened.")
    # what `score` needs to take it for a rival of the model
    cases: str | None = optional(
        one_of("generic", "region"),
        "`generic`: such crises anywhere, or `region`: those of this region; a rival in `score`.",
    )
    counts_this: bool = optional(
        FLAG,
        "`true`: the case in `happened` is one of the trials; `score` leaves it out.",
        default=False,
    )
    times: str | None = optional(
        reference_to("delay", "delays"), "The named delay that says how long it took, for `score`."
    )
    source: tuple[str, ...] = optional(SOURCES, "Names of sources, one or a list.", default=())

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The evidence; an unknown outcome and impossible counts are reported."""
        known = context.in_section("outcomes")
        if self.outcome not in known:  # known by name: outcomes may be decoded later
            self.report(context, unknown("outcome", self.outcome, known), "outcome")
        if self.successes > self.trials:
            message = f"must be at most `trials`, {self.trials}, found {self.successes}"
            self.report(context, message, "successes")
        return self


def outcome_order(found: Sequence[Outcome], context: Context) -> tuple[int, ...]:
    """Positions of the outcomes, each after those that it reads; a circle is reported."""
    order = {outcome.name: i for i, outcome in enumerate(found)}
    reads = {
        outcome.name: [name for name in outcomes_read(outcome.when.node) if name in order]
        for outcome in found
    }
    sorter = TopologicalSorter(reads)
    try:
        sorter.prepare()  # finds circles
    except CycleError as error:
        names = circle_of(error, order)
        message = f"outcomes read one another in a circle: {' -> '.join([*names, names[0]])}"
        context.problem(("outcomes", names[0], "when"), message)
        return tuple(range(len(found)))  # any order: the scenario is refused
    # The sorter's own order depends on details of its implementation. Of the outcomes that are
    # ready the first in the file is taken, so that the order in the machine form is stable.
    positions: list[int] = []
    ready: list[int] = []
    while sorter.is_active():
        ready = sorted([*ready, *(order[name] for name in sorter.get_ready())])
        positions.append(ready.pop(0))
        sorter.done(found[positions[-1]].name)
    return tuple(positions)


def endings(declared: Mapping[str, EndingDeclaration], context: Context) -> tuple[Ending, ...]:
    """The endings in order; the last one must be `otherwise`, so that every path has an ending."""
    made: list[Ending] = []
    last = ""
    for name, one in declared.items():
        if last:
            message = f"comes after {last!r}, which has `otherwise`: it could never hold"
            one.report(context, message)
        when = one.when if isinstance(one, ConditionalEnding) else None
        last = last if when else name  # the first `otherwise`
        made.append(Ending(name=name, when=when, title=one.title, about=one.about))
    # an invalid ending may have been the missing one
    wrong = ("endings",) in context.damaged or "endings" in context.unreadable
    if not last and not wrong and not any(p[0] == "endings" for p in context.damaged):
        message = "needs a last ending `name: {otherwise: true}` for all other paths"
        context.problem(("endings",), message, key=True)
    return tuple(made)
