"""A YAML file read into a tree with places; whatever is no scenario file fails here, quickly."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

import yaml

from sim.errors import Place, Problem, ScenarioError
from sim.scenario.scalars import core
from sim.scenario.written import Block, Entry, Scalar, Series, Written

FILE_BYTES = 2_000_000
SCALAR_CHARACTERS = 20_000
DEPTH = 40
NODES = 200_000  # after anchors are expanded


class Mark(Protocol):
    """Where the parser stands; lines and columns count from 0."""

    line: int
    column: int


Event = Any  # of the parser: what one carries depends on its kind, and two parsers have two sets

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


def read(file: str) -> tuple[Block, list[Problem]]:
    """The tree of a file, and its duplicate keys as problems. Raises ScenarioError."""
    builder, text = _Builder(file), _text(file)
    try:
        tree = builder.document(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        raise _no_yaml(file, text, error) from None
    except yaml.YAMLError as error:
        raise _refused(file, f"is no YAML: {error}") from None
    if tree is None:
        raise _refused(file, "is empty; a scenario starts with `scenario: name`")
    if not isinstance(tree, Block):
        raise _refused(file, "holds no keys; a scenario starts with `scenario: name`")
    return tree, builder.problems


def _text(file: str) -> str:
    """The characters of a file, refused when it is missing, too big or no text."""
    path = Path(file)
    try:
        with path.open("rb") as stream:
            raw = stream.read(FILE_BYTES + 1)
    except FileNotFoundError:
        raise _nowhere(file, f"there is no such file{near(file)}") from None
    except ValueError:  # a null character in the name
        raise _nowhere(file, "there is no such file") from None
    except OSError as error:
        raise _nowhere(file, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(raw) > FILE_BYTES:
        raise _refused(file, f"is larger than {FILE_BYTES:,} bytes, the limit for one file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(raw[: error.start].decode("utf-8-sig"))
        place = Place(file=file, line=line, column=column)
        said = f"is no UTF-8 text from here on (byte {error.start + 1:,}); save the file as UTF-8"
        raise ScenarioError([Problem(place=place, path="", text=said)]) from None
    control = _CONTROL.search(text)
    if control:
        line, column = _position(text[: control.start()])
        place = Place(file=file, line=line, column=column)
        said = f"holds the control character {control.group()!r}; a scenario is text"
        raise ScenarioError([Problem(place=place, path="", text=said)])
    return text


@dataclass(frozen=True, slots=True)
class _Built:
    """A tree, the number of its values and of its levels with every anchor written out."""

    tree: Written
    size: int = 1
    levels: int = 0


class _Builder:
    """Turns the parser's events into a tree in one pass, and stops at what is too much."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Built] = {}
        self.open: dict[str, Mark] = {}  # anchors of what is not built to its end
        self.depth = 0

    def document(self, events: Iterator[Event]) -> Written | None:
        """The tree of the one document, None of an empty file."""
        tree = None
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                tree = self._build(event, events).tree
            elif isinstance(event, yaml.DocumentStartEvent) and tree is not None:
                said = "a second document starts here; a scenario file holds one"
                raise self._refused(said, event)
        return tree

    def _build(self, event: Event, events: Iterator[Event]) -> _Built:
        if isinstance(event, yaml.AliasEvent):
            return self._known(event)
        if event.tag not in (None, "!", ""):
            raise self._refused(f"the tag {event.tag!r} has no meaning here", event)
        if event.anchor is not None:
            if event.anchor in self.open or event.anchor in self.anchors:
                raise self._refused(f"the anchor {event.anchor!r} is here a second time", event)
            self.open[event.anchor] = event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(self._scalar(event))
        else:
            built = self._collection(event, events)
        if event.anchor is not None:
            del self.open[event.anchor]
            self.anchors[event.anchor] = built
        return built

    def _known(self, event: Event) -> _Built:
        """What an anchor stands for."""
        name = event.anchor
        if name in self.open:
            raise _refused(self.file, "an anchor contains itself", self.open[name])
        if name not in self.anchors:
            raise self._refused(f"there is no anchor {name!r}; {_STAR}", event)
        return self.anchors[name]

    def _scalar(self, event: Event) -> Scalar:
        text = event.value
        if len(text) > SCALAR_CHARACTERS:
            raise self._refused(f"a text longer than {SCALAR_CHARACTERS:,} characters", event)
        return Scalar(text if event.style else core(text), text, self._place(event))

    def _collection(self, event: Event, events: Iterator[Event]) -> _Built:
        self.depth += 1
        if self.depth > DEPTH:
            raise self._refused(f"is nested deeper than {DEPTH} levels", event)
        of_keys = isinstance(event, yaml.MappingStartEvent)
        built = self._block(event, events) if of_keys else self._series(event, events)
        self.depth -= 1
        if built.size > NODES:
            raise self._refused(f"anchors expand to more than {NODES:,} values", event)
        if built.levels > DEPTH:
            raise self._refused(f"anchors expand to more than {DEPTH} levels", event)
        return built

    def _series(self, event: Event, events: Iterator[Event]) -> _Built:
        items = [self._build(item, events) for item in _until(yaml.SequenceEndEvent, events)]
        return _around(Series(tuple(item.tree for item in items), self._place(event)), items)

    def _block(self, event: Event, events: Iterator[Event]) -> _Built:
        entries: dict[str, Entry] = {}
        values: list[_Built] = []
        for at_key in _until(yaml.MappingEndEvent, events):
            key = self._build(at_key, events).tree
            if not isinstance(key, Scalar):
                said = "a key must be a word, found a list or a block (did you mean '<name>'?)"
                raise self._refused(said, at_key)
            value = self._build(next(events), events)
            values.append(value)
            if key.text in entries:
                first = entries[key.text].place
                said = f"the key {key.text!r} is here twice, first in line {first.line}"
                self.problems.append(Problem(place=key.place, path="", text=said))
            else:
                entries[key.text] = Entry(key.place, value.tree)
        return _around(Block(entries, self._place(event)), values)

    def _place(self, event: Event) -> Place:
        return _place(self.file, event.start_mark)

    def _refused(self, said: str, event: Event) -> ScenarioError:
        return _refused(self.file, said, event.start_mark)


def _until(end: type[yaml.Event], events: Iterator[Event]) -> Iterator[Event]:
    """The events at which the parts of a collection begin; each must be built before the next."""
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _around(tree: Written, parts: Sequence[_Built]) -> _Built:
    size, levels = 1, 0
    for part in parts:
        size += part.size
        levels = max(levels, part.levels)
    return _Built(tree, size, levels + 1)


def _place(file: str, mark: Mark) -> Place:
    return Place(file=file, line=mark.line + 1, column=mark.column + 1)


def _refused(file: str, said: str, mark: Mark | None = None) -> ScenarioError:
    place = _place(file, mark) if mark else Place(file=file, line=1, column=1)
    return ScenarioError([Problem(place=place, path="", text=said)])


def _position(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows a text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _nowhere(file: str, said: str) -> ScenarioError:
    """A complaint about a file as a whole, which has no line."""
    return ScenarioError([Problem(place=Place(file=file), path="", text=said)])


def near(file: str) -> str:
    """The scenario file beside a missing one, or in `scenarios` there, that may have been meant."""
    path = Path(file)
    beside: dict[str, Path] = {}
    for folder in (path.parent / "scenarios", path.parent):
        try:
            beside |= {one.stem: one for one in folder.glob("*.y*ml")}
        except OSError:  # a folder that may not be looked at
            continue
    found = get_close_matches(path.name.removesuffix(path.suffix), sorted(beside), n=1)
    return f"; did you mean {str(beside[found[0]])!r}?" if found else ""


_STAR = "a text that begins with * needs quotes"
_UNFIT = (
    "does not fit what stands above it: compare the indentation, and look for a quote that ends "
)
_UNFIT += "too early and for a key in braces (for_each fills in <name>)"
_HINTS = {
    "mapping values are not allowed": "a second ': ' in one line, a line indented too far, or "
    "none in the line above: line keys up, and put a text that holds ': ' in quotes",
    "cannot start any token": "tabs cannot indent, and a text that begins with this character "
    "needs quotes",
    "did not find expected key": _UNFIT,
    "did not find expected '-' indicator": "stands where the next entry of a list would begin, "
    "without its '- ': indent it further, or less, or put '- ' before it",
    "unexpected end of stream": "a quote or a bracket that opens here is never closed",
    "expected <block end>": _UNFIT,
    "could not find expected ':'": "a key needs ': ' behind it, and a text of several lines quotes "
    "or `>-` before it",
    "did not find expected ',' or": "a bracket or a comma is missing",
    "expected <document start>": "belongs to no key: a line is `key: value`, or indented below one",
}


def _no_yaml(file: str, text: str, error: yaml.MarkedYAMLError) -> ScenarioError:
    """What authors usually got wrong, then the parser's own complaint."""
    problem = (error.problem or error.context or "is no YAML").strip()
    opened = error.context_mark if "end of stream" in problem else None
    mark = opened or error.problem_mark or error.context_mark
    if not file.endswith((".yaml", ".yml")) and "\nscenario:" not in f"\n{text}":
        said = "is no scenario: that is a YAML file with a line `scenario: name`"
        return _nowhere(file, f"{said} (the YAML parser: {problem})")
    hint = next((hint for part, hint in _HINTS.items() if part in problem), "")
    said = f"{hint} (the YAML parser: {problem})" if hint else f"is no YAML: {problem}"
    return _refused(file, said, mark)
