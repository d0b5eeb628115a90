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
# the question, the picture's file in results/, the command
CHARTS = (
    ("How likely is each outcome?", "korean_clash/charts/outcomes", f"run {KOREA}"),
    ("How does it end?", "korean_clash/charts/endings", f"run {KOREA}"),
    ("How soon?", "korean_clash/charts/timing", f"run {KOREA}"),
    ("How far does it escalate?", "korean_clash/charts/rungs-korea", f"run {KOREA}"),
    ("Who is bound to whom?", "korean_clash/charts/treaties", f"run {KOREA}"),
    ("Through what does it come?", f"korean_clash/charts/why-{WAR}-importance", f"why {RUN} {WAR}"),
    ("By which routes?", f"korean_clash/charts/why-{WAR}-routes", f"why {RUN} {WAR}"),
    ("What came first?", f"korean_clash/charts/why-{WAR}-tree", f"why {RUN} {WAR}"),
    (
        "At which decisions do paths part?",
        f"korean_clash/charts/why-{WAR}-forks",
        f"why {RUN} {WAR}",
    ),
    ("What does it hang on?", f"korean_clash/charts/sensitivity-{WAR}", f"sensitivity {RUN} {WAR}"),
    ("What to look into first?", f"korean_clash/charts/audit-{WAR}", f"audit {RUN} {WAR}"),
    ("Does it agree with the record?", "korean_clash/charts/evidence", f"evidence {RUN}"),
    (
        "What would change it?",
        "korean_clash-compared/charts/differences-japan_party_russia_acts",
        f"compare {RUN} no_art4 arms_stop",
    ),
    (
        "Which endings become which?",
        "korean_clash-compared/charts/flows-arms_stop",
        f"compare {RUN} no_art4 arms_stop",
    ),
)


def main() -> int:
    """Run each command once in an empty directory; the exit code."""
    page = [HEAD]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "scenarios").symlink_to(ROOT / "scenarios")
        for command in dict.fromkeys(command for _, _, command in CHARTS):
            words = [*command.split(), "--dpi", "60"]
            subprocess.run(
                [sys.executable, ROOT / "run_sim.py", *words],
                cwd=folder,
                check=False,
                capture_output=True,
            )
        for question, picture, command in CHARTS:
            file = Path(folder) / "results" / f"{picture}.png"
            if not file.exists():
                print(f"not drawn: {picture} ({command})", file=sys.stderr)
                continue
            shutil.copy(file, ROOT / "docs" / "gallery" / file.name)
            page.append(
                f"## {question}\n\n![{question}](gallery/{file.name})\n\n"
                f"`python run_sim.py {command} --dpi 60`\n"
            )
    (ROOT / "docs" / "gallery.md").write_text("\n".join(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
