"""Numbers written into rules: listed with their line, and missed where strictness asks."""

from collections.abc import Iterable, Iterator

from sim.errors import Problem
from sim.scenario.record import Stipulated
from sim.scenario.workbench import Workbench


def stipulated(bench: Workbench) -> tuple[Stipulated, ...]:
    return ()


def unsourced(bench: Workbench, numbers: Iterable[Stipulated]) -> Iterator[Problem]:
    return iter(())
