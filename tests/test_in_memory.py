"""Scenarios that are no file: a text, a mapping, an open file; each like the file it would be."""

import io
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from islands import FILE, island
from pandas.testing import assert_frame_equal

import sim

TEXT = """\
scenario: coin
horizon: 10 d
state: {up: {flag: false}}
parameters:
  p: {is: 0.4}
events:
  toss: {after: 3 d, chance: p, then: {up: true}}
outcomes:
  won: {when: up}
endings:
  heads: {when: up}
  tails: {otherwise: true}
"""
SMALL = {"draws": 3, "paths": 20, "workers": 1}


def coin() -> dict[str, object]:
    """The same as a mapping."""
    return yaml.safe_load(TEXT)


def shares(scenario: sim.Scenario) -> list[float]:
    return sim.run(scenario, **SMALL).shares["outcome__won"].tolist()


def test_a_text_a_mapping_and_an_open_file_are_the_scenario_of_the_file(tmp_path):
    file = tmp_path / "coin.yaml"
    file.write_text(TEXT)
    written = sim.load(file)
    same = [
        sim.loads(TEXT),
        sim.loads(TEXT.encode()),
        sim.load(coin()),
        sim.load(io.StringIO(TEXT)),
    ]
    with file.open() as text, file.open("rb") as raw:
        same += [sim.load(text), sim.load(raw)]
    for one in same:
        assert one.resolved() == written.resolved()
        assert shares(one) == shares(written)
    other = sim.loads(TEXT.replace("0.4", "0.9"))  # the control
    assert other.resolved() != written.resolved()
    assert shares(other) != shares(written)


def test_a_whole_scenario_is_the_same_as_a_mapping():
    text = Path(FILE).read_text(encoding="utf-8")
    assert sim.loads(text).resolved() == island().resolved()
    plain = yaml.load(text, Loader=yaml.BaseLoader)
    # the control: every number a text
    with pytest.raises(sim.ScenarioError, match="must be a number"):
        sim.load(plain)
    parsed = yaml.safe_load(text)
    assert sim.load(parsed).resolved() == island().resolved()


def test_what_python_has_for_numbers_dates_and_durations_is_read():
    given = coin() | {"start": date(2026, 1, 2), "parameters": {"p": {"is": np.float64(0.4)}}}
    given["events"] = {
        "toss": {"after": timedelta(days=3), "chance": "p", "then": {"up": np.bool_(True)}}
    }
    made = sim.load(given)
    assert made.start == date(2026, 1, 2)
    assert shares(made) == shares(sim.loads(TEXT))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"horizon": 10}, "<mapping>: horizon: needs a unit (s, min, h, d, w, y), found 10"),
        ({"horison": "10 d"}, "<mapping>: horison: unknown key 'horison'; did you mean 'horizon'?"),
        (
            {"parameters": {"p": {"is": {"pert": [0.1, "x", 0.3]}}}},
            "<mapping>: parameters.p.is.pert[1]: must be a number or a duration, found 'x'",
        ),
        ({3: "x"}, "<mapping>: a key must be a text, found 3"),
        (
            {"state": {"up": {"flag": {1, 2}}}},
            "<mapping>: state.up.flag: must be a text, number, list or mapping, found {1, 2}",
        ),
    ],
)
def test_errors_of_a_mapping_name_the_path_of_keys(change, said):
    with pytest.raises(sim.ScenarioError, match=re.escape(said)) as error:
        sim.load(coin() | change)
    assert said in str(error.value).splitlines()


def test_the_same_error_in_two_places_is_told_twice():
    two = coin() | {"events": {"a": {"after": "x"}, "b": {"after": "x"}}}
    with pytest.raises(sim.ScenarioError, match=r"events\.b\.after") as error:
        sim.load(two)
    paths = {one.path for one in error.value.problems}
    assert {"events.a.after", "events.b.after"} <= paths


def test_a_mapping_that_contains_itself_is_refused():
    endless = coin()
    endless["state"] = endless
    with pytest.raises(sim.ScenarioError, match="nested deeper than 40 levels"):
        sim.load(endless)


def test_errors_of_a_text_have_lines():
    with pytest.raises(sim.ScenarioError, match=r"^<text>:2:10: horizon: needs a unit"):
        sim.loads(TEXT.replace("10 d", "10"))
    with pytest.raises(sim.ScenarioError, match=r"^mine:2:10: horizon: needs a unit"):
        sim.loads(TEXT.replace("10 d", "10"), file="mine")


@pytest.mark.parametrize("wrong", [3, None, ["scenario"]])
def test_what_is_no_scenario_is_refused_with_a_sentence(wrong):
    with pytest.raises(sim.UsageError, match="load: takes a path, an open file or a mapping"):
        sim.load(wrong)
    with pytest.raises(sim.UsageError, match="loads: takes the text of a scenario"):
        sim.loads(wrong)


def test_files_that_a_mapping_extends_are_looked_for_in_the_working_directory(
    tmp_path, monkeypatch
):
    (tmp_path / "coin.yaml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    fair = sim.load({"extends": "coin.yaml", "parameters": {"p": {"is": 0.5}}})
    assert fair.resolved() == sim.loads(TEXT.replace("0.4", "0.5")).resolved()


@pytest.mark.parametrize("made", [lambda: sim.loads(TEXT), lambda: sim.load(coin())])
def test_a_run_of_it_is_kept_and_read_again(made, tmp_path):
    run = sim.run(made(), **SMALL)
    home = run.save(tmp_path / "run")
    again = sim.run(home)
    assert_frame_equal(again.shares, run.shares)
    assert sim.replay(home, draw=1, path=2).model == made().model


def test_a_home_folder_is_understood_in_every_path(tmp_path, monkeypatch):
    (tmp_path / "coin.yaml").write_text(TEXT)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert sim.load("~/coin.yaml").resolved() == sim.loads(TEXT).resolved()
    assert sim.load(Path("~/coin.yaml")).resolved() == sim.loads(TEXT).resolved()
    run = sim.run("~/coin.yaml", **SMALL)
    run.save("~/run")
    assert_frame_equal(sim.Results.load("~/run").shares, run.shares)
    sim.compare("~/coin.yaml", ["~/coin.yaml"], **SMALL).save("~/both")
    assert sim.Comparison.load("~/both").twins
    assert sim.replay("~/run", draw=0, path=0).seed == 1
