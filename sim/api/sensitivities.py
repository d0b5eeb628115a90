"""What an outcome hangs on: from a run's draws, from a designed sample, over one parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.drivers import draw_targets
from sim.analysis.drivers.draw_targets import Target, cannot_tell
from sim.analysis.statistics.factors import uncertain
from sim.analysis.statistics.intervals import level_of
from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.plan import Plan
from sim.experiment.runs import model_of

if TYPE_CHECKING:
    from sim.api.sourced import SourcedTables
    from sim.model.model import Model

ROWS, ROW_PATHS = 200, 100  # of a design
CURVE_DRAWS = 200  # of a response curve, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Indices of every parameter, and of what nothing can be told why.

    table     see `sim.analysis.drivers.sensitivity.sensitivity`; the targets below one another
    targets   what was asked, in the order of the table
    untold    name of a target -> a sentence, where there is no row of it
    """

    table: pd.DataFrame
    targets: tuple[Target, ...]
    untold: dict[str, str]

    def summary(self) -> dict[str, Any]:
        """The same as plain values, None where there is no number: what `--json` prints."""
        return {"indices": records(self.table), "cannot_tell": dict(self.untold)}


def sensitivity(
    results: SourcedTables,
    outcome: str | None,
    of: str = "probability",
    *,
    level: float | None = None,
) -> Sensitivity:
    """Indices from the draws of a run; see `Results.sensitivity`."""
    # here, since it needs SciPy
    from sim.analysis.drivers.sensitivity import COLUMNS
    from sim.analysis.drivers.sensitivity import sensitivity as indices

    targets, untold, tables = _targets(results, outcome, of), {}, []
    mass = level_of(results, level)
    for target in targets:
        # where nothing can be told that is said with the reason, and must not cost the others
        if why := cannot_tell(results.draws, target):
            untold[target.name] = why
            continue
        tables.append(indices(results.draws, target, seed=results.provenance.seed, level=mass))
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    return Sensitivity(table=table, targets=targets, untold=untold)


def design(
    results: SourcedTables,
    outcome: str | None,
    of: str = "probability",
    *,
    rows: int = ROWS,
    paths: int = ROW_PATHS,
    level: float | None = None,
    progress: bool | None = None,
) -> Sensitivity:
    """Total and first-order indices of a designed sample; see `Results.sensitivity`."""
    from sim.analysis.drivers.designed_sensitivity import designed_sensitivity
    from sim.analysis.drivers.sensitivity import COLUMNS
    from sim.experiment.designs import happens, times, walk_design
    from sim.experiment.peak_rungs import ladders, peaks, with_rungs

    model, about, mass = _model(results), results.provenance, level_of(results, level)
    names = _names(results, outcome, of)
    plan = plan_again(results, draws=rows, paths=paths, progress=progress)
    # No engine records the highest rung a path reaches: an outcome for each rung is added for it.
    larger = with_rungs(model) if of == "rung" else model
    measure = {
        "probability": lambda: happens(model, names),
        "time": lambda: times(model, names),
        "rung": lambda: peaks(model),
    }[of]()
    sums = walk_design(larger, plan, measure)
    places = [v.name for v in ladders(model)] if of == "rung" else names
    tables, untold = [], {}
    for name in names:
        table = designed_sensitivity(
            sums, places.index(name), name=name, of=of, seed=about.seed, level=mass
        )
        tables.append(table)
        if table.empty:
            untold[name] = (
                "No parameter moves it beyond the chance of finite paths at "
                f"{rows:,} rows of {paths:,} paths, so no index can be told."
            )
    whole = [table for table in tables if len(table)]
    table = pd.concat(whole, ignore_index=True) if whole else pd.DataFrame(columns=list(COLUMNS))
    return Sensitivity(table=table, targets=_titled(results, names, of), untold=untold)


def response(
    results: SourcedTables,
    parameter: str,
    outcome: str | None = None,
    *,
    points: int | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """The outcome's probability over a parameter's range; see `Results.response`."""
    from sim.analysis.drivers.response import response_curve
    from sim.experiment import responses

    model, about = _model(results), results.provenance
    # A curve is drawn of probabilities only, whatever the indices were asked of.
    names = _names(results, outcome, "probability")
    draws = min(about.draws, CURVE_DRAWS)
    plan = plan_again(results, draws=draws, paths=about.paths or Plan.paths, progress=progress)
    counts = responses.response(model, parameter, names, plan, points or responses.POINTS)
    others = [one for one in model.parameters if one.name != parameter]
    # Where nothing else is uncertain there is no spread over other parameters to make a band of.
    varies = any(_uncertain(results.draws, one.name) for one in others)
    curves = [
        response_curve(counts, i, name, seed=about.seed, varies=varies, level=about.level)
        for i, name in enumerate(names)
    ]
    return pd.concat(curves, ignore_index=True)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as plain values, None where there is none."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}
        for row in plain.to_dict("records")
    ]


def _targets(results: SourcedTables, outcome: str | None, of: str) -> tuple[Target, ...]:
    names = _names(results, outcome, of)
    if of == "probability":
        return tuple(draw_targets.probability(results, name) for name in names)
    if of == "time":
        return tuple(draw_targets.time(results, name) for name in names)
    from sim.experiment.peak_rungs import peak_rungs

    about = results.provenance
    if not about.paths:
        raise UsageError("rung: a solution has no paths; run with another engine")
    model = _model(results)
    found = peak_rungs(model, plan_again(results, draws=about.draws, paths=about.paths))
    titles = {v.name: v.about for v in model.variables}
    return tuple(
        draw_targets.rung(found, name, titles[name] or name, about.paths) for name in names
    )


def _titled(results: SourcedTables, names: list[str], of: str) -> tuple[Target, ...]:
    """What was asked of a design, without values by draw."""
    import numpy as np

    nothing = np.empty(0)
    titles = {str(k): str(v) for k, v in results.outcomes["title"].items()}
    return tuple(
        Target(name=n, of=of, title=titles.get(n, n), value=nothing, noise=nothing, paths=0)
        for n in names
    )


def _names(results: SourcedTables, outcome: str | None, of: str) -> list[str]:
    """What is asked about: an outcome or ladder, the headlines, or everything without those."""
    if results.source is not None or of == "rung":
        return askable(_model(results), outcome, of)
    known = [str(name) for name in results.outcomes.index]
    return _asked(known, list(results.provenance.headlines) or known, outcome, of)


def askable(model: Model, outcome: str | None, of: str) -> list[str]:
    """The names that are meant, as `Results.sensitivity` says; UsageError for unknown ones."""
    if of == "rung":
        from sim.experiment.peak_rungs import ladders

        known = [variable.name for variable in ladders(model)]
        if not known:
            raise UsageError("rung: the scenario has no ladder")
        return _asked(known, known, outcome, of)
    known = [one.name for one in model.outcomes]
    return _asked(known, [o.name for o in model.outcomes if o.headline] or known, outcome, of)


def _asked(known: list[str], default: list[str], outcome: str | None, of: str) -> list[str]:
    if of not in draw_targets.KINDS:
        raise UsageError(unknown("target", of, draw_targets.KINDS))
    if not known:
        raise UsageError("the scenario has no outcome, so there is nothing to ask about")
    if outcome is not None and outcome not in known:
        what = "variable on a ladder" if of == "rung" else "outcome"
        raise UsageError(unknown(what, outcome, known))
    return default if outcome is None else [outcome]


def _model(results: SourcedTables) -> Model:
    if results.source is None:
        raise UsageError(
            "these results were loaded without their scenario, which is needed to walk paths again"
        )
    return model_of(results.source)


def plan_again(
    results: SourcedTables, *, draws: int, paths: int, progress: bool | None = None
) -> Plan:
    """How paths are walked again: as in the run, which may have been solved instead."""
    about = results.provenance
    # Walking again gives the same paths only where the values follow from the seed alone.
    if about.given or about.first_draw or about.common_random_numbers:
        raise UsageError(
            "walks the draws of the seed again, from the first on: not of a run whose values were "
            "given, whose draws begin later, or with common random numbers"
        )
    if about.decided:
        raise NotApplicable(
            f"walks the run again, in which {about.who_decided}; ask a run without decide"
        )
    # A solved run has no engine that walks.
    engine = about.engine if about.paths else Plan.engine
    return Plan(
        draws=draws,
        paths=paths,
        seed=about.seed,
        engine=engine,
        level=about.level,
        progress=progress,
    )


def _uncertain(draws: pd.DataFrame, name: str) -> bool:
    return name in uncertain(draws)
