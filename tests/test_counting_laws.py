"""Binomial and hypergeometric probabilities, against SciPy's."""

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from sim.analysis import binomial_tails, hypergeometric_tails, log_binomial, log_hypergeometric

P = np.array([0.0, 1e-9, 0.02, 0.5, 0.999, 1.0])
HITS = np.array([0.0, 1.0, 7.0, 40.0, 49.0, 50.0])


@pytest.mark.parametrize(("s", "t"), [(0, 14), (3, 14), (14, 14), (29, 1726), (1, 1)])
def test_binomial(s, t):
    assert np.allclose(log_binomial(s, t, P), binom.logpmf(s, t, P), rtol=1e-9)
    below, above = binomial_tails(s, t, P)
    assert np.allclose(below, binom.cdf(s, t, P), rtol=1e-9)
    assert np.allclose(above, binom.sf(s - 1, t, P), rtol=1e-9)
    assert not np.allclose(above, binom.sf(s, t, P))  # the control


@pytest.mark.parametrize(("s", "t"), [(0, 14), (3, 14), (14, 14), (5, 50), (1, 1)])
def test_hypergeometric(s, t):
    n = np.full(len(HITS), 50.0)
    expected = hypergeom.logpmf(s, 50, HITS, t)
    assert np.allclose(log_hypergeometric(s, t, HITS, 50), expected, rtol=1e-9, atol=1e-9)
    below, above = hypergeometric_tails(s, t, HITS, n)
    assert np.allclose(below, hypergeom.cdf(s, 50, HITS, t), rtol=1e-9, atol=1e-12)
    assert np.allclose(above, hypergeom.sf(s - 1, 50, HITS, t), rtol=1e-9, atol=1e-12)


def test_the_hypergeometric_is_the_binomial_on_average():
    """E over k ~ Binomial(n, p) of the probability of s among t of n: exactly binomial."""
    n, t, p = 30, 12, 0.3
    k = np.arange(n + 1.0)
    found = [
        float(binom.pmf(k, n, p) @ np.exp(log_hypergeometric(s, t, k, n))) for s in range(t + 1)
    ]
    assert np.allclose(found, binom.pmf(np.arange(t + 1), t, p), rtol=1e-9)
    # the control: the share in the place of p gives a flatter one
    flat = [float(binom.pmf(k, n, p) @ binom.pmf(s, t, k / n)) for s in range(t + 1)]
    assert abs(flat[0] / binom.pmf(0, t, p) - 1) > 0.3
