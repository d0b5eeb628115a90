"""Hazards of every scenario that is shipped or in the valid corpus, on every engine.

A thousand paths each, a hundred thousand events of the largest. The bound is that of all z-scores
of a scenario together: 1 in 10,000 that one exceeds it if the engine is right.
"""

from pathlib import Path

import pytest
from hazards import bound, largest
from test_hazards import SCENARIOS, scores_of, shipped
from walking import SAMPLING

CORPUS = Path(__file__).parents[2] / "tests" / "corpus" / "valid"
FILES = [*shipped(SCENARIOS), *shipped(CORPUS)]


@pytest.mark.parametrize("name", SAMPLING)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenarios_wait_as_they_say(name, file):
    """The largest z-score is within the bound of as many."""
    found = scores_of(file, name, draws=10, paths=100)
    if not found:
        pytest.skip("too few firings of any one kind")
    size, key = largest(found)
    assert size < bound(len(found)), f"{key}: z = {found[key]:.1f}, the largest of {len(found)}"
