"""One file a chart, named after the analysis it draws: a table in, an `Axes` out.

`from sim.charts import timing` is the function. Each takes its table, `ax=` of your own, and gives
the axes; matplotlib is imported only when the first is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.charts.after_run import charts as charts
    from sim.charts.causes.forks import forks as forks
    from sim.charts.causes.importance import importance as importance
    from sim.charts.causes.routes import routes as routes
    from sim.charts.causes.timeline import of_replay as of_replay
    from sim.charts.causes.timeline import timeline as timeline
    from sim.charts.causes.tree import tree as tree
    from sim.charts.drivers.audit import audit as audit
    from sim.charts.drivers.discover import discover as discover
    from sim.charts.drivers.response import response as response
    from sim.charts.drivers.sensitivity import sensitivity as sensitivity
    from sim.charts.drivers.structure import structure as structure
    from sim.charts.effects.differences import differences as differences
    from sim.charts.effects.flows import flows as flows
    from sim.charts.effects.shapley import shapley as shapley
    from sim.charts.estimates.clauses import clauses as clauses
    from sim.charts.estimates.endings import endings as endings
    from sim.charts.estimates.given import given as given
    from sim.charts.estimates.outcomes import outcomes as outcomes
    from sim.charts.estimates.rungs import rungs as rungs
    from sim.charts.estimates.timing import timing as timing
    from sim.charts.estimates.treaties import treaties as treaties
    from sim.charts.fonts import MissingLetters as MissingLetters
    from sim.charts.records.evidence import evidence as evidence
    from sim.charts.records.scores import reliability as reliability
    from sim.charts.records.scores import skill as skill
    from sim.charts.records.scores import times as times
    from sim.charts.style import Drawing as Drawing

# name -> module; no room is called like a chart, or importing it would hide the function
HOMES = {
    "shapley": "effects.shapley",
    "flows": "effects.flows",
    "tree": "causes.tree",
    "forks": "causes.forks",
    "routes": "causes.routes",
    "charts": "after_run",
    "importance": "causes.importance",
    "of_replay": "causes.timeline",
    "timeline": "causes.timeline",
    "audit": "drivers.audit",
    "discover": "drivers.discover",
    "response": "drivers.response",
    "sensitivity": "drivers.sensitivity",
    "structure": "drivers.structure",
    "differences": "effects.differences",
    "clauses": "estimates.clauses",
    "endings": "estimates.endings",
    "given": "estimates.given",
    "outcomes": "estimates.outcomes",
    "rungs": "estimates.rungs",
    "timing": "estimates.timing",
    "treaties": "estimates.treaties",
    "MissingLetters": "fonts",
    "evidence": "records.evidence",
    "reliability": "records.scores",
    "skill": "records.scores",
    "times": "records.scores",
    "Drawing": "style",
}


def __getattr__(name: str) -> Any:
    """What `HOMES` names, from its module."""
    if name in HOMES:
        return getattr(import_module(f"sim.charts.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
