"""The verb `explore`: a scenario as a page whose sliders answer.

The page is made on a floor above, which is asked by its name, as reports are; it needs Panel, the
extra `explore`.
"""

from __future__ import annotations

from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any

from sim.api.arguments import loaded
from sim.errors import UsageError
from sim.experiment.plan import EXPLORED, Plan

if TYPE_CHECKING:
    from sim.scenario import Scenario

ROOM = "sim.explorer"


def explore(
    scenario: Scenario | str | PathLike[str],
    *,
    draws: int = EXPLORED["draws"],
    paths: int = EXPLORED["paths"],
    seed: int = Plan.seed,
) -> Any:
    """A page with sliders and switches for a notebook; every answer is beside the baseline.

    `scenario` is a scenario or the path of its file. Every change walks the same draws and paths
    again (`draws` times `paths`), so that differences are between the same paths. The page says
    how to write down what was found: as YAML and as a command. `run_sim.py explore` opens the
    same page in a browser.

    Needs Panel (`pip install 'escalation-sim[explore]'`); raises UsageError without it.
    """
    source = loaded(scenario)
    room = explorer_room()
    return room.panel_of(room.Explorer(source, draws=draws, paths=paths, seed=seed))


def explorer_room() -> Any:
    """The room that makes the page. Raises UsageError where Panel is missing."""
    try:
        import_module("panel")
    except ImportError:
        raise UsageError(
            "explore: needs Panel, which is not installed; pip install 'escalation-sim[explore]'"
        ) from None
    return import_module(ROOM)
