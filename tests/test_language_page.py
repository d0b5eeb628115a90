"""scenarios/LANGUAGE.md: every example is read, and every key is there with its sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.export import schema
from sim.scenario import GROUPS, RESERVED, Scenario, load

PAGE = (Path(__file__).parents[1] / "scenarios" / "LANGUAGE.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
REFUSED = "# refused: "
WHOLE, *PARTS = (block for block in BLOCKS if not block.startswith(REFUSED))
WRONG = [block for block in BLOCKS if block.startswith(REFUSED)]


def first_line(block: str) -> str:
    """What a block begins with, to tell tests apart."""
    return " ".join(block.splitlines()[:2])


def read(folder: Path, block: str) -> Scenario:
    """The scenario of a block: whole, or added to the whole file the page begins with."""
    (folder / "strait.yaml").write_text(WHOLE, encoding="utf-8")
    (folder / "sources.yaml").write_text("sources: {log: {cite: A log}}\n", encoding="utf-8")
    alone = block.startswith(("scenario:", "extends:"))
    file = folder / "part.yaml"
    frame = "" if alone else "extends: strait.yaml\nscenario: part\n"
    file.write_text(frame + block, encoding="utf-8")
    return load(file)


def rows(page: str) -> set[tuple[str, str]]:
    """Every row of the tables of keys: the key, and what is said of it."""
    tables = re.findall(
        r"^\| key \| what it means \|\n\|[-|]+\n((?:\|.*\n)+)", page, flags=re.MULTILINE
    )
    return set(re.findall(r"^\| `(\w+)` \| (.+) \|$", "".join(tables), flags=re.MULTILINE))


def told_by_the_schema() -> Iterator[tuple[str, str]]:
    """Every key of the JSON Schema with its sentence."""
    shape = schema()
    for part in (shape, *shape["$defs"].values()):
        yield from ((key, below["description"]) for key, below in part["properties"].items())


def anchors(page: str) -> set[str]:
    """What a link within the page may lead to."""
    heads = re.findall(r"^#+ (.*)$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_page_begins_with_a_whole_scenario(tmp_path):
    assert WHOLE.startswith("scenario: strait\n")
    assert read(tmp_path, WHOLE).warnings == ()
    assert len(PARTS) >= 15


@pytest.mark.parametrize("block", PARTS, ids=first_line)
def test_an_example_is_read(tmp_path, block):
    assert read(tmp_path, block).model.transitions


@pytest.mark.parametrize("block", WRONG, ids=first_line)
def test_a_trap_is_refused_as_the_page_says(tmp_path, block):
    with pytest.raises(ScenarioError, match=re.escape(block.splitlines()[0][len(REFUSED) :])):
        read(tmp_path, block)


def test_an_example_that_is_wrong_would_be_noticed(tmp_path):
    """The control: any block with a key of no meaning is refused."""
    for block in PARTS:
        with pytest.raises(ScenarioError, match="no_such_key"):
            read(tmp_path, f"{block}no_such_key: 1\n")


def test_every_key_has_its_sentence_on_the_page():
    told = set(told_by_the_schema())
    assert len(told) > 100
    assert told <= rows(PAGE)
    missing = PAGE.replace("| `of_rest` |", "| `of_the_rest` |")  # the control
    assert {key for key, _ in told - rows(missing)} == {"of_rest"}


def test_nothing_is_said_of_a_key_that_is_none():
    told = set(told_by_the_schema())
    assert rows(PAGE) <= told
    assert not rows(PAGE.replace("| `url` |", "| `address` |", 1)) <= told  # the control


def test_a_sentence_is_one_and_short():
    for key, said in told_by_the_schema():
        assert said.endswith("."), key
        assert len(said) <= 110, key
        assert not re.search(r"\. [A-Z]", said), key


def test_words_grades_and_types_are_all_there():
    shape = schema()["$defs"]
    listed = [*shape["Parameter"]["properties"]["grade"]["enum"]]
    listed += shape["Obligation"]["properties"]["type"]["enum"]
    listed += ["rest", "raise", "lower", "true", "false", "min", "max", "odds", "nothing"]
    assert set(listed[-9:]) <= RESERVED
    assert [
        word for word in (*listed, "s", "min", "h", "d", "w", "y") if f"`{word}`" not in PAGE
    ] == []
    assert "`exp`" not in PAGE  # the control: a function that the language does not have


def test_links_within_the_page_lead_somewhere():
    wanted = set(re.findall(r"\(#([^)]+)\)", PAGE))
    assert len(wanted) > 15
    assert wanted <= anchors(PAGE)
    files = re.findall(r"\]\(([\w.]+)\)", PAGE)
    assert [
        name for name in files if not (Path(__file__).parents[1] / "scenarios" / name).is_file()
    ] == []


def test_every_section_is_decoded():
    """A new section that is in no group of the order of decoding would be read by nobody."""
    decoded = {key for group in GROUPS for key in group}
    sections = set(schema()["properties"]) - {"extends", "include", "remove"}
    assert decoded == sections
    assert len(decoded) == sum(map(len, GROUPS))  # each once
    assert decoded - {"moves"} != sections  # the control
