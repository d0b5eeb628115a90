"""The options of charts, the same in every command that draws.

`takes_charts` gives them to a command, which gets what they say as one `ChartFiles`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any

import typer

from sim.cli.signatures import expanded, showing
from sim.report.chart_files import DOTS, NAMES, NONE, ChartFiles, chart_files

Command = Callable[..., None]
OF_A_FILE = ("dpi", "style")  # what there is to say of a chart whose file has a name already


def takes_charts(
    *own: str, after_run: bool = True, of_a_file: bool = False
) -> Callable[[Command], Command]:
    """Give a command the options of charts; it gets them as its argument `pictures`.

    `own` are the charts that it draws itself, beside those `after_run`. With `of_a_file` it draws
    one chart, into a file that has been named. What there is not is refused before the command
    begins.
    """
    names = (*(NAMES if after_run else ()), *own)

    def decorate(command: Command) -> Command:
        options = _options(own, after_run=after_run)
        options = [one for one in options if not of_a_file or one.name in OF_A_FILE]

        @wraps(command)
        def filled(**given: Any) -> None:
            said = {one.name: given.pop(one.name) for one in options}
            command(pictures=_pictures(names, **said), **given)

        return showing(filled, expanded(command, "pictures", options))

    return decorate


def _pictures(
    names: Sequence[str],
    *,
    no_charts: bool = False,
    charts: str = "",
    only: str = "",
    dpi: int = DOTS,
    style: str = "",
) -> ChartFiles:
    found = chart_files(charts, only, dpi, style, names)  # also refuses what --no-charts would hide
    return chart_files(NONE, only, dpi, style, names) if no_charts else found


def _options(own: Iterable[str], *, after_run: bool) -> list[Parameter]:
    """The options as parameters of a command; `own` are the charts that it alone draws."""
    words = ", ".join(own)
    named = f"those of a run, {words}" if words and after_run else words
    kinds: dict[str, tuple[Any, Any]] = {
        "no_charts": (
            Annotated[bool, typer.Option("--no-charts", help="Write tables, no charts.")],
            False,
        ),
        "charts": (
            _text("FORMATS", "Formats of the charts, as in png,svg,pdf, or none.", "png"),
            "",
        ),
        "only": (
            _text(
                "CHARTS",
                f"Draw these charts only, as in timing,outcomes{named and ': '}{named}.",
                "all",
            ),
            "",
        ),
        "dpi": (Annotated[int, typer.Option(metavar="N", help="Dots an inch of a PNG.")], DOTS),
        "style": (_text("SHEET", "Style sheet of matplotlib, its name or file.", "none"), ""),
    }
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in kinds.items()
    ]


def _text(metavar: str, words: str, shown: str) -> Any:
    return Annotated[str, typer.Option(metavar=metavar, help=words, show_default=shown)]
