"""Which parameters move an outcome's share most, by rank correlation over the draws of a run."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FALSE_ALARM = 0.05  # chance that any of the parameters clears its floor though none matters
COLUMNS = ("correlation", "sign", "floor", "clears", "draws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The uncertain parameters of some draws, ranked once for as many shares as are asked about."""

    names: pd.Index[str]
    numbers: Floats  # standardised ranks; a column for each parameter that has an order
    ordered: NDArray[np.bool_]  # which parameters these are
    choices: tuple[NDArray[np.int64], ...]  # of the others, the choice in each draw
    floors: Floats  # see `strongest`


def ranked(draws: pd.DataFrame) -> Ranked:
    """The draws of `Results.draws`; a column with one value in all of them is left out."""
    uncertain = draws.loc[:, [_varies(column) for _, column in draws.items()]]
    ordered = [not isinstance(kind, pd.CategoricalDtype) for kind in uncertain.dtypes]
    numbers = uncertain.loc[:, ordered].rank().to_numpy(np.float64)
    choices = [pd.factorize(column)[0] for _, column in uncertain.items() if _is_choice(column)]
    # Sidak's level of one parameter, for FALSE_ALARM over all of them
    each = 1 - (1 - FALSE_ALARM) ** (1 / max(uncertain.shape[1], 1))
    floors = np.full(len(ordered), _number_floor(len(draws), each))
    sizes = [int(codes.max()) + 1 for codes in choices]
    floors[[not one for one in ordered]] = [_choices_floor(len(draws), m, each) for m in sizes]
    return Ranked(
        names=pd.Index(uncertain.columns, dtype="str", name="parameter"),
        numbers=standardised(numbers) if numbers.size else numbers,
        ordered=np.array(ordered, dtype=np.bool_),
        choices=tuple(choices),
        floors=floors,
    )


def strongest(draws: pd.DataFrame, share: pd.Series[float], n: int | None = 3) -> pd.DataFrame:
    """The `n` parameters (None: all) that go most with the share of a draw.

    First those that clear their floor, strongest first, then the others, by size as well.

    `draws` is `Results.draws`, `share` a column of `Results.shares`, both a row a draw. A column
    that has one value in all draws is not uncertain and left out; the table is empty where the
    share is the same in every draw, so that nothing can be told.

    Index `parameter`; columns:
    correlation   Spearman's rank correlation with the share, mid-ranks for ties; of a parameter
                  whose values are named choices, the correlation ratio: the root of the part of the
                  variance of the share's ranks that lies between the choices (0 to 1, no sign)
    sign          1 or -1: the share rises or falls with the parameter; 0 of choices
    floor         what |correlation| exceeds by chance in 5 % of runs in any of the parameters
    clears        whether |correlation| is above its floor: else it cannot be told from noise
    draws         how many draws there are

    Floors are of the hypothesis that the share does not depend on the parameter. Of numbers:
    r sqrt((D - 2) / (1 - r^2)) is Student's t with D - 2 degrees of freedom (Kendall and Stuart,
    The Advanced Theory of Statistics 2, 31.19), and no order of D draws is rarer than 2 / D!.
    Of m choices: (D - 1) ratio^2, the statistic of Kruskal and Wallis, is chi-squared with m - 1.
    Both at the level 1 - 0.95^(1/k) for k parameters (Sidak), hence 5 % over all of them.
    """
    parameters = ranked(draws)
    correlation = correlations(parameters, share)
    if correlation is None:
        return pd.DataFrame(columns=list(COLUMNS), index=pd.Index([], name="parameter"))
    size = np.abs(correlation)
    table = pd.DataFrame(
        {
            "correlation": correlation,
            "sign": np.where(parameters.ordered, np.sign(correlation), 0).astype(np.int64),
            "floor": parameters.floors,
            "clears": size > parameters.floors,
            "draws": len(draws),
        },
        index=parameters.names,
    )
    # stable sorting, so that parameters of equal size stay in the order of the file
    order = np.lexsort((-size, ~table["clears"].to_numpy()))
    return table.iloc[order[:n]]


def correlations(parameters: Ranked, share: pd.Series[float]) -> Floats | None:
    """The column `correlation` of `strongest`, in the order of the parameters; None for nothing."""
    if not len(parameters.names) or share.min() == share.max():
        return None
    ranks = standardised(np.asarray(share.rank(), dtype=np.float64))
    found = np.empty(len(parameters.names))
    # both are standardised, so the mean of their product is the correlation
    found[parameters.ordered] = ranks @ parameters.numbers / len(ranks)
    found[~parameters.ordered] = [correlation_ratio(codes, ranks) for codes in parameters.choices]
    return found


def _varies(column: pd.Series[Any]) -> bool:
    values = column.cat.codes.to_numpy() if _is_choice(column) else column.to_numpy()
    return bool(len(values) and (values != values[0]).any())


def _is_choice(column: pd.Series[Any]) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype)


def standardised(columns: Floats) -> Floats:
    """Each column with mean 0 and variance 1."""
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def correlation_ratio(codes: NDArray[np.int64], values: Floats) -> float:
    """The root of the share of the variance that lies between groups; `values` are standardised."""
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=values) / sizes
    return float(np.sqrt(min((sizes * means**2).sum() / len(values), 1.0)))


def _number_floor(draws: int, each: float) -> float:
    """The rank correlation that `draws` draws exceed by chance with probability `each`."""
    from scipy.special import stdtrit

    # of so few draws even a perfect order is no surprise
    if draws < 3 or 2 / factorial(min(draws, 20)) > each:
        return 1.0
    t = float(stdtrit(draws - 2, 1 - each / 2))
    return float(t / np.sqrt(draws - 2 + t * t))


def _choices_floor(draws: int, levels: int, each: float) -> float:
    """The correlation ratio that `draws` draws exceed by chance with probability `each`."""
    from scipy.special import chdtri

    return float(min(np.sqrt(chdtri(levels - 1, each) / (draws - 1)), 1.0))
