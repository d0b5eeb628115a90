"""What each analysis of a run costs, on the Korean scenario at its default size, beside the run.

    python benchmarks/analysis.py [--all]

Whole commands, each in a process of its own, after one that fills the caches: processor seconds,
seconds by the clock, and the share of the run's. Without `--all` those that walk for minutes
(`compare` with every intervention, `sensitivity --design`) are left out.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from measuring import HERE, machine, table, write

ROOT = HERE.parent
KOREA = ROOT / "scenarios" / "korean_clash.yaml"
HEADLINE = "japan_crisis_involving_russia"
LEVERS = "L3_own_sanctions,L5_withdrawal"


def commands(run: Path) -> dict[str, list[str]]:
    """The commands by what they are called in the table; RUN_DIR where a verb takes one."""
    home = str(run)
    return {
        "run, tables alone": [str(KOREA), "--no-charts", "--out", f"{home}-again"],
        "run, with charts": [str(KOREA), "--out", f"{home}-charts"],
        "why": ["why", home, HEADLINE],
        "sensitivity": ["sensitivity", home, HEADLINE],
        "sensitivity --stipulated": ["sensitivity", home, HEADLINE, "--stipulated"],
        "audit": ["audit", home, HEADLINE, "--no-charts"],
        "audit, a choice of two": ["audit", home, HEADLINE, "--between", LEVERS, "--no-charts"],
        "discover": ["discover", home, HEADLINE],
        "evidence": ["evidence", home],
        "evidence --condition": ["evidence", home, "--condition", "korean_wars"],
        "diff": ["diff", home, f"{home}-again"],
        "structure, 3 variants": ["structure", *variants(), "--out", f"{home}-structure"],
        "compare, 1 intervention": ["compare", str(KOREA), "no_art4", "--out", f"{home}-one"],
    }


def variants() -> list[str]:
    """Three ladders and rates of one scenario."""
    return [str(KOREA.with_name(f"korean_{name}.yaml")) for name in ("clash", "steep", "own_rate")]


def long_ones(run: Path) -> dict[str, list[str]]:
    """Those that walk for minutes."""
    return {
        "compare, all interventions": ["compare", str(KOREA), "--out", f"{run}-all"],
        "sensitivity --design": ["sensitivity", str(run), HEADLINE, "--design"],
    }


def timed(arguments: list[str]) -> tuple[float, float]:
    """(processor seconds, seconds by the clock) of a command that has to end well."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(
        [sys.executable, str(ROOT / "run_sim.py"), *arguments], capture_output=True, check=False
    )
    after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter() - begun
    # diff ends with 3 where anything changed
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.decode()}")
    used = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return used, clock


def main() -> None:
    """Time every command once, after a run that fills the caches; write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="also those that take minutes")
    parser.add_argument("--no-write", action="store_true", help="print only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "korea"
        timed([str(KOREA), "--no-charts", "--out", str(run)])
        wanted = commands(run) | (long_ones(run) if asked.all else {})
        found = {}
        for name, arguments in wanted.items():
            found[name] = timed(arguments)
            print(f"{name}: {found[name][0]:.1f} s processor, {found[name][1]:.1f} s", flush=True)
    base = found["run, tables alone"][0]
    rows = [
        [name, f"{used:.1f}", f"{clock:.1f}", f"{used / base:.2f}"]
        for name, (used, clock) in found.items()
    ]
    heads = ["command", "processor seconds", "by the clock", "times the run"]
    text = f"`python benchmarks/analysis.py{' --all' * asked.all}`, {machine()}\n\n"
    if not asked.no_write:
        write("What the analyses cost", text + table(heads, rows))


if __name__ == "__main__":
    main()
