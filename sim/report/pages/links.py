"""Links from where a number is used to where it is listed, and anchors that are safe as such."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from sim.report.pages.content import CODE, Line, Piece

WEB = re.compile(r"https?://", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def anchor(kind: str, name: str) -> str:
    """The anchor of a named thing: letters, digits and `-_.` alone, whatever the name has."""
    safe = re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"-{ord(found.group()):x}-", name)
    return f"{kind}-{safe}"


def on_the_web(address: str) -> str:
    """An address if it is one of the web, else nothing: `javascript:` is no source."""
    return address if WEB.match(address) else ""


class Links:
    """The names that have a row in the list of assumptions."""

    def __init__(self, names: Iterable[str]) -> None:
        self.targets = {name: f"#{anchor('assumption', name)}" for name in names}

    def named(self, name: str) -> Piece:
        """A name as the file has it, linked if it is listed."""
        return Piece(text=name, look=CODE, target=self.targets.get(name, ""))

    def expression(self, text: str) -> Line:
        """An expression of the file, in which every name of an assumption is a link."""
        return tuple(self._pieces(text, CODE, lambda word: True))

    def prose(self, text: str) -> Line:
        """A sentence in which names of assumptions are links, and `code spans` are code.

        A name that is an ordinary word (trust, speed) is linked only as code.
        """
        found: list[Piece] = []
        for place, part in enumerate(text.split("`")):
            if place % 2:
                found += self._pieces(part, CODE, lambda word: True)
            else:
                found += self._pieces(part, "text", lambda word: not word.isalpha())
        return tuple(found)

    def _pieces(self, text: str, look: str, linked: Callable[[str], bool]) -> Iterator[Piece]:
        last = 0
        for match in _WORD.finditer(text):
            # a name at the end of a sentence has its full stop behind it
            word = match.group().rstrip(".")
            if word not in self.targets or not linked(word):
                continue
            if match.start() > last:
                yield Piece(text=text[last : match.start()], look=look)
            yield Piece(text=word, look=CODE, target=self.targets[word])
            last = match.start() + len(word)
        if last < len(text):
            yield Piece(text=text[last:], look=look)
