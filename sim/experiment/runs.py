"""A run: parameters drawn, paths walked and counted, or every draw solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.decisions.asking import Decisions
from sim.engines import has_traces
from sim.errors import UsageError
from sim.experiment.chunked import counted_in_chunks
from sim.experiment.handing_out import Crew
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.progress import bar
from sim.experiment.samples import values_with
from sim.experiment.solving import solve
from sim.experiment.work import Pieces, Stop, Walked, Work, interruptible, walk
from sim.formatting import DAY
from sim.model.model import Model
from sim.results.counting import Accumulator
from sim.results.provenance import Provenance, versions
from sim.results.solution import Solution
from sim.results.unfinished import Unfinished
from sim.streams import DRAWS_IN_BLOCK

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario


WANTED = "scenario: must be what sim.load gives, or a path"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutput:
    """What a run leaves, before anything is estimated: counts, or a solution."""

    model: Model
    found: Accumulator | Solution
    values: NDArray[np.float64]  # of the parameters: a row a finished draw, a column each
    provenance: Provenance
    grades: Mapping[str, str]  # of the parameters: a grade, or `unconfirmed`; of a model none


def run(
    scenario: Scenario | Model,
    plan: Plan,
    enough: Callable[[Accumulator], bool] | None = None,
    given: pd.DataFrame | None = None,
    decide: Decisions | None = None,
    crew: Crew | None = None,
    kept: Unfinished | None = None,
) -> RunOutput:
    """Walk `plan.draws` parameter draws of `plan.paths` paths each, or solve each draw.

    `given` has a row a draw, and for some parameters a column with their values; others are drawn.

    `decide` says who decides for actors, in an engine that asks; `crew` who else walks the paths.
    `kept` has the finished chunks of a run that was killed, and gets those that finish.

    `enough` is asked at every DRAWS_IN_BLOCK draws, and ends the run when it says so: what has been
    walked by then are the first draws of the whole.
    """
    model = model_of(scenario)
    names: tuple[str, ...] = ()
    by = decide.described if decide is not None else {}
    if given is None:
        (values,) = values_of([model], plan.seed, plan.span, progress=plan.progress)
    else:
        names = tuple(map(str, given.columns))
        values = values_with(model, plan.seed, plan.span, given, progress=plan.progress)
    if plan.engine == EXACT:
        return _given(solved(scenario, values, plan), names, by)
    # batches are counted as they come, so memory does not grow with the number of paths unless rows
    # are kept
    counts = Accumulator(model, paths=plan.paths, keep=plan.keeps)
    work = replace(work_of([model], [values], plan), decide=decide)
    for before in _counting(counts, work, plan, crew, kept, in_blocks=enough is not None):
        blocks = counts.draws // DRAWS_IN_BLOCK
        whole = blocks * DRAWS_IN_BLOCK == counts.draws > before
        if enough and whole and enough(counts):
            output = counted(scenario, counts, values, plan)
            done = replace(output.provenance, draws_asked=counts.draws, stopped="precision")
            return _given(replace(output, provenance=done), (), by)
    return _given(counted(scenario, counts, values, plan), names, by)


def _counting(
    counts: Accumulator,
    work: Work,
    plan: Plan,
    crew: Crew | None,
    kept: Unfinished | None,
    *,
    in_blocks: bool,
) -> Iterator[int]:
    """Count all paths, here or by a crew; gives, after each step, how many draws were before it."""
    if crew is None and kept is None:
        for (pieces,) in _pieces(work, plan):
            before = counts.draws
            for piece in pieces:
                counts.add(piece)
            yield before
        return
    yield from counted_in_chunks(counts, work, plan, crew, kept, in_blocks=in_blocks)


def _given(output: RunOutput, names: tuple[str, ...], by: Mapping[str, str]) -> RunOutput:
    """The output with what it is to say of values that were given, and of who decided."""
    about = replace(output.provenance, given=names, decided=by)
    if not names:
        return replace(output, provenance=about)
    # rows that differ are draws from something, whatever the model says of the parameters
    if about.interval == "sampling" and len(np.unique(output.values, axis=0)) > 1:
        about = replace(about, interval="nested")
    return replace(output, provenance=about)


def counted(
    scenario: Scenario | Model, counts: Accumulator, values: NDArray[np.float64], plan: Plan
) -> RunOutput:
    """The finished draws of a sampled run."""
    return RunOutput(
        model=counts.model,
        found=counts,
        # after Ctrl-C the last draw may be half done, and only whole ones are counted
        values=values[: counts.draws],
        provenance=provenance(scenario, plan, counts.draws),
        grades=grades_of(scenario),
    )


def solved(scenario: Scenario | Model, values: NDArray[np.float64], plan: Plan) -> RunOutput:
    """The draws that were solved; there are no paths in them."""
    model = model_of(scenario)
    solution = solve(model, values, plan)
    done = len(solution.outcomes)
    # `paths` 0 says that there are none, so that nobody divides by them
    about = replace(provenance(scenario, plan, done), interval=EXACT, paths=0)
    grades = grades_of(scenario)
    return RunOutput(
        model=model, found=solution, values=values[:done], provenance=about, grades=grades
    )


def all_solved(
    scenarios: Sequence[Scenario], values: Sequence[NDArray[np.float64]], plan: Plan
) -> list[RunOutput]:
    """Each of several scenarios solved for the same draws; KeyboardInterrupt if one was cut."""
    found = []
    for one, rows in zip(scenarios, values, strict=True):
        found.append(solved(one, rows, plan))
        if found[-1].provenance.interrupted:  # a draw is whole only with all of them
            raise KeyboardInterrupt
    return found


def grades_of(scenario: Scenario | Model) -> Mapping[str, str]:
    """How well founded each parameter is."""
    if isinstance(scenario, Model):
        return {}
    declared = scenario.declared
    return {
        name: "unconfirmed" if declared.is_unconfirmed(one) else one.grade
        for name, one in declared.parameters.items()
    }


def pieces_of(
    models: Sequence[Model],
    values: Sequence[NDArray[np.float64]],
    plan: Plan,
) -> Iterator[Pieces]:
    """Pieces of all models, chunk by chunk in order, until the end or Ctrl-C; with a bar."""
    return _pieces(work_of(models, values, plan), plan)


def _pieces(work: Work, plan: Plan) -> Iterator[Pieces]:
    with interruptible() as interruption, bar(work.total, plan.progress) as done:
        try:
            yield from walk(work, interruption, done)
        # Ctrl-C: what has been counted stays counted
        except Stop:
            return


def pairs_of(
    models: Sequence[Model], values: Sequence[NDArray[np.float64]], plan: Plan
) -> Iterator[Walked]:
    """Pieces of a baseline and its twins, likewise; paths that no change can touch walked once.

    Where events are kept, and by an engine that leaves no trace, all are walked in every model:
    events have the probability of what was taken, which may differ where nothing else does.
    """
    if not has_traces(plan.engine) or plan.events:
        for pieces in pieces_of(models, values, plan):
            n = sum(len(piece.ending) for piece in pieces[0])
            yield Walked(pieces, [n] * (len(models) - 1))
        return
    from sim.experiment.paired_walks import walk_pairs

    work = work_of(models, values, plan)
    with interruptible() as interruption, bar(work.total, plan.progress) as done:
        try:
            yield from walk_pairs(work, interruption, done)
        except Stop:
            return


def work_of(models: Sequence[Model], values: Sequence[NDArray[np.float64]], plan: Plan) -> Work:
    """What a plan says is to be walked, in every model."""
    return Work(
        engine=plan.engine,
        models=tuple(models),
        values=tuple(values),
        seed=plan.seed,
        draws=plan.draws,
        paths=plan.paths,
        events=plan.events,
        workers=plan.crew,
        first=plan.first_draw,
        common=plan.common_random_numbers,
    )


def varies(model: Model) -> bool:
    """Whether any parameter is uncertain, so that draws differ."""
    return any(one.distribution.kind != "fixed" for one in model.parameters)


def _why(plan: Plan, finished: int) -> str:
    """Why a run ended that was not stopped by its precision."""
    if finished < plan.draws:
        return "interrupted"
    return "draws" if plan.precision is None else "max_paths"


def model_of(scenario: Scenario | Model) -> Model:
    """The model of a scenario; a model is its own."""
    model = scenario if isinstance(scenario, Model) else getattr(scenario, "model", None)
    if not isinstance(model, Model):
        raise UsageError(
            f"scenario: what sim.load gives, or a path, is wanted, found {scenario!r:.60}"
        )
    return model


def provenance(scenario: Scenario | Model, plan: Plan, finished: int) -> Provenance:
    """Where results come from: the scenario and its files, seed, arguments and versions."""
    model = model_of(scenario)
    files: Mapping[str, str] = {}  # a model alone was read from no file
    question = under = file = changed = ""
    changes: tuple[Mapping[str, Any], ...] = ()
    if not isinstance(scenario, Model):
        changes = tuple(one.written for one in scenario.additions)
        changed = scenario.changed
        question, under = scenario.question, "+".join(scenario.applied)
        file = Path(scenario.file).as_posix()
        # of what was parsed when it was parsed: the file may have changed or moved since
        parsed = scenario.files.items()
        files = {Path(name).as_posix(): sha256(data).hexdigest() for name, data in parsed}
    return Provenance(
        scenario=model.name,
        file=file,
        title=model.title,
        question=question,
        under=under,
        engine=plan.engine,
        seed=plan.seed,
        draws=finished,
        draws_asked=plan.draws,
        stopped=_why(plan, finished),
        paths=plan.paths,
        horizon=model.horizon / DAY,
        start=model.start,
        # named here too, since a saved run is read without its scenario
        headlines=tuple(outcome.name for outcome in model.outcomes if outcome.headline),
        interval="nested" if varies(model) else "sampling",
        arguments=plan.arguments(),
        versions=versions(),
        files=files,
        changes=changes,
        changed=changed,
        level=plan.level,
        first_draw=plan.first_draw,
        common_random_numbers=plan.common_random_numbers,
    )
