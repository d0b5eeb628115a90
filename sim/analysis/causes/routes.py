"""By which route: the chains of causes that led to an outcome, most likely first.

A route is the chain of causes of the event at which the outcome first held (`chains`), oldest
first, each step once, where it last occurs. At three depths:

    clauses   the treaty clauses, and the rungs of ladders that were reached on the way
    origins   every clause, move and event of the file
    options   the same with the option taken
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.causes.chains import Chains, Step, chains
from sim.analysis.estimates.shares_by_draw import grouped_columns
from sim.analysis.statistics.resampling import significant
from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.plan import Plan
from sim.experiment.samples import sample_of
from sim.experiment.walking_again import walk_histories
from sim.model.model import Model
from sim.results.histories import Histories
from sim.results.level import LEVEL
from sim.results.tables import RunTables
from sim.scenario import Scenario

Depth = Literal["clauses", "origins", "options"]
DEPTHS: tuple[Depth, ...] = get_args(Depth)
ARROW = " → "
AT_ONCE = "at the start"
NEITHER = "without clause or rung"


def after_run(scenario: Scenario, run: RunTables) -> pd.DataFrame | None:
    """Routes to every headline, with the column `outcome`; None without headlines or paths."""
    headlines = run.provenance.headlines
    if run.paths is None or not headlines:
        return None
    found = {
        name: ranked(one, run, "origins", level=run.provenance.level)
        for name, one in chains_to(scenario.model, run, headlines).items()
    }
    return pd.concat(found, names=["outcome"]).reset_index("outcome")


def routes(
    model: Model,
    results: RunTables,
    outcome: str,
    *,
    depth: Depth = "origins",
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row a route to the outcome at this depth, ranked by its probability.

    Columns: route; n: all paths; hits: those that reach the outcome by it; probability: hits / n;
    low, high: parameter uncertainty (of the mass `level`; missing unless `band` is
    `resolved`); mc_low, mc_high, mc_se: sampling error, draws as clusters; band; share: of the
    paths that reach the outcome; draw and path of the first example, to replay. What holds from the
    start has the route "at the start".

    All paths that reach the outcome are walked again from draw and number. Raises NotApplicable
    where the run kept no paths, UsageError for an unknown outcome or depth.
    """
    if depth not in DEPTHS:
        raise UsageError(unknown("depth", depth, DEPTHS))
    return ranked(chains_to(model, results, [outcome])[outcome], results, depth, level=level)


def chains_to(model: Model, results: RunTables, outcomes: Sequence[str]) -> dict[str, Chains]:
    """The chains behind each outcome in all paths that reach it, which are walked again once."""
    histories = walked_again(model, results, reaching(results, outcomes))
    return {outcome: chains(model, histories, outcome) for outcome in outcomes}


def reaching(results: RunTables, outcomes: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows of `results.paths` reach any of the outcomes; UsageError for an unknown one."""
    paths = paths_of(results)
    known = [str(name) for name in results.outcomes.index]
    for outcome in outcomes:
        if outcome not in known:
            raise UsageError(unknown("outcome", outcome, known))
    found = paths[[f"time__{outcome}" for outcome in outcomes]].notna().any(axis=1)
    return found.to_numpy(dtype=np.bool_)


def walked_again(
    model: Model, results: RunTables, which: NDArray[np.bool_], *, threads: int | None = None
) -> Histories:
    """These rows of `results.paths`, with all their events."""
    wanted = paths_of(results).loc[which, ["draw", "path"]]
    crew = Plan(workers=threads).crew
    sample = sample_of(model, results.provenance, results.draws)
    return walk_histories(model, sample, wanted["draw"], wanted["path"], threads=crew)


def paths_of(results: RunTables) -> pd.DataFrame:
    """The table of paths; NotApplicable where the run kept none."""
    if results.paths is None:
        raise NotApplicable(
            "routes: the run kept no table of paths; --keep-paths (keep_paths=True) keeps it"
        )
    return results.paths


def ranked(
    found: Chains, results: RunTables, depth: Depth, *, level: float = LEVEL
) -> pd.DataFrame:
    """The table `routes` of chains that were found already."""
    names = [route(found.model, steps, depth) for steps in found.steps]
    codes, different = pd.factorize(np.array(names, dtype=object))
    group = codes[found.chain]
    about = results.provenance
    sizes = np.full(about.draws, about.paths)
    hits = np.bincount(group, minlength=len(different))
    _, first = np.unique(group, return_index=True)  # paths come in order, so the first example
    columns = grouped_columns(
        found.draw - about.first_draw,
        group,
        len(different),
        sizes,
        varies=about.interval == "nested",
        level=level,
    )
    table = pd.DataFrame(
        {
            "route": pd.Series(different, dtype="str"),
            "n": np.full(len(different), sizes.sum()),
            "hits": hits,
            "probability": hits / max(sizes.sum(), 1),
            **columns,
            "share": hits / max(len(group), 1),
            "draw": found.draw[first],
            "path": found.path[first],
        }
    )
    table = table.sort_values("hits", ascending=False, kind="stable", ignore_index=True)
    return significant(table)


def route(model: Model, steps: Iterable[Step], depth: Depth) -> str:
    """A chain in words at this depth."""
    return ARROW.join(once(labels(model, steps, depth))) or (NEITHER if steps else AT_ONCE)


def once(names: Iterable[str]) -> list[str]:
    """Each name once, where it last occurs: a move that comes three times is listed once."""
    return list(dict.fromkeys(reversed(list(names))))[::-1]


def labels(model: Model, steps: Iterable[Step], depth: Depth) -> Iterator[str]:
    """What each step is called at this depth, if it is named at all."""
    for step in steps:
        transition = model.transitions[step.rank]
        if depth == "clauses":
            if transition.clause is not None:
                yield transition.origin
            for variable, value in step.rungs:
                yield f"{model.variables[variable].name}: {model.variables[variable].word(value)}"
        elif depth == "options":
            yield option_label(model, step) or transition.origin
        else:
            yield transition.origin


def option_label(model: Model, step: Step) -> str:
    """`origin.option` where an option with a name was taken; else nothing."""
    transition = model.transitions[step.rank]
    name = transition.options[step.option].name if step.option >= 0 else None
    return f"{transition.origin}.{name}" if name else ""
