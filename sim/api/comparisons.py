"""What `compare` gives: a baseline and its alternatives, their differences, saved and loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.effects.differences import Pair
from sim.analysis.effects.shapley import SHARES, TOGETHER
from sim.analysis.statistics.intervals import note_of
from sim.api.called import titles_of_run
from sim.api.html import page
from sim.api.results import Results
from sim.errors import UsageError
from sim.formatting import effects, file_name, user_path
from sim.results.added_tables import FOLDER
from sim.results.atomic_replace import atomic_directory, settled
from sim.results.columns import described
from sim.results.compared_columns import COMPARED
from sim.results.csv_files import read_table, write_table
from sim.results.directory import fill_run, read_part
from sim.results.manifest import MANIFEST, read_manifest, read_unchanged, write_manifest
from sim.results.parquet_files import CSV, require_format
from sim.results.provenance import Provenance

if TYPE_CHECKING:
    from sim.api.comparison_plots import ComparisonPlots

# the tables are written beside the runs they compare, so they have types of their own
_WORDS = (
    *("twin", "outcome", "ending", "band", "before", "after"),
    *("intervention", "one", "other", "relation"),
)
_NUMBERS = (
    *("baseline", "probability", "difference", "low", "high", "low_se", "high_se"),
    *("lowers", "raises"),
    *("mc_low", "mc_high", "mc_se", "ratio", "ratio_low", "ratio_high", "variance_saved", "moment"),
    *("alone", "shapley", "joint", "share", "sum", "both", "excess"),
)
_COUNTS = ("n", "gained", "lost", "differ", "changed", "walked", "paths")  # may be missing
TYPES = {
    **dict.fromkeys(_WORDS, "str"),
    **dict.fromkeys(_NUMBERS, "float64"),
    # as Int64 first, which can hold missing counts; of paths none is missing
    **dict.fromkeys(_COUNTS, "Int64"),
}
# named as what an analysis adds to a run, where `compare` adds them as well
NAMES = {
    "table": "compare",
    "endings": "compare-endings",
    "flows": "compare-flows",
    "alternatives": "compare-alternatives",
    "shapley": "compare-shapley",
    "interactions": "compare-interactions",
}
FILES = {name: f"{FOLDER}/{file}.csv" for name, file in NAMES.items()}
OPTIONAL = {"shapley": SHARES, "interactions": TOGETHER}  # columns; no file where it has no row
INDEXED = "alternatives"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison:
    """A baseline and its alternatives (`twins`), path by path on the same random numbers.

    table         one row a twin and outcome: twin, outcome, n, baseline, probability (with the
                  change), difference; low, high: 90 % (or the run's `level`, here and below) of
                  parameter draws have an effect between them, the noise of finite paths removed,
                  low_se, high_se: their standard errors, by resampling draws, and
                  band: `resolved`, or why they are missing: `unresolved` (too few paths a
                  draw), `none` (nothing is uncertain), or `exact`; lowers, raises: share of draws
                  in which the outcome becomes less, more likely; mc_low, mc_high, mc_se: 90 %
                  interval and standard error of the difference from the pairs, sampling only;
                  ratio, ratio_low, ratio_high: relative risk with
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

    shapley       with `together`: what each intervention adds to the joint effect on each outcome,
                  see `sim.analysis.effects.shapley.shapley_rows`.
    interactions  with `together`: which two do more or less than the sum, see `pair_rows` there.

    `twins` are runs as `run` gives them, but their bands are made by the cheap estimator of clauses
    and options. A scenario of another file is compared in the outcomes and endings that both have;
    `notes()` names the others. Of solutions, which have no paths, counts, flows, moments and walked
    are missing, and mc_low, mc_high allow for the choice of draws and the error of the solution.
    """

    baseline: Results
    twins: dict[str, Results]
    table: pd.DataFrame
    endings: pd.DataFrame
    flows: pd.DataFrame
    alternatives: pd.DataFrame
    shapley: pd.DataFrame
    interactions: pd.DataFrame

    @property
    def plot(self) -> ComparisonPlots:
        """The charts of this comparison: `comparison.plot.differences("war")`."""
        from sim.api.comparison_plots import ComparisonPlots

        return ComparisonPlots(self)

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables by the name of their file, without indices; optional ones with rows."""
        tables = {name: getattr(self, name) for name in NAMES}
        tables[INDEXED] = tables[INDEXED].reset_index()
        return {
            NAMES[name]: table
            for name, table in tables.items()
            if len(table) or name not in OPTIONAL
        }

    def notes(self) -> list[str]:
        """What could not be paired, one sentence for each alternative."""
        found = []
        for name, twin in self.twins.items():
            pair = Pair(name=name, baseline=self.baseline, twin=twin, pairs=None)
            alone = {kind: pair.unpaired(kind) for kind in ("outcome", "ending")}
            told = [f"{kind}s {', '.join(names)}" for kind, names in alone.items() if names]
            if told:
                found.append(
                    f"{name}: not compared, being in one of the two only: {'; '.join(told)}"
                )
        return found

    @property
    def columns(self) -> pd.DataFrame:
        """What each column of each table means; as `Results.columns`, by table and column."""
        tables = {name: getattr(self, name) for name in NAMES}
        return described(tables, self.baseline.provenance.level, COMPARED)

    def __repr__(self) -> str:
        """One line: the baseline's scenario, how much was run, and what each twin changes.

        That is the difference of the first headline, in points with its sampling interval.
        """
        about = self.baseline.provenance
        found = [self._differences(name) for name in self.twins]
        first = next(iter(self.baseline.headlines()), "")
        told = [
            f"{name} ({first} {one[first]} points)" if first in one else name
            for name, one in zip(self.twins, found, strict=True)
        ]
        return (
            f"<Comparison of {about.scenario}{about.conditions} with {', '.join(told)}: "
            f"{about.sample(' each')}, seed {about.seed}, engine {about.engine}>"
        )

    def _differences(self, twin: str) -> dict[str, str]:
        """Outcome -> the difference of one alternative, in words."""
        own = self.table[self.table["twin"] == twin].set_index("outcome")
        rows = dict(own.iterrows())
        return dict(zip(map(str, rows), effects(rows.values()), strict=True))

    def _repr_html_(self) -> str:
        about, called = self.baseline.provenance, titles_of_run(self.baseline)
        titles, headlines = self.baseline.outcomes["title"], self.baseline.headlines()
        rows = [(str(titles[name]), "baseline", found, "") for name, found in headlines.items()]
        for name, twin in self.twins.items():
            changes = self._differences(name)
            rows += [
                (str(titles[outcome]), called.changes(name), found, changes[outcome])
                for outcome, found in twin.headlines().items()
                if outcome in changes
            ]
        return page(
            about.title,
            [
                about.question,
                f"{about.sample(' each')}; seed {about.seed}, engine {about.engine}",
                note_of(self.baseline),
            ],
            (("outcome", "with", "probability", "difference in points"), rows),
            self.baseline.warnings(),
        )

    def save(
        self,
        directory: str | Path,
        *,
        format: str = CSV,
        also: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write its tables, a run directory for the baseline and each twin, and a manifest.

        `format` is that of the runs' long tables, see `Results.save`.
        `also` is called with the directory in the making, to add files (charts).
        """
        require_format(format)
        with atomic_directory(directory) as making:
            (making / FOLDER).mkdir()
            for name, file in FILES.items():
                table = getattr(self, name)
                if len(table) or name not in OPTIONAL:
                    write_table(making / file, table, index=name == INDEXED)
            # whole run directories inside one that appears whole: each can be loaded by itself
            fill_run(making / "baseline", self.baseline.saved(format=format))
            for name, results in self.twins.items():
                fill_run(making / "twins" / file_name(name), results.saved(format=format))
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


def saved_differences(directory: str | Path) -> tuple[Provenance, pd.DataFrame]:
    """The table of a comparison in a directory, with where its baseline comes from; no runs.

    Raises UsageError if the directory holds no comparison, or a file that was changed.
    """
    return settled(directory, _saved_differences)


def _saved_differences(home: Path) -> tuple[Provenance, pd.DataFrame]:
    manifest = read_manifest(home)
    if "twins" not in manifest:
        raise UsageError(f"{home}: holds a run, not a comparison; Results.load reads it")
    return Provenance.from_manifest(manifest), _read(home, "table", manifest["outputs"])


def _read(home: Path, name: str, outputs: Mapping[str, str]) -> pd.DataFrame:
    """One table of a comparison, with the types it was made with."""
    if name in OPTIONAL and FILES[name] not in outputs:
        return empty(name)
    data = read_unchanged(home, FILES[name], outputs.get(FILES[name]))
    table = read_table(data, TYPES, index="str" if name == INDEXED else None)
    # the types in memory: Int64 only where a solution leaves counts out
    counted = [one for one in _COUNTS if one in table and table[one].notna().all()]
    return table.astype(dict.fromkeys(counted, "int64"))


def empty(name: str) -> pd.DataFrame:
    """An optional table without rows."""
    return pd.DataFrame(columns=list(OPTIONAL[name])).astype(OPTIONAL[name])
