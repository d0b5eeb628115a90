"""What can be turned in an explorer: one control a parameter, those with influence first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis import strongest
from sim.explorer.answers import Explorer
from sim.formatting import DAY
from sim.model.parameters import Parameter, value_at
from sim.scenario import Scenario

# Not from the least value to the largest: an unbounded distribution has neither, and a long tail
# would leave the usual values a few pixels.
ENDS = (0.01, 0.5, 0.99)  # quantiles: where a slider begins, stands, and ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One parameter as a slider (`low` to `high`), or as a list of `choices`."""

    name: str
    about: str  # what the scenario says of it
    unit: str  # `d` for durations
    low: float = 0.0
    middle: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()


def controls_of(explorer: Explorer, outcome: str) -> list[Control]:
    """All uncertain parameters, those first that go most with the outcome over the draws.

    The order is that of the rank correlation in the baseline's own draws: a hundred draws tell the
    first few from noise, and the order of the others is chance.
    """
    scenario, draws = explorer.scenario, explorer.plan.draws
    uncertain = [one for one in scenario.model.parameters if one.distribution.kind != "fixed"]
    column = scenario.model.names.outcomes[outcome]
    came = ~np.isnan(explorer.baseline.times[:, column])
    share = pd.Series(came.reshape(draws, -1).mean(axis=1))
    # From draws that are walked already, so that a page opens without waiting for a sample of its
    # own.
    table = strongest(_frame(uncertain, explorer), share, n=None)
    order = {str(name): place for place, name in enumerate(table.index)}
    # parameters that had one value in all draws have no rank, and come last
    ranked = sorted(uncertain, key=lambda one: order.get(one.name, len(order)))
    return [_control(scenario, one) for one in ranked]


def _frame(parameters: Sequence[Parameter], explorer: Explorer) -> pd.DataFrame:
    """The draws; a choice is a category, which has no order."""
    names = explorer.scenario.model.names.parameters
    columns = {}
    for one in parameters:
        values = pd.Series(explorer.baseline.values[:, names[one.name]])
        columns[one.name] = values.astype("category") if one.distribution.levels else values
    return pd.DataFrame(columns)


def _control(scenario: Scenario, parameter: Parameter) -> Control:
    declared = scenario.declared.parameters.get(parameter.name)
    about = getattr(declared, "about", "") or ""
    if levels := parameter.distribution.levels:
        return Control(name=parameter.name, about=about, unit="", choices=tuple(levels))
    unit = DAY if parameter.time else 1.0
    low, middle, high = (value_at(parameter, u) / unit for u in ENDS)
    return Control(
        name=parameter.name,
        about=about,
        unit="d" if parameter.time else "",
        low=low,
        middle=middle,
        high=high,
    )
