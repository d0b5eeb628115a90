"""Scenarios with large counts: `check` answers at once, and says what the default engine refuses.

Work is counted in calls, not in seconds.
"""

import pytest
from counted import calls_made

import sim
from sim.errors import UsageError

FILE = """scenario: large
horizon: 30 d
state: {{c: {{max: {most}}}, e: {{max: {most}}}, f: {{flag: false}}}}
parameters:
  p: {{is: {{uniform: [0.1, 0.2]}}, grade: stipulated}}
events:
  up_c: {{after: {{mean: 1 d}}, then: {{c: raise}}}}
  up_e: {{after: {{mean: 1 d}}, then: {{e: raise}}}}
  uses_p: {{after: {{mean: 3 d}}, chance: p, then: {{f: true}}}}
  {rule}
outcomes: {{many: {{when: c == 20 and e >= 0}}, {outcome}}}
endings: {{all: {{otherwise: true}}}}
{more}
"""


def written(tmp_path, most=2000, rule="other: {after: 1 d, then: {f: true}}", outcome="", more=""):
    file = tmp_path / "large.yaml"
    file.write_text(FILE.format(most=most, rule=rule, outcome=outcome, more=more), encoding="utf-8")
    return file


REFUSED = {
    "guard": "r: {when: c * e < 100, after: {mean: 2 d}, then: {c: 0}}",
    "in a fact of its own": "r: {when: f or not (c * e < 100), after: {mean: 2 d}, then: {c: 0}}",
    "compared": "r: {when: c < e, after: {mean: 2 d}, then: {c: 0}}",
    "speed": 'r: {after: {mean: 2 d}, speed: "min(c, e)", then: {c: 0}}',
    "effect": 'r: {after: {mean: 2 d}, then: {c: "max(c, e)"}}',
    "weight": 'r: {after: {mean: 2 d}, choose: {a: {weight: "max(c, e)"}, b: {weight: 1}}}',
    "available": "r: {after: 1 d, choose: {a: {weight: 1, available: c > e}, b: {weight: 1}}}",
    "becomes": "r: {on: {becomes: c > e}, after: {mean: 2 d}, then: {c: 0}}",
}
TAKEN = {
    "split at and": "r: {when: c < 100 and e < 100, after: {mean: 2 d}, then: {c: 0}}",
    "split at +": "r: {after: {mean: 2 d}, speed: c + e, then: {c: 0}}",
    "split at *": "r: {after: {mean: 2 d}, then: {c: c * e}}",
    "one count": "r: {when: c * c < 100, after: {mean: 2 d}, then: {c: 0}}",
    "weights apart": "r: {after: {mean: 2 d}, choose: {a: {weight: c}, b: {weight: e}}}",
}


def too_large(file) -> list[str]:
    return [str(one) for one in sim.load(file).warnings if "too large" in str(one)]


@pytest.mark.parametrize("rule", REFUSED.values(), ids=REFUSED)
def test_check_says_what_the_compiled_engine_refuses(tmp_path, rule):
    file = written(tmp_path, rule=rule)
    (told,) = too_large(file)
    with pytest.raises(UsageError, match="is too large for the compiled engine") as refused:
        sim.run(file, draws=1, paths=2, progress=False)
    assert told == str(refused.value)
    assert f"{file}:10:" in told
    assert "c (2,001 values), e (2,001 values), which is more than 65,536 combinations" in told
    assert sim.run(file, draws=1, paths=2, engine="reference", progress=False).n == 2
    assert too_large(written(tmp_path, rule=rule, most=200)) == []  # the control: fewer values


@pytest.mark.parametrize("rule", TAKEN.values(), ids=TAKEN)
def test_check_says_nothing_of_what_it_takes(tmp_path, rule):
    file = written(tmp_path, rule=rule)
    assert too_large(file) == []
    assert sim.run(file, draws=1, paths=2, progress=False).n == 2


@pytest.mark.parametrize(
    "where",
    [
        {"outcome": "more: {when: c > e}"},
        {"more": "stop_when: c * e > 5000"},
        {"more": "interventions: {i: {when: c > e, after: 1 d, then: {c: 0}}}"},
    ],
    ids=["outcome", "stop_when", "intervention"],
)
def test_it_is_said_wherever_a_condition_stands(tmp_path, where):
    (told,) = too_large(written(tmp_path, **where))
    assert "is too large for the compiled engine" in told


GROWING = {
    "a product": "when: c * e < 100",
    "a product from below": "when: c * e > 100",
    "a sum": "when: c + e > 9000",
    "a difference": "when: c - e == 3",
    "read twice": "when: (c - 1000) * (1000 - c) * e > 0",
    "nothing known of it": "when: e * (c - c) > 0",
    "chosen": "when: (c if e > 5 else e) == 7777",
}


@pytest.mark.parametrize("guard", GROWING.values(), ids=GROWING)
def test_check_of_large_counts_takes_little_work(tmp_path, guard):
    """Before: 10,000 layers, in each of which every value of both counts was tried."""
    file = written(
        tmp_path, most=10_000, rule=f"r: {{{guard}, after: {{mean: 2 d}}, then: {{c: 0}}}}"
    )
    assert calls_made(sim.load, file, at_most=8_000_000) > 0
