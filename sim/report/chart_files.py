"""How charts become files: which of them, in which formats, how fine, in whose style."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sim.errors import UsageError, unknown

KINDS = ("png", "svg", "pdf")
NONE = "none"
NAMES = ("outcomes", "endings", "timing", "rungs", "clauses", "treaties")  # after a run
DOTS = 150  # an inch


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFiles:
    """What is written of the charts of a command.

    kinds  formats, each a file; none: no charts.
    only   names of charts; empty: all but those on request. `rungs` is also those of single
           ladders, `clauses` those of single treaties, `routes` those of each outcome.
    dpi    dots an inch of a PNG.
    style  a style sheet of matplotlib, its name or file; empty: none.
    """

    kinds: tuple[str, ...] = ("png",)
    only: tuple[str, ...] = ()
    dpi: int = DOTS
    style: str = ""

    def wants(self, name: str, *, on_request: bool = False) -> bool:
        """Whether a chart of this name is written; one on request only if it is named."""
        # a file is called after the verb, what was asked about, and the chart: why-war-routes
        parts = f"-{name}-"
        if not self.only:
            return not on_request
        return any(parts.startswith(f"-{one}-") or parts.endswith(f"-{one}-") for one in self.only)

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


USUAL = ChartFiles()  # where nothing is asked for


def chart_files(
    kinds: str, only: str, dpi: int, style: str, names: Sequence[str] = NAMES
) -> ChartFiles:
    """Options of a command as `ChartFiles`; UsageError for what there is not.

    Lists are written with commas, as in `png,svg`; `names` are the charts that the command draws.
    """
    wanted, named = _parts(kinds), _parts(only)
    for one in wanted if wanted != [NONE] else []:
        if one not in KINDS:
            raise UsageError(unknown("format of charts", one, (*KINDS, NONE)))
    for one in named:
        if one.partition("-")[0] not in names:
            raise UsageError(unknown("chart", one, names))
    if style:
        _require_style(style)
    if not 10 <= dpi <= 2400:
        raise UsageError(f"--dpi must be from 10 to 2400, found {dpi}")
    files = ChartFiles(only=tuple(named), dpi=dpi, style=style)
    if not wanted:
        return files
    return replace(files, kinds=() if wanted == [NONE] else tuple(dict.fromkeys(wanted)))


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
