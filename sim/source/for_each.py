"""`for_each`: a declaration with placeholders, copied for each combination of words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

from sim.errors import Problem
from sim.source.diagnostics import Diagnostics
from sim.source.reading import NODES
from sim.source.scalars import core
from sim.source.tree import Entry, KeyPath, Mapping, Node, Scalar, Sequence, entries

_SECTIONS = ("parameters", "moves", "events")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FOR_READERS = ("title", "article", "about", "note")  # keys whose texts people read


def expand(diagnostics: Diagnostics) -> Diagnostics:
    """The diagnostics over a tree in which every original is replaced by its copies.

    Copies keep the places of the original, so that errors in them point at what the author wrote.
    """
    sections = dict(diagnostics.tree.entries)
    for name in _SECTIONS:
        if name in sections:
            sections[name] = _section(diagnostics, sections[name], (name,))
    treaties = sections.get("treaties")
    if treaties and isinstance(treaties.value, Mapping):
        made = {
            name: _treaty(diagnostics, entry, ("treaties", name))
            for name, entry in treaties.value.entries.items()
        }
        sections["treaties"] = replace(treaties, value=replace(treaties.value, entries=made))
    return replace(diagnostics, tree=replace(diagnostics.tree, entries=sections))


def _treaty(diagnostics: Diagnostics, treaty: Entry, path: KeyPath) -> Entry:
    clauses = treaty.value.entries.get("obligations") if isinstance(treaty.value, Mapping) else None
    if clauses is None or not isinstance(treaty.value, Mapping):
        return treaty
    filled = _section(diagnostics, clauses, (*path, "obligations"))
    with_copies = {**treaty.value.entries, "obligations": filled}
    return replace(treaty, value=replace(treaty.value, entries=with_copies))


def _section(diagnostics: Diagnostics, section: Entry, path: KeyPath) -> Entry:
    if not isinstance(section.value, Mapping):
        return section
    made: dict[str, Entry] = {}
    for name, entry in section.value.entries.items():
        below = (*path, name)
        for key, copy in _copies(diagnostics, name, entry, below):
            if key in made:
                text = f"the name {key!r} is used twice, here and in line {made[key].place.line}"
                diagnostics.problem(below, text, key=True)
            made[key] = copy
    return replace(section, value=replace(section.value, entries=made))


def _copies(
    diagnostics: Diagnostics, name: str, entry: Entry, path: KeyPath
) -> Iterator[tuple[str, Entry]]:
    """The copies of a declaration with their names; without for_each the declaration itself."""
    if not isinstance(entry.value, Mapping) or "for_each" not in entry.value.entries:
        yield name, entry
        return
    names = _names(diagnostics, entry.value.get("for_each"), (*path, "for_each"))
    # an error was reported: without its words the declaration means nothing
    if not names:
        return
    for key in names:
        if f"<{key}>" not in name and len(names[key]) > 1:  # one copy needs no new name
            text = f"the copies would all have the name {name!r}; put <{key}> into it"
            diagnostics.problem(path, text, key=True)
            return
    # checked before anything is copied: three lists of a thousand words would make 10^9 copies
    count = prod(len(values) for values in names.values())
    if count * _size(entry.value) > NODES:
        text = f"makes {count:,} copies, together more than {NODES:,} values"
        diagnostics.problem((*path, "for_each"), text)
        return
    rest = {key: part for key, part in entry.value.entries.items() if key != "for_each"}
    body = replace(entry.value, entries=rest)
    for values in product(*names.values()):  # the last placeholder varies fastest
        fillings = dict(zip(names, values, strict=True))
        in_words = {key: _called(word, diagnostics.tree) for key, word in fillings.items()}
        filled = _filled(body, fillings, diagnostics, in_words)
        yield fill(name, fillings), Entry(entry.place, filled, name, fillings)


def _names(diagnostics: Diagnostics, node: Node | None, path: KeyPath) -> dict[str, list[str]]:
    """The words of each placeholder, in order; empty, with an error reported, if invalid."""
    made: dict[str, list[str]] = {}
    if not isinstance(node, Mapping) or not node.entries:
        diagnostics.problem(path, "must be a block such as {observer: [russia, china]}")
        return {}
    for key, entry in entries(node):
        items = entry.value.items if isinstance(entry.value, Sequence) else ()
        # as written: `1`, `true`, too
        words = [item.text for item in items if isinstance(item, Scalar)]
        if not _NAME.fullmatch(key):
            diagnostics.problem((*path, key), f"{key!r} is not a valid name", key=True)
            return {}
        if not words or len(words) < len(items):
            diagnostics.problem((*path, key), "must be a list of names, at least one")
            return {}
        twice = next((word for i, word in enumerate(words) if word in words[:i]), None)
        if twice:
            diagnostics.problem((*path, key), f"{twice!r} appears twice")
            return {}
        made[key] = words
    return made


def _size(node: Node) -> int:
    """The number of values in a tree, keys included."""
    match node:
        case Sequence(items, _):
            return 1 + sum(_size(item) for item in items)
        case Mapping(parts, _):
            return 1 + sum(1 + _size(entry.value) for entry in parts.values())
    return 1


def _filled(
    node: Node,
    fillings: dict[str, str],
    diagnostics: Diagnostics,
    in_words: dict[str, str] | None = None,
) -> Node:
    """A tree with every placeholder replaced, in keys and in values.

    By its word; in texts that people read by `in_words`, what readers call that word.
    """
    match node:
        case Scalar(_, text, place):
            new = fill(text, fillings)
            # the word may be a number or a truth value, so the new text is read again
            return node if new == text else Scalar(core(new), new, place)
        case Sequence(items, place):
            filled = (_filled(item, fillings, diagnostics, in_words) for item in items)
            return Sequence(tuple(filled), place)
        case Mapping(parts, place):
            made: dict[str, Entry] = {}
            for key, entry in parts.items():
                new = fill(key, fillings)
                if new in made:
                    text = f"the key {new!r} appears twice after for_each has replaced its "
                    text += "placeholders"
                    diagnostics.problems.append(Problem(place=entry.place, path="", text=text))
                below = None if key == "then" else in_words  # its keys are variables
                if below and key in _FOR_READERS and isinstance(entry.value, Scalar):
                    value = _filled(entry.value, below, diagnostics)
                else:
                    value = _filled(entry.value, fillings, diagnostics, below)
                # the place stays the original's
                made[new] = replace(entry, value=value)
            return Mapping(made, place)


def _called(word: str, tree: Mapping) -> str:
    """What readers call a word: an actor by its name, anything else without underscores."""
    actors = tree.get("actors")
    actor = actors.get(word) if isinstance(actors, Mapping) else None
    name = actor.get("name") if isinstance(actor, Mapping) else None
    return name.text if isinstance(name, Scalar) and name.text else word.replace("_", " ")


def fill(text: str, fillings: dict[str, str]) -> str:
    """A text with the placeholders `<key>` replaced by their words."""
    for key, value in fillings.items():
        text = text.replace(f"<{key}>", value)  # in the order of for_each
    return text
