"""How a crisis is written down: reading, checking and resolving scenario files."""

from sim.scenario.language.outcomes import Evidence
from sim.scenario.language.sourcing import Sourced
from sim.scenario.language.treaties import Treaty
from sim.scenario.loading import load, sources_alone
from sim.scenario.new import new
from sim.scenario.scenario import Scenario
from sim.scenario.schema import schema

__all__ = [
    "Evidence",
    "Scenario",
    "Sourced",
    "Treaty",
    "load",
    "new",
    "schema",
    "sources_alone",
]
