"""Assumptions that could be found out together: all of a grade, and those that are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.errors import UsageError, unknown

if TYPE_CHECKING:
    from sim.scenario import Scenario

JOINED = "+"  # between the members of a group, as between interventions that apply at once


def refuse_groups(scenario: Scenario, groups: Sequence[str]) -> None:
    """UsageError for a group with an unknown assumption, one twice, or of less than two."""
    if not groups:
        return
    from sim.scenario import vary

    varied = vary(scenario)
    known = [str(name) for name in scenario.parameters.index]
    known += [one.name for one in (*varied.varied, *varied.not_varied)]
    for group in groups:
        members = members_of(group)
        for name in members:
            if name not in known:
                raise UsageError(unknown("assumption", name, known))
        if len(members) < 2 or len(set(members)) < len(members):
            raise UsageError(
                f"--group: {group!r} must join two different assumptions or more, as in a+b; "
                "of each alone it is told anyway"
            )


def groups_of(assumptions: pd.DataFrame, named: Sequence[str]) -> Mapping[str, list[str]]:
    """Name of a group -> its columns of the draws: those named, then all of each grade.

    `assumptions` has a row a column, with name, grade and, where it does not vary, the reason.
    Raises UsageError for a group with a member that does not vary, since it is known already.
    """
    from sim.analysis.drivers.audit import WEAKNESS

    columns = {str(row["name"]): (str(key), row) for key, row in assumptions.iterrows()}
    found: dict[str, list[str]] = {}
    for group in named:
        for name in members_of(group):
            if reason := columns[name][1]["reason"]:
                raise UsageError(f"--group: {name} does not vary: {reason}")
        found[group] = [columns[name][0] for name in members_of(group)]
    # What better sources for a whole grade could be worth: the value of knowing several things is
    # not the sum of their values.
    grades = assumptions["grade"]
    graded = {one: list(grades.index[grades == one]) for one in reversed(WEAKNESS)}
    return found | {f"all graded {one}": own for one, own in graded.items()}


def members_of(group: str) -> list[str]:
    """The names joined in a group."""
    return [name.strip() for name in group.split(JOINED)]
