"""The last sections: what was never reached, what the report is not, and how to make it again."""

from __future__ import annotations

from collections.abc import Iterator

from sim.experiment.plan import Plan
from sim.report.pages.content import (
    CODE,
    Block,
    Bullets,
    Command,
    Grid,
    Heading,
    Piece,
    Section,
    line,
    paragraph,
)
from sim.report.pages.material import Material
from sim.report.screens.never_reached import never_reached

IS_NOT = (
    "It is not a forecast: it says what a set of written assumptions implies, and how far the "
    "answer moves with them.",
    "It is not a combat model: who wins, and what is destroyed, is not in it.",
    "It is not a role play by language models: actors follow the rules in the scenario's file, and "
    "nothing else.",
    "What the file leaves out cannot happen here, however likely it is in the world.",
    "Parameter uncertainty is that of the ranges in the file. That the rules themselves may be "
    "wrong is in no interval.",
    "Causes are those of the model: the event after which a clock started. Conditional numbers "
    "(after an option was taken) are not effects; the effects of interventions are computed on the "
    "same random numbers.",
)


def never(material: Material) -> Section:
    """What cannot happen, and what merely did not."""
    return Section(key="never", title="What was never reached", blocks=tuple(_never(material)))


def _never(material: Material) -> Iterator[Block]:
    found = list(never_reached(material.results, material.titles))
    for heading, names in found:
        yield Heading(text=f"{heading} ({len(names):,})")
        yield Bullets(items=tuple(map(line, names)))
    if not found:
        yield paragraph("Nothing: every transition and every option occurred at least once.")


def is_not(material: Material) -> Section:
    """What a reader should not take it for, with the warnings of this run."""
    blocks: list[Block] = [Bullets(items=tuple(map(line, IS_NOT)))]
    if warnings := material.results.warnings():
        blocks += [Heading(text="Warnings of this run"), Bullets(items=tuple(map(line, warnings)))]
    return Section(key="is-not", title="What this is not", blocks=tuple(blocks))


def manifest(material: Material) -> Section:
    """Sizes, versions, digests, and the commands that make the run and this report again."""
    return Section(key="manifest", title="How to make it again", blocks=tuple(_manifest(material)))


def _manifest(material: Material) -> Iterator[Block]:
    about = material.about
    yield Command(text=material.command("run", about.file or material.source, *_size(material)))
    yield Command(text=material.asking("report"))
    facts = {
        "scenario": f"{about.scenario} ({about.file})" if about.file else about.scenario,
        "interventions applied": about.under or "none",
        "sample": about.sample(),
        "seed": str(about.seed),
        "engine": about.engine,
        "versions": ", ".join(f"{name} {one}" for name, one in about.versions.items()),
    }
    yield Grid(
        caption="The run",
        head=("what", "value"),
        rows=tuple((line(name), line(value)) for name, value in facts.items()),
        words=2,
    )
    # Tables only: charts may differ by a byte between versions of what draws them.
    digests = {**about.files, **{k: v for k, v in material.digests.items() if _is_table(k)}}
    yield Grid(
        caption="SHA-256 of the scenario's files and of the run's tables",
        head=("file", "SHA-256"),
        rows=tuple((line(name), line(Piece(text=v, look=CODE))) for name, v in digests.items()),
        words=2,
    )
    yield paragraph(
        "The same files, seed and sizes give the same tables, byte for byte, whatever the number "
        "of workers.",
        look="note",
    )


def _size(material: Material) -> list[object]:
    """The options of the run that decide its numbers."""
    about = material.about
    found: list[object] = ["--draws", about.draws]
    # A solution has no paths, so their number decides nothing.
    found += ["--paths", about.paths] if about.interval != "exact" else []
    found += ["--seed", about.seed]
    found += ["--engine", about.engine] if about.engine != Plan.engine else []
    return found + (["--with", about.under] if about.under else [])


def _is_table(name: str) -> bool:
    return name.endswith((".csv", ".yaml", ".json"))
