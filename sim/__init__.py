"""Scenario escalation simulator: sampled escalation paths from written, sourced assumptions.

    import sim
    scenario = sim.load("scenarios/first_crisis.yaml")
    results = sim.run(scenario, draws=100, paths=100, seed=1)
    results.outcomes

Names are imported when first used, so that `import sim` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.api import Comparison, Replay, Results, compare, explore, rare, replay, run, sweep
    from sim.errors import EscalationError, RunError, ScenarioError, UsageError
    from sim.scenario import Scenario, load, loads

    __version__: str

_HOMES = {
    **dict.fromkeys(
        ("Comparison", "Replay", "Results", "compare", "explore", "rare", "replay", "run", "sweep"),
        "sim.api",
    ),
    **dict.fromkeys(("EscalationError", "RunError", "ScenarioError", "UsageError"), "sim.errors"),
    **dict.fromkeys(("Scenario", "load", "loads"), "sim.scenario"),
}

__all__ = [
    "Comparison",
    "EscalationError",
    "Replay",
    "Results",
    "RunError",
    "Scenario",
    "ScenarioError",
    "UsageError",
    "compare",
    "explore",
    "load",
    "loads",
    "rare",
    "replay",
    "run",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("escalation-sim")
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
