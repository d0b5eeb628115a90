"""What is wrong or doubtful in a scenario, collected so that an author sees it all at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.errors import Place, Problem
from sim.scenario.written import Block, Route, place_of, spelled

_UNKNOWN = re.compile("unknown (?!key|kind|level|option|choice)[^']*'([^']*)'")


@dataclass(frozen=True, slots=True)
class Findings:
    """Problems stop a scenario from loading, warnings do not."""

    tree: Block
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    removed: Mapping[str, Place] = field(default_factory=dict)  # by `remove`: name -> where

    def problem(self, route: Route, text: str, *, key: bool = False) -> None:
        """Note what has to be mended at a route; `key` points at the key, not at its value."""
        missing = _UNKNOWN.match(text)
        gone = self.removed.get(missing.group(1)) if missing else None
        if missing and gone:
            text = f"reads {missing.group(1)!r}, which is removed in {gone.file}:{gone.line}"
        self.problems.append(self.at(route, text, key=key))

    def warn(self, route: Route, text: str, *, key: bool = False) -> None:
        """Note what an author should look at."""
        self.warnings.append(self.at(route, text, key=key))

    def at(self, route: Route, text: str, *, key: bool = False) -> Problem:
        """The problem itself."""
        return Problem(place=place_of(self.tree, route, key=key), path=spelled(route), text=text)
