"""One scenario from several files: extends, remove, include."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.errors import Place, Problem, ScenarioError, unknown
from sim.scenario.leaves import found
from sim.scenario.reading import near, read
from sim.scenario.written import Block, Entry, Scalar, Series, Written, entries

_NO_SOURCES = "must be a block of sources, `name: {cite: who wrote what}`"
LONGEST_CHAIN = 20  # files that extend one another
_NOT_READ = ("endings", "interventions", "evidence")  # by anything else in a scenario
_NAMED_INSIDE = {"treaties": "obligations", "actors": "state"}  # named things within named things


@dataclass(slots=True)
class Composed:
    """The tree of a scenario, every file read for it, and what was wrong on the way."""

    tree: Block
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    removed: dict[str, Place] = field(default_factory=dict)  # name -> where it was removed


def compose(file: str) -> Composed:
    """The scenario of a file with what it extends and includes. Raises ScenarioError."""
    return _compose(file, ())


def _compose(file: str, above: tuple[Path, ...]) -> Composed:
    tree, problems = read(file)
    made = Composed(tree, [file], problems)
    chain = (*above, Path(file).resolve())
    for part, place in _files(made, "include"):
        _include(made, file, part, place)
    removals = list(_files(made, "remove"))
    bases = list(_files(made, "extends"))
    for part, place in bases[1:]:
        _note(made, place, "extends", f"one file can be extended, found a second: {part!r}")
    for part, place in bases[:1]:
        base_file = _beside(file, part)
        if not _is_file(base_file):
            said = f"there is no file {found(part)} beside this one{near(base_file)}"
            raise _error(place, "extends", said)
        if Path(base_file).resolve() in chain or len(chain) >= LONGEST_CHAIN:
            names = " -> ".join([*(path.name for path in chain), Path(base_file).name])
            raise _error(place, "extends", f"files extend one another in a circle: {names}")
        base = _compose(base_file, chain)
        _remove(base, removals)
        made.files += [name for name in base.files if name not in made.files]
        made.problems = [*base.problems, *made.problems]
        made.removed = base.removed
        made.tree = _merged(base.tree, made.tree)
    if not bases:
        _remove(made, removals)
    return made


def _beside(file: str, part: str) -> str:
    return str(Path(file).parent / part)


def _is_file(file: str) -> bool:
    try:
        return Path(file).is_file()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def _files(made: Composed, key: str) -> Iterator[tuple[str, Place]]:
    """The texts below a key of the file itself, which is taken out of the tree."""
    written = made.tree.get(key)
    kept = {name: entry for name, entry in made.tree.entries.items() if name != key}
    made.tree = replace(made.tree, entries=kept)
    items = written.items if isinstance(written, Series) else (written,)
    for item in items:
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value, item.place
        elif item is not None:
            _note(made, item.place, key, "must be a text or a list of texts")


def _include(made: Composed, beside: str, part: str, place: Place) -> None:
    """Add the sources of a file; they come before the scenario's own."""
    file = _beside(beside, part)
    if not _is_file(file):
        said = f"there is no file {found(part)} beside this one{near(file)}"
        _note(made, place, "include", said)
        return
    tree, problems = read(file)
    made.problems += problems
    made.files += [file] if file not in made.files else []
    inside = tree.get("sources") if "sources" in tree.entries else tree
    for name, entry in tree.entries.items():
        if inside is not tree and name != "sources":
            _note(made, entry.place, name, "an included file holds sources and nothing else")
    own = made.tree.get("sources")
    if not isinstance(inside, Block):
        made.problems.append(Problem(place=tree.place, path="sources", text=_NO_SOURCES))
    if own is not None and not isinstance(own, Block):
        return
    both = dict(entries(inside))
    for name, entry in entries(own):
        if name in both:
            said = f"the name {name!r} is used twice: {both[name].place.file} has it"
            _note(made, entry.place, f"sources.{name}", said)
        both[name] = entry
    at = made.tree.entries.get("sources")
    together = Entry(at.place if at else place, Block(both, own.place if own else place))
    made.tree = replace(made.tree, entries={**made.tree.entries, "sources": together})


def _remove(made: Composed, removals: list[tuple[str, Place]]) -> None:
    for text, place in removals:
        parts = text.split(".")
        inside = _NAMED_INSIDE.get(parts[0])
        if inside and len(parts) == 3 and parts[2] not in _keys_at(made.tree, parts[:2]):
            parts = [*parts[:2], inside, parts[2]]
        known = _keys_at(made.tree, parts[:-1])
        if parts[-1] not in known or len(parts) < 2:
            below = [".".join([*parts[:-1], name]) for name in known]
            things = below if len(parts) > 1 else _things(made.tree, text)
            _note(made, place, "remove", unknown("thing to remove", text, things))
            continue
        made.tree = _without(made.tree, parts)
        named = [part for part in parts[1:] if part != inside]
        if parts[0] not in _NOT_READ:
            made.removed[".".join(named)] = place


def _things(tree: Block, name: str) -> list[str]:
    """What can be removed and is called so; else everything there is."""
    things = [
        f"{s}.{thing}" for s, entry in tree.entries.items() for thing, _ in entries(entry.value)
    ]
    return [thing for thing in things if thing.endswith(f".{name}")] or things


def _keys_at(tree: Written | None, parts: list[str]) -> list[str]:
    for part in parts:
        tree = tree.get(part) if isinstance(tree, Block) else None
    return [name for name, _ in entries(tree)]


def _without(tree: Block, parts: list[str]) -> Block:
    kept = dict(tree.entries)
    if len(parts) == 1:
        del kept[parts[0]]
    else:
        entry = kept[parts[0]]
        assert isinstance(entry.value, Block)
        kept[parts[0]] = replace(entry, value=_without(entry.value, parts[1:]))
    return replace(tree, entries=kept)


def _merged(base: Block, over: Block) -> Block:
    """Sections by name down to the named thing; each field given replaces the base's whole."""
    sections = dict(base.entries)
    for section, entry in over.entries.items():
        below = sections.get(section)
        if below and isinstance(below.value, Block) and isinstance(entry.value, Block):
            inside = _NAMED_INSIDE.get(section)
            entry = replace(entry, value=_merged_section(below.value, entry.value, inside))
        sections[section] = entry
    endings = sections.get("endings")
    if endings:
        sections["endings"] = replace(endings, value=_otherwise_last(endings.value))
    return Block(sections, over.place)


def _merged_section(base: Block, over: Block, inside: str | None) -> Block:
    things = dict(base.entries)
    for name, entry in over.entries.items():
        below = things.get(name)
        if below and isinstance(below.value, Block) and isinstance(entry.value, Block):
            entry = replace(entry, value=_merged_thing(below.value, entry.value, inside))
        things[name] = entry
    return Block(things, over.place)


def _merged_thing(base: Block, over: Block, inside: str | None) -> Block:
    fields: Mapping[str, Entry] = {**base.entries, **over.entries}
    named, below = (over.get(inside), base.get(inside)) if inside else (None, None)
    if inside and isinstance(named, Block) and isinstance(below, Block):
        within = replace(over.entries[inside], value=_merged_section(below, named, None))
        fields = {**fields, inside: within}
    return Block(fields, over.place)


def _otherwise_last(endings: Written) -> Written:
    """An ending that is added comes before the one for all other paths."""
    if not isinstance(endings, Block):
        return endings

    def last(entry: Entry) -> bool:
        return isinstance(entry.value, Block) and "otherwise" in entry.value.entries

    ordered = sorted(endings.entries.items(), key=lambda item: last(item[1]))
    return replace(endings, entries=dict(ordered))


def _note(made: Composed, place: Place, path: str, text: str) -> None:
    made.problems.append(Problem(place=place, path=path, text=text))


def _error(place: Place, path: str, text: str) -> ScenarioError:
    return ScenarioError([Problem(place=place, path=path, text=text)])
