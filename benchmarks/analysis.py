"""What each analysis of a run costs, on the Korean scenario at its default size, beside the run.

    python benchmarks/analysis.py [--all]

Whole commands, each in a process of its own, after one that fills the caches: processor seconds,
seconds by the clock, the share of the run's, and the most memory. Verbs draw no charts, so that
what they work out is what is measured; one line shows what charts add. Without `--all` those that
walk for minutes (`compare` with every intervention, `--together`, `sensitivity --design`) are left
out.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from measuring import HERE, machine, table, write

ROOT = HERE.parent
KOREA = ROOT / "scenarios" / "korean_clash.yaml"
HEADLINE = "japan_party_russia_acts"
LEVERS = "L3_own_sanctions,L5_withdrawal"
LEVER_NAMES = (
    "L1_verify",
    "L2_call_coalition",
    "L3_own_sanctions",
    "L4_attention",
    "L5_withdrawal",
)
PARAMETER = "several_times"
CONDITION = "japan.forces >= rear_support and russia_japan >= show"
# paths a draw of two runs that keep none (above a million in all): memory should not differ
UNKEPT = {"10.5 times": 2_100, "21 times": 4_200}
HAPPENED = f"""\
scenario: korean_clash
sources: {{made_up: {{cite: made up for the measurement}}}}
happened:
  outcomes: {{{HEADLINE}: no}}
  source: made_up
"""


def commands(run: Path) -> dict[str, list[str]]:
    """The commands by what they are called in the table; RUN_DIR where a verb takes one."""
    home = str(run)
    verbs = {
        "run, tables alone": [str(KOREA), "--out", f"{home}-again"],
        "why": ["why", home, HEADLINE],
        "sensitivity": ["sensitivity", home, HEADLINE],
        "sensitivity --stipulated": ["sensitivity", home, HEADLINE, "--stipulated"],
        "sensitivity --response": ["sensitivity", home, HEADLINE, "--response", PARAMETER],
        "audit": ["audit", home, HEADLINE],
        "audit, a choice of two": ["audit", home, "--between", LEVERS, "--on", HEADLINE],
        "discover": ["discover", home, HEADLINE],
        "evidence": ["evidence", home],
        "evidence --condition": ["evidence", home, "--condition", "korean_wars"],
        "structure, 3 variants": ["structure", *variants(), "--out", f"{home}-structure"],
        "compare, 1 intervention": ["compare", str(KOREA), "no_art4", "--out", f"{home}-one"],
        "score": ["score", home, "--happened", f"{home}-happened.yaml"],
    }
    plain = {name: [*arguments, "--no-charts"] for name, arguments in verbs.items()}
    for times, paths in UNKEPT.items():
        more = f"{home}-{paths}"
        plain |= {
            f"run, {times} the paths": [
                *(str(KOREA), "--paths", str(paths), "--out", more, "--no-charts"),
            ],
            f"sensitivity, {times} the paths": ["sensitivity", more, HEADLINE, "--no-charts"],
            f"evidence, {times} the paths": ["evidence", more, "--no-charts"],
        }
    # these two draw nothing, and the others show what charts add
    others = {
        "find": ["find", home, CONDITION],
        "diff": ["diff", home, f"{home}-again"],
        "run, with charts": [str(KOREA), "--out", f"{home}-charts"],
        "why, with charts": ["why", home, HEADLINE],
    }
    return plain | others


def variants() -> list[str]:
    """Three ladders and rates of one scenario."""
    return [str(KOREA.with_name(f"korean_{name}.yaml")) for name in ("clash", "steep", "own_rate")]


def long_ones(run: Path) -> dict[str, list[str]]:
    """Those that walk for minutes."""
    return {
        "compare, all interventions": ["compare", str(KOREA), "--out", f"{run}-all", "--no-charts"],
        "compare --together, 5 levers": [
            *("compare", str(KOREA), *LEVER_NAMES, "--together"),
            *("--out", f"{run}-together", "--no-charts"),
        ],
        "sensitivity --design": ["sensitivity", str(run), HEADLINE, "--design", "--no-charts"],
    }


def timed(arguments: list[str]) -> tuple[float, float, float]:
    """(processor seconds, seconds by the clock, most MB) of a command that has to end well."""
    begun = perf_counter()
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, str(ROOT / "run_sim.py"), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        # what this one process used; `getrusage` of children has the most of all that ever ran
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        clock = perf_counter() - begun
        # diff ends with 3 where anything changed
        if child.returncode not in (0, 3):
            errors.seek(0)
            raise SystemExit(f"{' '.join(arguments)}: {errors.read().decode()}")
    return used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1024


def main() -> None:
    """Time every command once, after a run that fills the caches; write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="also those that take minutes")
    parser.add_argument("--no-write", action="store_true", help="print only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "korea"
        Path(f"{run}-happened.yaml").write_text(HAPPENED, encoding="utf-8")
        timed([str(KOREA), "--no-charts", "--out", str(run)])
        wanted = commands(run) | (long_ones(run) if asked.all else {})
        found = {}
        for name, arguments in wanted.items():
            used, clock, most = found[name] = timed(arguments)
            print(f"{name}: {used:.1f} s processor, {clock:.1f} s, {most:.0f} MB", flush=True)
    base = found["run, tables alone"][0]
    rows = [
        [name, f"{used:.1f}", f"{clock:.1f}", f"{used / base:.2f}", f"{most:.0f}"]
        for name, (used, clock, most) in found.items()
    ]
    heads = ["command", "processor seconds", "by the clock", "times the run", "most MB"]
    today = f"{datetime.now(UTC):%d %B %Y}"
    text = f"`python benchmarks/analysis.py{' --all' * asked.all}`, {today}, {machine()}\n\n"
    if not asked.no_write:
        write("What the analyses cost", text + table(heads, rows))


if __name__ == "__main__":
    main()
