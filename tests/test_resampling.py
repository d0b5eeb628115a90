"""Random numbers of analyses by name, and numbers to so many digits."""

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from sim.analysis import generator, significant


def test_random_numbers_belong_to_seed_verb_and_name():
    first = generator(1, "why", "war").random(4)
    assert np.array_equal(first, generator(1, "why", "war").random(4))
    others = [generator(2, "why", "war"), generator(1, "audit", "war"), generator(1, "why", "all")]
    for other in [*others, generator(2**64 - 1, "why", "war")]:
        assert not np.any(first == other.random(4))


def test_floats_are_rounded_to_twelve_digits_and_nothing_else_is():
    table = pd.DataFrame({"n": [10**15, 1], "x": [1 / 3, np.nan], "y": [2e-20 / 3, 1e300]})
    found = significant(table)
    expected = {"n": [10**15, 1], "x": [0.333333333333, np.nan], "y": [6.66666666667e-21, 1e300]}
    assert_frame_equal(found, pd.DataFrame(expected), check_exact=True)
    assert table["x"][0] == 1 / 3
    assert not found.equals(table)
