"""Rendering: from a tree to its text, with facts expanded and only the parentheses it needs."""

from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
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

# How strongly the operators bind, weakest first, as in Python's grammar.
_IF, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _MINUS, _ATOM = range(9)


def rendered(node: Node) -> str:
    """The text, which reads back as the same tree."""
    return _render(node)[0]


def _render(node: Node) -> tuple[str, int]:
    """The text, and how strongly its outermost operator binds."""
    match node:
        case Constant(value, text):
            # a level by its name
            number = text if text.isidentifier() else repr(value).removesuffix(".0")
            return (number, _ATOM) if value >= 0 else (number, _MINUS)  # -1 is two tokens
        case StateOf(name) | ParameterOf(name) | Happened(name):
            return name, _ATOM
        case Fact(_, says):
            return _render(says)  # expanded: the form has no facts
        case Not(of):
            return f"not {_inside(of, _NOT)}", _NOT
        case Negative(of):
            return f"-{_inside(of, _MINUS)}", _MINUS
        case Arithmetic(op, left, right):
            binds = _SUM if op in "+-" else _PRODUCT
            # left to right: a - (b - c) keeps its parentheses, (a - b) - c has none
            return f"{_inside(left, binds)} {op} {_inside(right, binds + 1)}", binds
        case Logic(op, parts):
            binds = _OR if op == "or" else _AND
            # a nested `and` stays nested: the same tree
            return f" {op} ".join(_inside(part, binds + 1) for part in parts), binds
        case Comparison(op, left, right):
            # comparisons do not nest
            return f"{_inside(left, _SUM)} {op} {_inside(right, _SUM)}", _COMPARE
        case IfElse(condition, then, otherwise):
            test = f"{_inside(then, _OR)} if {_inside(condition, _OR)}"
            return f"{test} else {_inside(otherwise, _IF)}", _IF
        case Call(function, arguments):
            return f"{function}({', '.join(rendered(part) for part in arguments)})", _ATOM


def _inside(node: Node, least: int) -> str:
    text, binds = _render(node)
    return text if binds >= least else f"({text})"
