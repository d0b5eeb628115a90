"""An error of YAML hides nothing but its own section, and brings no other errors with it."""

import random
import re
import shutil
from pathlib import Path

import pytest
from korea import PARTS, with_part_inside

from sim import load
from sim.errors import Problem, ScenarioError

ROOT = Path(__file__).resolve().parents[1]
CRISIS = (ROOT / "scenarios" / "first_crisis.yaml").read_text(encoding="utf-8")
OF_YAML = re.compile("YAML parser|anchor|indentation")


def errors(tmp_path, monkeypatch, text: str) -> list[str]:
    monkeypatch.chdir(tmp_path)
    Path("slip.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"\.yaml:\d") as caught:
        load("slip.yaml")
    return [str(problem) for problem in caught.value.problems]


def changed(*changes: tuple[str, str]) -> str:
    text = CRISIS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


SLIP = ("trials: 5}}}", "trials: 5}}")
WRONG_LEVEL = ("border == shooting", "border == shoting")  # in `moves`
WRONG_KEY = ("no_war: {otherwise: true}", "no_war: {otherwisee: true}")  # in `endings`


def test_errors_of_other_sections_are_told_beside_a_slip(tmp_path, monkeypatch):
    found = errors(tmp_path, monkeypatch, changed(SLIP, WRONG_KEY))
    assert [bool(OF_YAML.search(one)) for one in found].count(True) == 1
    assert any("'otherwisee'; did you mean 'otherwise'?" in one for one in found)
    # the control: with the slip alone it is told alone, although rules read the parameter
    assert len(errors(tmp_path, monkeypatch, changed(SLIP))) == 1
    assert len(errors(tmp_path, monkeypatch, changed(WRONG_KEY))) >= 1


def test_two_slips_in_two_sections_are_both_told(tmp_path, monkeypatch):
    text = changed(SLIP, ("no_war: {otherwise: true}", "no_war: {otherwise: true"))
    found = errors(tmp_path, monkeypatch, text)
    assert len(found) == 2, found
    assert all(OF_YAML.search(one) for one in found)


def test_a_slip_in_what_is_extended_or_in_its_own_line_is_told_alone(tmp_path, monkeypatch):
    (tmp_path / "base.yaml").write_text(CRISIS, encoding="utf-8")
    rest = "scenario: v\nevents: {x: {after: 1 d, then: {border: calm}, limit: 1}}\n"
    (found,) = errors(tmp_path, monkeypatch, "extends: [base.yaml\n" + rest)
    assert OF_YAML.search(found)
    (found,) = errors(tmp_path, monkeypatch, changed(("horizon: 90 d", "horizon 90 d")))
    assert OF_YAML.search(found)
    (tmp_path / "base.yaml").write_text(changed(SLIP), encoding="utf-8")
    (found,) = errors(tmp_path, monkeypatch, "extends: base.yaml\n" + rest)
    assert found.startswith("base.yaml:")


SLIPS = {  # a line -> the line with a slip of the pen, or None where there is no place for it
    "tab": lambda row: f"\t{row.lstrip()}" if row.startswith("    ") else None,
    "quote": lambda row: row.replace(": ", ": '", 1) if ": " in row and "'" not in row else None,
    "bracket": lambda row: "".join(row.rsplit("}", 1)) if "}" in row else None,
    "open": lambda row: row.replace(": ", ": [", 1) if ": " in row and "[" not in row else None,
    "no colon": lambda row: row.replace(": ", " ", 1) if ": " in row else None,
    "indented": lambda row: f" {row}" if row.startswith("  ") else None,
    "star": lambda row: row.replace(": ", ": *", 1) if ": " in row else None,
}


@pytest.mark.parametrize("kind", SLIPS)
def test_no_slip_in_a_sound_file_brings_other_errors(kind, tmp_path, monkeypatch):
    """Eight seeded lines of the parts of the Korean scenario for each kind of slip."""
    shutil.copy(ROOT / "scenarios" / "sources.yaml", tmp_path)
    shutil.copytree(ROOT / "scenarios" / "korea", tmp_path / "korea")
    drawn = random.Random(f"slips {kind}")
    told = 0
    while told < 8:
        rows = with_part_inside(drawn.choice(PARTS)).splitlines()
        at = drawn.randrange(len(rows))
        slip = None if rows[at].lstrip().startswith("#") else SLIPS[kind](rows[at])
        if slip is None or slip == rows[at]:
            continue
        monkeypatch.chdir(tmp_path)
        Path("slip.yaml").write_text("\n".join([*rows[:at], slip, *rows[at + 1 :]]), "utf-8")
        found = problems_of("slip.yaml")
        of_yaml = [bool(OF_YAML.search(problem.text)) for problem in found]
        # a slip can leave a file that is YAML and says something else: then it is no such error
        assert all(of_yaml) or not any(of_yaml), (rows[at], found[:3])
        told += any(of_yaml)


def problems_of(file: str) -> list[Problem]:
    """What is wrong with a file; nothing if it loads."""
    try:
        load(file)
    except ScenarioError as error:
        return error.problems
    return []
