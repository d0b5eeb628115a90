"""Which events of a path only repeat what changed nothing, so that a reader may pass over them."""

from collections.abc import Hashable
from dataclasses import dataclass

import pandas as pd

from sim.experiment.replays import ReplayTables


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Events without effect that came more than once; by number of the first of them."""

    count: dict[int, int]  # how many there are of each
    last: dict[int, float]  # day of the last
    first: dict[int, int]  # of each of the others, which it is folded into

    @property
    def hidden(self) -> frozenset[int]:
        """All but the first of each."""
        return frozenset(self.first)


def repeats(replay: ReplayTables) -> Repeats:
    """What may be folded: the same option of the same transition, where nothing came of it.

    An event has had no effect if the state after it is that before it, no other event was caused by
    it, and no outcome happened at its moment.
    """
    events, states = replay.events, replay.states.drop(columns=["seq", "time"])
    rows = states.to_numpy(dtype=object)
    moved = (rows[1:] != rows[:-1]).any(axis=1)
    # a wait that starts anew after each firing is caused by it: the chain itself counts for nothing
    keys = [(str(t), str(o)) for t, o in zip(events["transition"], events["option"], strict=True)]
    causes = [-1 if pd.isna(cause) else int(cause) for cause in events["cause"]]
    led_on = {cause for seq, cause in enumerate(causes) if cause >= 0 and keys[cause] != keys[seq]}
    times = {
        float(replay.path[f"time__{outcome.name}"].iloc[0]) for outcome in replay.model.outcomes
    }
    groups: dict[Hashable, list[int]] = {}
    for seq, time in enumerate(events["time"]):
        if not moved[seq] and seq not in led_on and float(time) not in times:
            groups.setdefault(keys[seq], []).append(seq)
    several = [group for group in groups.values() if len(group) > 1]
    return Repeats(
        count={group[0]: len(group) for group in several},
        last={group[0]: float(events["time"].iloc[group[-1]]) for group in several},
        first={seq: group[0] for group in several for seq in group[1:]},
    )
