"""Comparisons in which every path is walked in every model, beside those that skip some."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from small_models import exponential, put, rule

from sim.errors import RunError
from sim.experiment import Plan
from sim.experiment.parameter_draws import values_of
from sim.experiment.runs import pairs_of, pieces_of
from sim.model import Distribution, Model
from sim.model.changes import Change, changed_model
from sim.results import PathBatch

ROWS = ("ending", "end_time", "stopped", "n_events", "outcome_time")
SUMS = ("started", "fired", "taken", "rungs")
DAY = 86_400.0


def unequal(models: Sequence[Model], draws: int, paths: int) -> tuple[list[str], list[float]]:
    """(what differs between skipping and walking all, the share walked again of each twin)."""
    plan = Plan(draws=draws, paths=paths, seed=3, workers=1, keep_paths=False, progress=False)
    values = values_of(models, plan.seed, range(draws), progress=False)
    whole = list(pieces_of(models, values, plan))
    skipped = list(pairs_of(models, values, plan))
    found = []
    for which in range(len(models)):
        pieces = [
            [p for chunk in some for p in chunk[which]]
            for some in (whole, [s.pieces for s in skipped])
        ]
        for name in ROWS:
            one, other = (np.concatenate([getattr(p, name) for p in some]) for some in pieces)
            if not np.array_equal(one, other, equal_nan=name == "outcome_time"):
                found.append(f"{which}: {name}")
        for name in SUMS:
            one, other = (by_draw(some, name) for some in pieces)
            if not np.array_equal(one, other):
                found.append(f"{which}: {name}")
    again = np.sum([one.again for one in skipped], axis=0) / (draws * paths)
    return found, again.tolist()


def by_draw(pieces: Sequence[PathBatch], name: str) -> np.ndarray:
    """A sum over the paths of each draw."""
    sums: dict[int, np.ndarray] = {}
    for piece in pieces:
        sums[piece.draw] = sums.get(piece.draw, 0) + getattr(piece, name)
    return np.array([sums[draw] for draw in sorted(sums)])


def altered(model: Model) -> list[Model]:
    """A random model with every kind of difference, those that go wrong left out."""
    made = [change(model, void={one.name}) for one in model.transitions]
    made += [change(model, values={name: fixed}) for name, fixed in FIXED.items()]
    for variable in model.variables:
        made.append(change(model, starts={variable.name: (variable.start + 1) % variable.size}))
    flags = [variable.name for variable in model.variables if variable.kind == "flag"]
    later = rule("later", put(flags[0], 1), at=3 * DAY)
    made.append(replace(model, transitions=(*model.transitions, later)))
    guarded = rule("guarded", put(flags[0], 1), after=2, when=model.outcomes[0].when)
    made.append(replace(model, transitions=(*model.transitions, guarded)))
    for rank, one in enumerate(model.transitions):
        if one.at is None and not one.clause:
            slow = replace(one, after=exponential(5))
            made.append(with_transition(model, rank, slow))
            made.append(with_transition(model, rank, replace(one, when=model.outcomes[0].when)))
            made.append(with_transition(model, rank, replace(one, memory="remember")))
    made.append(change(model, void={model.transitions[0].name}, values=dict([*FIXED.items()][:2])))
    return [one for one in made if walks(one)]


FIXED = {
    "p": Distribution(kind="fixed", numbers=(0.3,)),
    "factor": Distribution(kind="fixed", numbers=(1.5,)),
    "lag": Distribution(kind="fixed", numbers=(DAY,)),
    "temper": Distribution(kind="fixed", numbers=(0.5,)),
    "reading": Distribution(kind="fixed", numbers=(1.0,), levels=("text", "broad")),
}


def with_transition(model: Model, rank: int, new: object) -> Model:
    transitions = list(model.transitions)
    transitions[rank] = new  # type: ignore[call-overload]
    return replace(model, transitions=tuple(transitions))


def change(
    model: Model,
    void: set[str] | None = None,
    values: dict[str, Distribution] | None = None,
    starts: dict[str, int] | None = None,
) -> Model:
    whole = Change(
        void=frozenset(void or ()), values=values or {}, starts=starts or {}, events=(), places={}
    )
    return changed_model(model, whole)


def walks(model: Model) -> bool:
    """Whether its paths come to an end."""
    plan = Plan(draws=4, paths=12, seed=3, workers=1, keep_paths=False, progress=False)
    try:
        values = values_of([model], plan.seed, range(4), progress=False)
        for _ in pieces_of([model], values, plan):
            pass
    except RunError:
        return False
    return True
