"""A run whose chunks are kept as they finish: what it is, what is done, what is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from sim.errors import UsageError
from sim.experiment.tasks import own_versions
from sim.experiment.work import Chunk, Work, chunks
from sim.machine_form import machine_form
from sim.results.draw_counts import DrawCounts
from sim.results.unfinished import Rectangle, Unfinished

# the options that `--resume` takes over from the run that was begun, unless they are given again
SIZES = ("draws", "paths", "seed", "engine", "events", "keep_paths")


def described(work: Work, *, keep: bool) -> dict[str, Any]:
    """What must be the same for chunks of two runs to be chunks of one."""
    (model,) = work.models
    text = machine_form(model).encode()
    return {
        "scenario": model.name,
        "model": sha256(text).hexdigest()[:16],
        "seed": work.seed,
        "first_draw": work.first,
        "draws": work.draws,
        "paths": work.paths,
        "engine": work.engine,
        "events": work.events,
        "keep_paths": keep,
        "common_random_numbers": work.common,
        "values": sha256(work.values[0].tobytes()).hexdigest()[:16],
        "decided": repr(work.decide.described) if work.decide is not None else "",
        "versions": own_versions(),
    }


def require_same(there: Mapping[str, Any], now: Mapping[str, Any], target: object) -> None:
    """Raise UsageError if what was begun is not what is to go on, naming what differs."""
    # digests say nothing to a reader: they are named last, where nothing else differs
    differ = [
        f"{name.replace('_', ' ')} {there.get(name)}, not {its}"
        for name, its in now.items()
        if there.get(name) != its and name not in ("versions", "values")
    ]
    old = there.get("versions", {})
    differ += [
        f"{name} {old.get(name, '–')}, not {its}"
        for name, its in now["versions"].items()
        if old.get(name) != its
    ]
    if not differ and there.get("values") != now["values"]:
        differ = ["other values of parameters"]
    if differ:
        raise UsageError(f"{target}: its unfinished run was begun with {'; '.join(differ)}")


def left(work: Work, kept: Unfinished, size: int) -> list[Rectangle]:
    """The rectangles that no chunk has, of about so many paths each, in order."""
    covered: dict[int, list[tuple[int, int]]] = {}
    for one in kept.chunks:
        for draw in range(one.draw, one.last_draw):
            covered.setdefault(draw, []).append((one.path, one.last_path))
    found: list[Rectangle] = []
    # draws are joined where `chunks` joins them, so that what is left is cut as the whole would
    # have been
    step, whole = max(size // work.paths, 1), work.paths < size
    for draw in range(work.first, work.first + work.draws):
        for low, high in _gaps(sorted(covered.get(draw, [])), work.paths):
            last = found[-1] if found else None
            if (
                last is not None
                and whole
                and (low, high) == (0, work.paths) == (last.path, last.last_path)
                and last.last_draw == draw
                and (draw - work.first) // step == (last.draw - work.first) // step
            ):
                found[-1] = Rectangle(last.draw, 0, draw + 1, work.paths)
                continue
            for at in range(low, high, max(size, 1)):
                found.append(Rectangle(draw, at, draw + 1, min(at + size, high)))
    return found


def _gaps(covered: list[tuple[int, int]], paths: int) -> Iterator[tuple[int, int]]:
    at = 0
    for low, high in covered:
        assert low >= at, "a path is in two chunks"
        if low > at:
            yield at, low
        at = high
    if at < paths:
        yield at, paths


def chunk_of(where: Rectangle, work: Work) -> Chunk:
    """A rectangle by the positions of its draws in the work."""
    draws = range(where.draw - work.first, where.last_draw - work.first)
    return Chunk(draws, range(where.path, where.last_path))


def counts_of(
    work: Work,
    kept: Unfinished | None,
    size: int,
    done: Callable[[int], object],
    walk: Callable[[Iterator[Chunk]], Iterator[DrawCounts]],
) -> Iterator[DrawCounts]:
    """Counts in order: those of chunks that were kept, and of the rest as `walk` finds them."""
    if kept is None:
        yield from walk(chunks(work, size))
        return
    there = set(kept.chunks)
    todo = left(work, kept, size)
    found = walk(chunk_of(one, work) for one in todo)
    # by draw, then path: counts are taken in the order of the whole run
    for where in sorted([*there, *todo]):
        if where in there:
            part = kept.read(where)
            done(part.n)
            yield part
        else:
            one = next(found, None)
            if one is None:  # interrupted
                return
            yield one
