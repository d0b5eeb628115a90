"""What an engine hands over: pieces of paths, and their events where asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.transitions import NOTHING as NOTHING

NEVER = -2  # instead of the event that made an outcome hold: it did not happen
RUNG_TIMES = 101  # the shares of paths at each rung are read at this many equal steps, both ends in


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBatch:
    """Events as an engine hands them over: one row a firing, ordered by path and sequence."""

    path: NDArray[np.int64]
    seq: NDArray[np.int32]  # 0, 1, 2, ... within the path
    time: NDArray[np.float64]  # seconds
    transition: NDArray[np.int32]  # rank in the model
    option: NDArray[np.int32]  # position in the transition, or NOTHING
    probability: NDArray[np.float64]  # the share the taken option had; 1 where there was no choice
    cause: NDArray[np.int32]  # seq of the event after which the clock started; -1 at t = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What events did to the state: by event, the variables that changed."""

    first: NDArray[np.int64]  # by event: where its changes begin; last, how many there are
    variable: NDArray[np.int32]  # of each change: its position in the model
    value: NDArray[np.int32]  # and its value from then on


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTrace:
    """What each path came to: enough to tell which changes of the model could touch it."""

    started: NDArray[np.bool_]  # (paths, transitions): its clock started
    fired: NDArray[np.bool_]  # (paths, transitions)
    taken: NDArray[np.bool_]  # (paths, options): all transitions' in order
    parted: NDArray[np.bool_]  # (paths, other choices): it would have taken another option there
    # changes of rungs: 1 + their place in (RUNG_TIMES + 1, levels), below zero where a path leaves
    step: NDArray[np.int64]
    step_path: NDArray[np.int64]  # of each, which of the paths here


@dataclass(frozen=True, slots=True, kw_only=True)
class PathBatch:
    """What an engine hands over for consecutive paths of one draw; times in seconds."""

    draw: int
    first: int  # number of the first path
    ending: NDArray[np.int16]  # position in the model's endings
    end_time: NDArray[np.float64]
    stopped: NDArray[np.bool_]  # by stop_when; else it ran to the horizon and is censored
    n_events: NDArray[np.int32]
    outcome_time: NDArray[np.float64]  # (paths, outcomes); NaN where it has not happened
    started: NDArray[np.int64]  # a transition: in how many paths its clock started at least once
    fired: NDArray[np.int64]  # a transition: in how many paths it fired at least once
    taken: NDArray[np.int64]  # an option, all transitions' in order: paths in which it was taken
    rungs: NDArray[np.int64]  # (RUNG_TIMES, levels of all ladder variables in order): paths there
    events: EventBatch | None = None
    trace: PathTrace | None = None
    outcome_event: NDArray[np.int32] | None = None  # as `ChosenBatch` has it; not of all engines
    changes: Changes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenBatch:
    """What an engine hands over for chosen paths, in order of draw and path; times in seconds.

    `events` and `changes` are of all paths, one after the other; None where not asked for.
    """

    draw: NDArray[np.int64]
    path: NDArray[np.int64]
    ending: NDArray[np.int16]
    end_time: NDArray[np.float64]
    stopped: NDArray[np.bool_]
    n_events: NDArray[np.int32]
    outcome_time: NDArray[np.float64]  # (paths, outcomes); NaN where it has not happened
    outcome_event: NDArray[np.int32]  # seq of the event that made it hold; -1: t = 0; NEVER
    events: EventBatch | None = None
    changes: Changes | None = None
