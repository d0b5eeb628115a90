"""run, compare, replay, rare: the one room where scenario, engine and seeds meet.

What comes out is counts and frames (`RunOutput` and its like); `sim.analysis` estimates from them,
and `sim.api` has the verbs that users call. `Plan` needs no NumPy; what does is imported when used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sim.experiment.plan import Plan, RarePlan

if TYPE_CHECKING:
    from sim.experiment.choices import ChoiceShares, walk_choices
    from sim.experiment.following import followed
    from sim.experiment.parameter_draws import parameter_values

__all__ = ["ChoiceShares", "Plan", "RarePlan", "followed", "parameter_values", "walk_choices"]

HOMES = {  # name -> module
    "ChoiceShares": "choices",
    "followed": "following",
    "parameter_values": "parameter_draws",
    "walk_choices": "choices",
}


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module 'sim.experiment' has no attribute {name!r}")
    return getattr(import_module(f"sim.experiment.{HOMES[name]}"), name)
