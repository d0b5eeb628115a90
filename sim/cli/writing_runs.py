"""How a command that ran a scenario ends: files are written, then what went wrong is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.cli.outputs import (
    OutputDir,
    describe_written,
    draw_without_window,
    exit_if_charts_failed,
    exit_if_interrupted,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.api import Results
    from sim.report.chart_files import ChartFiles
    from sim.scenario import Scenario

    Say = Callable[[Mapping[str, pd.DataFrame], str], object]


def write_run(
    scenario: Scenario,
    results: Results,
    target: OutputDir,
    *,
    files: ChartFiles,
    format: str = "csv",
    days: Sequence[float] = (),
    first: Callable[[], object] = lambda: None,
    say: Say = lambda analyses, where: None,
) -> None:
    """Write a run with the analyses of every run; end the command if it was cut short.

    `files` says which charts and how, `format` the form of the long tables. `days` are those of the
    probabilities by some time, if others than usual. `first` is called before anything is made, to
    print the numbers for which somebody waits; `say` is called with the analyses and what was
    written where, before anything is said on stderr.
    """
    draw_without_window()
    from sim.analysis.after_run import analyses
    from sim.analysis.estimates.times import by_day
    from sim.experiment.work import interruptible
    from sim.report.run_files import write

    if results.provenance.interrupted:  # who stops it wants to go on
        files = replace(files, kinds=())
    with interruptible() as again:
        with suppress(BrokenPipeError):  # who reads no further, as `head`, has the files still
            first()
        found = analyses(scenario, results)
        if days:
            found["by"] = by_day(results, days)
        how: dict[str, Any] = {"charts": files, "format": format, "check": again.check}
        failed = write(scenario, results, found, target.path, **how)
    drawn = bool(files.kinds) and not again.asked
    say(found, describe_written(drawn, target.path))
    target.report_kept()
    exit_if_interrupted(results, cut=again.asked)
    exit_if_charts_failed(failed)
