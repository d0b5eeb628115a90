"""How long a clock waits, given a uniform, and the way back: for any delay, mixes included.

A delay is here a row of numbers, made by `sim.model.delays.numbers` for one draw of the parameters:

    any of delay_kinds.KINDS   its number, then what its entry says
    MIX                        k, k times (share, distance of the part's row from here), the k rows

Plain Python that numba compiles as it stands, to the same last bit. Times are in seconds.
"""

from collections.abc import Callable, Sequence

from sim.model import delay_kinds, time_grid
from sim.model.delay_kinds import KINDS, Sampler
from sim.model.scalar_functions import LEAST_U, MOST_U
from sim.model.time_grid import on_grid

MIX = len(KINDS)  # no kind of its own: its parts are


def _by_kind(samplers: Sequence[Sampler]) -> tuple[Callable[..., float], ...]:
    """Functions (kind, row, at, x); the first asks the sampler of that kind, be it which it may.

    Numba has no table of functions that it could inline, so each function here knows one kind and
    the function that knows the others. LLVM makes one `switch` of all of them.
    """

    def last(kind: int, row: Sequence[float], at: int, x: float) -> float:
        return final(row, at, x)

    final = samplers[-1]
    chain: list[Callable[..., float]] = [last]
    for code in reversed(range(len(samplers) - 1)):
        chain.append(_either(code, samplers[code], chain[-1]))
    return tuple(reversed(chain))


def _either(code: int, sampler: Sampler, others: Callable[..., float]) -> Callable[..., float]:
    def chosen(kind: int, row: Sequence[float], at: int, x: float) -> float:
        if kind == code:
            return sampler(row, at, x)
        return others(kind, row, at, x)

    return chosen


_PPFS = _by_kind([kind.ppf for kind in KINDS.values()])
_CDFS = _by_kind([kind.cdf for kind in KINDS.values()])
_ppf_of, _cdf_of = _PPFS[0], _CDFS[0]


def ppf(row: Sequence[float], at: int, u: float) -> float:
    """The time that a share `u` of all waits stays below: seconds, never negative.

    `at` is where the delay's row starts; `u` lies strictly between 0 and 1.
    """
    if int(row[at]) == MIX:
        at, u = _part(row, at, u)
    return _ppf_of(int(row[at]), row, at, u)


def sampled_wait(row: Sequence[float], at: int, u: float) -> float:
    """The wait of a clock whose uniform is `u`: `ppf` on the grid of time.

    A wait of less than half of 2**-20 s is none: the clock runs out at the instant it starts.
    """
    return on_grid(ppf(row, at, u))


def cdf(row: Sequence[float], at: int, t: float) -> float:
    """The probability that a wait is no longer than `t` seconds."""
    if int(row[at]) != MIX:
        return _cdf_of(int(row[at]), row, at, t)
    # Mixes within mixes have been multiplied out, so that one loop over parts is enough.
    total = 0.0  # a mix: the shares times each part's own probability
    for i in range(int(row[at + 1])):
        share, start = row[at + 2 + 2 * i], at + int(row[at + 3 + 2 * i])
        total = total + share * _cdf_of(int(row[start]), row, start, t)
    return min(total, 1.0)


def _part(row: Sequence[float], at: int, u: float) -> tuple[int, float]:
    """Where the part of a mix starts that `u` falls into, and `u` stretched over its share."""
    before, chosen, below = 0.0, 0, 0.0
    for i in range(int(row[at + 1])):
        share = row[at + 2 + 2 * i]
        if share > 0.0:
            # also where rounding left the sum of shares below u: the last part with a share
            chosen, below = i, before
            before = before + share
            if u < before:
                break
    inside = (u - below) / row[at + 2 + 2 * chosen]
    return at + int(row[at + 3 + 2 * chosen]), min(max(inside, LEAST_U), MOST_U)


COMPILABLE: tuple[Callable[..., object], ...] = (
    *delay_kinds.COMPILABLE,
    *time_grid.COMPILABLE,
    *_PPFS,
    *_CDFS,
    ppf,
    sampled_wait,
    cdf,
    _part,
)
