"""Reading expressions: every part of the parsed text is checked and given a type.

All mistakes of one expression are collected, in reading order.
"""

import ast
from dataclasses import dataclass, field
from typing import Literal, cast

from sim.errors import unknown
from sim.expressions.comparisons import comparison
from sim.expressions.syntax import MAX_LENGTH, Mistake, dotted, expanded_size, parse, text_of
from sim.expressions.types import KINDS, TIMES, Kind, Typed, mismatch
from sim.expressions.vocabulary import Vocabulary
from sim.model.expressions import (
    Arithmetic,
    Call,
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

Function = Literal["min", "max", "odds"]
_FUNCTIONS = ("min", "max", "odds")
_COMBINE: dict[type[ast.operator], Literal["+", "-", "*", "/"]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_KIND_OF_VARIABLE: dict[str, Kind] = {"levels": "levels", "flag": "condition", "count": "number"}


@dataclass(slots=True)
class Reader:
    """Reads one expression and collects its mistakes.

    A part that names an invalid declaration gives None without a mistake here, since that is
    reported where it is declared.
    """

    vocabulary: Vocabulary
    outcomes: bool = False  # may outcomes be read here?
    mistakes: list[str] = field(default_factory=list)
    length: int = field(default=MAX_LENGTH, kw_only=True)  # of a text, in characters

    def read(self, text: str) -> Typed | None:
        """The tree of a text, or None."""
        try:
            if self.vocabulary.lengths:  # with facts: their lengths count, too
                expanded_size(text, self.vocabulary.lengths)
            return self.tree(parse(text, self.length))
        except Mistake as mistake:
            self.add_mistake(str(mistake))
            return None
        except RecursionError:  # far below the limit of depth; for deep stacks of callers
            self.add_mistake("is too deeply nested; name its parts as facts")
            return None

    def read_as(self, text: str, kind: Kind) -> Node | None:
        """The tree of a text that must give a condition, a number or a duration."""
        typed = self.read(text)
        return self._of_kind(typed, kind, text) if typed else None

    def add_mistake(self, message: str) -> None:
        """Report a mistake, once."""
        if message not in self.mistakes:  # `x + x` with an unknown x
            self.mistakes.append(message)

    def is_invalid(self, name: str) -> bool:
        """Whether a name is declared, but its declaration is invalid."""
        words = self.vocabulary
        # an unknown name may belong to a section that is invalid
        if words.partial and self.known(name) is None and name not in words.outcomes:
            return True
        return name in words.invalid or (name in words.facts and words.facts[name] is None)

    def owners(self, level: str) -> list[str]:
        """Variables and parameters that have a level of this name."""
        return self.vocabulary.owners_of(level)

    def is_level(self, name: str) -> bool:
        """Whether something has a level of this name."""
        return bool(self.vocabulary.owners_of(name))

    def tree(self, node: ast.expr) -> Typed | None:
        """The tree of a parsed expression."""
        match node:
            # not texts, None, ...
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                return Typed(Constant(float(value), repr(value)), "number")
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.BoolOp(op, values):
                return self._logic("and" if isinstance(op, ast.And) else "or", values)
            case ast.UnaryOp(ast.Not(), operand):
                of = self._expect(operand, "condition")
                return Typed(Not(of), "condition") if of else None
            case ast.UnaryOp(ast.USub(), operand):
                return self._negative(operand)
            case ast.UnaryOp(ast.UAdd(), operand):  # +3
                return self.tree(operand)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.Compare():
                return self._comparisons(node)
            case ast.IfExp():
                return self._if_else(node)
            case ast.Call():
                return self._call(node)
        self.add_mistake(f"{text_of(node)!r} is not allowed here")
        return None

    def known(self, name: str) -> Typed | None:
        """The value that a name stands for; None if the name is unknown here."""
        words = self.vocabulary
        if name in words.variables:
            variable = words.variables[name]
            kind = _KIND_OF_VARIABLE[variable.kind]
            return Typed(StateOf(name), kind, variable.levels if kind == "levels" else ())
        if name in words.parameters:
            parameter = words.parameters[name]
            if parameter.distribution.levels:  # choices: no order
                return Typed(ParameterOf(name), "levels", parameter.distribution.levels, False)
            return Typed(ParameterOf(name), "time" if parameter.time else "number")
        condition = words.facts.get(name)
        if condition is not None:
            return Typed(Fact(name, condition), "condition")
        if name in words.outcomes and self.outcomes:  # rule 10: not in guards
            return Typed(Happened(name), "condition")
        return None

    def _expect(self, node: ast.expr, kind: Kind) -> Node | None:
        typed = self.tree(node)
        if typed is None or typed.kind == kind:
            return typed.node if typed else None
        return self._of_kind(typed, kind, text_of(node))

    def _number(self, typed: Typed, node: ast.expr) -> Node | None:
        if typed.kind == "number":
            return typed.node
        return self._of_kind(typed, "number", text_of(node))

    def _of_kind(self, typed: Typed, kind: Kind, text: str) -> Node | None:
        if typed.kind == kind:
            return typed.node
        self.add_mistake(mismatch(typed, kind, text))
        return None

    def _name(self, node: ast.expr) -> Typed | None:
        name = dotted(node)
        if name is None:
            self.add_mistake(f"{text_of(node)!r} is not allowed here")
            return None
        if name in ("true", "false"):  # Python's own are True and False
            return Typed(Constant(1.0 if name == "true" else 0.0, name), "condition")
        typed = self.known(name)
        if typed is None and not self.is_invalid(name):
            self.add_mistake(self._unknown(name))
        return typed

    def _unknown(self, name: str) -> str:
        words = self.vocabulary
        if name in words.outcomes:
            here = "only stop_when, endings and outcomes can read outcomes"
            return f"{name!r} is an outcome; {here}"
        # a level without its variable: a frequent mistake
        owners = words.owners_of(name)
        if owners:
            return f"{name!r} is a level; compare a variable with it, as in `{owners[0]} == {name}`"
        if name in words.delays:
            return f"{name!r} is a delay, which an expression cannot read"
        if name in words.unreadable:
            message = f"{name!r} is {words.unreadable[name]}, which no expression can read"
            return message + self._instead(name)
        return unknown("name", name, words.known(outcomes=self.outcomes))

    def _instead(self, name: str) -> str:
        """What to write for something that happens, at the end of a message about its name."""
        rule, _, option = name.rpartition(".")
        if rule in self.vocabulary.variables:  # a clause: its status is a variable
            return f"; compare its status, as in `{rule} == {option}`"
        if {rule, name} & self.vocabulary.triggers:
            return f"; a clock that waits for it is written `on: {name}`"
        return ""

    def _logic(self, word: Literal["and", "or"], values: list[ast.expr]) -> Typed | None:
        # All parts are read, also after a mistake: an author wants to hear of all of them at once.
        parts = _all_or_none([self._expect(value, "condition") for value in values])
        return Typed(Logic(word, parts), "condition") if parts else None

    def _negative(self, operand: ast.expr) -> Typed | None:
        of = self.tree(operand)
        if of is None:
            return None
        if of.kind == "time":
            return Typed(Negative(of.node), "time")
        node = self._number(of, operand)
        return Typed(Negative(node), "number") if node else None

    def _arithmetic(self, node: ast.BinOp) -> Typed | None:
        op = _COMBINE.get(type(node.op))
        left, right = self.tree(node.left), self.tree(node.right)  # both, for their mistakes
        if op is None:
            self.add_mistake(f"{text_of(node)!r}: only + - * / are allowed")
            return None
        if left is None or right is None:
            return None
        if "time" in (left.kind, right.kind):  # durations have rules of their own
            kind = TIMES.get((op, left.kind, right.kind))
            if kind is None:
                message = f"{KINDS[left.kind]} {op} {KINDS[right.kind]}"
                self.add_mistake(f"{text_of(node)!r} is {message}, which is not defined")
                return None
            return Typed(Arithmetic(op, left.node, right.node), kind)
        one, two = self._number(left, node.left), self._number(right, node.right)
        return Typed(Arithmetic(op, one, two), "number") if one and two else None

    def _if_else(self, node: ast.IfExp) -> Typed | None:
        condition = self._expect(node.test, "condition")
        then, otherwise = self.tree(node.body), self.tree(node.orelse)
        if condition is None or then is None or otherwise is None:
            return None
        for part, text in ((then, node.body), (otherwise, node.orelse)):
            if part.kind == "levels":
                self.add_mistake(mismatch(part, "number", text_of(text)))
                return None
        if then.kind != otherwise.kind:
            message = f"{KINDS[then.kind]} or {KINDS[otherwise.kind]}"
            self.add_mistake(f"{text_of(node)!r} is {message}; both must have the same type")
            return None
        return Typed(IfElse(condition, then.node, otherwise.node), then.kind)

    def _call(self, node: ast.Call) -> Typed | None:
        name = dotted(node.func) or text_of(node.func)
        if name not in _FUNCTIONS:
            self.add_mistake(unknown("function", name, _FUNCTIONS))
            return None
        # as in f(a=1) or f(*a)
        if node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            self.add_mistake(f"{text_of(node)!r}: {name} takes positional arguments only")
            return None
        # Python's `max` of one argument expects a list, which does not exist here.
        if len(node.args) < 2:
            self.add_mistake(f"{text_of(node)!r}: {name} needs at least 2 arguments")
            return None
        parts = [self.tree(part) for part in node.args]
        # max(lag, 2 * lag)
        times = name != "odds" and all(part and part.kind == "time" for part in parts)
        kind: Kind = "time" if times else "number"
        nodes = _all_or_none(
            [
                self._of_kind(part, kind, text_of(text)) if part else None
                for part, text in zip(parts, node.args, strict=True)
            ]
        )
        return Typed(Call(cast(Function, name), nodes), kind) if nodes else None

    def _comparisons(self, node: ast.Compare) -> Typed | None:
        sides = [node.left, *node.comparators]
        steps = zip(sides, node.ops, sides[1:], strict=False)  # a < b < c is a < b and b < c
        parts = _all_or_none([comparison(self, left, op, right) for left, op, right in steps])
        if not parts:
            return None
        return Typed(parts[0] if len(parts) == 1 else Logic("and", parts), "condition")


def _all_or_none(parts: list[Node | None]) -> tuple[Node, ...]:
    """The parts if none is missing; else an empty tuple."""
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == len(parts) else ()
