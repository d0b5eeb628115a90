"""A chunk of a comparison as a task: the same paths of a scenario and its twins, in pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.engines import has_threads, has_traces
from sim.experiment.handing_out import Crew, chunk_size, handed_out
from sim.experiment.pair_counts import PairCounts
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import Plan
from sim.experiment.progress import bar
from sim.experiment.tasks import own_versions, received, refuse_other_versions, sent
from sim.experiment.work import (
    PATHS_BESIDE_THEIR_TWINS,
    Chunk,
    Pieces,
    Stop,
    Work,
    chunks,
    interruptible,
    part_of,
    walk_chunk,
)
from sim.results.counting import Accumulator
from sim.results.draw_counts import DrawCounts

if TYPE_CHECKING:
    from sim.experiment.paired_walks import Pairs

COMPARISONS_AT_HAND = 2  # that a worker keeps, each with all its models lowered


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all tasks of a comparison share."""

    models: bytes  # of the baseline, then of each twin
    engine: str
    seed: int
    draws: int  # of the whole comparison: what a twin changes is told from the values of all
    paths: int
    events: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTask:
    """Some paths of some draws of a comparison, to be walked where the same versions are."""

    versions: tuple[tuple[str, str], ...]  # of who asks
    common: Common
    keep: bool  # a row for every path
    chunk: Chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """What the paths of a chunk came to in every model, and which of them differ."""

    counts: tuple[DrawCounts, ...]  # of the baseline, then of each twin
    pairs: tuple[PairCounts, ...]  # of each twin
    again: tuple[int, ...]  # of each twin: paths walked again

    @property
    def n(self) -> int:
        """How many paths there are, in all models."""
        return sum(one.n for one in self.counts)


def counted_by_crew(crew: Crew, work: Work, plan: Plan) -> Iterator[PairedCounts]:
    """The counts of all paths, chunk by chunk in order, until the end or Ctrl-C; with a bar."""
    versions = tuple(own_versions().items())
    common = Common(
        models=sent(work.models),
        engine=work.engine,
        seed=work.seed,
        draws=work.draws,
        paths=work.paths,
        events=work.events,
    )

    def task_of(chunk: Chunk) -> PairTask:
        return PairTask(versions=versions, common=common, keep=plan.keeps, chunk=chunk)

    # the paths of a chunk are at hand until the last twin has walked them
    size = min(chunk_size(work, crew.at_once, in_blocks=False), PATHS_BESIDE_THEIR_TWINS)
    with interruptible() as interruption, bar(work.total, plan.progress) as done:
        try:
            yield from handed_out(crew, task_of, do_pairs, chunks(work, size), interruption, done)
        except Stop:
            return


def do_pairs(task: PairTask, check: Callable[[], None] | None = None) -> PairedCounts:
    """Walk the paths of a task in every model and count them; see `sim.experiment.tasks.do`."""
    refuse_other_versions(dict(task.versions))
    chunk, (work, pairs) = task.chunk, _at_hand(task.common)
    pieces, again = _walked(work, pairs, chunk, check or _never)
    counts = []
    for model, own in zip(work.models, pieces, strict=True):
        found = Accumulator(model, paths=len(chunk.paths), keep=task.keep)
        for piece in own:
            found.add(piece)
        counts.append(found.counted(chunk.draws, chunk.paths))
    baseline, *twins = work.models
    own_pairs = [PairCounts(len(chunk.draws), baseline, one, chunk.draws.start) for one in twins]
    for pair, own in zip(own_pairs, pieces[1:], strict=True):
        pair.add(pieces[0], own)
    return PairedCounts(counts=tuple(counts), pairs=tuple(own_pairs), again=tuple(again))


def _never() -> None:
    """Hear of no Ctrl-C: a process is ended from outside."""


@lru_cache(maxsize=COMPARISONS_AT_HAND)
def _at_hand(common: Common) -> tuple[Work, Pairs | None]:
    """The work that was sent; the same objects each time, with what engines keep in them."""
    models = received(common.models)
    work = Work(
        engine=common.engine,
        models=models,
        # drawn again, as they are found by name: a row for every draw and model is long to send
        values=tuple(values_of(models, common.seed, range(common.draws), progress=False)),
        seed=common.seed,
        draws=common.draws,
        paths=common.paths,
        events=common.events,
        workers=1,  # whoever has several has one for each core
    )
    if common.events or not has_traces(common.engine):
        return work, None
    from sim.experiment.paired_walks import Pairs

    return work, Pairs(work, _never)


def _walked(
    work: Work, pairs: Pairs | None, chunk: Chunk, check: Callable[[], None]
) -> tuple[Pieces, list[int]]:
    """All pieces of the chunk of every model, and how many paths of each twin were walked."""
    if pairs is not None:
        # a copy: a walk that fails while more is watched goes on without, and which chunks that
        # holds for must not depend on who walks them
        own = copy(pairs)
        own.check = check
        return own.walked(chunk, lambda n: None)
    more: dict[str, Any] = {"check": check} if has_threads(work.engine) else {}
    n = len(chunk.draws) * len(chunk.paths)
    return walk_chunk(part_of(work, chunk), chunk, **more), [n] * (len(work.models) - 1)
