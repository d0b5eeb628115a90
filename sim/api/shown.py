"""How a run's results are said: in a line, in a notebook, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import pandas as pd

from sim.analysis.statistics.intervals import note_of
from sim.api.html import page
from sim.api.sourced import SourcedTables
from sim.formatting import estimates

# of an estimate, in the order of the tables
NUMBERS = ("probability", "low", "high", "low_se", "high_se", "mc_low", "mc_high", "mc_se", "upper")
WORDS = ("band", "reach", "likelihood", "confidence")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ShownTables(SourcedTables):
    """A run that says what it found, in words and numbers."""

    def __repr__(self) -> str:
        """One line: the scenario, how much was run, and the headlines with their intervals."""
        about = self.provenance
        found = "".join(f"; {name} {in_words}" for name, in_words in self.headlines().items())
        cut = f", interrupted, {about.draws} of {about.draws_asked} draws" * about.interrupted
        return (
            f"<Results of {about.scenario}{about.conditions}: {about.sample()}, seed {about.seed}, "
            f"engine {about.engine}{cut}{found}>"
        )

    def _repr_html_(self) -> str:
        about = self.provenance
        titles = self.outcomes["title"]
        rows = [(str(titles[name]), in_words) for name, in_words in self.headlines().items()]
        return page(
            about.title,
            [
                about.question,
                about.conditions.strip(),
                f"{about.sample()}; seed {about.seed}, engine {about.engine}",
                note_of(self),
            ],
            (("outcome", "probability"), rows),
            self.warnings(),
        )

    def headlines(self) -> dict[str, str]:
        """Name -> probability with its interval, in words, of the headlines; of all if none is."""
        # without headlines every outcome counts as one, as on the screen
        named = list(self.provenance.headlines) or [str(name) for name in self.outcomes.index]
        rows = dict(self.outcomes.loc[named].iterrows())
        return {str(name): said for name, said in zip(rows, estimates(rows.values()), strict=True)}

    def warnings(self) -> list[str]:
        """What a reader should know before using the numbers, one sentence each.

        Of results that were loaded, without the warnings of the scenario's file.
        """
        about = self.provenance
        # a model has no warnings, and a loaded run has no scenario
        found = [str(problem) for problem in getattr(self.source, "warnings", ())]
        if about.interrupted:
            found.append(f"interrupted: {about.draws} of {about.draws_asked} draws were finished")
        # proved impossible is seldom what an author of an outcome wanted
        impossible = self.outcomes.loc[self.outcomes["reach"] == "impossible", "title"]
        found += [f"outcome {title}: impossible by construction" for title in impossible]
        return found

    @property
    def not_seen(self) -> list[str]:
        """Names of the transitions and options that no path came to."""
        return [str(name) for name in self.coverage.loc[self.coverage["reach"] != "seen", "name"]]

    def summary(self) -> dict[str, object]:
        """The estimates as plain numbers, None where there is none: what `--json` prints."""
        about = self.provenance
        # median_time stands beside the estimate, since a time without hits says nothing
        outcomes = {
            name: {
                **_estimate(row),
                "median_time": None if isnan(row["median_time"]) else float(row["median_time"]),
            }
            for name, row in self.outcomes.iterrows()
        }
        return {
            "scenario": about.scenario,
            "engine": about.engine,
            "seed": about.seed,
            "draws": about.draws,
            # nothing was counted where nothing was sampled, and 0 would say something else
            "n": None if about.interval == "exact" else self.n,
            "interval": about.interval,
            "level": about.level,
            "outcomes": outcomes,
            "endings": {name: _estimate(row) for name, row in self.endings.iterrows()},
        }


def _estimate(row: pd.Series) -> dict[str, float | int | str | None]:
    numbers = {name: None if isnan(row[name]) else float(row[name]) for name in NUMBERS}
    words = {name: None if pd.isna(row[name]) else str(row[name]) for name in WORDS}
    return {**numbers, **words, "n": _count(row["n"]), "hits": _count(row["hits"])}


def _count(value: object) -> int | None:
    """A count; None where nothing was counted, as by the exact engine."""
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
