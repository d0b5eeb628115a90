"""Make the gallery: the page docs/gallery.md and its pictures, each by the command that it names.

python benchmarks/gallery.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KOREA = "scenarios/korean_clash.yaml"
RUN, WAR = "results/korean_clash", "war"
HEAD = """# Gallery

Which chart answers which question, with the command that made it. All of this page is made by
`python benchmarks/gallery.py`. A command takes any scenario or run directory, and `--charts svg`,
`--only`, `--dpi` and `--style` say how charts are drawn.
"""
RUN_IT, WHY = f"run {KOREA}", f"why {RUN} {WAR}"
CHANGE = f"compare {RUN} no_art4 arms_stop --together"
HEADLINE = "japan_party_russia_acts"
# the question, the picture as the command leaves it, the command
CHARTS = (
    ("How likely is each outcome?", f"{RUN}/charts/outcomes.png", RUN_IT),
    ("How does it end?", f"{RUN}/charts/endings.png", RUN_IT),
    ("How soon?", f"{RUN}/charts/timing.png", RUN_IT),
    ("How far does it escalate?", f"{RUN}/charts/rungs-korea.png", RUN_IT),
    ("Who is bound to whom?", f"{RUN}/charts/treaties.png", RUN_IT),
    ("Which clauses are invoked?", f"{RUN}/charts/clauses.png", RUN_IT),
    (
        "What becomes of a treaty's clauses?",
        f"{RUN}-clauses/charts/clauses-rus_prk_2024.png",
        f"{RUN_IT} --only clauses --out {RUN}-clauses",
    ),
    (
        "What else, given that it comes?",
        f"{RUN}/charts/given-{WAR}.png",
        f"run {RUN} --given {WAR}",
    ),
    ("Through what does it come?", f"{RUN}/charts/why-{WAR}-importance.png", WHY),
    ("By which routes?", f"{RUN}/charts/why-{WAR}-routes.png", WHY),
    ("What came first?", f"{RUN}/charts/why-{WAR}-tree.png", WHY),
    ("At which decisions do paths part?", f"{RUN}/charts/why-{WAR}-forks.png", WHY),
    (
        "What happened in one path?",
        "timeline.png",
        "replay scenarios/first_crisis.yaml --draw 0 --path 17 --chart timeline.png",
    ),
    ("What does it hang on?", f"{RUN}/charts/sensitivity-{WAR}.png", f"sensitivity {RUN} {WAR}"),
    (
        "How does it go with one parameter?",
        f"{RUN}/charts/response-south_beyond-{WAR}.png",
        f"sensitivity {RUN} {WAR} --response south_beyond",
    ),
    ("In which corner is it likely?", f"{RUN}/charts/discover-{WAR}.png", f"discover {RUN} {WAR}"),
    ("What to look into first?", f"{RUN}/charts/audit-{WAR}.png", f"audit {RUN} {WAR}"),
    ("Does it agree with the record?", f"{RUN}/charts/evidence.png", f"evidence {RUN}"),
    ("What would change it?", f"{RUN}-compared/charts/differences-{HEADLINE}.png", CHANGE),
    ("Which endings become which?", f"{RUN}-compared/charts/flows-arms_stop.png", CHANGE),
    ("Which change has which share?", f"{RUN}-compared/charts/shapley-{HEADLINE}.png", CHANGE),
    (
        "Does it hang on structure or on numbers?",
        f"{RUN}-structure/charts/structure.png",
        f"structure {KOREA} scenarios/korean_coarse.yaml --draws 200 --paths 50",
    ),
)
LAST = """## What happened, beside what was said

Reliability, skill against rivals and times, of `score`:
[How far to trust it](how_far_to_trust_it.md).
"""


def page() -> str:
    """The text of docs/gallery.md."""
    shown = [
        f"## {question}\n\n![{question}](gallery/{Path(picture).name})\n\n"
        f"`python run_sim.py {command} --dpi 60`\n"
        for question, picture, command in CHARTS
    ]
    return "\n".join([HEAD, *shown, LAST])


def main() -> int:
    """Run each command once in an empty directory; 1 if one fails or leaves no picture."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "scenarios").symlink_to(ROOT / "scenarios")
        for command in dict.fromkeys(command for _, _, command in CHARTS):
            words = [*command.split(), "--dpi", "60"]
            done = subprocess.run(
                [sys.executable, ROOT / "run_sim.py", *words],
                cwd=folder,
                check=False,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                print(f"{command}: {done.stderr}", file=sys.stderr)
                return 1
        missing = [picture for _, picture, _ in CHARTS if not (Path(folder) / picture).exists()]
        if missing:
            print(f"not drawn: {', '.join(missing)}", file=sys.stderr)
            return 1
        for _, picture, _ in CHARTS:
            shutil.copy(Path(folder) / picture, ROOT / "docs" / "gallery" / Path(picture).name)
    (ROOT / "docs" / "gallery.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
