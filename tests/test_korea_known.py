"""Who can know what, and what nobody reads: every note of `check` on Korea is answered in words."""

import re

import pytest
from korea import SCENARIOS, loaded

from sim import load

ASSUMPTIONS = " ".join((SCENARIOS / "ASSUMPTIONS.md").read_text(encoding="utf-8").split())
HIDDEN = {
    "began": {"dprk", "rok"},
    "aggressor": {"dprk", "rok", "us_forces", "usa", "unc"},
    "record": set(),
    "feed_errs": set(),
    "dispatch": {"dprk", "russia", "ukraine"},
    "dprk.launch_signs": {"rok", "cfc"},
    "russia.debt": {"dprk"},
    "russia.losses": set(),
    "usa.doubts_japan": set(),
}


def unanswered(notes) -> list[str]:
    """Notes whose state and level no line of ASSUMPTIONS names: `state` *level*."""
    missing = []
    for note in notes:
        if "charts call it by its key" in note.text:  # another question: what charts call things
            continue
        state = re.sub(r"^(actors|state|ladders)\.|\.state\b|\.levels|\[\d+\]", "", str(note.path))
        level = re.search(r"tells '(\w+)'", note.text)
        line = f"`{state}`" + (f" *{level.group(1)}*" if level else "")
        if line not in ASSUMPTIONS:
            missing.append(f"{line}: {note.text}")
    return missing


def test_every_state_that_nobody_reads_further_has_a_line_that_says_why():
    assert unanswered(loaded("korean_clash").notes) == []


def test_a_role_that_nobody_reads_is_found(tmp_path):
    """Control: a great act without consequences, added to the same scenario."""
    file = tmp_path / "idle.yaml"
    text = (
        f"extends: {SCENARIOS / 'korean_clash.yaml'}\nscenario: idle\n"
        "state:\n  armada: {levels: [home, sails, arrives]}\n"
        "events:\n  sails: {when: at_war, after: 5 d, then: {armada: sails}}\n"
        "outcomes:\n  armada_sails: {when: armada == sails}\n"
    )
    file.write_text(text, encoding="utf-8")
    assert any("armada" in line for line in unanswered(load(file).notes))


@pytest.mark.parametrize("name", HIDDEN)
def test_what_actors_cannot_know_is_marked(name):
    known = loaded("korean_clash").model.variable(name).known_to
    assert known is not None
    assert set(known) == HIDDEN[name]


@pytest.mark.parametrize(
    ("name", "actor"), [("dispatch", "ukraine"), ("aggressor", "unc")], ids=str
)
def test_a_rule_that_read_what_its_actor_cannot_know_would_be_a_warning(name, actor, tmp_path):
    """Control: the same rules, and the truth hidden from one actor more."""
    levels = ", ".join(loaded("korean_clash").model.variable(name).levels)
    fewer = ", ".join(sorted(HIDDEN[name] - {actor}))
    file = tmp_path / "hidden.yaml"
    text = (
        f"extends: {SCENARIOS / 'korean_clash.yaml'}\nscenario: hidden\n"
        f"state:\n  {name}: {{levels: [{levels}], known_to: [{fewer}]}}\n"
    )
    file.write_text(text, encoding="utf-8")
    assert any(f"{actor} cannot know '{name}'" in str(one) for one in load(file).strict())
