"""Redraws what docs/how_far_to_trust_it.md shows of the record: tables and charts of both families.

    python benchmarks/record.py                # runs the 14 cases first, about two minutes
    python benchmarks/record.py --runs DIR     # or takes them from DIR, one run directory a case

Writes docs/record_rivals.csv (general crises, Korea's earlier days, both), record_scores.csv (every
question), record_reliability.png, record_skill.png and record_times.png (both families), and prints
the rows of the page's table, which a test compares with the CSV. In the rows of one family the last
case is the last of that family.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import matplotlib
import pandas as pd

import sim
from sim.api.score_runs import score
from sim.api.scores import case_with, simulated_times
from sim.charts import reliability, skill, times
from sim.report.pictures import save_as_named

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "scenarios" / "record"
DOCS = ROOT / "docs"
FAMILIES = {"general": RECORD, "Korea": RECORD / "korea"}
RIVALS = {"generic": "generic rate", "region": "region's rate", "nothing": "nothing"}
RIVALS |= {"last": "last case"}
MEASURES = {"brier": "Brier", "log_score": "log", "crps_share": "time"}


def cases(folder):
    """The files of a family that say what happened."""
    files = sorted(folder.glob("*.yaml"))
    return [file for file in files if "\nhappened:" in file.read_text(encoding="utf-8")]


def cell(row):
    """Model, rival and their difference, as the page writes them."""
    if not row["rival_mean"] < float("inf"):
        return f"{row['model']:.3f} / ∞"
    ends = f"{row['difference']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
    return f"{row['model']:.3f} / {row['rival_mean']:.3f}: {ends}"


def page_rows(table):
    """The rows of the page's table: a rival and a score, over general crises, Korea, both."""
    for (rival, measure), rows in table.groupby(["rival", "measure"], sort=False):
        cells = [cell(row) for _, row in rows.iterrows()]
        yield " | ".join([RIVALS[rival], MEASURES[measure], *cells])


def main():
    """Run or load, score each family and both, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, help="run directories, one a case, by its name")
    given = parser.parse_args()
    runs = {}
    for family, folder in FAMILIES.items():
        runs[family] = [run_of(file, given.runs) for file in cases(folder)]
    runs["both"] = [one for family in FAMILIES for one in runs[family]]
    found = {name: score(*some) for name, some in runs.items()}
    tables = [one.rivals.assign(family=name) for name, one in found.items()]
    rivals = pd.concat(tables, ignore_index=True)
    rivals.to_csv(DOCS / "record_rivals.csv", index=False, lineterminator="\n")
    both = found["both"]
    both.questions.to_csv(DOCS / "record_scores.csv", index=False, lineterminator="\n")
    print("\n".join(f"| {row} |" for row in page_rows(rivals)))
    draw(both, runs["both"])


def run_of(file, folder):
    """The run of a case: made now, or read from its directory."""
    if folder is None:
        return sim.run(file)
    return replace(sim.Results.load(folder / file.stem), source=sim.load(file))


def draw(found, runs):
    """The three charts, over both families."""
    matplotlib.use("agg")
    subject = f"{len(runs)} cases"
    when = simulated_times([case_with(one, None, one.source) for one in runs], found.questions)
    drawn = {
        "reliability": reliability(found.reliability, subject=subject),
        "skill": skill(found.rivals, names=RIVALS, measures=MEASURES, subject=subject),
        "times": times(when, subject=subject),
    }
    for name, axes in drawn.items():
        save_as_named(axes, DOCS / f"record_{name}.png")


if __name__ == "__main__":
    main()
