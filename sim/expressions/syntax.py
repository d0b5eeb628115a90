"""Parsing expressions with Python's grammar, with hints for authors who do not know Python."""

import ast
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from math import isinf

from sim.errors import odd_character

# Limits of one expression. Facts may use facts, so that a few lines could expand to any length; and
# what reads a tree recursively must stay far from the limit of Python's stack.
MAX_LENGTH = 4_000  # characters as written
MAX_EXPANDED_LENGTH = 40_000  # characters with all facts expanded
MAX_DEPTH = 100  # levels with all facts expanded

_ALLOWED = re.compile(r"[\w\s.+\-*/()<>=!,]*", re.ASCII)
# such as 3d, .5, 1e-3 and 1.2.3
_LIKE_A_NUMBER = re.compile(r"(?<![\w.])\.?\d[\w.]*(?:(?<=[eE])[-+]\w+)?", re.ASCII)
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_TWO_WORDS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s+(s|min|h|d|w|y)\b", re.ASCII)  # 5 d
_PLACEHOLDER = re.compile(r"<([A-Za-z_]\w*)>", re.ASCII)
_CAPITALS = re.compile(r"\b(?:AND|OR|NOT|And|Or|Not)\b")
_LONE_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")
_MEMBER = re.compile(r"([\w.]+)\s+(not\s+)?in\s*[\[({]([\w\s.,]*)[\])}]", re.ASCII)
_HINTS = {
    "&": "write `and`",
    "|": "write `or`",
    "%": "write 0.1 for 10 %",
    "'": "names and levels need no quotes inside an expression",
    '"': "names and levels need no quotes inside an expression",
    "?": "write `x if condition else y`",
    "[": "use parentheses",
    "{": "use parentheses",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "#": "a comment needs a space before the #, and quotes around the text before it",
}


class Mistake(Exception):
    """A mistake in an expression, with the message for its author."""


def parse(text: str, length: int = MAX_LENGTH) -> ast.expr:
    """The parsed text, which is cached and must not be changed. Raises Mistake."""
    return _parse(text, length)  # both arguments given, so that each text is cached once


@lru_cache(maxsize=4_096)
def _parse(text: str, length: int) -> ast.expr:
    text = " ".join(text.split())
    if len(text) > length:
        raise Mistake(f"is longer than {length:,} characters; name its parts as facts")
    # before parsing: no quotes, no brackets, no characters that Python's grammar would take for
    # others
    member = _MEMBER.search(text)
    if member:  # before the bracket in it is found, whose hint would not help
        subject, no, words = member.groups()
        sign, joint = ("!=", " and ") if no else ("==", " or ")
        each = re.split(r"[\s,]+", words.strip(" ,"))
        meant = joint.join(f"{subject} {sign} {word}" for word in each)
        raise Mistake(f"`in` has no meaning in an expression; write `{meant}`")
    if not _ALLOWED.fullmatch(text):
        odd = next(letter for letter in text if not _ALLOWED.fullmatch(letter))
        hint = f"; {_HINTS[odd]}" if odd in _HINTS else ""
        if not hint and not odd.isascii():  # it may look like a letter that is allowed
            hint = f"; {odd_character(text)}"
        raise Mistake(f"{odd!r} is not allowed in an expression{hint}")
    # Python's grammar takes `1_000`, `0x1f` and `1j` for numbers, which this language does not
    # have.
    for number in _LIKE_A_NUMBER.findall(text):
        if not _NUMBER.fullmatch(number):  # 0x1f, 1_000, 1j
            raise Mistake(f"{_shortened(number)!r} is neither a number nor a name")
        if isinf(float(number)):  # 1e999
            raise Mistake(f"{number[:20]!r} is too large a number")
    try:
        with warnings.catch_warnings():  # Python warns of `1if x`
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    # the last two: nested too deeply for Python's parser
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Mistake(_explain(text, error)) from None
    if _names_and_depth(tree)[1] > MAX_DEPTH:
        raise Mistake(f"{_shortened(text)!r} is too deeply nested; name its parts as facts")
    return tree


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` of nested attributes; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


@lru_cache(maxsize=4_096)
def names_and_depth(text: str) -> tuple[tuple[str, ...], int]:
    """Every name a text reads, dotted ones whole, and how deep it is. Raises Mistake."""
    return _names_and_depth(parse(text))


def expanded_size(text: str, facts: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Length and depth of a text with all facts expanded. Raises Mistake above the limits."""
    names, depth = names_and_depth(text)
    read = [facts[name] for name in names if name in facts]
    length = len(text) + sum(found for found, _ in read)
    depth += max((below for _, below in read), default=0)
    if length > MAX_EXPANDED_LENGTH or depth > MAX_DEPTH:
        limit = f"more than {MAX_EXPANDED_LENGTH:,} characters long or {MAX_DEPTH} levels deep"
        raise Mistake(f"{_shortened(text)!r} is {limit} once its facts are expanded")
    return length, depth


def _names_and_depth(tree: ast.expr) -> tuple[tuple[str, ...], int]:
    names: list[str] = []
    deepest = 0
    waiting = [(tree, 1)]  # no recursion: it would end at Python's limit
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        name = dotted(node)
        if name is not None:  # a dotted name is one name
            names.append(name)
            continue
        below = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        # so that names come in reading order
        waiting += [(part, depth + 1) for part in reversed(below)]
    return tuple(names), deepest


def one_line(value: str | float | bool) -> str:
    """An expression as text on one line, whether YAML took it for a text, a number or a flag."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return " ".join(value.split())
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)  # 0.1, not 0.1000000


def text_of(node: ast.expr) -> str:
    """The text of a part, for messages."""
    # As Python writes it, not as the author did: the tree has lost the spaces.
    return ast.unparse(node)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _explain(text: str, error: Exception) -> str:
    """Why a text cannot be parsed: a hint at the usual mistake, else where the parser stopped."""
    short = _shortened(text)
    # the most specific hint first
    placeholder = _PLACEHOLDER.search(text)
    if placeholder:
        return f"{placeholder.group()!r} is a placeholder that no for_each here replaces"
    duration = _TWO_WORDS.search(text)
    if duration:
        return f"{short!r}: a duration ({duration.group()!r}) is not allowed in an expression"
    if _CAPITALS.search(text):
        return f"{short!r}: write and, or, not in lower case"
    if _LONE_EQUALS.search(text):
        return f"{short!r}: `=` is not a comparison; use `==`"
    if "!" in text.replace("!=", ""):  # !talks
        return f"{short!r}: write `not` instead of !"
    if not isinstance(error, SyntaxError) or "too many nested" in error.msg:
        return f"{short!r} is too deeply nested; name its parts as facts"
    # The parser often stops far behind a parenthesis that is missing, so its place would mislead.
    if text.count("(") != text.count(")"):
        return f"{short!r}: a parenthesis is missing"
    if "expected 'else'" in error.msg:
        return f"{short!r}: an `if` needs its `else`"
    rest = text[error.offset - 1 :][:20] if error.offset else ""  # offsets count from 1
    near = f"cannot be read near {rest!r}" if rest else "ends too early; something is missing"
    return f"{short!r} {near}"
