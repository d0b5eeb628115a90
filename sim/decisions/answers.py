"""What somebody who was asked may answer: an option, odds over options, or None."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from numbers import Real

from sim.decisions.situation import Situation
from sim.errors import unknown

Answer = str | Mapping[str, float] | None


class WrongAnswer(Exception):
    """An answer that is none, with the reason; `asking` says where it was given."""


def odds_of(answer: object, situation: Situation, every: tuple[str, ...]) -> dict[str, float]:
    """The odds that an answer gives to options; empty where it leaves the choice to the model.

    `every` are all options of the move, also those that cannot be taken now. Raises WrongAnswer.
    """
    if answer is None:
        return {}
    if isinstance(answer, str):
        return {_open(answer, situation, every): 1.0}
    if not isinstance(answer, Mapping):
        raise WrongAnswer(
            "must be the name of an option, a mapping of odds over options, or None; "
            f"found {answer!r:.60}"
        )
    found = {}
    for name, value in answer.items():
        number = _number(name, value)
        # no odds at all may also be given to what cannot be taken
        if number or name not in every:
            found[_open(name, situation, every)] = number
    if not sum(found.values()) > 0:
        raise WrongAnswer(f"gives odds to no option that can be taken: {_list(situation)}")
    if not isfinite(sum(found.values())):
        raise WrongAnswer("the odds add up to more than a number can be")
    # the model's own odds, handed back, are as written: not even rounding may differ
    own = {name: share for name, share in situation.odds.items() if found.get(name, 0.0) != share}
    return found if own else {}


def _number(name: object, value: object) -> float:
    # `True` is a number to Python; as odds it is more likely a slip.
    if isinstance(value, bool) or not isinstance(value, Real):
        raise WrongAnswer(f"the odds of {name!r} must be a number, found {value!r:.60}")
    number = float(value)
    if not (isfinite(number) and number >= 0):
        raise WrongAnswer(f"the odds of {name!r} must be finite and not negative, found {value!r}")
    return number


def _open(name: object, situation: Situation, every: tuple[str, ...]) -> str:
    if name in situation.odds:
        return str(name)
    if name in every:
        raise WrongAnswer(f"option {name!r} cannot be taken now; open: {_list(situation)}")
    raise WrongAnswer(unknown("option", str(name), every))


def _list(situation: Situation) -> str:
    return ", ".join(situation.odds)
