"""What the decoding of one scenario shares: the names known so far, and what was wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.errors import unknown
from sim.expressions import Kind, Reader, Vocabulary, one_line
from sim.model.delays import Delay
from sim.model.expressions import Expression
from sim.source import tree
from sim.source.diagnostics import Diagnostics
from sim.source.tree import KeyPath, Scalar, entry_of, keys, path_text, place_of

_SECTION_OF = {"actor": "actors", "source": "sources", "ladder": "ladders"}


@dataclass(frozen=True, slots=True)
class NamedTransition:
    """A transition that can be named in `on`: its options, and what it was before for_each."""

    options: tuple[str, ...] = ()
    template: str = ""
    fillings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number in a rule's delay, odds or speed, as it was written."""

    path: KeyPath
    text: str


@dataclass(frozen=True, slots=True)
class NamedDelay:
    """A decoded named delay; `parts` and `depth` once all names in it are filled in."""

    delay: Delay
    parts: int
    depth: int


@dataclass(slots=True, kw_only=True)
class Context:
    """The names and numbers a document has given so far, filled section by section.

    The order in which a document is decoded (see `document.decode`) makes sure that whatever an
    expression may read is here before the expression is.
    """

    diagnostics: Diagnostics
    start: date | None = None
    horizon: float | None = None  # seconds
    horizon_text: str = ""
    ladders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: dict[KeyPath, Any] = field(default_factory=dict)  # of actors, decoded before them
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    delays: dict[str, NamedDelay | None] = field(default_factory=dict)  # None: it is broken
    delays_in_progress: list[str] = field(
        default_factory=list
    )  # those being decoded, outermost first
    rationalities: dict[str, Expression] = field(default_factory=dict)  # of actors, where given
    named_transitions: Mapping[str, NamedTransition] = field(
        default_factory=dict
    )  # what `on` can name
    bound_at_start: frozenset[str] = frozenset()  # `<treaty>.binds` that never fire
    statuses: frozenset[str] = frozenset()  # the treaties' variables
    unreadable: set[str] = field(default_factory=set)  # sections that are wrong as a whole
    damaged: set[KeyPath] = field(default_factory=set)  # things with a problem in or below them
    conditions: dict[KeyPath, Expression] = field(default_factory=dict)  # in order of decoding
    numbers: list[WrittenNumber] = field(default_factory=list)

    @property
    def tree(self) -> tree.Mapping:
        """The whole source tree, files put together and copies made."""
        return self.diagnostics.tree

    def problem(self, path: KeyPath, text: str, *, key: bool = False) -> None:
        """Note something to mend."""
        self.diagnostics.problem(path, text, key=key)

    def in_section(self, section: str) -> list[str]:
        """The names in a section, of broken things too, in the order of the file."""
        return keys(self.tree, section)

    def check_reference(self, what: str, name: str, known: Collection[str], path: KeyPath) -> bool:
        """Whether a name exists; noted if not, unless its section cannot be read at all."""
        if name in known:
            return True
        if _SECTION_OF.get(what) not in self.unreadable:
            self.problem(path, unknown(what, name, known))
        return False

    def is_damaged(self, path: KeyPath) -> bool:
        """Whether there is a problem in something at, above or below a path."""
        return any(other[: len(path)] == path[: len(other)] for other in self.damaged)

    def origin(self, path: KeyPath) -> str:
        """What a rule is called in the file, before for_each: `moves`, `events` by their key."""
        entry = entry_of(self.tree, path)
        name = entry.origin if entry and entry.origin else str(path[-1])
        return f"{path[1]}.{name}" if path[0] == "treaties" else name

    def where(self, path: KeyPath) -> str:
        """A place and a path, for errors that come up while a scenario runs."""
        return f"{place_of(self.tree, path)}: {path_text(path)}"

    def expression(
        self,
        written: str | float | bool,
        path: KeyPath,
        kind: Kind,
        *,
        outcomes: bool = False,
    ) -> Expression | None:
        """An expression of a kind, or None with its mistakes noted."""
        text = one_line(written)
        reader = Reader(self.vocabulary, outcomes)
        node = reader.read_as(text, kind)
        for mistake in reader.mistakes:
            self.problem(path, mistake)
        return None if node is None else Expression(node, text, self.where(path))


def scalar_value(node: tree.Node) -> str | float | bool | None:
    """The text, number or truth value of a scalar that may be an expression; None of all else."""
    if not isinstance(node, Scalar):
        return None
    if isinstance(node.value, str) and not node.value.strip():
        return None
    return node.value
