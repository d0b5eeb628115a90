"""What an effect does to its variable: one table for proofs, exact answers and exports.

The reference engine and the compiled one do not use it. Each has its own reading of the effects, so
that a mistake in one of them shows where their events are compared.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from sim.model.transitions import Effect, EffectKind


class Meaning(NamedTuple):
    """A new value before it is held within the variable's ends.

    `given` is the effect's own value; what is read is the present value of a variable, the value of
    an expression, or nothing.
    """

    # what decides the new value besides the effect itself: proofs ask it for the variables involved
    reads: Literal["nothing", "itself", "source", "expression"]
    value: Callable[[float, int], float]  # (what is read, given)
    formula: str  # the same, held within the ends, for other languages: {read} {given} {top}


MEANINGS: Mapping[EffectKind, Meaning] = {
    "set": Meaning("nothing", lambda read, given: given, "{given}"),
    "raise": Meaning("itself", lambda read, given: read + 1, "min({read}+1, {top})"),
    "lower": Meaning("itself", lambda read, given: read - 1, "max({read}-1, 0)"),
    "at_least": Meaning("itself", lambda read, given: max(read, given), "max({read}, {given})"),
    "at_most": Meaning("itself", lambda read, given: min(read, given), "min({read}, {given})"),
    "copy": Meaning("source", lambda read, given: read, "{read}"),
    "compute": Meaning("expression", lambda read, given: read, "{read}"),
}


def variable_read(effect: Effect) -> str | None:
    """The variable whose present value decides the new one; None where none or an expression does.

    What an expression reads is not looked into here.
    """
    reads = MEANINGS[effect.how].reads
    if reads == "itself":
        return effect.variable
    return effect.source if reads == "source" else None


def new_value(effect: Effect, read: float, top: int) -> int:
    """The value after the firing, from what the effect reads; `top` is the variable's last value.

    The result of an expression is cut to a whole number after it was held within 0 and `top`, so
    that one that is not finite would be noticed before.
    """
    return int(min(max(MEANINGS[effect.how].value(read, effect.value), 0), top))
