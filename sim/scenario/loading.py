"""A file in, a scenario out, or every problem it has at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath

from sim.errors import Place, Problem, ScenarioError
from sim.scenario import recording
from sim.scenario.checks import check_rules
from sim.scenario.composition import compose
from sim.scenario.copies import expand
from sim.scenario.doubts import warn
from sim.scenario.findings import Findings
from sim.scenario.reading import read
from sim.scenario.resolving import resolve, workbench
from sim.scenario.scenario import Scenario
from sim.scenario.stipulated import stipulated
from sim.scenario.validation import validate


def load(path: str | PathLike[str]) -> Scenario:
    """The scenario of a file, with all it extends and includes.

    Raises ScenarioError with every problem, in file order.
    """
    with _without_collecting():
        return _load(fspath(path))


def sources_alone(path: str | PathLike[str]) -> tuple[str, ...] | None:
    """The names in a file of sources and nothing else, to be included; None for any other file.

    Raises ScenarioError with every problem they have.
    """
    tree, problems = read(fspath(path))
    if set(tree.entries) != {"sources"}:
        return None
    findings = Findings(tree, problems=list(problems))
    document, _ = validate(tree, findings)
    # what a whole scenario needs besides is not missed in a part of one
    of_sources = [one for one in findings.problems if one.path.partition(".")[0] == "sources"]
    wrong = [*problems, *(one for one in of_sources if one not in problems)]
    if wrong:
        raise ScenarioError(_once(wrong))
    return tuple(document.sources)


def _load(file: str) -> Scenario:
    composed = compose(file)
    findings = Findings(composed.tree, problems=list(composed.problems), removed=composed.removed)
    findings = expand(findings)
    document, broken = validate(findings.tree, findings)
    bench = workbench(document, findings, broken)
    resolved = resolve(bench)
    check_rules(resolved)
    if findings.problems:
        raise ScenarioError(_once(findings.problems))
    warn(resolved)
    return Scenario(
        name=document.scenario,
        title=document.title or document.scenario,
        question=document.question,
        file=file,
        files=tuple(composed.files),
        model=resolved.model,
        start=document.start,
        horizon=resolved.model.horizon,
        actors=recording.actors(bench),
        sources=recording.sources(bench),
        assumptions=recording.assumptions(bench),
        delays=recording.delays(bench),
        facts=recording.facts(resolved),
        stipulated=stipulated(bench),
        treaties=recording.treaties(resolved),
        interventions=recording.interventions(bench),
        evidence=recording.evidence(bench),
        warnings=tuple(sorted(_once(findings.warnings))),
        _bench=bench,
    )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No garbage collection meanwhile: all that is made stays, and looking it over takes longer."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _once(problems: list[Problem]) -> list[Problem]:
    """What is wrong in a line that for_each copied is said once."""
    seen: dict[tuple[Place, str], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.place, problem.text), problem)
    return list(seen.values())
