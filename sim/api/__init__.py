"""The public objects and verbs: what `import sim` offers beside scenarios and errors.

Verbs take a scenario, or the path of one, and return objects that hold tables. They are imported
when first used, as they need pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.api.compare_runs import compare
    from sim.api.comparisons import Comparison
    from sim.api.explorers import explore
    from sim.api.rare_outcomes import Rare, rare
    from sim.api.replayed import Replay
    from sim.api.replays import replay
    from sim.api.results import Results
    from sim.api.runs import run
    from sim.api.sweeps import sweep

# name -> module; modules are not called like a verb, or importing one would hide the verb
HOMES = {
    "Comparison": "sim.api.comparisons",
    "Rare": "sim.api.rare_outcomes",
    "Replay": "sim.api.replayed",
    "Results": "sim.api.results",
    "compare": "sim.api.compare_runs",
    "explore": "sim.api.explorers",
    "rare": "sim.api.rare_outcomes",
    "replay": "sim.api.replays",
    "run": "sim.api.runs",
    "sweep": "sim.api.sweeps",
}

__all__ = [
    "Comparison",
    "Rare",
    "Replay",
    "Results",
    "compare",
    "explore",
    "rare",
    "replay",
    "run",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
