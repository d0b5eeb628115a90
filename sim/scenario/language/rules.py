"""Moves and events: each becomes a transition with a guard, a clock, options and effects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from sim.decoding.declarations import optional, required
from sim.decoding.kinds import Invalid, Kind, one_of
from sim.decoding.scalars import FLAG, POSITIVE_WHOLE, is_date, parse_date
from sim.formatting import DAY
from sim.model.delays import AT_ONCE, Delay
from sim.model.expressions import Expression
from sim.model.transitions import Effect, Memory, Option, Transition, Trigger
from sim.scenario.language.context import Context
from sim.scenario.language.delays import DELAY
from sim.scenario.language.effects import EFFECTS
from sim.scenario.language.formulas import CONDITION, NUMBER_EXPRESSION
from sim.scenario.language.options import OPTIONS, Options, choice_of, model_options
from sim.scenario.language.scalar_types import ACTOR, DURATION_SCHEMA, duration_text, seconds_of
from sim.scenario.language.sourcing import Reasoned, for_each_key
from sim.scenario.language.triggers import TRIGGERS
from sim.source.tree import KeyPath, Node, keys

Part = Literal["treaty", "move", "event", "intervention"]
_NOT_WITH_AT = ("on", "after", "speed", "memory", "once", "limit")


def _moment(node: Node, path: KeyPath, context: Context) -> float:
    """Seconds after t = 0 of a day or a date; a warning if that is after the horizon."""
    text = duration_text(node)
    if is_date(text):
        date, start = parse_date(text), context.start
        if start is None:
            raise Invalid(f"{text!r} needs the scenario's `start`, a date")
        if date < start:
            raise Invalid(f"{text!r} is before the start, {start}")
        seconds: float | None = (date - start).days * DAY  # midnight, as day 0
    else:
        seconds = seconds_of(text)
    if seconds is None or seconds < 0:
        raise Invalid(f"must be a duration such as '30 d' or a date, found {text!r}")
    if context.horizon is not None and seconds > context.horizon:  # None: it is invalid
        message = f"{text} is after the horizon ({context.horizon_text}): it never happens"
        context.diagnostics.warn(path, message)
    return seconds


MOMENT = Kind(_moment, lambda _: dict(DURATION_SCHEMA))


@dataclass(frozen=True, kw_only=True)
class Rule(Reasoned):
    """What moves, events and interventions have in common."""

    also: ClassVar = {
        "if": "when",
        "guard": "when",
        "delay": "after",
        "options": "choose",
        "effects": "then",
    }
    when: Expression | None = optional(
        CONDITION, "Condition, the guard: the clock runs only while it holds."
    )
    on: tuple[Trigger, ...] = optional(
        TRIGGERS,
        "What starts the clock; a name, `{becomes: …}`, or a list of these.",
        default=(),
    )
    after: Delay | None = optional(DELAY, "Delay, how long the clock runs; default: none.")
    at: float | None = optional(
        MOMENT, "Day or date on which it happens once, if `when` holds then."
    )
    speed: Expression | None = optional(
        NUMBER_EXPRESSION,
        "Expression; factor on the speed of the clock; at 0 it stands still.",
    )
    memory: Memory | None = optional(
        one_of("forget", "remember"),
        "`remember`: the clock keeps its time while `when` fails; `forget` (default): it restarts.",
    )
    once: bool | None = optional(FLAG, "`true`: it happens at most once in a path.")
    limit: int | None = optional(
        POSITIVE_WHOLE, "How often it may happen in a path; default: no limit."
    )
    choose: Options | None = optional(OPTIONS, "Options, of which one is taken.")
    then: tuple[Effect, ...] | None = optional(EFFECTS, "Effects: the new value of each variable.")
    chance: Expression | None = optional(
        NUMBER_EXPRESSION, "Probability that `then` happens; otherwise nothing happens."
    )

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The rule; keys that exclude each other are reported."""
        # an invalid value is given, too: its key excludes others all the same
        given = {key for key in _KEYS if getattr(self, key) not in (None, ())} | (invalid & _KEYS)
        # `at` is a clock of its own: it starts at 0, runs once, and is not stopped by `when`
        for key in _NOT_WITH_AT if "at" in given else ():
            if key in given:
                message = f"`{key}` cannot be used with `at`, which happens once, at that time"
                self.report(context, message, key, key=True)
        if {"once", "limit"} <= given:
            self.report(context, "`once` and `limit` exclude each other", "limit", key=True)
        for key in ("then", "chance") if "choose" in given else ():
            if key in given:
                message = f"`{key}` cannot be used with `choose`; put the effects into the options"
                self.report(context, message, key, key=True)
        # counted in the file: an effect on an invalid variable has been left out
        effects = keys(context.tree, *map(str, self.path), "then")
        if "chance" in given and not effects and not {"then", "choose"} & given:
            self.report(context, "`chance` needs a `then` with the effects", "chance")
        return self

    def transition(
        self, origin: str, part: Part, rationalities: Mapping[str, Expression]
    ) -> Transition:
        """The transition of the model."""
        actor = getattr(self, "actor", None)  # events have none
        if self.choose is not None:
            options = tuple(model_options(self.choose, rationalities.get(actor or "")))
        elif self.chance is not None:
            # `chance: p` is short for two options, of which the second has no effect
            happens = Option(name=None, value=self.chance, effects=self.then or ())
            options = (happens, Option(name="nothing", share="rest"))
        else:
            options = (Option(name=None, effects=self.then or ()),)
        return Transition(
            name=self.name,
            origin=origin,
            part=part,
            actor=None if actor is None else str(actor),
            when=self.when,
            on=self.on,
            after=self.after or AT_ONCE,
            at=self.at,
            speed=self.speed,
            memory=self.memory or "forget",
            limit=1 if self.once or self.at is not None else self.limit,  # two spellings of one
            choice=choice_of(self.choose or {}),
            options=options,
            title=self.title,
        )


_KEYS = frozenset({*_NOT_WITH_AT, "at", "choose", "then", "chance"})


@dataclass(frozen=True, kw_only=True)
class Move(Rule):
    """What an actor may do."""

    actor: str = required(ACTOR, "Who acts.")
    for_each: Any = for_each_key()


@dataclass(frozen=True, kw_only=True)
class Event(Rule):
    """What happens without an actor."""

    for_each: Any = for_each_key()
