"""The command `score`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.chart_options import takes_charts
from sim.cli.options import (
    AsJson,
    Chosen,
    Force,
    RunOptions,
    is_given,
    output_dir,
    path,
    takes_plan,
)
from sim.cli.outputs import draw_without_window, exit_if_charts_failed
from sim.cli.printing import print_json, print_note, print_view
from sim.cli.run_or_load import SavedResults, run_and_write
from sim.errors import UsageError
from sim.report.chart_files import USUAL, ChartFiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.analysis.scoring import Case
    from sim.api.scores import Scores
    from sim.scenario import Scenario


NONE = ChartFiles(kinds=())  # of the run itself: only what is scored is drawn


@takes_charts("times", "reliability", "skill", after_run=False)
@takes_plan("draws", "paths", "seed", "engine", "workers", "level")
def score(
    context: typer.Context,
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Scenario files, run directories, or folders of either.",
            parser=path,
        ),
    ],
    plan: Chosen,
    happened: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Read what happened from this file: of a run made before.",
            show_default="the scenario's own `happened`",
            parser=path,
        ),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the questions as CSV and nothing else.")
    ] = False,
    out: Annotated[Path | None, output_dir("the run's own; results/score for several")] = None,
    as_json: AsJson = False,
    pictures: ChartFiles = USUAL,
    force: Force = False,
) -> None:
    """Hold estimates against what happened: proper scores, rivals, calibration."""
    found = _found(sources)
    if happened is not None and len(found) != 1:
        raise UsageError(f"--happened: is the record of one run, found {len(found)}")
    if as_json and as_csv:
        raise UsageError("--json and --csv: choose one")
    runs = [
        replace(_run(context, one, known, plan, happened, force=force), pictures=pictures)
        for one, known in _with_record(found, happened)
    ]
    from sim.api.scores import case_of, scores
    from sim.report.screens.score import score_summary, score_view
    from sim.scenario import load_record

    cases = [
        case_of(
            run.results, run.scenario, load_record(happened, run.scenario) if happened else None
        )
        for run in runs
    ]
    result = scores(cases)
    where = _write(runs, cases, result, out, pictures)
    if as_csv:
        typer.echo(result.questions.to_csv(index=False, lineterminator="\n"), nl=False)
    elif as_json:
        print_json(score_summary(result))
    else:
        print_view(score_view(result, where))


def _found(sources: list[Path]) -> list[Path]:
    """The scenario files and run directories that are named, or lie in a folder that is."""
    found: list[Path] = []
    for source in sources:
        if not source.is_dir() or (source / "manifest.json").exists():
            found.append(source)
            continue
        files = [one for one in sorted(source.glob("*.yaml")) if _has_record(one)]
        runs = [one.parent for one in sorted(source.glob("*/manifest.json"))]
        # The run that a directory held before its last one is kept beside it; scored too, one case
        # would count twice.
        runs = [one for one in runs if one.suffix != ".previous"]
        if not files and not runs:
            raise UsageError(f"{source}: no scenario there says what happened, and there is no run")
        found += [*files, *runs]
    return found


def _has_record(file: Path) -> bool:
    """Whether a file has the key `happened`; what cannot be read is reported when it is loaded."""
    from sim.errors import ScenarioError
    from sim.source.reading import read

    try:
        return "happened" in read(str(file))[0].entries
    except ScenarioError:
        return True


def _with_record(found: list[Path], happened: Path | None) -> list[tuple[Path, Scenario]]:
    """Those that can be scored: of several files or runs, the others are named and left out."""
    from sim.cli.inputs import read

    every = [(one, read(one)) for one in found]
    if happened is not None or len(found) == 1:
        return every
    kept = [(one, known) for one, known in every if known.declared.happened is not None]
    for one, known in every:
        if known.declared.happened is None:
            print_note(f"{one}: does not say what happened (no `happened`), left out")
    return kept or every


def _run(
    context: typer.Context,
    source: Path,
    scenario: Scenario,
    plan: Chosen,
    happened: Path | None,
    *,
    force: bool,
) -> SavedResults:
    """The run in a directory, as it is; of a scenario file, the run made and written now."""
    from sim.api.scores import record_of
    from sim.scenario import load_record

    # before it is run, which may take minutes
    record_of(scenario, load_record(happened, scenario) if happened else None)
    if not source.is_dir():
        return run_and_write(
            scenario,
            RunOptions(context=context, scenario=source, plan=plan, force=force, pictures=NONE),
        )
    if any(is_given(context, name) for name in plan):
        print_note(f"{source}: holds a run, which is scored as it is")
    from sim.api import Results

    results = replace(Results.load(source), source=scenario)
    return SavedResults(scenario=scenario, results=results, directory=source, pictures=NONE)


def _write(
    runs: list[SavedResults],
    cases: list[Case],
    result: Scores,
    out: Path | None,
    pictures: ChartFiles,
) -> str:
    """Tables and charts: of one run into its directory, of several into one of their own."""
    drawn = _charts(cases, result) if pictures.kinds else {}
    if len(runs) == 1 and out is None:
        written = runs[0].add({"score": result.questions, "rivals": result.rivals}, drawn)
        return f"Tables: {', '.join(str(runs[0].shown(file)) for file in written)}"
    from sim.results.csv_files import write_table

    target = out or Path("results") / "score"
    # Tables of other names among those of a run would not be in its manifest.
    if (target / "manifest.json").exists():
        raise UsageError(f"{target}: holds a run; write elsewhere with --out DIR")
    target.mkdir(parents=True, exist_ok=True)
    tables = {"score": result.questions, "rivals": result.rivals}
    tables |= {"reliability": result.reliability, "pit": result.pit}
    for name, table in tables.items():
        write_table(target / f"{name}.csv", table)
    if drawn:
        draw_without_window()
        from sim.report.pictures import draw_each

        exit_if_charts_failed(draw_each(drawn, target / "charts", pictures))
    return f"{'Tables and charts' if drawn else 'Tables'}: {target}"


def _charts(cases: list[Case], result: Scores) -> Mapping[str, Callable[[], Axes]]:
    """Those that have something to show."""
    from sim.api.scores import simulated_times

    several = len(cases) > 1
    subject = f"{len(cases)} cases" if several else cases[0].run.provenance.title
    drawn: dict[str, Callable[[], Axes]] = {}
    when = simulated_times(cases, result.questions)
    if len(when):
        drawn["score-times"] = partial(_times, when, subject)
    if several and len(result.reliability):
        drawn["score-reliability"] = partial(_reliability, result, subject)
        drawn["score-skill"] = partial(_skill, result, subject)
    return drawn


def _times(table: object, subject: str) -> Axes:
    from sim.charts import times

    return times(table, subject=subject)  # type: ignore[arg-type]


def _reliability(result: Scores, subject: str) -> Axes:
    from sim.charts import reliability

    return reliability(result.reliability, subject=subject, level=result.level)


def _skill(result: Scores, subject: str) -> Axes:
    from sim.charts import skill
    from sim.report.screens.score import CALLED, MEASURES

    return skill(
        result.rivals, names=CALLED, measures=MEASURES, subject=subject, level=result.level
    )
