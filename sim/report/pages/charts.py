"""The pictures of a report: those of a run directory, or drawn if it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.api import Results
from sim.report.chart_files import USUAL, ChartFiles
from sim.scenario import Scenario

LARGEST = 350_000  # bytes of an SVG; beyond it the PNG is taken, which prints well enough
# of an SVG: the lines of a picture, and their numbers with more than two decimals; a hundredth of a
# point is nothing to see, and the numbers are most of the file. Texts stand outside.
LINES, DECIMALS = re.compile(rb' d="[^"]*"'), re.compile(rb"(\.\d\d)\d+")
COLOURS = 256  # of a PNG on a page, as many as a byte tells apart: a third of the file is left
MEDIA = {".svg": "image/svg+xml", ".png": "image/png"}
# as after a run, then what analyses add; others behind them by name
ORDER = (
    *("outcomes", "endings", "timing", "rungs", "clauses", "treaties"),
    *("given", "why", "sensitivity", "response", "audit", "discover"),
    *("evidence", "score", "structure", "differences", "flows", "shapley"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture file."""

    name: str
    media: str
    data: bytes


def read_charts(folder: Path) -> tuple[Chart, ...]:
    """The charts in a folder, each in the form that is best for a page; none if it is not there."""
    names = sorted({file.stem for end in MEDIA for file in folder.glob(f"*{end}")}, key=_place)
    return tuple(chart for name in names for chart in _best(folder, name))


def charts_of(
    folder: Path, scenario: Scenario, results: Results, files: ChartFiles, *, anew: bool
) -> tuple[Chart, ...]:
    """The charts that `files` asks for: those in the folder, and of the run as drawn `anew`.

    Also where the folder has none; charts of an analysis stay as they are there.
    """
    if not files.kinds:
        return ()
    there = tuple(one for one in read_charts(folder) if files.wants(one.name))
    if there and not anew:
        return there
    made = drawn(scenario, results, files)
    # The ones drawn anew stand for those of the same name in the folder.
    known = {one.name for one in made}
    every = (*made, *(one for one in there if one.name not in known))
    return tuple(sorted(every, key=lambda one: _place(one.name)))


def drawn(scenario: Scenario, results: Results, files: ChartFiles = USUAL) -> tuple[Chart, ...]:
    """The charts of a run, in a format for pages; one that cannot be drawn is left out."""
    kinds = tuple(kind for kind in files.kinds if f".{kind}" in MEDIA)
    # matplotlib takes a second to import, which a directory with charts need not pay
    from sim.report.pictures import draw

    with TemporaryDirectory() as folder:
        draw(scenario, results, Path(folder), files=replace(files, kinds=kinds or ("png",)))
        return read_charts(Path(folder))


def _place(name: str) -> tuple[int, str]:
    known = [name == one or name.startswith(f"{one}-") for one in ORDER]
    return (known.index(True) if any(known) else len(ORDER), name)


def _best(folder: Path, name: str) -> Iterator[Chart]:
    files = [folder / f"{name}{end}" for end in MEDIA]
    there = [file for file in files if file.is_file()]
    small = [file for file in there if file.suffix == ".png" or file.stat().st_size <= LARGEST]
    # An SVG first, which stays sharp in print; one that is too large only where there is nothing
    # else.
    for file in (small or there)[:1]:
        data = file.read_bytes()
        if file.suffix == ".svg":
            data = LINES.sub(lambda lines: DECIMALS.sub(rb"\1", lines[0]), data)
        else:
            data = few_colours(data)
        yield Chart(name=name, media=MEDIA[file.suffix], data=data)


def few_colours(data: bytes) -> bytes:
    """A PNG with COLOURS colours at most; as it is where it cannot be read, or is small already."""
    # Pillow takes a moment to import, which a report without PNGs need not pay
    from PIL import Image, UnidentifiedImageError

    made = BytesIO()
    try:
        with Image.open(BytesIO(data)) as picture:
            # with its transparency, which a style sheet may ask for
            few = picture.convert("RGBA").quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    except (UnidentifiedImageError, OSError):  # a file that somebody else has put there
        return data
    few.save(made, "png")
    # A picture that has few colours already may grow by being written again.
    return min(data, made.getvalue(), key=len)
