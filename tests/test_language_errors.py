"""What an author is told: every file of the invalid corpus says on its first lines, exactly."""

import os
import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
from counted import TooMuch, calls_made

from sim.errors import Place, Problem, ScenarioError, unknown
from sim.scenario import load

CORPUS = Path(__file__).parent / "corpus"
INVALID = sorted((CORPUS / "invalid").glob("*.yaml"))
FILE_BYTES = 2_000_000
CALLS = 100_000  # that a file is refused with; the most that one of `ODD_FILES` makes is 600
HINTS_OF_ONE_PARSER = {"bracket_left_open.yaml", "list_entry_without_dash.yaml"}
PARSER = re.compile(r"\(the YAML parser: .+\)$")


def without_the_parsers_words(problem: str) -> str:
    """A problem without what only the parser says, which other versions of it say otherwise."""
    return PARSER.sub("(the YAML parser: …)", problem)


def expected(file: Path) -> list[str]:
    """The comment lines a file begins with: one message each."""
    return [without_the_parsers_words(line) for line in raw_lines(file)]


def told(file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `load` says of a file, with file names as seen from beside it."""
    monkeypatch.chdir(file.parent)
    with pytest.raises(ScenarioError, match=r"^\S+\.yaml:\d+:\d+: ") as caught:
        load(file.name)
    problems = caught.value.problems
    assert list(problems) == sorted(problems)
    assert str(caught.value).splitlines() == [str(problem) for problem in problems]
    return [without_the_parsers_words(str(problem)) for problem in problems]


def raw_lines(file: Path) -> list[str]:
    """The comment lines a file begins with, as they stand."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line[2:] for line in takewhile(lambda line: line.startswith("# "), lines)]


def line_of(problem: str) -> list[str]:
    """File and line of a problem; how far in the line a parser came is its own affair."""
    return problem.split(":", 3)[:2]


def hint(problem: str) -> str:
    """What a problem says, without its place."""
    return problem.split(": ", 1)[1]


def test_the_corpus_is_there():
    assert len(INVALID) >= 60
    assert all(expected(file) for file in INVALID)


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_an_invalid_scenario_says_why(file, monkeypatch):
    assert told(file, monkeypatch) == expected(file)


def test_a_mended_file_loads(tmp_path, monkeypatch):
    """The control: without its one mistake, a file of the corpus is a scenario."""
    file = CORPUS / "invalid" / "unknown_level_in_condition.yaml"
    wrong = file.read_text(encoding="utf-8")
    mended = tmp_path / "mended.yaml"
    mended.write_text(wrong.replace("korea < wra\n", "korea < war\n"), encoding="utf-8")
    assert load(mended).name == "small"
    assert "wra" in "".join(told(file, monkeypatch))


WITHOUT_LIBYAML = """
import sys, yaml
if hasattr(yaml, "CBaseLoader"):
    del yaml.CBaseLoader
import sim
for file in sys.argv[1:]:
    try:
        scenario = sim.load(file)
    except sim.EscalationError as error:
        print(error)
    else:
        print(scenario.resolved())
        for one in scenario.numbers:
            print(one.number, one.place)
"""


def without_libyaml(*files: str, folder: Path | None = None) -> str:
    """What is said of files, or the model in them with its places, by a Python without libyaml."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBYAML, *files],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout


def test_hints_do_not_hang_on_one_parser():
    """Without libyaml, PyYAML's own parser says other words: line and hint stay what they are."""
    files = [file for file in INVALID if any(map(PARSER.search, raw_lines(file)))]
    assert len(files) >= 10
    shown = without_libyaml(*(file.name for file in files), folder=files[0].parent)
    slow = [without_the_parsers_words(line) for line in shown.splitlines()]
    fast = [line for file in files for line in expected(file)]
    assert [line_of(said) for said in slow] == [line_of(said) for said in fast]
    other = {s.partition(":")[0] for s, f in zip(slow, fast, strict=True) if hint(s) != hint(f)}
    assert other <= HINTS_OF_ONE_PARSER
    assert shown.splitlines() != [raw_lines(file)[0] for file in files]  # the control


def said(tmp_path: Path, content: bytes) -> str:
    """The one thing said of a file with this content, after little work and without its name."""
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError, match=re.escape(str(file))) as caught:
        calls_made(load, file, at_most=CALLS)
    (problem,) = caught.value.problems
    return str(problem).removeprefix(f"{file}:")


GOOD = b"""scenario: small
horizon: 30 d
state: {talks: {flag: false}}
events: {shot: {when: not talks, after: 1 d, then: {talks: true}}}
endings: {all: {otherwise: true}}
"""

NO_UTF_8 = "is not UTF-8 text from here on (byte {}); save the file as UTF-8"
ODD_FILES = {
    "empty": (b"", "1:1: is empty; a scenario starts with `scenario: name`"),
    "comments": (b"# only this\n", "1:1: is empty; a scenario starts with `scenario: name`"),
    "a word": (b"scenario\n", "1:1: has no keys; a scenario starts with `scenario: name`"),
    "bytes": (bytes(range(128, 256)), f"1:1: {NO_UTF_8.format(1)}"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(64), f"1:1: {NO_UTF_8.format(1)}"),
    "utf-16": ("scenario: x\n".encode("utf-16"), f"1:1: {NO_UTF_8.format(1)}"),
    "latin-1": (
        "scenario: x\ntitle: Süd\n".encode("latin-1"),
        f"2:9: {NO_UTF_8.format(21)}",
    ),
    "latin-1 behind utf-8": ("x: – ü".encode() + b"\xfc", f"1:7: {NO_UTF_8.format(10)}"),
    "a null": (
        b"scenario: a\x00b\n",
        "1:12: contains the control character '\\x00'; a scenario is text",
    ),
    "huge": (
        b"#" * (FILE_BYTES + 1),
        f"1:1: is larger than {FILE_BYTES:,} bytes, the limit for one file",
    ),
    "a long text": (
        b"scenario: " + b"x" * 1_000_000,
        "1:11: a text longer than 20,000 characters",
    ),
    "deep brackets": (b"scenario: " + b"[" * 100_000, "1:50: is nested deeper than 40 levels"),
    "deep dashes": (b"- " * 100_000 + b"x", "1:81: is nested deeper than 40 levels"),
    "a tag": (
        b"scenario: !!python/object/apply:os.system [echo]",
        "1:11: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not allowed here",
    ),
    "an anchor in itself": (b"scenario: &a [*a]", "1:11: an anchor contains itself"),
}


@pytest.mark.parametrize("content", ODD_FILES.values(), ids=ODD_FILES)
def test_an_odd_file_is_refused_quickly(tmp_path, content):
    raw, message = content
    assert said(tmp_path, raw) == message


def test_work_is_counted_and_stopped_at_the_limit(tmp_path):
    """The controls: of what counts work, and of the limit, which reading a long file exceeds."""
    assert calls_made(lambda: [abs(n) for n in range(50)], at_most=60) in (51, 52)
    with pytest.raises(TooMuch, match="more than 1,000 calls"):
        calls_made(lambda: [abs(n) for n in iter(int, 1)], at_most=1_000)
    assert sys.getprofile() is None
    long = tmp_path / "long.yaml"
    long.write_bytes(GOOD + b"note:\n" + b"- a line of it\n" * 20_000)
    with pytest.raises(TooMuch, match="more than 100,000 calls"):
        calls_made(load, long, at_most=CALLS)


def test_a_usual_file_is_not_refused(tmp_path):
    file = tmp_path / "good.yaml"
    for raw in (GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n")):
        file.write_bytes(raw)
        assert load(file).name == "small"


def bomb(levels: int) -> bytes:
    """Each line holds the one before it ten times."""
    lines = [b"a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for i in range(levels):
        lines.append(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]".encode())
    return b"\n".join(lines)


def test_anchors_cannot_blow_up_memory(tmp_path):
    assert "anchors expand to more than 200,000 values" in said(tmp_path, bomb(9))
    file = tmp_path / "small.yaml"
    file.write_bytes(bomb(2))
    with pytest.raises(ScenarioError, match="unknown key 'a0'") as caught:
        load(file)
    assert "expand" not in str(caught.value)  # the control: a few anchors are only unknown keys


def test_anchors_are_understood(tmp_path):
    file = tmp_path / "anchors.yaml"
    usual = GOOD.replace(b"after: 1 d", b"after: &usual {mean: 3 d}")
    file.write_bytes(
        usual.replace(
            b"{talks: true}}}",
            b"{talks: true}}, two: {when: talks, after: *usual, then: {talks: false}}}",
        )
    )
    model = load(file).model
    one, two = (model.transition(name).after for name in ("shot", "two"))
    assert one == two
    assert one.text == "mean 3 d (exponential)"


def test_missing_files_and_folders_are_said(tmp_path):
    with pytest.raises(ScenarioError, match=r"there is no such file$"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path)


def test_a_missing_file_is_told_without_a_line_and_with_its_neighbour(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    for file in ("korean_clash.yaml", "scenarios/first_crisis.yaml"):
        (tmp_path / file).write_bytes(GOOD)
    for typed, meant in (
        ("korean_clahs.yaml", "korean_clash.yaml"),
        ("korean_clash", "korean_clash.yaml"),
        ("first_crisis.yml", "scenarios/first_crisis.yaml"),
    ):
        said = f"{typed}: there is no such file; did you mean {meant!r}?"
        with pytest.raises(ScenarioError, match=whole(said)):
            load(typed)
    control = "strait.yaml: there is no such file"  # nothing is near
    with pytest.raises(ScenarioError, match=whole(control)):
        load("strait.yaml")


def whole(message: str) -> str:
    """The pattern of a message with nothing before or behind it."""
    return rf"\A{re.escape(message)}\Z"


def test_a_file_of_something_else_is_told_so(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("# Notes\n\nThis is: a text: with colons\n", encoding="utf-8")
    said = f"{file}: is not a scenario file: that is a YAML file with"
    with pytest.raises(ScenarioError, match=rf"\A{re.escape(said)}"):
        load(file)
    file.write_bytes(GOOD.replace(b"state: {", b"state: {{"))  # the control: it has `scenario:`
    with pytest.raises(ScenarioError, match=rf"\A{re.escape(str(file))}:3:"):
        load(file)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("norht", ["north", "south"], "did you mean 'north'?"),
        ("L1", ["L1_verify", "L2_call"], "did you mean 'L1_verify'?"),
        ("l2_CALL", ["L1_verify", "L2_call"], "did you mean 'L2_call'?"),
        ("north", ["northern_republic", "south"], "did you mean 'northern_republic'?"),
        ("art1", ["art10", "art2", "other"], "did you mean 'art10'?"),
        ("no", ["no_pact", "no_talks", "yes"], "did you mean 'no_pact' or 'no_talks'?"),
        ("shot", ["events.shot", "moves.echo"], "did you mean 'events.shot'?"),
        ("q", ["quick"], "known: quick"),
        ("no", ["no_1_", "no_2_", "no_3_", "no_4_"], "known: no_1_, no_2_, no_3_, no_4_"),
        ("zeal", [], "known: none"),
    ],
)
def test_the_nearest_thing_is_named(name, known, hint):
    assert unknown("thing", name, known) == f"unknown thing {name!r}; {hint}"


def test_a_file_without_read_permission_is_said(tmp_path):
    file = tmp_path / "locked.yaml"
    file.write_bytes(GOOD)
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(file)


def test_the_slower_parser_reads_the_same(tmp_path):
    """Where libyaml is missing, PyYAML's own parser gives the same model and the same places."""
    file = CORPUS / "valid" / "island_clash.yaml"
    deep = tmp_path / "deep.yaml"
    deep.write_bytes(b"[" * 5_000)
    shown = without_libyaml(str(file), str(deep))
    scenario = load(file)
    places = "".join(f"{one.number} {one.place}\n" for one in scenario.numbers)
    assert shown.startswith(scenario.resolved() + "\n" + places)
    assert "nested deeper than 40 levels" in shown


def test_a_problem_is_one_line_whatever_it_quotes():
    place = Place(file="a.yaml", line=1, column=2)
    problem = Problem(place=place, path="events", text="unknown event; known: line\nbreak, b")
    assert str(problem) == "a.yaml:1:2: events: unknown event; known: line break, b"
