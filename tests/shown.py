"""Everything that readers and other programs get from small runs, as text to be kept and compared.

    python tests/shown.py          # write tests/corpus/shown anew, after a change that was meant

Each file there is what one command or one call from Python shows: standard output, standard error,
and some rows of the tables that it writes. None of it proves that a number is right; that is tested
elsewhere, against closed forms and tables made by hand. They show what changes when something does:
look at the difference before you keep it. Numbers are compared to nine digits, because the
quantiles of some distributions differ in their last digits between versions of SciPy.
"""

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import sim  # noqa: E402
from sim.cli import app  # noqa: E402

KEPT = Path(__file__).parent / "corpus" / "shown"
VALID = "tests/corpus/valid"
FILES = (
    "scenarios/first_crisis.yaml",
    "scenarios/korean_clash.yaml",
    "scenarios/korean_coarse.yaml",
    "scenarios/sources.yaml",
    f"{VALID}/island_clash.yaml",
    f"{VALID}/treaties.yaml",
    f"{VALID}/interventions.yaml",
    f"{VALID}/choices.yaml",
    f"{VALID}/variant.yaml",
    "tests/corpus/exact/cascade.yaml",
)
FEW = ("--draws", "6", "--paths", "60", "--no-charts", "--workers", "1")
ISLAND, FIRST, EXACT = "island_clash.yaml", "first_crisis.yaml", "cascade.yaml"
AUDITED = ("--draws", "60", "--paths", "60", "--no-charts", "--workers", "1")
SOLVED = ("run", EXACT, "--engine", "exact", "--draws", "3", "--no-charts")
RARE = ("run", FIRST, "--rare", "ally_fights", "--draws", "3", "--paths", "60")
COMMANDS: dict[str, tuple[str, ...]] = {
    "run_first": ("run", FIRST, *FEW),
    "run_island": ("run", ISLAND, *FEW, "--seed", "5"),
    "run_events": ("run", ISLAND, "--draws", "2", "--paths", "3", "--events", "--no-charts"),
    "run_json": ("run", ISLAND, *FEW, "--json"),
    "run_with": ("run", ISLAND, *FEW, "--with", "no_treaty+cautious"),
    "run_reference": ("run", ISLAND, *FEW, "--engine", "reference"),
    "run_treaties": ("run", "treaties.yaml", *FEW),
    "run_choices": ("run", "choices.yaml", *FEW),
    "run_exact": SOLVED,
    "run_exact_json": (*SOLVED, "--json"),
    "run_korea": ("run", "korean_clash.yaml", "--draws", "3", "--paths", "80", "--no-charts"),
    "score": ("score", "interventions.yaml", *FEW),
    "compare": ("compare", ISLAND, "no_treaty", "cautious", "no_treaty+cautious", *FEW),
    "compare_json": ("compare", ISLAND, "no_treaty", *FEW, "--json"),
    "audit": ("audit", FIRST, *AUDITED, "--between", "no_treaty", "--on", "ally_fights"),
    "replay_island": ("replay", ISLAND, "--draw", "2", "--path", "2"),
    "replay_first": ("replay", FIRST, "--draw", "1", "--path", "3", "--seed", "2"),
    "describe_island": ("describe", ISLAND),
    "describe_treaties": ("describe", "treaties.yaml"),
    "describe_interventions": ("describe", "interventions.yaml"),
    "describe_variant": ("describe", "variant.yaml"),
    "rare": RARE,
    "rare_json": (*RARE, "--json"),
    "export_prism": ("export", EXACT, "--to", "prism"),
    "export_prism_draw": ("export", EXACT, "--to", "prism", "--draw", "2"),
    "export_mermaid": ("export", "treaties.yaml", "--to", "mermaid"),
    "export_graphml": ("export", "treaties.yaml", "--to", "graphml"),
    "check": ("check", "--strict", FIRST, ISLAND, "sources.yaml", "korean_coarse.yaml"),
    "check_variant": ("check", "variant.yaml"),
    "list": ("list", "."),
}
ROWS = 24  # of a table that are kept
# processor time, which differs from run to run
_TIMES = re.compile(r'(Processor time: |take |"(?:ordinary_)?seconds": )[-+.e\d]+(?: s| min| h)?')
_LONG = re.compile(r"-?\d+\.\d{8,}(?:e[-+]\d+)?")


def of_command(arguments: tuple[str, ...]) -> str:
    """What a command shows and writes, in the present directory."""
    out, err = io.StringIO(), io.StringIO()
    before = {file for file in Path().rglob("*") if file.is_file()}
    code: object = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            app(list(arguments), prog_name="run_sim.py")
        except SystemExit as ended:
            code = ended.code or 0
    parts = [f"$ run_sim.py {' '.join(arguments)}", out.getvalue()]
    if err.getvalue():
        parts.append(f"--- standard error\n{err.getvalue()}")
    parts.append(f"--- exit code {code}")
    for file in sorted(Path().rglob("*.csv")) if "--json" not in arguments else ():
        if file not in before:
            parts.append(f"--- {file.as_posix()}\n{_some(file.read_text(encoding='utf-8-sig'))}")
    return "\n".join(parts)


def _some(table: str) -> str:
    """The header and up to ROWS rows of a table, evenly from first to last."""
    header, *rows = table.splitlines()
    step = max(1, -(-len(rows) // ROWS))
    return "\n".join([header, *rows[::step]])


def of_results() -> str:
    """What results say of themselves in a terminal, in a notebook and as plain numbers."""
    found = sim.run(ISLAND, draws=6, paths=60, progress=False)
    parts = [repr(found), found._repr_html_(), str(found.headlines()), str(found.warnings())]
    parts += [str(found.not_seen), str(found.summary())]
    for outcome in found.outcomes.index:
        for depth in ("origins", "options"):
            parts.append(found.routes(str(outcome), depth=depth).to_csv())
    return "\n".join(parts)


def of_comparison() -> str:
    """What a comparison says of itself, saved and loaded."""
    found = sim.compare(
        "island_clash.yaml", ["no_treaty", "cautious"], draws=6, paths=60, progress=False
    )
    found.save("compared")
    again = sim.Comparison.load("compared")
    parts = [repr(found), found._repr_html_(), repr(again), again.table.to_csv()]
    return "\n".join(parts)


def of_replay() -> str:
    """What a replay says of itself."""
    found = sim.replay(ISLAND, draw=2, path=2)
    return "\n".join([repr(found), found._repr_html_(), str(dict(found.parameters)), str(found)])


def of_scenario() -> str:
    """The data frames of a scenario, and what it says of itself."""
    parts = []
    for file in (ISLAND, "treaties.yaml"):
        found = sim.load(file)
        parts += [repr(found), found._repr_html_()]
        for name in ("parameters", "delays", "stipulated", "assumptions", "treaties", "evidence"):
            parts.append(f"--- {name}\n{getattr(found, name).to_csv()}")
    return "\n".join(parts)


def of_rare() -> str:
    """What an estimate by splitting says of itself."""
    found = sim.rare(FIRST, "ally_fights", draws=3, paths=60, progress=False)
    return "\n".join([repr(found), found.by_draw.to_csv()])


CALLS: dict[str, Callable[[], str]] = {
    "python_results": of_results,
    "python_comparison": of_comparison,
    "python_replay": of_replay,
    "python_scenario": of_scenario,
    "python_rare": of_rare,
}
NAMES = (*COMMANDS, *CALLS)


def shown(name: str, folder: Path) -> str:
    """What stands in the file of that name: run in a folder with copies of the scenarios."""
    for file in FILES:
        shutil.copy(ROOT / file, folder)
    shutil.copytree(ROOT / VALID / "parts", folder / "parts")
    shutil.copytree(ROOT / "scenarios" / "korea", folder / "korea")
    with chdir(folder):
        text = of_command(COMMANDS[name]) if name in COMMANDS else CALLS[name]()
    text = text.replace(str(folder), ".").replace(os.sep, "/")
    text = _TIMES.sub(lambda m: f"{m.group(1)}…", text)
    lines = (
        line.rstrip() for line in _LONG.sub(lambda m: f"{float(m.group()):.9g}", text).splitlines()
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for one in sys.argv[1:] or NAMES:
        with tempfile.TemporaryDirectory() as empty:
            (KEPT / f"{one}.txt").write_text(shown(one, Path(empty)), encoding="utf-8")
        print(one, flush=True)
