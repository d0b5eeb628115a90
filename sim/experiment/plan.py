"""How much to run, and how: every option of a run, declared once.

The library's signatures take their defaults from here, the command line its options, defaults and
help; cheap to import, since `--help` needs it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from math import ceil
from typing import Any, NamedTuple

from sim.errors import UsageError, require_int, unknown
from sim.results.level import LEVEL, require_level

EXACT = "exact"  # the engine that solves instead of sampling
LARGEST = 2**32  # draws, paths and starts are 32-bit counters of the generator
LAST_SEED = 2**64 - 1
ROWS = 1_000_000  # more paths than this are counted, but not kept, unless asked for
EXPLORED = {"draws": 100, "paths": 100}  # of an explorer, which is waited for
SPLITTINGS = 60  # draws times repetitions, unless another number of either is asked for


def _words(text: str, metavar: str = "", shown: str | None = None) -> dict[str, Any]:
    """What the command line says of an option; `shown` stands for a default that is computed."""
    return {"help": text, "metavar": metavar, "shown": shown}


# without slots, so that a default can be read off the class: `Plan.draws` is 500
@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much to run, and how. A field's default is the default everywhere: `Plan.draws`.

    Raises UsageError for an argument that is out of range or an unknown engine.
    """

    draws: int = field(default=500, metadata=_words("Number of parameter draws.", "D"))
    paths: int = field(default=200, metadata=_words("Number of paths in each draw.", "N"))
    seed: int = field(default=1, metadata=_words("Random seed: same seed, same results.", "S"))
    engine: str = field(
        default="compiled",
        metadata=_words("Simulation engine.", "NAME"),
    )
    workers: int | None = field(
        default=None, metadata=_words("Number of processes or threads.", "W", "all cores")
    )
    events: bool = field(default=False, metadata=_words("Also write every event (events.csv)."))
    keep_paths: bool | None = field(
        default=None, metadata=_words("Write paths.csv even for more than a million paths.")
    )
    precision: str | float | None = field(
        default=None,
        metadata=_words(
            "Add draws until the standard error of every headline is below this: 0.2 (percentage "
            "points), or 5% (of the estimate).",
            "P",
            "run --draws draws",
        ),
    )
    max_paths: int = field(
        default=ROWS, metadata=_words("With --precision: stop at so many paths.", "N")
    )
    level: float = field(
        default=LEVEL,
        metadata=_words("Probability mass of every interval, between 0 and 1.", "MASS"),
    )
    progress: bool | None = None  # None: where a person watches
    first_draw: int = 0  # the number of the first draw: a run may go on where another ended
    on_interrupt: str = "raise"  # what Ctrl-C does: "raise", or "return" what is finished
    common_random_numbers: bool = False  # all draws' paths meet the random numbers of draw 0

    def __post_init__(self) -> None:
        from sim.engines import engine_names

        checked = {
            "draws": require_int("draws", self.draws, 1, LARGEST),
            "first_draw": require_int("draws", self.first_draw, 0, LARGEST - self.draws),
            "paths": require_int("paths", self.paths, 1, LARGEST),
            "seed": require_int("seed", self.seed, 0, LAST_SEED),
            "level": require_level(self.level),
        }
        if self.on_interrupt not in ("raise", "return"):
            raise UsageError(unknown("on_interrupt", str(self.on_interrupt), ("raise", "return")))
        if self.workers is not None:
            checked["workers"] = require_int("workers", self.workers, 1)
        if self.precision is not None:
            limit_of(self.precision)
            if self.engine == EXACT:
                raise UsageError("precision: the exact engine solves its draws and adds none")
            most = require_int("max_paths", self.max_paths, 1, LARGEST)
            # as many as there may be; the run ends before when the precision is reached
            checked["draws"] = max(most // checked["paths"], 1)
        for name, value in checked.items():  # a row of a table gives NumPy's numbers
            object.__setattr__(self, name, value)
        # names only: an engine is imported when it runs
        if self.engine != EXACT and self.engine not in (known := engine_names(self.engine)):
            raise UsageError(unknown("engine", self.engine, (*known, EXACT)))

    @property
    def span(self) -> range:
        """The numbers of the draws."""
        return range(self.first_draw, self.first_draw + self.draws)

    @property
    def keeps(self) -> bool:
        """Whether a row is kept for every path."""
        return self.draws * self.paths <= ROWS if self.keep_paths is None else self.keep_paths

    @property
    def crew(self) -> int:
        """How many workers; by default all cores this process may use."""
        if self.on_interrupt not in ("raise", "return"):
            raise UsageError(unknown("on_interrupt", str(self.on_interrupt), ("raise", "return")))
        if self.workers is not None:
            return self.workers
        # a container or a batch system may allow fewer cores than there are
        allowed = getattr(os, "sched_getaffinity", None)  # not on every system
        return len(allowed(0)) if allowed else os.cpu_count() or 1

    def arguments(self) -> dict[str, Any]:
        """Every option with the value in force: what the manifest of a run records."""
        chosen = {one.name: getattr(self, one.name) for one in fields(self)}
        # what was left open, as it was decided
        chosen |= {"workers": self.crew, "keep_paths": self.keeps}
        # says nothing about the numbers; what provenance says of its own
        for name in ("progress", "on_interrupt", "level", "first_draw", "common_random_numbers"):
            del chosen[name]
        return chosen


class Limit(NamedTuple):
    """Below what a standard error is small enough: a share, or a part of the estimate."""

    size: float
    relative: bool

    def of(self, share: float) -> float:
        """The limit for this estimate."""
        return self.size * share if self.relative else self.size


def limit_of(precision: str | float) -> Limit:
    """The limit that `0.2` (percentage points) or `5%` (of the estimate) means."""
    text = str(precision).strip()
    relative = text.endswith("%")
    try:
        size = float(text.removesuffix("%")) / 100
    except ValueError:
        size = 0.0
    if not 0 < size < 1:
        raise UsageError(
            f"precision: must be percentage points such as 0.2, or a part of the estimate such as "
            f"5%, found {precision!r}"
        )
    return Limit(size, relative)


@dataclass(frozen=True, kw_only=True)
class RarePlan:
    """How much to run for one rare outcome, and how. Defaults as in `Plan`: `RarePlan.draws`.

    Raises UsageError for an argument that is out of range.
    """

    draws: int = 30  # parameter draws; one where no parameter is uncertain
    repetitions: int | None = None  # independent splittings in each draw; None: SPLITTINGS in all
    paths: int = 100  # begun at each level of a splitting
    seed: int = Plan.seed
    level: float = Plan.level
    workers: int | None = None
    progress: bool | None = None

    def __post_init__(self) -> None:
        checked = Plan(draws=self.draws, seed=self.seed, level=self.level, workers=self.workers)
        object.__setattr__(self, "draws", checked.draws)
        object.__setattr__(self, "seed", checked.seed)
        object.__setattr__(self, "level", checked.level)
        # the spread of the repetitions is the error where there is one draw, so two at least
        if self.repetitions is not None:
            require_int("repetitions", self.repetitions, 2)
        require_int("paths", self.paths, 10)

    @property
    def crew(self) -> int:
        """How many threads; by default all cores this process may use."""
        return Plan(workers=self.workers).crew

    def repetitions_of(self, draws: int) -> int:
        """How many splittings there are in each of so many draws."""
        return self.repetitions or max(2, ceil(SPLITTINGS / draws))
