"""Sources, and every place that names one."""

from collections.abc import Iterable, Iterator

from sim.scenario import rule_shapes as shapes
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route, Series, entry_of


def sources_exist(bench: Workbench) -> None:
    """Note every source that is named but not listed, unless a file that may list it is amiss."""
    if any(one.path == "include" for one in bench.findings.problems):
        return
    known = bench.named("sources")
    for route, named in _all(bench):
        for i, name in enumerate(named):
            at = (*route, "source", i) if _listed(bench, route) else (*route, "source")
            bench.refer("source", name, known, at)


def _listed(bench: Workbench, route: Route) -> bool:
    """Whether the sources at a route are written as a list."""
    entry = entry_of(bench.findings.tree, (*route, "source"))
    return entry is not None and isinstance(entry.value, Series)


def _all(bench: Workbench) -> Iterator[tuple[Route, Iterable[str]]]:
    document = bench.document
    for name, parameter in document.parameters.items():
        yield ("parameters", name), parameter.source
    for name, waiting in document.delays.items():
        yield ("delays", name), waiting.source
    for name, actor in document.actors.items():
        yield ("actors", name), actor.source
    for name, treaty in document.treaties.items():
        yield ("treaties", name), treaty.source
        for clause, obligation in treaty.obligations.items():
            route: Route = ("treaties", name, "obligations", clause)
            yield route, obligation.source
            yield from _of_options(obligation.responses, (*route, "responses"))
    rules = (("moves", document.moves), ("events", document.events))
    for section, named in (*rules, ("interventions", document.interventions)):
        for name, rule in named.items():
            yield (section, name), rule.source
            yield from _of_options(rule.choose or {}, (section, name, "choose"))
    for name, evidence in document.evidence.items():
        yield ("evidence", name), evidence.source


def _of_options(
    options: dict[str, shapes.Option], route: Route
) -> Iterator[tuple[Route, Iterable[str]]]:
    for name, option in options.items():
        yield (*route, name), option.source
