"""The scenario that `load` returns: declarations, model, warnings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from sim.errors import Problem, ScenarioError, UsageError
from sim.formatting import DAY, counted
from sim.machine_form import machine_form
from sim.model.model import Model
from sim.model.transitions import Transition
from sim.scenario.assumptions import Stipulated, unsourced
from sim.scenario.changes import additions, apply
from sim.scenario.changes.additions import Addition
from sim.scenario.language.context import Context
from sim.scenario.language.document import Document
from sim.scenario.titles import titles_of
from sim.source.variants import Variant

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True, repr=False)
class Scenario:
    """A crisis as an analyst described it: valid, resolved to a model, never changed.

    `model` is what engines run; `declared` has all declarations in their final form; `files` are
    all files that were read; `applied` names the interventions in force, in the order of the file.
    """

    model: Model
    declared: Document
    file: str
    files: Mapping[str, bytes] = field(repr=False)  # as they were when they were parsed
    # the files that it extends, nearest first: each as it is written there, and its title
    bases: tuple[tuple[str, str], ...] = ()
    numbers: tuple[Stipulated, ...]  # those written in rules
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()  # what `check` lists and counts as no mistake
    applied: tuple[str, ...] = ()
    is_machine_form: bool = False  # loaded from what `resolve` writes: it has a model, nothing else
    variant: Variant | None = field(default=None, repr=False)  # of a file that it extends
    events: Mapping[str, Transition] = field(repr=False, compare=False)  # that interventions add
    additions: tuple[Addition, ...] = ()  # changes by `with_`, the last one last
    # of decoding, for `with_`; a machine form has none
    context: Context | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The short name."""
        return self.declared.scenario

    @property
    def title(self) -> str:
        """The name that readers see."""
        return self.declared.label

    @property
    def question(self) -> str:
        """The question that it answers."""
        return self.declared.question

    @property
    def start(self) -> date | None:
        """The calendar date of t = 0."""
        return self.declared.start

    @property
    def horizon(self) -> float:
        """The longest duration of a path, in days."""
        return self.horizon_seconds / DAY

    @property
    def horizon_seconds(self) -> float:
        """The longest duration of a path, in seconds, as the model has it."""
        return self.model.horizon

    @property
    def interventions(self) -> Mapping[str, object]:
        """The declared interventions, by name."""
        return self.declared.interventions

    # The tables: pandas takes longer to import than most scenarios to load, so it is imported only
    # where a table is asked for.

    @property
    def parameters(self) -> "pd.DataFrame":
        """Uncertain numbers, one row a parameter; for columns see `sim.scenario.frames`."""
        from sim.scenario import frames

        return frames.parameters(self.declared, self.model)

    @property
    def delays(self) -> "pd.DataFrame":
        """Named delays; columns as of `parameters`."""
        from sim.scenario import frames

        return frames.delays(self.declared, self.model)

    @property
    def stipulated(self) -> "pd.DataFrame":
        """Numbers written in rules; columns as of `parameters`."""
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
        """The historical record, one row an entry."""
        from sim.scenario import frames

        return frames.evidence(self.declared)

    @property
    def happened(self) -> "pd.DataFrame":
        """What happened in the case itself, one row an outcome; see `sim.scenario.frames`."""
        from sim.scenario import frames

        return frames.happened(self.declared)

    def _repr_html_(self) -> str:
        """Question, actors and warnings, for notebooks."""
        lines = [f"<b>{escape(self.title)}</b>", escape(self.question), escape(repr(self)[1:-1])]
        actors = ", ".join(actor.title for actor in self.model.actors)
        lines.append(f"Actors: {escape(actors)}" if actors else "")
        lines += [f"Warning: {escape(str(problem))}" for problem in self.warnings]
        return "<br>".join(line for line in lines if line)

    def __repr__(self) -> str:
        """One line: name, file, size and the interventions in force."""
        model = self.model
        parts = {
            "transition": model.transitions,
            "parameter": model.parameters,
            "outcome": model.outcomes,
        }
        sizes = ", ".join(counted(len(things), name) for name, things in parts.items())
        under = f", under {'+'.join(self.applied)}" if self.applied else ""
        changed = f", with {self.changed}" if self.changed else ""
        return f"<Scenario {self.name!r} of {self.file}: {sizes}{under}{changed}>"

    def under(self, names: str | Iterable[str]) -> "Scenario":
        """The scenario under an intervention, or under several: `a+b` or `["a", "b"]` is both.

        Raises UsageError for an unknown name, and ScenarioError, with the place in the file, if two
        contradict each other or if together they make the model invalid.
        """
        # a name cannot contain a plus
        given = names.split("+") if isinstance(names, str) else list(names)
        wanted = [name.strip() for name in given]
        if not wanted or not all(wanted):
            raise UsageError(f"{names!r} names no intervention")
        if self.is_machine_form:
            raise UsageError(f"{self.file} is a machine form, which has no interventions")
        known = self.declared.interventions
        # from the model as loaded or as changed: `under(a).under(b)` is `under(a+b)`
        chosen = apply.select_in_file_order(known, [*self.applied, *wanted])
        more = [one for one in chosen if one.name not in self.applied]
        if problems := list(additions.contradictions(more, self.additions)):
            raise ScenarioError(problems)
        change = apply.combine(chosen, self.events)
        model = additions.changed(self.model, change, self.additions)
        return replace(self, model=model, applied=change.names)

    def with_(
        self,
        *,
        set: Mapping[str, Any] | None = None,
        start: Mapping[str, Any] | None = None,
        void: str | Sequence[str] | None = None,
        correlated: Sequence[Sequence[Any]] | None = None,
        name: str = "",
        **event: Any,
    ) -> "Scenario":
        """The scenario with some things changed: what an intervention could change, without a file.

        `set` gives parameters a value, `{"trust": 0.2}`, or a distribution as in YAML,
        `{"trust": {"pert": [0.1, 0.2, 0.4]}}`; of durations a number is days. `start` gives state
        variables another value on day 0, `void` names treaties, clauses, moves or events without
        effect; other keys of an intervention (`at`, `when`, `after`, `then`, `choose` ...) add an
        event, called `name`. `correlated`, in a call of its own, gives pairs of parameters a rank
        correlation, `[["trust", "zeal", 0.6]]`, in place of all pairs there are. What is changed
        later has the last word. Provenance records it.

        Raises ScenarioError with everything that is wrong, each with its path of keys, and
        UsageError for a name that is taken or of a machine form.
        """
        if self.context is None:
            raise UsageError(f"{self.file} is a machine form, which has no interventions")
        keys = {"set": set, "start": start, "void": void, "correlated": correlated, **event}
        own = name or f"with_{len(self.additions) + 1}"
        made = additions.addition(keys, own, self.declared, self.context, self.model)
        every = (*self.additions, made)
        # all changes once more, in order, on the model that has them: the last one has the last
        # word
        chosen = apply.select_in_file_order(self.declared.interventions, self.applied)
        change = apply.combine(chosen, self.events)
        model = additions.changed(self.model, change, every)
        warnings = (*self.warnings, *made.warnings)
        return replace(self, model=model, additions=every, warnings=warnings)

    @property
    def changed(self) -> str:
        """What `with_` changed, in a few words; empty for a scenario as it is written."""
        return ", ".join(map(str, self.additions))

    def ppf(self, uniforms: "ArrayLike | pd.DataFrame") -> "pd.DataFrame":
        """Parameter values at quantiles: a row a row of `uniforms`, a column a parameter.

        The columns of `uniforms`, between 0 and 1, are those of `problem()`; of a data frame those
        that it names. The values are what `run(scenario, values=...)` takes: durations in days,
        choices by name. Raises UsageError.
        """
        from sim.scenario import unit_cube

        return unit_cube.ppf(self.model, uniforms)

    def problem(self) -> dict[str, Any]:
        """The uncertain parameters as SALib wants them, over the unit cube: see `ppf`."""
        from sim.scenario import unit_cube

        return unit_cube.problem(self.model)

    def resolved(self) -> str:
        """The machine form as YAML: all shorthand expanded, in a stable order, titles last."""
        return machine_form(self.model, titles_of(self))

    def strict(self) -> tuple[Problem, ...]:
        """The errors of `check --strict`: all warnings, and numbers without source or reason."""
        return tuple(sorted([*self.warnings, *unsourced(self.declared, self.numbers)]))
