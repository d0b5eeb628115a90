"""The large models of the exact corpus: ours against Storm's stored answers, and Storm anew."""

import json

import pytest
from storm import ANSWERS, HOME, answers, exported
from test_exact_corpus import solved

from sim.scenario import load

STORED = json.loads(ANSWERS.read_text(encoding="utf-8"))
LARGE = ("race", "stocks")


@pytest.mark.parametrize("name", LARGE)
def test_ours_are_storms_answers(name: str) -> None:
    """To 1e-9, where Storm's own answers are good to about 1e-11."""
    assert solved(load(HOME / f"{name}.yaml").model) == pytest.approx(STORED[name], abs=1e-9)


@pytest.mark.parametrize("name", LARGE)
def test_storm_finds_what_is_stored(name: str) -> None:
    """From today's export."""
    pytest.importorskip("stormpy")
    assert answers(*exported(HOME / f"{name}.yaml")) == pytest.approx(STORED[name], abs=1e-10)
