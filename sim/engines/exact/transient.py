"""Where a chain is after a time, by uniformisation, with a bound on the error.

Jensen 1953: a chain with rates no greater than q is a chain of steps P = I + Q / q taken at the
times of a Poisson process of rate q, so p(t) is the sum over k of Poisson(k; q t) x p(0) P^k. No
term is negative; what the truncated sum leaves out and what rounding can do are both bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy import sparse

from sim.engines.exact.generator_matrix import Floats, Flow
from sim.errors import NotApplicable

LEFT_OUT = 1e-15  # of each Poisson sum
ROUNDING = 2.0**-53
CHUNK = 4096  # steps kept before they are summed up
MOST_WORK = 1e12  # multiplications for one outcome: a quarter of an hour
MOST_WEIGHTS = 1 << 24  # of all Poisson sums at once, a side: a quarter of a gigabyte
MOST_STEPS = 200_000_000  # of a chain that will not stand still: a quarter of an hour
MANY_STEPS = 10_000_000  # from here on a chain stands still where rounding moves as much


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of time without dates: where the chain is after it, what was read on the way."""

    after: Floats  # mass of each tangible situation at its end
    met: Floats  # (times,): mass that has met the outcome by each of the times asked for
    met_after: float
    read: Floats  # (times, columns): mass at each of the times, times each column of `columns`
    error: float  # absolute, of each number above (of shares: as a share)
    rounding: float  # relative


def pass_time(
    chain: Flow, mass: Floats, duration: float, times: Sequence[float], columns: Floats
) -> Piece:
    """Let `duration` seconds pass from this mass; `times` ascend within it, from its beginning."""
    leaving = np.asarray(chain.between.sum(axis=1)).ravel() + chain.hits
    # the least rate that will do: steps taken are in proportion to it
    fastest = float(leaving.max(initial=0.0))
    mean = fastest * duration
    _refuse_long(chain, mean, len(times) + 1)
    # the same steps serve all times: only the Poisson weights differ
    sums = [poisson(fastest * time) for time in (*times, duration)]
    last = max(len(weights) + first for first, weights in sums) - 1
    step, meeting = _step(chain, leaving, fastest)
    met, read, after, steps, unmoved = _walk(step, meeting, mass, columns, sums, last)
    row = int(np.diff(chain.between.indptr).max(initial=0)) + 1
    return Piece(
        after=after,
        met=met[:-1],
        met_after=float(met[-1]),
        read=read[:-1],
        error=LEFT_OUT + unmoved,
        # a step adds up at most `_widest` products, each rounded once, and so do the sums
        rounding=(steps * (_widest(step) + 2) + row + len(sums[-1][1])) * ROUNDING,
    )


def _refuse_long(chain: Flow, mean: float, sums: int) -> None:
    """Raise NotApplicable for more steps than anybody waits for, or weights than memory holds."""
    # before the weights are made: of a mean of 1e12 those of one sum take hundreds of megabytes
    steps = mean * (chain.between.nnz + chain.size)
    if steps > MOST_WORK or sums * _reach(mean) > MOST_WEIGHTS:
        gigabytes = 16 * sums * _reach(mean) / 1e9
        raise NotApplicable(
            f"not applicable, because the fastest clock fires {mean:.3g} times in the time the "
            f"slowest matter: as many steps, in {chain.size:,} situations, and {gigabytes:.2g} GB "
            "of memory; a shorter horizon or slower clocks take fewer"
        )


def _reach(mean: float) -> int:
    """How far from its mode a Poisson variable is looked at: beyond is less than 1e-16 a side."""
    return ceil(9 * sqrt(mean + 1)) + 25


def poisson(mean: float) -> tuple[int, Floats]:
    """(k of the first, probabilities) of a Poisson variable, but for tails below `LEFT_OUT`.

    From the mode outwards by the ratios of neighbours, then scaled to 1 (Fox and Glynn 1988).
    """
    mode = int(mean)
    reach = _reach(mean)
    first = max(mode - reach, 0)
    # p(k + 1) / p(k) = mean / (k + 1): from the mode no weight overflows, and small ones lose
    # nothing
    above = np.cumprod(mean / np.arange(mode + 1, mode + reach + 1))
    below = np.cumprod(np.arange(mode, first, -1) / mean)[::-1] if mode > first else np.empty(0)
    weights = np.concatenate([below, [1.0], above])
    return first, weights / weights.sum()


def _step(chain: Flow, leaving: Floats, fastest: float) -> tuple[sparse.csr_array, Floats]:
    """(P transposed, mass meeting the outcome) of one uniformised step."""
    if fastest == 0:
        return sparse.eye_array(chain.size, format="csr"), chain.hits
    # not below 0, as no rate is above the fastest
    stay = sparse.diags_array(1.0 - leaving / fastest)
    # transposed once, so that each step is a product of rows
    step = (chain.between / fastest + stay).T
    return sparse.csr_array(step), chain.hits / fastest


def _walk(
    step: sparse.csr_array,
    meeting: Floats,
    mass: Floats,
    columns: Floats,
    sums: Sequence[tuple[int, Floats]],
    last: int,
) -> tuple[Floats, Floats, Floats, int, float]:
    """(met, read, mass after, steps taken, error): Poisson sums over the steps of the chain.

    Stops early where the chain stands still: no step moves more mass than the one before it (P is
    a contraction in the sum of absolute values), which bounds all the steps not taken.
    """
    total = np.zeros((len(sums), 1 + columns.shape[1]))
    reading = sparse.csr_array(np.vstack([meeting, columns.T]))  # BLAS would wake all its threads
    after = np.zeros_like(mass)
    first, weights = sums[-1]
    rounding = (_widest(step) + 2) * ROUNDING  # of one step, as counted in `pass_time`
    met = 0.0
    for start in range(0, last + 1, CHUNK):
        rows = np.empty((min(CHUNK, last + 1 - start), total.shape[1]))
        for k in range(start, start + len(rows)):
            # before the step: row k belongs to the mass after k steps
            gone, *rows[k - start, 1:] = reading @ mass
            rows[k - start, 0] = met
            if 0 <= k - first < len(weights):
                after += weights[k - first] * mass
            following = step @ mass
            if k % 64 == 63:  # looked at now and then: it costs about as much as a step
                moved = float(np.abs(following - mass).sum() + gone)
                if moved * (last - k) <= LEFT_OUT or (last > MANY_STEPS and moved <= rounding):
                    left = rows[: k - start + 1]
                    total += _summed(sums, left, start)
                    # all further steps would read what this one did
                    total += _beyond(sums, k + 1)[:, None] * left[-1]
                    after += float(weights[max(k + 1 - first, 0) :].sum()) * mass
                    return total[:, 0], total[:, 1:], after, k + 1, moved * (last - k)
            met += gone
            mass = following
        if start > MOST_STEPS:
            raise NotApplicable(
                f"not applicable, because after {start:,} of {last:,} steps the chain still moves"
            )
        total += _summed(sums, rows, start)
    return total[:, 0], total[:, 1:], after, last + 1, 0.0


def _widest(step: sparse.csr_array) -> int:
    """The most products that one number of a step adds up."""
    return int(np.diff(step.indptr).max(initial=0))


def _summed(sums: Sequence[tuple[int, Floats]], rows: Floats, start: int) -> Floats:
    """What these steps, the first of them number `start`, add to each Poisson sum."""
    parts = []
    for first, weights in sums:
        # the part of each sum's weights that falls to this chunk of steps
        begin, end = max(first, start), min(first + len(weights), start + len(rows))
        inside = weights[begin - first : end - first] if begin < end else weights[:0]
        parts.append(inside @ rows[begin - start : begin - start + len(inside)])
    return np.array(parts)


def _beyond(sums: Sequence[tuple[int, Floats]], k: int) -> Floats:
    """Of each Poisson sum the weights from k on."""
    return np.array([weights[max(k - first, 0) :].sum() for first, weights in sums])
