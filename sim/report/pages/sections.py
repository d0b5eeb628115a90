"""The sections of a report, in the order in which it is read."""

from __future__ import annotations

from dataclasses import replace

from sim.report.pages.alternatives import interventions
from sim.report.pages.assumptions import assumptions
from sim.report.pages.clauses import clauses
from sim.report.pages.closing import is_not, manifest, never
from sim.report.pages.content import Grid, Report, Section
from sim.report.pages.depends import depends
from sim.report.pages.figures import figures
from sim.report.pages.material import Material
from sim.report.pages.opening import answer, headlines
from sim.report.pages.records import evidence, structure
from sim.report.pages.ways import explorer, routes

# each gives a section, or None where the run has nothing of the kind
SECTIONS = (
    answer,
    headlines,
    figures,
    routes,
    explorer,
    clauses,
    interventions,
    depends,
    evidence,
    structure,
    assumptions,
    never,
    is_not,
    manifest,
)


def report(material: Material) -> Report:
    """The whole report as data."""
    about = material.about
    made = (section(material) for section in SECTIONS)
    days = f"; interrupted after {about.draws} of {about.draws_asked} draws" * about.interrupted
    return Report(
        title=about.title,
        question=about.question,
        under=material.titles.changes(about.under) if about.under else "",
        sample=f"{about.sample()}; seed {about.seed}, engine {about.engine}{days}",
        sections=tuple(_filled(one) for one in made if one is not None),
    )


def _filled(section: Section) -> Section:
    """A section whose tables have no empty columns."""
    blocks = (one.filled() if isinstance(one, Grid) else one for one in section.blocks)
    return replace(section, blocks=tuple(blocks))
