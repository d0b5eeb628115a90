"""The page on the command line is made from the program, and an option has one meaning."""

import runpy
from dataclasses import replace
from types import SimpleNamespace

from command_line import ROOT

reference = SimpleNamespace(**runpy.run_path(str(ROOT / "sim" / "cli" / "reference.py")))
PAGE = ROOT / "docs" / "command_line.md"


def test_no_option_has_two_meanings():
    found = reference.uses()
    assert len(found) > 100
    assert reference.second_meanings(found) == []


def test_a_second_meaning_would_be_refused():
    """Control: another sentence, another kind of value; what follows a colon is free."""
    draws = next(one for one in reference.uses() if one.name == "--draws")
    narrower = replace(draws, words="Number of parameter draws: of the design.", command="design")
    assert reference.second_meanings([draws, narrower]) == []
    other = replace(draws, words="Draw charts.", command="design")
    assert reference.second_meanings([draws, other]) == [
        f"--draws: meaning is 'Number of parameter draws' in {draws.command}, "
        "but 'Draw charts' in design"
    ]
    flag = replace(draws, kind="bool", command="design")
    assert len(reference.second_meanings([draws, flag])) == 1


def test_the_table_has_every_option_with_all_its_commands():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {line.split("`")[1].split()[0]: line for line in lines if line.startswith("| `--")}
    found = reference.uses()
    assert set(rows) == {one.name for one in found}
    for one in found:
        assert one.command in rows[one.name].split(" | ")[2], one


def test_the_page_is_what_the_program_says_today():
    assert reference.page() == PAGE.read_text(encoding="utf-8"), (
        "run `python -m sim.cli.reference > docs/command_line.md`"
    )
