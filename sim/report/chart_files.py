"""How charts become files: which of them, in which formats, how fine, in whose style."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sim.errors import UsageError, unknown

KINDS = ("png", "svg", "pdf")
NONE = "none"
NAMES = ("outcomes", "endings", "timing", "rungs", "clauses", "treaties")  # after a run
DOTS = 150  # an inch


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFiles:
    """What is written of the charts of a run.

    kinds  formats, each a file.
    only   names of charts; empty: all. `rungs` is also those of single ladders.
    dpi    dots an inch of a PNG.
    style  a style sheet of matplotlib, its name or file; empty: none.
    """

    kinds: tuple[str, ...] = ("png", "svg")
    only: tuple[str, ...] = ()
    dpi: int = DOTS
    style: str = ""

    def wants(self, name: str) -> bool:
        """Whether a chart of this name is written."""
        return not self.only or any(name == one or name.startswith(f"{one}-") for one in self.only)

    @contextmanager
    def styled(self) -> Iterator[None]:
        """Draw in the style sheet meanwhile."""
        if not self.style:
            yield
            return
        import matplotlib as mpl
        from matplotlib import style

        with mpl.rc_context():
            style.use(self.style)
            yield


def chart_files(kinds: str, only: str, dpi: int, style: str) -> ChartFiles | None:
    """Options of a command as `ChartFiles`, None for no charts; UsageError for what there is not.

    Lists are written with commas, as in `png,svg`.
    """
    wanted, named = _parts(kinds), _parts(only)
    if wanted == [NONE]:
        return None
    for one in wanted:
        if one not in KINDS:
            raise UsageError(unknown("format of charts", one, (*KINDS, NONE)))
    for one in named:
        if one.partition("-")[0] not in NAMES:
            raise UsageError(unknown("chart", one, NAMES))
    if style:
        _require_style(style)
    if not 10 <= dpi <= 2400:
        raise UsageError(f"--dpi must be from 10 to 2400, found {dpi}")
    usual = ChartFiles()
    return ChartFiles(
        kinds=tuple(dict.fromkeys(wanted)) or usual.kinds, only=tuple(named), dpi=dpi, style=style
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _require_style(name: str) -> None:
    """UsageError for a style sheet that is neither known to matplotlib nor a file."""
    from matplotlib import style

    try:
        with style.context(name):
            return
    except OSError:
        raise UsageError(unknown("style sheet", name, style.available)) from None
