"""Compiled functions, cached on disk for the next process wherever there is a place for that."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, TextIO

import numba
from numba import njit

from sim.errors import UsageError

# numba makes its settings as it is imported, and its `_cache` has no type; see
# tests/test_private_interfaces.py
SETTINGS: Any = numba.config


def cached_njit(function: Any) -> Any:
    """The function compiled, and cached on disk for the next process if there is anywhere to.

    Numba makes it anew when the file it stands in changes, and only then: constants of other files
    have to come as arguments, or (see `kernel`) their files be part of what the function is.
    """
    # nogil: threads walk paths side by side, see `compiled.work`
    try:
        compiled: Any = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder it may write to
        return njit(nogil=True)(function)
    if not SETTINGS.DISABLE_JIT:  # with it numba gives the function back as it is
        _survive_broken_files(compiled._cache)
    return compiled


def _survive_broken_files(cache: Any) -> None:
    """Let what cannot be read from the cache be compiled again, and written anew.

    A process that was killed or a disk that was full leaves files cut or empty; numba raises
    whatever the part of it raises that meets them first, in every process from then on.
    """
    # Numba's private interface, for want of another: it offers no hook, and names no error. What is
    # gained: one broken file costs one compilation (35 s) instead of every run until somebody finds
    # the folder and empties it.
    read, write = cache.load_overload, cache.save_overload

    def load(signature: Any, context: Any) -> Any:
        try:
            found = read(signature, context)
            if found is None:
                _say_that_it_compiles()
            return found
        except Exception:  # noqa: BLE001
            # the index too: numba reads it once more before it writes
            with contextlib.suppress(OSError):
                cache.flush()
            return None  # as where nothing was cached yet

    def save(signature: Any, made: Any) -> None:
        # what is compiled is of use to this process, whether or not the next one finds it
        with contextlib.suppress(OSError):
            write(signature, made)

    cache.load_overload, cache.save_overload = load, save


def _say_that_it_compiles() -> None:
    """A line for whoever watches a terminal: the first run on a machine takes longer."""
    stream: TextIO | None = sys.stderr  # typeshed says that it is always there
    if stream is not None and not stream.closed and stream.isatty():
        stream.write("Compiling the engine once for this machine (10 to 40 s) ...\n")


def refuse_without_compiler() -> None:
    """Raise UsageError where numba has been told not to compile."""
    if SETTINGS.DISABLE_JIT:
        raise UsageError(
            "the compiled engine cannot run while NUMBA_DISABLE_JIT is set: it consists of what "
            "numba compiles; unset it, or use --engine reference"
        )
