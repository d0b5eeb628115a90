"""The scenarios that the correctness page measures, as text, each with its answer by theory.

Only the scenario language is used, and SciPy for the answers: nothing here knows how the
simulator works.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count, product
from math import comb, exp, expm1
from pathlib import Path

import numpy as np
from scipy import stats

import sim

REPOSITORY = Path(__file__).resolve().parent.parent
EXACT = REPOSITORY / "tests" / "corpus" / "exact"
ISLANDS = REPOSITORY / "tests" / "corpus" / "valid" / "island_clash.yaml"
KOREA = REPOSITORY / "scenarios" / "korean_clash.yaml"
_numbers = count()


def loaded(text: str) -> sim.Scenario:
    """A scenario from its text; paths in it must be absolute."""
    file = Path(_folder().name) / f"world_{next(_numbers)}.yaml"
    file.write_text(text, encoding="utf-8")
    return sim.load(file)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    # Kept until the process ends: a run digests the file it was loaded from.
    return tempfile.TemporaryDirectory()


# --- closed forms -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A scenario whose probability of one outcome or ending is a formula of its horizon."""

    title: str
    text: str
    of: str  # the outcome or ending
    formula: Callable[[float], float]
    horizons: tuple[float, ...] = (1.0, 5.0, 20.0, 60.0, 180.0)

    def scenario(self, days: float) -> sim.Scenario:
        return loaded(f"scenario: solved\nhorizon: {days:g} d\n{self.text}")


def _switch(t: float) -> float:
    a, b = 1 / 3, 1 / 7
    return a / (a + b) * -expm1(-(a + b) * t)


def _hypoexponential(t: float) -> float:
    """P(an exponential of mean 20 d and then one of mean 5 d are over by t)."""
    a, b = 1 / 20, 1 / 5
    return 1 - (b * exp(-a * t) - a * exp(-b * t)) / (b - a)


ALL = "endings: {all: {otherwise: true}}\n"
CLOSED = (
    Solved(
        title="switch on and off: P(on at the horizon)",
        text="state: {x: {flag: false}}\nevents:\n"
        "  on_: {when: not x, after: {mean: 3 d}, then: {x: true}}\n"
        "  off: {when: x, after: {mean: 7 d}, then: {x: false}}\n"
        "endings: {is_on: {when: x}, is_off: {otherwise: true}}\n",
        of="is_on",
        formula=_switch,
    ),
    Solved(
        title="race of two: P(the first wins by the horizon)",
        text="state: {x: {max: 2}}\nevents:\n"
        "  a: {when: x == 0, after: {mean: 30 d}, then: {x: 1}}\n"
        "  b: {when: x == 0, after: {mean: 10 d}, then: {x: 2}}\n"
        "outcomes: {a_wins: {when: x == 1}}\n" + ALL,
        of="a_wins",
        formula=lambda t: 0.25 * -expm1(-t * (1 / 30 + 1 / 10)),
    ),
    Solved(
        title="counter: P(12 or more events by the horizon)",
        text="state: {n: {max: 12}}\n"
        "events: {e: {when: n < 12, after: {mean: 5 d}, then: {n: raise}}}\n"
        "outcomes: {twelve: {when: n == 12}}\n" + ALL,
        of="twelve",
        formula=lambda t: float(stats.poisson(t / 5).sf(11)),
    ),
    Solved(
        title="births and deaths: P(2 of 6 up at the horizon)",
        text="state: {k: {max: 6}}\nevents:\n"
        "  birth: {when: k < 6, after: {mean: 5 d}, speed: 6 - k, then: {k: raise}}\n"
        "  death: {when: k > 0, after: {mean: 4 d}, speed: k, then: {k: lower}}\n"
        "endings: {two: {when: k == 2}, other: {otherwise: true}}\n",
        of="two",
        formula=lambda t: float(stats.binom(6, 4 / 9 * -expm1(-t * 0.45)).pmf(2)),
    ),
    Solved(
        title="gambler's ruin: P(7 before 0 from 3)",
        text="state: {purse: {max: 7, start: 3}}\nevents:\n"
        "  play:\n    when: purse > 0 and purse < 7\n    after: {mean: 1 d}\n"
        "    choose: {wins: {probability: 0.4, then: {purse: raise}}, "
        "loses: {probability: 0.6, then: {purse: lower}}}\n"
        "outcomes: {rich: {when: purse == 7}}\n" + ALL,
        of="rich",
        formula=lambda t: (1 - 1.5**3) / (1 - 1.5**7),
        horizons=(3000.0,),  # in effect for ever
    ),
    Solved(
        title="a clause: P(invoked and answered by force by the horizon)",
        text="actors: {x: {}, y: {}}\nstate: {war: {flag: false}}\ntreaties:\n  pact:\n"
        "    parties: [x, y]\n    obligations:\n      art1:\n        type: defence\n"
        "        obligor: y\n        casus_foederis: war\n        deliberation: {mean: 5 d}\n"
        "        responses: {force: {probability: 0.3}, nothing_done: {probability: rest}}\n"
        "events: {breaks_out: {when: not war, after: {mean: 20 d}, then: {war: true}}}\n"
        "outcomes: {by_force: {when: pact.art1 == force}}\n" + ALL,
        of="by_force",
        formula=lambda t: 0.3 * _hypoexponential(t),
    ),
    Solved(
        title="three of five independent losses by the horizon",
        text="state: {k: {max: 5}}\n"
        "events: {loss: {when: k < 5, after: {mean: 40 d}, speed: 5 - k, then: {k: raise}}}\n"
        "outcomes: {three: {when: k >= 3}}\n" + ALL,
        of="three",
        formula=lambda t: sum(
            comb(5, k) * (-expm1(-t / 40)) ** k * exp(-t / 40 * (5 - k)) for k in (3, 4, 5)
        ),
    ),
)


# --- random worlds ------------------------------------------------------------------------------


def random_world(number: int) -> str:
    """A small scenario with exponential delays; many of its outcomes cannot happen."""
    pick = np.random.default_rng(number)
    tops = {name: int(pick.integers(1, 4)) for name in "abc"}
    state = ", ".join(
        f"{name}: {{max: {top}, start: {pick.integers(0, top + 1)}}}" for name, top in tops.items()
    )
    rules = "\n".join(_random_rule(pick, tops, i) for i in range(int(pick.integers(3, 6))))
    single = {f"{n}_{v}": f"{n} == {v}" for n, top in tops.items() for v in range(1, top + 1)}
    pairs = {
        f"{p}_and_{q}": f"{single[p]} and {single[q]}"
        for p, q in product(single, single)
        if p[0] < q[0]
    }
    outcomes = "\n".join(f"  {name}: {{when: {w}}}" for name, w in {**single, **pairs}.items())
    return (
        f"scenario: random\nhorizon: 60 d\nstate: {{{state}}}\nevents:\n{rules}\n"
        f"outcomes:\n{outcomes}\n{ALL}"
    )


def _random_rule(pick: np.random.Generator, tops: dict[str, int], number: int) -> str:
    def condition() -> str:
        name = str(pick.choice(list(tops)))
        return f"{name} {pick.choice(['==', '>=', '<'])} {pick.integers(1, tops[name] + 1)}"

    guard = f"{condition()} {pick.choice(['and', 'or'])} {condition()}"
    guard = str(pick.choice([guard, condition()]))
    changed = str(pick.choice(list(tops)))
    effect = pick.choice(["raise", "lower", str(pick.integers(0, tops[changed] + 1))])
    # Means from well below to far above the horizon: likely, unlikely and very rare outcomes.
    mean, limit = pick.choice([4, 15, 60, 1_000, 10_000]), pick.choice(["", ", once: true"])
    then = f"then: {{{changed}: {effect}}}"
    return f"  r{number}: {{when: {guard}, after: {{mean: {mean} d}}, {then}{limit}}}"
