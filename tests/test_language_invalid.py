"""Scenarios that somebody wants to break us with: strictness, many mistakes at once, mutants.

The invalid corpus itself is held against its messages in test_language_errors.
"""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from counted import calls_made
from hypothesis import HealthCheck, given, settings
from mutants import bytes_made_wrong, outcome_of_loading, text_of, tree_of, trees_made_wrong
from mutants import wrong_about as useless
from test_language_errors import CORPUS, INVALID, expected, told

from sim.errors import Place, Problem, ScenarioError
from sim.scenario import Scenario, load

STRICT = sorted((CORPUS / "strict").glob("*.yaml"))
TEXTS = [file.read_text(encoding="utf-8") for file in sorted((CORPUS / "valid").glob("*.yaml"))]
CALLS = 1_000_000  # that even the worst file is answered with; loading the Korean one makes half
FUZZ = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    max_examples=400,
)

HEAD = """scenario: strait
horizon: 90 d
ladders: {conflict: [calm, clash, war]}
actors: {north: {}, south: {}}
relations: {border: {between: [north, south], ladder: conflict, start: clash}}
state: {talks: {flag: false}, shots: {max: 5}}
"""
TAIL = "endings: {war: {when: border == war and shots > 0 and talks}, over: {otherwise: true}}\n"


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """A folder with the files that those of the corpus include and extend."""
    folder = tmp_path_factory.mktemp("mutants")
    shutil.copytree(CORPUS / "valid" / "parts", folder / "parts")
    return folder


def problems_of(folder: Path, content: str | bytes) -> list[str]:
    """What is wrong with a file of this content, each without its path; told after little work."""
    file = folder / "made.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ScenarioError, match=re.escape(str(file))) as caught:
        calls_made(load, file, at_most=CALLS)
    assert not useless(caught.value)
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_the_corpus_is_large_and_a_wrong_expectation_fails(tmp_path, monkeypatch):
    assert len(INVALID) >= 60
    assert {file.name for file in INVALID} >= {"ten_at_once.yaml", "lambda.yaml"}
    wrong = tmp_path / "ten_at_once.yaml"
    said = (CORPUS / "invalid" / "ten_at_once.yaml").read_text(encoding="utf-8")
    wrong.write_text(said.replace("did you mean 'war'", "did you mean 'wax'"), encoding="utf-8")
    assert told(wrong, monkeypatch) != expected(wrong)
    wrong.write_text(said, encoding="utf-8")
    assert told(wrong, monkeypatch) == expected(wrong)


def test_ten_mistakes_are_told_in_one_go():
    assert len(expected(CORPUS / "invalid" / "ten_at_once.yaml")) >= 10


@pytest.mark.parametrize("file", STRICT, ids=lambda file: file.stem)
def test_a_strict_reader_wants_more(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    assert [str(problem) for problem in load(file.name).strict()] == expected(file)


def test_strictness_is_looked_at_and_can_be_satisfied(tmp_path):
    assert len(STRICT) >= 3
    file = tmp_path / "sourced.yaml"
    rule = "events: {shot: {after: 3 d, stipulated: a guess, then: {border: raise}}}\n"
    file.write_text(HEAD + rule + TAIL, encoding="utf-8")
    assert load(file).strict() == ()


def half(i: int) -> str:
    return f"{{share: 0.5, is: d{i}}}"


MANY = ", ".join(f"a{i}" for i in range(600))
HOSTILE = {
    "copies": (
        f"events: {{a_<x>_<y>: {{for_each: {{x: [{MANY}], y: [{MANY}]}}, after: 1 d}}}}\n",
        "makes 360,000 copies",
    ),
    "a file name without end": (f"extends: {'a' * 5_000}\n", "there is no file"),
    "a null in a file name": ('include: "a\\0b"\n', "contains the control character '\\x00'"),
    "hexadecimal without end": (
        f"events: {{shot: {{after: 1 d, speed: 0x{'f' * 280}}}}}\n",
        "is neither a number nor a name",
    ),
    "anchors that nest": (
        "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 20_000)),
        "anchors expand to more than 40 levels",
    ),
    "facts that double": (
        "facts:\n  f0: talks\n" + "".join(f"  f{i}: f{i - 1} and f{i - 1}\n" for i in range(1, 60)),
        "once its facts are expanded",
    ),
    "facts in a chain": (
        "facts:\n  f0: talks\n" + "".join(f"  f{i}: not f{i - 1}\n" for i in range(1, 1_500)),
        "once its facts are expanded",
    ),
    "facts in a chain, the last first": (
        "facts:\n"
        + "".join(f"  f{i}: not f{i - 1}\n" for i in range(1_500, 0, -1))
        + "  f0: talks\n",
        "once its facts are expanded",
    ),
    "mixes that double": (
        "delays:\n  d0: {is: 3 d}\n"
        + "".join(
            f"  d{i}: {{is: {{mix: [{half(i - 1)}, {half(i - 1)}]}}}}\n" for i in range(1, 60)
        ),
        "is made of more than 1,000 delays",
    ),
    "delays in a chain": (
        "delays:\n  d0: {is: 3 d}\n"
        + "".join(f"  d{i}: {{is: d{i - 1}}}\n" for i in range(1, 500)),
        "of delays more than 20 deep",
    ),
    "a record without end": (
        "events: {shot: {after: {observed: {3 d: 999999999}}}}\n",
        "must have at most 100,000 observations",
    ),
    "a limit no machine can count to": (
        f"events: {{shot: {{after: 3 d, limit: {'9' * 30}}}}}\n",
        "must be at most 1,000,000,000",
    ),
    "minus without end": (
        f"events: {{shot: {{after: 1 d, speed: '{'-' * 3_900}1'}}}}\n",
        "is too deeply nested",
    ),
    "a sum without end": (
        f"events: {{shot: {{after: 1 d, speed: {'+'.join(['shots'] * 600)}}}}}\n",
        "is too deeply nested",
    ),
    "a name without end": (
        f"stop_when: {'.'.join(['a'] * 1_900)} > 0\n",
        "unknown name 'a.a.a.a.a",
    ),
    "a key that begins with a sign": (
        "events: {shot: {after: {'·median': 3 d}}}\n",
        "kind of delay '·median' (character 1 is U+00B7, MIDDLE DOT); did you mean 'median'",
    ),
    "a key in brackets": ("'[key]': 1\n", "unknown key '[key]'"),
    "a key of two lines": ('"a\\nb": 1\n', "a\\nb: unknown key 'a\\nb'"),
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_scenario_is_answered_quickly_and_in_words(made, tmp_path):
    body, message = made
    assert message in "\n".join(problems_of(tmp_path, HEAD + body + TAIL))


def test_what_only_looks_hostile_loads(tmp_path):
    """The control: the same means, used with measure."""
    body = (
        "facts:\n  f0: talks\n  f1: not f0\n  f2: f1 and f1\n  north: border == war\n"
        "delays: {d0: {is: 3 d}, d1: {is: d0}}\n"
        "events: {'a_<x>': {for_each: {x: [b, c]}, when: f2 and not north, after: d1,"
        " speed: 1e-3 + 1E2, then: {border: raise}}}\n"
    )
    file = tmp_path / "made.yaml"
    file.write_text(HEAD + body + TAIL, encoding="utf-8")
    assert [transition.name for transition in load(file).model.transitions] == ["a_b", "a_c"]


def test_what_follows_from_a_mistake_is_not_said(tmp_path):
    """A list for a section, a broken delay, an unknown variable: one message each."""
    body = (
        "delays: {slow: {is: {median: 3 d}}}\n"
        "events: {shot: {after: slow, then: {border: raise}}, echo: {when: bordr == war}}\n"
    )
    assert len(problems_of(tmp_path, HEAD + body + TAIL)) == 2
    listed = HEAD.replace("{north: {}, south: {}}", "[north, south]")
    assert len(problems_of(tmp_path, listed + TAIL)) == 1


@FUZZ
@given(content=trees_made_wrong(TEXTS))
def test_a_mutant_loads_or_is_told_why(beside, content):
    check_answer(beside, content.encode("utf-8", "surrogatepass"))


@FUZZ
@given(content=bytes_made_wrong(TEXTS))
def test_a_damaged_file_loads_or_is_told_why(beside, content):
    check_answer(beside, content)


def check_answer(folder: Path, content: bytes) -> None:
    """A scenario that can be looked at, or problems an author can use; never anything else."""
    file = folder / "mutant.yaml"
    file.write_bytes(content)
    found = outcome_of_loading(str(file))
    if isinstance(found, Scenario):
        assert found.resolved()
        assert all(problem.place.line >= 1 for problem in found.strict())
        for name in found.interventions:
            assert found.under(name).applied == (name,)
    else:
        assert not useless(found)


class Torn(Problem):
    """A problem as it would be said if nothing kept it in one line."""

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def test_mutants_keep_what_was_not_changed_and_useless_errors_are_seen():
    """The controls of the fuzz: its trees are the files', and it can tell a bad error."""
    for text in TEXTS:
        assert text_of(tree_of(text_of(tree_of(text)))) == text_of(tree_of(text))
        assert isinstance(tree_of(text), yaml.MappingNode)
    nowhere = Problem(place=Place(file="a.yaml"), path="", text="is wrong")
    lines = Torn(place=Place(file="a.yaml", line=1, column=1), path="", text="two\nlines")
    assert useless(ScenarioError([]))
    assert useless(ScenarioError([nowhere]))
    assert useless(ScenarioError([lines]))
