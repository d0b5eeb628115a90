"""How each thing is called wherever a person reads: in one place, for all screens and pages.

A key is what a file and a table call a thing; a title is what its author calls it for readers.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.formatting import plain
from sim.model.model import Model
from sim.model.state import Variable
from sim.model.transitions import Transition

Kind = Literal[
    "actor",
    "treaty",
    "clause",
    "article",  # a clause without its treaty, by the key of the clause
    "rule",  # a move or an event
    "origin",  # what a rule or a clause is called in the file, before `for_each`
    "option",
    "variable",
    "outcome",
    "ending",
    "intervention",
]
Known = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The titles of a scenario's things, by kind and key; a thing without one goes by its key."""

    known: Known = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)  # what treaties do, by transition
    shortened: "Titles | None" = None

    @property
    def short(self) -> "Titles":
        """The same where room is scarce: the short names that the file gives, else these."""
        return self.shortened or self

    def of(self, kind: Kind, key: str) -> str:
        """What a reader calls it: `("clause", "pact.art4")` gives `Art. 4, Northern Pact`."""
        return self.known.get((kind, key)) or plain(key)

    def all(self, kind: Kind, keys: Iterable[object]) -> dict[str, str]:
        """What a reader calls each of some things, by key."""
        return {str(key): self.of(kind, str(key)) for key in keys}

    def owner(self, key: str) -> str:
        """What a reader calls the actor or the treaty of that key."""
        return self.known.get(("actor", key)) or self.of("treaty", key)

    def changes(self, names: str) -> str:
        """Interventions together, `a+b`: the titles they have, with their keys, which are typed."""
        titles = ((name, self.known.get(("intervention", name))) for name in names.split("+"))
        return "+".join(f"{title} ({name})" if title else name for name, title in titles)

    def happened(self, transition: str, option: object = None) -> str:
        """An event: `South Korea fires back – in kind`, `Art. 4, Northern Pact is invoked`.

        `option` may be missing.
        """
        what = self.events.get(transition) or self.of("rule", transition)
        return f"{what} – {self.of('option', option)}" if isinstance(option, str) else what

    def has(self, transition: str) -> bool:
        """Whether a reader's name for this transition says more than its key."""
        return transition in self.events or ("rule", transition) in self.known


def titles_of_model(
    model: Model, declared: Known | None = None, short: Known | None = None
) -> Titles:
    """The titles that a model has, and those `declared` in its file, which go before.

    `short` are the short names that its file gives some things.
    """
    declared, short = {**model.called, **(declared or {})}, {**model.called_short, **(short or {})}
    return _titles(model, declared, _titles(model, {**declared, **short}) if short else None)


def _titles(model: Model, declared: Known, shortened: Titles | None = None) -> Titles:
    # a model names a treaty only where it begins to bind on a day; its file names every one
    treaties = {**_treaties(model), **declared}
    known = {**treaties, **dict(_things(model)), **_clauses(model, treaties), **declared}
    # a machine form does not say whose a variable is, and so how it is called
    known = {("variable", one.name): _variable(one, known) for one in model.variables} | known
    events = {one.name: _event(one, known) for one in model.transitions if one.clause}
    known |= _origins(model, known)
    return Titles(known=known, events=events, shortened=shortened)


def _treaties(model: Model) -> Known:
    binding = [one for one in model.transitions if one.step == "binds" and one.title]
    return {("treaty", str(one.clause)): one.title for one in binding}


def _things(model: Model) -> Iterator[tuple[tuple[str, str], str]]:
    """Everything that has a title of its own."""
    for actor in model.actors:
        # a model calls an actor that has no name by its key
        named = actor.title != actor.name
        yield ("actor", actor.name), actor.title if named else plain(actor.name)
    for outcome in model.outcomes:
        yield ("outcome", outcome.name), outcome.label
    for ending in model.endings:
        yield ("ending", ending.name), ending.label
    for transition in model.transitions:
        if transition.clause is None and transition.title:
            yield ("rule", transition.name), transition.title


def _clauses(model: Model, treaties: Known) -> Known:
    """Each clause with its treaty: one article number is that of many treaties."""
    found = {}
    for transition in model.transitions:
        if transition.clause and transition.step != "binds":
            treaty, _, own = transition.clause.rpartition(".")
            title = transition.title or plain(own)
            of = treaties.get(("treaty", treaty)) or plain(treaty)
            found["clause", transition.clause] = f"{title}, {of}"
            found["article", transition.clause] = title
    return found


def _variable(variable: Variable, known: Known) -> str:
    """`posture of Japan`; of a clause's status, the clause; of a treaty's flag, that it binds."""
    clause = known.get(("clause", variable.name))
    if clause or not variable.owner:
        return clause or plain(variable.name)
    own = plain(variable.name.removeprefix(f"{variable.owner}."))
    if actor := known.get(("actor", variable.owner)):
        return f"{own} of {actor}"
    treaty = known.get(("treaty", variable.owner)) or plain(variable.owner)
    return f"{treaty} {own}" if variable.kind == "flag" else f"{own} of {treaty}"


def _event(transition: Transition, known: Known) -> str:
    """What a treaty does by itself."""
    key = str(transition.clause)
    if transition.step == "binds":
        return f"{known.get(('treaty', key)) or plain(key)} begins to bind"
    clause = known["clause", key]
    return {
        "invoked": f"{clause} is invoked",
        "lapsed": f"{clause} lapses",
        "reopened": f"{clause} is invoked again",
    }.get(str(transition.step), f"answer under {clause}")


def _origins(model: Model, known: Known) -> Known:
    """Titles of what the file has, before `for_each`: what all its copies are called."""
    found: dict[str, dict[str, str]] = {}
    for transition in model.transitions:
        key = transition.clause or transition.name
        kind = {None: "rule", "binds": "treaty"}.get(transition.step, "clause")
        found.setdefault(transition.origin, {})[key] = known.get((kind, key), "")
    actors = {one.name: one.title for one in model.actors}
    called = {origin: _of_all(origin, titles, actors) for origin, titles in found.items()}
    return {("origin", origin): title for origin, title in called.items() if title}


def _of_all(origin: str, titles: Mapping[str, str], actors: Mapping[str, str]) -> str:
    """What copies are called together: alike, or with the placeholder where their words stand.

    `Answer of Russia` and `Answer of China`, copies of `<power>_answers`, are `Answer of (power)`.
    Without titles it is the key as words: `<ally>_judges` becomes `ally judges`, and one at the
    end, which tells copies apart, stands in brackets: `account forms (question)`.
    """
    if "<" not in origin or len(set(titles.values()) - {""}) == 1:
        return next(iter(titles.values()))
    placeholder = r"<(\w+)>"
    pattern = re.compile(re.sub(placeholder, r"(?P<\1>\\w+)", origin.replace(".", r"\."), count=1))
    common = set()
    for key, title in titles.items():
        found = pattern.fullmatch(key)  # none where a copy has several words of its own
        for name, word in found.groupdict().items() if found else ():
            filled = title.replace(actors.get(word) or plain(word), f"({plain(name)})")
            common.add(filled.replace("((", "(").replace("))", ")"))
    if len(common) == 1 and "(" in min(common):
        return min(common)
    return plain(re.sub(f"_{placeholder}$", r" (\1)", origin).replace("<", "").replace(">", ""))
