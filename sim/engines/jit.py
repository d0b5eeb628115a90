"""Compiled functions, cached on disk for the next process wherever there is a place for that."""

from typing import Any

from numba import njit


def cached_njit(function: Any) -> Any:
    """The function compiled, and cached on disk for the next process if there is anywhere to.

    Numba makes it anew when the file it stands in changes, and only then: constants of other files
    have to come as arguments, or (see `kernel`) their files be part of what the function is.
    """
    # nogil: threads walk paths side by side, see `compiled.work`
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder it may write to
        return njit(nogil=True)(function)
