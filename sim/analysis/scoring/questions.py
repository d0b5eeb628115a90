"""One row a question: what was estimated, what happened, and how far apart the two are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf, nan
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.scoring.cases import NEVER, Case, happened_by, last_case
from sim.analysis.statistics.proper_scores import (
    Arrival,
    brier,
    crps,
    log_score,
    pit,
    rank,
    surprise,
)
from sim.analysis.statistics.resampling import significant
from sim.formatting import DAY
from sim.scenario import Occurrence

RIVALS = ("generic", "region", "nothing", "last")
LAYERS = ("low", "high", "mc_low", "mc_high")
FIRST = (
    "number",
    "case",
    "scenario",
    "kind",
    "question",
    "title",
    "window",
    "n",
    "probability",
    *LAYERS,
)
RECORD = ("record", "after_window", "earliest", "latest", "happened")
SCORES = ("brier", "log_score", "crps", "crps_share", "surprise", "rank", "pit_low", "pit_high")
OF_RIVALS = tuple(
    f"{rival}_{what}" for rival in RIVALS for what in ("said", "brier", "log_score", "crps_share")
)
COLUMNS = (*FIRST, *RECORD, *SCORES, *OF_RIVALS)


def questions(cases: Sequence[Case]) -> pd.DataFrame:
    """One row an outcome or ending that a case's record names, in its order. Times are in days.

    number: of the case, from 0; case, scenario: what it is called; kind (outcome or ending),
    question, title; window: what is asked is whether it has happened by then, the horizon or the
    end of observation; n: paths; probability, low, high, mc_low, mc_high: the run's, with both
    layers.
    record: `happened`, `no`, or `unknown` (then nothing is scored); after_window: it came later,
    which counts as no; earliest, latest: when; happened: 1, 0 or missing.
    brier, log_score, crps (days), crps_share (of the window: the integrated Brier score), surprise
    (two-sided predictive p), rank (among the simulated times), pit_low, pit_high: see
    `sim.analysis.statistics.proper_scores`. Of an ending: Brier's score over all endings, halved;
    its surprise is the probability of an ending no likelier than the one that came.
    generic_said, generic_brier, generic_log_score, generic_crps_share: the same of a base rate, and
    so of region, nothing (it never happens) and last (as in the case before); missing where the
    record has no such rate or no such case.

    None of n paths is not never: for the log score its probability is (hits + 1/2) / (n + 1), as is
    that of all of n, unless reachability proves it impossible. The surprise, too, is never less
    than what half a path in a tail gives.
    """
    rows = [
        {"number": number, **row}
        for number, case in enumerate(cases)
        for row in (*_outcomes(case, cases), *_ending(case))
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [*FIRST[6:], *RECORD[2:], *SCORES, *OF_RIVALS]
    return significant(table.astype(dict.fromkeys(numbers, np.float64)))


def _outcomes(case: Case, cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    for name, one in case.happened.outcomes.items():
        forecast = case.forecast(name)
        row = _first(case, "outcome", name, str(case.run.outcomes.loc[name, "title"]))
        row |= _estimate(case, name, forecast)
        row |= _recorded(one, case.window)
        if one is not None and row["record"] != "unknown":
            # Only what reachability has proved impossible may be scored as a forecast of 0.
            certain = case.run.outcomes.loc[name, "reach"] == "impossible"
            row |= _scores(forecast, one, case.window, None if certain else case.run.n)
            for rival, said in _rivals(case, name, cases):
                # A rival is no estimate from paths: what it says is exactly what it means.
                found = _scores(said, one, case.window, None)
                row[f"{rival}_said"] = said.by(case.window)
                row |= {
                    f"{rival}_{what}": found[what] for what in ("brier", "log_score", "crps_share")
                }
        yield row


def _rivals(case: Case, outcome: str, cases: Sequence[Case]) -> Iterator[tuple[str, Arrival]]:
    for rival in ("generic", "region"):
        said = case.rival(outcome, rival)
        if said is not None:
            yield rival, said
    yield "nothing", NEVER
    said = last_case(case, outcome, cases)
    if said is not None:
        yield "last", said


def _first(case: Case, kind: str, name: str, title: str) -> dict[str, Any]:
    about = case.run.provenance
    called = {"case": about.title, "scenario": about.scenario, "kind": kind}
    return {**called, "question": name, "title": title, "window": case.window, "n": case.run.n}


def _estimate(case: Case, name: str, forecast: Arrival) -> dict[str, float]:
    """The probability by the end of the window, and its layers."""
    # The tables have probabilities by the horizon; for an earlier end the curve is read.
    if case.window >= case.run.provenance.horizon:
        row = case.run.outcomes.loc[name]
        return {one: _number(row[one]) for one in ("probability", *LAYERS)}
    curve = case.run.timing
    # the last point of the curve that is not beyond; its layers are those of the screens, too
    at = curve[(curve["outcome"] == name) & (curve["time"] <= case.window)].iloc[-1]
    return {"probability": forecast.by(case.window), **{one: _number(at[one]) for one in LAYERS}}


def _number(value: Any) -> float:
    return nan if pd.isna(value) else float(value)


def _recorded(one: Occurrence | None, window: float) -> dict[str, Any]:
    if one is None:
        return {"record": "unknown", "after_window": False}
    earliest, latest = one.earliest / DAY, one.latest / DAY
    when = {"earliest": earliest, "latest": latest} if one.happened else {}
    if earliest <= window < latest and one.happened:  # nobody knows on which side
        return {"record": "unknown", "after_window": False, **when}
    hit = happened_by(one, window)
    word = "happened" if hit else "no"
    return {"record": word, "after_window": one.happened and not hit, "happened": hit, **when}


def _scores(
    forecast: Arrival, one: Occurrence, window: float, paths: int | None
) -> dict[str, float]:
    """All scores of a forecast; `paths` behind it, or None for one that is exactly what it says."""
    hit = happened_by(one, window) == 1
    # What came after the window counts as never: the forecast is asked about the window only.
    times = (one.earliest / DAY, one.latest / DAY) if hit else (inf, inf)
    said = forecast.by(window)
    # nothing but a proof makes a forecast of never
    given = said if paths is None or 0 < said < 1 else (said * paths + 0.5) / (paths + 1)
    days = crps(forecast, *times, window)
    low, high = pit(forecast, *times, window)
    return {
        "brier": float(brier(said, hit)),
        "log_score": log_score(given, hit),
        "crps": days,
        # In days a case watched for years would outweigh all others in a mean over cases.
        "crps_share": days / window,
        # a tail that none of n paths reached may hold half a path, as in the log score
        "surprise": max(surprise(forecast, *times, window), 1 / (paths + 1) if paths else 0.0),
        "rank": rank(forecast, *times, window),
        "pit_low": low,
        "pit_high": high,
    }


def _ending(case: Case) -> Iterator[dict[str, Any]]:
    """The ending it came to, if the record has one."""
    name = case.happened.ending
    if name is None:
        return
    table = case.run.endings
    if str(name) == "unknown":
        yield {**_first(case, "ending", "unknown", ""), "record": "unknown", "after_window": False}
        return
    row = table.loc[str(name)]
    shares = table["probability"].to_numpy(dtype=np.float64)
    # Brier's score over several classes runs from 0 to 2; halved it is that of a yes or no.
    came = table.index == str(name)
    given = _number(row["probability"])
    yield {
        **_first(case, "ending", str(name), str(row["title"])),
        **{one: _number(row[one]) for one in ("probability", *LAYERS)},
        "record": "happened",
        "after_window": False,
        "happened": 1,
        "brier": float(((shares - came) ** 2).sum() / 2),
        "log_score": log_score(given or 0.5 / (case.run.n + 1), True),
        "surprise": max(_sum(shares[shares <= given]), 0.5 / (case.run.n + 1)),
    }


def _sum(values: Iterable[float]) -> float:
    # Rounding can leave the sum of all probabilities just above 1.
    return float(min(1.0, sum(values)))
