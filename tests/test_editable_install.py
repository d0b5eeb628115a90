"""An editable install is a plain path, so that an empty folder called `sim` hides nothing."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from command_line import ROOT

BUILD = "import sys; from setuptools.build_meta import build_editable; build_editable(sys.argv[1])"
IMPORT = "import site, sys; site.addsitedir(sys.argv[1]); import sim; print(sim.__file__)"


def built(folder: Path, *, pyproject: str) -> tuple[Path, Path]:
    """The project with one module, and what an editable install of it puts among the packages."""
    pytest.importorskip("setuptools", "77")
    project, packages = folder / "project", folder / "packages"
    (project / "sim").mkdir(parents=True)
    (project / "sim" / "__init__.py").write_text("")
    (project / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, project / name)
    packages.mkdir()
    subprocess.run(
        [sys.executable, "-c", BUILD, str(packages)], cwd=project, check=True, capture_output=True
    )
    (wheel,) = packages.glob("*.whl")
    with ZipFile(wheel) as found:
        found.extractall(packages)
    return project, packages


def found_from(packages: Path, work: Path) -> str:
    """Which `sim` a program in that folder imports; `None` for a folder without anything."""
    # -S: without the packages of this environment, where the project may be installed as well
    done = subprocess.run(
        [sys.executable, "-S", "-c", IMPORT, str(packages)],
        cwd=work,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_an_empty_folder_of_that_name_hides_nothing(tmp_path):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project, packages = built(tmp_path, pyproject=text)
    (paths,) = packages.glob("*.pth")
    assert paths.read_text(encoding="utf-8").strip() == str(project)
    work = tmp_path / "work"
    (work / "sim").mkdir(parents=True)
    assert found_from(packages, work) == str(project / "sim" / "__init__.py")


def test_without_the_setting_it_is_hidden(tmp_path):
    """The control: setuptools would write a finder, which comes after the working directory."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    other = text.replace('package-dir = {"" = "."}\n', "")
    assert other != text
    project, packages = built(tmp_path, pyproject=other)
    (paths,) = packages.glob("*.pth")
    assert paths.read_text(encoding="utf-8").strip() != str(project)
