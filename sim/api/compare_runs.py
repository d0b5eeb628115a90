"""The verb `compare`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from sim.analysis.effects.alternative_tables import tables_of_alternative
from sim.analysis.effects.differences import (
    Pair,
    alternative_row,
    difference_rows,
    effects_by_draw,
    flow_rows,
)
from sim.analysis.effects.shapley import Effects, pair_rows, shapley_rows, subsets
from sim.analysis.estimates.tables import tables_of
from sim.api.arguments import (
    Options,
    crew_for,
    given_in,
    is_directory,
    loaded,
    planned,
    raise_if_interrupted,
    takes_options,
)
from sim.api.comparisons import Comparison, empty
from sim.api.results import Results
from sim.api.saved_pairs import pairs_of_results
from sim.errors import UsageError, unknown
from sim.experiment import comparisons
from sim.formatting import counted
from sim.results.tables import RunTables

if TYPE_CHECKING:
    from sim.scenario import Scenario

    Named = str | Scenario | PathLike[str] | Results
    Source = Scenario | str | PathLike[str] | Results

ORDERS = ("effect", "name", "given")
SCENARIO_FILES = (".yaml", ".yml")  # what ends so is no name of an intervention
MOST_TOGETHER = 6  # 63 subsets


@takes_options(Options)
def compare(
    scenario: Source | Mapping[str, Source],
    interventions: Named | Iterable[Named] | None = None,
    *,
    order: str = "effect",
    together: bool = False,
    executor: Executor | None = None,
    **options: Unpack[Options],
) -> Comparison:
    """Compare a scenario with itself under interventions, on the same random numbers.

    `scenario` is one, or the path of its file or of a run directory. `a+b` applies both. Another
    scenario, or the path of its file, may stand where an intervention does. Default: every
    intervention of the scenario that is not applied already. They stand in the `order` of their
    effect on the first headline, what lowers it most first, in that of their names, or as `given`.
    `together` walks all subsets of the named interventions, six at most, and says what each adds to
    their joint effect. `executor` walks the paths, as in `run`; the tables are the same, number for
    number. The other arguments are those of `run`. Raises and warns as `run` does, and
    UsageError without anything to compare with, or for a scenario with another horizon.

    `compare({"as written": a, "mine": b, "other file": "c.yaml"})` names what is compared; the
    first is the baseline. Two or more `Results` of one seed and size, given so or as
    `compare(first, second)`, are paired as they are: nothing is walked.
    """
    if order not in ORDERS:
        raise UsageError(unknown("order", order, ORDERS))
    if already := _made_already(scenario, interventions):
        return _of_results(already, order, options, executor)
    others: Mapping[str, Source] | None = None
    if isinstance(scenario, Mapping):
        scenario, others = _first_and_others(scenario, interventions)
    source, plan = planned(_no_results(scenario), options)
    # The twins are walked beside the baseline, draw by draw from the seed; such a run has other
    # draws.
    if plan.first_draw or plan.common_random_numbers or given_in(scenario) is not None:
        raise UsageError(
            "compare: takes draws from 0 on, as the parameters are drawn; runs with a range of "
            "draws, values or common random numbers are compared as Results"
        )
    baseline = loaded(source)  # a model alone has no interventions
    # all are made before anything is run, so that an unknown name costs no time
    named: list[Named] = []
    if others is not None:
        twins = {name: _other(baseline, one) for name, one in others.items()}
    else:
        named = _named(baseline, interventions)
        twins = _subsets(baseline, named) if together else _twins(baseline, named)
    output = comparisons.compare(baseline, list(twins.values()), plan, crew_for(executor, plan))
    before = Results.of(tables_of(output.baseline), baseline)
    after = {
        name: Results.of(tables_of_alternative(one), twin)
        for (name, twin), one in zip(twins.items(), output.twins, strict=True)
    }
    # of solutions there are no pairs: effects are known draw by draw
    counts = output.pairs or [None] * len(after)
    pairs = [
        Pair(name=name, baseline=before, twin=twin, pairs=own)
        for (name, twin), own in zip(after.items(), counts, strict=True)
    ]
    # Only now: with what is finished, a comparison can still be made where that was asked for.
    raise_if_interrupted(before.provenance, plan)
    # How many paths of a twin had to be walked at all: those that could not differ were not.
    walked = dict(zip(after, output.walked, strict=True))
    all_of = list(dict.fromkeys(map(str, named))) if together else []
    return _of_pairs(before, _ordered(pairs, order), after, walked, all_of)


def _made_already(scenario: object, others: object) -> dict[str, Results]:
    """Runs that were made already, by name; empty where something is to be run."""
    if isinstance(scenario, Mapping):
        runs = {str(name): one for name, one in scenario.items() if isinstance(one, Results)}
        if runs and (len(runs) < len(scenario) or others is not None):
            raise UsageError("compare: takes runs or scenarios, not some of both")
        return runs
    if not isinstance(scenario, Results):
        return {}
    if not isinstance(others, Results):
        raise UsageError("compare: a run is compared with another run; give it as the second")
    name = f"{others.provenance.scenario}{others.provenance.conditions}"
    return {f"{scenario.provenance.scenario} (baseline)": scenario, name: others}


def _of_results(
    named: dict[str, Results], order: str, options: Options, executor: object
) -> Comparison:
    asked = {**options, "executor": executor}
    given = [name for name, value in asked.items() if value is not None]
    if given:
        raise UsageError(f"{given[0]}: the runs are made already")
    before, pairs = pairs_of_results(named)
    twins = {pair.name: named[pair.name] for pair in pairs}
    return _of_pairs(before, _ordered(pairs, order), twins, dict.fromkeys(twins), [])


def _first_and_others(
    named: Mapping[str, Source], others: object
) -> tuple[Source, Mapping[str, Source]]:
    """The baseline, and what stands beside it by name. Raises UsageError."""
    if others is not None:
        raise UsageError("compare: a mapping names all that is compared; leave the second out")
    if len(named) < 2:
        raise UsageError("nothing to compare: the mapping needs two scenarios or more")
    for name in named:
        # a name becomes that of a directory when the comparison is saved
        if not isinstance(name, str) or not name.strip() or "/" in name or "\\" in name:
            raise UsageError(f"compare: {name!r} cannot be the name of an alternative")
    first, *rest = named
    return named[first], {name: named[name] for name in rest}


def _other(baseline: Scenario, one: Source) -> Scenario:
    """A scenario under a name of the user's: itself, of a file, or the baseline's intervention."""
    # A word may be an intervention's name or a path; the ending, or a directory being there,
    # decides, so that a name with a slip in it is reported as an unknown intervention.
    if isinstance(one, str) and not one.endswith(SCENARIO_FILES) and not is_directory(one):
        return baseline.under(one)
    return loaded(_no_results(one))


def _no_results(one: object) -> Any:
    if isinstance(one, Results):
        raise UsageError("compare: takes runs or scenarios, not some of both")
    return one


def _twins(baseline: Scenario, named: Sequence[Named]) -> dict[str, Scenario]:
    """The scenario under each intervention, and others, each under a name of its own."""
    found: dict[str, Scenario] = {}
    for one in named:
        if isinstance(one, str) and not one.endswith(SCENARIO_FILES):
            found[one] = baseline.under(one)
            continue
        other = loaded(_no_results(one))
        # a slash could be no part of the directory it is saved in
        name = other.name if other.name != baseline.name else f"{other.name} (other file)"
        if name in found:
            raise UsageError(f"{other.file}: a scenario {name!r} is compared already")
        found[name] = other
    return found


def _subsets(baseline: Scenario, named: Sequence[Named]) -> dict[str, Scenario]:
    """The scenario under each subset of the interventions."""
    names = list(dict.fromkeys(map(str, named)))
    for name in names:
        if "+" in name or name.endswith(SCENARIO_FILES):
            raise UsageError(f"together: takes single interventions, found {name!r}")
        baseline.under(name)
    if not 2 <= len(names) <= MOST_TOGETHER:
        found = counted(len(names), "intervention")
        raise UsageError(f"together: takes two to {MOST_TOGETHER} interventions, found {found}")
    return {"+".join(some): baseline.under(some) for some in subsets(names)}


def _of_pairs(
    before: Results,
    pairs: Sequence[Pair],
    twins: Mapping[str, Results],
    walked: Mapping[str, int | None],
    together: Sequence[str],
) -> Comparison:
    """The comparison whose twins stand in this order; `together` names those with all subsets."""
    rows = pd.DataFrame([alternative_row(pair, walked[pair.name]) for pair in pairs])
    # whole numbers that may be missing (of a solution) need another type than those that are not
    counts = dict.fromkeys(
        ("n", "walked", "changed"), "Int64" if rows.isna().any().any() else "int64"
    )
    return Comparison(
        baseline=before,
        twins={pair.name: twins[pair.name] for pair in pairs},
        table=_joined([difference_rows(pair, "outcome") for pair in pairs]),
        endings=_joined([difference_rows(pair, "ending") for pair in pairs]),
        flows=_joined([flow_rows(pair) for pair in pairs]),
        alternatives=rows.astype({"twin": "str", **counts}).set_index("twin"),
        shapley=_of_subsets("shapley", shapley_rows, pairs, together),
        interactions=_of_subsets("interactions", pair_rows, pairs, together),
    )


def _of_subsets(
    table: str,
    rows: Callable[[str, Sequence[str], Effects, float], pd.DataFrame],
    pairs: Sequence[Pair],
    names: Sequence[str],
) -> pd.DataFrame:
    """A table of what interventions do together, on each outcome."""
    if not names:
        return empty(table)
    return _joined(
        [
            rows(
                outcome,
                names,
                {
                    frozenset(pair.name.split("+")): effects_by_draw(pair, "outcome", outcome)
                    for pair in pairs
                },
                pairs[0].level,
            )
            for outcome in pairs[0].common("outcome")
        ]
    )


def _joined(rows: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(rows, ignore_index=True)


def _ordered(pairs: Sequence[Pair], order: str) -> list[Pair]:
    """The pairs in the order that was asked for; of equal effects as given."""
    if order == "name":
        return sorted(pairs, key=lambda pair: pair.name)
    if order == "given":
        return list(pairs)
    # of a scenario without headlines the first outcome counts as one
    first = [*pairs[0].baseline.provenance.headlines, *pairs[0].baseline.outcomes.index][:1]
    # All have one baseline, so the order of the probabilities is that of the effects.
    return sorted(pairs, key=lambda pair: _probability(pair.twin, first))


def _probability(run: RunTables, outcome: Sequence[str]) -> float:
    return float(run.outcomes["probability"].get(outcome[0], 0.0)) if outcome else 0.0


def _named(scenario: Scenario, interventions: Named | Iterable[Named] | None) -> list[Named]:
    """What to compare with; UsageError if there is nothing."""
    from sim.scenario import Scenario

    if interventions is None:
        # a scenario already under an intervention is not compared with itself
        own = [name for name in scenario.interventions if name not in scenario.applied]
        if not own:
            raise UsageError("nothing to compare: the scenario has no interventions")
        return list(own)
    if isinstance(interventions, (str, PathLike, Scenario)):
        return [interventions]
    if isinstance(interventions, Results):
        return [_no_results(interventions)]
    named = list(interventions)
    if not named:
        raise UsageError("nothing to compare: the list of interventions is empty")
    return named
