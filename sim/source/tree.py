"""The source tree: mappings, sequences and scalars of a file, each with its place.

Everything that rewrites a file before it is understood (extends, remove, include, for_each) works
on this tree, so that a problem found much later still points at the line the author wrote.
"""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from sim.errors import Place

KeyPath = tuple[str | int, ...]  # such as ("moves", "north_presses", "on", 0)
Plain = bool | int | float | str | list["Plain"] | dict[str, "Plain"] | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, truth value or nothing; `text` is how it was written, without quotes."""

    value: bool | int | float | str | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value; `place` is the key's."""

    place: Place
    value: "Node"
    origin: str = ""  # the key before for_each
    fillings: dict[str, str] = field(default_factory=dict)  # of for_each: placeholder -> word


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    entries: MappingOf[str, Entry]
    place: Place

    def get(self, key: str) -> "Node | None":
        """The value of a key, if it is there."""
        entry = self.entries.get(key)
        return entry.value if entry else None


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Plain:
    """The tree without places: dictionaries, lists and values."""
    match node:
        case Scalar(value, _, _):
            return value
        case Sequence(items, _):
            return [plain(item) for item in items]
        case Mapping(entries, _):
            return {key: plain(entry.value) for key, entry in entries.items()}


def path_text(path: KeyPath) -> str:
    """A path as an author reads it: `treaties.north_pact.parties[1]`."""
    text = ""
    for step in path:
        if isinstance(step, str) and not step.isprintable():
            step = repr(step)[1:-1]  # a key with a line break would break a message
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def place_of(node: Node, path: KeyPath, *, key: bool = False) -> Place:
    """The place of a path's value, or of its key; the last place found if the path ends early.

    A mapping begins at its first key, which is not where an author would look, so the place of a
    mapping is always that of its own key.
    """
    place = node.place
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
            entry = node.entries[step]
            node = entry.value
            place = entry.place if key or isinstance(node, Mapping) else node.place  # see above
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            break
    return place


def entry_of(node: Node | None, path: KeyPath) -> Entry | None:
    """The entry at a path of keys, or None."""
    entry = None
    for step in path:
        entry = node.entries.get(str(step)) if isinstance(node, Mapping) else None
        if entry is None:
            return None
        node = entry.value
    return entry


def entries(node: Node | None) -> Iterator[tuple[str, Entry]]:
    """The entries of a mapping; none of anything else."""
    if isinstance(node, Mapping):
        yield from node.entries.items()


def keys(node: Node | None, *path: str) -> list[str]:
    """The keys of the mapping at a path, in order; none if there is no mapping."""
    for step in path:
        node = node.get(step) if isinstance(node, Mapping) else None
    return [name for name, _ in entries(node)]
