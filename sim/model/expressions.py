"""What a condition or a number says about the state: small frozen trees, and a closure for each.

Values: a level is its position, a flag or condition is true or false, everything else is a float.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

State = Sequence[int]
Values = Sequence[
    float
]  # of the parameters in the model's order; plain floats, so that x / 0 raises
Marks = Sequence[bool]  # which outcomes have happened by now, in the model's order
Evaluator = Callable[[State, Values, Marks], float]


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

    node: Node
    text: str
    where: str = field(default="", compare=False)  # "file:line:column: path", for run-time errors

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Names:
    """At which position of the state, the values and the marks each name stands."""

    variables: Mapping[str, int]
    parameters: Mapping[str, int]
    outcomes: Mapping[str, int]


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


def odds(probability: float, *factors: float) -> float:
    """The probability whose odds are the given one's times every factor; stays within [0, 1].

    With F the product of the factors: p F / (1 - p + p F). Certainty times a factor of 0 has no
    defined odds and stays as it was.
    """
    if not 0 <= probability <= 1:
        raise ArithmeticError(f"odds of {probability:g}, which is no probability")
    # the factors first and the probability last: `tables` multiplies in the same order
    total = 1.0
    for factor in factors:
        if factor < 0:
            raise ArithmeticError(f"odds times {factor:g}, which is negative")
        total = total * factor
    share = probability * total
    whole = (1 - probability) + share
    return share / whole if whole > 0 else probability


COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
COMBINE: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
CALL: Mapping[str, Callable[..., float]] = {"min": min, "max": max, "odds": odds}


def evaluator(node: Node, names: Names) -> Evaluator:
    """A closure (state, values, marks) -> value.

    Raises ArithmeticError where the expression has no value there: a division by zero, or odds of
    something that is no probability.
    """
    # Closures of closures: the tree is walked once, not at each evaluation.
    match node:
        case Constant(value, _):
            return lambda state, values, marks: value
        case StateOf(name):
            at = names.variables[name]
            return lambda state, values, marks: state[at]
        case ParameterOf(name):
            at = names.parameters[name]
            return lambda state, values, marks: values[at]
        case Happened(name):
            at = names.outcomes[name]
            return lambda state, values, marks: marks[at]
    return _joined(node, [evaluator(child, names) for child in children(node)])


def _joined(node: Node, below: Sequence[Evaluator]) -> Evaluator:
    """The closure of a tree, from those of the trees directly below it."""
    first = below[0]
    match node:
        case Fact():
            return first
        case Not():
            return lambda state, values, marks: not first(state, values, marks)
        case Negative():
            return lambda state, values, marks: -first(state, values, marks)
        case Logic(op, _):
            # what stands behind a part that decides may have no value: `any`, `all` stop before
            decides = op == "or"
            return lambda state, values, marks: (
                any(part(state, values, marks) for part in below)
                if decides
                else all(part(state, values, marks) for part in below)
            )
        case IfElse():
            _, then, otherwise = below
            return lambda state, values, marks: (
                then(state, values, marks)
                if first(state, values, marks)
                else otherwise(state, values, marks)
            )
        case Call(function, _):
            call = CALL[function]
            return lambda state, values, marks: call(*[p(state, values, marks) for p in below])
        case Arithmetic(op, _, _):
            combine, second = COMBINE[op], below[1]
            return lambda state, values, marks: combine(
                first(state, values, marks), second(state, values, marks)
            )
        case Comparison(op, _, _):
            compare, second = COMPARE[op], below[1]
            return lambda state, values, marks: compare(
                first(state, values, marks), second(state, values, marks)
            )
    raise AssertionError(f"no closure for {node!r}")
