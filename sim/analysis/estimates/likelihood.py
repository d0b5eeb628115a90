"""Words for numbers: how likely, and apart from it how much confidence the estimate deserves.

Likelihood has the seven bands of Intelligence Community Directive 203 (Analytic Standards, U.S.
Office of the Director of National Intelligence, 2015, section D.6.e.2). Confidence follows from how
wide parameter uncertainty is, and from how well founded the parameters are that drive the number:

    width of the band                     drivers with a source    drivers mostly without one
    narrow: one word, or 5 points         high                     moderate
    medium: two words, or 20 points       moderate                 low
    wide, or not resolved                 low                      low

`One word`: both ends lie in one of the seven bands. A driver is without a source if its grade is
`judgement` or `stipulated`, or if its source is unconfirmed; parameters count by the square of
their rank correlation with the probability. The two words are never merged into one.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LIKELIHOODS = (
    "almost no chance",
    "very unlikely",
    "unlikely",
    "roughly even chance",
    "likely",
    "very likely",
    "almost certain",
)
# where the next word begins. The directive's bands leave out what is below 1 and above 99 %, which
# belongs to the words at the ends; a number that stands on a limit has the word above it.
LIMITS = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)
CONFIDENCES = ("low", "moderate", "high")
NARROW, MEDIUM = 0.05, 0.20  # width of a band
WEAK = ("judgement", "stipulated", "unconfirmed")  # grades without a source that can be relied on
WEAK_SHARE = 0.5  # of what drives the number: from here on it is mostly without a source


def likelihood(
    probability: Floats, upper: Floats, possible: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The position of each probability's word among LIKELIHOODS; -1 for none.

    None for what is impossible by construction, for a missing probability, and for what was seen in
    no path unless its upper bound has the same word as 0.
    """
    words = np.searchsorted(LIMITS, np.nan_to_num(probability), side="right")
    unseen = (probability == 0) & (upper >= LIMITS[0])
    return np.where(np.isnan(probability) | ~possible | unseen, -1, words)


def confidence(status: str, low: float, high: float, weak: float) -> str | None:
    """`low`, `moderate` or `high`, by the table above; None where no parameter is uncertain.

    `weak` is the share of what drives the number that has no source.
    """
    if status == "none":
        return None
    if status == "unresolved":
        return "low"
    first, last = np.searchsorted(LIMITS, [low, high], side="right")
    apart, width = int(last - first), high - low
    steps = 0 if apart == 0 or width <= NARROW else 1 if apart == 1 or width <= MEDIUM else 2
    return CONFIDENCES[max(2 - steps - int(weak >= WEAK_SHARE), 0)]
