"""docs/correctness.md: its numbers are the command's, its tests exist, its claims hold again."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import correctness_draws  # noqa: E402
import correctness_engines  # noqa: E402
import correctness_kinds  # noqa: E402
import correctness_runs  # noqa: E402
from correctness_page import PART, filled, rounded  # noqa: E402
from correctness_tested import TESTED, HeldBy  # noqa: E402

PAGE = (ROOT / "docs" / "correctness.md").read_text(encoding="utf-8")
NUMBERS: dict[str, Any] = json.loads(
    (ROOT / "docs" / "correctness.json").read_text(encoding="utf-8")
)
CLAIMS = list(NUMBERS)


# --- the page and the file of numbers -----------------------------------------------------------


def test_the_page_has_the_numbers_of_the_command() -> None:
    assert filled(PAGE, NUMBERS) == PAGE
    other = {**NUMBERS, "twins": {**NUMBERS["twins"], "differing": 7}}
    assert filled(PAGE, other) != PAGE  # control


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_has_a_picture_numbers_and_tests(claim: str) -> None:
    assert f"(correctness_{claim}.png)" in PAGE
    assert (ROOT / "docs" / f"correctness_{claim}.png").stat().st_size < 100_000
    parts = {(kind, name): body for body, kind, name, _ in PART.findall(PAGE)}
    assert {("numbers", claim), ("tests", claim)} <= set(parts)
    assert any(test.claim == claim for test in TESTED)


def missing(test: HeldBy) -> list[str]:
    """What of a test that the page names is not in the repository: its function, its cases."""
    file, _, name = test.place.partition("::")
    source = (ROOT / "tests" / file).read_text(encoding="utf-8")
    return [text for text in (f"def {name}(", *test.proof) if text not in source]


@pytest.mark.parametrize("test", TESTED, ids=lambda test: test.place.partition("::")[2][5:])
def test_what_the_page_says_of_tests_is_so(test: HeldBy) -> None:
    assert test.claim in NUMBERS
    assert missing(test) == []


def test_a_promise_that_no_test_keeps_would_be_noticed() -> None:
    """Control: more cases than there are, and a test that is not there."""
    more = replace(TESTED[1], proof=("max_examples=200_000",))
    assert missing(more) == ["max_examples=200_000"]
    other = replace(TESTED[1], place="test_equality.py::test_of_everything")
    assert missing(other) == ["def test_of_everything("]


def test_the_stored_numbers_are_what_the_text_claims() -> None:
    assert (NUMBERS["engines"]["unequal"], NUMBERS["engines"]["largest_seconds"]) == (0, 0)
    assert NUMBERS["engines"]["events"] > 50_000
    assert NUMBERS["streams"]["largest_seconds"] <= 2.0**-20
    assert NUMBERS["exact"]["largest_storm_gap"] < 1e-9
    assert NUMBERS["sampled"]["largest"] < NUMBERS["sampled"]["bound"]
    assert NUMBERS["zeros"]["impossible_but_positive"] == 0
    assert NUMBERS["twins"]["earlier_than_the_change"] == 0
    cases = NUMBERS["intervals"]["cases"]
    # Known parameters: nine in ten, within four standard errors of 1,000 runs; others: at least.
    for name in ("one_in_50", "one_in_10", "half"):
        assert cases[name]["covered"] == pytest.approx(0.9, abs=4 * 0.0095)
    assert min(case["covered"] for case in cases.values()) > 0.9 - 4 * 0.0095


# --- measured again -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "measure"),
    [
        ("delays", correctness_draws.delays),
        ("parameters", correctness_draws.parameters),
        ("twins", correctness_runs.twins),
    ],
)
def test_what_is_cheap_is_measured_again_in_full(claim: str, measure: Any) -> None:
    found = measure()
    assert found.failed == []
    assert json.loads(json.dumps(rounded(found.numbers))) == approximately(NUMBERS[claim])


def approximately(value: Any) -> Any:
    """The stored numbers, to the last but one of their four digits."""
    if isinstance(value, dict):
        return {key: approximately(part) for key, part in value.items()}
    if isinstance(value, float):
        return pytest.approx(value, rel=2e-3, abs=1e-6)
    return value


def test_random_numbers_are_philox() -> None:
    assert correctness_draws.streams(n=1_000).failed == []


def test_the_exact_engine_has_the_known_answers() -> None:
    """Every formula at two horizons; of Storm's scenarios the quickest."""
    found = correctness_engines.exact(storm=("gates",), horizons=2)
    assert found.failed == []
    assert found.numbers["models"] == NUMBERS["exact"]["models"]
    assert found.numbers["formulas"] > found.numbers["models"]


def test_zeros_are_sound_in_eight_worlds() -> None:
    numbers = correctness_runs.zeros(worlds=8, paths=100).numbers
    assert numbers["impossible"] > 50
    assert (numbers["impossible_but_positive"], numbers["seen_but_zero"]) == (0, 0)


def test_intervals_of_ten_runs() -> None:
    found = correctness_runs.intervals(runs=10).numbers["cases"]
    truths = {name: case["truth"] for name, case in found.items()}
    assert truths == {n: c["truth"] for n, c in NUMBERS["intervals"]["cases"].items()}
    assert min(case["covered"] for case in found.values()) > 0.5  # 0.9 - 4 standard errors is 0.52


def test_a_wrong_distribution_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: the command believes that `mean: 10 d` is a wait of 11 days."""
    kind = correctness_kinds.DELAYS["exponential"]
    wrong = replace(kind, cdf=lambda t: kind.cdf(t / 1.1))
    monkeypatch.setitem(correctness_kinds.DELAYS, "exponential", wrong)
    failed = correctness_draws.delays().failed
    assert len(failed) == 1
    assert re.match(r"exponential: p = \d", failed[0])
