"""Everything that can go wrong and that a user can mend: the error tree on one screen."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from numbers import Integral


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where something was written; lines and columns count from 1, 0 when there is no file."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing an author has to mend: where, in which key, what was found and what is allowed."""

    place: Place
    path: str
    text: str

    def __str__(self) -> str:
        return self.line("")

    def line(self, severity: str) -> str:
        """`crisis.yaml:5:10: error: horizon: needs a unit`; `severity` is left out if empty."""
        parts = (str(self.place), severity, self.path, self.text)
        said = ": ".join(part for part in parts if part)
        return " ".join(said.splitlines())  # one a line, whatever a name has in it

    def as_row(self, severity: str) -> dict[str, object]:
        """The finding for other programs: what `check --json` prints and `warnings.json` holds."""
        place = self.place
        return {
            "severity": severity,
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "path": self.path,
            "message": self.text,
        }


class EscalationError(Exception):
    """The root: an error of input, never of ours. The command line answers it with exit code 2."""


class ScenarioError(EscalationError):
    """A scenario that does not say what it should; `problems` holds all of them, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # in the order of the file, whichever check found them first
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RunError(EscalationError):
    """A scenario that went wrong while running; the text names expression, state, draw and path."""


class NotApplicable(EscalationError):
    """A question this model cannot be asked, with the reason."""


class UsageError(EscalationError):
    """An argument that is out of range, unknown or in the way of another."""


def require_int(name: str, value: object, low: int, high: int | None = None) -> int:
    """The value of an argument; UsageError unless it is a whole number from `low` (to `high`)."""
    # NumPy's whole numbers are welcome; `True` is a whole number to Python, and a slip here
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise UsageError(f"{name}: must be a whole number, found {value!r}")
    if int(value) < low or (high is not None and int(value) > high):
        allowed = f"at least {low}" if high is None else f"from {low} to {high:,}"
        raise UsageError(f"{name}: must be {allowed}, found {value}")
    return int(value)


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """Say what was not found, and the nearest thing that exists."""
    owner, dot, rest = name.partition(".")
    own = [one for one in known if dot and one.startswith(f"{owner}.")]
    if own:  # of an actor's variables none of another actor's is meant
        rests = [one[len(owner) + 1 :] for one in own]
        near = [f"{owner}.{one}" for one in _short_for(rest, rests) or _alike(rest, rests)]
        known = [*own, *(one for one in known if one == owner)]
    else:
        near = _short_for(name, known) or _alike(name, known)
    meant = " or ".join(repr(one) for one in near)
    hint = f"did you mean {meant}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"
    short = name if len(name) <= 60 else f"{name[:57]}..."
    odd = odd_character(name)
    return f"unknown {what} {short!r}{f' ({odd})' if odd else ''}; {hint}"


def _alike(name: str, known: Collection[str]) -> list[str]:
    """The name that is most like this one, if it is like enough for a slip of the pen.

    Below 0.7, of words of three or four letters, only two letters exchanged or one other letter: a
    wrong hint is worse than none.
    """
    for near in get_close_matches(name, known, n=1, cutoff=0.6):
        differ = [(a, b) for a, b in zip(name, near, strict=False) if a != b]
        slip = len(near) == len(name) and (len(differ) == 1 or sorted(near) == sorted(name))
        if slip or SequenceMatcher(None, near, name).ratio() >= 0.7:
            return [near]
    return []


def odd_character(text: str) -> str:
    """The first character that no name has, with its number: many look like another, or like none.

    A Cyrillic о is not told from a Latin o by its looks, nor is a zero-width space from nothing.
    """
    at = next((i for i, letter in enumerate(text) if not letter.isascii()), None)
    if at is None:
        return ""
    name = unicodedata.name(text[at], "a character without a name")
    return f"character {at + 1} is U+{ord(text[at]):04X}, {name}"


def _short_for(name: str, known: Collection[str]) -> list[str]:
    """Names of which this may be a short form: a few that begin with it, or end with it."""
    short = name.casefold()
    if len(short) < 2:
        return []
    found = [one for one in known if one.casefold().startswith(short)]
    found = found or [one for one in known if f".{one}".casefold().endswith(f".{short}")]
    return sorted(found) if len(found) <= 3 else []
