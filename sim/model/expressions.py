"""What a condition or a number says about the state, as small frozen trees.

What a tree comes to is in `evaluation` (one state) and `tables` (many states at once).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a truth value or a level; `text` is how it was written."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class StateOf:
    """The present value of a state variable."""

    name: str


@dataclass(frozen=True, slots=True)
class ParameterOf:
    """The value a parameter has in this draw; for `choices` the position of the choice."""

    name: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Whether an outcome has happened by now."""

    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A named condition; the name is what traces show."""

    name: str
    says: "Node"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus a number."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference, product or quotient."""

    op: Literal["+", "-", "*", "/"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by `and` or by `or`; read from the left, no further than needed."""

    op: Literal["and", "or"]
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared."""

    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class IfElse:
    """`then if condition else otherwise`."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """`min`, `max`, or `odds(p, factor, ...)`."""

    function: Literal["min", "max", "odds"]
    arguments: tuple["Node", ...]


# Twelve kinds of node are enough for the whole language: facts and the words of the file have been
# replaced by these when a scenario is loaded. An engine that reads all twelve reads any scenario.
Node = (
    Constant
    | StateOf
    | ParameterOf
    | Happened
    | Fact
    | Not
    | Negative
    | Arithmetic
    | Logic
    | Comparison
    | IfElse
    | Call
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A tree together with the text it came from and where that stands in the scenario."""

    # equality is that of tree and text, not of meaning: `a > b` and `b < a` are two expressions
    node: Node
    text: str
    where: str = field(default="", compare=False)  # "file:line:column: path", for run-time errors

    def __str__(self) -> str:
        return self.text


# A table and not a method of each node: the nodes stay data, and a loop over them stays a loop.
_BELOW: Mapping[type, Callable[[Any], tuple[Node, ...]]] = {
    Fact: lambda node: (node.says,),
    Not: lambda node: (node.of,),
    Negative: lambda node: (node.of,),
    Arithmetic: lambda node: (node.left, node.right),
    Comparison: lambda node: (node.left, node.right),
    Logic: lambda node: node.parts,
    IfElse: lambda node: (node.condition, node.then, node.otherwise),
    Call: lambda node: node.arguments,
}


def children(node: Node) -> tuple[Node, ...]:
    """The trees directly below this one, in the order they are read."""
    below = _BELOW.get(type(node))
    return below(node) if below else ()


def walk(node: Node) -> Iterator[Node]:
    """This node and every node below it, in reading order."""
    waiting = [node]  # a stack, not recursion: a file may nest as deep as the parser lets it
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(children(part)))


def variables_read(node: Node) -> tuple[str, ...]:
    """Names of the state variables a tree reads, each once, in reading order."""
    return _names_of(node, StateOf)


def parameters_read(node: Node) -> tuple[str, ...]:
    """Names of the parameters a tree reads, each once, in reading order."""
    return _names_of(node, ParameterOf)


def outcomes_read(node: Node) -> tuple[str, ...]:
    """Names of the outcomes a tree reads, each once, in reading order."""
    return _names_of(node, Happened)


def _names_of(node: Node, kind: type[StateOf | ParameterOf | Happened]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:  # `walk`, without its generator: a check asks this tens of thousands of times
        part = waiting.pop()
        if type(part) is kind:
            found[part.name] = None
        elif below := _BELOW.get(type(part)):
            waiting += below(part)[::-1]
    return tuple(found)
