"""A scenario held in memory: a mapping of Python's, or the text of a file, as `Read` gives a file.

Of a mapping there are no lines, so a place is its name alone, and messages go by the path of keys.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from datetime import date, timedelta
from numbers import Integral, Real
from typing import Any

import yaml

from sim.errors import Place, Problem, ScenarioError
from sim.source.reading import NODES, Read
from sim.source.syntax import DEPTH, TOO_DEEP
from sim.source.tree import Entry, KeyPath, Mapping, Node, Scalar, Sequence, path_text, plain

Plain = MappingOf[Any, Any]  # as a caller has it: what is in it is looked at here


def read_mapping(file: str, mapping: Plain) -> Read:
    """The tree of a mapping, and its text as YAML; `file` is what messages call it.

    Raises ScenarioError with every key that is no text and every value that YAML has not.
    """
    tree, problems = tree_of(file, mapping)
    if problems:
        raise ScenarioError(problems)
    # the text is what a run directory keeps: read again, it gives the same scenario
    text = yaml.safe_dump(plain(tree), sort_keys=False, allow_unicode=True, width=100)
    return Read(tree, [], text.encode())


def tree_of(file: str, mapping: Plain) -> tuple[Mapping, list[Problem]]:
    """The tree of a mapping, without what is wrong in it; and that."""
    builder = _Builder(file)
    tree = builder.node(mapping, ())
    return tree if isinstance(tree, Mapping) else Mapping({}, builder.place), builder.problems


class _Builder:
    """Makes nodes of values, within the limits that files have."""

    def __init__(self, file: str) -> None:
        self.place = Place(file=file)
        self.problems: list[Problem] = []
        self.nodes = 0

    def node(self, value: object, path: KeyPath) -> Node | None:
        """The node of a value; None, with the reason noted, if YAML has no such value."""
        self.nodes += 1
        # a mapping that contains itself ends here, too
        if self.nodes > NODES or len(path) > DEPTH:
            text = TOO_DEEP if len(path) > DEPTH else f"holds more than {NODES:,} values"
            raise ScenarioError([Problem(place=self.place, path=path_text(path[:3]), text=text)])
        if isinstance(value, MappingOf):
            return self._mapping(value, path)
        if hasattr(value, "tolist"):  # an array, or a number of NumPy's
            value = value.tolist()
        if isinstance(value, (list, tuple)):
            items = [self.node(item, (*path, i)) for i, item in enumerate(value)]
            return Sequence(tuple(item for item in items if item is not None), self.place)
        return self._scalar(value, path)

    def _mapping(self, value: Plain, path: KeyPath) -> Mapping:
        entries = {}
        for key, inner in value.items():
            if key is True:  # what other readers of YAML make of the key `on`
                key = "on"
            if not isinstance(key, str):
                self._problem(path, f"a key must be a text, found {key!r:.60}")
                continue
            # what is wrong inside is left out, so that all of it is told at once
            node = self.node(inner, (*path, key))
            if node is not None:
                entries[key] = Entry(self.place, node)
        return Mapping(entries, self.place)

    def _scalar(self, value: object, path: KeyPath) -> Scalar | None:
        if isinstance(value, str):
            return Scalar(str(value), str(value), self.place)
        if value is None or isinstance(value, bool):
            return Scalar(value, {None: "null", True: "true", False: "false"}[value], self.place)
        if isinstance(value, timedelta):
            return self._scalar(f"{value.total_seconds()!r} s", path)
        if isinstance(value, date):  # also of `datetime`, whose time of day no key can have
            return self._scalar(value.isoformat(), path)
        if isinstance(value, Integral):
            return Scalar(int(value), str(int(value)), self.place)
        if isinstance(value, Real):
            return Scalar(float(value), repr(float(value)), self.place)
        self._problem(path, f"must be a text, number, list or mapping, found {value!r:.60}")
        return None

    def _problem(self, path: KeyPath, text: str) -> None:
        self.problems.append(Problem(place=self.place, path=path_text(path), text=text))
