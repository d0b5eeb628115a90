"""Runs in a loop: what depends on the model alone is made once, and no bar flickers."""

import io
import pickle
from dataclasses import replace

import pytest
from islands import island
from pandas.testing import assert_frame_equal

import sim

SMALL = {"draws": 2, "paths": 20, "workers": 1}


def test_what_depends_on_the_model_alone_is_made_once(monkeypatch):
    made: list[object] = []
    sim.run(island(), **SMALL)  # imports the engine
    compiled = sim.engines.compiled
    lowered = compiled.lowered

    def counting(model, **more):
        made.append(model)
        return lowered(model, **more)

    monkeypatch.setattr(compiled, "lowered", counting)
    scenario = island().with_(set={"restraint": 0.7})
    runs = [sim.run(scenario, seed=1, **SMALL) for _ in range(3)]
    assert len(made) == 1
    assert_frame_equal(runs[0].paths, runs[2].paths)
    other = sim.run(scenario.with_(set={"restraint": 0.1}), seed=1, **SMALL)
    assert len(made) == 2  # the control: another model
    assert not other.draws.equals(runs[0].draws)


def test_a_model_is_sent_and_changed_without_what_it_keeps():
    model = island().model
    sim.run(model, **SMALL)
    assert model.kept
    again = pickle.loads(pickle.dumps(model))
    assert again == model
    assert again.kept == {}
    assert replace(model, horizon=model.horizon / 2).kept == {}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("setting", "wait", "shown"),
    [
        ({}, 0.0, True),
        ({}, 9.0, False),
        ({"TQDM_DISABLE": "1"}, 0.0, False),
        ({"TQDM_DISABLE": "0"}, 0.0, True),
        ({"ESCALATION_PROGRESS": "0"}, 0.0, False),
        ({"ESCALATION_PROGRESS": "1"}, 0.0, True),
    ],
)
def test_a_bar_is_shown_where_it_is_wanted(monkeypatch, setting, wait, shown):
    sim.run(island(), **SMALL)  # imports the bar
    progress = sim.experiment.progress
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(progress, "AT_ONCE", wait)
    for name in ("TQDM_DISABLE", "ESCALATION_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    with progress.bar(100, None) as done:
        for _ in range(10):
            done(10)
    assert bool(stream.getvalue()) == shown
