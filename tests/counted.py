"""Work counted in calls: the same on a slow machine and on a fast one, which seconds are not."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class TooMuch(BaseException):
    """More calls than allowed; nothing that only catches errors of input stops it on its way."""


def calls_made(function: Callable[..., Any], *arguments: Any, at_most: int) -> int:
    """How many calls, of Python's functions and of C's, a call makes; TooMuch beyond the limit.

    What `function` raises passes through, its calls uncounted. Work without end is stopped at the
    limit: a test that counts needs no time limit. What one call of a C function does is not seen.
    """
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        if event in ("call", "c_call"):
            made += 1
            if made > at_most:
                sys.setprofile(None)
                raise TooMuch(f"more than {at_most:,} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return made - 1  # without setprofile's own
