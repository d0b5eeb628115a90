"""The machine form taken apart into its entries, as text: enough to say which of them changed."""

from __future__ import annotations

import re

_SECTION = re.compile(r"(\w+):(.*)")
_ENTRY = re.compile(r'  ("(?:[^"\\]|\\.)*"|[^\s:]+):(.*)')
Entry = tuple[str, str]  # section, name; the name is empty for a section of one line


def entries(text: str) -> dict[Entry, str]:
    """Section and name of everything in a machine form, with its text, in the order of the form.

    By lines: the form is always written the same way, sections at the margin, names two blanks in.
    """
    found: dict[Entry, list[str]] = {}
    section = name = ""
    for line in text.splitlines():
        if match := _SECTION.fullmatch(line):
            section, name = match[1], ""
        elif match := _ENTRY.fullmatch(line):
            name = match[1].strip('"')
        # a section with things below it is no entry of its own
        if match is not None and not (name == "" and not match[2].strip()):
            found[section, name] = [match[2].strip()]
        elif match is None and (section, name) in found:
            found[section, name].append(line)
    return {entry: "\n".join(lines).strip("\n") for entry, lines in found.items()}
