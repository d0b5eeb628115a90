"""What the kernel is given: arrays by name, in groups, so that no function takes fifty."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PLAIN, APART = -1, -2  # instead of the number of a table of weights: no choice; options one by one
NONE = -1  # no table, no cause, no column
UNLIMITED = 1 << 62

SEQ, TOGETHER, CODE, RANK, OPTION, WROTE, STEP, KEPT = range(8)  # places in `Standing.seen`

# what can end a call of the kernel
FINE, HALTED, FULL = 0, 1, 2
BAD_OUTCOME, BAD_STOP, BAD_ENDING, BAD_BECOMES, BAD_GUARD, BAD_SPEED = 10, 11, 12, 13, 14, 15
BAD_CHOICE, BAD_EFFECT, ENDLESS = 16, 17, 18


class Look(NamedTuple):
    """All tables: number k starts at `at[k]`; its axes from `first[k]` to one of stride 0."""

    pool: Floats
    at: Ints
    first: Ints
    variable: Ints  # of each axis
    stride: Ints
    step_first: Ints  # the steps of a split expression, none for a table
    step: Ints
    stack: Floats


class Base(NamedTuple):
    """Where every table starts in the first draw of a block, and how much further in the next."""

    start: Ints
    step: Ints
    delay: Ints  # of each transition: the table of its delay


class Job(NamedTuple):
    """What a call is to do, and how far it is."""

    who: Ints  # the key's two words, then now: the draw, the path, the draw's position in the call
    what: Ints  # first draw, draws, first path, paths, position of the first draw in its block
    halt: Ints  # anything but 0 ends it


class Conditions(NamedTuple):
    """Guards, then outcomes, then `stop_when`, then what triggers wait for: one bit each."""

    variable: Ints  # read by the planes
    plane: Ints  # of each variable: its position among these, or NONE
    slot: Ints  # of each of these: where the masks of its value 0 start
    mask: Ints  # a row of columns for each value
    constant: Ints  # words: what always holds
    table: Ints  # of each condition that is no bit of a plane; NONE for the others
    tabled: Ints  # the conditions with a table that read no outcome
    first: Ints  # by variable: those of them that read it ...
    reader: Ints  # ... from `first[v]` to `first[v + 1]`
    speed_first: Ints  # likewise the transitions whose speed reads it
    speed_reader: Ints


class Rules(NamedTuple):
    """The transitions, and what is looked at besides."""

    identity: Ints
    auto: Ints  # words: untriggered
    scheduled: Ints  # words
    remember: Ints  # words
    open: Ints  # words: all but the scheduled
    limit: Ints
    at: Floats
    draws: Ints  # 1: a wait needs a uniform; 2: a choice does; 3: both
    speed: Ints  # table, or NONE
    choice: Ints  # table of weights, PLAIN or APART
    kind: Ints  # of the choice
    option: Ints  # number of the first option; the number after the last option of the last
    available: Ints  # by option: table, or NONE
    value: Ints
    share: Ints
    lone: Floats  # by option: its value where it has none written
    trigger: Ints  # (options + transitions, words): started by an option, or by `nothing`
    waited: Ints  # words: the conditions that triggers wait for
    becomes: Ints  # (conditions waited for, words)
    effect: Ints  # by option: its first effect


class Effects(NamedTuple):
    """What options do to the state: `changed` becomes `value[base + state[source]]`."""

    changed: Ints
    source: Ints  # NONE: computed, by table `base`
    base: Ints
    value: Ints
    top: Ints  # of each variable: its last value
    ladder: Ints  # of each variable: its first column among the rungs, or NONE


class Ends(NamedTuple):
    """Outcomes, `stop_when` and endings."""

    outcome_bits: Ints  # words
    late: Ints  # outcomes that read outcomes, in the order to look at them
    late_table: Ints
    stop_table: Ints  # one number: NONE when it is a bit, or there is none
    ending: Ints  # tables; NONE for otherwise
    start: Ints  # the state at t = 0, then the marks
    horizon: Floats  # one number
    grid: Floats  # times of the rungs


class Size(NamedTuple):
    """How many there are of everything."""

    variables: int
    transitions: int
    outcomes: int
    waited: int  # conditions that triggers wait for
    options: int
    endings: int
    late: int  # outcomes that read outcomes
    words: int  # of conditions
    rule_words: int  # of transitions
    planes: int  # variables the planes read
    columns: int  # planes x words
    tabled: int  # conditions with a table
    tables: int
    rungs: int  # levels of all ladders
    grid: int  # times of the rungs
    room: int  # for events


class Plan(NamedTuple):
    """Everything that stays as it is while paths are walked."""

    size: Size

    conditions: Conditions
    rules: Rules
    effects: Effects
    ends: Ends


class Standing(NamedTuple):
    """Where one path stands."""

    state: Ints  # then the marks
    holds: Ints  # words: conditions that hold
    row: Ints  # of each variable the planes read: where the masks of its value start
    extra: Ints  # words: those of them known from tables, and the constant ones
    before: Ints  # words: what held before this firing
    bad: Ints  # words: conditions that have no value
    clock: Ints  # words: clocks that run, are paused or held
    held: Ints  # words
    open: Ints  # words: limit not used up
    trigger: Ints  # words: called by this firing
    marked: Ints  # words: outcomes that have happened
    doubt: Ints  # words: called by a condition that has no value
    delay: Ints  # where the row of a delay starts in the pool, in this draw
    first_extra: Ints  # at t = 0, in this draw
    first_bad: Ints
    due: Floats
    remaining: Floats
    pace: Floats
    option_u: Floats
    cause: Ints
    starts: Ints
    fired: Ints
    taken: Ints
    soonest: Floats  # by word: the least due ...
    which: Ints  # ... and whose it is
    stale: Ints  # by word: whether these are to be found again
    wrote: Ints  # variables this firing changed
    new: Ints
    weight: Floats  # scratch for options one by one
    value: Floats
    available: Floats
    seen: Ints  # numbers that change: see SEQ and those after it
    now: Floats  # the time, and that of the last firing


class Out(NamedTuple):
    """What a call leaves behind; the first axis is the draw in the call, or the path."""

    ending: NDArray[np.int16]
    end_time: Floats
    stopped: NDArray[np.uint8]
    n_events: NDArray[np.int32]
    outcome_time: Floats
    started: Ints
    fired: Ints
    taken: Ints
    rungs: Ints  # (draws, times + 1, levels): by how much the number of paths there changes
    path: Ints  # of each event
    seq: NDArray[np.int32]
    time: Floats
    transition: NDArray[np.int32]
    option: NDArray[np.int32]
    probability: Floats
    cause: NDArray[np.int32]
    end: Ints  # by path: events written by its end
    keep: Ints  # one number: whether events are wanted


class Whole(NamedTuple):
    """All a call of the kernel is given."""

    look: Look
    base: Base
    plan: Plan
    path: Standing
    out: Out
    job: Job
