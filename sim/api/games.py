"""Played games: begun, saved, read, replayed as a policy, and counted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from sim.analysis.statistics.intervals import wilson
from sim.api.arguments import loaded
from sim.decisions.games import Game, played, table
from sim.decisions.view import choices_of
from sim.errors import UsageError, require_int, unknown
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import LARGEST, LAST_SEED
from sim.formatting import user_path
from sim.results.level import LEVEL

if TYPE_CHECKING:
    from sim.scenario import Scenario

FORMAT = 1


def begin(scenario: Scenario, actor: str, *, draw: int, path: int, seed: int = 1) -> Game:
    """A game at its first choice: the path of any run with this seed. Raises UsageError."""
    model = scenario.model
    names = [one.name for one in model.actors]
    if actor not in names:
        raise UsageError(unknown("actor", actor, names))
    # Said at once, with the names that would do, rather than by a game that ends unasked.
    if not choices_of(model, actor):
        able = ", ".join(name for name in names if choices_of(model, name))
        raise UsageError(f"no move or clause leaves {actor} a choice; others have: {able or '–'}")
    draw = require_int("draw", draw, 0, LARGEST - 1)
    path = require_int("path", path, 0, LARGEST - 1)
    seed = require_int("seed", seed, 0, LAST_SEED)
    # One draw is found by its number alone, so that a game is a path of any run with its seed,
    # however many draws that has.
    (values,) = parameter_values(model, seed, range(draw, draw + 1))
    at = table(scenario, values, actor, seed=seed, draw=draw, path=path)
    return played(at, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A game that was read: what it is a game of, and where it stands."""

    scenario: Scenario
    game: Game


def save(game: Game, scenario: Scenario, file: str | PathLike[str]) -> Path:
    """Write a game as JSON: its path, and what was taken; give the file.

    It names the scenario's file as seen from its own folder.
    """
    at, target = game.table, Path(user_path(file))
    ended = at.model.endings[game.end.ending].name if game.end is not None else None
    about: dict[str, Any] = {
        "game": FORMAT,
        "scenario": scenario.name,
        "file": _seen_from(target, scenario.file),
        "model": _digest(scenario),
        "under": "+".join(scenario.applied),
        "actor": at.actor,
        "seed": at.seed,
        "draw": at.draw,
        "path": at.path,
        "taken": [[one.situation.asks, one.situation.time, one.option] for one in game.taken],
        "ending": ended,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.part")  # never half a game under its name
    beside.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    # Renaming is one step of the file system: a reader sees the old game or the new one.
    beside.replace(target)
    return target


def read(file: str | PathLike[str]) -> Saved:
    """A saved game, walked again. Raises UsageError for what is none, or of a changed scenario."""
    home = Path(user_path(file))
    about = _about(home)
    found = _scenario_of(home, about["file"])
    source = loaded(found)
    source = source.under(about["under"]) if about["under"] else source
    # In a changed scenario the same options could lead elsewhere, or not be there to be taken.
    if _digest(source) != about["model"]:
        raise UsageError(f"{file}: {found} was changed since the game was saved")
    at = begin(
        source, about["actor"], draw=about["draw"], path=about["path"], seed=about["seed"]
    ).table
    game = played(at, [option for _, _, option in about["taken"]])
    return Saved(scenario=source, game=game)


def _seen_from(game: Path, file: str) -> str:
    """The scenario's file as seen from the game's folder, so that both can be handed on."""
    target = os.path.abspath(user_path(file))
    try:
        return Path(os.path.relpath(target, game.parent.resolve())).as_posix()
    except ValueError:  # on two disks of Windows
        return Path(target).as_posix()


def _scenario_of(game: Path, file: str) -> Path:
    """Where the scenario of a game is: where it was, as seen from the game, or beside the game."""
    there = game.resolve().parent / file  # an absolute path, as earlier versions wrote, is itself
    beside = game.with_name(Path(file).name)
    for one in (there, beside):
        if one.exists():
            # as the person would name it, from where that person is
            near = Path(os.path.relpath(one)) if one.is_absolute() else one
            return near if len(near.parts) < len(one.parts) else one
    raise UsageError(
        f"{game}: its scenario is missing: neither {file}, as seen from the game, nor "
        f"{beside.name} beside it is there"
    )


def _digest(scenario: Scenario) -> str:
    # Of what the files come to, not of their text: a comment may be changed, or a file moved.
    return sha256(scenario.resolved().encode()).hexdigest()


def _about(file: Path) -> dict[str, Any]:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{file}: there is no such file") from None
    except (OSError, ValueError, RecursionError):
        about = None
    keys = {"file", "model", "under", "actor", "seed", "draw", "path", "taken"}
    if not isinstance(about, dict) or about.get("game") != FORMAT or not keys <= about.keys():
        raise UsageError(f"{file}: is not a saved game")
    return about


@dataclass(frozen=True, slots=True, repr=False)
class Played:
    """A policy that decides as somebody did in a saved game, and elsewhere leaves it to the model.

    A choice is known by its move or clause and its moment; so it decides in the game's own path,
    `sim.replay(scenario, draw=…, path=…, decide={"japan": played(file)})`.
    """

    stateless: ClassVar = True
    file: str
    taken: Mapping[tuple[str, float], str]

    def __repr__(self) -> str:
        return f"played({self.file!r})"

    def __call__(self, situation: Any) -> str | None:
        """What was taken there."""
        # Times are on a grid and therefore equal to the last bit when the path is walked again.
        option = self.taken.get((situation.asks, situation.time))
        # In another path the same moment may not offer what was taken there.
        return option if option in situation.odds else None


def played_policy(file: str | PathLike[str]) -> Played:
    """The choices of a saved game as a policy; see `Played`. Raises UsageError."""
    about = _about(Path(user_path(file)))
    return Played(str(file), {(asks, time): option for asks, time, option in about["taken"]})


def count(files: Iterable[str | PathLike[str]]) -> pd.DataFrame:
    """How games ended beside the same paths as written: a row an outcome and ending.

    Columns: kind, name, title; n, games at their end, of one scenario and actor; played, in how
    many it came; low, high, the Wilson interval of that share at 90 %; as_written, in how many of
    the same paths it comes where the model decides. Each game is walked again. Raises UsageError
    for games of several scenarios or actors, or where none is at its end.
    """
    games = [(file, read(file)) for file in files]
    kinds = {(one.scenario.name, _digest(one.scenario), one.game.table.actor) for _, one in games}
    if len(kinds) > 1:
        raise UsageError("games: of one scenario and one actor are counted together")
    ended = [one.game for _, one in games if one.game.end is not None]
    if not ended:
        raise UsageError("games: none is at its end")
    own = [game.end for game in ended]
    # The same paths without the player: what differs is then the player's doing, not chance.
    plain = [game.table.walk(lambda situation, asked: situation.as_written) for game in ended]
    model, n, rows = ended[0].table.model, len(ended), []
    for i, outcome in enumerate(model.outcomes):
        # A time that is not equal to itself is missing: the outcome did not come.
        hits = [sum(w.outcome_time[i] == w.outcome_time[i] for w in ws if w) for ws in (own, plain)]
        rows.append(("outcome", outcome.name, outcome.label, n, *hits))
    for i, ending in enumerate(model.endings):
        hits = [sum(w.ending == i for w in ws if w) for ws in (own, plain)]
        rows.append(("ending", ending.name, ending.label, n, *hits))
    found = pd.DataFrame(rows, columns=["kind", "name", "title", "n", "played", "as_written"])
    low, high = wilson(found["played"].to_numpy(), n, LEVEL)
    return found.assign(low=low, high=high)
