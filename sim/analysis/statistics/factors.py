"""Parameters as sensitivity analysis takes them: by the order of their values, or by choice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
HARMONICS = 6  # as Plischke found enough for smooth responses of up to three humps


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One uncertain parameter over the draws of a run."""

    name: str
    places: Codes  # of a number: its rank from 0, ties in the order of draws; else the choice
    choices: int  # how many choices occur; 0 for a number

    @cached_property
    def basis(self) -> Floats:
        """Columns with mean 0 and variance 1, uncorrelated: what a response is made of.

        Of a number cosines of its rank, of m choices m - 1 contrasts between them.
        """
        draws = len(self.places)
        if not self.choices:
            angle = np.pi * (self.places[:, None] + 0.5) / draws
            columns = np.sqrt(2) * np.cos(angle * np.arange(1, min(HARMONICS, draws - 2) + 1))
            return np.asarray(columns, dtype=np.float64)
        # one choice less: the last column of all would be what the others leave
        each = np.eye(self.choices)[self.places][:, 1:]
        return np.asarray(np.linalg.qr(each - each.mean(axis=0))[0] * np.sqrt(draws))

    @cached_property
    def grades(self) -> Floats:
        """One column, or of choices several, for rank correlation: ranks, or contrasts."""
        if self.choices:
            return self.basis
        ranks = self.places - self.places.mean()
        return np.asarray(ranks / ranks.std())[:, None]

    def classes(self, most: int) -> Codes:
        """The draws in so many classes of equal size; choices are their own classes."""
        return self.places if self.choices else self.places * most // len(self.places)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """What a shuffled copy of it has in common with it: factors of one shape share a floor."""
        return tuple(sorted(np.bincount(self.places).tolist())) if self.choices else ()


def factors(draws: pd.DataFrame) -> list[Factor]:
    """The parameters that differ between draws, in the order of the columns of `Results.draws`."""
    found = []
    for name in uncertain(draws):
        column = draws[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            # codes of the choices that occur, not of all there are: an empty one would have no mean
            codes, words = pd.factorize(column)
            found.append(Factor(name=name, places=codes.astype(np.int64), choices=len(words)))
            continue
        order = np.argsort(column.to_numpy(), kind="stable")
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        found.append(Factor(name=name, places=places, choices=0))
    return found


def uncertain(draws: pd.DataFrame) -> list[str]:
    """Names of the columns that have more than one value."""
    return [
        str(name) for name in draws if len(draws) and (draws[name] != draws[name].iloc[0]).any()
    ]
