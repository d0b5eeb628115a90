"""The context of decoding one scenario: the names declared so far, and the diagnostics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.decoding import context as decoding
from sim.expressions import Kind, Reader, Vocabulary, one_line
from sim.model.delays import Delay
from sim.model.expressions import Expression
from sim.source import tree
from sim.source.tree import KeyPath, Scalar


@dataclass(frozen=True, slots=True)
class NamedTransition:
    """A transition that can be named in `on`: its options, and its name before for_each."""

    options: tuple[str, ...] = ()
    template: str = ""
    fillings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it was written in the delay, option or speed of a rule."""

    path: KeyPath
    text: str


@dataclass(frozen=True, slots=True)
class NamedDelay:
    """A decoded named delay; `parts` and `depth` are its size with all names replaced."""

    delay: Delay
    parts: int
    depth: int


@dataclass(slots=True, kw_only=True)
class Context(decoding.Context):
    """The names and numbers declared so far, filled section by section.

    The order of decoding (see `document.decode`) makes sure that whatever an expression may read is
    here before the expression is decoded.
    """

    # from the beginning of the file
    start: date | None = None
    horizon: float | None = None  # seconds
    horizon_text: str = ""
    ladders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: dict[KeyPath, Any] = field(default_factory=dict)  # of actors, decoded before them

    # what expressions, rules and triggers can name
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    delays: dict[str, NamedDelay | None] = field(default_factory=dict)  # None: it is invalid
    delays_in_progress: list[str] = field(default_factory=list)  # outermost first
    rationalities: dict[str, Expression] = field(default_factory=dict)  # of actors, where given
    named_transitions: Mapping[str, NamedTransition] = field(default_factory=dict)  # for `on`
    bound_at_start: frozenset[str] = frozenset()  # `<treaty>.binds` that never fire
    statuses: frozenset[str] = frozenset()  # the variables of treaties, which only they change

    # for the checks and warnings that follow
    conditions: dict[KeyPath, Expression] = field(default_factory=dict)
    paths: dict[str, KeyPath] = field(default_factory=dict)  # of expressions, by their `where`
    numbers: list[WrittenNumber] = field(default_factory=list)

    def expression(
        self,
        written: str | float | bool,
        path: KeyPath,
        kind: Kind,
        *,
        outcomes: bool = False,
    ) -> Expression | None:
        """An expression of a kind, or None with its mistakes reported."""
        text = one_line(written)
        reader = Reader(self.vocabulary, outcomes)  # the vocabulary grows while facts are read
        node = reader.read_as(text, kind)
        for mistake in reader.mistakes:
            self.problem(path, mistake)
        if node is None:
            return None
        where = self.where(path)
        # an expression carries its place as a text: by it later checks find the path in the file
        # again
        self.paths[where] = path
        return Expression(node, text, where)


def scalar_value(node: tree.Node) -> str | float | bool | None:
    """The text, number or truth value of a scalar that may be an expression; else None."""
    if not isinstance(node, Scalar):
        return None
    if isinstance(node.value, str) and not node.value.strip():  # a text of spaces
        return None
    return node.value
