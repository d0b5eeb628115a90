"""What a rule can wait for: transitions, their options, and what for_each made them of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.scenario.written import Block, Entry, Written, entries


@dataclass(frozen=True, slots=True)
class Firing:
    """A transition that can be named in `on`: its options, and what it was before for_each."""

    options: tuple[str, ...] = ()
    template: str = ""
    fillings: Mapping[str, str] = field(default_factory=dict)


def firings(tree: Block) -> dict[str, Firing]:
    """Every transition a rule can wait for, by name; of what is broken too."""
    found: dict[str, Firing] = {}
    for treaty, entry in entries(tree.get("treaties")):
        found[f"{treaty}.binds"] = Firing()
        for name, clause in entries(_below(entry, "obligations")):
            template = f"{treaty}.{clause.origin}" if clause.origin else ""
            answers = tuple(option for option, _ in entries(_below(clause, "responses")))
            found[f"{treaty}.{name}"] = Firing(answers, template, clause.fillings)
            for step in ("invoked", "reopened") if _below(clause, "reopens") else ("invoked",):
                later = f"{template}.{step}" if template else ""
                found[f"{treaty}.{name}.{step}"] = Firing((), later, clause.fillings)
    for section in ("moves", "events"):
        for name, entry in entries(tree.get(section)):
            options = tuple(option for option, _ in entries(_below(entry, "choose")))
            options = ("nothing",) if _below(entry, "chance") else options
            found[name] = Firing(options, entry.origin, entry.fillings)
    return found


def _below(entry: Entry, key: str) -> Written | None:
    return entry.value.get(key) if isinstance(entry.value, Block) else None
