"""The verb `compare`, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.differences import paired_rows, solved_rows
from sim.analysis.intervals import NOTES, layers_of
from sim.analysis.tables import tables_of
from sim.api.arguments import loaded, planned, warn_if_interrupted
from sim.api.html import page
from sim.api.results import Results
from sim.errors import UsageError
from sim.experiment import comparisons
from sim.experiment.comparisons import PairCounts
from sim.experiment.plan import Plan
from sim.formatting import differences, file_name, user_path
from sim.results.atomic_replace import atomic_directory, settled
from sim.results.csv_files import read_table, write_table
from sim.results.directory import fill_run, read_part
from sim.results.manifest import MANIFEST, read_manifest, read_unchanged, write_manifest

if TYPE_CHECKING:
    from sim.scenario import Scenario

# the table is written beside the runs it compares, so it has types of its own
TABLE = "comparison.csv"
TYPES = {
    **dict.fromkeys(("twin", "outcome"), "str"),
    **dict.fromkeys(("baseline", "probability", "difference", "low", "high"), "float64"),
}
COUNTS = ("n", "gained", "lost", "differ", "changed")  # missing where nothing was counted


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison:
    """A baseline and its alternatives (`twins`), path by path on the same random numbers.

    table  one row a twin and outcome: twin, outcome, n, baseline, probability (with the change),
           difference, low, high: 90 % interval of the difference from the pairs, sampling only;
           gained, lost: paths in which the outcome happens only with, only without the change;
           differ: gained + lost; changed: paths whose ending, its time, or the time of any outcome
           is not the same.
    """

    baseline: Results
    twins: dict[str, Results]
    table: pd.DataFrame

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
            said = differences(of_outcomes.values())
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
                NOTES[layers_of(self.baseline)],
            ],
            (("outcome", "with", "probability", "difference in points"), rows),
            self.baseline.warnings(),
        )

    def save(self, directory: str | Path, *, also: Callable[[Path], None] | None = None) -> Path:
        """Write comparison.csv, a run directory for the baseline and each twin, and a manifest.

        `also` is called with the directory in the making, to add files (charts).
        """
        with atomic_directory(directory) as making:
            write_table(making / TABLE, self.table)
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
        data = read_unchanged(home, TABLE, outputs.get(TABLE))
        # as Int64 first, which can hold missing counts; of paths none is missing
        table = read_table(data, {**TYPES, **dict.fromkeys(COUNTS, "Int64")})
        if table["n"].notna().all():  # as counted: of a solution they stay missing
            table = table.astype(dict.fromkeys(COUNTS, "int64"))

        def part(folder: str) -> Results:
            # by the digest in the outer manifest, so that all runs are of one comparison
            return Results.of_saved(
                read_part(home / folder, outputs.get(f"{folder}/{MANIFEST}", "missing"))
            )

        twins = {name: part(f"twins/{file_name(name)}") for name in manifest["twins"]}
        return cls(baseline=part("baseline"), twins=twins, table=table)


def compare(
    scenario: Scenario | str | PathLike[str],
    interventions: str | Iterable[str] | None = None,
    *,
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
    every intervention of the scenario that is not applied already. The other arguments are those
    of `run`. Raises and warns as `run` does, and UsageError without any.
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
    source, plan = planned(scenario, options)
    baseline = loaded(source)  # a model alone has no interventions
    named = _named(baseline, interventions)
    # all are applied before anything is run, so that an unknown name costs no time
    twins = [baseline.under(name) for name in named]
    output = comparisons.compare(baseline, twins, plan)
    before = Results.of(tables_of(output.baseline), baseline)
    after = {
        name: Results.of(tables_of(one), twin)
        for name, one, twin in zip(named, output.twins, twins, strict=True)
    }
    rows = _rows(before, after, output.pairs)
    warn_if_interrupted(before.provenance)
    return Comparison(baseline=before, twins=after, table=pd.concat(rows, ignore_index=True))


def _rows(
    before: Results, after: Mapping[str, Results], pairs: Sequence[PairCounts]
) -> list[pd.DataFrame]:
    """The rows of each twin; a solution has no paths, so no pairs of them."""
    if not pairs:
        return [solved_rows(name, before, twin) for name, twin in after.items()]
    return [
        paired_rows(name, before, twin, own)
        for (name, twin), own in zip(after.items(), pairs, strict=True)
    ]


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
