"""The verb `report`: results handed over as one page.

Pages are put together on the floor above, which knows these objects. They hand themselves over by
its name, as a chart library is handed a backend: nothing here imports it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sim.errors import UsageError
from sim.model.model import Model

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from sim.api.sourced import SourcedTables
    from sim.scenario import Scenario

PAGES = "sim.report.pages"  # offers `of_results` and `write_report`


class Compared(Protocol):
    """What a report needs of a comparison: its table, one row an intervention and outcome."""

    @property
    def table(self) -> pd.DataFrame:
        """As `sim.api.comparisons.Comparison` has it."""


def report(
    results: SourcedTables,
    file: str | PathLike[str],
    *,
    to: str = "html",
    scenario: Scenario | None = None,
    comparison: Compared | None = None,
) -> Path:
    """Write the report of these results; see `Results.report`."""
    source = scenario if scenario is not None else results.source
    if source is None:
        raise UsageError("report: of results that were loaded, give the scenario as well")
    if isinstance(source, Model):
        raise UsageError("report: results of a bare model have no scenario to tell of")
    pages = import_module(PAGES)
    table = None if comparison is None else comparison.table
    written: Path = pages.write_report(
        pages.of_results(source, results, compared=table), Path(file), form=to
    )
    return written
