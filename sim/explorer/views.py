"""An answer in words, as a chart, and one of its paths as a story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim import charts
from sim.api import replay
from sim.explorer.answers import RUNS, Answer
from sim.formatting import percent
from sim.report.story import story

if TYPE_CHECKING:
    from sim.experiment.plan import Plan
    from sim.scenario import Scenario

SIZE = (8, 4.6)  # inches


def sentence(scenario: Scenario, plan: Plan, answer: Answer) -> str:
    """The answer in Markdown: both probabilities, the difference with its interval, the size."""
    label = next(o.label for o in scenario.model.outcomes if o.name == answer.question.outcome)
    rows = [
        f"| {run} | {percent(row['probability'])} | {percent(row['mc_low'])} to "
        f"{percent(row['mc_high'])} |"
        for run, row in answer.estimates.iterrows()
    ]
    table = ["| | probability (%) | 90 %, sampling error |", "|---|---|---|", *rows]
    points = [100 * one for one in (answer.difference, answer.mc_low, answer.mc_high)]
    # A difference of exactly 0 would read as a finding.
    if answer.question.changes_nothing:
        changed = "Nothing is changed: move a slider, or switch a treaty off."
    else:
        changed = (
            f"**Difference {points[0]:+.1f} points** ({points[1]:+.1f} to {points[2]:+.1f}, "
            f"sampling error of pairs of paths on the same random numbers; {_spread(answer)})."
        )
    size = f"{plan.draws * plan.paths:,} paths ({plan.draws} draws of {plan.paths})"
    return "\n".join(
        [f"## {label}", *table, "", changed, "", f"{size}, answered in {answer.seconds:.2f} s."]
    )


def _spread(answer: Answer) -> str:
    if np.isnan(answer.low):
        return "how far it differs between parameter draws cannot be told from so few paths"
    low, high = 100 * answer.low, 100 * answer.high
    return f"in 90 % of the parameter draws between {low:+.1f} and {high:+.1f}"


def picture(scenario: Scenario, chart: str, answer: Answer) -> Figure:
    """A chart of both runs on one axis: a key of CHARTS."""
    # not by pyplot, which would keep every figure
    figure = Figure(figsize=SIZE, layout="constrained")
    CHARTS[chart](scenario, answer, figure)
    return figure


def _timing(scenario: Scenario, answer: Answer, figure: Figure) -> None:
    name = answer.question.outcome
    label = next(o.label for o in scenario.model.outcomes if o.name == name)
    ax = figure.subplots()
    for run in _shown(answer):
        curve = answer.curves[answer.curves["run"] == run].assign(outcome=name, title=label)
        charts.timing(
            curve,
            start=scenario.model.start,
            subject=label,
            interval="bands: sampling error, 90 %",
            ax=ax,
            label=run,
        )


def _endings(scenario: Scenario, answer: Answer, figure: Figure) -> None:
    ax = figure.subplots()
    titles = {ending.name: ending.label for ending in scenario.model.endings}
    table = answer.endings.rename(index=titles)
    places = np.arange(len(table))
    shown = _shown(answer)
    for place, run in enumerate(shown):
        # One run stands on the line of its name, two on either side of it.
        shift = (place - (len(shown) - 1) / 2) * 0.36
        ax.barh(places + shift, table[run], height=0.34, label=run)
    ax.set_yticks(places, table.index)
    ax.invert_yaxis()
    ax.set_xlabel(f"share of paths (n = {int(answer.estimates['n'].iloc[0]):,})")
    ax.set_title("How do paths end?", loc="left")
    ax.legend(frameon=False)


def _shown(answer: Answer) -> tuple[str, ...]:
    # Two curves that lie on each other would look as if one were missing.
    return RUNS[:1] if answer.question.changes_nothing else RUNS


CHARTS: Mapping[str, Callable[[Scenario, Answer, Figure], None]] = {
    "How soon": _timing,
    "How paths end": _endings,
}


def story_of(scenario: Scenario, draw: int, path: int, seed: int) -> str:
    """One path event by event, as `replay` tells it."""
    again = replay(scenario, draw=draw, path=path, seed=seed)
    return "\n".join(story(again, under="+".join(scenario.applied)))
