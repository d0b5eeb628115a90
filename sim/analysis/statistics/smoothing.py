"""Regression on one number or many, as smooth as the data ask for, for many samples at once.

A penalised spline in an orthonormal basis, so that no equation has to be solved: the coefficient of
column j is multiplied by 1 / (1 + s p_j), p_j being its penalty. The cosines of a rank with the
penalty j^4 are a smoothing spline on an even grid (Eubank, Nonparametric Regression and Spline
Smoothing, 2nd ed. 1999, section 3.4). The smoothness s is that of least generalised
cross-validation, whose count of parameters is raised by 1.4 against undersmoothing (Kim and Gu, J.
R. Stat. Soc. B 66 (2004), 337-356). SciPy's smoothing splines are of one number, and one fit at a
time; here a hundred parameters and their thousands of shuffled copies are fitted together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.factors import Factor

Floats = NDArray[np.float64]

# from no smoothing to a constant
SMOOTHNESS = np.concatenate([[0.0], 10.0 ** np.arange(-3.0, 3.01, 0.5), [1e12]])
RAISED = 1.4
FEW = 20  # members of a group; of more only the first two cosines are taken
LEAST_SINGULAR = 1e-8  # of a direction in which columns of a group differ at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoother:
    """A basis with mean 0 and variance 1, uncorrelated, and the penalty of each of its columns."""

    basis: Floats  # (draw, column)
    penalty: Floats

    @classmethod
    def of(cls, factor: Factor) -> Self:
        """For one parameter: a smooth function of its rank, or a value for each choice."""
        columns = factor.basis.shape[1]
        rough = np.ones(columns) if factor.choices else np.arange(1.0, columns + 1) ** 4
        return cls(basis=factor.basis, penalty=rough)

    @classmethod
    def of_group(cls, members: list[Factor]) -> Self:
        """For several: a sum of such functions, one of each."""
        few = len(members) <= FEW
        parts = [one.basis if few or one.choices else one.basis[:, :2] for one in members]
        roughness = [
            np.ones(part.shape[1]) if one.choices else np.arange(1.0, part.shape[1] + 1) ** 4
            for one, part in zip(members, parts, strict=True)
        ]
        # divided by the root of their penalty, so that of a new direction it is one over its
        # squared size
        columns = np.hstack(parts) / np.sqrt(np.concatenate(roughness))
        left, size, _ = np.linalg.svd(columns, full_matrices=False)
        kept = size > LEAST_SINGULAR * size.max()
        draws = len(columns)
        return cls(basis=left[:, kept] * np.sqrt(draws), penalty=draws / size[kept] ** 2)

    def fits(self, y: Floats) -> tuple[Floats, Floats]:
        """(the smooth values, how much of its own value each draw has in them); y: (..., draw)."""
        draws = y.shape[-1]
        mean = y.mean(axis=-1, keepdims=True)
        coefficients = (y - mean) @ self.basis / draws
        kept = 1 / (1 + np.multiply.outer(SMOOTHNESS, self.penalty))  # (smoothness, column)
        total = ((y - mean) ** 2).mean(axis=-1, keepdims=True)
        residual = total - coefficients**2 @ (2 * kept - kept**2).T
        free = 1 - RAISED * (1 + kept.sum(axis=1)) / draws
        # with hardly a draw left for each parameter nothing could be said against any fit
        score = np.where(free > 0, residual / np.maximum(free, 1e-9) ** 2, np.inf)
        chosen = kept[score.argmin(axis=-1)]
        return mean + (
            coefficients * chosen
        ) @ self.basis.T, 1 / draws + chosen @ self.basis.T**2 / (draws)
