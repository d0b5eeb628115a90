"""A run that is killed goes on from its finished chunks: nothing lost, nothing counted twice."""

import os
import random
import re
import signal
import time
from functools import cache
from multiprocessing import get_context

import pytest
from command_line import FIRST, call
from islands import FILE, island
from test_concat import files

import sim
from sim.cli import unfinished_runs
from sim.results import unfinished

__all__ = ["call"]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked")
RUN = {"draws": 40, "paths": 40, "seed": 4, "workers": 1, "engine": "reference", "progress": False}
KILLS = 6


@cache
def whole() -> sim.Results:
    return sim.run(island(), events=True, **RUN)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Chunks are written from the beginning, also of a run of a second."""
    monkeypatch.setattr(unfinished, "HELD_BACK", 0.0)


def begun(target, events: bool = True):
    def run() -> None:
        sim.run(island(), resume=target, events=events, **RUN)
        os._exit(0)

    process = get_context("fork").Process(target=run)
    process.start()
    return process


def kept(target) -> dict[str, bytes]:
    found = target.parent.glob(f".{target.name}.*.unfinished/*.counts")
    return {one.name: one.read_bytes() for one in found}


def killed(target, least: int = 1) -> None:
    """A run to the target that is killed as soon as it has written so many chunks."""

    def run() -> None:
        keep = unfinished.Unfinished.keep

        def keep_and_die(own, part) -> None:
            keep(own, part)
            if len(kept(target)) >= least:
                os.kill(os.getpid(), signal.SIGKILL)

        unfinished.Unfinished.keep = keep_and_die
        sim.run(island(), resume=target, events=True, **RUN)
        os._exit(0)

    process = get_context("fork").Process(target=run)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert len(kept(target)) == least


def test_killed_at_random_moments_it_goes_on_and_counts_each_path_once(tmp_path):
    target, dice = tmp_path / "run", random.Random(3)
    expected, had = files(whole(), tmp_path / "whole"), 0
    for _ in range(KILLS):
        process, more = begun(target), len(kept(target)) + dice.randrange(2)
        while process.is_alive() and len(kept(target)) < more:
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.2))
        before = kept(target)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        after = kept(target)
        assert before.items() <= after.items()  # what was finished stays, byte for byte
        had = max(had, len(after))
    assert had > 0
    results = sim.run(island(), resume=target, events=True, **RUN)
    assert results == whole()
    assert files(results, target) == expected
    assert kept(target) == {}  # the run is whole: nothing is left


def test_a_chunk_that_was_kept_is_read_and_not_walked_again(tmp_path, monkeypatch):
    from sim.experiment import chunked

    killed(tmp_path / "run", least=3)
    walked = []
    monkeypatch.setattr(
        chunked, "do", lambda task, check, do=chunked.do: walked.append(task) or do(task)
    )
    assert sim.run(island(), resume=tmp_path / "run", events=True, **RUN) == whole()
    again = sum(len(task.draws) * len(task.paths) for task in walked)
    assert again == 40 * 40 - 3 * 200
    walked.clear()
    assert sim.run(island(), resume=tmp_path / "other", events=True, **RUN) == whole()
    assert sum(len(task.draws) * len(task.paths) for task in walked) == 40 * 40  # the control


def test_a_chunk_that_was_cut_or_changed_is_walked_again(tmp_path):
    target = tmp_path / "run"
    killed(target, least=2)
    first, second = sorted(target.parent.glob(".run.*.unfinished/*.counts"))[:2]
    first.write_bytes(first.read_bytes()[:-100])
    data = bytearray(second.read_bytes())
    data[len(data) // 2] ^= 1
    second.write_bytes(bytes(data))
    assert sim.run(island(), resume=target, events=True, **RUN) == whole()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 5}, "seed 4, not 5"),
        ({"paths": 41}, "paths 40, not 41"),
        ({"draws": 41}, "draws 40, not 41"),
        ({"engine": "compiled"}, "engine reference, not compiled"),
        ({"values": {"restraint": [0.5] * 40}}, "other values of parameters"),
    ],
)
def test_what_is_not_the_run_that_was_begun_is_refused_by_name(tmp_path, change, told):
    killed(tmp_path / "run")
    with pytest.raises(sim.UsageError, match=f"its unfinished run was begun with .*{told}"):
        sim.run(island(), resume=tmp_path / "run", **{"events": True, **RUN, **change})
    under = island().under("no_treaty")
    with pytest.raises(sim.UsageError, match=r"begun with model \w{16}, not \w{16}"):
        sim.run(under, resume=tmp_path / "run", events=True, **RUN)
    assert kept(tmp_path / "run")  # and stays


def test_another_version_is_refused_by_name(tmp_path):
    killed(tmp_path / "run")
    (about,) = tmp_path.glob(".run.*.unfinished/run.json")
    text = about.read_text(encoding="utf-8")
    about.write_text(re.sub(r'"numpy": "[^"]+"', '"numpy": "1.0"', text), encoding="utf-8")
    with pytest.raises(sim.UsageError, match=r"begun with numpy 1\.0, not"):
        sim.run(island(), resume=tmp_path / "run", events=True, **RUN)


def test_the_command_line_names_what_was_left_goes_on_and_cleans(call, tmp_path):
    target = tmp_path / "run"
    killed(target)
    code, _, err = call(FILE, "--draws", "2", "--paths", "5", "--no-charts", "--out", "other")
    assert (code, "unfinished" in err) == (0, False)  # of another target nothing is said
    code, out, err = call(FILE, "--resume", target, "--no-charts")
    assert code == 0, err
    assert "1,600 paths: 40 draws of 40" in out
    assert files(sim.Results.load(target), tmp_path / "a") == files(whole(), tmp_path / "b")
    assert kept(target) == {}
    code, _, err = call(FILE, "--resume", target, "--no-charts")
    assert (code, f"{target}: no unfinished run is beside it" in err) == (2, True)


def test_leavings_are_named_kept_and_removed(call, tmp_path, monkeypatch):
    target = tmp_path / "results" / "island_clash"
    target.parent.mkdir()
    killed(target)
    monkeypatch.setattr(unfinished_runs, "MANY_OF_A_SLOW_ENGINE", 10)
    context_of = ("--draws", "1", "--paths", "5", "--out", str(target), "--engine", "nonsense")
    assert call(FILE, *context_of)[0] == 2
    assert kept(target)  # a run that did not begin removes nothing
    code, out, _ = call("clean")
    assert (code, out) == (0, "results/island_clash: 1 unfinished run removed\n")
    assert not kept(target)
    code, out, _ = call("clean", target)
    assert (code, out) == (0, f"{target}: no unfinished run is there\n")
    killed(target)
    code, _, err = call(FILE, "--draws", "2", "--paths", "5", "--no-charts")
    assert code == 0
    assert re.search(r"an unfinished run is kept, \d+ of 40 draws of 40 paths, seed 4; go on:", err)
    assert "--resume results/island_clash; remove: run_sim.py clean results/island_clash" in err
    assert not kept(target)  # the next whole run of the same target


def test_without_a_chunk_it_is_swept(tmp_path):
    folder = tmp_path / f".run.{16 * 'a'}.unfinished"
    folder.mkdir()
    (folder / "run.json").write_text("{}", encoding="utf-8")
    assert unfinished.leavings(tmp_path / "run") == []
    assert not folder.exists()


def test_a_long_run_keeps_its_chunks_and_a_short_one_does_not(call, tmp_path, monkeypatch):
    seen = []
    keep = unfinished.Unfinished.keep
    monkeypatch.setattr(
        unfinished.Unfinished, "keep", lambda own, part: seen.append(part.n) or keep(own, part)
    )
    few = ("--draws", "4", "--paths", "30", "--engine", "reference", "--no-charts")
    assert call(FIRST, *few)[0] == 0
    assert seen == []
    monkeypatch.setattr(unfinished_runs, "MANY_OF_A_SLOW_ENGINE", 10)
    assert call(FIRST, *few)[0] == 0
    assert sum(seen) == 120
    assert list((tmp_path / "results").glob(".*")) == []
