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
    from sim.errors import EscalationError, RunError, ScenarioError
    from sim.experiment import Comparison, Replay, compare, replay, run
    from sim.results.results import Results
    from sim.scenario import Scenario, load

_HOMES = {
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "run": "sim.experiment",
    "replay": "sim.experiment",
    "compare": "sim.experiment",
    "Comparison": "sim.experiment",
    "Replay": "sim.experiment",
    "Results": "sim.results.results",
    "EscalationError": "sim.errors",
    "ScenarioError": "sim.errors",
    "RunError": "sim.errors",
}

__all__ = [
    "Comparison",
    "EscalationError",
    "Replay",
    "Results",
    "RunError",
    "Scenario",
    "ScenarioError",
    "compare",
    "load",
    "replay",
    "run",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
