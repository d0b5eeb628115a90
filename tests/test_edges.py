"""Ends of ranges and empty things: where `<` and `<=`, nothing and one, are not the same."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import call

import sim
from sim.formatting import difference, differences, percent, percents

__all__ = ["call"]
QUIET = """\
scenario: quiet
horizon: 10 d
state: {calm: {flag: true}, count: {max: 3}}
events:
  never: {when: count == 3, after: 1 d, then: {calm: false}}
  later: {after: 30 d, limit: 1, then: {calm: false}}
outcomes: {storm: {when: not calm}}
endings: {all: {otherwise: true}}
"""


@pytest.fixture
def quiet(tmp_path) -> Path:
    file = tmp_path / "quiet.yaml"
    file.write_text(QUIET, encoding="utf-8")
    return file


def test_a_path_without_events_is_shown_with_empty_tables(quiet):
    replay = sim.replay(quiet, draw=0, path=0)
    assert len(replay.events) == 0
    assert list(replay.options.columns) == ["seq", "option", "probability", "taken"]
    assert len(replay.options) == 0


def test_an_outcome_that_always_happens_gains_nothing_by_splitting(quiet):
    quiet.write_text(QUIET.replace("after: 30 d", "after: 2 d"), encoding="utf-8")
    found = sim.rare(quiet, "storm", draws=2, paths=20, progress=False)
    assert (found.probability, found.gain) == (1.0, 1.0)


def exported(call, tmp_path, after: str) -> str:
    text = QUIET.replace("later: {after: 30 d, limit: 1,", f"later: {{{after}limit: 1,")
    (tmp_path / "now.yaml").write_text(text.replace("after: 1 d", "after: {mean: 1 d}"), "utf-8")
    code, out, err = call("export", "now.yaml", "--to", "prism")
    assert code == 0, err
    return out


def test_a_duration_of_nothing_is_no_delay_for_prism_either(call, tmp_path):
    now = exported(call, tmp_path, "")
    assert exported(call, tmp_path, "after: 0 d, ") == now
    assert exported(call, tmp_path, "after: {mean: 2 d}, ") != now  # the control
    (tmp_path / "fixed.yaml").write_text(QUIET, encoding="utf-8")  # waits of a fixed length
    code, _, err = call("export", "fixed.yaml", "--to", "prism")
    assert code == 2
    assert "neither exponential nor none" in err


def test_a_condition_that_is_always_so_is_a_word_of_prism(call, tmp_path):
    text = QUIET.replace("when: count == 3,", "when: true or count == 3,")
    text = text.replace("after: 1 d", "after: {mean: 1 d}").replace("after: 30 d", "after: 0 d")
    (tmp_path / "always.yaml").write_text(text, encoding="utf-8")
    code, out, err = call("export", "always.yaml", "--to", "prism")
    assert code == 0, err
    assert "true" in out
    assert "None" not in out


def test_digits_count_from_the_number_itself():
    assert [percent(share) for share in (0.00993, 0.0101, 0.5, 0.999)] == CLOSE_TO_A_POWER


CLOSE_TO_A_POWER = ["0.99", "1.0", "50", "99.9"]
NAMES = ("difference", "low", "high", "differ", "changed")


def rows(*numbers: tuple[float, ...]) -> list[pd.Series]:
    return [pd.Series(dict(zip(NAMES, row, strict=True))) for row in numbers]


def test_differences_have_one_digit_more_than_the_coarsest_bears_and_no_two():
    coarse, fine = (0.2, 0.1, 0.3, 99, 99), (0.000123, 0.000120, 0.000126, 9, 9)
    both = ["+20.0 (+10.0 to +30.0)", "+0.0123 (+0.0120 to +0.0126)"]
    assert differences(rows(coarse, fine)) == both
    assert differences(rows(coarse)) == ["+20 (+10 to +30)"]


def test_a_difference_without_width_has_three_digits():
    (exact,) = rows((0.0123456, 0.0123456, 0.0123456, 5, 5))
    assert difference(exact) == "+1.235 (+1.235 to +1.235)"


def test_a_choice_without_chance_is_told_as_such(call, tmp_path):
    choose = "choose: {sure: {probability: 1, then: {calm: false}}, no: {probability: 0}}"
    text = QUIET.replace("after: 30 d, limit: 1, then: {calm: false}", f"limit: 1, {choose}")
    (tmp_path / "sure.yaml").write_text(text, encoding="utf-8")
    code, out, err = call("replay", "sure.yaml", "--draw", 0, "--path", 0)
    assert code == 0, err
    assert "probabilities: sure 100 %, no not available" in out


def test_an_outcome_from_the_beginning_has_happened_at_once(quiet):
    quiet.write_text(QUIET.replace("storm: {when: not calm}", "storm: {when: calm}"), "utf-8")
    for keep in (True, False):  # of the times themselves, and of their bins
        found = sim.run(quiet, draws=2, paths=20, keep_paths=keep, progress=False)
        assert found.outcomes.loc["storm", "median_time"] == 0


def test_the_last_draw_there_is_can_be_exported_and_none_after_it(call, tmp_path):
    text = QUIET.replace("after: 1 d", "after: {mean: 1 d}").replace("after: 30 d", "after: 0 d")
    (tmp_path / "last.yaml").write_text(text, encoding="utf-8")
    export = ("export", "last.yaml", "--to", "prism", "--draw")
    assert call(*export, 2**32 - 1)[0] == 0
    code, _, err = call(*export, 2**32)
    assert code == 2
    assert f"{2**32 - 1:,}" in err or str(2**32 - 1) in err


def test_the_same_file_by_another_path_replaces_its_own_results(call, tmp_path):
    file, few = tmp_path / "quiet.yaml", ("--draws", "1", "--paths", "2", "--no-charts")
    file.write_text(QUIET, encoding="utf-8")
    assert call("run", "quiet.yaml", *few, "--out", "kept")[0] == 0
    file.write_text(QUIET.replace("10 d", "11 d"), encoding="utf-8")  # so only the path tells
    assert call("run", file, *few, "--out", "kept")[0] == 0
    other = tmp_path / "other.yaml"  # the control: another file
    other.write_text(QUIET, encoding="utf-8")
    assert call("run", other, *few, "--out", "kept")[0] == 2


def test_numbers_of_numpy_are_numbers(quiet):
    found = sim.run(quiet, draws=np.int64(2), paths=np.int64(3), progress=False)
    assert (type(found.provenance.draws), type(found.provenance.paths)) == (int, int)


def test_a_share_of_the_last_shared_digit_has_no_digit_more():
    assert percents([0.4, 0.01, 0.001]) == ["40.0", "1.0", "0.1"]
    assert percents([0.4, 0.01, 0.0009]) == ["40.0", "1.0", "0.090"]  # the control


def test_a_scheduled_event_is_described_with_its_day(call, tmp_path):
    (tmp_path / "dated.yaml").write_text(QUIET.replace("after: 30 d, limit: 1", "at: 5 d"), "utf-8")
    assert "On day 5." in call("describe", "dated.yaml")[1]
