"""What was weighed in paths that are known already: read along, without finding them again.

To walk a path, every clock is looked at after each event; to say what its choices were, only the
choice that was made. The weights are those of rule 3, on the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim.engines.reference.choices import Choice, total
from sim.engines.reference.state import PathState
from sim.model.model import Model
from sim.results import NEVER


class Along:
    """A reader of paths of one model."""

    def __init__(self, model: Model, seed: int) -> None:
        self.path = PathState(model, seed)
        self.choices = [Choice(self.path, transition) for transition in model.transitions]

    def shares(
        self,
        draw: int,
        number: int,
        values: Sequence[float],
        events: Iterable[tuple[int, Mapping[int, int]]],
        outcome_event: Sequence[int],
    ) -> Iterator[tuple[float, ...]]:
        """The probability each option had at each event; empty where none was available (rule 7).

        `events` are the transitions that fired, by rank, each with the variables it changed and
        their values; `outcome_event` says after which of them each outcome held, as in `Walk`.
        """
        path = self.path
        path.begin_draw(draw, values, stream=draw)  # nothing is drawn
        path.begin_path(number)
        held: dict[int, list[int]] = {}
        for outcome, event in enumerate(outcome_event):
            if event != NEVER:
                # outcomes are not evaluated again: the walk that found the path said when each held
                held.setdefault(event, []).append(outcome)
        self._mark(held.get(-1, ()))
        for seq, (rank, changes) in enumerate(events):
            weights = self.choices[rank].weights()
            whole = total(weights)
            # before the changes: options are weighed on the state before the effects
            yield tuple(weight / whole for weight in weights) if whole > 0 else ()
            path.change(dict(changes))
            self._mark(held.get(seq, ()))

    def _mark(self, outcomes: Iterable[int]) -> None:
        for outcome in outcomes:
            self.path.mark(outcome)
