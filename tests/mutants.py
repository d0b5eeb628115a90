"""Scenario files made wrong on purpose: by changes of the YAML tree, or of the bytes."""

from collections.abc import Iterator

import yaml
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import Scenario, load

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER = getattr(yaml, "CBaseDumper", yaml.BaseDumper)
WORDS = (
    *("", "~", "no", "true", "0", "-1", "1.5", "1e999", ".nan", ".inf", "0x1f", "9" * 400),
    *("5 d", "-5 d", "3", "0 d", "1e300 y", "12:30", "2024-10-25", "2024-02-30", "20%", "rest"),
    *("raise", "nothing", "<observer>", "a.b.c", "a == b", "not x", "x if y", "(((", "max(1)"),
    *(
        "__import__('os')",
        "lambda: 1",
        "a" * 5_000,
        "Ü—数\U0001f600",
        "*",
        "&a",
        "!tag",
        "'",
        "# x",
    ),
    *("tab\there", "nul\x00", "line\nbreak", "·median", "[key]", "extends", "for_each", "then"),
)
RARE_BYTES = (
    b"\x00",
    b"\xff",
    b"\t",
    b"\r",
    b"\xef\xbb\xbf",
    b"{",
    b"]",
    b":",
    b"- ",
    b"\n",
    b"*a",
)


def outcome_of_loading(file: str) -> Scenario | ScenarioError:
    """The scenario, or the error with its problems; any other exception passes through."""
    try:
        return load(file)
    except ScenarioError as error:
        return error


def wrong_about(error: ScenarioError) -> list[str]:
    """What an author could not use about an error: no problem, no place, more than one line."""
    found = [] if error.problems else ["an error without a problem"]
    for problem in error.problems:
        place = problem.place
        if not (place.file and place.line >= 1 and place.column >= 1):
            found.append(f"no place: {problem}")
        if not problem.text or len(str(problem).splitlines()) != 1:
            found.append(f"no single line: {problem!r}")
    return found


def tree_of(text: str) -> yaml.Node:
    """The nodes of a file, their styles kept."""
    return yaml.compose(text, Loader=LOADER)


def text_of(tree: yaml.Node) -> str:
    """The file of the nodes."""
    return yaml.serialize(tree, Dumper=DUMPER, allow_unicode=True, width=10_000)


def blocks(node: yaml.Node) -> Iterator[yaml.Node]:
    """All lists and blocks that hold anything, from the top."""
    if isinstance(node, yaml.CollectionNode):
        if node.value:
            yield node
        for part in node.value:
            yield from blocks(part[1] if isinstance(node, yaml.MappingNode) else part)


def scalar(word: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", word)


def mapping(key: str, value: yaml.Node) -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", [(scalar(key), value)])


def series(*items: yaml.Node) -> yaml.SequenceNode:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", list(items))


def mutate(draw: st.DrawFn, tree: yaml.Node) -> None:
    """Change one place of a tree: lose it, double it, rename it, or put something else there."""
    places = list(blocks(tree))
    if not places:
        return
    block = draw(st.sampled_from(places))
    at = draw(st.integers(0, len(block.value) - 1))
    is_block = isinstance(block, yaml.MappingNode)
    key, value = block.value[at] if is_block else (None, block.value[at])
    what = draw(st.sampled_from(("lose", "double", "rename", "word", "word", "wrap", "transplant")))
    if what == "lose":
        del block.value[at]
        return
    if what == "double":
        block.value.insert(at, block.value[at])
        return
    if what == "rename" and key is not None:
        other = draw(st.sampled_from(places))
        words = [k.value for k, _ in other.value] if isinstance(other, yaml.MappingNode) else WORDS
        block.value[at] = (scalar(draw(st.sampled_from([*words, *WORDS, key.value + "x"]))), value)
        return
    word = scalar(draw(st.sampled_from(WORDS)))
    new: yaml.Node = word
    if what == "wrap":
        new = draw(st.sampled_from((series(value), mapping("mean", value), series(), series(word))))
    elif what == "transplant":
        donor = draw(st.sampled_from(places))
        given = draw(st.sampled_from(donor.value))
        new = given[1] if isinstance(donor, yaml.MappingNode) else given
    block.value[at] = (key, new) if key is not None else new


@st.composite
def trees_made_wrong(draw: st.DrawFn, texts: list[str], most: int = 4) -> str:
    """A file of which up to four places were changed, or another number."""
    tree = tree_of(draw(st.sampled_from(texts)))
    for _ in range(draw(st.integers(1, most))):
        mutate(draw, tree)
        if _size(tree, set()) > 3_000:  # transplants can put a tree into itself
            break
    return text_of(tree)


@st.composite
def bytes_made_wrong(draw: st.DrawFn, texts: list[str]) -> bytes:
    """A file cut, overwritten or with something foreign in it, at any byte."""
    raw = draw(st.sampled_from(texts)).encode()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(raw)))
        what = draw(st.sampled_from(("cut", "insert", "lose", "double", "indent")))
        length = draw(st.integers(1, 60))
        if what == "cut":
            raw = raw[:at]
        elif what == "insert":
            raw = raw[:at] + draw(st.sampled_from(RARE_BYTES) | st.binary(max_size=8)) + raw[at:]
        elif what == "lose":
            raw = raw[:at] + raw[at + length :]
        elif what == "double":
            raw = raw[: at + length] + raw[at:]
        else:
            raw = raw[:at] + raw[at:].replace(b"\n", b"\n ", 1)
    return raw


def _size(node: yaml.Node, above: set[int]) -> int:
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) in above:
        return 10_000
    inside = above | {id(node)}
    parts = (part[1] if isinstance(node, yaml.MappingNode) else part for part in node.value)
    return 1 + sum(_size(part, inside) for part in parts)
