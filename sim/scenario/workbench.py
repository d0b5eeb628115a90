"""Where a document is worked on: its names, the actor list, and what was found wrong so far."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sim.errors import unknown
from sim.model.durations import DAY
from sim.model.expressions import Expression
from sim.scenario.applied import NOTHING_APPLIED, Applied
from sim.scenario.document import Document
from sim.scenario.expressions import Reader
from sim.scenario.findings import Findings
from sim.scenario.firings import Firing
from sim.scenario.typed import Kind
from sim.scenario.vocabulary import Vocabulary
from sim.scenario.written import Route, entry_of, place_of, spelled

_LISTED_IN = {"actor": "actors", "source": "sources", "ladder": "ladders"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What every part of resolving needs; `broken` routes are left out of the document."""

    document: Document
    findings: Findings
    broken: frozenset[Route] = frozenset()
    words: Vocabulary = field(default_factory=Vocabulary)
    applied: Applied = NOTHING_APPLIED
    firings: Mapping[str, Firing] = field(default_factory=dict)  # what `on` can name
    at_once: frozenset[str] = frozenset()  # `<treaty>.binds` that never fire: bound at the start
    statuses: frozenset[str] = frozenset()  # the treaties' variables
    rationalities: Mapping[str, Expression] = field(default_factory=dict)
    horizon: float | None = None
    conditions: dict[Route, Expression] = field(default_factory=dict)  # as they were read
    doubtful: set[str] = field(default_factory=set)  # transitions with a problem of their own

    def origin(self, route: Route) -> str:
        """What a rule is called in the file, before for_each: `moves`, `events` by their key."""
        entry = entry_of(self.findings.tree, route)
        name = entry.origin if entry and entry.origin else str(route[-1])
        return f"{route[1]}.{name}" if route[0] == "treaties" else name

    def problem(self, route: Route, text: str, *, key: bool = False) -> None:
        """Note something to mend."""
        self.findings.problem(route, text, key=key)

    def expression(
        self, written: str | float | bool, route: Route, kind: Kind, *, outcomes: bool = False
    ) -> Expression | None:
        """An expression of a kind, or None with its mistakes noted."""
        text = said(written)
        reader = Reader(self.words, outcomes)
        node = reader.wanted(text, kind)
        for mistake in reader.mistakes:
            self.problem(route, mistake)
        if node is None:
            return None
        where = f"{place_of(self.findings.tree, route)}: {spelled(route)}"
        return Expression(node, text, where)

    def condition(
        self, written: str | bool | None, route: Route, *, outcomes: bool = False
    ) -> Expression | None:
        """A condition; None also where none is written."""
        if written is None:
            return None
        condition = self.expression(written, route, "condition", outcomes=outcomes)
        if condition is not None:
            self.conditions.setdefault(route, condition)
        return condition

    def refer(self, what: str, name: str, known: Collection[str], route: Route) -> bool:
        """Whether a name exists; a broken thing does, and needs no second complaint."""
        if name in known:
            return True
        if (
            _LISTED_IN.get(what),
        ) not in self.broken:  # a section that cannot be read lists nothing
            self.problem(route, unknown(what, name, known))
        return False

    def damaged(self, route: Route) -> bool:
        """Whether something at or below a route, or above it, was left out of the document."""
        return any(other[: len(route)] == route[: len(other)] for other in self.broken)

    def named(self, section: str) -> list[str]:
        """The names in a section, of broken things too, in the order of the file."""
        block = self.findings.tree.get(section)
        return list(getattr(block, "entries", ()))

    def seconds_from_start(self, day: date) -> float | None:
        """Seconds from t = 0 to a date's midnight; None when the scenario has no start."""
        start = self.document.start
        return (day - start).days * DAY if start else None


def said(written: str | float | bool) -> str:
    """An expression as text, on one line."""
    if isinstance(written, bool):
        return "true" if written else "false"
    if isinstance(written, str):
        return " ".join(written.split())
    return f"{written:g}" if float(f"{written:g}") == written else repr(written)
