"""Who decides in a run: the functions of its caller, checked, with the engine that asks them."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.api.arguments import is_directory, loaded_or_model, recorded
from sim.decisions.asking import Decisions, Policy, decisions_of
from sim.decisions.describing import is_stateless, require_same
from sim.engines import asks
from sim.errors import UsageError
from sim.experiment.plan import EXACT

if TYPE_CHECKING:
    from sim.api.arguments import Source

ASKS = "reference"  # the engine unless one is named


def with_decisions(
    source: Source, options: Any, decide: Mapping[str, Policy] | None
) -> tuple[Any, Decisions | None]:
    """The options of a run in which these functions decide, and the functions.

    Raises UsageError for what is none, for an engine that asks nobody, for several workers where
    something would be lost, and where a directory's run had other functions.
    """
    there: Mapping[str, str] = {}
    if is_directory(source):
        there = recorded(source)[1].get("decided", {})  # type: ignore[arg-type]
    if decide is None:
        require_same(there, {}, str(source))
        return options, None
    found = decisions_of(loaded_or_model(source), decide)
    if there:
        require_same(there, found.described, str(source))
    engine = options.get("engine") or ASKS
    if engine == EXACT or not asks(engine):
        raise UsageError(f"decide: the engine {engine!r} asks nobody; leave it out, or {ASKS!r}")
    return {**options, "engine": engine, "workers": _workers(options.get("workers"), found)}, found


def _workers(asked: int | None, decide: Decisions) -> int | None:
    """How many processes: one, unless nothing that a function keeps can be lost in another."""
    if asked == 1:
        return 1
    if not decide.stateless:
        if asked is None:
            return 1
        kept = [actor for actor, policy in decide.policies.items() if not is_stateless(policy)]
        raise UsageError(
            f"decide: with workers={asked} what the function of {', '.join(kept)} records would "
            "stay in other processes and be lost; leave workers out, or if it records nothing say "
            "so: sim.policies.stateless(f)"
        )
    try:
        pickle.dumps(decide.policies)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        if asked is None:
            return 1
        raise UsageError(
            f"decide: a function cannot be sent to {asked} processes ({error}); define it in a "
            "module, or leave workers out"
        ) from None
    return asked
