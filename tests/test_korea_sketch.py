"""The first sketch of the Korean clash still means what it meant: the same counts, path for path.

`tests/corpus/sketch/counts.json` holds in how many of 2,000 paths each outcome happened and each
ending ended, and how many events there were. A difference says that a word of the language, a
stream of random numbers or an engine means something else now; write the counts anew (`python
tests/test_korea_sketch.py`) only if that was meant.
"""

import json
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from sim import Results, Scenario, load, run

HERE = Path(__file__).parent / "corpus" / "sketch"
STORED = HERE / "counts.json"
SPENT = {"draws": 20, "paths": 100, "seed": 1, "workers": 1, "progress": False}


def sketch() -> Scenario:
    return load(HERE / "korean_sketch.yaml")


def counts(found: Results) -> dict[str, dict[str, int]]:
    """Paths of each outcome and ending, and events of each transition."""
    assert found.events is not None
    outcomes = {
        column.removeprefix("time__"): int(times.notna().sum())
        for column, times in found.paths.filter(like="time__").items()
    }
    return {
        "outcomes": outcomes,
        "endings": found.paths["ending"].astype(str).value_counts().sort_index().to_dict(),
        "events": found.events["transition"].astype(str).value_counts().sort_index().to_dict(),
    }


def test_the_sketch_has_the_counts_it_had() -> None:
    found = counts(run(sketch(), events=True, **SPENT))
    assert found == json.loads(STORED.read_text(encoding="utf-8"))
    assert sum(found["endings"].values()) == SPENT["draws"] * SPENT["paths"]
    assert min(found["outcomes"][one] for one in ("clash", "war")) > 20


@pytest.mark.parametrize(
    ("seed", "changed"), [(2, {}), (1, {"widens": 0.5})], ids=["another seed", "one value set"]
)
def test_other_counts_are_seen(seed: int, changed: dict[str, float]) -> None:
    """The control."""
    scenario = sketch().with_(set=changed) if changed else sketch()
    found = counts(run(scenario, events=True, **(SPENT | {"seed": seed})))
    assert found != json.loads(STORED.read_text(encoding="utf-8"))


def test_both_engines_walk_the_sketch_alike() -> None:
    few = SPENT | {"draws": 2, "paths": 20, "events": True}
    reference, compiled = (run(sketch(), engine=one, **few) for one in ("reference", "compiled"))
    assert_frame_equal(reference.events, compiled.events)


if __name__ == "__main__":
    text = json.dumps(counts(run(sketch(), events=True, **SPENT)), indent=1)
    STORED.write_text(text + "\n", encoding="utf-8")
