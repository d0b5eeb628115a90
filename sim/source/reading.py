"""Reading: from a YAML file to a source tree; other files are refused here, quickly."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sim.errors import Place, Problem, ScenarioError
from sim.source.recovery import MOST_SECTIONS, without_section
from sim.source.scalars import core
from sim.source.syntax import (
    DEPTH,
    STAR,
    TOO_DEEP,
    Mark,
    refusal,
    syntax_error,
    too_deep,
    without_line,
)
from sim.source.tree import Entry, Mapping, Node, Scalar, Sequence

# Limits that no scenario an author writes comes near, and that keep a hostile file from costing
# more than a moment.
FILE_BYTES = 2_000_000
SCALAR_CHARACTERS = 20_000
NODES = 200_000  # after anchors are expanded


Event = Any  # of the parser: what one carries depends on its kind, and two parsers have two sets

# LibYAML if it is installed: much faster
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


class Read(NamedTuple):
    """A file as it was parsed: its tree, its errors so far, and its bytes.

    Provenance uses these bytes: the file on disk may have changed since it was read.
    """

    tree: Mapping
    problems: list[Problem]
    content: bytes
    unread: frozenset[str] = frozenset()  # sections with errors of YAML; empty in the tree


def read(file: str) -> Read:
    """The tree of a file, with duplicate keys and errors of YAML. Raises ScenarioError.

    An error of YAML does not hide the others: the section in which it is is left out.
    """
    return read_bytes(file, _bytes(file))


def read_bytes(file: str, raw: bytes) -> Read:
    """As `read`, of what is in memory; `file` is what messages call it."""
    if len(raw) > FILE_BYTES:
        raise refusal(file, f"is larger than {FILE_BYTES:,} bytes, the limit for one file")
    tree, problems, unread = _parsed(file, _text(file, raw))
    if tree is None:
        raise refusal(file, "is empty; a scenario starts with `scenario: name`")
    if not isinstance(tree, Mapping):
        raise refusal(file, "has no keys; a scenario starts with `scenario: name`")
    return Read(tree, problems, raw, frozenset(unread))


def _parsed(file: str, text: str) -> tuple[Node | None, list[Problem], set[str]]:
    """The tree, the errors, and the sections that are left out because of them."""
    problems: list[Problem] = []
    unread: set[str] = set()
    while True:
        builder = _Builder(file)
        try:
            tree = builder.document(yaml.parse(text, Loader=_Loader))
            return tree, [*problems, *builder.problems], unread
        except ScenarioError as error:  # beyond a limit: nothing of the file is looked at
            raise ScenarioError([*problems, *error.problems]) from None
        except yaml.YAMLError as error:
            # the parser itself gives up on deep nesting, with a message about something else
            if deep := too_deep(file, text):
                raise deep from None
            problems += syntax_error(file, text, error).problems
        line = problems[-1].place.line  # 0: it is no scenario at all
        shorter = without_section(text, line - 1, _Loader) if line else None
        if shorter is None or shorter.section in unread or len(unread) == MOST_SECTIONS:
            raise ScenarioError(problems)
        text = shorter.text
        unread.add(shorter.section)


def _bytes(file: str) -> bytes:
    """The content of a file, or more than is allowed. Raises ScenarioError if it is missing."""
    path = Path(file)
    try:
        with path.open("rb") as stream:
            raw = stream.read(FILE_BYTES + 1)  # never all of it: it may be a device without end
    except FileNotFoundError:
        raise without_line(file, f"there is no such file{similar_file(file)}") from None
    except ValueError:  # a null character in the name
        raise without_line(file, "there is no such file") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise without_line(file, f"cannot be read: {reason}") from None
    return raw


def _text(file: str, raw: bytes) -> str:
    """The characters of a file. Raises ScenarioError if it is no text."""
    try:
        text = raw.decode("utf-8-sig")  # with or without a byte order mark
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        message = (
            f"is not UTF-8 text from here on (byte {error.start + 1:,}); save the file as UTF-8"
        )
        raise refusal(file, message, before=before) from None
    control = _CONTROL.search(text)
    if control:
        message = f"contains the control character {control.group()!r}; a scenario is text"
        raise refusal(file, message, before=text[: control.start()])
    return text


@dataclass(frozen=True, slots=True)
class _Built:
    """A tree, with its numbers of values and of levels when every anchor is expanded."""

    tree: Node
    size: int = 1
    levels: int = 0


class _Builder:
    """Builds a tree from the parser's events in one pass, within the limits above.

    Equal anchors share one subtree, so that a small file may stand for a tree of any size; `_Built`
    counts what the tree would have if it were written out.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Built] = {}
        self.open: dict[str, Mark] = {}  # anchors of nodes that are not complete yet
        self.depth = 0
        self.nodes = 0

    def document(self, events: Iterator[Event]) -> Node | None:
        """The tree of the only document; None for an empty file."""
        tree = None
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                tree = self._build(event, events).tree
            elif isinstance(event, yaml.DocumentStartEvent) and tree is not None:
                raise self._refuse(
                    "a second document starts here; a scenario file holds one", event
                )
        return tree

    def _build(self, event: Event, events: Iterator[Event]) -> _Built:
        self.nodes += 1
        if self.nodes > NODES:  # counted as they come: no longer list is read to its end
            raise self._refuse(f"is one value more than {NODES:,}, the limit for a file", event)
        if isinstance(event, yaml.AliasEvent):
            return self._anchored(event)
        if event.tag not in (None, "!", ""):  # `!!python/object` and the like
            raise self._refuse(f"the tag {event.tag!r} is not allowed here", event)
        if event.anchor is not None:
            if event.anchor in self.open or event.anchor in self.anchors:  # YAML allows it
                raise self._refuse(f"the anchor {event.anchor!r} is defined twice", event)
            # until its node is complete: whoever names it before that stands inside it
            self.open[event.anchor] = event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(self._scalar(event))
        else:
            built = self._collection(event, events)
        if event.anchor is not None:
            del self.open[event.anchor]
            self.anchors[event.anchor] = built
        return built

    def _anchored(self, event: Event) -> _Built:
        """The node of an anchor."""
        name = event.anchor
        if name in self.open:  # recursion
            raise refusal(self.file, "an anchor contains itself", mark=self.open[name])
        if name not in self.anchors:
            raise self._refuse(f"there is no anchor {name!r}; {STAR}", event)
        return self.anchors[name]

    def _scalar(self, event: Event) -> Scalar:
        text = event.value
        control = _CONTROL.search(text) if event.style else None  # an escape such as "\e"
        if control:
            message = f"contains the control character {control.group()!r}; a scenario is text"
            raise self._refuse(message, event)
        if len(text) > SCALAR_CHARACTERS:
            raise self._refuse(f"a text longer than {SCALAR_CHARACTERS:,} characters", event)
        # a quoted scalar is a text, whatever it looks like
        return Scalar(text if event.style else core(text), text, self._place(event))

    def _collection(self, event: Event, events: Iterator[Event]) -> _Built:
        self.depth += 1  # of the parser's own nesting; anchors are counted below
        if self.depth > DEPTH:
            raise self._refuse(TOO_DEEP, event)
        of_keys = isinstance(event, yaml.MappingStartEvent)
        built = self._mapping(event, events) if of_keys else self._sequence(event, events)
        self.depth -= 1
        if built.size > NODES:  # ten anchors of ten each make 10^10 values
            raise self._refuse(f"anchors expand to more than {NODES:,} values", event)
        if built.levels > DEPTH:
            raise self._refuse(f"anchors expand to more than {DEPTH} levels", event)
        return built

    def _sequence(self, event: Event, events: Iterator[Event]) -> _Built:
        items = [self._build(item, events) for item in _until(yaml.SequenceEndEvent, events)]
        return _enclosing(Sequence(tuple(item.tree for item in items), self._place(event)), items)

    def _mapping(self, event: Event, events: Iterator[Event]) -> _Built:
        entries: dict[str, Entry] = {}
        values: list[_Built] = []
        for at_key in _until(yaml.MappingEndEvent, events):
            key = self._build(at_key, events).tree
            if not isinstance(key, Scalar):
                message = "a key must be a word, found a list or a block (did you mean '<name>'?)"
                raise self._refuse(message, at_key)
            value = self._build(next(events), events)
            values.append(value)
            # the parser allows it; the first value stays, and the second is an error
            if key.text in entries:
                first = entries[key.text].place
                message = f"the key {key.text!r} appears twice, first in line {first.line}"
                self.problems.append(Problem(place=key.place, path="", text=message))
            else:
                entries[key.text] = Entry(key.place, value.tree)
        return _enclosing(Mapping(entries, self._place(event)), values)

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(file=self.file, line=mark.line + 1, column=mark.column + 1)

    def _refuse(self, message: str, event: Event) -> ScenarioError:
        return refusal(self.file, message, mark=event.start_mark)


def _until(end: type[yaml.Event], events: Iterator[Event]) -> Iterator[Event]:
    """The events at which the parts of a collection begin.

    The events of a part must be consumed, by building it, before the next part is asked for.
    """
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _enclosing(tree: Node, parts: Iterable[_Built]) -> _Built:
    size, levels = 1, 0  # the collection itself
    for part in parts:
        size += part.size
        levels = max(levels, part.levels)
    return _Built(tree, size, levels + 1)


def similar_file(file: str) -> str:
    """A hint at a file with a similar name, in the same folder or in its `scenarios`."""
    path = Path(file)
    beside: dict[str, Path] = {}
    for folder in (path.parent / "scenarios", path.parent):
        try:
            beside |= {one.stem: one for one in folder.glob("*.y*ml")}
        except OSError:  # a folder that may not be looked at
            continue
    found = get_close_matches(path.name.removesuffix(path.suffix), sorted(beside), n=1)
    return f"; did you mean {str(beside[found[0]])!r}?" if found else ""
