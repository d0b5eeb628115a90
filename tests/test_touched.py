"""Paths that a change cannot touch are not walked again: they are the same when they are."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import small_models as small
from hypothesis import HealthCheck, given, settings
from islands import island
from korea import loaded
from paired import altered, change, unequal
from random_models import as_yaml, documents, model_of

import sim
from sim.experiment import touched
from sim.model import Distribution, Effect
from sim.scenario import Scenario

QUICK = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def models(scenario: Scenario) -> list[Any]:
    return [scenario.model, *(scenario.under(name).model for name in scenario.interventions)]


@pytest.mark.parametrize("name", ["korean_clash", "first_crisis"])
def test_skipped_paths_of_shipped_scenarios_are_the_same_when_walked(name):
    """8 draws x 25 paths under every intervention; every column and count."""
    found, again = unequal(models(loaded(name)), 8, 25)
    assert found == []
    assert min(again) < 0.5


def test_paths_that_a_treaty_never_reached_are_not_walked_without_it():
    """The share walked again is that of the paths in which it came into force or was invoked."""
    found, again = unequal(models(island()), 8, 60)
    assert found == []
    by_name = dict(zip(island().interventions, again, strict=True))
    run = sim.run(island(), draws=8, paths=60, seed=3, workers=1, events=True)
    assert run.events is not None
    met = run.events[run.events["transition"].isin(["mutual_aid.binds", "mutual_aid.art4.invoked"])]
    assert by_name["no_treaty"] == len(met.groupby(["draw", "path"])) / 480
    assert 0 < by_name["no_treaty"] < by_name["early_talks"]


def blind(self: object, piece: Any, draw: int, outcomes: int) -> Any:
    return np.zeros(len(piece.ending), np.bool_)


def test_skipping_too_much_is_seen(monkeypatch):
    monkeypatch.setattr(touched.Watched, "touched", blind)
    found, again = unequal(models(island()), 8, 60)
    assert again == [0.0] * len(island().interventions)
    assert {one.partition(": ")[2] for one in found} >= {"ending", "outcome_time", "fired", "rungs"}


PARTS = ("started", "fired", "parted", "conditions")


def tried(document: dict[str, Any], seen: Counter[str]) -> list[str]:
    """What differs under some twenty changes of a random model, 4 draws x 12 paths."""
    model = model_of(document)
    if model is None:
        return []
    twins = altered(model)
    found, again = unequal([model, *twins], 4, 12)
    seen["skipped"] += sum(share < 1 for share in again)
    seen["walked"] += sum(share > 0 for share in again)
    return found


def test_skipped_paths_of_random_models_are_the_same_when_walked():
    """6 models, each with a rule void, a parameter set, another start, delay or guard, an event.

    A model whose twins go wrong is walked without them.
    """
    seen: Counter[str] = Counter()

    @QUICK
    @given(documents())
    def same(document: dict[str, Any]) -> None:
        assert tried(document, seen) == [], as_yaml(document)

    same()
    assert seen["skipped"] > 10
    assert seen["walked"] > 10


@pytest.mark.parametrize("part", PARTS)
def test_each_thing_that_is_watched_is_needed(part, monkeypatch):
    """Control: with one kind of watch left out, some path of a random model is not the same."""
    plain = touched.Watched.touched

    def forgetful(self: touched.Watched, *rest: Any) -> Any:
        for one in (self.fixed, self.drawn):
            getattr(one, part).clear()
        return plain(self, *rest)

    monkeypatch.setattr(touched.Watched, "touched", forgetful)
    found: list[str] = []

    @settings(QUICK, max_examples=30)
    @given(documents())
    def some(document: dict[str, Any]) -> None:
        if not found:
            found.extend(tried(document, Counter()))

    some()
    assert found


def test_an_effect_that_reads_what_was_set_touches_where_it_is_taken(monkeypatch):
    """A count is set to a parameter by one of two options; 4 draws x 100 paths."""
    write = Effect(variable="n", how="compute", expression=small.parameter_value("size"))
    options = [small.option("writes", 0.5, write), small.option("rests", 0.5)]
    built = small.model(
        [small.count("n", 5)],
        [small.rule("writing", after=20, options=options, limit=1)],
        {"four": small.at_least("n", 4)},
        parameters=[small.uniform("size", 0, 5)],
    )
    other = change(built, values={"size": Distribution(kind="fixed", numbers=(4.0,))})
    found, again = unequal([built, other], 4, 100)
    assert found == []
    assert again[0] == pytest.approx(0.5, abs=0.1)
    monkeypatch.setattr(touched.Watched, "touched", blind)  # control
    assert unequal([built, other], 4, 100)[0] != []
