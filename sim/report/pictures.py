"""The charts of a run as files: each as PNG for a page and as SVG for a printer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.bonds import bonds
from sim.analysis.clauses import clauses as clause_table
from sim.analysis.incidence import cumulative_incidence, telling
from sim.api import Comparison, Replay, Results
from sim.charts import style
from sim.charts.clauses import clauses, pages
from sim.charts.differences import differences
from sim.charts.endings import endings
from sim.charts.outcomes import outcomes
from sim.charts.rungs import rungs
from sim.charts.timeline import timeline
from sim.charts.timing import timing
from sim.charts.treaties import treaties
from sim.errors import UsageError, unknown
from sim.formatting import DAY, plain
from sim.model.model import Model
from sim.scenario import Scenario

LABEL = {"sampling": "90 % intervals: sampling only", "exact": "solved, not sampled"}
DOTS = 150  # an inch
HEADING = 60  # letters of what the file says of a variable that can head a chart
FEW = 3  # treaties whose first day is marked; more would be a fence


def draw(
    scenario: Scenario,
    results: Results,
    folder: Path,
    check: Callable[[], None] = lambda: None,
) -> list[str]:
    """Write every chart of a run into a folder, made if missing; gives the names drawn.

    `check` is called before each of them.
    """
    folder.mkdir(exist_ok=True)
    names = []
    for name, chart in charts(scenario, results):
        check()
        save(chart(), folder / name)
        names.append(name)
    return names


def draw_comparison(comparison: Comparison, directory: Path) -> None:
    """Write, into its folder `charts`, what each twin changes about each headline.

    Of a scenario without headlines, about each outcome.
    """
    folder = directory / "charts"
    folder.mkdir(exist_ok=True)
    about = comparison.baseline.provenance
    titles = comparison.baseline.outcomes["title"]
    for outcome in about.headlines or titles.index:
        ax = differences(
            comparison.table,
            outcome=str(outcome),
            title=str(titles[outcome]),
            subject=f"{about.title}, under {about.under}" if about.under else about.title,
            interval=LABEL.get(about.interval, ""),
        )
        save(ax, folder / f"differences-{outcome}")


def charts(scenario: Scenario, results: Results) -> Iterator[tuple[str, Callable[[], Axes]]]:
    """(name, how to draw it) of every chart this run has something to show in."""
    about = results.provenance
    title, start = about.title, about.start
    label = LABEL.get(about.interval, "")
    yield (
        "outcomes",
        lambda: outcomes(
            results.outcomes, headlines=about.headlines, subject=title, interval=label
        ),
    )
    yield "endings", lambda: endings(results.endings, subject=title, interval=label)
    if len(results.outcomes):
        yield "timing", lambda: _timing(scenario, results)
    ladders = [str(name) for name in results.rungs["variable"].unique()]
    for ladder in ladders:
        yield (
            "rungs" if len(ladders) == 1 else f"rungs-{ladder}",
            lambda ladder=ladder: rungs(  # type: ignore[misc]
                results.rungs,
                variable=ladder,
                asked=_ladder(scenario.model, ladder),
                start=start,
                subject=title,
            ),
        )
    if scenario.treaties:
        if about.interval != "exact":
            yield from _clauses(scenario, results)
        names = {actor.name: actor.title for actor in scenario.actors}
        yield "treaties", lambda: treaties(bonds(scenario), names=names, subject=title)


def _timing(scenario: Scenario, results: Results) -> Axes:
    """Of the telling outcomes, with the days on which treaties begin to bind, if they are few."""
    about, curves = results.provenance, cumulative_incidence(results)
    shown = telling(results)
    n = len(results.outcomes)
    said = [f"{len(shown)} of {n} outcomes"] if len(shown) < n else []
    bands = LABEL.get(about.interval, "").replace("intervals", "bands")
    seen = set(results.coverage.loc[results.coverage["reach"] == "seen", "name"])
    dated = {
        f"{plain(treaty.title)} begins to bind": moment / DAY
        for treaty in scenario.treaties
        if f"{treaty.name}.binds" in seen
        and (moment := scenario.model.transition(f"{treaty.name}.binds").at) is not None
    }
    return timing(
        curves[curves["outcome"].isin(shown)],
        start=about.start,
        dated=dated if len(dated) <= FEW else {},
        subject=about.title,
        interval="; ".join([*said, bands]),
    )


def _ladder(model: Model, name: str) -> str:
    """What the file says the variable is; else what stands where on which ladder."""
    variable = model.variable(name)
    if 0 < len(variable.about) <= HEADING:
        return variable.about[0].upper() + variable.about[1:]
    titles = {actor.name: actor.title for actor in model.actors}
    own, owner = name.rpartition(".")[2], titles.get(variable.owner)
    return f"How far up the ladder `{own}` of {owner}?" if owner else ""


def _clauses(scenario: Scenario, results: Results) -> Iterator[tuple[str, Callable[[], Axes]]]:
    """Of all treaties on one page, or each on its own."""
    about = results.provenance
    label = LABEL.get(about.interval, "")
    for page, table in pages(clause_table(results.coverage)).items():
        treaties = {treaty.name: plain(treaty.title) for treaty in scenario.treaties}
        names = {
            f"{treaty.name}.{clause.name}": plain(clause.title)
            + ("" if page else f", {plain(treaty.title)}")
            for treaty in scenario.treaties
            for clause in treaty.obligations
        }
        subject = f"{treaties[page]} – {about.title}" if page else about.title
        yield (
            f"clauses-{page}" if page else "clauses",
            lambda table=table, names=names, subject=subject: clauses(  # type: ignore[misc]
                table, names=names, subject=subject, interval=label
            ),
        )


def timeline_of(replay: Replay) -> Axes:
    """One path, with the outcomes that happened in it and its actors by their names."""
    model = replay.model
    reached = pd.DataFrame(
        {
            "title": [outcome.label for outcome in model.outcomes],
            "time": [float(replay.path[f"time.{one.name}"].iloc[0]) for one in model.outcomes],
            "headline": [outcome.headline for outcome in model.outcomes],
        }
    ).dropna()
    return timeline(
        replay.events,
        outcomes=reached,
        names={actor.name: actor.title for actor in model.actors},
        start=model.start,
        subject=f"{model.title}: draw {replay.draw}, path {replay.number}",
    )


def save_timeline(replay: Replay, file: Path) -> None:
    """Draw one path into a file; its ending says which kind, PNG or SVG among others."""
    figure = style.figure_of(timeline_of(replay))
    supported = figure.canvas.get_supported_filetypes()
    if file.suffix.lstrip(".") not in supported:
        raise UsageError(unknown("kind of picture", file.suffix.lstrip("."), supported))
    figure.savefig(file, dpi=DOTS)
    plt.close(figure)


def save(ax: Axes, stem: Path) -> None:
    """Write a chart as stem.png and stem.svg, the same bytes for the same chart, and let it go."""
    figure = style.figure_of(ax)
    with mpl.rc_context({"svg.hashsalt": "escalation"}):  # else every SVG has its own ids
        figure.savefig(stem.with_name(f"{stem.name}.png"), dpi=DOTS, metadata={"Software": None})
        figure.savefig(stem.with_name(f"{stem.name}.svg"), metadata={"Date": None})
    plt.close(figure)
