"""How each thing of a scenario is called: what its model says, and what only its file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from sim.formatting import plain
from sim.model import Model
from sim.model.titles import Titles, titles_of_model

if TYPE_CHECKING:
    from sim.scenario.language.document import Document


class Declared(Protocol):
    """What is needed of a `sim.Scenario`, which itself asks for titles."""

    @property
    def model(self) -> Model:
        """What is run."""

    @property
    def declared(self) -> Document:
        """What the file says."""


def titles_of(source: Declared | Model) -> Titles:
    """The titles of a scenario, or as many of them as a model has."""
    if isinstance(source, Model):
        return titles_of_model(source)
    document = source.declared
    return titles_of_model(
        source.model,
        dict(_declared(document)),
        {key: name for key, name in _short(document) if name},
    )


def _declared(document: Document) -> Iterator[tuple[tuple[str, str], str]]:
    for treaty in document.treaties.values():
        yield ("treaty", treaty.name), treaty.long_name or treaty.title or plain(treaty.name)
    for name, intervention in document.interventions.items():
        if intervention.title:
            yield ("intervention", name), intervention.title


def _short(document: Document) -> Iterator[tuple[tuple[str, str], str]]:
    """The short names that the file gives."""
    for actor in document.actors.values():
        yield ("actor", actor.name), actor.short
    for treaty in document.treaties.values():
        yield ("treaty", treaty.name), treaty.short
    for outcome in document.outcomes.values():
        yield ("outcome", outcome.name), outcome.short
