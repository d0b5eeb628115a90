"""Storm, which shares no line of code with us, reads the PRISM export and finds what is stored.

Skipped where stormpy (extra `storm`) is not installed. The large models are in .ci/long.
"""

import json

import pytest
from storm import ANSWERS, HOME, answers, exported

STORED = json.loads(ANSWERS.read_text(encoding="utf-8"))
SMALL = ("cascade", "gates", "island_exponential", "korean_cut")


@pytest.mark.parametrize("name", SMALL)
def test_storm_finds_what_is_stored(name: str) -> None:
    pytest.importorskip("stormpy")
    assert answers(*exported(HOME / f"{name}.yaml")) == pytest.approx(STORED[name], abs=1e-10)


def test_storm_notices_another_rate() -> None:
    """Control: the text with one rate a hundredth larger has other answers."""
    pytest.importorskip("stormpy")
    text, outcomes = exported(HOME / "gates.yaml")
    changed = text.replace("0.3333333333333333*1 : (pressure'", "0.3366666666666667*1 : (pressure'")
    assert changed != text
    other = answers(changed, outcomes)
    assert abs(other["consulted"] - STORED["gates"]["consulted"]) > 1e-6
