"""The verb `score`: finished runs held against what happened."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from sim.api.arguments import recorded
from sim.api.results import Results
from sim.api.scores import Scores, case_with, scores
from sim.errors import UsageError


def score(
    *runs: Results | str | PathLike[str], happened: str | PathLike[str] | None = None
) -> Scores:
    """Scores of finished runs, or of run directories; `happened` names a file with the record.

    Raises UsageError where a run and the record do not belong together, or where nothing says what
    happened.
    """
    cases = []
    for run in runs:
        results = run if isinstance(run, Results) else Results.load(Path(run))
        source = results.source if isinstance(run, Results) else recorded(run)[0]
        cases.append(case_with(results, happened, source))
    if not cases:
        raise UsageError("score: give a run, or several")
    return scores(cases)
