"""The verb `compare`, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.alternative_tables import tables_of_alternative
from sim.analysis.differences import Pair, alternative_row, difference_rows, flow_rows
from sim.analysis.intervals import NOTES
from sim.analysis.tables import tables_of
from sim.api.arguments import loaded, planned, warn_if_interrupted
from sim.api.html import page
from sim.api.results import Results
from sim.errors import UsageError, unknown
from sim.experiment import comparisons
from sim.experiment.plan import Plan
from sim.formatting import effects, file_name, user_path
from sim.results.atomic_replace import atomic_directory, settled
from sim.results.csv_files import read_table, write_table
from sim.results.directory import fill_run, read_part
from sim.results.manifest import MANIFEST, read_manifest, read_unchanged, write_manifest

if TYPE_CHECKING:
    from sim.scenario import Scenario

# the tables are written beside the runs they compare, so they have types of their own
_WORDS = ("twin", "outcome", "ending", "band", "before", "after")
_NUMBERS = (
    *("baseline", "probability", "difference", "low", "high", "lowers", "raises"),
    *("mc_low", "mc_high", "mc_se", "ratio", "ratio_low", "ratio_high", "variance_saved", "moment"),
)
_COUNTS = ("n", "gained", "lost", "differ", "changed", "walked", "paths")  # may be missing
TYPES = {
    **dict.fromkeys(_WORDS, "str"),
    **dict.fromkeys(_NUMBERS, "float64"),
    # as Int64 first, which can hold missing counts; of paths none is missing
    **dict.fromkeys(_COUNTS, "Int64"),
}
FILES = {
    "table": "comparison.csv",
    "endings": "comparison_endings.csv",
    "flows": "flows.csv",
    "alternatives": "alternatives.csv",
}
INDEXED = "alternatives"
ORDERS = ("effect", "name", "given")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison:
    """A baseline and its alternatives (`twins`), path by path on the same random numbers.

    table         one row a twin and outcome: twin, outcome, n, baseline, probability (with the
                  change), difference; low, high: 90 % of parameter draws have an effect between
                  them, the noise of finite paths removed, and band: `resolved`, or why they are
                  missing: `unresolved` (too few paths a draw), `none` (nothing is uncertain), or
                  `exact`; lowers, raises: share of draws in which the outcome becomes less, more
                  likely; mc_low, mc_high, mc_se: 90 % interval and standard error of the difference
                  from the pairs, sampling only; ratio, ratio_low, ratio_high: relative risk with
                  its 90 % interval, sampling only; gained, lost: paths in which the outcome happens
                  only with, only without the change; differ: gained + lost; changed: paths whose
                  ending, its time, or the time of any outcome is not the same; variance_saved: the
                  share of the variance of the difference of two unpaired runs that pairing saves.
    endings       the same, one row a twin and ending.
    flows         twin, before, after, paths, n: how many of n paths had the ending `before` in the
                  baseline and have the ending `after` with the change; endings that differ only.
    alternatives  index twin: n; walked: paths that were walked again, the others being proved to
                  be the baseline's own; changed; moment: median time (days) of the first difference
                  in an outcome or the end, over changed paths, to a ten-thousandth of the horizon.

    Of solutions, which have no paths, counts, flows, moments and walked are missing, and mc_low,
    mc_high are the error bound.
    """

    baseline: Results
    twins: dict[str, Results]
    table: pd.DataFrame
    endings: pd.DataFrame
    flows: pd.DataFrame
    alternatives: pd.DataFrame

    def __repr__(self) -> str:
        """One line: the baseline's scenario, how much was run, and the interventions."""
        about = self.baseline.provenance
        under = f" under {about.under}" if about.under else ""
        return (
            f"<Comparison of {about.scenario}{under} with {', '.join(self.twins)}: "
            f"{about.sample(' each')}, seed {about.seed}, engine {about.engine}>"
        )

    def _repr_html_(self) -> str:
        about = self.baseline.provenance
        titles, headlines = self.baseline.outcomes["title"], self.baseline.headlines()
        rows = [(str(titles[name]), "baseline", found, "") for name, found in headlines.items()]
        for name, twin in self.twins.items():
            own = self.table[self.table["twin"] == name].set_index("outcome")
            of_outcomes = dict(own.iterrows())
            said = effects(of_outcomes.values())
            changes = dict(zip(map(str, of_outcomes), said, strict=True))
            rows += [
                (str(titles[outcome]), name, found, changes[outcome])
                for outcome, found in twin.headlines().items()
            ]
        return page(
            about.title,
            [
                about.question,
                f"{about.sample(' each')}; seed {about.seed}, engine {about.engine}",
                NOTES[about.interval],
            ],
            (("outcome", "with", "probability", "difference in points"), rows),
            self.baseline.warnings(),
        )

    def save(self, directory: str | Path, *, also: Callable[[Path], None] | None = None) -> Path:
        """Write its tables, a run directory for the baseline and each twin, and a manifest.

        `also` is called with the directory in the making, to add files (charts).
        """
        with atomic_directory(directory) as making:
            for name, file in FILES.items():
                write_table(making / file, getattr(self, name), index=name == INDEXED)
            # whole run directories inside one that appears whole: each can be loaded by itself
            fill_run(making / "baseline", self.baseline.saved())
            for name, results in self.twins.items():
                fill_run(making / "twins" / file_name(name), results.saved())
            if also is not None:
                also(making)
            about = self.baseline.provenance.to_manifest()
            write_manifest(making, {**about, "twins": list(self.twins)})
        return Path(user_path(directory))

    @classmethod
    def load(cls, directory: str | Path) -> Comparison:
        """The comparison saved in a directory, equal to what was saved.

        Raises UsageError if it holds none, or a file that was changed.
        """
        return settled(directory, cls._read)

    @classmethod
    def _read(cls, home: Path) -> Comparison:
        manifest = read_manifest(home)
        if "twins" not in manifest:
            raise UsageError(f"{home}: holds a run, not a comparison; Results.load reads it")
        outputs = manifest["outputs"]
        tables = {name: _read(home, name, outputs) for name in FILES}

        def part(folder: str) -> Results:
            # by the digest in the outer manifest, so that all runs are of one comparison
            return Results.of_saved(
                read_part(home / folder, outputs.get(f"{folder}/{MANIFEST}", "missing"))
            )

        twins = {name: part(f"twins/{file_name(name)}") for name in manifest["twins"]}
        return cls(baseline=part("baseline"), twins=twins, **tables)


def _read(home: Path, name: str, outputs: Mapping[str, str]) -> pd.DataFrame:
    """One table of a comparison, with the types it was made with."""
    data = read_unchanged(home, FILES[name], outputs.get(FILES[name]))
    table = read_table(data, TYPES, index="str" if name == INDEXED else None)
    counted = [one for one in _COUNTS if one in table and table[one].notna().all()]
    return table.astype(dict.fromkeys(counted, "int64"))


def compare(
    scenario: Scenario | str | PathLike[str],
    interventions: str | Iterable[str] | None = None,
    *,
    order: str = "effect",
    draws: int | None = None,
    paths: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    workers: int | None = Plan.workers,
    events: bool = Plan.events,
    keep_paths: bool | None = Plan.keep_paths,
    progress: bool | None = Plan.progress,
) -> Comparison:
    """Compare a scenario with itself under interventions, on the same random numbers.

    `scenario` is one, or the path of its file or of a run directory. `a+b` applies both. Default:
    every intervention of the scenario that is not applied already. They stand in the `order` of
    their effect on the first headline, what lowers it most first, in that of their names, or as
    `given`. The other arguments are those of `run`. Raises and warns as `run` does, and UsageError
    without any intervention.
    """
    options = {
        "draws": draws,
        "paths": paths,
        "seed": seed,
        "engine": engine,
        "workers": workers,
        "events": events,
        "keep_paths": keep_paths,
        "progress": progress,
    }
    if order not in ORDERS:
        raise UsageError(unknown("order", order, ORDERS))
    source, plan = planned(scenario, options)
    baseline = loaded(source)  # a model alone has no interventions
    named = _named(baseline, interventions)
    # all are applied before anything is run, so that an unknown name costs no time
    twins = {name: baseline.under(name) for name in named}
    output = comparisons.compare(baseline, list(twins.values()), plan)
    before = Results.of(tables_of(output.baseline), baseline)
    after = {
        name: Results.of(tables_of_alternative(one), twin)
        for (name, twin), one in zip(twins.items(), output.twins, strict=True)
    }
    counted = output.pairs or [None] * len(after)
    pairs = [
        Pair(name=name, baseline=before, twin=twin, pairs=own)
        for (name, twin), own in zip(after.items(), counted, strict=True)
    ]
    warn_if_interrupted(before.provenance)
    return _of_pairs(before, _ordered(pairs, order), dict(zip(after, output.walked, strict=True)))


def _of_pairs(
    before: Results, pairs: Sequence[Pair], walked: Mapping[str, int | None]
) -> Comparison:
    """The comparison whose twins stand in this order."""
    rows = pd.DataFrame([alternative_row(pair, walked[pair.name]) for pair in pairs])
    counts = dict.fromkeys(("n", "walked", "changed"), "Int64" if rows.isna().any().any() else "int64")
    return Comparison(
        baseline=before,
        twins={pair.name: pair.twin for pair in pairs},
        table=_joined([difference_rows(pair, "outcome") for pair in pairs]),
        endings=_joined([difference_rows(pair, "ending") for pair in pairs]),
        flows=_joined([flow_rows(pair) for pair in pairs]),
        alternatives=rows.astype({"twin": "str", **counts}).set_index("twin"),
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
    return sorted(pairs, key=lambda pair: _probability(pair.twin, first))


def _probability(run: RunTables, outcome: Sequence[str]) -> float:
    return float(run.outcomes.loc[outcome[0], "probability"]) if outcome else 0.0


def _named(scenario: Scenario, interventions: str | Iterable[str] | None) -> list[str]:
    """Names of the interventions to compare with; UsageError if there is none."""
    if interventions is None:
        # a scenario already under an intervention is not compared with itself
        named = [name for name in scenario.interventions if name not in scenario.applied]
        if not named:
            raise UsageError("nothing to compare: the scenario has no interventions")
        return named
    named = [interventions] if isinstance(interventions, str) else list(interventions)
    if not named:
        raise UsageError("nothing to compare: the list of interventions is empty")
    return named
