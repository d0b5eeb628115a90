"""Conditions and numbers as a reader would say them, in the scenario's own phrases.

A variable may bring a phrase of its own (`says`): with `<owner>` and `<level>` filled in, `{is|is
not}` for what is said of it and of its opposite, and, behind a semicolon, other phrases for single
levels: `<owner> {holds|does not hold} <level> to blame; unclear: <owner> {has not|has} decided`.
Without a phrase a comparison is said plainly: "korea is at least clash". Facts are said by name.
"""

import re

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
    ("==", "invoked"): "has been invoked and not yet answered",
    (">", "invoked"): "has been answered",
}
_EITHER = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")  # {said of it|said of its opposite}


def phrase(expression: Expression, model: Model) -> str:
    """A condition or a number as a reader would say it, without a full stop."""
    return _phrase(expression.node, model)


def spaced(name: str) -> str:
    """A name as words: `limited_war` is "limited war"."""
    return name.replace("_", " ").replace(".", " ")


def _phrase(node: Node, model: Model) -> str:
    match node:
        case Constant(_, text):
            return text
        case StateOf(name):
            return _flag(name, model)
        case ParameterOf(name) | Fact(name, _):
            return spaced(name)
        case Happened(name):
            title = next((o.title for o in model.outcomes if o.name == name), "")
            return f"{title or spaced(name)} has happened"
        case Not(of):
            return _negated(of, model)
        case Negative(of):
            return f"-{_operand(of, model)}"
        case Logic(op, parts):
            return f" {op} ".join(_joined(part, op, model) for part in parts)
        case Comparison():
            return _compared(node, model)
        case IfElse(condition, then, otherwise):
            test = _phrase(condition, model)
            return f"{_phrase(then, model)} if {test}, else {_phrase(otherwise, model)}"
        case Arithmetic(op, left, right):
            return f"{_operand(left, model)} {op} {_operand(right, model)}"
        case Call(function, arguments):
            return f"{function}({', '.join(_phrase(part, model) for part in arguments)})"


def _operand(node: Node, model: Model) -> str:
    """A part of a sum, in parentheses where it is none of the simplest."""
    text = _phrase(node, model)
    return f"({text})" if isinstance(node, (Arithmetic, IfElse, Logic, Comparison)) else text


def _joined(node: Node, op: str, model: Model) -> str:
    """A part of an `and` or `or`: `and` within `or`, and the reverse, is put in parentheses."""
    text = _phrase(node, model)
    return f"({text})" if isinstance(node, Logic) and node.op != op else text


def _negated(node: Node, model: Model) -> str:
    match node:
        case StateOf(name):
            variable = model.variable(name)
            return f"not {_flag(name, model)}" if variable.owner else f"no {spaced(name)}"
        case Comparison("==", left, right):
            return _compared(Comparison("!=", left, right), model)
        case Comparison("!=", left, right):
            return _compared(Comparison("==", left, right), model)
        case Logic():
            return f"not ({_phrase(node, model)})"
        case _:
            return f"not {_phrase(node, model)}"


def _compared(node: Comparison, model: Model) -> str:
    left, right, sign = node.left, node.right, node.op
    if isinstance(left, Constant) and not isinstance(right, Constant):
        # the variable goes first: "5 < heat" is said as "heat is above 5"
        left, right, sign = right, left, _MIRRORED[sign]  # type: ignore[assignment]
    if isinstance(left, StateOf):
        variable = model.variable(left.name)
        if variable.kind == "levels" and isinstance(right, Constant):
            return _level(variable, sign, right.text, model)
        return f"{_subject(variable, model)} {_SIGNS[sign]} {_object(right, model)}"
    return f"{_phrase(left, model)} {_SIGNS[sign]} {_object(right, model)}"


def _object(node: Node, model: Model) -> str:
    if isinstance(node, StateOf):
        return _subject(model.variable(node.name), model)
    return spaced(node.text) if isinstance(node, Constant) else _operand(node, model)


def _level(variable: Variable, sign: str, level: str, model: Model) -> str:
    """A variable compared with one of its levels."""
    if _is_status(variable, model):
        answered = f"was answered with {spaced(level)}" if sign == "==" else None
        text = _STATUS.get((sign, level)) or answered or f"{_SIGNS[sign]} {spaced(level)}"
        return f"{spaced(_own_name(variable))} of {spaced(variable.owner)} {text}"
    template = _template(variable, level) if sign in ("==", "!=") else None
    if template is None:
        return f"{_subject(variable, model)} {_SIGNS[sign]} {_title(level, model)}"
    opposite = sign == "!="
    if opposite and not _EITHER.search(template):
        template = f"it is not so that {template}"
    return _filled(template, opposite, variable.owner or variable.name, level, model)


def _is_status(variable: Variable, model: Model) -> bool:
    """Whether the variable tells how far a treaty's clause has come."""
    if model.clauses:
        return variable.name in model.clauses
    return variable.levels[:2] == ("dormant", "invoked")  # a model made without clauses


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


def _filled(template: str, opposite: bool, owner: str, level: str, model: Model) -> str:
    """A phrase with its names put in; `opposite`: as it is said when the level is not so."""
    text = _EITHER.sub(lambda either: either[2 if opposite else 1], template)
    return text.replace("<owner>", _title(owner, model)).replace("<level>", _title(level, model))


def _flag(name: str, model: Model) -> str:
    """A flag that is true, or the value of a count."""
    variable = model.variable(name)
    if variable.kind != "flag":
        return _subject(variable, model)
    if variable.says:
        return _filled(variable.says, False, variable.owner, "true", model)
    own = spaced(_own_name(variable))
    return f"{_title(variable.owner, model)} {own}" if variable.owner else own


def _subject(variable: Variable, model: Model) -> str:
    own = spaced(_own_name(variable))
    return f"{own} of {_title(variable.owner, model)}" if variable.owner else own


def _own_name(variable: Variable) -> str:
    """Without the owner: `gate` of `japan.gate`."""
    return variable.name.removeprefix(f"{variable.owner}.") if variable.owner else variable.name


def _title(name: str, model: Model) -> str:
    """An actor by the name a reader sees, anything else as words."""
    title = next((actor.title for actor in model.actors if actor.name == name), "")
    return title or spaced(name)
