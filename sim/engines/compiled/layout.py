"""How the kernel's memory is laid out: groups of arrays by name, so that no function takes fifty.

A group is a named tuple of arrays, numbers and groups; see `intrinsics` for what numba makes of it.
In comments, "words" are rows of bits, 32 to an int64 (see `bit_planes`); "by transition",
"by option" and so on say what an array's position is.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE = -1  # no table, no cause, no column
PLAIN, APART = -1, -2  # instead of the number of a table of weights: no choice; options one by one
# more firings than FIRINGS_IN_A_PATH allows, and still an int64
UNLIMITED = 1 << 62

# Places in `Job.here`, which the kernel changes as it goes from path to path.
KEY_LOW, KEY_HIGH, DRAW, PATH, POSITION = range(5)  # the generator's key; POSITION: of the draw
# Places in `Job.task`; IN_BLOCK is the position of the first draw in its block. Random numbers are
# those of draw FIRST_STREAM and of the draws behind it; with a STREAM_STEP of 0 all have the same.
FIRST_STREAM, DRAWS, IN_BLOCK, STREAM_STEP = range(4)
# Values of `Output.record`: what is written down of every event.
NO_EVENTS, WITH_EVENTS, WITH_CHANGES = range(3)
# Places in `PathState.status`, the numbers that change with every firing.
EVENTS = 0  # firings of this path so far
AT_INSTANT = 1  # of these, at this very instant
CODE, RANK, OPTION = 2, 3, 4  # what went wrong: one of the codes below, and where
CHANGED = 5  # how many variables the last firing changed
GRID_STEP = 6  # the first time of the rungs' grid that is not yet past
RECORDED = 7  # events written down in this call; all before it are of one path
STEPS = 8  # changes of rungs written down in this call
CHANGES_RECORDED = 9  # changes of variables written down in this call
STATUS_SIZE = 10
# Places in `PathState.time`.
NOW, LAST_FIRING = 0, 1

# What can end a call of the kernel.
FINE, HALTED, FULL = 0, 1, 2
WRONG_OUTCOME, WRONG_STOP, WRONG_ENDING, WRONG_BECOMES, WRONG_GUARD, WRONG_SPEED = range(10, 16)
WRONG_CHOICE, WRONG_EFFECT, ENDLESS, TOO_MANY = range(16, 20)


class Tables(NamedTuple):
    """All tables: number k starts at `at[k]`; its axes from `first[k]` to one of stride 0."""

    pool: Floats
    at: Ints
    first: Ints
    variable: Ints  # by axis
    stride: Ints  # by axis
    step_first: Ints  # where the steps of a split expression begin; a table has none
    step: Ints
    stack: Floats  # scratch for split expressions


class Offsets(NamedTuple):
    """Where every table starts in the first draw of a block, and how much further in the next."""

    start: Ints
    step: Ints
    delay: Ints  # by transition: the table of its delay


class Job(NamedTuple):
    """What a call is to do, and how far it is."""

    here: Ints  # see KEY_LOW and those after it
    task: Ints  # see FIRST_STREAM and those after it
    first: Ints  # by draw of the call, the row of its first path; last, the number of rows
    number: Ints  # by row: the number of the path
    halt: Ints  # anything but 0 ends it; other threads set it, see LOOK_UP in `kernel`


class Conditions(NamedTuple):
    """Guards, then outcomes, then `stop_when`, then what triggers wait for: one bit each."""

    variable: Ints  # those the planes read
    plane: Ints  # by variable: its position among these, or NONE
    slot: Ints  # by position among these: where the masks of its value 0 start
    mask: Ints  # a row of columns for each value
    constant: Ints  # words: what always holds
    table: Ints  # by condition: its table where it is no bit of a plane, or NONE
    tabled: Ints  # the conditions with a table that read no outcome
    first: Ints  # by variable: those of them that read it ...
    reader: Ints  # ... from `first[v]` to `first[v + 1]`
    speed_first: Ints  # likewise the transitions whose speed reads it
    speed_reader: Ints


class Rules(NamedTuple):
    """The transitions, and their options one after the other."""

    name_hash: Ints
    auto: Ints  # words: untriggered
    scheduled: Ints  # words
    remember: Ints  # words
    unspent: Ints  # words: those that may start at t = 0, scheduled ones apart
    limit: Ints
    at: Floats  # seconds of what is scheduled; -1
    draws: Ints  # 1: a wait needs a uniform; 2: a choice does; 3: both
    speed: Ints  # table, or NONE
    choice: Ints  # table of weights, PLAIN or APART
    kind: Ints  # of the choice
    option: Ints  # number of the first option; last, the number of all options
    available: Ints  # by option: table, or NONE
    value: Ints  # by option: table, or NONE
    share: Ints  # by option
    lone: Floats  # by option: its value where it has none written
    triggered: Ints  # (options + transitions, words): started by an option, or by `nothing`
    waited: Ints  # words: the conditions that triggers wait for
    becomes: Ints  # (conditions waited for, words): started when it turns true
    effect: Ints  # by option: its first effect; last, the number of all effects
    other_first: Ints  # by transition: its first other choice; last, the number of all of them
    other: Ints  # tables of the same options otherwise weighed; see `Output.parted`


class Effects(NamedTuple):
    """What options do to the state: `changed` becomes `value[base + state[source]]`."""

    changed: Ints  # by effect: the variable
    source: Ints  # by effect: the variable read; NONE: computed, by table `base`
    base: Ints
    value: Ints
    top: Ints  # by variable: its last value
    ladder: Ints  # by variable: its first column among the rungs, or NONE


class Ends(NamedTuple):
    """Outcomes, `stop_when` and endings."""

    outcome_bits: Ints  # words
    late: Ints  # outcomes that read outcomes, in the order to look at them
    late_table: Ints
    stop_table: Ints  # one number: NONE when it is a bit, or there is none
    ending: Ints  # tables; NONE for otherwise
    start: Ints  # the state at t = 0, then the marks of the outcomes
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
    others: int  # other choices
    capacity: int  # events that can be written down, and as many changes of variables
    step_capacity: int  # changes of rungs that can be


class Plan(NamedTuple):
    """Everything that stays as it is while paths are walked."""

    size: Size
    conditions: Conditions
    rules: Rules
    effects: Effects
    ends: Ends


class PathState(NamedTuple):
    """Where one path stands. A thread uses the same arrays for all its paths."""

    state: Ints  # by variable its value, then by outcome whether it has happened
    holds: Ints  # words: conditions that hold
    row: Ints  # by variable the planes read: where the masks of its value start
    tabled: Ints  # words: conditions known to hold from tables, and those that always do
    before: Ints  # words: what held before this firing
    undefined: Ints  # words: conditions that have no value
    active: Ints  # words: clocks that run, are paused or held
    held: Ints  # words: clocks whose guard fails and that remember
    unspent: Ints  # words: limit not used up
    triggered: Ints  # words: started by this firing
    undefined_trigger: Ints  # words: those for whom a condition has no value now
    marked: Ints  # words: outcomes that have happened
    delay: Ints  # by transition: where the row of its delay starts in the pool, in this draw
    first_tabled: Ints  # `tabled` and ...
    first_undefined: Ints  # ... `undefined` at t = 0 in this draw
    due: Floats  # by transition: seconds; infinite while it is paused or held
    remaining: Floats  # by transition: of its wait, when it last began to run or stopped
    wait: Floats  # by transition: all of it, as it was drawn
    speed: Floats  # by transition: at which its clock runs
    option_u: Floats  # by transition: the uniform for its choice
    cause: Ints  # by transition: the event after which its clock started
    starts: Ints  # by transition
    fired: Ints  # by transition
    taken: Ints  # by option: 1 if it was taken in this path
    soonest: Floats  # by word of transitions: the least due ...
    soonest_rank: Ints  # ... and whose it is
    stale: Ints  # by word: whether these are to be found again
    changed: Ints  # the variables this firing changed
    new: Ints  # by effect of this firing: the value it gives
    weight: Floats  # scratch for options one by one
    value: Floats
    available: Floats
    status: Ints  # see EVENTS and those after it
    time: Floats  # see NOW


class Output(NamedTuple):
    """What a call leaves behind; the first axis is the draw in the call, or the path."""

    ending: NDArray[np.int16]
    end_time: Floats
    stopped: NDArray[np.uint8]
    n_events: NDArray[np.int32]
    outcome_time: Floats
    outcome_event: NDArray[np.int32]  # which event made it hold; -1 at t = 0
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
    change: Ints  # of each event: the changes written before it
    changed: NDArray[np.int32]  # of each change: the variable ...
    new: NDArray[np.int32]  # ... and its value from then on
    end: Ints  # by path: events written by its end
    changes: Ints  # one number: changes written in all
    record: Ints  # one number: NO_EVENTS and those after it
    # the trace: what each path came to, for who asks which paths a change of the model can touch
    came: NDArray[np.uint8]  # (paths, 2 transitions + options): started, fired, taken
    parted: NDArray[np.uint8]  # (paths, other choices): would have taken another option
    step: Ints  # changes of rungs: the place in `rungs` and one more, below zero where it falls
    step_end: Ints  # by path: changes written by its end
    trace: Ints  # one number: whether the trace is wanted


class Arguments(NamedTuple):
    """All a call of the kernel is given."""

    tables: Tables
    offsets: Offsets
    plan: Plan
    path: PathState
    out: Output
    job: Job
