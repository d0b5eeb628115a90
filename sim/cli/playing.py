"""A game at the terminal: lines in, lines out; nothing typed is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.errors import UsageError, unknown

if TYPE_CHECKING:
    from sim.decisions.games import Game
    from sim.scenario import Scenario

HELP = """  1, 2, … or a name   take that option (a name may be cut short)
  story               all that you can know of what has happened
  state               who knows what: the state as you know it
  undo                take back your last choice
  save [FILE]         write the game
  load FILE           go on with another saved game
  quit                write the game and stop"""
COMMANDS = ("story", "state", "undo", "save", "load", "quit", "help")


class Quit(Exception):
    """Somebody has had enough for now."""


@dataclass(kw_only=True)
class Session:
    """A game that is being played, and the file that it is written to."""

    scenario: Scenario
    game: Game
    file: Path
    again: Callable[[Path], str]  # the command that goes on with a saved game
    told: int = 0  # events of the story that stand on the screen

    def play(self) -> None:
        """Ask until the path is at its end. Raises Quit, and KeyboardInterrupt as it comes."""
        from sim.report.screens import play as game_screen

        self.show(game_screen.opening(self.game, self.scenario))
        while True:
            self.show(game_screen.story(self.game, self.told))
            self.told = len(self.game.firings)
            if self.game.situation is None:
                return
            typer.echo("")
            self.show(game_screen.choice(self.game, self.scenario))
            self.answer()

    def answer(self) -> None:
        """Read lines until one is a choice, or moves the game otherwise."""
        while True:
            typer.echo("> ", nl=False)
            line = sys.stdin.readline()
            if not line:  # the end of the input is as good as quit
                typer.echo("")
                raise Quit
            if not sys.stdin.isatty():  # a terminal shows what is typed; a transcript should too
                typer.echo(line.rstrip())
            words = line.strip().split(maxsplit=1)
            if not words:
                continue
            try:
                if self.does(words[0].lower(), words[1] if len(words) > 1 else "", line.strip()):
                    return
            except (UsageError, OSError) as error:
                typer.echo(f"  {error}")

    def does(self, word: str, rest: str, line: str) -> bool:
        """Do what was typed; whether the game stands elsewhere now."""
        from sim.report.screens import play as game_screen

        if word == "quit":
            raise Quit
        if word in ("undo", "load"):
            self.undo() if word == "undo" else self.load(rest)
            return True
        if word == "save":
            typer.echo(f"  saved: {self.save(Path(rest) if rest else None)}")
        elif word == "story":
            self.show(game_screen.story(self.game))
        elif word == "state":
            self.show(game_screen.knowledge(self.game))
        elif word == "help":
            typer.echo(HELP)
        else:
            self.take(self.option(line))
            return True
        return False

    def option(self, typed: str) -> str:
        """The option of a number, a name or the beginning of one. Raises UsageError."""
        assert self.game.situation is not None
        names = self.game.situation.options
        if typed.isdecimal() and 1 <= int(typed) <= len(names):
            return names[int(typed) - 1]
        word = typed.lower().replace(" ", "_")
        # the whole name first: it may be the beginning of another
        found = [name for name in names if name.lower() == word]
        found = found or [name for name in names if name.lower().startswith(word)]
        found = found or [name for name in names if word in name.lower()]
        if len(found) == 1:
            return found[0]
        allowed = f"type a number from 1 to {len(names)}, an option ({', '.join(names)}), or help"
        if found:
            raise UsageError(f"{typed!r} may be {' or '.join(found)}; {allowed}")
        near = unknown("answer", typed, (*names, *COMMANDS)).partition("; known")[0]
        raise UsageError(f"{near}; {allowed}")

    def take(self, option: str) -> None:
        """Go on with an option."""
        self.move((*self.game.options, option))

    def undo(self) -> None:
        """Take back the last choice. Raises UsageError where there is none."""
        if not self.game.taken:
            raise UsageError("there is no choice of yours to take back")
        # the story is told from the start again, as part of it has not happened now
        self.told = 0
        self.move(self.game.options[:-1])

    def move(self, options: tuple[str, ...]) -> None:
        """Play the game of these choices."""
        from sim.decisions.games import played

        self.game = played(self.game.table, options)

    def load(self, name: str) -> None:
        """Go on with a saved game. Raises UsageError."""
        from sim.api import games

        if not name:
            raise UsageError("load: name a file")
        saved = games.read(name)
        self.scenario, self.game, self.file, self.told = saved.scenario, saved.game, Path(name), 0

    def save(self, file: Path | None = None) -> Path:
        """Write the game."""
        from sim.api import games

        self.file = file or self.file
        return games.save(self.game, self.scenario, self.file)

    def left(self) -> None:
        """Say how to go on with a game that was left, which is written if anything was chosen."""
        if not self.game.taken:
            typer.echo("Nothing was chosen yet, so nothing is saved.")
            return
        typer.echo(f"Saved; go on with: {self.again(self.save())}")

    @staticmethod
    def show(lines: Iterable[str]) -> None:
        """Print lines."""
        for line in lines:
            typer.echo(line)
