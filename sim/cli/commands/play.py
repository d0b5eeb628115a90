"""The command `play`."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.inputs import read
from sim.cli.options import Seed, With, is_given, number_of, output_file
from sim.cli.options import path as as_path
from sim.cli.playing import Quit, Session
from sim.cli.printing import command_line, print_note
from sim.cli.stopping import interrupted_code
from sim.errors import UsageError
from sim.experiment.plan import Plan

if TYPE_CHECKING:
    from sim.decisions.games import Game
    from sim.scenario import Scenario

GAMES = Path("results/games")


def play(
    context: typer.Context,
    scenario: Annotated[
        Path,
        typer.Argument(
            metavar="SCENARIO",
            help="A scenario file (YAML), or a saved game (JSON).",
            parser=as_path,
        ),
    ],
    actor: Annotated[
        str, typer.Option("--as", help="The actor you decide for.", metavar="ACTOR")
    ] = "",
    draw: Annotated[
        int | None,
        number_of("draw", show_default="by chance"),
    ] = None,
    path: Annotated[
        int | None,
        number_of("path", show_default="by chance"),
    ] = None,
    seed: Seed = Plan.seed,
    under: With = "",
    out: Annotated[
        Path | None,
        output_file("results/games/..."),
    ] = None,
) -> None:
    """Decide for one actor at the terminal; then see what the model would have done."""
    if scenario.suffix == ".json":
        session = _saved(context, scenario)
    else:
        session = _new(context, scenario, actor, draw, path, seed, under)
    session.file = out or session.file
    try:
        session.play()
    except Quit:
        session.left()
        return
    except KeyboardInterrupt:
        typer.echo("")
        session.left()
        raise typer.Exit(interrupted_code()) from None
    _closing(context, session)


def _new(
    context: typer.Context,
    file: Path,
    actor: str,
    draw: int | None,
    path: int | None,
    seed: int,
    under: str,
) -> Session:
    if not actor:
        raise UsageError("--as: name the actor you decide for")
    loaded = read(file, under)
    from sim.api import games

    # a path of the run that `run` makes unless told otherwise, so that its tables have it, too
    draw = secrets.randbelow(Plan.draws) if draw is None else draw
    path = secrets.randbelow(Plan.paths) if path is None else path
    game = games.begin(loaded, actor, draw=draw, path=path, seed=seed)
    name = f"{loaded.name}-{actor}-{seed}-{draw}-{path}.json"
    return _session(context, loaded, game, GAMES / name)


def _saved(context: typer.Context, file: Path) -> Session:
    idle = [one for one in ("actor", "draw", "path", "seed", "under") if is_given(context, one)]
    if idle:
        words = {"actor": "as", "under": "with"}
        named = ", ".join(f"--{words.get(one, one)}" for one in idle)
        raise UsageError(f"{file}: a saved game has its own; remove {named}")
    from sim.api import games

    saved = games.read(file)
    return _session(context, saved.scenario, saved.game, file)


def _session(context: typer.Context, scenario: "Scenario", game: "Game", file: Path) -> Session:
    return Session(
        scenario=scenario,
        game=game,
        file=file,
        again=lambda saved: command_line(context, "play", saved),
    )


def _closing(context: typer.Context, session: Session) -> None:
    """The end of the path, what the model would have done, and the file."""
    from sim.decisions.games import twins
    from sim.report.screens import play as game_screen

    session.show(game_screen.ended(session.game))
    saved = session.save()  # before the twins, which take seconds and may be interrupted
    typer.echo("")
    try:
        session.show(game_screen.compared(session.game, twins(session.game.table)))
    except KeyboardInterrupt:
        raise typer.Exit(interrupted_code()) from None
    print_note(f"game saved: {saved}; {command_line(context, 'games', saved)} counts it")
