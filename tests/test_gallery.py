"""The gallery shows every chart there is, by its script, and no picture that is not on it."""

import re
import runpy
from pathlib import Path

import sim.charts

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "benchmarks" / "gallery.py"))
# of `score`, on the page that has the scores
ELSEWHERE = {"reliability", "skill", "times"}
# no charts: all of a run, what a chart is drawn from, a warning
OTHERS = {"charts", "of_replay", "Drawing", "MissingLetters"}


def not_shown(pictures: set[str]) -> set[str]:
    """Charts without a picture: a part of its name, as in `why-war-routes.png`, is the chart's."""
    shown = {part for picture in pictures for part in re.split(r"[-.]", picture)}
    return set(sim.charts.HOMES) - OTHERS - ELSEWHERE - shown


def pictures_of(page: str) -> set[str]:
    return set(re.findall(r"\(gallery/([^)]*)\)", page))


def test_the_page_is_the_scripts_and_its_pictures_are_there():
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert page == SCRIPT["page"]()
    there = {file.name for file in (ROOT / "docs" / "gallery").iterdir()}
    assert pictures_of(page) == there
    assert len(there) == len(SCRIPT["CHARTS"]), "two charts in one file"


def test_every_chart_is_shown():
    assert not_shown(pictures_of(SCRIPT["page"]())) == set()


def test_a_chart_that_is_not_shown_is_named():
    """The control."""
    fewer = {one for one in pictures_of(SCRIPT["page"]()) if not one.startswith("endings")}
    assert not_shown(fewer) == {"endings"}
