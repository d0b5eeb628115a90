"""The best that one actor can do on a small model, as a policy: backward induction on its chain."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.decisions.asking import vocabulary_of
from sim.decisions.backward import Backward, Piece
from sim.decisions.situation import Situation
from sim.decisions.view import View
from sim.errors import NotApplicable, UsageError
from sim.formatting import DAY
from sim.model.model import Model

EQUAL = 1e-12  # two choices whose values differ by less are equally good

Key = tuple[str, tuple[object, ...]]  # what asks, and the state
Answers = Mapping[Key, str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Optimum:
    """A policy that makes an outcome least likely, or with `more` likeliest, for one actor.

    value   the probability of the outcome from day 0 if the policy is followed: exact for the
            policy, which looks at the clock at `steps` instants, and so a bound on the optimum.
    gain    by how much half as many instants are worse: what more of them may still bring.

    It knows the whole state and the odds of everybody else, and nothing of what is to come.
    """

    stateless: ClassVar = True
    actor: str
    outcome: str
    more: bool
    steps: int
    value: float
    gain: float
    model: Model = field(repr=False)
    starts: tuple[float, ...]  # days: from when each of the answers holds
    answers: tuple[Answers, ...]

    def __repr__(self) -> str:
        more = ", more=True" if self.more else ""
        return f"optimum({self.actor!r}, {self.outcome!r}{more}, steps={self.steps})"

    def check(self, model: Model, actor: str, choices: Mapping[str, tuple[str, ...]]) -> None:
        """UsageError where it would decide for another actor, or in another model."""
        if actor != self.actor:
            raise UsageError(f"decide: {self!r} is for {self.actor}, not for {actor}")
        if model != self.model:
            raise UsageError(f"decide: {self!r} was found for another model")

    def __call__(self, situation: Situation) -> str | None:
        """The best option there."""
        now = self.answers[bisect_right(self.starts, situation.time) - 1]
        return now.get((situation.asks, tuple(situation.state.values())))


def optimum(
    model: Model,
    values: NDArray[np.float64],
    actor: str,
    outcome: str,
    *,
    more: bool,
    steps: int,
) -> Optimum:
    """The policy of backward induction with so many instants; see `sim.policies.optimum`."""
    view = View(model, actor, vocabulary_of(model))
    for why in view.hidden.values():
        # with what is hidden the best choice depends on beliefs, which this does not work out
        raise NotApplicable(f"optimum: {why}; it is found for actors that know the whole state")
    chain = Backward(model, values, actor, outcome, more=more)
    if not chain.groups:
        raise NotApplicable(f"optimum: no situation leaves {actor} a choice")
    value, pieces = chain.solve(steps)
    coarser, _ = chain.solve(max(steps // 2, 1))
    starts, answers = list[float](), list[Answers]()
    for piece in pieces:
        now = _answers(chain, piece, view)
        # pieces with the same answers are one stretch
        if not answers or now != answers[-1]:
            starts.append(piece.start / DAY)
            answers.append(now)
    return Optimum(
        actor=actor,
        outcome=outcome,
        more=more,
        steps=steps,
        value=value,
        gain=chain.sign * (value - coarser),
        model=model,
        starts=tuple(starts),
        answers=tuple(answers),
    )


def _answers(chain: Backward, piece: Piece, view: View) -> Answers:
    """What is best by move and state. Raises NotApplicable where these do not decide it."""
    groups: dict[Key, list[int]] = {}
    for number, group in enumerate(chain.groups):
        first = group[0]
        state = chain.graph.situations[int(chain.graph.source[first])].state
        asks = chain.model.transitions[int(chain.graph.rank[first])].name
        groups.setdefault((asks, tuple(view.state(state).values())), []).append(number)
    return {key: _common(chain, piece, numbers, key[0]) for key, numbers in groups.items()}


def _common(chain: Backward, piece: Piece, numbers: Sequence[int], asks: str) -> str:
    """The option that is best in all these situations, which have one state."""
    options = chain.model.transition(asks).options
    losses: dict[int, float] = {}
    for number in numbers:
        group = chain.groups[number]
        best = chain.worth(piece.values, piece.choices[number])
        for step in group:
            option = int(chain.graph.option[step])
            loss = best - chain.worth(piece.values, step)
            # The worst of all clocks that are possible in this state: the policy cannot tell them
            # apart.
            losses[option] = max(losses.get(option, 0.0), loss)
    # the choice of the first of them, unless it is worse elsewhere
    taken = int(chain.graph.option[piece.choices[numbers[0]]])
    option = min(losses, key=lambda one: (losses[one] > EQUAL, one != taken))
    if losses[option] > EQUAL:
        raise NotApplicable(
            f"optimum: what is best at {asks} hangs on clocks that no state variable tells of"
        )
    return str(options[option].name)
