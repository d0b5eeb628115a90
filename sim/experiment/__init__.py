"""run, compare, replay: the one room where scenario, engine and seeds meet."""

from sim.experiment.replays import Replay, replay
from sim.experiment.runs import run
from sim.experiment.twins import Comparison, compare

__all__ = ["Comparison", "Replay", "compare", "replay", "run"]
