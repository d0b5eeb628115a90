"""What is wrong or doubtful about a scenario as a whole, once every part of it can be read."""

from sim.scenario.resolving import Resolved


def check(resolved: Resolved) -> None:
    """Note problems and warnings of a model that has been resolved without any."""
