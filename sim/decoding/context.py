"""The context of decoding: the source tree, the diagnostics, and what is known to be invalid."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sim.errors import unknown
from sim.source import tree
from sim.source.diagnostics import Diagnostics
from sim.source.tree import KeyPath, entry_of, keys, path_text, place_of


@dataclass(slots=True, kw_only=True)
class Context:
    """What decoding any value needs; a language adds the names that were declared so far.

    An error is reported once, where it is; whatever depends on it is skipped silently, so that one
    error does not cause a dozen messages. For that, the context records what is invalid.
    """

    diagnostics: Diagnostics
    unreadable: set[str] = field(default_factory=set)  # sections that are invalid as a whole
    damaged: set[KeyPath] = field(default_factory=set)  # declarations with an error in them

    @property
    def tree(self) -> tree.Mapping:
        """The whole source tree, after files have been put together and copies made."""
        return self.diagnostics.tree

    def problem(self, path: KeyPath, text: str, *, key: bool = False) -> None:
        """Report an error."""
        self.diagnostics.problem(path, text, key=key)

    def in_section(self, section: str) -> list[str]:
        """The names in a section in the order of the file, also of invalid declarations."""
        return keys(self.tree, section)

    def check_reference(
        self, what: str, name: str, known: Collection[str], path: KeyPath, section: str = ""
    ) -> bool:
        """Whether a name exists; reported if not, unless its section as a whole is invalid."""
        if name in known:
            return True
        if section not in self.unreadable:  # then every name would be unknown
            self.problem(path, unknown(what, name, known))
        return False

    def is_damaged(self, path: KeyPath) -> bool:
        """Whether something at, above or below a path is invalid."""
        # one path begins with the other
        return any(other[: len(path)] == path[: len(other)] for other in self.damaged)

    def origin(self, path: KeyPath) -> str:
        """The name of a rule in the file, before for_each; of a clause with its treaty's."""
        entry = entry_of(self.tree, path)
        name = entry.origin if entry and entry.origin else str(path[-1])
        return f"{path[1]}.{name}" if path[0] == "treaties" else name

    def where(self, path: KeyPath) -> str:
        """Place and path as text, for errors that come up while a scenario runs."""
        return f"{place_of(self.tree, path)}: {path_text(path)}"
