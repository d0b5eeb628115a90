"""An expression as a reader would say it: "the ally holds Southland to be the attacker".

A variable may bring its own template (`says`); for conventional names a small table of idioms
knows one; all others are said plainly. Facts are said by their name.
"""

from collections.abc import Mapping

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
_IDIOMS: Mapping[str, str] = {  # by the variable's own name, for ==
    "reads_attacker": "<owner> holds <level> to be the attacker",
    "blames": "<owner> blames <level>",
}
_SPECIAL: Mapping[tuple[str, str], tuple[str, str]] = {  # (name, level): for == and for !=
    ("reads_attacker", "unclear"): (
        "<owner> has not made up its mind who attacked",
        "<owner> has made up its mind who attacked",
    ),
    ("reads_attacker", "both"): (
        "<owner> holds both sides to be attackers",
        "<owner> does not hold both sides to be attackers",
    ),
}
_NEGATED: Mapping[str, str] = {
    "reads_attacker": "<owner> does not hold <level> to be the attacker",
    "blames": "<owner> does not blame <level>",
}
_CLAUSE: Mapping[tuple[str, str], str] = {
    ("==", "dormant"): "has not been called",
    ("!=", "dormant"): "has been called",
    (">", "dormant"): "has been called",
    ("==", "invoked"): "has been called and not yet answered",
    (">", "invoked"): "has been answered",
}


def words(expression: Expression, model: Model) -> str:
    """A condition or a number in words."""
    return _say(expression.node, model)


def spaced(name: str) -> str:
    """A name as words: `limited_war` is "limited war"."""
    return name.replace("_", " ").replace(".", " ")


def _say(node: Node, model: Model) -> str:
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
            return _denied(of, model)
        case Negative(of):
            return f"-{_within(of, model)}"
        case Logic(op, parts):
            return f" {op} ".join(_joined(part, op, model) for part in parts)
        case Comparison():
            return _compared(node, model)
        case IfElse(condition, then, otherwise):
            test = _say(condition, model)
            return f"{_say(then, model)} if {test}, else {_say(otherwise, model)}"
        case Arithmetic(op, left, right):
            return f"{_within(left, model)} {op} {_within(right, model)}"
        case Call(function, arguments):
            return f"{function}({', '.join(_say(part, model) for part in arguments)})"


def _within(node: Node, model: Model) -> str:
    """A part of a sum, in parentheses where it is none of the simplest."""
    said = _say(node, model)
    return f"({said})" if isinstance(node, (Arithmetic, IfElse, Logic, Comparison)) else said


def _joined(node: Node, op: str, model: Model) -> str:
    said = _say(node, model)
    return f"({said})" if isinstance(node, Logic) and node.op != op else said


def _denied(node: Node, model: Model) -> str:
    match node:
        case StateOf(name):
            variable = model.variable(name)
            return f"not {_flag(name, model)}" if variable.owner else f"no {spaced(name)}"
        case Comparison("==", left, right):
            return _compared(Comparison("!=", left, right), model)
        case Comparison("!=", left, right):
            return _compared(Comparison("==", left, right), model)
        case Logic():
            return f"not ({_say(node, model)})"
        case _:
            return f"not {_say(node, model)}"


def _compared(node: Comparison, model: Model) -> str:
    left, right, sign = node.left, node.right, node.op
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right, sign = right, left, _MIRRORED[sign]  # type: ignore[assignment]
    if isinstance(left, StateOf):
        variable = model.variable(left.name)
        if variable.kind == "levels" and isinstance(right, Constant):
            return _level(variable, sign, right.text, model)
        return f"{_subject(variable, model)} {_SIGNS[sign]} {_object(right, model)}"
    return f"{_say(left, model)} {_SIGNS[sign]} {_object(right, model)}"


def _object(node: Node, model: Model) -> str:
    if isinstance(node, StateOf):
        return _subject(model.variable(node.name), model)
    return spaced(node.text) if isinstance(node, Constant) else _within(node, model)


def _level(variable: Variable, sign: str, level: str, model: Model) -> str:
    """A variable compared with one of its levels."""
    own = _own_name(variable)
    if f"{variable.owner}.binds" in model.names.variables:
        known = _CLAUSE.get((sign, level))
        answered = f"was answered with {spaced(level)}" if sign == "==" else None
        said = known or answered or f"{_SIGNS[sign]} {spaced(level)}"
        return f"{spaced(own)} of {spaced(variable.owner)} {said}"
    template = None
    if variable.says:
        template = variable.says if sign == "==" else None
        if sign == "!=":
            template = f"it is not so that {variable.says}"
    elif sign in ("==", "!="):
        special = _SPECIAL.get((own, level))
        idioms = _IDIOMS if sign == "==" else _NEGATED
        template = special[sign == "!="] if special else idioms.get(own)
    if template is None:
        return f"{_subject(variable, model)} {_SIGNS[sign]} {_called(level, model)}"
    owner = _called(variable.owner or variable.name, model)
    return template.replace("<owner>", owner).replace("<level>", _called(level, model))


def _flag(name: str, model: Model) -> str:
    """A flag that is true, or the value of a count."""
    variable = model.variable(name)
    if variable.kind != "flag":
        return _subject(variable, model)
    if variable.says:
        return variable.says.replace("<owner>", _called(variable.owner, model))
    own = spaced(_own_name(variable))
    return f"{_called(variable.owner, model)} {own}" if variable.owner else own


def _subject(variable: Variable, model: Model) -> str:
    own = spaced(_own_name(variable))
    return f"{own} of {_called(variable.owner, model)}" if variable.owner else own


def _own_name(variable: Variable) -> str:
    """Without the owner: `reads_attacker` of `ally.reads_attacker`."""
    return variable.name.removeprefix(f"{variable.owner}.") if variable.owner else variable.name


def _called(name: str, model: Model) -> str:
    """An actor by the name a reader sees, anything else as words."""
    title = next((actor.title for actor in model.actors if actor.name == name), "")
    return title or spaced(name)
