"""The record of a scenario, read off its document: for audits, reports and stories."""

from collections.abc import Iterator

from sim.model.delays import in_words as delay_in_words
from sim.model.expressions import Expression
from sim.model.parameters import in_words
from sim.model.phrases import phrase
from sim.scenario import record
from sim.scenario.delays import delay
from sim.scenario.parameter_shapes import Sourced
from sim.scenario.resolving import Resolved
from sim.scenario.workbench import Workbench, said
from sim.scenario.written import Route, place_of


def sources(bench: Workbench) -> tuple[record.Source, ...]:
    """Every source of the file."""
    return tuple(
        record.Source(
            name=name,
            cite=shape.cite,
            url=shape.url,
            published=shape.published,
            accessed=shape.accessed,
            note=shape.note or shape.about,
            unconfirmed=shape.unconfirmed,
        )
        for name, shape in bench.document.sources.items()
    )


def assumptions(bench: Workbench) -> tuple[record.Assumption, ...]:
    """Every parameter, with its distribution in words."""
    shapes = bench.document.parameters
    return tuple(
        _assumption(
            bench,
            ("parameters", parameter.name),
            shapes[parameter.name],
            in_words(parameter.distribution, parameter.time),
        )
        for parameter in bench.words.parameters.values()
    )


def delays(bench: Workbench) -> tuple[record.Assumption, ...]:
    """Every named delay."""
    return tuple(_named_delays(bench))


def _named_delays(bench: Workbench) -> Iterator[record.Assumption]:
    for name, shape in bench.document.delays.items():
        route: Route = ("delays", name)
        waits = delay(bench, shape.is_, (*route, "is"))
        yield _assumption(bench, route, shape, delay_in_words(waits))


def _assumption(bench: Workbench, route: Route, shape: Sourced, text: str) -> record.Assumption:
    listed = bench.document.sources
    return record.Assumption(
        name=str(route[-1]),
        about=shape.about or shape.title,
        text=text,
        grade=shape.grade,
        source=tuple(shape.source),
        note=shape.note,
        unconfirmed=shape.unconfirmed or any(listed[name].unconfirmed for name in shape.source),
        place=place_of(bench.findings.tree, route, key=True),
    )


def treaties(resolved: Resolved) -> tuple[record.Treaty, ...]:
    """Every treaty with its obligations, the casus foederis in words."""
    bench = resolved.bench
    return tuple(
        record.Treaty(
            name=name,
            title=shape.name or shape.title or name,
            about=shape.about,
            parties=tuple(shape.parties),
            signed=shape.signed,
            in_force=shape.in_force,
            source=tuple(shape.source),
            obligations=tuple(
                record.Obligation(
                    name=clause,
                    title=duty.title or duty.article or clause,
                    article=duty.article,
                    about=duty.about,
                    type=duty.type,
                    obligor=duty.obligor,
                    beneficiary=tuple(duty.beneficiary),
                    casus=_casus(resolved, name, clause, duty.casus_foederis),
                    responses=tuple(duty.responses),
                )
                for clause, duty in shape.obligations.items()
            ),
        )
        for name, shape in bench.document.treaties.items()
    )


def _casus(resolved: Resolved, treaty: str, clause: str, written: str | bool) -> str:
    route = ("treaties", treaty, "obligations", clause, "casus_foederis")
    condition = resolved.bench.condition(written, route)
    assert condition
    return phrase(condition, resolved.model)


def interventions(bench: Workbench) -> dict[str, record.Intervention]:
    """Every intervention, by name."""
    return {
        name: record.Intervention(name=name, title=shape.title or name, about=shape.about)
        for name, shape in bench.document.interventions.items()
    }


def evidence(bench: Workbench) -> tuple[record.Evidence, ...]:
    """What history says, outcome by outcome."""
    return tuple(
        record.Evidence(
            name=name,
            outcome=shape.outcome,
            successes=shape.successes,
            trials=shape.trials,
            source=tuple(shape.source),
            about=shape.about or shape.title,
        )
        for name, shape in bench.document.evidence.items()
    )


def facts(resolved: Resolved) -> tuple[record.Fact, ...]:
    """Every fact in the order of the file."""
    bench = resolved.bench
    found = []
    for name, written in bench.document.facts.items():
        node = bench.words.facts[name]
        assert node
        text = said(written)
        place = place_of(bench.findings.tree, ("facts", name), key=True)
        expression = Expression(node, text)
        fact = record.Fact(
            name=name, text=text, words=phrase(expression, resolved.model), place=place
        )
        found.append(fact)
    return tuple(found)


def actors(bench: Workbench) -> tuple[record.ActorRecord, ...]:
    """Everybody who acts."""
    return tuple(
        record.ActorRecord(name=name, title=shape.name or shape.title or name, about=shape.about)
        for name, shape in bench.document.actors.items()
    )
