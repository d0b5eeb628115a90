"""Which values of which names a comparison may hold with: a box cut to them, one name at a time."""

from collections.abc import Callable, Iterator
from itertools import product

Box = dict[str, int]  # name of a variable, of a `choices` parameter or of an outcome -> bit mask
Interval = tuple[float, float]
IntervalOf = Callable[[Box], Interval]
Restrict = Callable[[Box], bool]

FEW = 8  # values that are tried one by one
WIDE = 64  # with more values than that, how much is tried is bounded
MOST_TRIED = 20_000  # intervals for one wide name of one condition, about a fifth of a second
MOST_FIXED = 3  # other names of which all ends are tried together


def may_be(interval: Interval, truth: bool) -> bool:
    """Whether a condition of this interval may be true (or false): true is anything but 0."""
    low, high = interval
    return not (low == 0 == high) if truth else low <= 0 <= high


def one_name(name: str, interval: IntervalOf, truth: bool) -> Restrict:
    """Cut a box to the values of the only name that the condition reads."""
    # the verdict on each single value is the same in every box, so it is kept
    accepted, looked = 0, 0

    def cut(box: Box) -> bool:
        nonlocal accepted, looked
        mask = box.get(name)
        if mask is None:
            return may_be(interval(box), truth)
        fresh = mask & ~looked
        while fresh:
            bit = fresh & -fresh  # the lowest bit that is set
            if may_be(interval({name: bit}), truth):
                accepted |= bit
            fresh ^= bit
        looked |= mask
        box[name] = mask & accepted
        return box[name] != 0

    return cut


def several_names(names: tuple[str, ...], interval: IntervalOf, truth: bool) -> Restrict:
    """Cut a box to the values with each of which the condition may hold, whatever the others."""
    cuts = [_Cut(name, tuple(n for n in names if n != name), interval, truth) for name in names]

    def cut(box: Box) -> bool:
        if not may_be(interval(box), truth):
            return False
        # Names cut before make the next ones tighter; one round only, not to a fixed point.
        for one in cuts:
            if one.name in box:
                box[one.name] = one.kept(box)
                if not box[one.name]:
                    return False
        return True

    return cut


class _Cut:
    """The values of one name with which a condition may hold, whatever the others are.

    A value stays if the interval of the condition says so with that value and all values of the
    others. Intervals of a part of a box lie within that of the box, which saves most trials: where
    a set of values is out as a whole, all are; where the condition surely holds with all of the set
    and some values of the others, all stay; and what stayed in a smaller box stays in a larger one.
    """

    def __init__(
        self, name: str, others: tuple[str, ...], interval: IntervalOf, truth: bool
    ) -> None:
        self.name, self.others, self.interval, self.truth = name, others, interval, truth
        self.before: Box = {}  # the others when last asked
        self.stayed = 0  # what then stayed
        self.tried = 0

    def kept(self, box: Box) -> int:
        mask = box[self.name]
        if mask & (mask - 1) == 0:  # one value, and with it the condition may hold: see `cut`
            return mask
        others = {name: box[name] for name in self.others if name in box}
        grown = len(self.before) == len(others) and all(
            not old & ~others.get(name, 0) for name, old in self.before.items()
        )
        kept = mask & self.stayed if grown else 0
        kept |= self._tried(dict(box), mask & ~kept)
        self.before, self.stayed = others, kept
        return kept

    def _tried(self, trial: Box, mask: int) -> int:
        """What stays of a mask: taken apart until each part is decided."""
        kept, parts = 0, [mask] if mask else []
        wide = mask.bit_count() > WIDE
        while parts:
            part = parts.pop()
            if wide and self.tried > MOST_TRIED:  # given up: whatever is not looked at stays
                return kept | part | _union(parts)
            self.tried += wide * 4  # the corners too
            trial[self.name] = part
            if may_be(self.interval(trial), self.truth):
                # a single value that may hold stays: there is nothing left to take apart
                if part & (part - 1) == 0 or self._surely(trial, part):
                    kept |= part
                else:
                    parts += _parts(part)
        return kept

    def _surely(self, trial: Box, part: int) -> bool:
        """Whether some values of the others make it hold with all of the part."""
        # for a few values, trying each costs no more than trying corners
        if part.bit_count() <= FEW:
            return False
        ends = [
            [(name, mask & -mask), (name, 1 << mask.bit_length() - 1)]
            for name in self.others
            if (mask := trial.get(name))
        ]
        # 2^n corners of n names: from the fourth on only the two in which all are least or all
        # greatest
        corners = product(*ends) if len(ends) <= MOST_FIXED else zip(*ends, strict=True)
        return any(
            not may_be(self.interval({**trial, **dict(corner)}), not self.truth)
            for corner in corners
        )


def _parts(mask: int) -> Iterator[int]:
    """The lower and the upper half of the values; few of them one by one."""
    if mask.bit_count() <= FEW:
        while mask:
            yield mask & -mask
            mask &= mask - 1
        return
    low, high = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
    # halved by value and not by number of values: intervals are about ends
    lower = mask & (1 << (low + high + 1) // 2) - 1
    yield lower
    yield mask ^ lower


def _union(masks: list[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole
