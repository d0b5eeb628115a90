"""How the memory of the splitting kernel is laid out; see `sim.engines.compiled.layout`."""

from typing import NamedTuple

from sim.engines.compiled.layout import Floats, Ints, Job, Offsets, Output, PathState, Plan, Tables

ARRIVED = -1.0  # instead of a distance: the outcome holds


class GuideSize(NamedTuple):
    """How many there are of everything."""

    variables: int
    counted: int
    clocks: int
    facts: int
    steps: int
    needs: int
    free: int
    places: int  # of the hash table, a power of two
    most: int  # that may be taken, so that a search soon ends


class Ways(NamedTuple):
    """What brings about what, and at which cost: see `additive`.

    A fact is that a variable has a value, or that a triggered clock runs. A need is "one of these
    facts"; a step wants all of its needs, and brings about one fact.
    """

    goal: Ints  # one number: the fact that the outcome has happened
    value: Ints  # by position in `Guide.variable`: the fact of its value 0; its others follow
    clock: Ints  # the ranks of triggered clocks that are facts ...
    runs: Ints  # ... and the facts that they run
    brings: Ints  # by step: a fact
    rank: Ints  # by step: the transition that fires, or -1
    own: Floats  # by step: its cost, without that of its needs
    needs: Ints  # by step: how many
    free: Ints  # the steps without any
    fact_first: Ints  # by fact: the needs it meets ...
    fact_need: Ints  # ... from `fact_first[f]` to `fact_first[f + 1]`
    need_first: Ints  # likewise by need: the steps that want it
    need_step: Ints
    # scratch
    cost: Floats  # by fact: the least found so far
    settled: Ints  # by fact: 1 where no lower cost can be found any more
    total: Floats  # by step: its own cost, and that of the needs that are met
    left: Ints  # by step: needs that are not met
    met: Ints  # by need
    heap: Floats  # costs of facts to settle, the least first ...
    heap_fact: Ints  # ... and the facts
    at_once: Ints  # facts to settle that cost nothing more


class Guide(NamedTuple):
    """How far a situation is from the outcome, and what that depends on."""

    size: GuideSize
    variable: Ints  # places in `PathState.state`, marks of outcomes among them
    counted: Ints  # transitions of which it matters how often they fired
    clocks: Ints  # words: the clocks of which it matters whether they run
    spent: Ints  # words: the transitions of which it matters whether they are used up
    ways: Ways
    missing: Floats  # one number: how far what is not known is where there are no ways
    # a hash table of what is known: keys by open addressing, 0 where there is none
    known: Ints
    distance: Floats
    taken: Ints  # one number: how many places
    key: Ints  # scratch


class Climb(NamedTuple):
    """What a call is to do."""

    outcome: Ints  # one number
    limit: Floats  # one number: a path has arrived where its distance is no more
    start: Ints  # by row: which of `saved` it begins from; NONE: from t = 0
    again: Ints  # by transition: the stream of what is redrawn, see `redraw`
    saved: Ints  # paths as they were kept, one behind the other
    whole: Ints  # the memory of the path that is walked, all of it
    # what it leaves behind
    arrived: Ints  # the paths that arrived, one behind the other
    row: Ints  # by path that arrived: its row
    least: Floats  # by row: the least distance met; ARRIVED where the outcome holds
    found: Ints  # two numbers: how many arrived, events


class ClimbArguments(NamedTuple):
    """All a call of the kernel is given."""

    tables: Tables
    offsets: Offsets
    plan: Plan
    path: PathState
    out: Output
    job: Job
    guide: Guide
    climb: Climb
