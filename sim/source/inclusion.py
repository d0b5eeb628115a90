"""What included files add to a scenario: their declarations, section by section.

A file of sources alone may leave out the key `sources`. Parts come in the order in which they are
included, and before what the scenario itself declares, so that a file may be cut into parts without
a change of order (which decides between clocks due at the same instant).
"""

from collections.abc import Iterator

from sim.errors import Problem
from sim.source.tree import Entry, Mapping, Node, entries, keys

_NO_SOURCES = "must be a block of sources, `name: {cite: who wrote what}`"


def sections(part: Mapping) -> Mapping:
    """The sections of an included file, which may be a bare list of sources."""
    bare = "sources" not in part.entries and any(
        "cite" in keys(entry.value) for entry in part.entries.values()
    )
    if not bare and part.entries:
        return part
    return Mapping({"sources": Entry(part.place, part)}, part.place)


def add(made: Mapping, part: Mapping, problems: list[Problem]) -> Mapping:
    """The sections `made` so far with those of one more file after them.

    A name that was declared before is a problem; the later one is reported.
    """
    together = dict(made.entries)
    for key, entry in part.entries.items():
        known = together.get(key)
        if not isinstance(entry.value, Mapping):
            problems += _not_a_section(key, entry)
        elif known is None or not isinstance(known.value, Mapping):
            together[key] = entry
        else:
            problems += _twice(key, known.value, entry.value)
            both = {**known.value.entries, **entry.value.entries}
            together[key] = Entry(known.place, Mapping(both, known.value.place))
    return Mapping(together, made.place)


def before(included: Mapping, own: Mapping, problems: list[Problem]) -> Mapping:
    """A scenario's own tree with what it includes before its own declarations."""
    together = {}
    for key, entry in own.entries.items():
        below = included.get(key)
        if not isinstance(below, Mapping) or not isinstance(entry.value, Mapping):
            together[key] = entry  # a wrong form is reported when the section is decoded
            continue
        problems += _twice(key, below, entry.value)
        both = Mapping({**below.entries, **entry.value.entries}, entry.value.place)
        together[key] = Entry(entry.place, both)
    rest = {key: entry for key, entry in included.entries.items() if key not in own.entries}
    return Mapping({**together, **rest}, own.place)


def _not_a_section(key: str, entry: Entry) -> Iterator[Problem]:
    if key == "sources":
        yield Problem(place=entry.value.place, path="sources", text=_NO_SOURCES)
        return
    text = "stands in the scenario itself; an included file can contain sections only, as `moves`"
    yield Problem(place=entry.place, path=key, text=text)


def _twice(section: str, known: Node, more: Node) -> Iterator[Problem]:
    before = dict(entries(known))
    for name, entry in entries(more):
        if name in before:
            text = f"the name {name!r} is used twice: {before[name].place.file} has it"
            yield Problem(place=entry.place, path=f"{section}.{name}", text=text)
