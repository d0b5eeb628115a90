"""What can be proved of a model without running it: reachability, bounds, sums of options.

A proof here is sound and one-sided: what is called impossible cannot happen in any path of any
draw; what is called possible may still turn out to be impossible. See `docs/proofs.md`.

    narrowing     which values of which names a comparison may hold with
    value_ranges  what an expression may be when each name is known only up to a set of values
    lookups       what guards, speeds, options and effects say in one state, tabulated on first use
    chain         situations and their successors: the discrete side of a model
    relaxed       reachability one variable at a time (delete relaxation): an over-approximation
    reachability  what can never happen: exhaustive where the space is small, relaxed elsewhere
    points        where a transition is looked at: all values of what it reads
    sums          whether the probabilities of every choice sum to 1 wherever its guard holds
    satisfiable   whether a condition can be true at all, reachable or not
    reasons       why something can never happen: the part of its condition out of reach
    transition_faults   what is wrong with single transitions, also after a change of parameters
    draw_rates    rates and option probabilities in one draw, as numbers for the chain

The exact engine and splitting walk the same chain and put numbers on it.
"""

from sim.reach.reachability import Reach, reach
from sim.reach.satisfiable import satisfiable
from sim.reach.value_ranges import interval_of, restrict

__all__ = ["Reach", "interval_of", "reach", "restrict", "satisfiable"]
