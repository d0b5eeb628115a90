"""Parameters that belong together: rank correlations, joined by a Gaussian copula.

A copula says how parameters go together and leaves each its own distribution (Nelsen, An
Introduction to Copulas, 2nd ed. 2006). Pearson's correlation of the normal scores behind a rank
correlation r of Spearman's is 2 sin(pi r / 6) (Kruskal, J. Am. Stat. Assoc. 53 (1958), 814-861).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_PIVOT = 1e-9  # what is left of a variance: below it the pairs leave nothing of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Spearman's rank correlation of two parameters, between -1 and 1."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Parameters that pairs tie together, in the order of the pairs, and how.

    The scores of the parameters are `factor` times independent ones: the lower triangle of
    Cholesky's decomposition, row by row, so that the first parameter keeps its own.
    """

    names: tuple[str, ...]
    factor: tuple[tuple[float, ...], ...]


def groups(correlated: Sequence[Correlation]) -> list[Group]:
    """The parameters that are tied together, directly or through others.

    Raises ValueError, whose arguments are the names, where no numbers have such correlations.
    """
    return [group_of(names, correlated) for names in tied(correlated)]


def tied(correlated: Sequence[Correlation]) -> list[list[str]]:
    """The names of each group, in the order in which the pairs mention them."""
    found: list[list[str]] = []
    for one in correlated:
        own = [names for names in found if one.first in names or one.second in names]
        both = dict.fromkeys([*(n for names in own for n in names), one.first, one.second])
        # a pair may join two groups: both go, and what they make together comes
        found = [names for names in found if names not in own] + [list(both)]
    return found


def group_of(names: Sequence[str], correlated: Sequence[Correlation]) -> Group:
    """Some parameters as the pairs tie them; of a part of a group, as if it were all there is.

    Raises ValueError, whose arguments are the names, where no numbers have such correlations.
    """
    pearson = {
        frozenset((one.first, one.second)): 2 * math.sin(math.pi * one.rank / 6)
        for one in correlated
    }
    rows: list[tuple[float, ...]] = []
    # Cholesky-Banachiewicz in plain Python: the same bits whatever linear algebra is installed
    for i, name in enumerate(names):
        row: list[float] = []
        for j in range(i):
            target = pearson.get(frozenset((name, names[j])), 0.0)
            row.append((target - _dot(row, rows[j])) / rows[j][j])
        # what the parameters before it leave of its variance: none or less, and no numbers are so
        # correlated
        left = 1.0 - _dot(row, row)
        if left < LEAST_PIVOT:
            raise ValueError(*names)
        rows.append((*row, math.sqrt(left)))
    return Group(names=tuple(names), factor=tuple(rows))


def score(group: Group, position: int, own: Sequence[float]) -> float:
    """The score of one parameter, from the independent normal scores of it and those before it."""
    return _dot(group.factor[position], own)


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=False))  # the shorter one ends it
