"""What each change of the Korean scenario did: `python benchmarks/korean_changes.py A..B`.

The scenario's files are taken from A and from every commit of the range that changed them, and run
by the program as it is now, all with the same seed: 500 draws of 200 paths unless said otherwise.
One row a change: the subject of its commit, the headlines with both layers, and what else the
change may have moved. Percent of paths. A scenario that the program refuses has its row, with the
reason, and no numbers.

    [--draws 500] [--paths 200] [--seed 1] [--file korean_clash.yaml] [--counts FILE] [--into PAGE]
    [--without COMMIT ...] [--first TEXT]

Commits that changed titles or sources alone are named after `--without` and have no row; `--first`
is what the first row is called.

A row that was made is kept in `--counts` (a JSON file) under the digest of the scenario's files,
sizes and seed, so that a longer range runs only what is new. `--into scenarios/README.md` writes
the table between its two marks.
"""

import argparse
import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sim
from sim.errors import ScenarioError

ROOT = Path(__file__).resolve().parents[1]
MARKS = "<!-- korean_changes -->", "<!-- /korean_changes -->"
OF_KOREA = re.compile(r"scenarios/(korean_\w+|sources|korea/\w+)\.yaml$")
OLD = "japan_crisis_involving_russia", "japan_crisis_russia_in_action"
PLAIN = {
    "serious_clash": "serious clash",
    "war": "war",
    "nuclear_use": "nuclear use",
    "both_direct": "US and Russia both fight",
    "art3_called": "Art. 3 invoked",
    "art4_called": "Art. 4 invoked",
    "crisis_over": "crisis over",
}
COLUMNS = ("weaker headline", "stronger headline", "old weaker", "old stronger", *PLAIN.values())


def git(*words: str) -> bytes:
    """What git says."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def changes(span: str, without: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Commit and subject: where the range begins, then each that changed the scenario."""
    first, _, _ = span.partition("..")
    told = git("log", "-1", "--format=%H%x09%s", first).decode()
    paths = ("scenarios/korean_clash.yaml", "scenarios/korea/*.yaml", "scenarios/sources.yaml")
    told += git("log", "--reverse", "--no-merges", "--format=%H%x09%s", span, "--", *paths).decode()
    for line in told.splitlines():
        commit, _, subject = line.partition("\t")
        if not (without and commit.startswith(without)):
            yield commit, subject


def scenario_of(commit: str, folder: Path) -> str:
    """Unpack the scenarios of a commit; the digest of the files."""
    packed = git("archive", commit, "scenarios")
    digest = hashlib.sha256()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            if OF_KOREA.match(member.name) and (data := archive.extractfile(member)):
                digest.update(member.name.encode() + data.read())
        archive.extractall(folder, filter="data")
    return digest.hexdigest()[:16]


def measured(file: Path, draws: int, paths: int, seed: int) -> dict[str, str]:
    """The cells of one row; under `refused` why there are none."""
    try:
        scenario = sim.load(file)
    except ScenarioError as error:
        return {"refused": str(error.problems[0].text)}
    sizes: dict[str, Any] = {"draws": draws, "paths": paths, "seed": seed, "workers": 1}
    found = sim.run(scenario, engine="compiled", progress=False, **sizes).outcomes
    heads = [one.name for one in scenario.model.outcomes if one.headline]
    cells = dict(zip(COLUMNS, (both_layers(found.loc[name]) for name in heads), strict=False))
    for column, name in zip(COLUMNS[2:4], OLD, strict=True):
        cells[column] = both_layers(found.loc[name]) if name in found.index else "–"
    for name, column in PLAIN.items():
        cells[column] = percent(found.loc[name, "probability"]) if name in found.index else "–"
    return cells


def both_layers(row: Any) -> str:
    """`3.1 (0.5–8.4; ±0.2)`: parameter uncertainty, then sampling error, both 90 %."""
    error = f"±{percent((row['mc_high'] - row['mc_low']) / 2)}"
    if row["band"] != "resolved":
        return f"{percent(row['probability'])} ({error})"
    low = percent(row["low"]) if row["low"] > 0 else "none seen"
    layer = f"{low}–{percent(row['high'])}"
    return f"{percent(row['probability'])} ({layer}; {error})"


def percent(share: float) -> str:
    """A share in percent, two digits where it is small."""
    return f"{100 * share:.2f}" if share < 0.01 else f"{100 * share:.1f}"


def table(rows: list[tuple[str, dict[str, str]]]) -> str:
    """The rows in Markdown."""
    lines = ["| " + " | ".join(("change", *COLUMNS)) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for subject, cells in rows:
        text = subject.replace("|", "/")
        if "refused" in cells:
            text += f" (refused by the present program: {cells['refused']})"
        lines.append("| " + " | ".join((text, *(cells.get(one, "–") for one in COLUMNS))) + " |")
    return "\n".join(lines)


def write_into(page: Path, text: str) -> None:
    """Put the table between the marks of a page."""
    whole = page.read_text(encoding="utf-8")
    before, found, rest = whole.partition(MARKS[0])
    _, closed, after = rest.partition(MARKS[1])
    if not found or not closed:
        raise SystemExit(f"{page}: needs the marks {MARKS[0]} and {MARKS[1]}")
    new = f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}"
    page.write_text(new, encoding="utf-8")


def main() -> None:
    """Run what is not known yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("span", help="commits, as `A..B`")
    for name, default in (("draws", 500), ("paths", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--file", default="korean_clash.yaml")
    parser.add_argument("--counts", type=Path)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--without", nargs="+", default=[], metavar="COMMIT")
    parser.add_argument("--first", default="", metavar="TEXT")
    asked = parser.parse_args()
    kept = asked.counts and asked.counts.exists()
    known = json.loads(asked.counts.read_text(encoding="utf-8")) if kept else {}
    rows = []
    for commit, subject in changes(asked.span, tuple(asked.without)):
        with tempfile.TemporaryDirectory() as folder:
            key = f"{scenario_of(commit, Path(folder))} {asked.file} {asked.draws} x {asked.paths}"
            key += f", seed {asked.seed}"
            if key not in known:
                file = Path(folder) / "scenarios" / asked.file
                known[key] = measured(file, asked.draws, asked.paths, asked.seed)
        if asked.counts:
            asked.counts.write_text(json.dumps(known, indent=1), encoding="utf-8")
        text = subject.removeprefix("Korea: ") if rows or not asked.first else asked.first
        rows.append((text[:1].upper() + text[1:], known[key]))
    print(table(rows))
    if asked.into:
        write_into(asked.into, table(rows))


if __name__ == "__main__":
    main()
