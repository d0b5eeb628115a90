"""run, compare, replay, rare: the one room where scenario, engine and seeds meet.

What comes out is counts and frames (`RunOutput` and its like); `sim.analysis` estimates from them,
and `sim.api` has the verbs that users call. `Plan` needs no NumPy; what does is imported when used.
"""

from typing import TYPE_CHECKING

from sim.experiment.plan import Plan, RarePlan

if TYPE_CHECKING:
    from sim.experiment.parameter_draws import parameter_values

__all__ = ["Plan", "RarePlan", "parameter_values"]


def __getattr__(name: str) -> object:
    if name != "parameter_values":
        raise AttributeError(f"module 'sim.experiment' has no attribute {name!r}")
    from sim.experiment.parameter_draws import parameter_values

    return parameter_values
