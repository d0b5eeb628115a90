"""A scenario: what an analyst wrote, checked, and resolved to a model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from sim.errors import Problem, UsageError
from sim.machine_form import machine_form
from sim.model.model import Model
from sim.model.transitions import Transition
from sim.scenario import apply
from sim.scenario.assumptions import Stipulated, unsourced
from sim.scenario.language.document import Document

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, repr=False)
class Scenario:
    """A scenario without problems; made by `load`, never changed afterwards.

    `model` is what engines run; `declared` is everything the file says, in its final form; `files`
    are all that were read; `warnings` what its author should look at; `applied` says which
    interventions are in force, in the order of the file.
    """

    model: Model
    declared: Document
    file: str
    files: tuple[str, ...]
    numbers: tuple[Stipulated, ...]  # written into rules
    warnings: tuple[Problem, ...] = ()
    applied: tuple[str, ...] = ()
    is_machine_form: bool = False  # loaded from what `resolve` writes: it has a model, nothing else
    events: Mapping[str, Transition] = field(repr=False, compare=False)  # that interventions add

    @property
    def name(self) -> str:
        """The short name."""
        return self.declared.scenario

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.declared.label

    @property
    def question(self) -> str:
        """What it is to answer."""
        return self.declared.question

    @property
    def start(self) -> date | None:
        """The calendar date of t = 0."""
        return self.declared.start

    @property
    def horizon(self) -> float:
        """How long a path lasts at most, in seconds."""
        return self.declared.horizon

    @property
    def interventions(self) -> Mapping[str, object]:
        """What could be different, by name."""
        return self.declared.interventions

    @property
    def parameters(self) -> "pd.DataFrame":
        """What is not known, one row a parameter; for columns see `sim.scenario.frames`."""
        from sim.scenario import frames

        return frames.parameters(self.declared, self.model)

    @property
    def delays(self) -> "pd.DataFrame":
        """Waiting times with a name; columns as of `parameters`."""
        from sim.scenario import frames

        return frames.delays(self.declared, self.model)

    @property
    def stipulated(self) -> "pd.DataFrame":
        """Numbers written into rules; columns as of `parameters`."""
        from sim.scenario import frames

        return frames.stipulated(self.numbers)

    @property
    def assumptions(self) -> "pd.DataFrame":
        """Parameters, delays and written numbers together; column `what` says which."""
        from sim.scenario import frames

        return frames.assumptions(self.declared, self.model, self.numbers)

    @property
    def treaties(self) -> "pd.DataFrame":
        """One row a clause: who owes what to whom, and when."""
        from sim.scenario import frames

        return frames.treaties(self.declared)

    @property
    def evidence(self) -> "pd.DataFrame":
        """What history says, one row an entry."""
        from sim.scenario import frames

        return frames.evidence(self.declared)

    def _repr_html_(self) -> str:
        """Question, actors and warnings, for notebooks."""
        lines = [f"<b>{escape(self.title)}</b>", escape(self.question), escape(repr(self)[1:-1])]
        actors = ", ".join(actor.title for actor in self.model.actors)
        lines.append(f"Actors: {escape(actors)}" if actors else "")
        lines += [f"Warning: {escape(str(problem))}" for problem in self.warnings]
        return "<br>".join(line for line in lines if line)

    def __repr__(self) -> str:
        """One line: name, size, and what is in force."""
        model = self.model
        sizes = f"{len(model.transitions)} transitions, {len(model.parameters)} parameters"
        sizes += f", {len(model.outcomes)} outcomes"
        under = f", under {'+'.join(self.applied)}" if self.applied else ""
        return f"<Scenario {self.name!r} of {self.file}: {sizes}{under}>"

    def under(self, names: str | Iterable[str]) -> "Scenario":
        """The scenario under an intervention, or under several: `a+b` or `["a", "b"]` is both.

        Raises UsageError for an unknown name, and ScenarioError, with the place in the file, where
        two contradict each other or where together they say what no file may say.
        """
        given = names.split("+") if isinstance(names, str) else list(names)
        wanted = [name.strip() for name in given]
        if not wanted or not all(wanted):
            raise UsageError(f"{names!r} names no intervention")
        if self.is_machine_form:
            raise UsageError(f"{self.file} is a machine form, which has no interventions")
        known = self.declared.interventions
        chosen = apply.select_in_file_order(known, [*self.applied, *wanted])
        change = apply.combine(chosen, self.events)
        return replace(self, model=apply.checked_model(self.model, change), applied=change.names)

    def resolved(self) -> str:
        """The machine form: all shorthand expanded, in a stable order, easy to compare."""
        return machine_form(self.model)

    def strict(self) -> tuple[Problem, ...]:
        """What `check --strict` finds: the warnings, and numbers without source or reason."""
        return tuple(sorted([*self.warnings, *unsourced(self.declared, self.numbers)]))
