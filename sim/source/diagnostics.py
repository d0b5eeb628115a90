"""Diagnostics: errors, warnings and notes, collected so that an author sees all of them at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sim.errors import Place, Problem
from sim.source import tree
from sim.source.tree import KeyPath, path_text, place_of

# A reference to something that `remove` took away gets another message: the name was known once.
_UNKNOWN = re.compile("unknown (?!key|kind|level|option|choice)[^']*'([^']*)'")
_A_NAME = re.compile("unknown (?!key|kind)")  # a name, or a level that may be a name


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """The findings about one scenario; only errors (`problems`) stop it from loading."""

    tree: tree.Mapping
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)  # what may be meant so; not counted
    removed: Mapping[str, Place] = field(default_factory=dict)  # by `remove`: name -> where
    unread: frozenset[str] = frozenset()  # sections left out for an error of YAML

    def problem(self, path: KeyPath, text: str, *, key: bool = False) -> None:
        """Report an error at a path; `key` points at the key, not at its value."""
        missing = _UNKNOWN.match(text)
        # what is unknown may be in a section that was left out, which is reported already
        if self.unread and (_A_NAME.match(text) or path_text(path) in self.unread):
            return
        gone = self.removed.get(missing.group(1)) if missing else None
        if missing and gone:
            text = f"reads {missing.group(1)!r}, which is removed in {gone.file}:{gone.line}"
        self.problems.append(self.at(path, text, key=key))

    def warn(self, path: KeyPath, text: str, *, key: bool = False) -> None:
        """Report a warning."""
        self.warnings.append(self.at(path, text, key=key))

    def note(self, path: KeyPath, text: str, *, key: bool = False) -> None:
        """Report what is worth a line and no mistake."""
        self.notes.append(self.at(path, text, key=key))

    def at(self, path: KeyPath, text: str, *, key: bool = False) -> Problem:
        """The error or warning, with its place in the file."""
        return Problem(place=place_of(self.tree, path, key=key), path=path_text(path), text=text)


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once: a line that for_each copied has the same one in every copy."""
    seen: dict[tuple[Place, str, str], Problem] = {}
    for problem in problems:
        # the path may differ; but of what is in memory it is all there is of a place
        path = "" if problem.place.line else problem.path
        seen.setdefault((problem.place, problem.text, path), problem)
    return list(seen.values())


def describe(value: object) -> str:
    """A value or a node of the source tree in a few words, for messages."""
    match value:
        case tree.Scalar(inner, _, _):
            return describe(inner)
        case tree.Mapping(entries, _):
            return "a block of keys" if entries else "an empty block"
        case tree.Sequence(items, _):
            return "a list" if items else "an empty list"
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            # a message stays readable
            return repr(value if len(value) <= 60 else value[:57] + "...")
        case _:
            return str(value) if len(str(value)) <= 60 else str(value)[:57] + "..."
