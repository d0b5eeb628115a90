"""What an author is told of a file that is not valid YAML, or that nests too deeply."""

import re
import unicodedata
from typing import Protocol

import yaml

from sim.errors import Place, Problem, ScenarioError

DEPTH = 40  # levels of lists and blocks: no scenario an author writes comes near
# Spaces that YAML does not take for one, and what has no width: right in a title, wrong elsewhere.
_INVISIBLE = re.compile("[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
# What counts for the depth of brackets: a comment, a quoted text, a bracket.
_BRACKETS = re.compile(
    r"""(?:^|(?<=\s))\#.*$ | "(?:[^"\\]|\\.)*" | '(?:[^']|'')*' | [\[\]{}]""",
    re.MULTILINE | re.VERBOSE,
)


class Mark(Protocol):
    """Where the parser stands; lines and columns count from 0."""

    line: int
    column: int


def refusal(
    file: str, message: str, *, mark: Mark | None = None, before: str = ""
) -> ScenarioError:
    """The error of a file that cannot be read further, at a mark or at the end of a text."""
    line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
    if mark:
        line, column = mark.line, mark.column
    place = Place(file=file, line=line + 1, column=column + 1)
    return ScenarioError([Problem(place=place, path="", text=message)])


def without_line(file: str, message: str) -> ScenarioError:
    """An error of a file as a whole, without a line."""
    return ScenarioError([Problem(place=Place(file=file), path="", text=message)])


def too_deep(file: str, text: str) -> ScenarioError | None:
    """The error of brackets that nest too deeply for the parser; None if that is not the reason.

    Parsers have limits of their own, which differ by version, and read ahead of their events: so
    our limit is checked again here, and the error points at the first bracket beyond it.
    """
    depth = 1  # of the mapping that a scenario is
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > DEPTH:
            return refusal(file, TOO_DEEP, before=text[: found.start()])
    return None


TOO_DEEP = f"is nested deeper than {DEPTH} levels"
STAR = "a text that begins with * needs quotes"
_UNFIT = (
    "does not fit the lines above it: compare the indentation, and look for a quote that ends "
    "too early and for a key in braces (for_each replaces <name>)"
)
_HINTS = {  # part of the parser's message -> the usual mistake
    "mapping values are not allowed": "a second ': ' in one line, a line indented too far, or "
    "no ': ' in the line above: align the keys, and put a text that contains ': ' in quotes",
    "cannot start any token": "tabs cannot be used to indent, and a text that begins with this "
    "character needs quotes",
    "did not find expected key": _UNFIT,
    "did not find expected '-' indicator": "is where the next entry of a list would begin, but "
    "has no '- ': indent it more, or less, or put '- ' before it",
    "unexpected end of stream": "a quote or a bracket that opens here is never closed",
    "expected <block end>": _UNFIT,
    "could not find expected ':'": "a key needs ': ' after it, here or in the line above, and "
    "a text of several lines quotes or `>-` before it",
    "did not find expected ',' or": "a bracket or a comma is missing",
    "expected <document start>": "belongs to no key: a line is `key: value`, or indented below one",
}


def _invisible(file: str, text: str, line: int) -> ScenarioError | None:
    """The first character near an error that only looks like a space, or like nothing."""
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: max(line - 1, 0)]))  # the line above may be the one at fault
    end = start + sum(map(len, lines[max(line - 1, 0) : line + 1]))
    found = _INVISIBLE.search(text, start, end)
    if not found:
        return None
    letter = found.group()
    name = unicodedata.name(letter, "a character without a name")
    message = f"has U+{ord(letter):04X}, {name}, here; write a space, or leave it out"
    return refusal(file, message, before=text[: found.start()])


def syntax_error(file: str, text: str, error: yaml.YAMLError) -> ScenarioError:
    """A hint about the usual mistake, then the parser's own message."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return refusal(file, f"is not valid YAML: {error}")
    problem = (error.problem or error.context or "is not valid YAML").strip()
    opened = error.context_mark if "end of stream" in problem else None  # where it was opened
    mark = opened or error.problem_mark or error.context_mark
    invisible = _invisible(file, text, mark.line if mark else 0)
    if invisible:
        return invisible
    # most likely another kind of file
    if not file.endswith((".yaml", ".yml")) and "\nscenario:" not in f"\n{text}":
        message = "is not a scenario file: that is a YAML file with a line `scenario: name`"
        return without_line(file, f"{message} (the YAML parser: {problem})")
    hint = next((hint for part, hint in _HINTS.items() if part in problem), "")
    message = f"{hint} (the YAML parser: {problem})" if hint else f"is not valid YAML: {problem}"
    return refusal(file, message, mark=mark)
