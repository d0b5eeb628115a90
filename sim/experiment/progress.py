"""Progress, where a person watches: on a terminal and in a notebook."""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def bar(
    total: int, shown: bool | None, unit: str = " paths", *, after: float = 0.0
) -> Iterator[Callable[[int], object]]:
    """A progress bar in paths or another unit, with rate and time left; `shown` None: who watches?

    `after` so many seconds, so that what is done at once does not flicker.
    """
    if shown is None:
        # a notebook has no terminal, but somebody who watches
        shown = "ipykernel" in sys.modules or (_writable() and sys.stderr.isatty())
    if not (shown and _writable()):
        yield lambda done: None
        return
    with warnings.catch_warnings():  # without ipywidgets the bar is plain, which will do
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

    with tqdm(total=total, unit=unit, unit_scale=True, leave=False, delay=after) as progress:
        yield progress.update


def _writable() -> bool:
    """Whether there is a standard error: a program without a console has none, or a closed one."""
    # typeshed says that it is always there
    stream: TextIO | None = sys.stderr
    return stream is not None and not stream.closed
