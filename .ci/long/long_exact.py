"""Exact answers at length: the large models against Storm's, 2,000 random ones against sampling."""

import json

import pytest
from storm import ANSWERS, HOME, answers, exported
from test_exact_corpus import solved
from test_exact_random import check_agreement

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


def test_exact_agrees_with_sampling() -> None:
    """2,000 random documents made memoryless, 10,000 paths each."""
    check_agreement(2_000, 100_000)
