"""What an explorer is asked: values held fixed, interventions in force, treaties without effect.

A question can be written down: as a variant of the scenario's file, in YAML, and as the command
that runs it. What was found by moving a slider is then a file like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from sim.scenario import Scenario

NAME = "explored"  # of the intervention that is written down, and of its file


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is different from the scenario as it is written, and which outcome is asked about.

    `values` holds parameters at a value in every draw, in the units of `Results.draws`: days for
    durations, the name of a choice. `under` names interventions of the file, `void` treaties that
    have no effect.
    """

    outcome: str
    values: Mapping[str, float | str] = field(default_factory=dict)
    under: tuple[str, ...] = ()
    void: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether this is the scenario as it is written."""
        return not (self.values or self.under or self.void)


def as_yaml(scenario: Scenario, question: Question) -> str:
    """A variant file with the question as one intervention, called `explored`.

    Interventions of the file that are in force are not repeated: `as_command` adds them by name.
    """
    # Inside durations are in days as a number; a file wants the unit with it.
    times = {one.name for one in scenario.model.parameters if one.time}
    change: dict[str, object] = {}
    if question.values:
        change["set"] = {
            name: f"{value:.12g} d" if name in times else value
            for name, value in question.values.items()
        }
    if question.void:
        change["void"] = list(question.void)
    head = f"# {NAME}.yaml: found with `explore`\nextends: {_beside(scenario)}\n"
    if not change:
        return f"{head}scenario: {NAME}\n"
    return head + yaml.safe_dump(
        {"scenario": NAME, "interventions": {NAME: change}}, sort_keys=False, allow_unicode=True
    )


def as_command(scenario: Scenario, question: Question) -> str:
    """The command that runs the question at the size of an ordinary run.

    It runs the file of `as_yaml` where a value or a treaty is changed, else the scenario's own.
    """
    own = bool(question.values or question.void)
    file = f"{NAME}.yaml" if own else _beside(scenario)
    names = [*question.under, *([NAME] if own else [])]
    under = f" --with {'+'.join(names)}" if names else ""
    return f"python run_sim.py {file}{under}"


def _beside(scenario: Scenario) -> str:
    """The scenario's file as the working directory sees it."""
    # Relative, since the text is made to be copied: it names no folder of this machine where the
    # file is near, and works on every system.
    return Path(relpath(scenario.file)).as_posix()
