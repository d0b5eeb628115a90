"""What can never happen, whatever the waits and the odds: reachability of the discrete state.

Where the space is small every situation is visited (`exhaustive`); where it is not, each variable
is followed by itself (relaxed: the values it may ever have, combinations ignored), which is
polynomial. Both are sound: what they call impossible cannot happen. What they call possible may
still be ruled out by delays, and in the relaxed case by combinations.

Ignored on purpose: how long anything takes, and how likely it is as long as that can be above 0.
Not ignored: an option whose probability or weight is 0 over the whole range of the parameters, a
clock whose speed is, and scheduled things later than the horizon.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from sim.errors import RunError
from sim.model.distribution_kinds import KINDS
from sim.model.expressions import Expression, parameters_read
from sim.model.model import Model
from sim.model.parameters import Parameter, bounds
from sim.reach.chain import Chain, Situation, mask, ranks
from sim.reach.lookups import Bounds
from sim.reach.relaxed import Relaxed, relax
from sim.reach.value_ranges import Box, Interval, bits, restrict

QUICK = 20_000  # firings looked at where a person waits for the answer: about 0.1 s
THOROUGH = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What can ever happen in a model; every tuple is in the model's order.

    Distances are the fewest firings after which something can be so: exact (delays and odds
    ignored) when `exhaustive`, else a lower bound. None: never.
    """

    exhaustive: bool
    started: tuple[bool, ...]  # a transition: its clock can start; scheduled clocks always do
    fired: tuple[bool, ...]  # a transition
    taken: tuple[tuple[bool, ...], ...]  # a transition: each of its options
    outcomes: tuple[int | None, ...]  # distance
    endings: tuple[bool, ...]
    values: tuple[tuple[int, ...], ...]  # a variable: the values it can ever have
    box: Box  # the same as masks, with choices of parameters and outcomes, for `may_hold`
    ranges: dict[str, Interval]  # of the parameters that are numbers

    def may_hold(self, condition: Expression) -> bool:
        """Whether the condition can ever be true; variables taken one by one."""
        return restrict(condition.node, True, self.ranges)(dict(self.box))


def reach(model: Model, *, limit: int = QUICK) -> Reach:
    """What can ever happen: exhaustively if that takes no more than `limit` firings to look at."""
    name = f"reach {limit}"  # of the model alone, so it is found once
    if name not in model.kept:
        model.kept[name] = _found(model, limit)
    found: Reach = model.kept[name]
    return found


def _found(model: Model, limit: int) -> Reach:
    # the relaxed answer comes first: it is cheap, and says how large the space can be at most
    box, ranges = support(model.parameters)
    relaxed = relax(model, box, ranges)
    # an upper bound, and a rough one: combinations that never come about count in it
    if _size(model, relaxed) > 1e4 * limit:
        return _reach(relaxed, relaxed, ranges, exhaustive=False)
    try:
        found = _exhaust(model, box, ranges, limit)
    except RunError:  # an expression without value: the run would end there; stay on the safe side
        found = None
    return _reach(relaxed, found or relaxed, ranges, exhaustive=found is not None)


def support(parameters: Iterable[Parameter]) -> tuple[Box, dict[str, Interval]]:
    """Which choices have weight, and between which ends the other parameters lie."""
    box: Box = {}
    ranges: dict[str, Interval] = {}
    for parameter in parameters:
        distribution = parameter.distribution
        if KINDS[distribution.kind].discrete:
            box[parameter.name] = mask(weight > 0 for weight in distribution.numbers)
        else:
            ranges[parameter.name] = bounds(distribution)
    return box, ranges


def decisive(model: Model) -> tuple[str, ...]:
    """Parameters that decide which situations exist: those read by guards, conditions, effects."""
    # Not those of options, delays and speeds: these say how likely and how fast, not what.
    readers: list[Expression | None] = [model.stop_when]
    readers += [outcome.when for outcome in model.outcomes]
    readers += [ending.when for ending in model.endings]
    for transition in model.transitions:
        readers.append(transition.when)
        readers += [trigger.becomes for trigger in transition.on]
        for option in transition.options:
            readers.append(option.available)
            readers += [effect.expression for effect in option.effects]
    return tuple(
        dict.fromkeys(name for reader in readers if reader for name in parameters_read(reader.node))
    )


def _reach(
    relaxed: Relaxed, found: Relaxed, ranges: dict[str, Interval], *, exhaustive: bool
) -> Reach:
    return Reach(
        exhaustive=exhaustive,
        started=tuple(found.started),
        fired=tuple(found.fired),
        taken=tuple(tuple(options) for options in found.taken),
        outcomes=tuple(found.outcomes),
        endings=tuple(found.endings),
        values=tuple(bits(found.box[name]) for name in relaxed.variables),
        box=found.box,
        ranges=ranges,
    )


def _size(model: Model, relaxed: Relaxed) -> float:
    """How many situations there may be at most, by the relaxed answer."""
    # every combination of values, times what clocks may leave behind: on or off, or firings so far
    values = prod(float(relaxed.box[v.name].bit_count()) for v in model.variables)
    clocks = prod(
        2.0 if t.on or t.at is not None else 1.0 + (t.limit or 0)
        for t, fired in zip(model.transitions, relaxed.fired, strict=True)
        if fired
    )
    return values * clocks


def _exhaust(model: Model, box: Box, ranges: dict[str, Interval], limit: int) -> Relaxed | None:
    """Everything that happens in any of the chains; None if they are too many or too large."""
    names = decisive(model)
    choices: list[Sequence[float]] = []
    for name in names:
        low, high = ranges.get(name, (0.0, 0.0))
        if low < high:  # a number that guards read: as many chains as there are numbers
            return None
        choices.append(bits(box[name]) if name in box else (low,))
    if prod(len(options) for options in choices) > 64:
        return None
    # One chain for each reading of the choices: a reading holds for a whole path, so that a path in
    # which two exclude each other is not invented.
    found = Relaxed.nothing(model, box)
    for combination in product(*choices):
        chosen = dict(zip(names, combination, strict=True))
        values = [chosen.get(parameter.name, 0.0) for parameter in model.parameters]
        masks = {name: 1 << int(value) for name, value in chosen.items() if name in box}
        # one limit for all readings together, as it is the time of whoever waits
        limit -= _walk(Chain(model, Bounds(values, {**box, **masks}, ranges)), found, limit)
        if limit < 0:
            return None
    return found


def _walk(chain: Chain, found: Relaxed, limit: int) -> int:
    """Visit every situation breadth first, noting what happens; how many firings were looked at."""
    model = chain.model
    # breadth first, so that the first layer an outcome is met in is its distance
    due = mask(t.at is not None and t.at <= model.horizon for t in model.transitions)
    layer = [chain.start(due)]
    seen = set(layer)
    note = _noter(chain, found)
    firings = distance = 0
    while layer:
        following: list[Situation] = []
        for situation in layer:
            note(situation, distance)
            for rank in ranks(chain.enabled(situation)):
                found.fired[rank] = True
                for option, after in chain.after(situation, rank):
                    firings += 1
                    if option >= 0:
                        found.taken[rank][option] = True
                    if after not in seen:
                        seen.add(after)
                        following.append(after)
            # looked at after each situation, so a layer is never gone through in full beyond the
            # limit
            if firings > limit:
                return firings
        layer, distance = following, distance + 1
    return firings


def _noter(chain: Chain, found: Relaxed) -> Callable[[Situation, int], None]:
    """What is so in a situation: values, outcomes, endings, clocks that run."""
    looked: set[tuple[tuple[int, ...], int]] = set()
    names = found.variables

    def note(situation: Situation, distance: int) -> None:
        for rank in ranks(chain.clocks(situation)):
            found.started[rank] = True
        key = (situation.state, situation.marks)
        if key in looked:  # many situations differ in their clocks alone
            return
        looked.add(key)
        for name, value in zip(names, situation.state, strict=True):
            found.box[name] |= 1 << value
        holds = chain.look(*key).holds
        for i in ranks(holds):
            best = found.outcomes[i]
            # readings are walked one after the other: another may come to it in fewer firings
            found.outcomes[i] = distance if best is None else min(best, distance)
            found.box[chain.model.outcomes[i].name] |= 0b10
        ending = chain.ending(situation)
        if ending is not None:
            found.endings[ending] = True

    return note
