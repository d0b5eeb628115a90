"""Which charts are drawn after a run, in this order: a new chart is a file and a line here."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NoReturn

from sim.charts.estimates import clauses, endings, outcomes, rungs, timing, treaties
from sim.charts.style import Drawing
from sim.results.tables import RunTables
from sim.scenario import Scenario

# each yields what it can draw of this run: nothing, one chart, or one a ladder or treaty
CHARTS: tuple[Callable[[Scenario, RunTables], Iterator[Drawing]], ...] = (
    outcomes.after_run,
    endings.after_run,
    timing.after_run,
    rungs.after_run,
    clauses.after_run,
    treaties.after_run,
)


def charts(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """Every chart this run has something to show in; one that fails does so when it is drawn."""
    # lazily: what is yielded has not been drawn yet, so Ctrl-C may come in between
    for chart in CHARTS:
        try:
            yield from chart(scenario, run)
        except Exception as error:  # noqa: BLE001
            # the others can still be drawn
            yield Drawing(chart.__module__.rpartition(".")[2], partial(_fail, error))


def _fail(error: Exception) -> NoReturn:
    raise error
