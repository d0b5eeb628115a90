"""How the analysing commands get a run: that of a run directory, or one made and written first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.inputs import read
from sim.cli.options import RunOptions, is_given
from sim.cli.outputs import (
    claim_output_dir,
    draw_without_window,
    exit_if_charts_failed,
    exit_if_nothing_finished,
)
from sim.cli.printing import print_note
from sim.cli.writing_runs import write_run
from sim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    import typer
    from matplotlib.axes import Axes

    from sim.api import Results
    from sim.report.chart_files import ChartFiles
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedResults:
    """A run with its scenario, and the directory it is in."""

    scenario: Scenario
    results: Results
    directory: Path
    pictures: ChartFiles  # which charts, and how

    def add(
        self,
        tables: Mapping[str, pd.DataFrame],
        charts: Mapping[str, Callable[[], Axes]] | None = None,
        *,
        first: Path | None = None,
    ) -> list[Path]:
        """Add tables to the directory, as analyses/<name>.csv, and charts; where the tables are.

        The `first` of the charts also goes into that file. A chart that cannot be drawn ends the
        command with exit code 1, after the tables are there.
        """
        from sim.results.added_tables import add_tables

        failed: list[tuple[str, Exception]] = []

        def draw(folder: Path) -> None:
            draw_without_window()
            from sim.report.pictures import draw_each

            failed.extend(draw_each(charts or {}, folder / "charts", self.pictures))

        also = draw if charts and self.pictures.kinds else None
        written = add_tables(self.directory, tables, of=self.results.provenance, also=also)
        exit_if_charts_failed(failed)
        if first is not None:
            _draw_into(first, charts or {}, self.pictures)
        return written

    def shown(self, file: Path) -> Path:
        """A file in the directory, by the name under which the directory was given."""
        return self.directory / file.relative_to(self.directory.resolve())


def _draw_into(file: Path, charts: Mapping[str, Callable[[], Axes]], pictures: ChartFiles) -> None:
    """Draw the first of some charts into a file, if there is one."""
    if not charts:
        print_note(f"{file}: not written, as there is nothing to draw")
        return
    draw_without_window()
    from sim.report.pictures import draw_into

    draw_into(file, next(iter(charts.values())), pictures)
    print_note(f"chart written to {file}")


def run_or_load(
    run: RunOptions, check: Callable[[Scenario], object] = lambda scenario: None
) -> SavedResults:
    """The run in a directory; of a scenario file, the run, made and written as `run` does it.

    `check` is called with the scenario before anything is run, to refuse what it has not.
    Ends the command where Ctrl-C cut the run short, after what is finished was written. Raises
    UsageError for options of a run beside a run directory, which has its own.
    """
    source = run.scenario
    if source.is_dir():
        _refuse(run.context, source, *run.plan, "out", "under", "force")
        from sim.api import Results

        scenario = read(source)
        check(scenario)
        results = replace(Results.load(source), source=scenario)
        return _saved(scenario, results, source, run)
    scenario = read(source, run.under)
    check(scenario)
    return run_and_write(scenario, run)


def run_and_write(scenario: Scenario, run: RunOptions) -> SavedResults:
    """The run of a scenario that has been read, made and written as `run` does it."""
    target = claim_output_dir(run.out, scenario, force=run.force)
    import sim

    results = sim.run(scenario, **run.plan, on_interrupt="return")
    exit_if_nothing_finished(results)
    write_run(scenario, results, target, files=run.pictures)
    return _saved(scenario, results, target.path, run)


def chosen_size(run: RunOptions, results: Results) -> tuple[int, int] | None:
    """(draws, paths) of a run whose size was asked for; else None, so that an analysis decides."""
    if not any(is_given(run.context, name) for name in ("draws", "paths")):
        return None
    return results.provenance.draws, results.provenance.paths or run.plan["paths"]


def _saved(scenario: Scenario, results: Results, directory: Path, run: RunOptions) -> SavedResults:
    return SavedResults(
        scenario=scenario, results=results, directory=directory, pictures=run.pictures
    )


def _refuse(context: typer.Context, source: Path, *names: str) -> None:
    """Refuse what cannot be changed of a run that is there, rather than pass over it."""
    words = {"under": "with"}
    idle = [f"--{words.get(n, n).replace('_', '-')}" for n in names if is_given(context, n)]
    if idle:
        raise UsageError(
            f"{source}: holds a run, which is analysed as it is; remove {', '.join(idle)}, "
            "or give the scenario file"
        )
