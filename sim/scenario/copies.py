"""`for_each`: one thing written once, copied for each of several names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod

from sim.errors import Problem
from sim.scenario.findings import Findings
from sim.scenario.reading import NODES
from sim.scenario.scalars import core
from sim.scenario.written import Block, Entry, Route, Scalar, Series, Written, entries

_SECTIONS = ("parameters", "moves", "events")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def expand(findings: Findings) -> Findings:
    """The findings over a tree in which every copy stands where its original stood."""
    sections = dict(findings.tree.entries)
    for name in _SECTIONS:
        if name in sections:
            sections[name] = _section(findings, sections[name], (name,))
    treaties = sections.get("treaties")
    if treaties and isinstance(treaties.value, Block):
        made = {
            name: _treaty(findings, entry, ("treaties", name))
            for name, entry in treaties.value.entries.items()
        }
        sections["treaties"] = replace(treaties, value=replace(treaties.value, entries=made))
    return replace(findings, tree=replace(findings.tree, entries=sections))


def _treaty(findings: Findings, treaty: Entry, route: Route) -> Entry:
    clauses = treaty.value.entries.get("obligations") if isinstance(treaty.value, Block) else None
    if clauses is None or not isinstance(treaty.value, Block):
        return treaty
    filled = _section(findings, clauses, (*route, "obligations"))
    with_copies = {**treaty.value.entries, "obligations": filled}
    return replace(treaty, value=replace(treaty.value, entries=with_copies))


def _section(findings: Findings, section: Entry, route: Route) -> Entry:
    if not isinstance(section.value, Block):
        return section
    made: dict[str, Entry] = {}
    for name, entry in section.value.entries.items():
        below = (*route, name)
        for key, copy in _copies(findings, name, entry, below):
            if key in made:
                text = f"the name {key!r} is used twice, here and in line {made[key].place.line}"
                findings.problem(below, text, key=True)
            made[key] = copy
    return replace(section, value=replace(section.value, entries=made))


def _copies(
    findings: Findings, name: str, entry: Entry, route: Route
) -> Iterator[tuple[str, Entry]]:
    """The copies of a thing, named by their filled-in key; the thing itself without for_each."""
    if not isinstance(entry.value, Block) or "for_each" not in entry.value.entries:
        yield name, entry
        return
    names = _names(findings, entry.value.get("for_each"), (*route, "for_each"))
    if not names:
        return
    for key in names:
        if f"<{key}>" not in name and len(names[key]) > 1:
            text = f"the copies would all have the name {name!r}; put <{key}> into it"
            findings.problem(route, text, key=True)
            return
    count = prod(len(values) for values in names.values())
    if count * _size(entry.value) > NODES:
        text = f"makes {count:,} copies, together more than {NODES:,} values"
        findings.problem((*route, "for_each"), text)
        return
    rest = {key: part for key, part in entry.value.entries.items() if key != "for_each"}
    body = replace(entry.value, entries=rest)
    for values in product(*names.values()):
        fillings = dict(zip(names, values, strict=True))
        filled = _filled(body, fillings, findings)
        yield _fill(name, fillings), Entry(entry.place, filled, name, fillings)


def _names(findings: Findings, written: Written | None, route: Route) -> dict[str, list[str]]:
    """What each placeholder stands for, in order; nothing when that is wrong."""
    found: dict[str, list[str]] = {}
    if not isinstance(written, Block) or not written.entries:
        findings.problem(route, "must be a block such as {observer: [russia, china]}")
        return {}
    for key, entry in entries(written):
        items = entry.value.items if isinstance(entry.value, Series) else ()
        words = [item.text for item in items if isinstance(item, Scalar)]
        if not _NAME.fullmatch(key):
            findings.problem((*route, key), f"{key!r} is no name", key=True)
            return {}
        if not words or len(words) < len(items):
            findings.problem((*route, key), "must be a list of names, at least one")
            return {}
        twice = next((word for i, word in enumerate(words) if word in words[:i]), None)
        if twice:
            findings.problem((*route, key), f"{twice!r} is here twice")
            return {}
        found[key] = words
    return found


def _size(written: Written) -> int:
    match written:
        case Series(items, _):
            return 1 + sum(_size(item) for item in items)
        case Block(parts, _):
            return 1 + sum(1 + _size(entry.value) for entry in parts.values())
    return 1


def _filled(written: Written, fillings: Mapping[str, str], findings: Findings) -> Written:
    match written:
        case Scalar(_, text, place):
            new = _fill(text, fillings)
            return written if new == text else Scalar(core(new), new, place)
        case Series(items, place):
            return Series(tuple(_filled(item, fillings, findings) for item in items), place)
        case Block(parts, place):
            made: dict[str, Entry] = {}
            for key, entry in parts.items():
                new = _fill(key, fillings)
                if new in made:
                    text = f"the key {new!r} is here twice once for_each has filled it in"
                    findings.problems.append(Problem(place=entry.place, path="", text=text))
                made[new] = replace(entry, value=_filled(entry.value, fillings, findings))
            return Block(made, place)


def _fill(text: str, fillings: Mapping[str, str]) -> str:
    for key, value in fillings.items():
        text = text.replace(f"<{key}>", value)
    return text
