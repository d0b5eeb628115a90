"""Decisions side by side on the same random numbers: the share of an outcome in every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.runs import pairs_of, solved
from sim.results import frames
from sim.results.solution import Solution

if TYPE_CHECKING:
    from sim.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceShares:
    """How often an outcome came under each decision, draw by draw, in pairs of paths."""

    outcome: str
    names: tuple[str, ...]  # of the decisions
    share: Floats  # (decision, draw)
    halves: Floats  # (decision, draw, half): the share in each half of the draw's paths
    paths: int  # in each draw; 0: solved, without noise

    @property
    def balance(self) -> float:
        """What the squared gap of two halves is multiplied by to be the variance of the whole."""
        first = self.paths // 2
        return first * (self.paths - first) / self.paths**2 if self.paths else 0.0


def walk_choices(
    decisions: Mapping[str, Scenario], outcome: str, plan: Plan
) -> tuple[ChoiceShares, pd.DataFrame]:
    """The shares, and the draws of all parameters that any of the decisions reads.

    The first decision is the one whose paths the others share until they differ. Ctrl-C ends it
    without a result (KeyboardInterrupt), since a choice needs every decision.
    """
    models = [one.model for one in decisions.values()]
    values = values_of(models, plan.seed, plan.span, progress=plan.progress)
    tables = [frames.draws(model, rows) for model, rows in zip(models, values, strict=True)]
    draws = tables[0]
    for other in tables[1:]:  # numbers of events that an intervention adds
        draws = draws.join(other[[name for name in other if name not in draws]])
    # an outcome may stand at another place in each model
    names = tuple(decisions)
    places = [model.names.outcomes[outcome] for model in models]
    if plan.engine == EXACT:
        share = []
        for one, rows, place in zip(decisions.values(), values, places, strict=True):
            found = solved(one, rows, plan).found
            assert isinstance(found, Solution)
            share.append(np.asarray(found.outcomes)[:, place])
            # fewer draws than asked for: Ctrl-C ended it
            if len(share[-1]) < plan.draws:
                raise KeyboardInterrupt
        known = np.array(share)
        # a solution has no noise, so both halves are the whole
        halves = np.stack([known, known], axis=2)
        return ChoiceShares(
            outcome=outcome, names=names, share=known, halves=halves, paths=0
        ), draws
    hits = np.zeros((len(models), plan.draws, 2))
    # halved by the numbers of paths, so that the same paths are in the same half under every
    # decision
    first, done = plan.paths // 2, 0
    for pieces, _ in pairs_of(models, values, plan):
        for which, own in enumerate(pieces):
            for piece in own:
                came = ~np.isnan(piece.outcome_time[:, places[which]])
                split = max(first - piece.first, 0)
                hits[which, piece.draw - plan.first_draw] += came[:split].sum(), came[split:].sum()
        done += sum(len(piece.ending) for piece in pieces[0])
    if done < plan.draws * plan.paths:
        raise KeyboardInterrupt
    sizes = np.array([first, plan.paths - first])
    shares = ChoiceShares(
        outcome=outcome,
        names=names,
        share=hits.sum(axis=2) / plan.paths,
        # one path alone leaves the first half empty
        halves=hits / np.maximum(sizes, 1),
        paths=plan.paths,
    )
    return shares, draws
