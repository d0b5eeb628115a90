"""What stands in a scenario file: blocks, series and scalars, each knowing its place.

Everything that rewrites a file before it is understood (extends, remove, include, for_each) works
on this tree, so that a problem found much later still points at the line the author wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sim.errors import Place

Route = tuple[str | int, ...]  # the way to something: ("moves", "north_presses", "on", 0)
Plain = bool | int | float | str | list["Plain"] | dict[str, "Plain"] | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word, number, truth value or nothing; `text` is how it was written, without quotes."""

    value: bool | int | float | str | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Series:
    """A list."""

    items: tuple["Written", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and what belongs to it; `place` is the key's."""

    place: Place
    value: "Written"
    origin: str = ""  # the key before for_each filled it in
    fillings: Mapping[str, str] = field(default_factory=dict)  # by for_each: placeholder -> filling


@dataclass(frozen=True, slots=True)
class Block:
    """Keys and what belongs to them, in the order of the file."""

    entries: Mapping[str, Entry]
    place: Place

    def get(self, key: str) -> "Written | None":
        """What belongs to a key, if it is there."""
        entry = self.entries.get(key)
        return entry.value if entry else None


Written = Scalar | Series | Block


def plain(written: Written) -> Plain:
    """The same without places: dictionaries, lists and scalar values."""
    match written:
        case Scalar(value, _, _):
            return value
        case Series(items, _):
            return [plain(item) for item in items]
        case Block(entries, _):
            return {key: plain(entry.value) for key, entry in entries.items()}


def spelled(route: Route) -> str:
    """A route as an author reads it: `treaties.north_pact.parties[1]`."""
    text = ""
    for step in route:
        if isinstance(step, str) and not step.isprintable():
            step = repr(step)[1:-1]
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def place_of(written: Written, route: Route, *, key: bool = False) -> Place:
    """Where a route leads: the value's place, or its key's; the last place known on the way."""
    place = written.place
    for depth, step in enumerate(route):
        if isinstance(written, Block) and isinstance(step, str) and step in written.entries:
            entry = written.entries[step]
            written = entry.value
            at_key = key or isinstance(written, Block)
            place = entry.place if at_key else written.place
        elif isinstance(written, Series) and isinstance(step, int) and step < len(written.items):
            written = written.items[step]
            place = written.place
        else:
            return place
        if depth == len(route) - 1:
            return place
    return place


def entry_of(written: Written | None, route: Route) -> Entry | None:
    """The entry a route of keys leads to, if it is there."""
    entry = None
    for step in route:
        entry = written.entries.get(str(step)) if isinstance(written, Block) else None
        if entry is None:
            return None
        written = entry.value
    return entry


def entries(written: Written | None) -> Iterator[tuple[str, Entry]]:
    """The entries of a block; none of anything else."""
    if isinstance(written, Block):
        yield from written.entries.items()
