"""Random numbers for analyses that resample: by seed, verb and name, like those of paths."""

import numpy as np

from sim.model.name_hash import name_hash
from sim.streams import key


def generator(seed: int, verb: str, name: str = "") -> np.random.Generator:
    """The stream `analysis:<verb>:<name>` of a run's seed: the same whoever asks, in any order."""
    return np.random.default_rng([*key(seed), name_hash(f"analysis:{verb}:{name}")])
