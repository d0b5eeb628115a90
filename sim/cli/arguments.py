"""The arguments that several commands share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")]
Draws = Annotated[int, typer.Option(help="Parameter draws.", metavar="D")]
Paths = Annotated[int, typer.Option(help="Paths in each draw.", metavar="N")]
Seed = Annotated[int, typer.Option(help="Same seed, same result.", metavar="S")]
Engine = Annotated[str, typer.Option(help="What walks the paths.", metavar="NAME")]
Workers = Annotated[
    int | None,
    typer.Option(help="Processes or threads.", metavar="W", show_default="all cores"),
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
