"""Rule 3 in numbers: what each option of a choice weighs, for one state or for a whole table.

A row of weights, of width 2 n + 1 for n options: the total (NaN: something is wrong with a value),
the running sums, and the weights. Running sums from the last option with any weight on are
infinite, so that the first one above u x total is always an option that may be taken.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.engines.compiled.intrinsics import cached_njit
from sim.model.failures import SLACK

PROBABILITY, WEIGHT, UTILITY = range(3)
WHOLE, OF_REST, REST = range(3)


@njit(forceinline=True)
def shares(n, values, available, share, first, kind, slack, row):
    """Fill the row of n options from their values; NaN in it says that one is wrong.

    `values` and `available` (1, 0, or NaN where its condition went wrong) have one entry an option,
    `share` begins at `first`; probabilities may be above the whole by `slack`.
    """
    # only a row that comes to its end gets a total; each return before it says that a value is
    # wrong
    row[0] = math.nan
    # weights are set to zero first, as those of options that are not available are never written
    for i in range(n):
        row[1 + n + i] = 0.0
        if math.isnan(available[i]):
            return
    if kind == UTILITY:
        fine = _utilities(n, values, available, row)
    else:
        fine = _chances(n, values, available, share, first, kind, slack, row)
    if not fine:
        return
    # Left to right, like the reference: the running sums have to agree to the last bit.
    total, last = 0.0, n
    for i in range(n):
        weight = row[1 + n + i]
        total += weight
        row[1 + i] = total
        if weight > 0.0:
            last = i
    if not math.isfinite(total):  # weights that are finite each may be too much together
        return
    for i in range(last, n):  # what rounding leaves of u x total falls to the last with any weight
        row[1 + i] = math.inf
    row[0] = total


@njit(forceinline=True)
def _utilities(n, values, available, row):
    # relative to the best one: see `engines.reference.choices.Choice.responses`
    best = -math.inf
    for i in range(n):
        if available[i] != 0.0:
            if not math.isfinite(values[i]):
                return False
            best = max(best, values[i])
    for i in range(n):
        if available[i] != 0.0:
            row[1 + n + i] = math.exp(values[i] - best)
    return True


@njit(forceinline=True)
def _chances(n, values, available, share, first, kind, slack, row):
    # The same steps as `engines.reference.choices.Choice.weights`; False is its error there.
    # weights have no upper end; a probability may be above 1 by rounding
    high = 1.0 + slack if kind == PROBABILITY else math.inf
    before = 0.0
    for i in range(n):
        if available[i] != 0.0 and share[first + i] != REST:
            weight = values[i]
            if not math.isfinite(weight) or weight < 0.0 or weight > high:
                return False
            if share[first + i] == OF_REST:
                left = 1.0 - before
                if left < -slack:
                    return False
                weight *= max(left, 0.0)
            row[1 + n + i] = weight
            before += weight
    for i in range(n):
        if available[i] != 0.0 and share[first + i] == REST:
            # after all others, wherever `rest` stands in the file
            left = 1.0 - before
            if left < -slack:
                return False
            row[1 + n + i] = max(left, 0.0)
    return True


@cached_njit
def _all_shares(values, available, share, kind, slack, rows):
    for at in range(values.shape[0]):
        shares(share.size, values[at], available[at], share, 0, kind, slack, rows[at])


def table_of_shares(
    values: NDArray[np.float64],
    available: NDArray[np.float64],
    share: NDArray[np.int64],
    kind: int,
) -> NDArray[np.float64]:
    """One row of weights for every row of option values; the last axis of both is the option."""
    rows = np.empty((*values.shape[:-1], 2 * values.shape[-1] + 1))
    options = values.shape[-1]
    _all_shares(
        np.ascontiguousarray(values).reshape(-1, options),
        np.ascontiguousarray(available).reshape(-1, options),
        share,
        kind,
        SLACK,
        rows.reshape(-1, 2 * options + 1),
    )
    return rows
