"""Choices put to the functions that decide them, as the reference engine comes to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim.decisions.answers import Answer, WrongAnswer, odds_of
from sim.decisions.describing import described, is_stateless
from sim.decisions.situation import Act, Situation
from sim.decisions.view import View, choices_of, is_choice
from sim.errors import RunError, UsageError, unknown
from sim.expressions import Vocabulary
from sim.formatting import DAY, moment
from sim.model.model import Model
from sim.model.titles import Titles
from sim.scenario import titles_of
from sim.streams import block, name_hash

if TYPE_CHECKING:
    from sim.engines.reference import Asked
    from sim.scenario import Scenario

Policy = Callable[[Situation], Answer]


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """Who is decided for by which function, and what it takes to ask them in any process."""

    policies: Mapping[str, Policy]
    vocabulary: Vocabulary
    titles: Titles

    @property
    def stateless(self) -> bool:
        """Whether all of them say that they keep nothing from one call to the next."""
        return all(map(is_stateless, self.policies.values()))

    @property
    def described(self) -> dict[str, str]:
        """By actor, what provenance says of its policy."""
        return {actor: described(policy) for actor, policy in self.policies.items()}

    def of(self, model: Model, seed: int) -> Asking:
        """The one whom an engine asks in walks of a model."""
        return Asking(self, model, seed)


def decisions_of(source: Scenario | Model, decide: object) -> Decisions:
    """The decisions that a caller asks for, checked: `{"japan": f}`. Raises UsageError."""
    model = source if isinstance(source, Model) else source.model
    if not isinstance(decide, Mapping) or not decide:
        raise UsageError(
            f'decide: takes a function for each actor, such as {{"{_example(model)}": f}}, found '
            f"{decide!r:.60}"
        )
    names = [actor.name for actor in model.actors]
    for actor, policy in decide.items():
        if actor not in names:
            raise UsageError(f"decide: {unknown('actor', str(actor), names)}")
        if not callable(policy):
            raise UsageError(f"decide: {actor} takes a function, found {policy!r:.60}")
        choices = choices_of(model, str(actor))
        if not choices:
            raise UsageError(f"decide: no move or clause leaves {actor} a choice")
        check = getattr(policy, "check", None)
        if check is not None:  # a policy that names options says so before anything runs
            check(model, str(actor), choices)
    return Decisions(
        policies=dict(decide), vocabulary=vocabulary_of(source), titles=titles_of(source)
    )


def vocabulary_of(source: Scenario | Model) -> Vocabulary:
    """The names that a condition may use: those of the file, or of a model alone."""
    model = source if isinstance(source, Model) else source.model
    context = None if isinstance(source, Model) else source.context
    facts = context.vocabulary.facts if context is not None else {}
    return Vocabulary(
        variables={one.name: one for one in model.variables},
        parameters={one.name: one for one in model.parameters},
        facts=dict(facts),
    )


class Asking:
    """Asks for all actors that somebody decides for; see `sim.engines.reference.Decide`."""

    def __init__(self, decisions: Decisions, model: Model, seed: int) -> None:
        self.decisions, self.model, self.seed = decisions, model, seed
        self._views = {
            actor: View(model, actor, decisions.vocabulary) for actor in decisions.policies
        }
        # by rank of the transitions that are asked about: the actor, and the hash of its stream
        self._asked = {
            rank: (str(one.actor), name_hash(f"decision:{one.name}"))
            for rank, one in enumerate(model.transitions)
            if one.actor in decisions.policies and is_choice(one)
        }

    def __call__(self, asked: Asked) -> list[float] | None:
        """The odds in force, an option each; None leaves the choice to the model."""
        if not self.asks(asked):
            return None
        situation = self.situation(asked)
        every = [str(option.name) for option in self.model.transitions[asked.rank].options]
        odds = self._answer(situation, tuple(every))
        return [odds.get(name, 0.0) for name in every] if odds else None

    def asks(self, asked: Asked) -> bool:
        """Whether it is a choice of theirs; where one option alone is left there is none."""
        return asked.rank in self._asked and sum(weight > 0 for weight in asked.weights) > 1

    def situation(self, asked: Asked) -> Situation:
        """What the actor is shown."""
        actor, hashed = self._asked[asked.rank]
        view, transition = self._views[actor], self.model.transitions[asked.rank]
        names = [str(option.name) for option in transition.options]
        whole = sum(asked.weights)
        # Weights need not sum to 1, and mean the same when divided by their sum.
        odds = {n: w / whole for n, w in zip(names, asked.weights, strict=True) if w > 0}
        # a stream of its own: who decides by it moves no other draw
        uniform, _ = block(self.seed, hashed, asked.stream, asked.path, asked.nth)
        known = view.masked(asked.state)  # what is handed out holds no more than may be known
        start, days = self.model.start, asked.time / DAY
        midnight = None if start is None else datetime(start.year, start.month, start.day)
        return Situation(
            actor=actor,
            asks=transition.name,
            title=self.decisions.titles.happened(transition.name),
            clause=transition.clause,
            time=days,
            date=None if midnight is None else midnight + timedelta(seconds=asked.time),
            odds=MappingProxyType(odds),
            as_written=names[asked.drawn],
            state=view.state(asked.state),
            history=tuple(self._history(actor, asked)),
            uniform=uniform,
            draw=asked.draw,
            path=asked.path,
            seed=self.seed,
            moment=moment(days, start),
            condition=lambda text: view.holds(text, known),
        )

    def _history(self, actor: str, asked: Asked) -> list[Act]:
        acts = []
        for firing in asked.firings:
            done = self.model.transitions[firing.rank]
            # not that a clause was invoked, which nobody decides
            if done.actor == actor and done.step in (None, "answered"):
                option = done.options[firing.option].name if firing.option >= 0 else None
                acts.append(Act(time=firing.time / DAY, asks=done.name, option=option))
        return acts

    def _answer(self, situation: Situation, every: tuple[str, ...]) -> dict[str, float]:
        """The odds that the actor's function gives. Raises RunError, naming the path."""
        policy = self.decisions.policies[situation.actor]
        try:
            return odds_of(policy(situation), situation, every)
        except WrongAnswer as error:
            raise RunError(f"decide: {situation}: {error}{_again(situation)}") from None
        # whatever a user's function raises is told with the path that it was raised in
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            text = error if isinstance(error, UsageError) else what
            raise RunError(f"decide: {situation}: {text}{_again(situation)}") from error


def _again(situation: Situation) -> str:
    options = ", ".join(f"{name} {share:.3g}" for name, share in situation.odds.items())
    return (
        f"; the model's odds there: {options}; sim.replay(scenario, draw={situation.draw}, "
        f"path={situation.path}, seed={situation.seed}) shows the path as written"
    )


def _example(model: Model) -> str:
    able = (one.name for one in model.actors if choices_of(model, one.name))
    return next(able, "actor")
