"""A YAML file read into a tree with places; whatever is no scenario file fails here, quickly."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

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


_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


def read(file: str) -> tuple[Block, list[Problem]]:
    """The tree of a file, and its duplicate keys as problems. Raises ScenarioError."""
    text = _text(file)
    try:
        _survey(file, text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        opened = error.context_mark if "end of stream" in (error.problem or "") else None
        mark = opened or error.problem_mark or error.context_mark
        raise _refused(file, _said(error), mark) from None
    except yaml.YAMLError as error:
        raise _refused(file, f"is no YAML: {error}") from None
    if node is None:
        raise _refused(file, "is empty; a scenario starts with `scenario: name`")
    builder = _Builder(file)
    tree = builder.build(node)
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
        raise _refused(file, "there is no such file") from None
    except ValueError:  # a null character in the name
        raise _refused(file, "there is no such file") from None
    except OSError as error:
        raise _refused(file, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(raw) > FILE_BYTES:
        raise _refused(file, f"is larger than {FILE_BYTES:,} bytes, the limit for one file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(file, f"is no UTF-8 text (byte {error.start + 1:,})") from None
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        column = control.start() - text.rfind("\n", 0, control.start())
        place = Place(file=file, line=line, column=column)
        said = f"holds the control character {control.group()!r}; a scenario is text"
        raise ScenarioError([Problem(place=place, path="", text=said)])
    return text


def _survey(file: str, text: str) -> None:
    """Look at the parser's events before anything is built: depth, size, tags, documents."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        refuse = partial(_refused, file, mark=event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH:
                raise refuse(f"is nested deeper than {DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent) and len(event.value) > SCALAR_CHARACTERS:
            raise refuse(f"a text longer than {SCALAR_CHARACTERS:,} characters")
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise refuse("a second document starts here; a scenario file holds one")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!", ""):
            raise refuse(f"the tag {tag!r} has no meaning here")


class _Builder:
    """Turns composed nodes into a tree, each anchor once, counting what it would expand to."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.built: dict[int, tuple[Written, int]] = {}
        self.depth: dict[int, int] = {}
        self.open: set[int] = set()

    def build(self, node: yaml.Node) -> Written:
        """The tree below a node."""
        return self._build(node)[0]

    def _build(self, node: yaml.Node) -> tuple[Written, int]:
        known = self.built.get(id(node))
        if known:
            return known
        if id(node) in self.open:
            raise _refused(self.file, "an anchor contains itself", node.start_mark)
        self.open.add(id(node))
        done = self._fresh(node)
        self.open.discard(id(node))
        if done[1] > NODES:
            said = f"anchors expand to more than {NODES:,} values"
            raise _refused(self.file, said, node.start_mark)
        deepest = max((self.depth[id(part)] for part in _parts(node)), default=0) + 1
        if deepest > DEPTH:
            said = f"anchors expand to more than {DEPTH} levels"
            raise _refused(self.file, said, node.start_mark)
        self.depth[id(node)] = deepest
        self.built[id(node)] = done
        return done

    def _fresh(self, node: yaml.Node) -> tuple[Written, int]:
        place = _place(self.file, node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            quoted = bool(node.style)
            return Scalar(node.value if quoted else core(node.value), node.value, place), 1
        if isinstance(node, yaml.SequenceNode):
            parts = [self._build(item) for item in node.value]
            return Series(tuple(item for item, _ in parts), place), 1 + sum(n for _, n in parts)
        assert isinstance(node, yaml.MappingNode)
        entries: dict[str, Entry] = {}
        count = 1
        for name, key_place, value in self._keys(node):
            tree, size = self._build(value)
            count += 1 + size
            if name in entries:
                first = entries[name].place
                said = f"the key {name!r} is here twice, first in line {first.line}"
                self.problems.append(Problem(place=key_place, path="", text=said))
            else:
                entries[name] = Entry(key_place, tree)
        return Block(entries, place), count

    def _keys(self, node: yaml.MappingNode) -> Iterator[tuple[str, Place, yaml.Node]]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                said = "a key must be a word, found a list or a block (did you mean '<name>'?)"
                raise _refused(self.file, said, key.start_mark)
            yield key.value, _place(self.file, key.start_mark), value


def _parts(node: yaml.Node) -> list[yaml.Node]:
    """The values directly below a node."""
    if isinstance(node, yaml.MappingNode):
        return [value for _, value in node.value]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _place(file: str, mark: Mark) -> Place:
    return Place(file=file, line=mark.line + 1, column=mark.column + 1)


def _refused(file: str, said: str, mark: Mark | None = None) -> ScenarioError:
    place = _place(file, mark) if mark else Place(file=file, line=1, column=1)
    return ScenarioError([Problem(place=place, path="", text=said)])


_HINTS = {
    "mapping values are not allowed": "is there a second ': ' in this line? then put the text in "
    "quotes; if not, look at the indentation",
    "cannot start any token": "tabs cannot indent, and a text that begins with this character "
    "needs quotes",
    "did not find expected key": "look at the indentation, at quotes left open, and at keys in "
    "braces (for_each fills in <name>)",
    "unexpected end of stream": "a quote or a bracket that opens here is never closed",
    "expected <block end>": "look at the indentation",
    "could not find expected ':'": "a key needs ': ' behind it",
    "undefined alias": "a text that begins with * needs quotes",
    "did not find expected ',' or": "a bracket or a comma is missing",
}


def _said(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint with a hint what authors usually got wrong."""
    problem = (error.problem or error.context or "is no YAML").strip()
    hint = next((hint for part, hint in _HINTS.items() if part in problem), "")
    return f"{problem}; {hint}" if hint else problem
