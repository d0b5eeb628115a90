"""The verb `run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sim.analysis.estimates.estimates import precise
from sim.analysis.estimates.tables import tables_of
from sim.api.arguments import (
    RunOptions,
    crew_for,
    given_in,
    loaded,
    loaded_or_model,
    planned,
    raise_if_interrupted,
    takes_options,
    with_made,
)
from sim.api.concatenation import without_rows
from sim.api.deciding import with_decisions
from sim.api.results import Results
from sim.decisions.asking import Decisions, Policy
from sim.errors import NotApplicable, UsageError
from sim.experiment import runs, tracks
from sim.experiment.handing_out import Crew
from sim.experiment.plan import EXACT, Plan, limit_of
from sim.experiment.runs import model_of
from sim.experiment.samples import given_frame, sample_of
from sim.formatting import user_path
from sim.results.unfinished import Unfinished, leavings, taken_up

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.model import Model
    from sim.results.tables import RunTables
    from sim.scenario import Scenario


@takes_options(RunOptions)
def run(
    scenario: Scenario | Model | str | PathLike[str],
    *,
    values: pd.DataFrame | Mapping[str, Any] | None = None,
    outcomes: Mapping[str, Any] | None = None,
    track: Sequence[str] = (),
    decide: Mapping[str, Policy] | None = None,
    executor: Executor | None = None,
    resume: str | PathLike[str] | Unfinished | None = None,
    **options: Unpack[RunOptions],
) -> Results:
    """Walk `draws` parameter draws of `paths` paths each, and tabulate what happened.

    `scenario` is a scenario, or the path of its file or of a run directory. Draws, paths, seed,
    engine and level are those of the run directory unless given, else 500, 200, 1, `compiled` and
    0.9, as in `Plan`. The same seed gives
    the same tables, byte for byte, whatever the number of workers (processes, or threads of an
    engine that has its own; all cores by default). `engine` is a name in `sim.engines.ENGINES`
    (`reference` works in processes: outside Linux a script that asks for it keeps its own work
    below `if __name__ == "__main__":`), or `exact`: probabilities are solved for, draw by draw, not
    sampled (then counts, median times and paths are missing, low and high are the error bound).
    `level` is the mass of every interval, which what is asked of the results keeps to.
    `events` keeps every event; `keep_paths` a row for every path, left out above a million unless
    asked for. A bar shows progress on a terminal and in a notebook only, unless `progress` says so.

    With `precision` the number of draws is not given but found: a hundred are added until the
    standard error `mc_se` of every headline (of every outcome, if none is one) is below 0.2
    (percentage points) or 5% (of the estimate), or `max_paths` are walked; `provenance.stopped`
    says which. The draws are the first ones of a longer run with the same seed.

    `draws` may be a range: `range(100, 200)` goes on where a run of 100 draws ended, and
    `Results.concat` joins the two to the run of 200. `values` is a design matrix instead: a row for
    each draw, a column for each parameter that is not to be drawn, in the units of
    `results.draws` (days, names of choices); every row is checked. `results.draws` hands it back,
    `results.shares` has what came of it. With `common_random_numbers` every row's paths meet the
    random numbers of draw 0, so that rows differ by their values alone.

    `outcomes` are conditions by name, `{"early_force": "russia.role >= covert_force"}`, each an
    outcome beside those of the file; `track` names state variables, whose values over time
    `results.track` then has.

    `decide` lets functions decide for actors, `{"japan": f}`: wherever a move or clause of Japan
    leaves a choice, `f(situation)` names an option, gives odds over options, or None, which leaves
    it to the model; see `sim.decisions.situation.Situation`, and `sim.policies` for functions to
    start from. Everything else meets the same random numbers, so that the run is a twin of the one
    without. The reference engine walks it, in this process unless every function says that it
    keeps nothing (`sim.policies.stateless`). What `f` raises, or answers wrongly, is a RunError
    that names draw and path.

    `executor` walks the paths: any executor of `concurrent.futures`, or a client of Dask. Chunks of
    draws go out, counts by draw come back; a row for every path only where the run keeps them
    (`keep_paths`). The tables are the same, byte for byte, also where workers are lost that the
    executor replaces. `workers` then says how many chunks it works on at a time, if it does not say
    so itself. A worker with another version of the program, of NumPy, SciPy or numba is refused by
    name (UsageError). See docs/clusters.md.

    `resume` names a directory, beside which chunks are written as they finish; a run of the same
    model, seed, sizes and versions that was killed goes on from there (another is refused by name),
    and counts nothing twice. `results.save` to that directory removes them.

    Ctrl-C ends the run after the blocks in work and raises KeyboardInterrupt;
    `on_interrupt="return"` gives what is finished, and `provenance.interrupted` says so. Raises
    ScenarioError for a file with problems, RunError when the scenario goes wrong (naming
    expression, state, draw and path), NotApplicable where the exact engine cannot solve it, and
    UsageError for arguments out of range.
    """
    given = given_in(scenario)
    if outcomes is not None:
        # In this order: a run directory brings its own sizes, which the changed scenario has no
        # longer.
        options, scenario = with_made(scenario, options), loaded(scenario).with_(outcomes=outcomes)
    if values is not None:
        model = model_of(loaded_or_model(scenario))
        given = given_frame(model, values)
    if given is not None:
        options = _with_rows(options, len(given))
    options, by = with_decisions(scenario, options, decide)
    source, plan = planned(scenario, options, decided=True)
    # the run asks after every block of draws whether they are enough
    enough = partial(precise, limit=limit_of(plan.precision)) if plan.precision else None
    model = model_of(source)
    names = tracks.tracked(model, track)
    if names and by is not None:
        raise NotApplicable("track: walks the paths again, without the functions that decide")
    output = runs.run(
        source, plan, enough, given, by, _crew(executor, plan, by), _kept(resume, plan)
    )
    tables = tables_of(output)
    if names:
        # Paths are walked once more for the track, rather than kept for every path: few runs ask
        # for them, and the same numbers give the same paths.
        tables = replace(tables, track=_track(model, tables, names, plan.crew))
    results = Results.of(tables, source, without_rows(output))
    raise_if_interrupted(results.provenance, plan)
    return results


def _crew(executor: object, plan: Plan, decide: Decisions | None) -> Crew | None:
    """Who else walks the paths of a run; None where nobody does. Raises UsageError."""
    if executor is not None and decide is not None and not decide.stateless:
        raise UsageError(
            "executor: what a function that decides records would stay with the workers and be "
            "lost; if it records nothing say so: sim.policies.stateless(f)"
        )
    return crew_for(executor, plan)


def _kept(resume: str | PathLike[str] | Unfinished | None, plan: Plan) -> Unfinished | None:
    """The unfinished part of the run that is to go on, or is begun; None where none is kept."""
    if resume is None or isinstance(resume, Unfinished):
        return resume
    if plan.engine == EXACT:
        raise NotApplicable("resume: the exact engine has no chunks; leave it out")
    target = Path(user_path(resume))
    # Chunks that are there mean a run to go on with; without any, one that begins.
    if any(one.chunks for one in leavings(target)):
        return taken_up(target)
    return Unfinished(target=target.resolve())


def _track(model: Model, tables: RunTables, names: list[str], threads: int) -> pd.DataFrame:
    about = tables.provenance
    if about.interval == "exact":
        raise NotApplicable("track: the exact engine simulates no paths")
    sample = sample_of(model, about, tables.draws)
    return tracks.track(model, sample, about.paths, names, threads=threads)


def _with_rows(options: RunOptions, rows: int) -> RunOptions:
    """The options with as many draws as there are rows of values. Raises UsageError."""
    if options.get("precision") is not None:
        raise UsageError("precision: a run with values has as many draws as they have rows")
    draws = options.get("draws")
    asked = rows if draws is None else len(draws) if isinstance(draws, range) else draws
    if asked != rows:
        raise UsageError(f"draws: {asked} draws were asked for, and values have {rows:,} rows")
    return {**options, "draws": rows} if draws is None else options
