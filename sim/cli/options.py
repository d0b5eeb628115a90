"""The arguments and options that several commands share, each declared once.

An option has one meaning in all commands: its help up to a colon; what follows the colon is what
one command makes of it. `tests/test_one_meaning.py` refuses a second meaning.

Those of a run come from `Plan`, with its defaults and its words; `takes_plan` gives them to a
command. `takes_run` gives a command that analyses a run all it takes to get one, as `RunOptions`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from sim.cli.chart_options import takes_charts
from sim.cli.signatures import expanded, parameters, showing
from sim.errors import UsageError
from sim.experiment.plan import Plan
from sim.formatting import DAY, user_path
from sim.report.chart_files import USUAL, ChartFiles


def count(text: str | int) -> int:
    """A whole number, or an error in words."""
    # 1e3, 1_000 and 2.0 are numbers to Python, and typing errors here
    if not re.fullmatch(r"[-+]?(\d+|\d{1,3}(,\d{3})+)", str(text)):
        raise typer.BadParameter(f"must be a whole number, found {text!r}")
    return int(str(text).replace(",", ""))


def path(text: str | Path) -> Path:
    """A path, with `~` for the home folder also where no shell has read it, as in `--out=~/x`."""
    return Path(user_path(text))


_WORDS = {one.name: one.metadata for one in fields(Plan)}
_TYPES = get_type_hints(Plan)


def plan_option(name: str) -> Any:
    """One option of a run as typer takes it, in the words of `Plan`."""
    words = _WORDS[name]
    # a flag can only be set; where the library decides by default, it goes on to decide
    if _TYPES[name] in (bool, bool | None):  # a flag, without its --no-... form
        return typer.Option(f"--{name.replace('_', '-')}", help=words["help"])
    return typer.Option(
        help=words["help"],
        metavar=words["metavar"],
        show_default=words["shown"] or True,
        parser=count if _TYPES[name] in (int, int | None) else None,
    )


def days_of(text: str, horizon: float) -> list[float]:
    """Days of times such as `7d,30d`; UsageError for what is none, or beyond the horizon (days)."""
    from sim.decoding.kinds import Invalid
    from sim.scenario.language.scalar_types import seconds_of

    found = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        try:
            seconds = seconds_of(one)
        except Invalid as error:
            raise UsageError(f"--by: {error.message}") from None
        if seconds is None:
            raise UsageError(f"--by: must be durations such as 7d,30d, found {one!r}")
        day = seconds / DAY
        if not 0 < day <= horizon:
            raise UsageError(
                f"--by: {one} is not after the start and within the {horizon:g} d of the scenario"
            )
        found.append(day)
    return found


def takes_plan(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command these options of a run; it gets them as one mapping, its argument `plan`.

    The options stand where `plan` stands. An option added to `Plan` is thus an option of every
    command that names it, with the same default and the same sentence.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def filled(**given: Any) -> None:
            command(plan={name: _chosen(name, given.pop(name)) for name in names}, **given)

        return showing(filled, expanded(command, "plan", [_parameter(name) for name in names]))

    return decorate


def _parameter(name: str) -> Parameter:
    """An option of a run as a parameter of a command."""
    kind, default = _TYPES[name], getattr(Plan, name)
    if kind == bool | None:  # None: the library decides, unless the flag says so
        kind, default = bool, False
    if kind == str | float | None:  # as it is written; the plan reads it
        kind = str | None
    annotation = Annotated[kind, plan_option(name)]  # type: ignore[valid-type]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _chosen(name: str, value: Any) -> Any:
    """What the plan gets of an option: None, so that the library decides, of a flag not given."""
    return value or None if _TYPES[name] == bool | None else value


def output_dir(default: str) -> Any:
    """The option `--out DIR` of a command that writes there unless told otherwise."""
    return typer.Option(
        help=f"{WHERE}: a directory.", metavar="DIR", show_default=default, parser=path
    )


def output_file(default: str) -> Any:
    """The option `--out FILE` of a command that writes there unless told otherwise."""
    words = f"{WHERE}: a file."
    return typer.Option("--out", help=words, metavar="FILE", show_default=default, parser=path)


def chart_file(text: str) -> Any:
    """The option `--chart FILE` of a command; `text` says what is drawn."""
    words = f"Also draw a chart into this file: {text}."
    return typer.Option(help=words, metavar="FILE", show_default="none", parser=path)


def number_of(what: str, more: str = "", **shown: Any) -> Any:
    """The option `--draw D` or `--path I`; `more` says what the command does with that one."""
    words = f"Number of the {what}, from 0{more and ': '}{more}."
    return typer.Option(help=words, metavar=NUMBERED[what], parser=count, **shown)


def form_of(words: str, **shown: Any) -> Any:
    """The option `--to FORM` of a command; `words` are the forms that it knows."""
    return typer.Option("--to", metavar="FORM", help=f"Form of the output: {words}.", **shown)


def is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line, rather than at its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


WHERE = "Where to write"
NUMBERED = {"draw": "D", "path": "I"}  # the letters that stand for these numbers
LEFT_OUT = {"--cut": "10"}  # what an option means that is given without a value
Chosen = Mapping[str, Any]  # options of a run that were chosen, or their defaults
File = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO", help="A scenario file (YAML), or a run directory.", parser=path
    ),
]
Seed = Annotated[int, plan_option("seed")]
Out = Annotated[Path | None, output_dir("results/<scenario>")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else: one object.")]
Force = Annotated[
    bool, typer.Option("--force", help="Write also where results of another file are.")
]
With = Annotated[
    str,
    typer.Option("--with", metavar="NAME", help="Apply an intervention; a+b applies both."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Which run a command analyses, how it is made if there is none yet, and what is written.

    The fields are the options, as the command line has them.
    """

    context: typer.Context
    scenario: File
    plan: Chosen
    out: Out = None
    as_json: AsJson = False
    pictures: ChartFiles = USUAL
    force: Force = False
    under: With = ""


def takes_run(
    *names: str, draws: Sequence[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command all that it takes to get a run; it gets them as its first argument, `run`.

    `names` are the options of `Plan`; `draws` are the charts of its own. What the command itself
    asks stands between the scenario with those and what is written.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared = parameters(RunOptions)

        @wraps(command)
        def filled(**given: Any) -> None:
            command(RunOptions(**{one.name: given.pop(one.name) for one in shared}), **given)

        _, *own = parameters(command)
        first = [one for one in shared if one.default is Parameter.empty]
        shown = showing(filled, [*first, *own, *shared[len(first) :]])
        return takes_plan(*names)(takes_charts(*draws)(shown))

    return decorate
