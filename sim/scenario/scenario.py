"""A scenario: what an analyst wrote, checked, and resolved to a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sim.errors import Problem, UsageError
from sim.model.model import Model
from sim.scenario import record
from sim.scenario.resolving import resolve_under
from sim.scenario.workbench import Workbench


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario without problems; made by `load`, never changed afterwards.

    `files` are all that were read; `warnings` what its author should look at; `under` says which
    interventions are in force, in the order of the file.
    """

    name: str
    title: str
    question: str
    file: str
    files: tuple[str, ...]
    model: Model
    start: date | None
    horizon: float  # seconds
    actors: tuple[record.ActorRecord, ...]
    sources: tuple[record.Source, ...]
    assumptions: tuple[record.Assumption, ...]  # the parameters
    delays: tuple[record.Assumption, ...]  # waiting times with a name
    facts: tuple[record.Fact, ...]  # conditions with a name
    stipulated: tuple[record.Stipulated, ...]  # numbers written into rules
    treaties: tuple[record.Treaty, ...]
    interventions: Mapping[str, record.Intervention]
    evidence: tuple[record.Evidence, ...]
    warnings: tuple[Problem, ...] = ()
    applied: tuple[str, ...] = ()
    _bench: Workbench = field(repr=False, compare=False)

    def under(self, names: str) -> "Scenario":
        """The scenario under an intervention, or under several: `a+b` is both, as is `b+a`.

        Raises UsageError for an unknown name, and where two contradict each other.
        """
        wanted = [name.strip() for name in names.split("+")]
        if not all(wanted):
            raise UsageError(f"{names!r} names no intervention")
        model, applied = resolve_under(self._bench, [*self.applied, *wanted])
        return replace(self, model=model, applied=applied.names)

    def resolved(self) -> str:
        """The machine form: all sugar expanded, in a stable order, easy to compare."""
        from sim.scenario.resolved import machine_form

        return machine_form(self.model)

    def strict(self) -> tuple[Problem, ...]:
        """What `check --strict` finds: the warnings, and numbers without source or reason."""
        from sim.scenario.stipulated import unsourced

        return tuple(sorted([*self.warnings, *unsourced(self._bench, self.stipulated)]))
