"""A run counted in chunks: by a crew, and kept on disk as they finish, in the order of draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial

from sim.experiment.handing_out import Crew, chunk_size, handed_out, own_crew
from sim.experiment.plan import Plan
from sim.experiment.progress import bar
from sim.experiment.resuming import counts_of, described, require_same
from sim.experiment.tasks import do, tasks_of
from sim.experiment.work import Stop, Work, interruptible
from sim.results.counting import Accumulator
from sim.results.draw_counts import DrawCounts
from sim.results.unfinished import Unfinished


def counted_in_chunks(
    counts: Accumulator,
    work: Work,
    plan: Plan,
    crew: Crew | None,
    kept: Unfinished | None,
    *,
    in_blocks: bool,
) -> Iterator[int]:
    """Count all paths, until the end or Ctrl-C; gives, after each step, the draws before it.

    Without a crew this machine's workers walk them. Raises UsageError where `kept` has the chunks
    of another run.
    """
    if kept is not None:
        kept.begin(described(work, keep=plan.keeps), require_same)
    with interruptible() as interruption, bar(work.total, plan.progress) as done:
        try:
            with own_crew(plan.engine, plan.crew) if crew is None else nullcontext(crew) as some:
                size = chunk_size(work, some.at_once, in_blocks=in_blocks)
                walk = partial(
                    handed_out,
                    some,
                    tasks_of(work, keep=plan.keeps),
                    do,
                    interruption=interruption,
                    done=done,
                    note=kept.keep if kept is not None else _forget,
                )
                for part in counts_of(work, kept, size, done, walk):
                    before = counts.draws
                    counts.take(part)
                    yield before
        except Stop:
            return
        finally:
            if kept is not None:
                kept.let_go()


def _forget(part: DrawCounts) -> None:
    """Keep nothing of a chunk beside what is counted."""
