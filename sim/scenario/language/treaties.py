"""Treaties: for each a flag that binds, for each obligation its status and its transitions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Literal, Self

from sim.decoding.declarations import optional, prose, required, section
from sim.decoding.kinds import list_of, one_of
from sim.decoding.scalars import DATE
from sim.formatting import DAY
from sim.model.delays import AT_ONCE, Delay
from sim.model.expressions import (
    Comparison,
    Constant,
    Expression,
    Fact,
    Logic,
    Not,
    StateOf,
)
from sim.model.obligations import TYPES
from sim.model.state import Variable
from sim.model.transitions import Effect, Option, Transition, Trigger
from sim.scenario.language.context import Context
from sim.scenario.language.delays import DELAY
from sim.scenario.language.formulas import CONDITION
from sim.scenario.language.options import OPTIONS, Options, choice_of, model_options
from sim.scenario.language.scalar_types import ACTOR, ACTORS, SOURCES
from sim.scenario.language.sourcing import Described, Reasoned, for_each_key, short_name
from sim.scenario.language.state import FLAG_LEVELS

# The first levels of every obligation's status; its responses follow. They are part of the machine
# form, and conditions compare with them: `mutual_aid.art4 == invoked`. A clause that can lapse has
# one level more, below `invoked`: nothing is owed there, and whatever is above has been answered.
DORMANT, LAPSED, INVOKED = "dormant", "lapsed", "invoked"
RESERVED_STATUSES = frozenset({DORMANT, LAPSED, INVOKED, "reopened"})  # no names of responses


@dataclass(frozen=True, kw_only=True)
class Obligation(Reasoned):
    """What a treaty party owes once the casus foederis is met."""

    also: ClassVar = {"when": "casus_foederis", "after": "deliberation", "choose": "responses"}
    type: str = required(
        one_of(*TYPES, spellings={"defense": "defence", "offense": "offence"}),
        "Type of obligation, in the words of ATOP (below).",
    )
    obligor: str = required(ACTOR, "The party that owes the obligation.")
    beneficiary: tuple[str, ...] = optional(
        ACTORS, "The party or parties to whom it is owed.", default=()
    )
    article: str = prose("The name of the clause that readers see.")
    casus_foederis: Expression = required(
        CONDITION, "Condition under which it is owed, while the treaty binds."
    )
    deliberation: Delay | None = optional(
        DELAY, "Delay from the invocation to the answer; default: none."
    )
    responses: Options = required(OPTIONS, "How the obligor may answer; options as in `choose`.")
    reopens: Expression | None = optional(
        CONDITION, "Condition; when it turns true after an answer, the clause is invoked again."
    )
    lapses: Expression | None = optional(
        CONDITION,
        "Condition under which a pending answer is dropped; while it holds, nothing is invoked.",
    )
    for_each: Any = for_each_key()

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The obligation; responses with a reserved name are reported."""
        for response in self.responses:
            if response in RESERVED_STATUSES:
                message = f"{response!r} is a status of every obligation"
                message += "; choose another name for the response"
                self.report(context, message, "responses", response, key=True)
        return self

    @property
    def label(self) -> str:
        """The name that readers see."""
        return self.title or self.article or self.name

    @property
    def qualified(self) -> str:
        """The treaty's and the clause's name: `mutual_aid.art4`, also that of its status."""
        return f"{self.path[1]}.{self.name}"

    @property
    def statuses(self) -> tuple[str, ...]:
        """The levels of its status, from the lowest."""
        return statuses_of(self.responses, can_lapse=self.lapses is not None)

    def transitions(
        self, origin: str, where: str, rationalities: Mapping[str, Expression]
    ) -> Iterator[Transition]:
        """Its steps: invoked, lapsed, answered and reopened; the second and last if it has them."""
        name = self.qualified
        invoking = (setting(name, self.statuses.index(INVOKED)),)
        shared = Transition(
            name=name,
            origin=origin,
            part="treaty",
            actor=str(self.obligor),
            title=self.title or self.article,
            clause=name,
        )
        yield replace(
            shared,
            name=f"{name}.invoked",
            step="invoked",
            when=self._invocation_guard(where),
            limit=1 if self.lapses is None else None,  # what has lapsed may be owed anew
            options=invoking,
        )
        if self.lapses is not None:
            # before the answer: where both are due at one instant, the obligor looks again first
            yield replace(
                shared,
                name=f"{name}.lapsed",
                step="lapsed",
                when=_both(self._status_is("==", INVOKED, where), self.lapses),
                options=(setting(name, self.statuses.index(LAPSED)),),
            )
        yield self._answered(shared, where, rationalities.get(self.obligor))
        if self.reopens is not None:
            # only an answered clause can be invoked again: its status is above `invoked`
            is_answered = self._status_is(">", INVOKED, where)
            yield replace(
                shared,
                name=f"{name}.reopened",
                step="reopened",
                when=_both(is_answered, _not(self.lapses)) if self.lapses else is_answered,
                on=(Trigger(becomes=self.reopens),),  # the moment, not the state
                options=invoking,
            )

    def _answered(
        self, shared: Transition, where: str, rationality: Expression | None
    ) -> Transition:
        """The answer of the obligor, after the deliberation."""
        name, first = self.qualified, self.statuses.index(INVOKED) + 1
        responses = model_options(self.responses, rationality)
        return replace(
            shared,
            step="answered",
            when=self._status_is("==", INVOKED, where),
            after=self.deliberation or AT_ONCE,
            limit=None if self.reopens is not None else 1,  # each reopening needs another answer
            choice=choice_of(self.responses),
            # each response is also a level of the status, after `invoked`
            options=tuple(
                replace(option, effects=(_set(name, first + i), *option.effects))
                for i, option in enumerate(responses)
            ),
        )

    def _status_is(self, sign: Literal["==", "<=", ">"], level: str, where: str) -> Expression:
        """A comparison of the clause's own status with one of its levels."""
        value = Constant(float(self.statuses.index(level)), level)
        node = Comparison(sign, StateOf(self.qualified), value)
        return Expression(node, f"{self.qualified} {sign} {level}", where)

    def _invocation_guard(self, where: str) -> Expression:
        """The treaty binds, the casus foederis holds, and nothing was invoked that still stands.

        A clause that can lapse is not invoked while the condition to lapse holds, and again after.
        """
        casus, binds = self.casus_foederis, f"{self.path[1]}.binds"
        if self.lapses is None:
            is_open = self._status_is("==", DORMANT, where)
        else:
            is_open = _both(_not(self.lapses), self._status_is("<=", LAPSED, where))
        parts = is_open.node.parts if isinstance(is_open.node, Logic) else (is_open.node,)
        node = Logic("and", (StateOf(binds), casus.node, *parts))
        # the text is what replays and errors show; `where` points at the casus foederis
        text = f"{binds} and ({casus.text}) and {is_open.text}"
        return Expression(node, text, casus.where or where)


@dataclass(frozen=True, kw_only=True)
class Treaty(Described):
    """A written agreement of actors: its parties, its dates, and its obligations."""

    long_name: str = prose("The name that readers see.", key="name")
    short: str = short_name()
    parties: tuple[str, ...] = required(
        list_of(ACTOR, 2), "The actors that are bound, two or more."
    )
    signed: date | None = optional(DATE, "Date of signature.")
    in_force: date | None = optional(
        DATE, "Date from which it binds; default `signed`; without either it always binds."
    )
    binds: str | None = optional(
        one_of("at_signature"), "`at_signature`: it binds from `signed`, before it is in force."
    )
    binds_when: Expression | None = optional(
        CONDITION, "Condition; it binds from the moment this first holds, instead of a date."
    )
    source: tuple[str, ...] = optional(SOURCES, "Names of sources, one or a list.", default=())
    obligations: Mapping[str, Obligation] = section(Obligation, "Its clauses.")

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The treaty; contradictions between its parties, dates and obligations are reported."""
        for i, party in enumerate(self.parties):
            if party in self.parties[:i]:
                self.report(context, f"the party {party!r} appears twice", "parties", i)
        if self.binds and self.signed is None and "signed" not in invalid:
            self.report(context, "`binds: at_signature` needs `signed`, a date", "binds")
        if self.binds_when and (self.in_force or self.binds):
            other = "in_force" if self.in_force else "binds"
            message = f"a treaty binds from a date or by a condition; leave out `{other}`"
            self.report(context, message, "binds_when")
        if self.signed and self.in_force and self.in_force < self.signed:
            message = f"dates are out of order: signed {self.signed}, in force {self.in_force}"
            self.report(context, message, "in_force")
        for clause in self.obligations.values():
            # an obligor that is no actor has been reported already
            known = clause.obligor in context.in_section("actors")
            if known and clause.obligor not in self.parties:
                parties = ", ".join(self.parties)
                message = (
                    f"{clause.obligor!r} is not a party to this treaty; its parties: {parties}"
                )
                clause.report(context, message, "obligor")
        return self

    @property
    def label(self) -> str:
        """The name that readers see."""
        return self.long_name or self.title or self.name

    def variables(self, moment: float | None) -> Iterator[Variable]:
        """The flag of the treaty, false until `moment`, and the status of every obligation."""
        from_the_start = moment is None and self.binds_when is None
        yield flag_variable(self.name, binds=from_the_start)
        for clause in self.obligations.values():
            yield status_variable(self.name, clause.name, clause.statuses)

    def binding(self, moment: float | None) -> Iterator[Transition]:
        """The transition from which it binds; none if it binds from the start.

        It fires at `moment`, or when the condition in `binds_when` first holds.
        """
        if moment is not None or self.binds_when is not None:
            yield Transition(
                name=f"{self.name}.binds",
                origin=self.name,
                part="treaty",
                at=None if self.binds_when else moment,
                when=self.binds_when,
                limit=1,
                options=(setting(f"{self.name}.binds", 1),),
                title=self.long_name or self.title,
                clause=self.name,
                step="binds",
            )


def binding_moment(
    signed: date | None, in_force: date | None, binds: object, start: date | None
) -> float | None:
    """Seconds after day 0 from which a treaty binds; None if it binds from the start."""
    day = signed if binds or in_force is None else in_force  # `binds: at_signature`
    if day is None or start is None or day <= start:  # without a start there are no dates
        return None
    return (day - start).days * DAY


def flag_variable(treaty: str, *, binds: bool) -> Variable:
    """The flag of a treaty: whether it binds."""
    name, start = f"{treaty}.binds", int(binds)
    return Variable(name=name, kind="flag", levels=FLAG_LEVELS, size=2, start=start, owner=treaty)


def status_variable(treaty: str, clause: str, levels: tuple[str, ...]) -> Variable:
    """The status of an obligation, with the levels that `statuses_of` gives."""
    name, size = f"{treaty}.{clause}", len(levels)
    return Variable(name=name, kind="levels", levels=levels, size=size, start=0, owner=treaty)


def statuses_of(responses: Iterable[str], *, can_lapse: bool) -> tuple[str, ...]:
    """The levels of a status: dormant, lapsed where it can be, invoked, the responses."""
    return (DORMANT, *((LAPSED,) if can_lapse else ()), INVOKED, *responses)


def _both(one: Expression, other: Expression) -> Expression:
    """Two conditions joined; for errors it stands where the first does."""
    text = f"{_in_brackets(one)} and {_in_brackets(other)}"
    return Expression(Logic("and", (one.node, other.node)), text, one.where)


def _not(condition: Expression) -> Expression:
    return Expression(Not(condition.node), f"not ({condition.text})", condition.where)


def _in_brackets(condition: Expression) -> str:
    """The text of a condition as a part of another; without brackets where none are needed."""
    plain = isinstance(condition.node, (Comparison, Not, StateOf, Fact))
    return condition.text if plain else f"({condition.text})"


def _set(variable: str, value: int) -> Effect:
    return Effect(variable=variable, how="set", value=value)


def setting(variable: str, value: int) -> Option:
    """The only option of a transition that sets one variable."""
    return Option(name=None, effects=(_set(variable, value),))
