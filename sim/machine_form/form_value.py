"""One value of a machine form with its path, and the few forms that a value can have."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from sim.errors import Problem, ScenarioError, unknown
from sim.model.time_grid import on_grid
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Mapping, Node, Scalar, Sequence, path_text, place_of


@dataclass(frozen=True, slots=True)
class FormValue:
    """A value of the form, and its path for messages."""

    root: Mapping
    node: Node
    path: KeyPath = ()
    # what was asked of each block of keys, by all values of one form: see `refuse_unread`
    asked: dict[KeyPath, tuple[Mapping, set[str]]] = field(default_factory=dict)

    def fail(self, text: str) -> NoReturn:
        """Raise a ScenarioError with this place."""
        place = place_of(self.root, self.path)
        raise ScenarioError([Problem(place=place, path=path_text(self.path), text=text)])

    def get(self, key: str) -> "FormValue | None":
        """The value of a key, or None."""
        if not isinstance(self.node, Mapping):
            self.fail(f"must be a block of keys, found {describe(self.node)}")
        self._keys_asked(self.node).add(key)
        node = self.node.get(key)
        return self._below(node, key) if node is not None else None

    def __getitem__(self, key: str) -> "FormValue":
        return self.get(key) or self.fail(f"has no `{key}`")

    def named(self) -> Iterator[tuple[str, "FormValue"]]:
        """The keys with their values."""
        if not isinstance(self.node, Mapping):
            self.fail(f"must be a block of keys, found {describe(self.node)}")
        self._keys_asked(self.node).update(self.node.entries)
        for key, entry in self.node.entries.items():
            yield key, self._below(entry.value, key)

    def items(self) -> list["FormValue"]:
        """The entries of a list."""
        if not isinstance(self.node, Sequence):
            self.fail(f"must be a list, found {describe(self.node)}")
        return [self._below(node, i) for i, node in enumerate(self.node.items)]

    def _keys_asked(self, block: Mapping) -> set[str]:
        return self.asked.setdefault(self.path, (block, set()))[1]

    def _below(self, node: Node, key: str | int) -> "FormValue":
        return replace(self, node=node, path=(*self.path, key))

    def refuse_unread(self) -> None:
        """Raise a ScenarioError for the first key that was never asked for.

        Called when all is read: what nobody asked for is misspelt, or of another version.
        """
        for path, (block, keys) in self.asked.items():
            for key in block.entries:
                if key not in keys:
                    replace(self, path=(*path, key)).fail(unknown("key", key, keys))

    def text(self) -> str:
        """A scalar as it was written."""
        if not isinstance(self.node, Scalar):
            self.fail(f"must be a text, found {describe(self.node)}")
        return self.node.text

    def number(self) -> float:
        """A number."""
        return self._float(self.text())

    def seconds(self) -> float:
        """A time on the grid, with its unit (always seconds) such as `864000 s`, or without."""
        # What `resolve` wrote is on the grid; a form of an older version or edited by hand need not
        return on_grid(self._float(self.text().removesuffix(" s")))

    def _float(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            self.fail(f"must be a number, found {text!r}")

    def numbers(self, *, times: bool = False) -> tuple[float, ...]:
        """A list of numbers, or of times."""
        return tuple(item.seconds() if times else item.number() for item in self.items())

    def integer(self) -> int:
        """A whole number."""
        number = self.number()  # 2.0 is one, too
        return int(number) if number.is_integer() else self.fail("must be a whole number")

    def one_of(self, words: tuple[str, ...]) -> Any:
        """One of some words."""
        word = self.text()
        return word if word in words else self.fail(unknown("word", word, words))
