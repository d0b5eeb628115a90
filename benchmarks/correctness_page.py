"""The parts of docs/correctness.md that are written by the command: numbers and lists of tests."""

import re
from collections.abc import Mapping
from textwrap import fill
from typing import Any

from correctness_tested import TESTED

DIGITS = 4  # of every number that is not a count
WIDTH = 120  # characters in a line of a page
PART = re.compile(r"(<!-- (numbers|tests): (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# What is said of each claim; names in braces are numbers of the claim's finding.
SENTENCES = {
    "engines": """\
- {scenarios} scenarios (all shipped ones and the whole corpus), {paths} paths each, **{events:,}
  events**. Scenarios with any difference: **{unequal}**. Largest difference between two times:
  **{largest_seconds:g} s**.
- Control: under another seed, {alike_with_another_seed} of {paths} paths of `korean_clash` are the
  same.
""",
    "streams": """\
- {waits:,} waits of a uniform delay: largest difference from the number computed outside the
  simulator **{largest_seconds:.1e} s** (2⁻²⁰ s is allowed). Options that differ:
  **{options_unequal}**.
- {parameters} draws of a parameter: largest difference **{largest_parameter:g}**.
- χ² over 100 cells: p = {chi_square_p:.2f}; correlation of neighbouring paths: |z| =
  {correlation_z:.2f}.
- Control: computed for another name, the waits differ by {mean_days_with_another_name:.2f} of the
  range on average (1/3 for two unrelated uniforms).
""",
    "exact": """\
- {formulas} probabilities of {models} models with a formula: largest difference
  **{largest_formula_gap:.1e}**.
- {storm} probabilities of {storm_models} scenarios solved by Storm: largest difference
  **{largest_storm_gap:.1e}**.
- Control: a mean one hundredth longer moves the answer by more than 1e-4.
""",
    "sampled": """\
- {scores:,} comparisons of {paths:,} paths each, in 4 scenarios: mean of z **{mean:.3f}**, standard
  deviation **{sd:.3f}**, beyond ± 2: {beyond_2:.1%} (4.6 % expected), largest |z| **{largest:.2f}**
  (limit {bound:.2f}: exceeded once in 10,000 seeds if all is right).
- Control: against probabilities 5 % larger, the mean of z is {mean_if_5_percent_larger:.2f}.
""",
    "zeros": """\
- {outcomes:,} outcomes of {worlds} random scenarios, {paths} paths each. Called impossible by
  construction: {impossible:,}; of these with a positive exact probability:
  **{impossible_but_positive}**.
- Possible but not seen: {none}; of these with a probability above the printed upper bound:
  {none_above_bound} (expected: at most 5 %). Of probability 0, but not proved to be so:
  {zero_but_not_proved}.
- Seen: {seen:,}; of these with exact probability 0: **{seen_but_zero}**.
- Control: if everything that was not seen had been called impossible, {none_but_positive} outcomes
  would have been called so wrongly.
""",
    "twins": """\
- {paths} paths and {interventions} alternatives. Something is imposed on day 1, 5, 20 or 60:
  {differing:,} paths differ, **{earlier_than_the_change}** of them before that day.
- The treaty is void: {invoked} paths invoke its clause in the baseline, and **{not_at_the_call}**
  of them differ first at another moment; of the {never_invoked} others,
  **{never_invoked_and_equal}** are equal throughout.
- Control: under another seed {alike_with_another_seed} paths are the same.
""",
}


def rounded(value: Any) -> Any:
    """Numbers to few digits, so that the last bits of another processor change no file."""
    if isinstance(value, Mapping):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, float):
        return None if value != value else float(f"{value:.{DIGITS}g}")  # NaN has no JSON
    return value


def blocks(numbers: Mapping[str, Any]) -> dict[str, str]:
    """What is printed and written for each claim measured."""
    tables = {"delays": _delays, "parameters": _parameters, "intervals": _intervals}
    texts = {
        name: tables[name](found) if name in tables else _bullets(SENTENCES[name].format(**found))
        for name, found in numbers.items()
    }
    return {name: re.sub(r"(\d)%", r"\1 %", text) for name, text in texts.items()}


def _bullets(text: str) -> str:
    """Lines filled anew, as a number may be longer than its name."""
    bullets = re.split(r"(?m)^(?=- )", text)
    return "\n".join(fill(" ".join(b.split()), WIDTH, subsequent_indent="  ") for b in bullets if b)


def filled(page: str, numbers: Mapping[str, Any]) -> str:
    """The page with its marked parts as the numbers and the list of tests say."""
    texts = {("numbers", name): text for name, text in blocks(numbers).items()}
    texts |= {("tests", name): _tests(name) for name in {test.claim for test in TESTED}}

    def part(found: re.Match[str]) -> str:
        before, kind, name, after = found.groups()
        return f"{before}\n{texts[kind, name].rstrip()}\n\n{after}"

    return PART.sub(part, page)


def _tests(claim: str) -> str:
    rows = [
        f"| {test.sentence} | {test.cases} | `{test.place}` |"
        for test in TESTED
        if test.claim == claim
    ]
    return "\n".join(["| what is compared | cases | test |", "| --- | --- | --- |", *rows])


def _delays(kinds: Mapping[str, Any]) -> str:
    rows = [
        f"| {name.replace('_', ' ')} | {k['n']:,} | {k['distance']:.4f} | {k['p']:.2f} |"
        for name, k in kinds.items()
    ]
    head = "| delay | waits | largest distance | p |\n| --- | ---: | ---: | ---: |"
    control = max(found["p_if_a_fifth_longer"] or 0 for found in kinds.values())
    return "\n".join(
        [head, *rows, "", "- Control: waits a fifth longer have, in every continuous kind, "
         f"p ≤ {control:.0e}."]
    )  # fmt: skip


def _parameters(found: Mapping[str, Any]) -> str:
    rows = [
        f"| {name.replace('_', ' ')} | {kind['distance']:.4f} | "
        f"{'–' if kind['p'] is None else format(kind['p'], '.2f')} |"
        for name, kind in found["kinds"].items()
    ]
    head = f"{found['n']:,} draws of each.\n\n| distribution | largest distance | p within strata |"
    return "\n".join([head, "| --- | ---: | ---: |", *rows])


def _intervals(found: Mapping[str, Any]) -> str:
    rows = [
        f"| {name.replace('_', ' ')} | {case['truth']:g} | {case['covered']:.1%} | "
        f"{case['half_as_wide']:.1%} |"
        for name, case in found["cases"].items()
    ]
    head = f"{found['runs']:,} runs of {found['paths']:,} paths (100 draws of 20).\n"
    columns = "| case | truth | intervals that hold it | control: half as wide |"
    return "\n".join([head, columns, "| --- | ---: | ---: | ---: |", *rows])
