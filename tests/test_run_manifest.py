"""A manifest that was cut, emptied, edited or replaced is told as such, wherever it is read."""

import json
import random
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from command_line import FEW, FIRST, call
from islands import island, island_run
from pandas.testing import assert_frame_equal

import sim
from sim import Comparison, Results
from sim.errors import UsageError
from sim.results import manifest

__all__ = ["call"]
MANIFEST = manifest.MANIFEST


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    return island_run().save(tmp_path_factory.mktemp("saved") / "run")


@pytest.fixture
def home(saved, tmp_path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "run"))


BROKEN = {
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "cut": b'{"scenario": "a", "outputs": {',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "another program's": b'{"name": "web", "outputs": {}}',
    "outputs of another shape": b'{"scenario": "a", "outputs": []}',
    "scenario of another shape": b'{"scenario": 1, "outputs": {}}',
    "deep": b"[" * 200_000,
    "a long number": b"1" * 10_000,
    "a bare minimum": b'{"scenario": "a", "outputs": {}}',
    "strange sizes": b'{"scenario": "a", "outputs": {}, "draws": "x", "paths": [], "twins": 3}',
    "a lone surrogate": b'{"scenario": "\\ud800", "outputs": {}, "digest": ""}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_manifest_is_told_and_never_traced(home, name):
    (home / MANIFEST).write_bytes(BROKEN[name])
    for load in (Results.load, Comparison.load):
        with pytest.raises(UsageError, match=r"run(.manifest\.json)?: "):
            load(home)
    with pytest.raises(UsageError, match="run"):
        sim.replay(home, draw=0, path=0)
    # either refused as nobody's, or replaced: never an error of ours
    with suppress(UsageError):
        island_run().save(home)


@pytest.mark.parametrize("name", ["cut", "a bare minimum", "strange sizes"])
def test_a_broken_manifest_does_not_end_the_next_run(call, home, name):
    (home / MANIFEST).write_bytes(BROKEN[name])
    code, _, err = call(FIRST, *FEW, "--no-charts", "--out", home)
    assert code in (0, 2)
    assert "internal error" not in err


def test_any_changed_letter_is_noticed(home, monkeypatch):
    text = (home / MANIFEST).read_text(encoding="utf-8")
    letters = [i for i, letter in enumerate(text) if letter.isalnum()]
    random.seed(50)
    for at in random.sample(letters, 50):
        changed = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        (home / MANIFEST).write_text(changed, encoding="utf-8")
        with pytest.raises(UsageError, match="run"):
            Results.load(home)
    # the control: without its digest it would be believed
    (home / MANIFEST).write_text(text.replace('"seed": 1,', '"seed": 2,'), encoding="utf-8")
    with pytest.raises(UsageError, match="changed since the run wrote it"):
        Results.load(home)
    given = json.loads((home / MANIFEST).read_text(encoding="utf-8"))["digest"]
    monkeypatch.setattr(manifest, "_own_digest", lambda about: given)
    assert Results.load(home).provenance.seed == 2


def test_another_layout_of_the_same_text_is_the_same(home):
    about = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
    (home / MANIFEST).write_text(json.dumps(about), encoding="utf-8")
    assert Results.load(home).provenance == island_run().provenance


def test_every_file_that_is_missing_or_changed_is_named(home):
    outputs = json.loads((home / MANIFEST).read_text(encoding="utf-8"))["outputs"]
    assert len(outputs) == 13
    for name in outputs:
        content = (home / name).read_bytes()
        (home / name).unlink()
        with pytest.raises(UsageError, match=f"{name}: missing, although the run wrote it"):
            Results.load(home)
        (home / name).write_bytes(content + b"\n")
        with pytest.raises(UsageError, match=f"{name}: changed since the run wrote it"):
            Results.load(home)
        (home / name).write_bytes(content)
    assert Results.load(home).provenance == island_run().provenance  # the control


@pytest.mark.parametrize("part", ["baseline", "twins/no_treaty"])
def test_a_comparison_without_a_part_or_with_one_of_another_is_refused(tmp_path, part):
    homes = [
        sim.compare(island(), "no_treaty", draws=2, paths=5, seed=seed, workers=1).save(
            tmp_path / str(seed)
        )
        for seed in (1, 2)
    ]
    shutil.rmtree(homes[0] / part)
    with pytest.raises(UsageError, match=rf"{part}.manifest\.json: missing"):
        Comparison.load(homes[0])
    shutil.copytree(homes[1] / part, homes[0] / part)
    Results.load(homes[0] / part)  # the control: whole in itself
    with pytest.raises(UsageError, match=rf"{part}.manifest\.json: changed since"):
        Comparison.load(homes[0])


WORDS = ["inf", "1e5", "-inf", "nan", "NaN", "007", "True", "null", "NA", "none"]


def test_names_that_look_like_numbers_stay_names(tmp_path):
    run = island_run()
    changed = {}
    for name in ("outcomes", "endings"):
        table = getattr(run, name)
        words = [WORDS[i % len(WORDS)] for i in range(len(table))]
        changed[name] = table.set_axis(pd.Index(words, dtype="str", name=table.index.name))
    timing = run.timing.assign(outcome="inf")
    renamed = replace(run, **changed, timing=timing)
    again = Results.load(renamed.save(tmp_path / "run"))
    for name in (*changed, "timing"):
        assert_frame_equal(getattr(again, name), getattr(renamed, name))
    # the control: left to itself, pandas takes them for numbers
    assert pd.read_csv(tmp_path / "run" / "outcomes.csv", index_col=0).index.dtype == "float64"


def test_a_run_of_an_outcome_named_inf(tmp_path):
    text = FIRST.read_text(encoding="utf-8").replace("ally_fights", "inf")
    (tmp_path / "inf.yaml").write_text(text, encoding="utf-8")
    run = sim.run(tmp_path / "inf.yaml", draws=2, paths=5, workers=1)
    assert "inf" in run.outcomes.index  # the control
    again = Results.load(run.save(tmp_path / "run"))
    assert_frame_equal(again.outcomes, run.outcomes)
    assert again.headlines() == run.headlines()


def test_a_manifest_that_lacks_something_is_refused_and_says_what(tmp_path):
    home = island_run().save(tmp_path / "run")
    about = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    del about["headlines"], about["seed"], about["digest"], about["outputs"]
    (home / "manifest.json").unlink()
    manifest.write_manifest(home, about)  # as another version would, with a digest that fits
    with pytest.raises(UsageError, match="has no headlines, seed; run the scenario again"):
        sim.Results.load(home)
    del about["file"]
    (home / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(UsageError, match="not the manifest of a run"):
        sim.Results.load(home)
    (home / "manifest.json").write_text("no json", encoding="utf-8")
    with pytest.raises(UsageError, match="not the manifest of a run"):
        sim.Results.load(home)


def test_a_manifest_that_names_files_elsewhere_is_refused(home):
    about = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
    about["record"]["files"].append("../secret")
    (home / MANIFEST).unlink()
    manifest.write_manifest(home, about)
    with pytest.raises(UsageError, match="names files outside of it"):
        Results.load(home)
