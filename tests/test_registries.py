"""A new analysis, chart or command is one file and one table: shown in a scratch copy."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sim import analysis

ROOT = Path(__file__).parent.parent

ANALYSIS = '''"""How many paths end early."""

import pandas as pd


def after_run(scenario, run):
    """One row: paths, and those that `stop_when` ended."""
    stopped = int((~run.paths["censored"]).sum())
    return pd.DataFrame({"n": [run.n], "stopped": [stopped]})
'''
CHART = '''"""Chart `starts`: which transitions start."""

from sim.charts import style
from sim.charts.style import Drawing


def after_run(scenario, run):
    """One chart of all transitions."""
    yield Drawing("starts", lambda: starts(run.coverage))


def starts(table, *, ax=None):
    """Bars of how often each clock started."""
    ax = style.axes(ax)
    rows = table[table["kind"] == "transition"]
    ax.barh(rows["name"], rows["started"].astype(float))
    return ax
'''
COMMAND = '''"""The command `horizon`."""

import typer

from sim.cli.inputs import read
from sim.cli.options import File


def horizon(scenario: File) -> None:
    """Print the horizon in days."""
    typer.echo(read(scenario).horizon)
'''


def add(file: Path, text: str, table: Path, *lines: tuple[str, str]) -> None:
    """A new file, and in the table each line above the one that is named."""
    assert not file.exists()
    file.write_text(text, encoding="utf-8")
    content = table.read_text(encoding="utf-8")
    for above, line in lines:
        assert content.count(above) == 1, above
        content = content.replace(above, f"{line}\n{above}")
    table.write_text(content, encoding="utf-8")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    """A copy of the tree with an analysis, a chart and a command more."""
    home = tmp_path_factory.mktemp("scratch")
    # with what is compiled: compiling the kernel again takes half a minute and shows nothing here
    shutil.copytree(ROOT / "sim", home / "sim")
    for name in ("scenarios", "run_sim.py"):
        (home / name).symlink_to(ROOT / name)
    sim = home / "sim"
    add(
        sim / "analysis" / "stops.py",
        ANALYSIS,
        sim / "analysis" / "after_run.py",
        ("from sim.results.tables import", "from sim.analysis import stops"),
        ('    "evidence": evidence.after_run,', '    "stops": stops.after_run,'),
    )
    add(
        sim / "charts" / "estimates" / "starts.py",
        CHART,
        sim / "charts" / "after_run.py",
        ("from sim.charts.style import", "from sim.charts.estimates import starts"),
        ("    treaties.after_run,", "    starts.after_run,"),
    )
    add(
        sim / "cli" / "commands" / "horizon.py",
        COMMAND,
        sim / "cli" / "commands" / "__init__.py",
        ("from sim.cli.commands.list_", "from sim.cli.commands.horizon import horizon"),
        ('    "list": list_scenarios,', '    "horizon": horizon,'),
    )
    return home


def call(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", CALL, *arguments]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# the copy, and not the tree that is installed: the working directory comes first
CALL = "import sys; sys.path.insert(0, ''); sys.argv[0] = 'run_sim.py'\n"
CALL += "from sim.cli import main; main()"


def test_a_new_analysis_and_a_new_chart_come_with_every_run(scratch):
    few = ("--draws", "2", "--paths", "20", "--engine", "reference", "--workers", "1")
    call(scratch, "scenarios/first_crisis.yaml", *few, "--out", "run")
    assert pd.read_csv(scratch / "run" / "stops.csv")["n"].tolist() == [40]
    assert (scratch / "run" / "charts" / "starts.png").is_file()
    assert (scratch / "run" / "charts" / "treaties.png").is_file()  # the control: an old one


def test_a_new_command_is_listed_and_runs(scratch):
    assert re.search(r"horizon +Print the horizon in days\.", call(scratch, "--help"))
    assert call(scratch, "horizon", "scenarios/first_crisis.yaml") == "90.0\n"


def test_every_name_that_analysis_hands_out_is_no_room_of_it():
    """An imported room becomes an attribute of `sim.analysis` and hides a name of `HOMES`."""
    rooms = {path.name for path in Path(analysis.__file__).parent.iterdir()}
    assert "drivers" in rooms  # the control: it once was also the name of a function
    for name in analysis.HOMES:
        assert name not in rooms
        assert getattr(analysis, name) is not None
