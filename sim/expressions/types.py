"""The types of expressions: one of several levels, a condition, a number or a duration."""

from dataclasses import dataclass
from typing import Literal

from sim.model.expressions import Node

Kind = Literal["levels", "condition", "number", "time"]
KINDS: dict[Kind, str] = {
    "levels": "one of several levels",
    "condition": "true or false",
    "number": "a number",
    "time": "a duration",
}
# The results of arithmetic with durations; what is missing has no meaning, such as d * d.
TIMES: dict[tuple[str, Kind, Kind], Kind] = {
    ("*", "number", "time"): "time",
    ("*", "time", "number"): "time",
    ("/", "time", "number"): "time",
    ("/", "time", "time"): "number",
    ("+", "time", "time"): "time",
    ("-", "time", "time"): "time",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A tree with its type; `levels` are its possible values, `ordered` if they have an order."""

    node: Node
    kind: Kind
    levels: tuple[str, ...] = ()
    ordered: bool = True


def mismatch(typed: Typed, wanted: Kind, text: str) -> str:
    """The message about a value of one type where another is needed, with a hint."""
    message = f"{text!r} is {KINDS[typed.kind]} where {KINDS[wanted]} is needed"
    match typed.kind, wanted:
        case "levels", _:
            return f"{message}; compare it, as in `{text} == {typed.levels[-1]}`"
        case "number", "condition":
            return f"{message}; compare it, as in `{text} > 0`"
        case "condition", "number":
            return f"{message}; write `1 if {text} else 0`"
        case "time", "number":
            return f"{message}; a parameter with a unit of time is for delays"
        case _:
            return message
