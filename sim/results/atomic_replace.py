"""One directory in the place of another: whole or not at all, and the one before is kept beside it.

A writer may be killed at any moment, two may write to one target, somebody may be reading it. The
steps of a replacement of `x` are single renames, and each leaves a state to go on from:

    .x.TOKEN.making/run                        being written
    .x.TOKEN.making/run    -> .../ready        finished: from here on it is not lost
    x.previous             -> .../old          if there is one
    x                      -> x.previous
    .x.TOKEN.making/ready  -> x

A table that is added to a run that is there (`add_files`) is written whole beside it, too, and then
moved in, file by file, the manifest last:

    .x.TOKEN.making/adding                 being written
    .x.TOKEN.making/adding -> .../added    finished
    .x.TOKEN.making/added/*  -> x/*

Whoever comes next – to write, or to read what is not there – finishes what a dead writer began, and
sweeps what it left. A dead writer is known by its lock, which the system takes from it; process
numbers return, in containers at once. Linux could exchange two directories in one step; that would
close a gap of microseconds for other programs, and still need all of this for `x.previous`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from shutil import copy2, rmtree
from typing import TypeVar

from sim.errors import UsageError
from sim.formatting import user_path
from sim.results.locks import NO_LOCK, hold, locked, release
from sim.results.manifest import MANIFEST, foreign_files, manifest_of_a_run

T = TypeVar("T")
PREVIOUS = ".previous"


def previous_of(target: Path) -> Path:
    """Where the run before is kept."""
    target = target.resolve()
    return target.with_name(f"{target.name}{PREVIOUS}")


@contextmanager
def atomic_directory(directory: str | Path) -> Iterator[Path]:
    """A new directory beside the target, moved into its place once everything in it is written.

    The run that was there is kept as `<target>.previous`, in place of an earlier one; files in it
    that no run wrote stay in the target as well. Raises UsageError, before anything is written, if
    the target or `<target>.previous` is not a run's, nor empty.
    """
    directory = Path(user_path(directory))
    refuse_foreign(directory)
    target = directory.resolve()  # through a link, and `.` by its name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # beside the target, so on the same disk: only there is moving a directory a single step
        outer, held = _new_outer(target)
    except OSError as error:
        raise UsageError(f"{directory}: cannot be created: {_reason(error)}") from None
    try:
        (outer / "run").mkdir()
        yield outer / "run"
        with locked(target.parent):
            _sweep(target)
            # another writer may have been faster, with something else
            _refuse_foreign(target)
            (outer / "run").rename(outer / "ready")
            _finish(outer, target)
    except OSError as error:
        # of a place that is gone now, a user could make nothing
        if error.filename is not None and str(error.filename).startswith(str(outer)):
            inner = Path(error.filename).relative_to(outer)
            error.filename = str(target.joinpath(*inner.parts[1:]))
        raise
    finally:
        # what was moved into its place is no longer in it
        rmtree(outer, ignore_errors=True)
        release(held)


def add_files(
    directory: str | Path,
    write: Callable[[Path], None],
    describe: Callable[[Path, Path], None],
) -> Path:
    """Put files into a directory that a run wrote, all or none of them; the run before stays.

    `write` is called with an empty folder and puts the files there, by the names they are to have;
    then, while nobody may replace anything, `describe` with that folder and the directory: it adds
    the new manifest to the folder, or raises UsageError, and nothing is added.
    """
    target = Path(user_path(directory)).resolve()
    if not target.parent.is_dir():
        raise UsageError(f"{directory}: not a run directory")
    outer, held = _new_outer(target)
    try:
        adding = outer / "adding"
        adding.mkdir()
        write(adding)
        with locked(target.parent):
            _sweep(target)
            # under the lock, so that the manifest it reads is the one that it is an addition to
            describe(adding, target)
            adding.rename(outer / "added")  # from here on it is not lost
            _move_in(outer / "added", target)
    finally:
        rmtree(outer, ignore_errors=True)
        release(held)
    return target


def claim(directory: str | Path) -> None:
    """See that a run can be written there, before it is walked; UsageError if not.

    What a dead writer left there is finished or swept.
    """
    directory = Path(user_path(directory))
    refuse_foreign(directory)
    target = directory.resolve()
    above = _nearest(target)
    try:
        # the longest name that is needed, and the right to make it: asked of the system
        trial = above / _outer_name(target)
        trial.mkdir()
        with suppress(FileNotFoundError):  # swept by another who took it for a dead writer's
            trial.rmdir()
    except OSError as error:
        raise UsageError(f"{target}: cannot be created: {_reason(error)}") from None
    if above == target.parent:
        with locked(above):
            _sweep(target)


def settled(directory: str | Path, read: Callable[[Path], T]) -> T:
    """What `read` gives of a directory; never of two runs, of which one replaces the other.

    `read` has to raise UsageError for what does not belong together. Then it is asked once more,
    while nobody may replace anything and after a dead writer's work is finished.
    """
    home = Path(user_path(directory))
    try:
        return read(home)
    except UsageError:
        target = home.resolve()
        if not target.parent.is_dir():
            raise
    with locked(target.parent):
        with suppress(OSError):  # of a place where we may read only
            _sweep(target)
            if target.name.endswith(PREVIOUS):  # moved there by writers to the other
                _sweep(target.with_name(target.name.removesuffix(PREVIOUS)))
        try:
            return read(home)
        except UsageError as error:
            before = previous_of(target)
            if target.exists() or manifest_of_a_run(before) is None:
                raise
            raise UsageError(f"{error}; the run before is in {before}") from None


def refuse_foreign(target: Path) -> None:
    """Raise UsageError if no run may write there: in the way is what no run wrote, or a right."""
    try:
        # under the lock, since a directory being replaced looks foreign, or gone, for a moment
        with locked(_nearest(target.absolute())):
            _refuse_foreign(target)
        with suppress(FileNotFoundError):
            previous_of(target).lstat()  # a name too long for the system is told here
    except OSError as error:
        raise UsageError(f"{target}: cannot be created: {_reason(error)}") from None


def _refuse_foreign(target: Path) -> None:
    for place in (target, previous_of(target)):
        if place.is_dir():
            if any(place.iterdir()) and manifest_of_a_run(place) is None:
                raise UsageError(f"{place}: exists and holds no {MANIFEST} of a run; not replaced")
        elif os.path.lexists(place) and not place.is_symlink():
            raise UsageError(f"{place}: exists and is not a directory")
    if target.is_dir() and os.path.ismount(target):
        raise UsageError(f"{target}: is where a disk is mounted; name a directory inside it")
    above = _nearest(target.absolute())
    if not above.is_dir():
        raise UsageError(f"{target}: cannot be created: {above} is not a directory")
    if not os.access(above, os.W_OK | os.X_OK):
        raise UsageError(f"{target}: cannot be created: {above} is not writable")


def _finish(outer: Path, target: Path) -> None:
    """Put what is ready into its place. Under the lock; from whatever state a dead writer left."""
    ready, old, previous = outer / "ready", outer / "old", previous_of(target)
    if ready.exists():
        _carry(target, ready, outer)
        _swap(ready, target, previous, old)
    if old.exists():
        # nothing that no run wrote is removed, though it lay in the run before the one before
        if previous.exists():
            _carry(old, previous, outer)
        # by another name: half of it removed, it would look like a directory of foreign files
        old.rename(outer / "gone")
    if (outer / "added").exists():
        _move_in(outer / "added", target)


def _move_in(added: Path, target: Path) -> None:
    """Move the files that are left to be added, the manifest last; under the lock."""
    # those that are left: a dead writer may have moved some of them
    files = [one for one in sorted(added.rglob("*")) if one.is_file()]
    # last, since with it the others count: until then the directory is what it was
    for file in sorted(files, key=lambda one: one.name == MANIFEST):
        place = target / file.relative_to(added)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)  # over a file that is there, on every system


def _swap(ready: Path, target: Path, previous: Path, old: Path) -> None:
    """The three renames; taken back where one fails, since an earlier run is not their price."""
    before = target.stat().st_ino if target.exists() else None
    try:
        if target.exists() and not any(target.iterdir()):
            target.rmdir()  # of an empty directory nothing is kept
        elif target.exists():
            if previous.exists():
                previous.rename(old)
            target.rename(previous)
        ready.rename(target)
    except BaseException:
        # by its identity, since Ctrl-C may come between a rename and any note of it
        if not target.exists() and previous.exists() and previous.stat().st_ino == before:
            previous.rename(target)
        if old.exists() and not previous.exists():
            old.rename(previous)
        raise


def _carry(home: Path, to: Path, outer: Path) -> None:
    """Copy the files in `home` that no run wrote, unless there are files of that name."""
    for name in foreign_files(home):
        # a name that the new run has too is the run's
        if os.path.lexists(to / name):
            continue
        copy = outer / "copy"  # whole or not there, also for who is killed while copying
        copy.unlink(missing_ok=True)
        copy2(home / name, copy, follow_symlinks=False)
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        copy.rename(to / name)


def _sweep(target: Path) -> None:
    """Finish what dead writers to this target began, and remove what they left. Under the lock."""
    # only of this target: beside it others may be at work on their own
    ours = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.making")
    for outer in sorted(target.parent.iterdir()):
        if not ours.fullmatch(outer.name):
            continue
        held = hold(outer)
        if held is None or held == NO_LOCK:  # its writer lives, or nobody can tell
            continue
        try:
            _finish(outer, target)
            rmtree(outer, ignore_errors=True)
        finally:
            release(held)


def _new_outer(target: Path) -> tuple[Path, int]:
    """A new directory beside the target, held by a lock for as long as this process lives."""
    while True:
        outer = target.parent / _outer_name(target)
        outer.mkdir()
        held = hold(outer)
        # somebody who sweeps may have come between making and holding it
        if held is not None and outer.exists():
            return outer, held
        release(held)


def public_name(file: str) -> str:
    """A file of a directory in the making by the name it is to have, any other as it is."""
    return re.sub(r"\.([^/\\]+)\.[0-9a-f]{16}\.making(?:[/\\](?:run|ready)\b)?", r"\1", file)


def _outer_name(target: Path) -> str:
    return f".{target.name}.{token_hex(8)}.making"


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _nearest(target: Path) -> Path:
    """The nearest directory above that exists."""
    return next(one for one in target.parents if one.exists())
