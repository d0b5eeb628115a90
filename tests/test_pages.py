"""The blocks of pages are run by `.ci/pages`: a broken one is found, one left out has a reason."""

import os
import runpy

import pytest
from command_line import ROOT

PAGES = runpy.run_path(str(ROOT / ".ci" / "pages"))
TUTORIAL = ROOT / "docs" / "tutorial.md"


def faults(tmp_path, text: str, capsys) -> tuple[int, str]:
    """How many pages are wrong, and what is printed, of a page with this text."""
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    wrong = PAGES["main"]([str(page)])
    told = capsys.readouterr()
    return wrong, told.out + told.err


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch):
    monkeypatch.setattr("os.environ", os.environ.copy())
    monkeypatch.setattr("sys.path", [str(ROOT)])


def block(language: str, text: str, mark: str = "") -> str:
    return f"Words.\n\n{mark}\n```{language}\n{text}\n```\n"


def test_a_page_that_does_what_it_says_has_no_fault(tmp_path, capsys):
    text = block("yaml", "a: 1", "<!-- file: x.yaml -->")
    text += block("yaml", "b: 2", "<!-- added to: x.yaml -->")
    text += block("console", "$ cat x.yaml\na: 1\nb: 2\n$ echo one\none")
    text += block("python", "x = 1") + block("python", "assert x == 1")
    assert faults(tmp_path, text, capsys) == (
        0,
        "page.md: 4 in 0 s\n4 commands and blocks run; not run:\n",
    )


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("sh", "python run_sim.py chek x.yaml", "exit code 2"),
        ("console", "$ echo 4.1 %\n4.2 %", "echo 4.1 % shows"),
        ("python", "import sim\nsim.no_such_verb()", "AttributeError"),
    ],
)
def test_a_broken_block_is_a_fault(tmp_path, capsys, language, text, said):
    """Control: a command that fails, one that shows something else, Python that raises."""
    wrong, told = faults(tmp_path, block(language, text), capsys)
    assert wrong == 1
    assert "page.md:4: " in told
    assert said in told


def test_a_block_that_is_not_run_has_a_reason(tmp_path, capsys):
    left = block("sh", "false", "<!-- not run: it would fail -->")
    wrong, told = faults(tmp_path, left, capsys)
    assert (wrong, told.splitlines()[-1]) == (0, "page.md:4: it would fail")
    assert faults(tmp_path, left.replace("it would fail ", ""), capsys)[0] == 1


def test_small_runs_are_asked_only_of_what_runs():
    small = PAGES["smaller"]
    assert small("python run_sim.py a.yaml") == "python run_sim.py a.yaml --draws 20 --paths 40"
    for same in ("python run_sim.py check a.yaml", "python run_sim.py why results/a", "ls a.yaml"):
        assert small(same) == same
    assert "--draws 3 " in small("python run_sim.py why a.yaml --draws 3 --paths 2") + " "
    assert small("python run_sim.py why a.yaml --draws 3").count("--draws") == 1


def test_the_tutorial_has_its_blocks():
    found = list(PAGES["blocks"](TUTORIAL, "tutorial"))
    assert [one.language for one in found].count("yaml") == 7
    assert sum(len(list(PAGES["commands"](one))) for one in found if one.language == "console") > 7
