"""The kinds of single values: texts, names, references, numbers, dates.

Each has a message that says what is allowed; the JSON Schema has as much of that as it can express.
"""

import keyword
import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sim.decoding.context import Context
from sim.decoding.kinds import Decoded, Invalid, Kind, list_of, scalar_kind
from sim.errors import Place, odd_character
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, Scalar, Sequence

RESERVED = frozenset(
    {*keyword.kwlist, "rest", "raise", "lower", "true", "false"} | {"min", "max", "odds", "nothing"}
)
MAX_COUNT = 1_000_000_000  # of whole numbers; engines store them as 64-bit integers
NAME_RULE = "a name has letters, digits and _, and does not begin with a digit"
NAME_PATTERN = "^[A-Za-z_][A-Za-z0-9_]*$"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


# A subclass of str, so that everything that looks up names works with it unchanged.
class Reference(str):
    """The name of something declared elsewhere, with the place where it is mentioned."""

    __slots__ = ("place",)
    place: Place


def is_name(text: str) -> bool:
    """Whether a text can be a name."""
    return bool(re.fullmatch(NAME_PATTERN[1:-1], text)) and text not in RESERVED


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(f"must be a name, found {describe(value)}", key=True)
    if value in RESERVED:
        raise Invalid(f"{value!r} is a reserved word and cannot be a name", key=True)
    if is_name(value):
        return value
    if "<" in value:  # left over: for_each has been expanded by now
        raise Invalid(f"{value!r} has a placeholder that no for_each here replaces", key=True)
    odd = odd_character(value)
    rule = f"{NAME_RULE}; {odd}" if odd else NAME_RULE
    raise Invalid(f"{value!r} is not a valid name; {rule}", key=True)


def _name_value(value: Any) -> str:
    """A name that is a value, so that an error is the value's and not a key's."""
    try:
        return _name(value)
    except Invalid as error:
        # without `key`: there the error is the value's
        raise Invalid(error.message) from None


def _text(value: Any) -> str:
    # a title may be a number, such as a year; yes or no is a slip
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Invalid(f"must be a text, found {describe(value)}")
    return " ".join(str(value).split())  # a folded text has line breaks that mean nothing


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"must be true or false, found {describe(value)}")
    return value


def _true(value: Any) -> bool:
    if value is not True:
        raise Invalid(f"must be true, found {describe(value)}")
    return value


_PERCENT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%")


def percentage(text: str) -> float | None:
    """The number of percent of a text such as `97.5 %`; None if it is no percentage."""
    match = _PERCENT.fullmatch(text.strip())
    return float(match.group(1)) if match else None


def percent_hint(value: Any) -> str:
    """What to write instead of a percentage, for the end of a message; empty for anything else."""
    percent = percentage(value) if isinstance(value, str) else None
    return "" if percent is None else f"; write {percent / 100:.12g} for {value.strip()}"


# `True` is an int for Python, so that every check of a number begins with bool.


def number(value: Any) -> float:
    """A finite number. Raises Invalid."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Invalid(f"must be a number, found {describe(value)}{percent_hint(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Invalid("must be a finite number")
    return float(value)


def whole_number(least: int) -> Callable[[Any], int]:
    """The check of a whole number from `least` on."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise Invalid(f"must be a whole number from {least}, found {describe(value)}")
        if value > MAX_COUNT:  # a hostile file would overflow arrays
            raise Invalid(f"must be at most {MAX_COUNT:,}, found {describe(value)}")
        return value

    return check


def parse_date(text: str) -> date:
    """A calendar date written as 2024-10-25. Raises Invalid."""
    if not is_date(text):
        raise Invalid(f"must be a date such as 2024-10-25, found {text!r}")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"there is no such day: {text!r}") from None


def is_date(text: str) -> bool:
    """Whether a text has the form of a date; there may be no such day."""
    return bool(_DATE.fullmatch(text))


def _date(value: Any) -> date:
    if not isinstance(value, str):
        raise Invalid(f"must be a date such as 2024-10-25, found {describe(value)}")
    return parse_date(value)


NAME = scalar_kind(_name, {"type": "string", "pattern": NAME_PATTERN})
NAME_VALUE = scalar_kind(_name_value, {"type": "string", "pattern": NAME_PATTERN})
TEXT = scalar_kind(_text, {"type": ["string", "number"]})
FLAG = scalar_kind(_flag, {"type": "boolean"})
TRUE = scalar_kind(_true, {"const": True})
NUMBER = scalar_kind(number, {"type": "number"})
WHOLE = scalar_kind(whole_number(0), {"type": "integer", "minimum": 0})
POSITIVE_WHOLE = scalar_kind(whole_number(1), {"type": "integer", "minimum": 1})
DATE = scalar_kind(_date, {"type": "string", "format": "date"})


# References


def _reference(node: Node) -> Reference:
    value = node.value if isinstance(node, Scalar) else node
    if not isinstance(value, str):
        raise Invalid(f"must be a name, found {describe(value)}")
    reference = Reference(value)
    reference.place = node.place
    return reference


def _references(node: Node, path: KeyPath, context: Context) -> tuple[Reference, ...]:
    if isinstance(node, Sequence):
        several: tuple[Reference, ...] = list_of(REFERENCE).decode(node, path, context)
        return several
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return (_reference(node),)
    raise Invalid(f"must be a name or a list of names, found {describe(node)}")


_ONE_NAME: dict[str, Any] = {"type": "string"}
ONE_OR_MORE: dict[str, Any] = {"anyOf": [_ONE_NAME, {"type": "array", "items": _ONE_NAME}]}
REFERENCE = Kind(lambda node, *_: _reference(node), lambda _: dict(_ONE_NAME))
REFERENCES = Kind(_references, lambda _: ONE_OR_MORE)  # one name or a list of names


def reference_to(what: str, section: str) -> Kind:
    """The kind of one name that has to stand in a section of the file."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        reference = _reference(node)
        context.check_reference(what, reference, context.in_section(section), path, section)
        return reference

    return Kind(decode, lambda _: dict(_ONE_NAME))


def references_to(what: str, section: str) -> Kind:
    """The kind of one name or a list of names that have to stand in a section of the file."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        references = _references(node, path, context)
        # a file of sources that cannot be read may have had any of them
        unsure = section == "sources" and any(
            problem.path == "include" for problem in context.diagnostics.problems
        )
        for i, reference in enumerate(references if not unsure else ()):
            at = (*path, i) if isinstance(node, Sequence) else path
            context.check_reference(what, reference, context.in_section(section), at, section)
        return references

    return Kind(decode, lambda _: ONE_OR_MORE)
