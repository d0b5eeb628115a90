"""Both engines against the third reading of the rules: the same events to the last bit."""

from pathlib import Path

import interpreter
import pandas as pd
import pytest
import yaml

import sim
from sim.engines import ENGINES

PATHS, SEED = 5, 2**40 + 7


def told(value: object) -> object:
    return None if pd.isna(value) else value  # type: ignore[call-overload]


def walked(results: sim.Results) -> list[object]:
    """Events, times of outcomes and end of each path, then what coverage counts."""
    found: list[object] = []
    assert results.events is not None
    assert results.paths is not None
    for path in results.paths.itertuples():
        rows = results.events[results.events["path"] == path.path]
        columns = (rows[name] for name in ("time", "transition", "option", "cause"))
        found.append([tuple(map(told, row)) for row in zip(*columns, strict=True)])
        row = results.paths.loc[path.Index]
        found.append([told(row[f"time__{name}"]) for name in ("oa", "ob", "oc")])
        found.append((row["end_time"], bool(row["censored"]), row["ending"]))
    rules = results.coverage[results.coverage["kind"] == "transition"]
    return [*found, rules["started"].tolist(), rules["fired"].tolist()]


def interpreted(world: interpreter.World) -> list[object]:
    found: list[object] = []
    walks = [interpreter.Walk(world, path, SEED) for path in range(PATHS)]
    for walk in walks:
        marks = [walk.marks.get(name) for name in ("oa", "ob", "oc")]
        times = [None if time is None else interpreter.days(time) for time in marks]
        found += [walk.events, times, walk.end]
    for counts in ("starts", "fired"):
        columns = zip(*(getattr(walk, counts) for walk in walks), strict=True)
        found.append([sum(count > 0 for count in column) for column in columns])
    return found


def worlds(first: int, beyond: int) -> list[interpreter.World]:
    return [interpreter.World(seed) for seed in range(first, beyond)]


def loaded(world: interpreter.World, folder: Path) -> sim.Scenario:
    file = folder / "random.yaml"
    file.write_text(yaml.safe_dump(world.document(), sort_keys=False), encoding="utf-8")
    return sim.load(file)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_independent_reading_gives_the_same_paths(engine: str, tmp_path: Path) -> None:
    events = 0
    for world in worlds(0, 40):
        run = {"draws": 1, "paths": PATHS, "seed": SEED, "workers": 1, "events": True}
        results = sim.run(loaded(world, tmp_path), engine=engine, **run)  # type: ignore[arg-type]
        assert walked(results) == interpreted(world), world.document()
        assert results.events is not None
        events += len(results.events)
    assert events > 1_000


def test_another_reading_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: held clocks that start anew instead of going on give other paths."""

    def forgetful(
        walk: interpreter.Walk, i: int, rule: interpreter.Rule, clock: object, holds: bool
    ) -> None:
        if not holds:
            del walk.clocks[i]

    monkeypatch.setattr(interpreter.Walk, "_keep", forgetful)
    different = 0
    for world in worlds(0, 20):
        results = sim.run(
            loaded(world, tmp_path), draws=1, paths=PATHS, seed=SEED, workers=1, events=True
        )
        different += walked(results) != interpreted(world)
    assert different > 0


def test_plain_floats_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: durations read as floats, on a finer grid, miss ties and the horizon."""

    def as_float(text: str) -> int:
        digits, unit = text.split()
        return round(float(digits) * interpreter.UNITS[unit] * interpreter.TICKS)

    monkeypatch.setattr(interpreter, "TICKS", 2**40)  # finer than floats of days of seconds are
    monkeypatch.setattr(interpreter, "ticks", as_float)
    different = 0
    for world in worlds(0, 40):
        scenario = loaded(world, tmp_path)
        run = {"draws": 1, "paths": PATHS, "seed": SEED, "workers": 1, "events": True}
        found = sim.run(scenario, **run)  # type: ignore[arg-type]
        told = [[(name, option) for _, name, option, _ in events] for events in paths_of(found)]
        walks = [interpreter.Walk(world, path, SEED) for path in range(PATHS)]
        other = [[(name, option) for _, name, option, _ in walk.events] for walk in walks]
        different += told != other  # not times, which nearly always differ: what happens
    assert different > 0


def paths_of(results: sim.Results) -> list[list[tuple]]:
    """The events of each path."""
    return [one for one in walked(results)[:-2:3] if isinstance(one, list)]
