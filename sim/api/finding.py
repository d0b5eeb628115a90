"""Which paths of a run come to a condition that nobody made an outcome of."""

from __future__ import annotations

import json
import re

import pandas as pd

from sim.api.runs import run
from sim.errors import ScenarioError, UsageError
from sim.experiment.plan import Plan
from sim.experiment.runs import model_of
from sim.machine_form import machine_form
from sim.model.model import Model
from sim.scenario import Scenario, loads

NAME = "condition_that_is_looked_for"
SECTION = "outcomes:"
ORDER = "outcome_order: ["


def find(
    scenario: Scenario | Model,
    condition: str,
    *,
    draws: int = Plan.draws,
    paths: int = Plan.paths,
    seed: int = Plan.seed,
    workers: int | None = None,
) -> pd.DataFrame:
    """One row a path in which the condition has held: draw, path, time (days) and the ending.

    `condition` is one of the scenario language, as an outcome has it: `us.posture >= fight and
    japan.in`. The paths are those of a run of this size and seed, since what is only looked at
    changes no path; `attrs["n"]` of the table says how many there are. Raises UsageError for a
    condition that cannot be read.
    """
    found = run(_watched(scenario, condition), draws=draws, paths=paths, seed=seed, workers=workers)
    assert found.paths is not None
    time = f"time__{NAME}"
    reached = found.paths[found.paths[time].notna()]
    table = reached[["draw", "path", time, "ending"]].rename(columns={time: "time"})
    table = table.reset_index(drop=True)
    table.attrs["n"] = len(found.paths)
    return table


def _watched(scenario: Scenario | Model, condition: str) -> Scenario:
    """The scenario with one outcome more: that the condition has held."""
    form = machine_form(model_of(scenario))
    outcome = f"  {NAME}: {{when: {json.dumps(condition)}}}"
    # looked at after the others, since it may name them; left out of the order, it would never be
    lines = [
        re.sub(r"\]$", f", {NAME}]", line).replace("[, ", "[") if line.startswith(ORDER) else line
        for line in form.splitlines()
    ]
    place = next((k for k, line in enumerate(lines) if line.startswith(SECTION)), None)
    if place is None:
        lines += [SECTION, outcome]
    else:
        # a section without entries stands as `outcomes: {}`
        lines[place] = SECTION
        lines.insert(place + 1, outcome)
    try:
        return loads("\n".join(lines) + "\n", file="condition")
    except ScenarioError as error:
        raise UsageError(f"condition {condition!r}: {error.problems[0].text}") from None
