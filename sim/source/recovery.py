"""After an error of YAML: which section to leave out, so that the rest of a file can be read.

A section is what stands below a key at the beginning of a line. It is replaced by an empty one, and
its lines are left empty, so that all other places stay as they are.
"""

import re
from typing import NamedTuple

import yaml

MOST_SECTIONS = 10  # that are left out of one file; each costs another reading
_SECTION = re.compile(
    r"([A-Za-z_][A-Za-z0-9_]*)(?![A-Za-z0-9_.])"
)  # also where its colon is missing
_NEEDED = ("extends", "include", "remove")  # without them everything else would look wrong


class _Section(NamedTuple):
    key: str
    first: int  # its lines, from 0; `end` is the line after the last one
    end: int


class Shortened(NamedTuple):
    """A text without one of its sections."""

    text: str
    section: str


def without_section(text: str, line: int, loader: type) -> Shortened | None:
    """The text without the section that an error in a line (from 0) comes from; None if unknown.

    The parser may notice an error only in the section after it, so the one before is tried, too.
    """
    sections = _sections(text)
    near = [i for i, one in enumerate(sections) if one.first <= line < one.end]
    for i in (near[0], near[0] - 1) if near else ():
        if i < 0 or sections[i].key in _NEEDED:
            continue
        shorter = _left_out(text, sections[i])
        next_line = _line_of_error(shorter, loader)
        # another error is another section's if it comes after both that were looked at
        if next_line is None or next_line >= sections[near[0]].end:
            return Shortened(shorter, sections[i].key)
    return None


def _sections(text: str) -> list[_Section]:
    """The sections of a file, in order."""
    lines = text.splitlines()
    starts = [(i, found.group(1)) for i, row in enumerate(lines) if (found := _SECTION.match(row))]
    # one end more where there is no section at all
    ends = [*(start for start, _ in starts[1:]), len(lines) + 1]
    return [_Section(key, start, end) for (start, key), end in zip(starts, ends, strict=False)]


def _left_out(text: str, section: _Section) -> str:
    lines = text.splitlines()
    empty = [f"{section.key}: {{}}", *[""] * (section.end - section.first - 1)]
    lines[section.first : section.end] = empty
    return "\n".join(lines)


def _line_of_error(text: str, loader: type) -> int | None:
    """The line of the first error of YAML, from 0; None if there is none."""
    try:
        for _ in yaml.parse(text, Loader=loader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return mark.line if mark else 0
    except yaml.YAMLError:
        return 0
    return None
