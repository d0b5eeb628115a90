"""Progress, where a person watches: on a terminal and in a notebook."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

AT_ONCE = 1.0  # seconds; what takes longer shows progress


@contextmanager
def bar(
    total: int, shown: bool | None, unit: str = " paths", *, after: float | None = None
) -> Iterator[Callable[[int], object]]:
    """A progress bar in paths or another unit, with rate and time left; `shown` None: who watches?

    It appears after a second, so that what is done at once does not flicker; at once where it is
    asked for, unless `after` so many seconds is. `ESCALATION_PROGRESS=0` or `TQDM_DISABLE=1` in the
    environment leave out all bars that nobody asked for.
    """
    cell = _cell()
    if after is None:
        after = 0.0 if shown else AT_ONCE
    if shown is None and _switched_off():
        shown = False
    if shown is None:
        # a notebook has no terminal, but somebody who watches
        shown = cell is not None or (_writable() and sys.stderr.isatty())
    if not (shown and (cell or _writable())):
        yield lambda done: None
        return
    from tqdm.std import tqdm

    file: Any = cell or sys.stderr
    width = 80 if cell else None  # of a notebook nobody knows it
    with tqdm(
        total=total,
        unit=unit,
        unit_scale=True,
        leave=False,
        delay=after,
        file=file,
        ncols=width,
    ) as progress:
        yield progress.update


def _switched_off() -> bool:
    """Whether the environment says that there shall be no bar."""
    # looked at each time, so that a notebook may say so in os.environ
    own = os.environ.get("ESCALATION_PROGRESS", "").strip().lower()
    other = os.environ.get("TQDM_DISABLE", "").strip().lower()
    return own in ("0", "false", "off", "no") or other not in ("", "0", "false", "off", "no")


class _Cell:
    """The output of a notebook's cell, as a stream of lines each in the place of the one before.

    The last one is blank, so that nothing is left in the notebook that is saved; a bar made of
    widgets would stay there at 0 %.
    """

    def __init__(self, display: Callable[..., Any]) -> None:
        self.display = display
        self.handle: Any = None  # made when there is something to show

    def write(self, text: str) -> None:
        line = text.strip()
        if self.handle is not None:
            self.handle.update({"text/plain": line}, raw=True)
        elif line:
            self.handle = self.display({"text/plain": line}, raw=True, display_id=True)

    def flush(self) -> None:
        """Nothing is held back."""


def _cell() -> _Cell | None:
    """The output of the cell that runs now; None outside of a notebook."""
    if "ipykernel" not in sys.modules:
        return None
    from IPython import get_ipython
    from IPython.display import display

    return _Cell(display) if get_ipython() is not None else None


def _writable() -> bool:
    """Whether there is a standard error: a program without a console has none, or a closed one."""
    # typeshed says that it is always there
    stream: TextIO | None = sys.stderr
    return stream is not None and not stream.closed
