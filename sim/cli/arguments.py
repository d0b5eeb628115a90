"""The arguments that several commands share, each said once."""

import re
from pathlib import Path
from typing import Annotated

import typer


def count(text: str | int) -> int:
    """A whole number, or an error in words."""
    if not re.fullmatch(r"[-+]?(\d+|\d{1,3}(,\d{3})+)", str(text)):
        raise typer.BadParameter(f"must be a whole number, found {text!r}")
    return int(str(text).replace(",", ""))


File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")]
Draws = Annotated[int, typer.Option(help="Parameter draws.", metavar="D", parser=count)]
Paths = Annotated[int, typer.Option(help="Paths in each draw.", metavar="N", parser=count)]
Seed = Annotated[int, typer.Option(help="Same seed, same result.", metavar="S", parser=count)]
Engine = Annotated[str, typer.Option(help="What walks the paths.", metavar="NAME")]
Workers = Annotated[
    int | None,
    typer.Option(help="Processes or threads.", metavar="W", show_default="all cores", parser=count),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Where to write.", metavar="DIR", show_default="results/<scenario>"),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, no more.")]
NoCharts = Annotated[bool, typer.Option("--no-charts", help="Write tables only.")]
Events = Annotated[bool, typer.Option("--events", help="Write every event, too.")]
With = Annotated[
    str,
    typer.Option("--with", metavar="NAME", help="Under an intervention; a+b is both."),
]
