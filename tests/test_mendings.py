"""What a message tells an author to write is right: with it the file loads."""

import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError

INVALID = Path(__file__).parent / "corpus" / "invalid"
MENDINGS = {  # a file of the corpus -> what stands there, what is right, and what the message tells
    "distribution_percent": ("pert: [10%,", "pert: [0.1,", "write 0.1 for 10%"),
    "set_percent": ("set: {p: 30%}", "set: {p: 0.3}", "write 0.3 for 30%"),
    "option_in_condition": ("when: shot.hit", "on: shot.hit", "`on: shot.hit`"),
    "response_in_condition": (
        "when: pact.art1.helps",
        "when: pact.art1 == helps",
        "`pact.art1 == helps`",
    ),
    "chance_times_unbounded": ("chance: p * m", "chance: odds(p, m)", "`odds(p, m)`"),
    "compared_by_is": ("strait is blockade", "strait == blockade", "`strait == blockade`"),
    "compared_by_is_not": ("strait is not blockade", "strait != blockade", "`strait != blockade`"),
    "identity": ("talks is true", "talks == true", "`talks == true`"),
}


@pytest.mark.parametrize("name", MENDINGS)
def test_what_the_message_tells_to_write_loads(name, tmp_path):
    old, new, advice = MENDINGS[name]
    text = (INVALID / f"{name}.yaml").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    assert old in body
    file = tmp_path / "mended.yaml"
    file.write_text(body, encoding="utf-8")
    with pytest.raises(ScenarioError, match=rf"{re.escape(advice)}\Z"):  # the control: as it was
        sim.load(file)
    file.write_text(body.replace(old, new), encoding="utf-8")
    assert sim.load(file).model.transitions
