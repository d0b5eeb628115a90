"""Conditions and numbers as a reader would say them, in the scenario's own phrases.

A variable may bring a phrase of its own (`says`): with `<owner>` and `<level>` filled in, `{is|is
not}` for what is said of it and of its opposite, and, behind a semicolon, other phrases for single
levels: `<owner> {holds|does not hold} <level> to blame; unclear: <owner> {has not|has} decided`.
Without a phrase a comparison is said plainly: "korea is at least clash". Facts are said by name.
"""

import re
from typing import NamedTuple

from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    Fact,
    Happened,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    ParameterOf,
    StateOf,
)
from sim.model.model import Model
from sim.model.state import Variable
from sim.model.titles import Titles, titles_of_model

_SIGNS = {
    "==": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_STATUS = {  # of a clause: (sign, level)
    ("==", "dormant"): "has not been invoked",
    ("!=", "dormant"): "has been invoked",
    (">", "dormant"): "has been invoked",
    ("==", "lapsed"): "has lapsed",
    ("!=", "lapsed"): "has not lapsed",
    ("==", "invoked"): "has been invoked and not yet answered",
    (">", "invoked"): "has been answered",
}
_EITHER = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")  # {said of it|said of its opposite}


class _Words(NamedTuple):
    """What a phrase is made with: the model, and what its things are called."""

    model: Model
    titles: Titles


def phrase(expression: Expression, model: Model, titles: Titles | None = None) -> str:
    """A condition or a number as a reader would say it, without a full stop.

    `titles` say what things are called, unless given those that the model has.
    """
    return _phrase(expression.node, _Words(model, titles or titles_of_model(model)))


def spaced(name: str) -> str:
    """A name as words: `limited_war` is "limited war"."""
    return name.replace("_", " ").replace(".", " ")


def _phrase(node: Node, words: _Words) -> str:
    match node:
        case Constant(_, text):
            return text
        case StateOf(name):
            return _flag(name, words)
        case ParameterOf(name) | Fact(name, _):
            return spaced(name)
        case Happened(name):
            return f"{words.titles.of('outcome', name)} has happened"
        case Not(of):
            return _negated(of, words)
        case Negative(of):
            return f"-{_operand(of, words)}"
        case Logic(op, parts):
            return f" {op} ".join(_joined(part, op, words) for part in parts)
        case Comparison():
            return _compared(node, words)
        case IfElse(condition, then, otherwise):
            test = _phrase(condition, words)
            return f"{_phrase(then, words)} if {test}, else {_phrase(otherwise, words)}"
        case Arithmetic(op, left, right):
            return f"{_operand(left, words)} {op} {_operand(right, words)}"
        case Call(function, arguments):
            return f"{function}({', '.join(_phrase(part, words) for part in arguments)})"


def _operand(node: Node, words: _Words) -> str:
    """A part of a sum, in parentheses where it is none of the simplest."""
    text = _phrase(node, words)
    return f"({text})" if isinstance(node, (Arithmetic, IfElse, Logic, Comparison)) else text


def _joined(node: Node, op: str, words: _Words) -> str:
    """A part of an `and` or `or`: `and` within `or`, and the reverse, is put in parentheses."""
    text = _phrase(node, words)
    return f"({text})" if isinstance(node, Logic) and node.op != op else text


def _negated(node: Node, words: _Words) -> str:
    match node:
        case StateOf(name):
            variable = words.model.variable(name)
            return f"not {_flag(name, words)}" if variable.owner else f"no {spaced(name)}"
        case Comparison("==", left, right):
            return _compared(Comparison("!=", left, right), words)
        case Comparison("!=", left, right):
            return _compared(Comparison("==", left, right), words)
        case Logic():
            return f"not ({_phrase(node, words)})"
        case _:
            return f"not {_phrase(node, words)}"


def _compared(node: Comparison, words: _Words) -> str:
    left, right, sign = node.left, node.right, node.op
    if isinstance(left, Constant) and not isinstance(right, Constant):
        # the variable goes first: "5 < heat" is said as "heat is above 5"
        left, right, sign = right, left, _MIRRORED[sign]  # type: ignore[assignment]
    if isinstance(left, StateOf):
        variable = words.model.variable(left.name)
        if variable.kind == "levels" and isinstance(right, Constant):
            return _level(variable, sign, right.text, words)
        return f"{_subject(variable, words)} {_SIGNS[sign]} {_object(right, words)}"
    return f"{_phrase(left, words)} {_SIGNS[sign]} {_object(right, words)}"


def _object(node: Node, words: _Words) -> str:
    if isinstance(node, StateOf):
        return _subject(words.model.variable(node.name), words)
    return spaced(node.text) if isinstance(node, Constant) else _operand(node, words)


def _level(variable: Variable, sign: str, level: str, words: _Words) -> str:
    """A variable compared with one of its levels."""
    if _is_status(variable, words):
        answered = f"was answered with {spaced(level)}" if sign == "==" else None
        text = _STATUS.get((sign, level)) or answered or f"{_SIGNS[sign]} {spaced(level)}"
        return f"{words.titles.of('variable', variable.name)} {text}"
    template = _template(variable, level) if sign in ("==", "!=") else None
    if template is None:
        return f"{_subject(variable, words)} {_SIGNS[sign]} {_title(level, words)}"
    opposite = sign == "!="
    if opposite and not _EITHER.search(template):
        template = f"it is not so that {template}"
    return _filled(template, opposite, variable.owner or variable.name, level, words)


def _is_status(variable: Variable, words: _Words) -> bool:
    """Whether the variable tells how far a treaty's clause has come."""
    if words.model.clauses:
        return variable.name in words.model.clauses
    return (
        variable.levels[:1] == ("dormant",) and "invoked" in variable.levels
    )  # a model made without clauses


def _template(variable: Variable, level: str) -> str | None:
    """The variable's own phrase for one of its levels; None where it has none."""
    if variable.says is None:
        return None
    general = []
    for part in variable.says.split(";"):
        named, colon, rest = part.partition(":")
        if colon and named.strip() == level:
            return rest.strip()
        if not (colon and named.strip() in variable.levels):
            general.append(part)  # also a semicolon that only belongs to the sentence
    return ";".join(general).strip() or None


def _filled(template: str, opposite: bool, owner: str, level: str, words: _Words) -> str:
    """A phrase with its names put in; `opposite`: as it is said when the level is not so."""
    text = _EITHER.sub(lambda either: either[2 if opposite else 1], template)
    return text.replace("<owner>", _title(owner, words)).replace("<level>", _title(level, words))


def _flag(name: str, words: _Words) -> str:
    """A flag that is true, or the value of a count."""
    variable = words.model.variable(name)
    if variable.kind != "flag":
        return _subject(variable, words)
    if variable.says:
        return _filled(variable.says, False, variable.owner, "true", words)
    own = spaced(variable.name.removeprefix(f"{variable.owner}."))
    return f"{_title(variable.owner, words)} {own}" if variable.owner else own


def _subject(variable: Variable, words: _Words) -> str:
    return words.titles.of("variable", variable.name)


def _title(name: str, words: _Words) -> str:
    """An actor or a treaty by the name a reader sees, anything else as words."""
    return words.titles.owner(name)
