"""Which interventions are in force while a document is resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.model.parameters import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What interventions change before anything is resolved; their events come last."""

    names: tuple[str, ...] = ()  # in the order of the file
    void: frozenset[str] = frozenset()  # treaties and `treaty.obligation`s
    values: Mapping[str, Distribution] = field(default_factory=dict)  # of parameters
    start: Mapping[str, int] = field(default_factory=dict)  # of state variables


NOTHING_APPLIED = Applied()
