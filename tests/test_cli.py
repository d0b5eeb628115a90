"""The command line as a contract: what is printed where, what is written, exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from islands import FILE, island, island_run

import sim
from sim.analysis.wording import estimate, percent, plain
from sim.cli import app
from sim.experiment import defaults
from sim.results import Walked
from sim.results.tally import Ledger

ROOT = Path(__file__).parent.parent
FIRST = ROOT / "scenarios" / "first_crisis.yaml"
HEAVY = ("numba", "pandas", "matplotlib", "scipy.stats")
FEW = ("--draws", "6", "--paths", "40", "--workers", "1")
mpl.use("agg")


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """Run the command line in an empty directory; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            app(list(map(str, arguments)), prog_name="run_sim.py")
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def process(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run_sim.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **more)


def strict_json(text: str):
    """The JSON of a text; NaN and Infinity, which are none, fail."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} in JSON")

    return json.loads(text, parse_constant=refuse)


# ── run ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_scenario_as_the_first_word_is_run_and_written(call):
    code, out, err = call(FILE, *FEW, "--events")
    assert (code, err) == (0, "")
    home = Path("results/island_clash")
    tables = {"outcomes", "endings", "coverage", "draws", "paths", "events"}
    assert {f"{name}.csv" for name in tables} < {path.name for path in home.iterdir()}
    charts = {path.name for path in (home / "charts").iterdir()}
    kinds = ("outcomes", "endings", "timing", "clauses", "treaties", "rungs")
    assert charts == {f"{name}.{kind}" for name in kinds for kind in ("png", "svg")}
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    assert {"charts/outcomes.png", "routes.csv", "evidence.csv"} < set(manifest["outputs"])
    assert str(home) in out
    saved = sim.Results.load(home)
    pd.testing.assert_frame_equal(saved.outcomes, island_run().outcomes)


def test_what_a_person_reads_fits_80_columns_and_has_intervals(call):
    _, out, _ = call(FILE, *FEW, "--no-charts")
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    assert not re.search(r" $", out, re.MULTILINE)
    said = " ".join(out.split())
    assert said.startswith(f"{island().title} {island().question}")
    for table in (island_run().outcomes, island_run().endings):
        for name, row in table.iterrows():
            shown = rf"^{plain(str(name))} +{re.escape(estimate(row))}"
            assert re.search(shown, out, re.MULTILINE), name
    assert re.search(r"general war +\d+ % \(\d+–\d+\)", out)
    assert "sampling only; what we do not know is not in it yet" in said


def test_json_is_one_object_with_the_promised_keys(call):
    code, out, err = call(FILE, *FEW, "--no-charts", "--json")
    assert (code, err) == (0, "")
    found = strict_json(out)
    assert list(found) == [
        *("scenario", "engine", "seed", "draws", "n", "interval", "outcomes", "endings")
    ]
    assert (found["scenario"], found["draws"], found["n"]) == ("island_clash", 6, 240)
    assert found["interval"] == "sampling"
    for outcome in found["outcomes"].values():
        assert list(outcome) == ["probability", "low", "high", "hits", "n", "median_time"]
        assert 0 <= outcome["low"] <= outcome["probability"] <= outcome["high"] <= 1
    for ending in found["endings"].values():
        assert list(ending) == ["probability", "low", "high", "hits"]
    assert sum(ending["hits"] for ending in found["endings"].values()) == 240
    with pytest.raises(AssertionError, match="NaN"):  # control
        strict_json('{"low": NaN}')


def test_what_never_happened_is_null_in_json_and_a_bound_on_the_screen(call):
    few = ("--draws", "1", "--paths", "4", "--workers", "1", "--no-charts")
    _, out, _ = call(FIRST, *few, "--json")
    outcome = strict_json(out)["outcomes"]["ally_fights"]
    assert (outcome["hits"], outcome["median_time"]) == (0, None)
    assert outcome["high"] > 0.1
    _, out, _ = call(FIRST, *few)
    assert re.search(r"ally fights +0 of 4, below \d+ %", out)
    assert "In none of the 4 paths, though possible" in out
    _, out, _ = call(FIRST, *few, "--with", "no_treaty")
    assert re.search(r"ally fights +impossible by construction", out)


def test_two_runs_write_the_same_bytes(call):
    for home in ("one", "two"):
        call(FILE, *FEW, "--out", home)
    files = [path.relative_to("one") for path in Path("one").rglob("*") if path.is_file()]
    assert len(files) > 15
    for file in files:
        assert (Path("one") / file).read_bytes() == (Path("two") / file).read_bytes(), file
    call(FILE, *FEW, "--out", "two", "--seed", "2", "--no-charts")
    assert Path("one/outcomes.csv").read_bytes() != Path("two/outcomes.csv").read_bytes()  # control


def test_an_earlier_run_is_replaced_and_anything_else_refused(call):
    few = (FIRST, "--draws", "1", "--paths", "2", "--no-charts", "--out")
    Path("mine").mkdir()
    Path("mine/novel.txt").write_text("chapter one", encoding="utf-8")
    code, out, err = call(*few, "mine")
    assert (code, out) == (2, "")
    assert "mine: exists and holds no manifest.json" in err
    assert Path("mine/novel.txt").read_text(encoding="utf-8") == "chapter one"
    assert call(*few, "run")[0] == 0
    Path("run/old.txt").write_text("", encoding="utf-8")
    assert call(*few, "run")[0] == 0
    assert not Path("run/old.txt").exists()
    assert not list(Path().glob(".*making*"))


def test_where_nothing_can_be_written_is_said_before_the_run(call, monkeypatch):
    def walked(*arguments, **more):
        raise AssertionError("it was run")

    Path("novel.txt").write_text("chapter one", encoding="utf-8")
    monkeypatch.setattr(sim, "run", walked)
    code, out, err = call(FIRST, "--out", "novel.txt/run")
    assert (code, out) == (2, "")
    assert re.search(r"novel.txt/run: cannot be made, since \S+novel.txt is no directory", err)
    with pytest.raises(AssertionError, match="it was run"):  # control
        call(FIRST, "--out", "new/run")
    monkeypatch.setattr("os.access", lambda path, mode: mode == os.R_OK)
    assert "may not be written to" in call(FIRST, "--out", "new/run")[2]
    assert not Path("new").exists()


def test_too_much_for_the_memory_is_no_bug_of_ours(call, monkeypatch):
    def walked(*arguments, **more):
        raise MemoryError

    monkeypatch.setattr(sim, "run", walked)
    code, out, err = call(FIRST, "--draws", 4_000_000_000)
    assert (code, out) == (2, "")
    assert "not enough memory" in err


def test_interventions_have_a_directory_of_their_own(call):
    few = ("--draws", "1", "--paths", "2", "--no-charts")
    _, out, _ = call(FILE, *few, "--with", "cautious+no_treaty")
    assert "Under: no_treaty+cautious" in out
    assert Path("results/island_clash-no_treaty-cautious/manifest.json").is_file()


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nosuch.yaml",), "nosuch.yaml:1:1: there is no such file"),
        (("chek", FIRST), "'chek' is neither a file nor a command; did you mean 'check'?"),
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
        (("new", "not a name"), "'not a name' is no name"),
        (("list", "."), "no scenario there"),
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
    text = FIRST.read_text(encoding="utf-8").replace(
        "north_shoots_again: {actor: north,", "again: {actor: nort,"
    )
    Path("broken.yaml").write_text(text.replace("horizon: 90 d", "horizon: 90"), encoding="utf-8")
    for command in (("check",), ("run",), ("resolve",), ("describe",), ("compare",)):
        code, out, err = call(*command, "broken.yaml")
        assert (code, out) == (2, "")
        lines = err.splitlines()
        assert [line.split(":")[0] for line in lines] == ["broken.yaml"] * 2
        assert "did you mean 'north'?" in err


def test_a_scenario_that_goes_wrong_while_running_is_told_not_traced(call):
    circle = "events:\n  ping: {on: [pong, north_shoots_again]}\n  pong: {on: ping}\n"
    Path("endless.yaml").write_text(
        FIRST.read_text(encoding="utf-8").replace("events:\n", circle), encoding="utf-8"
    )
    code, out, err = call("endless.yaml", "--draws", 3, "--no-charts", "--workers", 1)
    assert (code, out) == (2, "")
    assert re.search(r"10,000 firings at one instant: .*ping.*pong.* of draw \d+, path \d+", err)
    assert "Traceback" not in err
    assert not Path("results").exists()


def test_a_bug_of_ours_is_one_note_and_code_1():
    script = "import sys; sys.argv = ['run_sim.py', 'schema']; import sim.scenario as s\n"
    script += "def schema(): raise KeyError('oops')\ns.schema = schema\n"
    script += "from sim.cli import main; main()"
    for debug, traced in (("", False), ("1", True)):
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env={"ESCALATION_TRACEBACK": debug, "PATH": ""},
        )
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) is traced
        assert ("a bug of ours" in done.stderr) is not traced


def test_ctrl_c_writes_the_finished_draws_and_ends_with_130(call, monkeypatch):
    add, calls = Ledger.add, []

    def press_at_the_tenth(ledger: Ledger, piece: Walked) -> None:
        calls.append(piece)
        if len(calls) == 10:
            signal.raise_signal(signal.SIGINT)
        add(ledger, piece)

    monkeypatch.setattr(Ledger, "add", press_at_the_tenth)
    many = ("--draws", 400, "--paths", 200, "--engine", "reference", "--workers", 1)
    code, out, err = call(FIRST, *many, "--no-charts")
    assert code == 130
    finished = json.loads(Path("results/first_crisis/manifest.json").read_text(encoding="utf-8"))[
        "draws"
    ]
    assert 0 < finished < 400
    assert f"interrupted: {finished} of 400 draws" in err
    assert f"Interrupted: {finished} of 400 draws" in out
    assert len(pd.read_csv("results/first_crisis/draws.csv")) == finished


def test_nobody_reading_on_is_no_error():
    done = subprocess.run(
        f"{sys.executable} {ROOT}/run_sim.py schema | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""
    assert done.returncode == 0


# ── the other commands ───────────────────────────────────────────────────────────────────────────


def test_check_says_ok_and_strict_wants_sources(call):
    code, out, err = call("check", FIRST, FILE)
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 2
    assert all(line.endswith("ok") for line in out.splitlines())
    code, out, err = call("check", "--strict", FILE)  # numbers written into rules
    assert (code, out) == (2, "")
    assert all(line.startswith(str(FILE)) for line in err.splitlines())


def test_warnings_go_to_stderr_and_change_no_exit_code(call):
    text = FIRST.read_text(encoding="utf-8").replace(
        "parameters:", "parameters:\n  unread: {is: 0.5}"
    )
    Path("warned.yaml").write_text(text, encoding="utf-8")
    code, out, err = call("check", "warned.yaml")
    assert (code, out.count("ok")) == (0, 1)
    assert re.match(r"warning: warned.yaml:\d+:\d+: .*unread", err)
    assert call("check", "--strict", "warned.yaml")[0] == 2


def test_check_takes_a_file_of_sources_for_what_it_is(call):
    code, out, err = call("check", ROOT / "scenarios" / "sources.yaml", FIRST)
    assert (code, err) == (0, "")
    assert re.search(r"sources.yaml: \d+ sources to include, no scenario: ok", out)
    Path("cited.yaml").write_text("sources:\n  icb: {cit: a book}\n", encoding="utf-8")
    code, out, err = call("check", "cited.yaml")
    assert (code, out) == (2, "")
    assert "cited.yaml:2:9: sources.icb.cit: unknown key 'cit'; did you mean 'cite'?" in err
    assert "scenario: is missing" not in err
    Path("part.yaml").write_text(
        "sources: {}\nmoves: {}\n", encoding="utf-8"
    )  # control: no file of sources
    assert "scenario: is missing" in call("check", "part.yaml")[2]


def test_a_missing_include_is_one_problem_not_one_for_every_source(call):
    text = (ROOT / "scenarios" / "korean_clash.yaml").read_text(encoding="utf-8")
    text = "include: gone.yaml\n" + text.replace("include: sources.yaml\n", "")
    Path("lost.yaml").write_text(text, encoding="utf-8")
    code, _, err = call("check", "lost.yaml")
    assert (code, err.count("\n")) == (2, 1)
    assert "include: there is no file 'gone.yaml' beside this one" in err
    Path("lost.yaml").write_text(text.partition("\n")[2], encoding="utf-8")  # control
    assert call("check", "lost.yaml")[2].count("unknown source") > 50


def test_replay_tells_the_runs_path(call):
    code, out, err = call("replay", FILE, "--draw", 2, "--path", 2)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    events = island_run().events.query("draw == 2 and path == 2")
    assert len(re.findall(r"^20\d\d-", out, re.MULTILINE)) == len(events) + 1  # and the end
    for said in (
        "2024-12-04 00:00  Northland's ally: mutual_aid.art4 is called upon",
        "because mutual_aid begins to bind (2024-12-04 00:00)",
        "answer under mutual_aid.art4 – overt force",
        "*** ally fights",
        "Ending: widened",
    ):
        assert said in out
    taken = events[events["option"] == "overt_force"]["probability"].iloc[0]
    assert f"overt force {100 * taken:.1f} %" in out
    void = call("replay", FILE, "--draw", 2, "--path", 2, "--with", "no_treaty")[1]
    assert "with no_treaty" in void
    assert "art4" not in void


def test_replay_draws_a_timeline_where_asked(call):
    code, out, err = call("replay", FIRST, "--draw", 0, "--path", 17, "--chart", "path.png")
    assert code == 0
    assert Path("path.png").stat().st_size > 10_000
    assert "path.png" in err
    assert "path.png" not in out
    code, out, err = call("replay", FIRST, "--draw", 0, "--path", 17, "--chart", "path.xyz")
    assert (code, out) == (2, "")
    assert "unknown kind of picture 'xyz'" in err


def test_compare_shows_each_twin_beside_the_baseline(call):
    code, out, err = call("compare", FILE, *FEW)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert re.search(r"no_treaty +impossible by construction +-\d", out)
    assert all(name in out for name in ("early_talks", "cautious"))
    assert Path("results/island_clash-compared/comparison.csv").is_file()
    code, out, _ = call("compare", FILE, "no_treaty", "cautious+early_talks", *FEW, "--json")
    found = strict_json(out)
    assert list(found["twins"]) == ["no_treaty", "cautious+early_talks"]
    twin = found["twins"]["no_treaty"]["ally_fights"]
    assert twin["difference"] == pytest.approx(-found["outcomes"]["ally_fights"]["probability"])
    assert twin["lost"] == found["outcomes"]["ally_fights"]["hits"]


def test_resolve_schema_describe_print_and_new_runs(call):
    assert call("resolve", FILE)[1] == island().resolved()
    assert call("resolve", FILE, "--with", "no_treaty")[1] != island().resolved()
    assert strict_json(call("schema")[1])["$schema"].startswith("https://json-schema.org")
    assert call("describe", FILE)[1].startswith(f"# {island().title}")
    code, out, _ = call("new", "strait")
    assert (code, "strait.yaml is written" in out) == (0, True)
    assert call("check", "strait.yaml")[0] == 0
    assert call("strait.yaml", "--draws", 2, "--paths", 5, "--no-charts")[0] == 0
    code, _, err = call("new", "strait")
    assert code == 2
    assert "not written over" in err


def test_list_names_scenarios_and_not_what_they_include(call):
    code, out, _ = call("list", ROOT / "scenarios")
    assert code == 0
    assert "first_crisis.yaml" in out
    assert "A border shooting" in out
    assert "sources.yaml" not in out


def test_no_arguments_say_what_to_do_next(call):
    code, out, _ = call()
    assert code == 0
    assert "run_sim.py scenarios/first_crisis.yaml" in out
    assert "run_sim.py --help" in out
    assert call("--version")[1].startswith("escalation-sim ")


def test_help_shows_the_defaults_of_the_library(call):
    _, out, _ = call("run", "--help")
    for name, value in (("draws", defaults.DRAWS), ("paths", defaults.PATHS), ("seed", 1)):
        assert re.search(rf"--{name} .*\[default: {value}\]", out)
    assert f"[default: {defaults.ENGINE}]" in out


@pytest.mark.parametrize("arguments", [("--help",), ("check", str(FIRST)), ("list", "scenarios")])
def test_nothing_heavy_is_imported_to_answer_at_once(arguments):
    assert heavy(*arguments) == []


def test_what_is_heavy_would_be_seen(tmp_path):
    few = ("--draws", "1", "--paths", "1", "--no-charts", "--out", str(tmp_path / "run"))
    assert "pandas" in heavy(str(FIRST), *few)


def heavy(*arguments: str) -> list[str]:
    """Which of the heavy modules the command has loaded when it ends."""
    script = f"""
import atexit, sys
sys.argv = ["run_sim.py", *{arguments!r}]
atexit.register(lambda: print("loaded:", *(m for m in {HEAVY!r} if m in sys.modules)))
from sim.cli import main
main()"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.splitlines()[-1].split()[1:]


def test_run_sim_py_is_the_command_line():
    done = process("check", str(FIRST))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("ok\n")
    assert process("check", "nosuch.yaml").returncode == 2


def test_rare_estimates_one_outcome_by_splitting(call):
    few = ("--rare", "ally_fights", "--draws", 2, "--paths", 60)
    code, out, err = call(FIRST, *few, "--json")
    assert (code, err) == (0, "")
    found = strict_json(out)
    assert (found["outcome"], found["draws"], found["paths"]) == ("ally_fights", 2, 60)
    assert 0 <= found["low"] <= found["probability"] <= found["high"] <= 1
    code, out, _ = call(FIRST, *few)
    assert code == 0
    assert (
        f"ally fights: {percent(found['probability'], width=found['high'] - found['low'])}" in out
    )
    assert max(map(len, out.splitlines())) <= 80
    assert not Path("results").exists()
    assert call(FIRST, "--rare", "aly_fights")[0] == 2
    code, out, err = call(FIRST, *few, "--engine", "exact", "--no-charts")
    assert (code, out) == (2, "")
    assert "drop --engine, --no-charts" in err
