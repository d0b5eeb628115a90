"""The charts of a run as files: as PNG, or in the formats that are asked for."""

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.causes.step_names import Names
from sim.analysis.drivers.draw_targets import Target
from sim.analysis.statistics.intervals import label_of, sampling_label_of
from sim.api import Comparison, Replay, Results
from sim.api.whys import Why
from sim.charts import style
from sim.charts.after_run import charts
from sim.charts.causes import timeline
from sim.charts.causes.importance import importance
from sim.charts.drivers.sensitivity import sensitivity
from sim.charts.effects.differences import differences
from sim.charts.fonts import MissingLetters, as_written, settings, told_once
from sim.errors import UsageError, unknown
from sim.formatting import file_name
from sim.model.model import Model
from sim.model.titles import Titles
from sim.report.chart_files import DOTS, KINDS, USUAL, ChartFiles
from sim.report.charts_apart import draw_apart
from sim.scenario import Scenario

# no date and no version in a file, so that the same chart gives the same bytes
UNDATED: Mapping[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}
BEST = ("total", "first_order", "rank_correlation")  # indices for a chart, the first there is
MOST_FLOWS = 6  # changes of which a comparison draws what ends otherwise
FailedChart = tuple[str, Exception]  # its name, and why


def draw(
    scenario: Scenario,
    results: Results,
    folder: Path,
    check: Callable[[], None] = lambda: None,
    files: ChartFiles = USUAL,
) -> list[FailedChart]:
    """Write the charts of a run into a folder, made if missing; gives those that failed.

    Several processes draw where there are many charts and the run had several workers. `check` is
    called before each of them; `files` says which charts, and how, else all as usual.
    """
    folder.mkdir(exist_ok=True)
    failed: list[FailedChart] = []
    every = charts(scenario, results)
    each = [
        (one.draw, folder / file_name(one.name))
        for one in every
        if files.wants(one.name, on_request=one.on_request)
    ]
    workers = int(str(results.provenance.arguments.get("workers", 1)))
    with told_once(), files.styled():
        done = draw_apart([partial(_draw_and_save, *one, files) for one in each], workers, check)
        for number, (chart, stem) in enumerate(each):
            if number not in done:
                check()
                failed += _try_to_save(chart, stem, files)
            elif done[number]:
                warnings.warn(MissingLetters(done[number]), stacklevel=2)
    return failed


def draw_comparison(
    comparison: Comparison,
    directory: Path,
    titles: Titles | None = None,
    files: ChartFiles = USUAL,
) -> list[FailedChart]:
    """Write, into its folder `charts`, what each intervention changes about each headline.

    Of a scenario without headlines, about each outcome. Gives those that failed, as `draw`.
    """
    about = comparison.baseline.provenance
    called = (titles or Titles()).changes
    names = {twin: called(twin) for twin in comparison.twins if called(twin) != twin}
    titles_of_outcomes = comparison.baseline.outcomes["title"]
    drawn: dict[str, Callable[[], Axes]] = {
        f"differences-{outcome}": partial(
            differences,
            comparison.table,
            outcome=str(outcome),
            title=str(titles_of_outcomes[outcome]),
            names=names,
            subject=f"{about.title}, under {about.under}" if about.under else about.title,
            interval=label_of(comparison.baseline),
            level=about.level,
        )
        for outcome in about.headlines or titles_of_outcomes.index
    }
    drawn |= _flows_and_shares(comparison, names)
    return draw_each(drawn, directory / "charts", files)


def _flows_and_shares(
    comparison: Comparison, names: Mapping[str, str]
) -> dict[str, Callable[[], Axes]]:
    """What ends otherwise, of the first changes that are compared; what each adds to them all."""
    moved = list(dict.fromkeys(str(one) for one in comparison.flows["twin"]))
    outcomes = comparison.baseline.provenance.headlines or comparison.baseline.outcomes.index
    plots = comparison.plot
    found: dict[str, Callable[[], Axes]] = {
        f"flows-{twin}": partial(plots.flows, twin, called=names.get(twin, ""))
        for twin in [twin for twin in comparison.twins if twin in moved][:MOST_FLOWS]
    }
    for outcome in outcomes if len(comparison.shapley) else ():
        found[f"shapley-{outcome}"] = partial(plots.shapley, str(outcome), names=names)
    return found


def draw_each(
    charts: Mapping[str, Callable[[], Axes]], folder: Path, files: ChartFiles = USUAL
) -> list[FailedChart]:
    """Write charts by name into a folder, made if missing; gives those that failed, as `draw`."""
    folder.mkdir(exist_ok=True)
    failed: list[FailedChart] = []
    with told_once(), files.styled():
        for name, chart in charts.items():
            if files.wants(name):
                failed += _try_to_save(chart, folder / file_name(name), files)
    return failed


def _draw_and_save(chart: Callable[[], Axes], stem: Path, files: ChartFiles) -> None:
    save(chart(), stem, files)


def _try_to_save(chart: Callable[[], Axes], stem: Path, files: ChartFiles) -> list[FailedChart]:
    """Write a chart, unless that fails: then no half of it."""
    try:
        _draw_and_save(chart, stem, files)
    # whatever it is, it must not cost the tables, which took the time
    except Exception as error:  # noqa: BLE001
        plt.close("all")
        for half in (stem.with_name(f"{stem.name}.{kind}") for kind in KINDS):
            half.unlink(missing_ok=True)
        return [(stem.name, error)]
    return []


def save_timeline(
    replay: Replay,
    file: Path,
    files: ChartFiles,
    *,
    everything: bool = False,
    to_scale: bool = False,
) -> None:
    """Draw one path into a file; its ending says which kind, PNG or SVG among others."""
    chart = partial(timeline.of_replay, replay, everything=everything, to_scale=to_scale)
    draw_into(file, chart, files)


def draw_into(file: Path, chart: Callable[[], Axes], files: ChartFiles) -> None:
    """Draw one chart into a file, whose ending says which kind; `files` says how."""
    with files.styled():
        save_as_named(chart(), file, dpi=files.dpi)


def importance_of(found: Why, model: Model, titles: Titles) -> Axes:
    """Through what an outcome comes, in the words of the scenario."""
    named = Names(model, titles)
    about = found.provenance
    return importance(
        found.importance,
        outcome=found.title,
        names={str(one): named.of(str(one)) for one in found.importance["element"]},
        subject=about.title,
        interval=sampling_label_of(about),
    )


def sensitivity_of(table: pd.DataFrame, target: Target, level: float) -> Axes:
    """Which parameters move a target.

    By its first-order index, or its total one where the table is of a design; by rank correlation
    where no first-order index can be told.
    """
    rows = table[(table["outcome"] == target.name) & table["value"].notna()]
    index = next((one for one in BEST if (rows["index"] == one).any()), BEST[-1])
    return sensitivity(table, outcome=target.name, index=index, title=target.title, level=level)


def save_as_named(ax: Axes, file: Path, *, dpi: int = DOTS) -> None:
    """Write a chart into a file, whose ending says which kind; UsageError for one there is not."""
    figure = style.figure_of(ax)
    supported = figure.canvas.get_supported_filetypes()
    if file.suffix.lstrip(".") not in supported:
        raise UsageError(unknown("picture format", file.suffix.lstrip("."), supported))
    with as_written():  # ticks are made only now
        figure.savefig(file, dpi=dpi)
    plt.close(figure)


def save(ax: Axes, stem: Path, files: ChartFiles = USUAL) -> None:
    """Write a chart as stem.png, the same bytes for the same chart, and let it go.

    `files` asks for other formats, and how fine.
    """
    figure = style.figure_of(ax)
    # the same run gives the same bytes: no random ids, no date, no version of matplotlib
    # else every SVG has its own ids, and a tick made only now may be taken for TeX
    salted = settings({"svg.hashsalt": "escalation"})
    with salted, as_written(), warnings.catch_warnings():
        # names of hundreds of letters leave the axes no room, and the picture is what it is
        warnings.filterwarnings("ignore", "constrained_layout not applied", UserWarning)
        for kind in files.kinds:
            file = stem.with_name(f"{stem.name}.{kind}")
            figure.savefig(file, dpi=files.dpi, metadata=UNDATED[kind])
            # laid out already, which takes longer than to draw it
            _keep_layout(figure)
    # pyplot keeps every figure until it is closed, and a run draws a dozen
    plt.close(figure)


def _keep_layout(figure: Figure) -> None:
    """Let what a figure has been laid out to stay as it is."""
    # `none` would leave an engine that does nothing, for which each file is drawn twice
    with settings({"figure.autolayout": False, "figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
