"""run, compare, replay: the one room where scenario, engine and seeds meet.

Imported when first used, as they need pandas; `sim.experiment.defaults` needs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.experiment.replays import Replay, replay
    from sim.experiment.runs import run
    from sim.experiment.twins import Comparison, compare

_HOMES = {
    "Replay": "sim.experiment.replays",
    "replay": "sim.experiment.replays",
    "run": "sim.experiment.runs",
    "Comparison": "sim.experiment.twins",
    "compare": "sim.experiment.twins",
}

__all__ = ["Comparison", "Replay", "compare", "replay", "run"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.experiment' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
