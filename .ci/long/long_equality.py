"""Thousands of random scenarios and many paths of every shipped one, on both sampling engines."""

import os

import pytest
from equality import assert_engines_agree, check_document
from hypothesis import HealthCheck, given, settings
from random_models import documents
from test_equality import CORPUS, LONG, SHIPPED

from sim.scenario import load


@settings(
    max_examples=int(os.environ.get("MODELS", "10000")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(documents())
def test_engines_agree_on_random_scenarios(document):
    """What fails is shrunk and shown as YAML."""
    check_document(document)


@pytest.mark.parametrize("file", [*SHIPPED, *CORPUS], ids=lambda file: file.stem)
def test_engines_agree_on_many_paths(file):
    """Every shipped scenario and every file of the corpus."""
    paths = LONG.get(file.stem, 200)
    assert_engines_agree(load(file).model, draws=10 if paths > 1 else 2, paths=paths, seed=11)
