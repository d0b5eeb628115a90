"""Charts drawn in several processes at once, on systems that copy a process well."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from multiprocessing import current_process

from sim.charts.fonts import MissingLetters
from sim.errors import RunError
from sim.experiment.processes import processes

FEW = 8  # charts below which starting processes would not pay
LOOK_EVERY = 0.1  # seconds between two looks at whether to stop

Drawn = Callable[[], object]  # draws one chart, and writes it

# what is to be drawn, for the copies of this process: charts cannot be sent to another
_waiting: Sequence[Drawn] = ()


def draw_apart(
    drawings: Sequence[Drawn], workers: int, check: Callable[[], None]
) -> dict[int, str]:
    """Draw what can be drawn by other processes: its numbers, and the letters it had no font for.

    What is not among them (a chart that fails or warns, all where there are few or a process is
    lost) is left to the caller, in whose process an error can be seen. `check` may raise.
    """
    global _waiting
    if workers < 2 or len(drawings) < FEW or not _copies_well():
        return {}
    done: dict[int, str] = {}
    _waiting = drawings
    try:
        with processes(min(workers, len(drawings))) as pool:
            futures = {number: pool.submit(_draw, number) for number in range(len(drawings))}
            for number, future in futures.items():
                letters = _result(future, check)
                if letters is not None:
                    done[number] = letters
    except RunError:  # a process is lost, for lack of memory perhaps: one at a time, then
        pass
    finally:
        _waiting = ()
    return done


def _copies_well() -> bool:
    # elsewhere a process starts anew, and would have to be told the whole run
    return sys.platform == "linux" and not current_process().daemon


def _result(future: Future[str | None], check: Callable[[], None]) -> str | None:
    while True:
        check()
        if wait([future], LOOK_EVERY).done:
            return future.result()


def _draw(number: int) -> str | None:
    """In a copy of the process: draw one; None where it failed or had something else to say."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MissingLetters)
        try:
            _waiting[number]()
        except Exception:  # noqa: BLE001
            return None  # it is drawn again where its error is reported
    letters = ""
    for one in caught:
        if isinstance(one.message, MissingLetters):
            letters += one.message.letters
        elif one.category.__module__.startswith("sim."):
            return None
    return letters
