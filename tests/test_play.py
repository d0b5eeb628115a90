"""A person decides at the terminal: a scripted game, plain input, undo, save, load, Ctrl-C."""

import json
import signal
import sys
from functools import partial
from io import StringIO
from typing import Any

import pexpect
import pytest
from command_line import FIRST, ROOT, call
from pandas.testing import assert_frame_equal
from test_decide import SECRET

import sim
from sim import policies

__all__ = ["call"]
GAME = ("--as", "north", "--draw", "0", "--path", "17")
OUTCOMES = ("ally fights", "war", "no war")


@pytest.fixture
def typed(call, monkeypatch):
    """Play with these lines on plain standard input."""

    def play(lines: str, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", StringIO(lines))
        return call("play", *arguments)

    return play


def test_a_game_on_plain_input_from_its_first_choice_to_its_twins(typed, tmp_path):
    code, out, err = typed("shots\nundo\nwar\n", FIRST, *GAME)
    assert code == 0
    assert "You decide for Northland; everything else is draw 0, path 17, seed 1." in out
    assert "  1  war – border: war\n  2  shots – nothing changes at once\n" in out
    assert "day 12 05:13  Northland: north shoots again – war\n    border: shooting → war" in out
    assert "war. Model: war 2.2 %, shots 98 %" in out
    assert "As the model in 0 of 1" in out
    assert "  ending war: 13 % (12–15); yours" in out
    assert "  outcome ally fights: 13 % (12–15); yours day 19 03:49" in out
    saved = tmp_path / "results" / "games" / "first_crisis-north-1-0-17.json"
    assert f"game saved: {saved.relative_to(tmp_path)}" in err
    about = json.loads(saved.read_text(encoding="utf-8"))
    assert [option for _, _, option in about["taken"]] == ["war"]  # what was undone is not there
    assert about["ending"] == "war"


def test_who_plays_as_the_model_plays_the_path_as_written(typed, tmp_path):
    """Event for event; and one other choice is another path (control)."""
    as_written = sim.replay(FIRST, draw=0, path=17)
    for lines, same in (("shots\nshots\nwar\n", True), ("shots\nwar\n", False)):
        assert typed(lines, FIRST, *GAME, "--out", "game.json")[0] == 0
        decide = {"north": policies.played(tmp_path / "game.json")}
        again = sim.replay(FIRST, draw=0, path=17, decide=decide)
        assert again.events.equals(as_written.events) == same
    assert set(again.decided.values()) == {repr(decide["north"])}


def test_twins_have_the_odds_of_the_model():
    """Of one choice in a path, over 1,000 twins, against its probability; |z| < 4."""
    from sim.decisions import table, twins

    scenario = sim.load(FIRST)
    draws = sim.run(scenario, draws=1, paths=1).draws
    (values,) = draws.to_numpy()
    at = table(scenario, values, "ally", seed=1, draw=0, path=17)
    found = twins(at, 1_000)
    p = (
        sim.replay(FIRST, draw=0, path=17)
        .options.query("option == 'troops'")["probability"]
        .iloc[0]
    )
    z = (found.outcomes["ally_fights"] - 1_000 * p) / (1_000 * p * (1 - p)) ** 0.5
    assert abs(z) < 4
    assert found.walked == 2  # called once, answered in two ways
    assert twins(at, 1_000) == found  # the same twins each time


def test_bad_input_is_told_what_is_allowed_and_nothing_is_lost(typed):
    code, out, _ = typed("3\nwat\n\nsto\nload\nload no.json\nundo\nhelp\nwar\n", FIRST, *GAME)
    assert code == 0
    allowed = "type a number from 1 to 2, an option (war, shots), or help"
    assert f"unknown answer '3'; {allowed}" in out
    assert f"unknown answer 'wat'; did you mean 'war'?; {allowed}" in out
    assert "load: name a file" in out
    assert "no.json: there is no such file" in out
    assert "there is no choice of yours to take back" in out
    assert "take back your last choice" in out
    assert "The path ends: war" in out


@pytest.mark.parametrize("end", ["quit\n", ""])
def test_a_game_that_is_left_is_written_and_goes_on(typed, tmp_path, end):
    code, out, _ = typed(f"shots\n{end}", FIRST, *GAME, "--out", "mine.json")
    assert code == 0
    assert "Saved; go on with: run_sim.py play mine.json" in out
    code, out, _ = typed("war\n", "mine.json")
    assert code == 0
    assert "north shoots again – shots" in out  # the story so far
    assert "As the model in 1 of 2" in out
    assert typed("war\n", "mine.json", "--draw", "3")[0] == 2
    code, out, _ = typed(end, FIRST, *GAME)
    assert "Nothing was chosen yet, so nothing is saved." in out


def test_a_game_of_a_changed_scenario_is_refused(typed, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(FIRST.read_text(encoding="utf-8"), encoding="utf-8")
    assert typed("shots\nquit\n", own, *GAME, "--out", "mine.json")[0] == 0
    own.write_text(own.read_text(encoding="utf-8").replace("mean: 40 d", "mean: 41 d"))
    code, _, err = typed("war\n", "mine.json")
    assert code == 2
    assert "was changed since the game was saved" in err
    (tmp_path / "none.json").write_text("{}")
    code, _, err = typed("", "none.json")
    assert (code, err) == (2, "none.json: is not a saved game\n")


def test_a_game_is_played_on_by_somebody_else(typed, tmp_path):
    """Handed on with its scenario, in the same folders or beside it; alone it says what to add."""
    mine, yours = tmp_path / "mine", tmp_path / "yours"
    (mine / "scenarios").mkdir(parents=True)
    scenario = mine / "scenarios" / "own.yaml"
    scenario.write_bytes(FIRST.read_bytes())
    assert typed("shots\nquit\n", scenario, *GAME, "--out", mine / "games" / "g.json")[0] == 0
    game = mine / "games" / "g.json"
    assert json.loads(game.read_text(encoding="utf-8"))["file"] == "../scenarios/own.yaml"
    mine.rename(yours)
    assert typed("war\n", yours / "games" / "g.json")[0] == 0
    (yours / "scenarios" / "own.yaml").rename(yours / "games" / "own.yaml")
    assert typed("war\n", yours / "games" / "g.json")[0] == 0
    (yours / "games" / "own.yaml").unlink()  # the control
    code, _, err = typed("war\n", yours / "games" / "g.json")
    assert code == 2
    assert "its scenario is missing: neither own.yaml, as seen from the game" in err


def test_a_game_of_an_earlier_version_has_an_absolute_path(typed, tmp_path):
    assert typed("shots\nquit\n", FIRST, *GAME, "--out", "mine.json")[0] == 0
    game = tmp_path / "mine.json"
    about = json.loads(game.read_text(encoding="utf-8"))
    assert about["file"] != FIRST.as_posix()
    game.write_text(json.dumps({**about, "file": FIRST.as_posix()}), encoding="utf-8")
    assert typed("war\n", game)[0] == 0


def test_who_may_play(typed):
    for arguments, says in (
        ((FIRST,), "--as: name the actor you decide for"),
        ((FIRST, "--as", "nort"), "unknown actor 'nort'; did you mean 'north'?"),
    ):
        code, _, err = typed("", *arguments)
        assert code == 2
        assert says in err


def test_the_story_tells_no_more_than_the_actor_can_know(typed, tmp_path):
    """A hidden event, and one of which a part is hidden, as the council and as the spy."""
    text = SECRET.replace(
        "events:\n",
        """events:
  turns: {after: 1 h, once: true, then: {mole: false}, stipulated: an example}
  slips: {after: 2 h, once: true, then: {mole: true, alerts: 3}, stipulated: an example}
""",
    )
    (tmp_path / "secret.yaml").write_text(text, encoding="utf-8")
    path = ("--draw", "0", "--path", "3")
    _, council, _ = typed("state\nquit\n", "secret.yaml", "--as", "council", *path)
    _, spy, _ = typed("state\nquit\n", "secret.yaml", "--as", "spy", *path)
    for secret in ("turns", "slips", "mole: "):
        assert secret not in council
        assert secret in spy  # the control: who may know is told
    seen = "2025-03-01 02:00  something happens of which you see only this:\n    alerts: 0 → 3"
    assert seen in council
    assert "you cannot know: mole (known to spy)" in council


def test_options_say_what_the_file_says_of_them(typed, tmp_path):
    own = tmp_path / "own.yaml"
    text = FIRST.read_text(encoding="utf-8")
    own.write_text(text.replace("shots: {", "shots: {about: some more fire, "), encoding="utf-8")
    _, out, _ = typed("quit\n", own, *GAME)
    assert "  2  shots – some more fire\n     (nothing changes at once)" in out


def test_saved_games_are_replayed_and_counted(typed, call):
    for path in (7, 17):
        lines = "war\n" * 9
        out = ("--out", f"{path}.json")
        assert typed(lines, FIRST, "--as", "north", "--draw", "0", "--path", path, *out)[0] == 0
    code, out, _ = call("games", "7.json", "17.json")
    assert code == 0
    assert out.startswith("2 games played to the end for Northland\n")
    plain = [sim.replay(FIRST, draw=0, path=n).path["ending"].iloc[0] for n in (7, 17)]
    assert f"ending war: 2 of 2, 100 % (43–100); as written {plain.count('war')}" in out
    assert typed("quit\n", FIRST, "--as", "ally", "--draw", "0", "--path", "17")[0] == 0
    assert call("games", "7.json", "nowhere.json")[0] == 2


def test_a_policy_of_a_game_decides_in_its_own_path_alone(typed, tmp_path):
    assert typed("war\n", FIRST, *GAME, "--out", "game.json")[0] == 0
    decide = {"north": policies.played(tmp_path / "game.json")}
    plain = sim.run(FIRST, draws=1, paths=40)
    mine = sim.run(FIRST, draws=1, paths=40, decide=decide)
    differ = plain.paths.index[(plain.paths != mine.paths).any(axis=1)]
    assert 17 in differ
    rest = [n for n in range(40) if n != 17]
    assert_frame_equal(plain.paths.loc[rest], mine.paths.loc[rest])


# a real terminal


def terminal(tmp_path, *arguments: str) -> pexpect.spawn:
    command = [str(ROOT / "run_sim.py"), "play", str(FIRST), *GAME, *arguments]
    where: dict[str, Any] = {
        "cwd": tmp_path,
        "env": {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    }
    # whoever runs the tests in the background ignores Ctrl-C, and what is started from there too
    where["preexec_fn"] = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=60, **where)


def test_a_game_at_a_terminal(tmp_path):
    child = terminal(tmp_path)
    child.expect_exact("2  shots")
    child.expect_exact("> ")
    child.sendline("shots")
    child.expect_exact("day 39 05:39  Northland is asked")
    child.sendline("undo")
    child.expect_exact("day 12 05:13  Northland is asked")
    child.sendline("1")
    child.expect_exact("Beside 1,000 twins")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_c_writes_the_game_and_says_how_to_go_on(tmp_path):
    child = terminal(tmp_path, "--out", "mine.json")
    child.expect_exact("> ")
    child.sendline("shots")
    child.expect_exact("day 39 05:39  Northland is asked")
    child.expect_exact("> ")
    child.sendintr()
    child.expect_exact("play mine.json")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    about = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    assert [option for _, _, option in about["taken"]] == ["shots"]
