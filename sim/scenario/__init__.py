"""Scenarios: from a file that describes a crisis to a model, with all checks."""

from sim.decoding.scalars import RESERVED
from sim.model.titles import Titles
from sim.scenario.authoring import new
from sim.scenario.language.document import GROUPS
from sim.scenario.language.happened import Happened, Occurrence
from sim.scenario.language.interventions import Intervention
from sim.scenario.language.outcomes import Evidence
from sim.scenario.language.sourcing import Sourced
from sim.scenario.language.treaties import Treaty
from sim.scenario.loading import load, loads, sources_alone
from sim.scenario.record_files import load_record
from sim.scenario.scenario import Scenario
from sim.scenario.stipulated import Varied, WrittenNumbers, vary
from sim.scenario.titles import titles_of

__all__ = [
    "GROUPS",
    "RESERVED",
    "Evidence",
    "Happened",
    "Intervention",
    "Occurrence",
    "Scenario",
    "Sourced",
    "Titles",
    "Treaty",
    "Varied",
    "WrittenNumbers",
    "load",
    "load_record",
    "loads",
    "new",
    "sources_alone",
    "titles_of",
    "vary",
]
