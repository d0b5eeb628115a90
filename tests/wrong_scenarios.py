"""Scenario files changed by a seed: their structure, or a number of theirs made extreme."""

import random
import re
from collections.abc import Callable, Iterator

import yaml
from mutants import WORDS, blocks, mapping, scalar, series, text_of, tree_of

NUMBERS = (
    *("0", "1", "-1", "-0.0", "0.5", "1.5", "2", "1e-300", "5e-324", "1e15", "1e17", "1e308"),
    *(
        "1.7976931348623157e308",
        "9007199254740993",
        "0.1",
        "0.30000000000000004",
        "1e-9",
        "2147483648",
    ),
)
DURATIONS = (
    *(
        "0 d",
        "1e-6 s",
        "1e-9 d",
        "0.07 d",
        "1.1 d",
        "86400 s",
        "1 s",
        "3600 min",
        "1e9 y",
        "1e300 y",
    ),
    *("10000 d", "-1 d", "0.000001 s", "365.25 d", "1 y", "1.68 h"),
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_DURATION = re.compile(r"(?<![\w.])\d+(?:\.\d+)? ?(?:s|min|h|d|w|y)(?![\w.])")


class Changing:
    """One file, of which copies with one to three changes are made."""

    def __init__(self, text: str) -> None:
        self.text = text

    def changed(self, drawn: random.Random) -> str:
        """A copy with changes, as text; the changes are drawn."""
        if drawn.random() < 0.5:  # numbers in the text as it stands: comments and styles are kept
            text = self.text
            for _ in range(drawn.randint(1, 3)):
                text = _extreme(text, drawn)
            return text
        tree = tree_of(self.text)
        for _ in range(drawn.randint(1, 3)):
            _restructure(tree, drawn)
        return text_of(tree)


def _extreme(text: str, drawn: random.Random) -> str:
    """One number or duration made extreme, a tie, or another one's value."""
    pattern, values = drawn.choice(((_NUMBER, NUMBERS), (_DURATION, DURATIONS)))
    found = list(pattern.finditer(text))
    if not found:
        return text
    one = drawn.choice(found)
    other = drawn.choice(values) if drawn.random() < 0.7 else drawn.choice(found).group()
    return text[: one.start()] + other + text[one.end() :]


def _restructure(tree: yaml.Node, drawn: random.Random) -> None:
    """One place lost, doubled, renamed, replaced, wrapped, or exchanged with another."""
    places = list(blocks(tree))
    if not places:
        return
    block = drawn.choice(places)
    at = drawn.randrange(len(block.value))
    drawn.choice(_CHANGES)(block, at, places, drawn)


def _lose(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    del block.value[at]


def _double(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    """Once more, under another name where it has one."""
    part = block.value[at]
    if isinstance(block, yaml.MappingNode):
        part = (scalar(f"{part[0].value}_2"), part[1])
    block.value.insert(at + 1, part)


def _reorder(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    drawn.shuffle(block.value)


def _rename(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    if isinstance(block, yaml.MappingNode):
        names = list(_names(places))
        block.value[at] = (scalar(drawn.choice([*names, *WORDS])), block.value[at][1])


def _word(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    words = [*WORDS, *DURATIONS, *NUMBERS, *_names(places)]
    _put(block, at, scalar(drawn.choice(words)))


def _wrap(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    value = _value(block, at)
    _put(block, at, drawn.choice((series(value), mapping("mean", value), series())))


def _transplant(block: yaml.Node, at: int, places: list[yaml.Node], drawn: random.Random) -> None:
    """The value of another place, unless that holds this one: then a tree would hold itself."""
    donor = drawn.choice(places)
    given = _value(donor, drawn.randrange(len(donor.value)))
    if not any(below is block for below in _below(given)):
        _put(block, at, given)


_Change = Callable[[yaml.Node, int, list[yaml.Node], random.Random], None]
_CHANGES: tuple[_Change, ...] = (_lose, _double, _reorder, _rename, _word, _wrap, _transplant)


def _value(block: yaml.Node, at: int) -> yaml.Node:
    part: yaml.Node = block.value[at]
    return block.value[at][1] if isinstance(block, yaml.MappingNode) else part


def _put(block: yaml.Node, at: int, value: yaml.Node) -> None:
    is_block = isinstance(block, yaml.MappingNode)
    block.value[at] = (block.value[at][0], value) if is_block else value


def _names(places: list[yaml.Node]) -> Iterator[str]:
    for place in places:
        if isinstance(place, yaml.MappingNode):
            yield from (key.value for key, _ in place.value)


def _below(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    yield from blocks(node)
