"""The one way anything changes: a guard, a clock, a choice, and effects."""

from dataclasses import dataclass
from typing import Literal

from sim.model.delays import AT_ONCE, Delay
from sim.model.expressions import Expression

Memory = Literal["forget", "remember"]
ChoiceKind = Literal["probability", "weight", "utility"]
EffectKind = Literal["set", "raise", "lower", "at_least", "at_most", "copy", "compute"]
Step = Literal["binds", "invoked", "lapsed", "answered", "reopened"]

NOTHING = -2  # instead of the position of an option (rule 7): it fired, none was available


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one firing does to one variable; reads the state before the firing.

    set, at_least, at_most: `value`. copy: the value of `source`, another variable with the same
    levels. compute: `expression`, for counts, cut to a whole number. raise, lower: one step.
    All stop at the ends of the variable.
    """

    variable: str
    how: EffectKind  # what each does stands in `sim.model.effect_values`
    value: int = 0
    source: str = ""
    expression: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that may happen when a transition fires.

    `value` is its probability, weight, or rationality x utility, by the transition's `choice`;
    `share` says what of: the whole, of what the options before it left (`of_rest`), or all that the
    other available options leave (`rest`, then `value` is None).
    """

    name: str | None  # None: the transition has no choice, its firing has no option to name
    value: Expression | None = None  # None also for a lone option
    # `of_rest` is a conditional probability: of the cases in which no option before it was taken
    share: Literal["whole", "of_rest", "rest"] = "whole"
    available: Expression | None = None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts a clock: a transition (or one option of it) fires, or a condition turns true."""

    transition: str = ""
    option: str | None = None
    becomes: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A guarded clock with options. Position in the model is its rank among clocks due together.

    What a treaty resolves to carries its clause and step. `clause` is the qualified obligation
    (`mutual_aid.art4`), or the treaty's name for the transition that makes it bind; None for moves,
    events and interventions. `step` says which part of the clause's life this transition is:

        binds      the treaty comes into force
        invoked    the casus foederis holds: the obligor is called upon
        lapsed     it need not answer any more: the answer under way is dropped
        answered   the deliberation is over: one of the responses is taken
        reopened   after an answer, the clause is called upon again
    """

    name: str
    origin: str  # clause, move, event or intervention of the file, before for_each
    part: Literal["treaty", "move", "event", "intervention"]
    actor: str | None = None
    when: Expression | None = None  # no guard: always
    # with triggers the clock starts when one of them fires, else as soon as the guard holds
    on: tuple[Trigger, ...] = ()
    after: Delay = AT_ONCE
    at: float | None = None  # seconds after t = 0: scheduled, fires once or is dropped (rule 9)
    # the clock runs that many times as fast while the state is such; at 0 it stands still
    speed: Expression | None = None
    # what becomes of the time already run when the guard fails: kept, or drawn anew (rule 6)
    memory: Memory = "forget"
    limit: int | None = None  # firings in one path
    choice: ChoiceKind = "probability"
    options: tuple[Option, ...] = (Option(name=None),)
    title: str = ""  # in words, for stories and charts
    clause: str | None = None
    step: Step | None = None
