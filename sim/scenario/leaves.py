"""The smallest shapes of the language: texts, names, numbers, formulas, durations, dates.

Each says in an author's words what is allowed where it stands; a JSON Schema is told as much as it
can express.
"""

import keyword
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sim.scenario import units

RESERVED = frozenset(
    {*keyword.kwlist, "rest", "raise", "lower", "true", "false"} | {"min", "max", "odds", "nothing"}
)
MOST = 1_000_000_000  # of anything that is counted
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME_PATTERN = "^[A-Za-z_][A-Za-z0-9_]*$"


def wrong(said: str) -> PydanticCustomError:
    """A complaint already in the author's words."""
    return PydanticCustomError("author", "{said}", {"said": said})


def found(value: object) -> str:
    """What stands there, briefly."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a block of keys" if value else "an empty block"
        case list():
            return "a list" if value else "an empty list"
        case str():
            return repr(value if len(value) <= 60 else value[:57] + "...")
        case _:
            return str(value) if len(str(value)) <= 60 else str(value)[:57] + "..."


def is_name(text: str) -> bool:
    """Whether a text can be a name."""
    return bool(_NAME.fullmatch(text)) and text not in RESERVED


def name(value: object) -> str:
    """A name somebody gives to something. Raises the complaint."""
    if not isinstance(value, str):
        raise wrong(f"must be a name, found {found(value)}")
    if not _NAME.fullmatch(value):
        if value.startswith("<") or "<" in value:
            raise wrong(f"{value!r} has a placeholder that no for_each here fills in")
        raise wrong(f"{value!r} is no name; a name is letters, digits and _, no digit first")
    if value in RESERVED:
        raise wrong(f"{value!r} is a word of the language and cannot be a name")
    return value


def _reference(value: object) -> str:
    if not isinstance(value, str):
        raise wrong(f"must be a name, found {found(value)}")
    return value


def _references(value: object) -> list[str]:
    if isinstance(value, list):
        return [_reference(item) for item in value]
    if isinstance(value, str):
        return [value]
    raise wrong(f"must be a name or a list of names, found {found(value)}")


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise wrong(f"must be a text, found {found(value)}")
    return " ".join(str(value).split())


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong(f"must be true or false, found {found(value)}")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(f"must be a number, found {found(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("must be a finite number")
    return float(value)


def _whole(value: object, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise wrong(f"must be a whole number from {least}, found {found(value)}")
    if value > MOST:
        raise wrong(f"must be at most {MOST:,}, found {found(value)}")
    return value


def _positive_whole(value: object) -> int:
    return _whole(value, 1)


def _formula(value: object) -> str | float | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        _number(value)
        return value
    if isinstance(value, str) and value.strip():
        return value
    raise wrong(f"must be an expression, found {found(value)}")


def _condition(value: object) -> str | bool:
    if isinstance(value, bool) or (isinstance(value, str) and value.strip()):
        return value
    raise wrong(f"must be a condition, found {found(value)}")


def _span(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise wrong(f"needs a unit ({units.UNITS}), found {found(value)}")
    raise wrong(f"must be a duration such as '5 d', found {found(value)}")


def _quantity(value: object) -> str | float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise wrong(f"must be a number or a duration, found {found(value)}")
    if isinstance(value, str):
        return _span(value)
    return _number(value)


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise wrong(f"must be a date such as 2024-10-25, found {found(value)}")
    try:
        return units.day(value)
    except ValueError as error:
        raise wrong(str(error)) from None


@dataclass(frozen=True, slots=True, eq=False)
class _Leaf:
    """A check and what a JSON Schema says of it, as pydantic asks for them.

    What `PlainValidator` and `WithJsonSchema` do, without finding out anew at each of two hundred
    places whether the check wants one argument or two: a tenth of the time that `check` takes.
    """

    check: Callable[[Any], object]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)


_WORDS: dict[str, Any] = {"type": ["string", "number"]}
_ONE_NAME: dict[str, Any] = {"type": "string"}
_DURATION: dict[str, Any] = {"type": "string", "examples": ["20 min", "5 d", "6 * verify_lag"]}

Name = Annotated[str, _Leaf(name, {"type": "string", "pattern": _NAME_PATTERN})]
Reference = Annotated[str, _Leaf(_reference, _ONE_NAME)]
References = Annotated[
    list[str],
    _Leaf(_references, {"anyOf": [_ONE_NAME, {"type": "array", "items": _ONE_NAME}]}),
]
Text = Annotated[str, _Leaf(_text, _WORDS)]
Flag = Annotated[bool, _Leaf(_flag, {"type": "boolean"})]
Number = Annotated[float, _Leaf(_number, {"type": "number"})]
Whole = Annotated[int, _Leaf(_whole, {"type": "integer", "minimum": 0})]
PositiveWhole = Annotated[int, _Leaf(_positive_whole, {"type": "integer", "minimum": 1})]
Formula = Annotated[str | float | bool, _Leaf(_formula, {"type": ["string", "number", "boolean"]})]
Condition = Annotated[str | bool, _Leaf(_condition, {"type": ["string", "boolean"]})]
Span = Annotated[str, _Leaf(_span, _DURATION)]
Quantity = Annotated[str | float, _Leaf(_quantity, {"type": ["string", "number"]})]
Day = Annotated[date, _Leaf(_day, {"type": "string", "format": "date"})]
