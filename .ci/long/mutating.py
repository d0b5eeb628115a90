"""Small changes of Python code: every place where one can be made, and what stands there then.

An operator is a function from a node to the nodes that may stand in its place. Text in f-strings
has no places of its own before Python 3.12, and is left alone; so are annotations and docstrings.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """One change: the file, where in it, and the text that stands there instead."""

    file: str
    line: int  # of the node, from 1
    statement: int  # the line on which its statement begins
    begin: int  # bytes from the beginning of the file
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The source with this change made."""
        raw = source.encode()
        return (raw[: self.begin] + self.text.encode() + raw[self.end :]).decode()


def sites(file: Path, root: Path) -> list[Site]:
    """Every change that can be made in a file, from its top; none leaves the text as it was."""
    source = file.read_text(encoding="utf-8")
    starts = [0]
    for row in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    found = []
    for node, statement in _nodes(ast.parse(source)):
        for place, other in _others(node):
            begin = starts[place.lineno - 1] + place.col_offset
            end = starts[place.end_lineno - 1] + place.end_col_offset
            text = ast.unparse(ast.fix_missing_locations(other))
            if isinstance(place, ast.expr):
                text = f"({text})"  # whatever stands around it
            where = file.relative_to(root).as_posix()
            found.append(Site(where, place.lineno, statement, begin, end, text))
    return found


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, int]]:
    """The nodes that may be changed, each with the line of its statement."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, line = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        line = node.lineno if isinstance(node, ast.stmt) else line
        if isinstance(node, ast.expr | ast.stmt):
            yield node, line
        waiting += [(child, line) for child in reversed(list(_changeable(node)))]


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a node, but for what no test of behaviour can see.

    That is: f-strings, annotations, docstrings, imports, type checks, `frozen` and its like in
    decorators, and `strict` of `zip`, which guards against mistakes that are not there.
    """
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not text:
                yield child


def _others(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, ast.AST]]:
    """What may stand in a node's place, or in that of its condition."""
    match node:
        case ast.If(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare):
            yield test, ast.UnaryOp(ast.Not(), test)  # a comparison is turned round itself
        case ast.expr() | ast.stmt():
            yield from ((node, other) for other in _instead(node))


def _instead(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op, *_]):
            yield _with(node, ops=[COMPARISONS[type(op)](), *node.ops[1:]])
        case ast.BinOp(op=op, left=left) if type(op) in ARITHMETIC and not _is_text(left):
            yield _with(node, op=ARITHMETIC[type(op)]())
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield _with(node, values=values[:-1]) if len(values) > 2 else values[0]
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield _with(node, body=orelse, orelse=body)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Return(value=value) if value is not None and ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other
