"""Guides in the kernel's memory: a table of situations, or ways that bring facts about."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.bit_planes import BITS
from sim.engines.compiled.intrinsics import zeros_apart
from sim.engines.compiled.layout import Floats, Ints
from sim.engines.splitting.layout import Guide, GuideSize, Ways
from sim.engines.splitting.situation_keys import fill

PLACES = 1 << 18  # for what is found on the way: 4 MB


class Depends(NamedTuple):
    """What a distance depends on: places in the state, and transitions by rank or as bits."""

    variables: Sequence[int]
    counted: Sequence[int]
    clocks: int
    spent: int
    words: int  # of the kernel's, for transitions

    @property
    def numbers(self) -> int:
        """How many numbers a key has; see `least_costs.describe`."""
        return len(self.variables) + len(self.counted) + 2 * self.words


class Way(NamedTuple):
    """A step, all of its facts numbered."""

    rank: int
    needs: tuple[int, ...]  # numbers of needs
    brings: int
    cost: float


class Facts(NamedTuple):
    """What is true where, numbered."""

    size: int
    goal: int
    values: Sequence[int]  # by variable of `Depends`: the fact of its value 0
    clocks: Sequence[int]  # ranks ...
    runs: Sequence[int]  # ... and the facts that they run


def words_of(bits: int, words: int) -> list[int]:
    """A mask of transitions as the kernel's words."""
    return [bits >> (BITS * word) & ((1 << BITS) - 1) for word in range(words)]


def from_table(depends: Depends, keys: Ints, distances: Floats, missing: float) -> Guide:
    """A guide that looks distances up; one that has no key here is taken for `missing`."""
    # at most half full, so that a search soon meets an empty place
    places = 1 << (2 * len(keys)).bit_length()
    guide = _guide(depends, _ways(Facts(0, 0, (), (), ()), (), ()), places, missing)
    fill(keys, distances, guide.known, guide.distance)
    return guide


def from_ways(
    depends: Depends, facts: Facts, ways: Sequence[Way], needs: Sequence[tuple[int, ...]]
) -> Guide:
    """A guide that finds distances as they are asked for, and remembers them.

    `needs` are all that ways need, by number: the facts one of which is wanted.
    """
    return _guide(depends, _ways(facts, ways, needs), PLACES, np.inf)


def another(guide: Guide) -> Guide:
    """The same guide with a memory of its own, for another thread."""
    # the ways too: scratch arrays are among them, which each search writes to
    scratch = {
        name: part.copy() if isinstance(part, np.ndarray) else part
        for name, part in guide.ways._asdict().items()
    }
    own = {name: getattr(guide, name).copy() for name in ("known", "distance", "taken", "key")}
    return guide._replace(ways=Ways(**scratch), **own)


def forget(guide: Guide) -> None:
    """Empty the memory of what was found on the way."""
    guide.known[:] = 0
    guide.taken[:] = 0


def _guide(
    depends: Depends, ways: tuple[Ways, dict[str, int]], places: int, missing: float
) -> Guide:
    made, sizes = ways
    return Guide(
        size=GuideSize(
            variables=len(depends.variables),
            counted=len(depends.counted),
            places=places,
            # beyond that nothing more is put in, and a distance is found again when it is asked for
            most=places // 2,
            **sizes,
        ),
        variable=_ints(depends.variables),
        counted=_ints(depends.counted),
        clocks=_ints(words_of(depends.clocks, depends.words)),
        spent=_ints(words_of(depends.spent, depends.words)),
        ways=made,
        missing=np.array([missing]),
        known=zeros_apart(places),
        distance=np.zeros(places),
        taken=zeros_apart(1),
        key=zeros_apart(depends.numbers),
    )


def _ways(
    facts: Facts, ways: Sequence[Way], needs: Sequence[tuple[int, ...]]
) -> tuple[Ways, dict[str, int]]:
    """(the ways in memory, how many there are of everything)."""
    fact_first, fact_need = _grouped(
        facts.size, ((fact, i) for i, need in enumerate(needs) for fact in need)
    )
    wanted = [way.needs for way in ways]
    need_first, need_step = _grouped(
        len(needs), ((need, step) for step, some in enumerate(wanted) for need in some)
    )
    free = [step for step, some in enumerate(wanted) if not some]
    count, steps = facts.size, len(ways)
    # each step puts a fact onto the heap once at most
    room = steps + 1
    made = Ways(
        goal=_ints([facts.goal]),
        value=_ints(facts.values),
        clock=_ints(facts.clocks),
        runs=_ints(facts.runs),
        brings=_ints(way.brings for way in ways),
        rank=_ints(way.rank for way in ways),
        own=np.array([way.cost for way in ways], np.float64),
        needs=_ints(len(some) for some in wanted),
        free=_ints(free),
        fact_first=fact_first,
        fact_need=fact_need,
        need_first=need_first,
        need_step=need_step,
        cost=np.zeros(count),
        settled=zeros_apart(count),
        total=np.zeros(steps),
        left=zeros_apart(steps),
        met=zeros_apart(len(needs)),
        heap=np.zeros(room),
        heap_fact=zeros_apart(room),
        at_once=zeros_apart(count),
    )
    sizes = {
        "clocks": len(facts.clocks),
        "facts": count,
        "steps": steps,
        "needs": len(needs),
        "free": len(free),
    }
    return made, sizes


def _grouped(count: int, pairs: Iterable[tuple[int, int]]) -> tuple[Ints, Ints]:
    """(where those of each group begin and the last one's end, the members, group by group)."""
    found: list[list[int]] = [[] for _ in range(count)]
    for group, member in pairs:
        found[group].append(member)
    first = np.cumsum([0, *map(len, found)], dtype=np.int64)
    return first, _ints(member for members in found for member in members)


def _ints(numbers: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(numbers), np.int64)
