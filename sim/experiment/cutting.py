"""What becomes of an outcome when a link is cut, or certain: the same paths, walked again in pairs.

Only paths that the change can touch are walked again. Cutting a link leaves a path as it is in
which the link never came; making an option certain, one in which no other option was taken there.
So it is by the streams: a random number is found by name, and what never happened moved none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines import engine
from sim.errors import RunError
from sim.experiment.samples import Sample
from sim.experiment.walking_again import walk_outcomes
from sim.model.cuts import Link, certain, cut, ranks
from sim.model.model import Model
from sim.results import NOTHING

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """How many paths of each draw gained and lost the outcome, and how many were walked again."""

    gained: Counts
    lost: Counts
    walked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutEffect:
    """A link's two changes; None where a change does nothing, or never comes to an end."""

    link: Link
    cut: Paired | None
    certain: Paired | None


def cut_effects(
    model: Model,
    links: Sequence[Link],
    outcome: str,
    reached: Mask,
    *,
    sample: Sample,
    threads: int = 1,
) -> list[CutEffect]:
    """The effects on an outcome; `reached` (draws, paths) says which paths of the run reach it."""
    touched = _touched(model, links, sample, reached.shape[1], threads)
    found = []
    for link, (came, other) in zip(links, touched, strict=True):
        if link.option is None:  # it may come sooner wherever its clock runs
            other = np.ones_like(reached)
        both = []
        for changed, which in ((cut(model, link), came), (certain(model, link), other)):
            both.append(
                None
                if changed is None
                else _paired(changed, sample, outcome, reached, which, threads)
            )
        found.append(CutEffect(link=link, cut=both[0], certain=both[1]))
    return found


def _touched(
    model: Model,
    links: Sequence[Link],
    sample: Sample,
    paths: int,
    threads: int,
) -> list[tuple[Mask, Mask]]:
    """For each link: paths in which it came, and those in which another option was taken there."""
    shape, first = (len(sample.draws), paths), _kinds(model)
    found = [(np.zeros(shape, bool), np.zeros(shape, bool)) for _ in links]
    tables = [_options(model, link) for link in links]
    walk: Any = engine("compiled")
    # every path again with its events: the run kept how often a link came, not in which path
    for batch in walk(
        model,
        sample.values,
        seed=sample.seed,
        draws=sample.draws,
        paths=range(paths),
        events=True,
        common=sample.common,
        threads=threads,
    ):
        events = batch.events
        kind = first[events.transition] + np.where(events.option == NOTHING, 0, events.option + 1)
        for masks, wanted in zip(found, tables, strict=True):
            for mask, of_kind in zip(masks, wanted, strict=True):
                mask[batch.draw - sample.draws.start, events.path[of_kind[kind]]] = True
    return found


def _options(model: Model, link: Link) -> tuple[Mask, Mask]:
    """By kind of firing (see `_kinds`): whether it is the link, and whether it is beside it."""
    first = _kinds(model)
    its, beside = np.zeros((2, first[-1]), bool)
    for rank in ranks(model, link):
        these = slice(first[rank], first[rank + 1])
        if link.option is None:
            its[these] = True
            continue
        names = [None, *(option.name for option in model.transitions[rank].options)]
        its[these] = [name == link.option for name in names]
        beside[these] = ~its[these]
    return its, beside


def _kinds(model: Model) -> NDArray[np.int64]:
    """Where the kinds of firing of each transition begin: without an option, then by option."""
    # one place more than options, for what fires with none
    sizes = [len(transition.options) + 1 for transition in model.transitions]
    return np.cumsum([0, *sizes], dtype=np.int64)


def _paired(
    changed: Model,
    sample: Sample,
    outcome: str,
    reached: Mask,
    which: Mask,
    threads: int,
) -> Paired | None:
    """The pairs of a changed model; None where it fires without end, or has no value somewhere."""
    position = changed.names.outcomes[outcome]
    gained, lost = np.zeros((2, len(reached)), np.int64)
    numbers = [np.flatnonzero(row) for row in which]
    try:
        for batch in walk_outcomes(changed, sample, numbers, threads=threads):
            # only what changes sides counts: paths that are not walked again are the same in both
            has = ~np.isnan(batch.outcome_time[:, position])
            row = batch.draw - sample.draws.start
            had = reached[row, batch.path]
            np.add.at(gained, row[has & ~had], 1)
            np.add.at(lost, row[had & ~has], 1)
    # a link made certain may fire without end, or divide by what is now 0: there is no such effect
    except RunError:
        return None
    return Paired(gained=gained, lost=lost, walked=int(which.sum()))
