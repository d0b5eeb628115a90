"""The verb `run`."""

from __future__ import annotations

from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Unpack

from sim.analysis.estimates.estimates import precise
from sim.analysis.estimates.tables import tables_of
from sim.api.arguments import RunOptions, planned, takes_options, warn_if_interrupted
from sim.api.results import Results
from sim.experiment import runs
from sim.experiment.plan import limit_of

if TYPE_CHECKING:
    from sim.model.model import Model
    from sim.scenario import Scenario


@takes_options(RunOptions)
def run(
    scenario: Scenario | Model | str | PathLike[str],
    **options: Unpack[RunOptions],
) -> Results:
    """Walk `draws` parameter draws of `paths` paths each, and tabulate what happened.

    `scenario` is a scenario, or the path of its file or of a run directory. Draws, paths, seed and
    engine are those of the run directory unless given, else 500, 200, 1 and `compiled`, as in
    `Plan`. The same seed gives
    the same tables, byte for byte, whatever the number of workers (processes, or threads of an
    engine that has its own; all cores by default). `engine` is a name in `sim.engines.ENGINES`
    (`reference` works in processes: outside Linux a script that asks for it keeps its own work
    below `if __name__ == "__main__":`), or `exact`: probabilities are solved for, draw by draw, not
    sampled (then counts, median times and paths are missing, low and high are the error bound).
    `events` keeps every event; `keep_paths` a row for every path, left out above a million unless
    asked for. A bar shows progress on a terminal and in a notebook only, unless `progress` says so.

    With `precision` the number of draws is not given but found: a hundred are added until the
    standard error `mc_se` of every headline (of every outcome, if none is one) is below 0.2
    (percentage points) or 5% (of the estimate), or `max_paths` are walked; `provenance.stopped`
    says which. The draws are the first ones of a longer run with the same seed.

    Ctrl-C ends the run in good order: the finished draws are kept, `provenance.interrupted` says
    so, and so does the warning `sim.errors.Interrupted`; a loop of runs goes on, unless the
    warning is made an error. Raises ScenarioError for a file with problems, RunError when the
    scenario goes wrong (naming expression, state, draw and path), NotApplicable where the exact
    engine cannot solve it, and UsageError for arguments out of range.
    """
    source, plan = planned(scenario, options)
    enough = partial(precise, limit=limit_of(plan.precision)) if plan.precision else None
    results = Results.of(tables_of(runs.run(source, plan, enough)), source)
    warn_if_interrupted(results.provenance)
    return results
