"""Scenarios: from a file that describes a crisis to a model, with all checks."""

from sim.decoding.scalars import RESERVED
from sim.scenario.authoring import new, schema
from sim.scenario.language.document import GROUPS
from sim.scenario.language.outcomes import Evidence
from sim.scenario.language.sourcing import Sourced
from sim.scenario.language.treaties import Treaty
from sim.scenario.loading import load, sources_alone
from sim.scenario.scenario import Scenario

__all__ = [
    "GROUPS",
    "RESERVED",
    "Evidence",
    "Scenario",
    "Sourced",
    "Treaty",
    "load",
    "new",
    "schema",
    "sources_alone",
]
