"""Composition: one source tree from several files, by extends, remove and include."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.errors import Place, Problem, ScenarioError, unknown
from sim.source.diagnostics import describe
from sim.source.inclusion import add, before, sections
from sim.source.reading import Read, read, similar_file
from sim.source.tree import Entry, Mapping, Node, Scalar, Sequence, keys
from sim.source.variants import NAMED_INSIDE, Variant, variant

LONGEST_CHAIN = 20  # files that extend one another; every one is read again for each variant
# Nothing else in a scenario reads names of these sections, so that removing from them breaks none.
_NOT_READ = ("endings", "interventions", "evidence")
# A variant describes another case or another model, so that the base's record is not its own.
_NOT_INHERITED = ("happened",)


@dataclass(slots=True)
class Composed:
    """The tree of a scenario, all files read for it, and the errors found so far."""

    tree: Mapping
    files: dict[str, bytes] = field(default_factory=dict)  # each as it was parsed
    problems: list[Problem] = field(default_factory=list)
    removed: dict[str, Place] = field(default_factory=dict)  # name -> where it was removed
    bases: tuple[tuple[str, str], ...] = ()  # what it extends, nearest first: file, title or name
    variant: Variant | None = None  # of the file that this one extends
    unread: frozenset[str] = frozenset()  # sections left out of some file for an error of YAML

    def problem(self, place: Place, path: str, text: str) -> None:
        """Report an error."""
        self.problems.append(Problem(place=place, path=path, text=text))

    def with_entry(self, key: str, entry: Entry) -> Mapping:
        """The tree with one section replaced."""
        return replace(self.tree, entries={**self.tree.entries, key: entry})


def compose(file: str, main: Read | None = None) -> Composed:
    """The tree of a file with the files that it extends and includes. Raises ScenarioError.

    `main` is what that file holds, if it is in memory; others are looked for beside `file`.
    """
    return _compose(file, (), main)


def _compose(file: str, above: tuple[Path, ...], main: Read | None = None) -> Composed:
    """The tree of a file merged over its base; `above` are the files that extend it, in order."""
    tree, problems, content, unread = main or read(file)
    made = Composed(tree, {file: content}, problems, unread=unread)  # its own file first
    chain = (*above, Path(file).resolve())
    _include(made, file)
    # `remove` acts on the base, before the file's own declarations are merged over it: so a variant
    # can remove a declaration and declare another one of the same name.
    removals = list(_files(made, "remove"))
    bases = list(_files(made, "extends"))
    for part, place in bases[1:]:
        made.problem(place, "extends", f"only one file can be extended, found a second: {part!r}")
    if bases:
        base = _base(file, *bases[0], chain)
        removed = [name for name, _ in removals]
        made.variant = variant(next(iter(base.files)), base.tree, made.tree, removed)
        _remove(base, removals)
        made.files = {**made.files, **{n: c for n, c in base.files.items() if n not in made.files}}
        made.problems = [*base.problems, *made.problems]
        made.removed = base.removed
        made.unread |= base.unread
        made.bases = ((bases[0][0], _title(base.tree)), *base.bases)
        made.tree = _merged(base.tree, made.tree)
    else:
        _remove(made, removals)
    return made


def _base(file: str, part: str, place: Place, chain: tuple[Path, ...]) -> Composed:
    """The base of a file. Raises ScenarioError if there is none."""
    base = _beside(file, part)
    if not _is_file(base):
        message = f"there is no file {describe(part)} beside this one{similar_file(base)}"
        raise ScenarioError([Problem(place=place, path="extends", text=message)])
    # resolved: the same file may have several names
    if len(chain) >= LONGEST_CHAIN and Path(base).resolve() not in chain:
        message = f"more than {LONGEST_CHAIN} files extend one another"
        raise ScenarioError([Problem(place=place, path="extends", text=message)])
    if Path(base).resolve() in chain:
        names = " -> ".join([*(path.name for path in chain), Path(base).name])
        message = f"files extend one another in a circle: {names}"
        raise ScenarioError([Problem(place=place, path="extends", text=message)])
    return _compose(base, chain)


def _title(tree: Mapping) -> str:
    """What a file calls itself: its title, else its name; empty if it has neither."""
    named = [tree.get(key) for key in ("title", "scenario")]
    return next((one.text for one in named if isinstance(one, Scalar)), "")


def _beside(file: str, part: str) -> str:
    return str(Path(file).parent / part)


def _is_file(file: str) -> bool:
    try:
        return Path(file).is_file()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def _files(made: Composed, key: str) -> Iterator[tuple[str, Place]]:
    """The file names below a key, which is removed from the tree."""
    node = made.tree.get(key)
    kept = {name: entry for name, entry in made.tree.entries.items() if name != key}
    made.tree = replace(made.tree, entries=kept)
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value, item.place
        elif item is not None:
            made.problem(item.place, key, "must be a text or a list of texts")


def _include(made: Composed, beside: str) -> None:
    """Add the declarations of the files that it includes, in their order, before its own."""
    included = Mapping({}, made.tree.place)
    for part, place in _files(made, "include"):
        file = _beside(beside, part)
        if not _is_file(file):
            message = f"there is no file {describe(part)} beside this one{similar_file(file)}"
            made.problem(place, "include", message)
            made.unread |= {"include"}  # it may have had any name that is not known now
            continue
        tree, problems, content, unread = read(file)
        made.problems += problems
        made.unread |= unread
        made.files.setdefault(file, content)
        included = add(included, sections(tree), made.problems)
    made.tree = before(included, made.tree, made.problems)


def _remove(made: Composed, removals: list[tuple[str, Place]]) -> None:
    for text, place in removals:
        parts = text.split(".")
        inside = NAMED_INSIDE.get(parts[0])
        # `treaties.y.art3` is written for `treaties.y.obligations.art3`
        if inside and len(parts) == 3 and parts[2] not in keys(made.tree, *parts[:2]):
            parts = [*parts[:2], inside, parts[2]]
        known = keys(made.tree, *parts[:-1])
        if parts[-1] not in known or len(parts) < 2:
            below = [".".join([*parts[:-1], name]) for name in known]
            things = below if len(parts) > 1 else _things(made.tree, text)
            made.problem(place, "remove", unknown("thing to remove", text, things))
            continue
        made.tree = _without(made.tree, parts)
        if parts[0] not in _NOT_READ:
            made.removed[".".join(part for part in parts[1:] if part != inside)] = place


def _things(tree: Mapping, name: str) -> list[str]:
    """The things with this name that can be removed; all things if there is none."""
    things = [f"{section}.{thing}" for section in tree.entries for thing in keys(tree, section)]
    return [thing for thing in things if thing.endswith(f".{name}")] or things


def _without(tree: Mapping, parts: list[str]) -> Mapping:
    """The tree without the value at a path of keys."""
    kept = dict(tree.entries)
    if len(parts) == 1:
        del kept[parts[0]]
    else:
        entry = kept[parts[0]]
        assert isinstance(entry.value, Mapping)
        kept[parts[0]] = replace(entry, value=_without(entry.value, parts[1:]))
    return replace(tree, entries=kept)


def _merged(base: Mapping, over: Mapping) -> Mapping:
    """The base with the variant's declarations merged key by key.

    A key of a declaration replaces the base's value as a whole; lists are not merged.
    """
    sections = {key: one for key, one in base.entries.items() if key not in _NOT_INHERITED}
    for section, entry in over.entries.items():
        below = sections.get(section)
        if below and isinstance(below.value, Mapping) and isinstance(entry.value, Mapping):
            inside = NAMED_INSIDE.get(section)
            entry = replace(entry, value=_merged_section(below.value, entry.value, inside))
        sections[section] = entry
    endings = sections.get("endings")
    if endings:
        sections["endings"] = replace(endings, value=_otherwise_last(endings.value))
    return Mapping(sections, over.place)


def _merged_section(base: Mapping, over: Mapping, inside: str | None) -> Mapping:
    things = dict(base.entries)
    for name, entry in over.entries.items():
        below = things.get(name)
        if below and isinstance(below.value, Mapping) and isinstance(entry.value, Mapping):
            entry = replace(entry, value=_merged_thing(below.value, entry.value, inside))
        # a declaration that is no mapping is replaced; a wrong form is reported when it is decoded
        things[name] = entry
    return Mapping(things, over.place)


def _merged_thing(base: Mapping, over: Mapping, inside: str | None) -> Mapping:
    fields = {**base.entries, **over.entries}  # whole values, in the base's order
    named, below = (over.get(inside), base.get(inside)) if inside else (None, None)
    if inside and isinstance(named, Mapping) and isinstance(below, Mapping):
        within = _merged_section(below, named, None)
        fields[inside] = replace(over.entries[inside], value=within)
    return Mapping(fields, over.place)


def _otherwise_last(endings: Node) -> Node:
    """The endings with `otherwise` last: a variant's own endings come before it."""
    if not isinstance(endings, Mapping):
        return endings
    # a stable sort: others keep their order
    ordered = sorted(endings.entries.items(), key=lambda item: "otherwise" in keys(item[1].value))
    return replace(endings, entries=dict(ordered))
