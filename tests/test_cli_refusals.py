"""The command line as a contract: arguments, and what it refuses in words and with code 2."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import FEW, FIRST, ROOT, TEXT, call, strict_json
from islands import FILE

import sim
from sim.experiment import Plan

__all__ = ["call"]


def test_no_arguments_say_what_to_do_next(call):
    code, out, _ = call()
    assert code == 0
    assert "run_sim.py scenarios/first_crisis.yaml" in out
    assert "run_sim.py --help" in out
    assert call("--version")[1].startswith("escalation-sim ")


def test_help_shows_the_defaults_of_the_library(call):
    _, out, _ = call("run", "--help")
    for name, value in (("draws", Plan.draws), ("paths", Plan.paths), ("seed", 1)):
        assert re.search(rf"--{name} .*default\W+{value}\b", out)
    assert re.search(rf"--engine .*default\W+{Plan.engine}\b", " ".join(out.split()))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nosuch.yaml",), "nosuch.yaml: error: there is no such file"),
        (("chek", FIRST), "'chek' is neither a file nor a command; did you mean 'check'?"),
        (("frobnicate", "a", "b"), "'frobnicate' is neither a file nor a command; known: run, "),
        (("frobnicate", "--draws", "3"), "frobnicate: error: there is no such file"),
        (("a.yaml", "b.yaml"), "unexpected extra argument"),  # a file is meant, not a command
        ((FIRST, "--draws", "0"), "draws: must be from 1"),
        ((FIRST, "--workers", "0"), "workers: must be at least 1"),
        ((FIRST, "--seed", "-1"), "seed: must be from 0"),
        ((FIRST, "--engine", "warp"), "unknown engine 'warp'"),
        ((FIRST, "--with", "no_treety"), "did you mean 'no_treaty'?"),
        ((FIRST, "--draws", "many"), "'--draws'"),
        ((FIRST, "--drawz", "3"), "--drawz"),
        (("compare", FIRST, "no_treety"), "did you mean 'no_treaty'?"),
        (("replay", FIRST, "--draw", "0"), "--path"),
        (("replay", FIRST, "--draw", "-1", "--path", "0"), "draw: must be from 0"),
        (("resolve", "nosuch.yaml"), "there is no such file"),
        (("new", "not a name"), "'not a name' is not a valid name"),
        (("list", "."), "no scenarios there"),
        ((FIRST, "--out", "/dev/null/run", "--draws", "1", "--paths", "1"), "/dev/null"),
    ],
    ids=str,
)
def test_a_mistake_is_told_on_stderr_with_code_2(call, arguments, said):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_broken_scenario_names_every_place_one_a_line(call):
    text = TEXT.replace("north_shoots_again: {actor: north,", "again: {actor: nort,")
    Path("broken.yaml").write_text(text.replace("horizon: 90 d", "horizon: 90"), encoding="utf-8")
    code, answer, err = call("check", "broken.yaml")  # to stdout, since that is its answer
    assert (code, err) == (2, "")
    lines = answer.splitlines()
    assert [line.split(":")[0] for line in lines] == ["broken.yaml"] * 2 + ["2 errors"]
    assert "did you mean 'north'?" in answer
    for command in (("run",), ("resolve",), ("describe",), ("compare",)):
        code, out, err = call(*command, "broken.yaml")
        assert (code, out) == (2, "")
        assert err.splitlines() == lines[:-1]


def test_a_scenario_that_goes_wrong_while_running_is_told_not_traced(call):
    circle = "events:\n  ping: {on: [pong, north_shoots_again]}\n  pong: {on: ping}\n"
    Path("endless.yaml").write_text(TEXT.replace("events:\n", circle), encoding="utf-8")
    code, out, err = call("endless.yaml", "--draws", 3, "--no-charts", "--workers", 1)
    assert (code, out) == (2, "")
    assert re.search(r"10,000 firings at one instant: .*ping.*pong.* of draw \d+, path \d+", err)
    assert "Traceback" not in err
    assert not Path("results").exists()


def test_an_earlier_run_is_replaced_and_anything_else_refused(call):
    few = (FIRST, "--draws", "1", "--paths", "2", "--no-charts", "--out")
    Path("mine").mkdir()
    Path("mine/novel.txt").write_text("chapter one", encoding="utf-8")
    code, out, err = call(*few, "mine")
    assert (code, out) == (2, "")
    assert "mine: exists and holds no manifest.json" in err
    assert Path("mine/novel.txt").read_text(encoding="utf-8") == "chapter one"
    assert call(*few, "run")[0] == 0
    Path("run/notes.txt").write_text("of mine", encoding="utf-8")
    code, _, err = call(*few, "run")
    assert code == 0
    assert "run: notes.txt: no run wrote this, left there\n" in err
    assert Path("run/notes.txt").read_text(encoding="utf-8") == "of mine"
    assert not list(Path().glob(".*making*"))


def test_where_nothing_can_be_written_is_said_before_the_run(call, monkeypatch):
    def walked(*arguments, **more):
        raise AssertionError("it was run")

    Path("novel.txt").write_text("chapter one", encoding="utf-8")
    monkeypatch.setattr(sim, "run", walked)
    code, out, err = call(FIRST, "--out", "novel.txt/run")
    assert (code, out) == (2, "")
    assert re.search(r"novel.txt/run: cannot be created: \S+novel.txt is not a directory", err)
    with pytest.raises(AssertionError, match="it was run"):  # control
        call(FIRST, "--out", "new/run")
    monkeypatch.setattr("os.access", lambda path, mode: mode == os.R_OK)
    assert "is not writable" in call(FIRST, "--out", "new/run")[2]
    assert not Path("new").exists()


def test_too_much_for_the_memory_is_no_bug_of_ours(call, monkeypatch):
    def walked(*arguments, **more):
        raise MemoryError

    monkeypatch.setattr(sim, "run", walked)
    code, out, err = call(FIRST, "--draws", 4_000_000_000)
    assert (code, out) == (2, "")
    assert "out of memory; use fewer draws or paths" in err


def unnoted(out: str) -> list[str]:
    """What `check` says, without its notes."""
    return [line for line in out.splitlines() if ": note: " not in line]


def test_check_says_ok_and_strict_wants_sources(call):
    code, out, err = call("check", FIRST, FILE)
    assert (code, err) == (0, "")
    assert len(unnoted(out)) == 2
    assert all(line.endswith("ok") for line in unnoted(out))
    code, out, err = call("check", "--strict", FILE)  # numbers written into rules
    assert (code, err) == (2, "")
    *lines, last = unnoted(out)
    assert all(line.startswith(str(FILE)) and ": error: " in line for line in lines)
    assert last == f"{len(lines)} errors"


def test_warnings_are_marked_and_change_no_exit_code(call):
    text = TEXT.replace("parameters:", "parameters:\n  unread: {is: 0.5}")
    Path("warned.yaml").write_text(text, encoding="utf-8")
    code, out, err = call("check", "warned.yaml")
    assert (code, err) == (0, "")
    finding, ok, last = unnoted(out)
    assert re.match(r"warned.yaml:\d+:\d+: warning: parameters.unread: ", finding)
    assert (ok.endswith("ok"), last) == (True, "1 warning")
    code, out, _ = call("check", "--strict", "warned.yaml")
    assert (code, out.splitlines()[-1]) == (2, "1 error")
    # the answer of `check`, and something beside the answer of any other command
    code, out, err = call("resolve", "warned.yaml")
    assert (code, err.splitlines()) == (0, [finding])
    assert "warning" not in out


CAPITALS = {
    "outcomes: {": "outcomes: {Ally_fights: {when: ally.help == arms}, ",
    "interventions: {": "interventions: {No_treaty: {set: {goes_on: 0.5}}, ",
    "state:\n  border": "state:\n  Border: {flag: false, about: read}\n  border",
}


@pytest.mark.parametrize("place", CAPITALS, ids=["outcome", "intervention", "variable"])
def test_names_that_share_a_file_elsewhere_are_warned_of(call, place):
    assert place in TEXT
    text = TEXT.replace(place, CAPITALS[place])
    text = text.replace("stop_when: border == calm", "stop_when: border == calm and not Border")
    text = text if "Border:" in text else text.replace(" and not Border", "")
    Path("x.yaml").write_text(text, encoding="utf-8")
    code, out, _ = call("check", "x.yaml")
    assert code == 0
    (warning,) = [line for line in out.splitlines() if "capitals" in line]
    assert "in capitals only; their charts or tables share a file on macOS and Windows" in warning
    Path("x.yaml").write_text(re.sub("Ally_|No_|Border", "other_", text), encoding="utf-8")
    assert "capitals" not in call("check", "x.yaml")[1]


def test_findings_of_several_files_stand_together_and_as_json(call):
    Path("bad.yaml").write_text(TEXT.replace("horizon: 90 d", "horizon: 90"), encoding="utf-8")
    warned = TEXT.replace("parameters:", "parameters:\n  unread: {is: 0.5}")
    Path("warned.yaml").write_text(warned, encoding="utf-8")
    files = ("bad.yaml", "warned.yaml", "nosuch.yaml", FIRST)
    code, out, err = call("check", *files)
    assert (code, err) == (2, "")
    *lines, last = out.splitlines()
    marks = [line.split(": ")[1] for line in lines if not line.endswith(": ok")]
    assert [mark for mark in marks if mark != "note"] == ["error", "warning", "error"]
    assert last == "2 errors, 1 warning"
    assert sum(line.endswith(": ok") for line in out.splitlines()) == 2
    code, out, err = call("check", "--json", *files)
    assert (code, err) == (2, "")
    found = strict_json(out)
    assert [one["severity"] for one in found] == marks
    assert found[0] == {
        "severity": "error",
        "file": "bad.yaml",
        "line": 5,
        "column": 10,
        "path": "horizon",
        "message": "needs a unit (s, min, h, d, w, y), found 90",
    }
    clean = strict_json(call("check", "--json", FIRST)[1])
    assert [one for one in clean if one["severity"] != "note"] == []


def test_a_hint_can_be_pasted_as_it_stands(tmp_path):
    """In a folder and of a file with a blank in its name, which a shell would take for two."""
    (tmp_path / "my crisis.yaml").write_text(TEXT, encoding="utf-8")
    program = [sys.executable, str(ROOT / "run_sim.py")]
    run = (*program, "my crisis.yaml", *FEW, "--seed", "3", "--no-charts")
    out = shell(run, tmp_path)
    after = out.split("to see the path of the first:\n")[1]
    hint = after.splitlines()[0].strip()
    assert hint.startswith("python ")
    path = shell(hint.replace("python", shlex.quote(sys.executable), 1), tmp_path)
    assert path.splitlines()[1].endswith("seed 3")
    assert "*** ally fights" in path
    # and of a program that was asked nothing
    lines = [line.split("  ")[-1].strip() for line in shell(program, tmp_path).splitlines()]
    new = next(line for line in lines if " new " in line)
    shell(new.replace("python", shlex.quote(sys.executable), 1), tmp_path)
    assert (tmp_path / "my_crisis.yaml").exists()


def shell(command, folder) -> str:
    """What a command prints, given as arguments or as one line of a shell."""
    done = subprocess.run(
        command,
        shell=isinstance(command, str),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("inside", ["run/outcomes.csv", "ready/manifest.json", ""])
def test_a_file_being_written_is_told_by_its_own_name(call, monkeypatch, inside):
    def fails(table, file=None, **_):
        hidden = Path(file).parents[1] / inside
        raise OSError(13, "Permission denied", str(hidden))

    monkeypatch.setattr("pandas.DataFrame.to_csv", fails)
    code, out, err = call(FIRST, *FEW, "--no-charts", "--out", "x")
    # the numbers are on the screen before anything is written
    assert code == 2
    assert "Tables" not in out
    assert ".making" not in err
    within = inside.partition("/")[2]
    assert err == f"{Path('x').resolve() / within}: permission denied\n"


def test_check_takes_a_file_of_sources_for_what_it_is(call):
    code, out, err = call("check", ROOT / "scenarios" / "sources.yaml", FIRST)
    assert (code, err) == (0, "")
    assert re.search(r"sources.yaml: \d+ sources to include, no scenario: ok", out)
    Path("cited.yaml").write_text("sources:\n  icb: {cit: a book}\n", encoding="utf-8")
    code, out, err = call("check", "cited.yaml")
    assert (code, err) == (2, "")
    assert "cited.yaml:2:9: error: sources.icb.cit: unknown key 'cit'; did you mean 'cite'?" in out
    assert "scenario: is missing" not in out
    control = "sources: {}\nmoves: {}\n"  # no file of sources
    Path("part.yaml").write_text(control, encoding="utf-8")
    assert "scenario: is missing" in call("check", "part.yaml")[1]


def test_a_missing_include_is_one_problem_not_one_for_every_source(call):
    text = (ROOT / "scenarios" / "korean_clash.yaml").read_text(encoding="utf-8")
    shutil.copytree(ROOT / "scenarios" / "korea", "korea")
    text = text.replace("[sources.yaml, ", "[gone.yaml, ")
    Path("lost.yaml").write_text(text, encoding="utf-8")
    code, out, _ = call("check", "lost.yaml")
    assert (code, out.splitlines()[1:]) == (2, ["1 error"])
    assert "include: there is no file 'gone.yaml' beside this one" in out
    Path("lost.yaml").write_text(text.replace("gone.yaml, ", ""), encoding="utf-8")  # control
    assert call("check", "lost.yaml")[1].count("unknown source") > 50


def test_what_is_clean_is_told_with_what_its_numbers_rest_on(call):
    code, out, _ = call("check", "--strict", FIRST)
    assert code == 0
    assert unnoted(out)[1] == "  parameters and delays: 2 stipulated"
    assert len(unnoted(call("check", FIRST)[1])) == 1  # the control: only where it is asked
    _, out, _ = call("check", "--strict", ROOT / "scenarios" / "korean_clash.yaml")
    scenario = sim.load(ROOT / "scenarios" / "korean_clash.yaml")
    declared = scenario.declared
    known = (*declared.parameters.values(), *declared.delays.values())
    counts = [int(number) for number in re.findall(r"\d+", unnoted(out)[1])]
    assert sum(counts[:-1]) == len(known)
    assert counts[-1] == sum(declared.is_unconfirmed(one) for one in known) > 0
