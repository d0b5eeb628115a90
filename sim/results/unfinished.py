"""The unfinished part of a run, beside its directory: chunks as they were counted, one file each.

    .x.TOKEN.unfinished/run.json                        what is run: model, seed, sizes, versions
    .x.TOKEN.unfinished/DRAWS.PATHS.DIGEST.counts       which draws and paths, SHA-256 of the file

A file appears whole, and counts only if its digest is that of its name; so whoever is killed at
any moment leaves finished chunks or nothing. A folder belongs to one writer, who holds its lock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from time import monotonic
from typing import Any

from sim.errors import UsageError
from sim.formatting import user_path
from sim.results.count_files import from_bytes, to_bytes
from sim.results.draw_counts import DrawCounts
from sim.results.locks import NO_LOCK, hold, release

ABOUT = "run.json"
CHUNK = re.compile(r"(\d+)-(\d+)\.(\d+)-(\d+)\.([0-9a-f]{16})\.counts")
HELD_BACK = 2.0  # seconds from the start: a run that is over by then writes no chunk

_own: dict[Path, int] = {}  # folders of this process, with their locks


@dataclass(frozen=True, order=True)
class Rectangle:
    """Which draws and paths a chunk has, by their numbers."""

    draw: int
    path: int
    last_draw: int
    last_path: int


@dataclass(kw_only=True)
class Unfinished:
    """The unfinished part of the run that is to be written to a target."""

    target: Path
    about: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None  # None until there is something to keep
    chunks: dict[Rectangle, str] = field(default_factory=dict)  # and the names of their files
    began: float = field(default_factory=monotonic)
    _waiting: list[DrawCounts] = field(default_factory=list)

    def begin(
        self,
        about: Mapping[str, Any],
        require_same: Callable[[Mapping[str, Any], Mapping[str, Any], object], None],
    ) -> None:
        """Say what is run; UsageError from `require_same` if something else was begun here."""
        if self.folder is not None:
            try:
                require_same(self.about, about, self.target)
            except UsageError:
                self.let_go()
                raise
        self.about = {**self.about, **about}

    def keep(self, part: DrawCounts) -> None:
        """Write the counts of a chunk, unless the run has only just begun."""
        self._waiting.append(part)
        if monotonic() - self.began >= HELD_BACK or self.folder is not None:
            for one in self._waiting:
                self._write(one)
            self._waiting = []

    def let_go(self) -> None:
        """Leave it to whoever goes on, or removes it: this run is over."""
        if self.folder is not None:
            release(_own.pop(self.folder, None))

    @property
    def paths(self) -> int:
        """How many paths a draw has."""
        return int(self.about["paths"])

    def read(self, where: Rectangle) -> DrawCounts:
        """The counts of a chunk that was kept."""
        assert self.folder is not None
        return from_bytes((self.folder / self.chunks[where]).read_bytes())

    def _write(self, part: DrawCounts) -> None:
        folder = self.folder or self._begin()
        data = to_bytes(part)
        draws, paths = part.draws, part.paths
        spans = f"{draws.start}-{draws.stop}.{paths.start}-{paths.stop}"
        name = f"{spans}.{sha256(data).hexdigest()[:16]}.counts"
        # a rename is a single step: nobody ever meets half a file by its final name
        beside = folder / f"{name}.part"
        beside.write_bytes(data)
        beside.replace(folder / name)

    def _begin(self) -> Path:
        home = self.target.parent
        home.mkdir(parents=True, exist_ok=True)
        folder = home / f".{self.target.name}.{token_hex(8)}.unfinished"
        folder.mkdir()
        held = hold(folder)
        # where the system has no locks, this process alone knows that it is its own
        _own[folder] = NO_LOCK if held is None else held
        text = json.dumps(dict(self.about), indent=1, ensure_ascii=False) + "\n"
        (folder / f"{ABOUT}.part").write_text(text, encoding="utf-8")
        (folder / f"{ABOUT}.part").replace(folder / ABOUT)
        self.folder = folder
        return folder


def taken_up(directory: str | Path) -> Unfinished:
    """The unfinished part beside a directory, to go on from; the one with most chunks.

    Raises UsageError where there is none, or its writer lives.
    """
    target = Path(user_path(directory)).resolve()
    found = [one for one in leavings(directory) if one.chunks]
    if not found:
        alive = any(one not in _own for one in _folders(target))
        why = "; its writer is still at work" if alive else ""
        raise UsageError(f"{directory}: no unfinished run is beside it{why}")
    best = max(found, key=lambda one: len(one.chunks))
    assert best.folder is not None
    held = hold(best.folder)
    if held is None:
        raise UsageError(f"{directory}: somebody else goes on from it already")
    _own[best.folder] = held
    return best


def leavings(directory: str | Path) -> list[Unfinished]:
    """What dead writers left beside a directory; what has no finished chunk is swept."""
    target, found = Path(user_path(directory)).resolve(), []
    for folder in _folders(target):
        held = hold(folder)
        if held is None or folder in _own:  # its writer lives
            release(held)
            continue
        try:
            one = _opened(target, folder)
            if one is None or not one.chunks:
                rmtree(folder, ignore_errors=True)
            else:
                found.append(one)
        finally:
            release(held)
    return found


def targets_in(home: Path) -> list[Path]:
    """The directories in this one of which there are unfinished parts."""
    if not home.is_dir():
        return []
    named = (re.fullmatch(r"\.(.+)\.[0-9a-f]{16}\.unfinished", one.name) for one in home.iterdir())
    return sorted({home / one[1] for one in named if one})


def remove(directory: str | Path) -> int:
    """Remove what dead writers, and this process, left beside a directory; gives how many."""
    target, n = Path(user_path(directory)).resolve(), 0
    for folder in _folders(target):
        own = _own.pop(folder, None)
        held = hold(folder) if own is None else own
        if held is None:
            continue
        rmtree(folder, ignore_errors=True)
        release(held)
        n += 1
    return n


def _folders(target: Path) -> Iterator[Path]:
    ours = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.unfinished")
    if target.parent.is_dir():
        yield from (one for one in sorted(target.parent.iterdir()) if ours.fullmatch(one.name))


def _opened(target: Path, folder: Path) -> Unfinished | None:
    """A folder's chunks that are whole; None where it does not even say of what."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    chunks = {}
    for file in sorted(folder.iterdir()):
        name = CHUNK.fullmatch(file.name)
        if name is None:
            continue
        with suppress(OSError):
            # cut short by a full disk or changed since: it is walked again
            if sha256(file.read_bytes()).hexdigest()[:16] == name[5]:
                first, last, low, high = (int(name[i]) for i in range(1, 5))
                chunks[Rectangle(first, low, last, high)] = file.name
    return Unfinished(target=target, about=about, folder=folder, chunks=chunks)
