"""Words for probabilities, and the confidence that stands apart from them."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis import CONFIDENCES, LIKELIHOODS, with_confidence
from sim.analysis.estimates.likelihood import confidence, likelihood

YES = np.array([True])


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.001, "almost no chance"),
        (0.05, "very unlikely"),
        (0.0499, "almost no chance"),
        (0.2, "unlikely"),
        (0.45, "roughly even chance"),
        (0.549, "roughly even chance"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_each_probability_has_the_word_of_the_directive(probability, word):
    (code,) = likelihood(np.array([probability]), np.array([probability]), YES)
    assert LIKELIHOODS[code] == word


@pytest.mark.parametrize(
    ("probability", "upper", "possible"),
    [(np.nan, np.nan, True), (0.0, 0.0, False), (0.0, 0.2, True)],
)
def test_what_is_not_known_has_no_word(probability, upper, possible):
    found = likelihood(np.array([probability]), np.array([upper]), np.array([possible]))
    assert found == [-1]
    bounded = likelihood(np.array([0.0]), np.array([0.01]), YES)  # control: bounded by its word
    assert bounded == [0]


@pytest.mark.parametrize(
    ("low", "high", "sourced", "weak"),
    [
        (0.01, 0.04, "high", "moderate"),  # one word
        (0.06, 0.19, "high", "moderate"),
        (0.03, 0.08, "high", "moderate"),  # two words, but five points
        (0.01, 0.10, "moderate", "low"),  # two words
        (0.50, 0.65, "moderate", "low"),
        (0.44, 0.60, "moderate", "low"),  # three words within twenty points
        (0.10, 0.60, "low", "low"),
    ],
)
def test_confidence_follows_from_width_and_grades(low, high, sourced, weak):
    assert confidence("resolved", low, high, 0.2) == sourced
    assert confidence("resolved", low, high, 0.8) == weak


def test_without_a_band_there_is_little_confidence_or_no_word_of_it():
    assert confidence("unresolved", np.nan, np.nan, 0.0) == "low"
    assert confidence("none", np.nan, np.nan, 0.0) is None


def test_the_grades_of_what_drives_an_outcome_decide_and_of_nothing_else():
    """Shares that follow `known` and not `guessed`; then the grades are exchanged."""
    random = np.random.default_rng(1)
    draws = pd.DataFrame({"known": random.random(400), "guessed": random.random(400)})
    shares = pd.DataFrame({"outcome__war": 0.1 + 0.02 * draws["known"]})
    table = pd.DataFrame(
        {"band": ["resolved"], "low": [0.1], "high": [0.12], "confidence": [None]}, index=["war"]
    )
    grades = {"known": "data", "guessed": "stipulated"}
    assert with_confidence(table, "outcome", draws, shares, grades)["confidence"]["war"] == "high"
    turned = {"known": "stipulated", "guessed": "data"}
    assert (
        with_confidence(table, "outcome", draws, shares, turned)["confidence"]["war"] == "moderate"
    )
    unknown = with_confidence(table, "outcome", draws, shares, {})  # of a model without grades
    assert unknown["confidence"]["war"] == "moderate"
    assert set(CONFIDENCES) == {"low", "moderate", "high"}
