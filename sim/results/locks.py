"""Locks on directories: one process at a time, and the lock of a dead one is no lock.

Where the system has `flock`, it takes a lock from a process that ends. Elsewhere (Windows, some
disks in a network) a file stands for the lock while a directory is replaced, for milliseconds; one
that a dead process left is believed for `BELIEVED` seconds. Who holds a directory for long cannot
be told there, so nothing of others is swept.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

NO_LOCK = -1
LOCK_FILE = ".escalation.lock"
BELIEVED = 10.0  # seconds; replacing takes some milliseconds, and a file carried along its copying
LOOK_EVERY = 0.005


def hold(directory: Path) -> int | None:
    """The lock on a directory; None where another has it, NO_LOCK where there are no locks."""
    if fcntl is None:
        return NO_LOCK
    try:
        # kept open: closing it gives the lock away, and so does the end of the process
        held = os.open(directory, os.O_RDONLY)
    except OSError:  # gone already
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        return None if isinstance(error, BlockingIOError) else NO_LOCK
    return held


def release(held: int | None) -> None:
    """Let go of what `hold` gave."""
    if held is not None and held != NO_LOCK:
        os.close(held)


@contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Nobody else replaces a directory in this one meanwhile; each waits for milliseconds."""
    # the directory itself is locked, so that no file has to lie there for it
    held = _wait(parent)
    if held != NO_LOCK:
        try:
            yield
        finally:
            release(held)
        return
    file = _own_file(parent)
    try:
        yield
    finally:
        if file is not None:
            with suppress(OSError):
                file.unlink()


def _wait(parent: Path) -> int:
    """The lock on a directory once nobody else has it; NO_LOCK where there are no locks."""
    if fcntl is None:
        return NO_LOCK
    try:
        held = os.open(parent, os.O_RDONLY)
    except OSError:
        return NO_LOCK
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
    except OSError:  # a disk without locks
        os.close(held)
        return NO_LOCK
    # Ctrl-C while waiting: nobody else would close it
    except BaseException:
        os.close(held)
        raise
    return held


def _own_file(parent: Path) -> Path | None:
    """A file that only one process can make at a time; None where none may be made at all."""
    file = parent / LOCK_FILE
    while True:
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            return file
        except FileExistsError:
            _drop_if_old(file)
            time.sleep(LOOK_EVERY)
        except PermissionError:  # Windows says so of a file that is just being removed, too
            if not os.access(parent, os.W_OK):
                return None
            time.sleep(LOOK_EVERY)
        except OSError:  # a directory to read only
            return None


def _drop_if_old(file: Path) -> None:
    """Remove the file of a process that must be dead."""
    with suppress(OSError):
        if time.time() - file.stat().st_mtime > BELIEVED:
            # by a name of its own first: of two who find it old, one removes it
            file.rename(file.with_name(f"{file.name}.{token_hex(8)}")).unlink()
