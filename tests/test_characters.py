"""Characters that look like others, or like nothing, are named with number and place."""

import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError

GOOD = """scenario: strait
title: A clash
horizon: 30 d
actors: {north: {}, south: {}}
ladders: {conflict: [calm, war]}
relations: {border: {between: [north, south], ladder: conflict}}
moves: {press: {actor: north, when: border == calm, after: 3 d, then: {border: raise}}}
outcomes: {war: {when: border == war}}
endings: {all: {otherwise: true}}
"""
CYRILLIC_O = "U+043E, CYRILLIC SMALL LETTER O"


def load(folder: Path, text: str) -> sim.Scenario:
    file = folder / "strait.yaml"
    file.write_text(text, encoding="utf-8")
    return sim.load(file)


# what is written instead of what -> where it is told, and how
LOOK_ALIKES = {
    "a no-break space after a key": (
        "horizon: ",
        "horizon:\u00a0",
        "3:9: ",
        "has U+00A0, NO-BREAK",
    ),
    "an ideographic space after a key": (
        "horizon: ",
        "horizon:\u3000",
        "3:9: ",
        "has U+3000, IDEO",
    ),
    "a Cyrillic letter in a name that is given": (
        *("north: {}", "n\u043erth: {}", "4:10: "),
        f"character 2 is {CYRILLIC_O}",
    ),
    "a Cyrillic letter in a reference": (
        *("actor: north", "actor: n\u043erth", "7:24: "),
        f"(character 2 is {CYRILLIC_O}); did you mean 'north'?",
    ),
    "a Cyrillic letter in an expression": (
        *("border == calm", "b\u043erder == calm", "7:37: "),
        f"character 2 is {CYRILLIC_O}",
    ),
    "a Cyrillic letter in a key": (
        *("actor: north", "act\u043er: north", "7:17: "),
        f"unknown key 'act\u043er' (character 4 is {CYRILLIC_O}); did you mean 'actor'?",
    ),
    "a zero-width space in a reference": (
        *("actor: north", "actor: no\u200brth", "7:24: "),
        "(character 3 is U+200B, ZERO WIDTH SPACE); did you mean 'north'?",
    ),
    "a mark for right to left in a name": (
        *("south: {}", "south\u202e: {}", "4:21: "),
        "character 6 is U+202E, RIGHT-TO-LEFT OVERRIDE",
    ),
    "full-width letters": (
        "actor: north",
        "actor: \uff4eorth",
        "7:24: ",
        "FULLWIDTH LATIN SMALL LETTER N",
    ),
}


@pytest.mark.parametrize(("old", "new", "place", "told"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_a_character_that_looks_like_another_is_named(tmp_path, old, new, place, told):
    assert GOOD.count(old) == 1
    with pytest.raises(ScenarioError, match=re.escape(told)) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert any(f"yaml:{place}" in str(problem) for problem in caught.value.problems)


def test_such_characters_are_right_in_a_text(tmp_path):
    """The control: a title may have any letters, and spaces that do not break."""
    title = "5\u00a0% \u2013 \u65e5\u672c, \ud55c\uad6d, \u0e44\u0e17\u0e22, \u0440\u0443\u0441"
    scenario = load(tmp_path, GOOD.replace("A clash", title))
    assert scenario.title.replace(" ", "") == title.replace(" ", "").replace("\u00a0", "")


ESCAPES = {
    "a title": ("title: A clash", 'title: "\\e]0;x\\a"', "2:8: ", "'\\x1b'"),
    "a key": ("north: {}", '"n\\0rth": {}', "4:10: ", "'\\x00'"),
    "an expression": ("border == calm", '"border \\x7f== calm"', "7:37: ", "'\\x7f'"),
}


@pytest.mark.parametrize(("old", "new", "place", "told"), ESCAPES.values(), ids=ESCAPES)
def test_a_control_character_written_as_an_escape_is_refused(tmp_path, old, new, place, told):
    assert GOOD.count(old) == 1
    with pytest.raises(
        ScenarioError, match=f"contains the control character {re.escape(told)}"
    ) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert f"yaml:{place}" in str(caught.value)


def test_escapes_of_letters_are_letters(tmp_path):
    """The control: an escape that is no control character is what it stands for."""
    assert (
        load(tmp_path, GOOD.replace("A clash", '"A \\u00fc \\t clash"')).title == "A \u00fc clash"
    )
