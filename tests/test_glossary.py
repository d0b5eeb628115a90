"""docs/glossary.md: few terms, sorted, and no section of a scenario file left unexplained."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from sim.export import schema

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
LANGUAGE = (ROOT / "scenarios" / "LANGUAGE.md").read_text(encoding="utf-8")
MOST = 60


def terms(page: str) -> list[str]:
    """The words in bold at the head of an entry."""
    return re.findall(r"(?m)^- \*\*([^*]+)\*\* – ", page)


def explained(page: str) -> set[str]:
    """Every word that a page sets as code: keys, columns, options."""
    return set(re.findall(r"`([A-Za-z_]+)`", page))


def out_of_order(words: list[str]) -> list[tuple[str, str]]:
    """Neighbours that stand in the wrong order; capital letters do not matter."""
    return [(a, b) for a, b in pairwise(words) if a.lower() >= b.lower()]


def missing(sections: set[str], *pages: str) -> set[str]:
    """The sections of a scenario file that no page explains."""
    return sections - set().union(*map(explained, pages))


def test_there_are_at_most_sixty_terms_and_each_has_a_meaning() -> None:
    found = terms(GLOSSARY)
    assert 40 <= len(found) <= MOST
    entries = re.split(r"(?m)^- \*\*", GLOSSARY.partition("## Sources")[0])[1:]
    assert len(entries) == len(found), "an entry without a dash after its term"
    short = [entry.split("**")[0] for entry in entries if len(entry.split()) < 10]
    assert short == []
    nowhere = [entry.split("**")[0] for entry in entries if "*Where:*" not in entry]
    assert nowhere == []


def test_terms_are_sorted() -> None:
    assert out_of_order(terms(GLOSSARY)) == []
    swapped = GLOSSARY.replace("- **actor** – ", "- **zeal** – ")
    assert len(out_of_order(terms(swapped))) == 1  # control


def test_what_to_write_instead_is_sorted() -> None:
    table = GLOSSARY.partition("## Not this word")[2]
    rows = re.findall(r"(?m)^\| ([^|]+?) \|", table)[2:]
    assert len(rows) > 20
    assert out_of_order(rows) == []


def test_every_section_of_a_scenario_is_explained() -> None:
    sections = set(schema()["properties"])
    assert {"actors", "treaties", "outcomes"} <= sections
    assert missing(sections, GLOSSARY, LANGUAGE) == set()


def test_a_section_left_out_would_be_noticed() -> None:
    """Control: a word that no page has, and a page that has lost one."""
    assert missing({"actors", "armies"}, GLOSSARY, LANGUAGE) == {"armies"}
    without = LANGUAGE.replace("`evidence`", "evidence")
    assert missing({"evidence"}, without) == {"evidence"}


@pytest.mark.parametrize("page", ["glossary", "correctness", "house", "index"])
def test_what_a_page_points_to_exists(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(((?!http)[^)]+)\)", text)
    assert links
    for link in links:
        file, _, heading = link.partition("#")
        target = ROOT / "docs" / (file or f"{page}.md")
        assert target.exists(), link
        if heading:
            assert heading in headings(target.read_text(encoding="utf-8")), link


def headings(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in found}


def absent(page: str) -> list[str]:
    """The files and rooms that a page names and that are not there."""
    named = set(re.findall(r"`((?:sim|tests|benchmarks|scenarios)/[\w/.]*)`", page))
    assert len(named) > 20
    return [name for name in sorted(named) if not (ROOT / name).exists()]


# While rooms are being moved, the page describes where they will stand.
@pytest.mark.skipif(not (ROOT / "sim" / "api").exists(), reason="the rooms are being moved")
def test_the_files_that_the_house_names_exist() -> None:
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    assert absent(page) == []
    assert absent(page.replace("`sim/charts/`", "`sim/charters/`")) == ["sim/charters/"]  # control
