"""`find`: paths that come to a condition; stories and timelines without empty repetitions."""

import json
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from command_line import FIRST, ROOT, call
from islands import FILE, island

import sim
from sim.report.story import story

__all__ = ["call"]
mpl.use("agg")
SIZE = ("--draws", "6", "--paths", "40")
KOREA = ROOT / "scenarios" / "korean_clash.yaml"


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    plt.close("all")


def test_the_paths_that_come_to_a_condition_are_those_of_the_run(call):
    run = sim.run(island(), draws=6, paths=40, workers=1)
    outcome = island().model.outcomes[0]
    expected = run.paths[run.paths[f"time__{outcome.name}"].notna()]
    code, out, _ = call("find", FILE, outcome.when.text, *SIZE, "--most", "500", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["n"], found["hits"]) == (240, len(expected))
    listed = [(row["draw"], row["path"]) for row in found["paths"]]
    assert listed == list(zip(expected["draw"], expected["path"], strict=True)) != []


def test_an_outcome_may_be_looked_for_by_its_name(call):
    run = sim.run(island(), draws=6, paths=40, workers=1)
    name = island().model.outcomes[0].name
    _, out, _ = call("find", FILE, name, *SIZE, "--json")
    assert json.loads(out)["hits"] == run.paths[f"time__{name}"].notna().sum() > 0
    _, out, _ = call("find", FILE, f"not {name}", *SIZE, "--json")  # the control
    assert json.loads(out)["hits"] == len(run.paths)


def test_each_path_found_has_the_command_that_replays_it(call):
    _, out, _ = call("find", FIRST, "border == war", *SIZE, "--most", "1")
    command = re.search(r"^  \S+ (replay .*)$", out, re.M)[1].split()
    code, told, _ = call(*command)
    assert code == 0
    assert "war" in told
    assert re.match(r"border == war: in \d+ of 240 paths", out)


def test_a_condition_that_cannot_be_read_is_refused_by_what_is_wrong_in_it(call):
    code, out, err = call("find", FIRST, "bordr == war", *SIZE)
    assert (code, out) == (2, "")
    assert "did you mean 'border'" in err
    assert "Traceback" not in err


def test_what_repeats_and_changes_nothing_is_told_once():
    replay = next(
        one
        for path in range(20)
        if "×" in "".join(story(one := sim.replay(KOREA, draw=0, path=path)))
    )
    short, whole = list(story(replay)), list(story(replay, everything=True))
    assert len(short) < len(whole)
    assert "×" not in "".join(whole)  # the control
    assert any(line.endswith("--all shows each.") for line in short)
    folded = sum(int(n) - 1 for n in re.findall(r"  (\d+) × ", "\n".join(short)))
    said = re.search(r"^(\d+) of (\d+) events repeat", "\n".join(short), re.M)
    assert int(said[1]) == folded
    assert int(said[2]) == len(replay.events)
    ax = replay.plot()
    texts = [text.get_text() for text in ax.texts]
    assert any("nothing changed" in text for text in texts)
    assert texts[-1].startswith("path ends: ")


def test_a_timeline_has_its_ending_and_rows_at_their_time_on_request():
    replay = sim.replay(FILE, draw=0, path=0)
    plain, scaled = replay.plot(), replay.plot(to_scale=True)
    for ax in (plain, scaled):
        assert ax.texts[-1].get_text().startswith("path ends: ")
    steps = [b - a for a, b in zip(plain.get_yticks(), plain.get_yticks()[1:], strict=False)]
    assert set(steps) == {1.0}
    apart = [b - a for a, b in zip(scaled.get_yticks(), scaled.get_yticks()[1:], strict=False)]
    assert min(apart) >= 0.999
    assert max(apart) > 1.1
