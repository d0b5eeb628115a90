"""A report as a file: in its run directory, covered by the manifest, or anywhere else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from sim.errors import UsageError, unknown
from sim.formatting import user_path
from sim.report.pages.as_html import as_html
from sim.report.pages.as_markdown import as_markdown, file_of
from sim.report.pages.content import Report
from sim.report.pages.material import Material
from sim.report.pages.sections import report
from sim.results.added_tables import add_tables

FORMS = ("html", "md")


def write_report(material: Material, file: str | Path | None = None, *, form: str = "html") -> Path:
    """Write the report of a run; gives the file.

    Without `file` it is `report.html` (or `report.md`) in the run directory, which the manifest
    then covers. Markdown has its pictures in a folder `<name>-charts` beside it. Raises UsageError
    for an unknown form, and where there is neither a file nor a directory.
    """
    if file is None and material.directory is None:
        raise UsageError("report: of results in memory, give the file to write")
    # Before the report is made, which may take a minute.
    refuse(form, file)
    made = report(material)
    if file is not None:
        target = Path(user_path(file))
        _write(made, target, form, _at)
        return target
    assert material.directory is not None
    target = material.directory / f"report.{form}"

    def also(folder: Path) -> None:
        _write(made, folder / target.name, form, Path.write_bytes)

    add_tables(material.directory, {}, of=material.about, also=also)
    return target


def refuse(form: str, file: str | Path | None = None) -> None:
    """Raise UsageError for a form that there is not, or a file that cannot be written there."""
    if form not in FORMS:
        raise UsageError(unknown("form of a report", form, FORMS))
    if file is not None:
        target = Path(user_path(file))
        if target.is_dir():
            raise UsageError(f"{target}: is a directory; name a file")
        if not target.parent.is_dir():
            raise UsageError(f"{target}: there is no directory {target.parent}")


def _write(made: Report, target: Path, form: str, write: Callable[[Path, bytes], object]) -> None:
    if form == "html":
        write(target, _bytes(as_html(made)))
        return
    folder = target.with_name(f"{target.stem}-charts")
    folder.mkdir(exist_ok=True)
    for picture in made.pictures:
        write(folder / file_of(picture), picture.data)
    write(target, _bytes(as_markdown(made, folder.name)))


def _bytes(text: str) -> bytes:
    # names of files may hold what is no letter; a report with a question mark there is a report
    return text.encode(errors="replace")


def _at(target: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    making = target.with_name(f".{target.name}.{token_hex(4)}.making")
    try:
        making.write_bytes(data)
        os.replace(making, target)
    finally:
        making.unlink(missing_ok=True)
