"""The Korean stories over 50,000 paths: what tests/test_korea_treaties.py asks of 2,000."""

from collections.abc import Iterator

import pandas as pd
import pytest
from test_korea_treaties import (
    AT_MOST,
    DATED,
    after_the_war,
    crowds,
    events_of,
    loaded,
    poorer_answers,
)

BLOCKS, DRAWS, PATHS = 10, 50, 100  # 10 seeds of 5,000 paths: events of so many fit in memory
LEAST = 200  # calls of a clause, to say something of an instant


def blocks(name: str) -> Iterator[pd.DataFrame]:
    """The events of each block of paths."""
    for seed in range(BLOCKS):
        yield events_of(loaded(name), draws=DRAWS, paths=PATHS, seed=seed)


@pytest.mark.parametrize("name", ["korean_clash", "korean_generic_rate"])
def test_no_answer_after_its_question_is_moot(name: str) -> None:
    """50,000 paths each, none after a cease-fire, none poorer than what is given already."""
    for found in blocks(name):
        assert len(after_the_war(found)) == 0
        assert len(poorer_answers(found)) == 0


def test_no_more_than_one_call_in_twenty_of_any_clause_at_one_instant() -> None:
    """50,000 paths; clauses with 200 calls or more."""
    calls = []
    for seed, found in enumerate(blocks("korean_clash")):
        named = found["transition"].str
        rows = found[named.endswith(".invoked") | named.endswith(".reopened")]
        calls.append(rows.assign(draw=rows["draw"] + seed * DRAWS))
    shares = crowds(pd.concat(calls), least=LEAST)
    assert len(shares) > 15
    assert shares[shares > AT_MOST].drop(DATED, errors="ignore").to_dict() == {}
