"""Boxes of `discover` beside those of EMA Workbench's PRIM, run in an environment of its own.

    python -m venv ema && ema/bin/pip install ema_workbench
    python .ci/long/discover_beside_ema.py --python ema/bin/python --seed 1

500 draws of two numbers that matter (a corner of 28 %: 0.42 inside, 0.02 outside), twenty that do
not and a choice; shares of 100 paths, of which the highest 28 % count as cases of interest, since
EMA wants zeros and ones. Compared are the boxes that explain most, by their draws and limits.

Measured with ema_workbench 2.5.3; both restrict x1 and x2 alone at each seed:

    seed   draws here, there   coverage          density
    1      139, 139            1.000, 0.993      0.986, 0.978
    2      139, 139            0.979, 0.979      0.986, 0.986
    3      146, 147            0.986, 0.986      0.945, 0.939

The ways differ a little, since here a parameter may not restrict that goes with the outcome by
chance alone, and limits that are not needed are dropped.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.drivers.discovery import discover
from sim.analysis.drivers.draw_targets import Target

DRAWS, PATHS, IDLE = 500, 100, 20
THEIRS = """
import json, sys, warnings
import pandas as pd
warnings.filterwarnings("ignore")
from ema_workbench.analysis import prim
frame = pd.read_csv(sys.argv[1])
y = frame.pop("y").to_numpy() > 0.5
frame["side"] = frame["side"].astype("category")
box = prim.Prim(frame, y, threshold=0.5, peel_alpha=0.05, mass_min=0.05).find_box()
way, base = box.peeling_trajectory, y.mean()
mass = way["mass"]
rest = (base - mass * way["density"]) / (1 - mass).clip(lower=1e-9)
best = int((mass * (1 - mass) * (way["density"] - rest) ** 2).fillna(0).idxmax())
row, limits, every = way.loc[best], box.box_lims[best], box.box_lims[0]
names = [name for name in frame if not (limits[name] == every[name]).all()]
print(json.dumps({
    "coverage": row["coverage"], "density": row["density"], "draws": int(row["n"]),
    "limits": {name: [str(one) for one in limits[name]] for name in names},
}))
"""


def unknowns(random: np.random.Generator) -> pd.DataFrame:
    """Values of the parameters by draw."""
    names = ["x1", "x2", *(f"idle{i}" for i in range(IDLE))]
    frame = pd.DataFrame({name: random.random(DRAWS) for name in names})
    frame["side"] = pd.Categorical.from_codes(random.choice(3, DRAWS), categories=["a", "b", "c"])
    return frame


def main() -> None:
    """Both boxes, and that they agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="python", help="of the environment with ema_workbench")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    random = np.random.default_rng(chosen.seed)
    frame = unknowns(random)
    p = 0.02 + 0.4 * ((frame["x1"] > 0.6) & (frame["x2"] < 0.7))
    share = random.binomial(PATHS, p) / PATHS
    y = (share > np.quantile(share, 0.72)).astype(np.float64)
    asked = Target(name="it", of="probability", title="it", value=y, noise=0 * y, paths=0)
    own = discover(frame, asked, seed=chosen.seed).boxes
    own = own[own["box"] == 1]
    print(own[["parameter", "low", "high", "draws", "coverage", "density"]].to_string())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "draws.csv"
        frame.assign(y=y).to_csv(file, index=False)
        command = [chosen.python, "-c", THEIRS, str(file)]
        found = subprocess.run(command, check=True, capture_output=True, text=True)
    theirs = json.loads(found.stdout.splitlines()[-1])
    print(theirs)
    assert set(theirs["limits"]) == set(own["parameter"])
    assert abs(theirs["coverage"] - own["coverage"].iloc[0]) < 0.05
    assert abs(theirs["density"] - own["density"].iloc[0]) < 0.05


if __name__ == "__main__":
    main()
