"""Functions that decide for an actor, to start from: `run(scenario, decide={"japan": always(…)})`.

A policy is any function of a `Situation`; docs/decisions.md says how to write one.
"""

from sim.api.games import played_policy as played
from sim.api.optima import optimum
from sim.decisions.policies import always, most_likely, never, quantal, stateless
from sim.decisions.situation import Act, KnownState, Level, Situation

__all__ = [
    "Act",
    "KnownState",
    "Level",
    "Situation",
    "always",
    "most_likely",
    "never",
    "optimum",
    "played",
    "quantal",
    "stateless",
]
