"""Thousands of mutants of the valid corpus: each loads and walks, or is told why it does not."""

import os
from contextlib import suppress

from hypothesis import given, settings
from mutants import bytes_made_wrong, outcome_of_loading, trees_made_wrong
from test_language_invalid import FUZZ, TEXTS, beside, check_answer

from sim import run
from sim.errors import NotApplicable, RunError, UsageError
from sim.scenario import Scenario

__all__ = ["beside"]
LONG = settings(FUZZ, derandomize=False, max_examples=int(os.environ.get("MUTANTS", "20000")))


@LONG
@given(content=trees_made_wrong(TEXTS))
def test_mutants_load_or_are_told_why(beside, content):
    check_answer(beside, content.encode("utf-8", "surrogatepass"))


@LONG
@given(content=bytes_made_wrong(TEXTS))
def test_damaged_files_load_or_are_told_why(beside, content):
    check_answer(beside, content)


@settings(LONG, max_examples=LONG.max_examples // 10)
@given(content=trees_made_wrong(TEXTS, most=1))
def test_mutants_that_load_also_walk(beside, content):
    """On both engines; what stops them is an error in words."""
    file = beside / "walking.yaml"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    scenario = outcome_of_loading(str(file))
    if not isinstance(scenario, Scenario):
        return
    for engine in ("reference", "compiled"):
        with suppress(RunError, NotApplicable, UsageError):
            results = run(scenario, draws=2, paths=2, seed=1, engine=engine, workers=1)
            assert len(results.paths) == 4
