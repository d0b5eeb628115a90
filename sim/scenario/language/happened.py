"""What happened in the case that a scenario describes: read by `score`, never by a run.

A record must not be able to change a number that is then held against it. So it is decoded last,
after everything that the model is made of; nothing of it goes into the model or its machine form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Self

from sim.decoding.declarations import instance_of, make_declaration, optional, required
from sim.decoding.kinds import Definitions, Invalid, Kind, Schema, list_of, mapping_of
from sim.decoding.scalars import NAME, REFERENCE, is_date, parse_date
from sim.errors import unknown
from sim.formatting import DAY
from sim.scenario.language.context import Context
from sim.scenario.language.scalar_types import (
    DURATION_SCHEMA,
    SOURCES,
    duration_text,
    seconds_of,
)
from sim.scenario.language.sourcing import Described
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, Scalar

WORDS = ("no", "unknown")
FORMS = "`no`, `unknown`, when (`10 d` or a date) or `{between: [300 d, 340 d]}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """When an outcome happened, in seconds after t = 0: between these, which may be equal.

    Both are infinite where it did not happen.
    """

    earliest: float
    latest: float

    @property
    def happened(self) -> bool:
        """Whether it happened at all."""
        return self.latest < inf


NEVER = Occurrence(earliest=inf, latest=inf)


def _day(node: Node, context: Context) -> tuple[float, float]:
    """The ends of a moment, in seconds: a date is its whole day, as records know no more."""
    text = duration_text(node)
    if not is_date(text):
        seconds = seconds_of(text)
        if seconds is None or seconds < 0:
            raise Invalid(f"must be a duration such as '30 d' or a date, found {text!r}")
        return seconds, seconds
    day, start = parse_date(text), context.start
    if start is None:
        raise Invalid(f"{text!r} needs the scenario's `start`, a date")
    if day < start:
        raise Invalid(f"{text!r} is before the start, {start}")
    return (day - start).days * DAY, ((day - start).days + 1) * DAY


MOMENT = Kind(lambda node, _, context: _day(node, context), lambda _: dict(DURATION_SCHEMA))
_BETWEEN = instance_of(
    make_declaration(
        "WithinDays",
        "The days within which something happened.",
        {"between": required(list_of(MOMENT, 2, 2), "`[earliest, latest]`: when it happened.")},
    )
)


def _occurrence(node: Node, path: KeyPath, context: Context) -> Occurrence | None:
    """What became of one outcome; None: nobody knows. Raises Invalid."""
    if isinstance(node, tree.Mapping):
        (first, _), (_, last) = _BETWEEN.decode(node, path, context).between
        if last < first:
            raise Invalid("the second moment is before the first", "between")
        return Occurrence(earliest=first, latest=last)
    value = node.value if isinstance(node, Scalar) else node
    if value is False or value is True:  # `no` in the YAML of other programs
        raise Invalid(f"must be {FORMS}, found {describe(value)}")
    if value == "no":
        return NEVER
    if value == "unknown":
        return None
    try:
        first, last = _day(node, context)
    except Invalid as error:
        # a word is more likely a slip of `no` or `unknown` than of a duration
        word = isinstance(value, str) and value.strip().isalpha()
        raise Invalid(f"must be {FORMS}, found {value!r}" if word else error.message) from None
    return Occurrence(earliest=first, latest=last)


def _occurrence_schema(known: Definitions) -> Schema:
    words = {"enum": list(WORDS), "type": "string"}
    return {"anyOf": [words, dict(DURATION_SCHEMA), _BETWEEN.schema(known)]}


OCCURRENCES = mapping_of(Kind(_occurrence, _occurrence_schema), NAME)


@dataclass(frozen=True, kw_only=True)
class Happened(Described):
    """What happened in the case that the scenario describes."""

    outcomes: Mapping[str, Occurrence | None] = optional(
        OCCURRENCES, "What became of outcomes; what is not named is not scored.", default={}
    )
    ending: str | None = optional(REFERENCE, "The ending it came to, or `unknown`.")
    until: Any = optional(MOMENT, "How long it was observed; default: to the horizon.")
    source: tuple[str, ...] = optional(SOURCES, "Names of sources, one or a list.", default=())

    @property
    def observed(self) -> float:
        """Seconds after t = 0 until which it was observed; infinite if nothing else is said."""
        return inf if self.until is None else float(self.until[0])

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The record; unknown names and moments after its end are reported."""
        known = context.in_section("outcomes")
        for name, one in self.outcomes.items():
            if name not in known:
                self.report(context, unknown("outcome", name, known), "outcomes", name, key=True)
            elif one is not None and one.happened and one.earliest > self.observed:
                message = f"is after `until`, day {self.observed / DAY:g}"
                self.report(context, message, "outcomes", name)
        endings = [*context.in_section("endings"), "unknown"]
        if self.ending is not None and self.ending not in endings:
            self.report(context, unknown("ending", self.ending, endings), "ending")
        # counted in the file: an invalid entry has been left out of `outcomes`
        named = tree.keys(context.tree, *map(str, self.path), "outcomes")
        if not named and self.ending is None and not invalid:
            self.report(context, "says nothing; it needs `outcomes` or `ending`", key=True)
        return self


HAPPENED = instance_of(Happened)
