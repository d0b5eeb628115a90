"""How an audit should split its paths between draws: four splits of 100,000 paths, on Korea.

    python benchmarks/audit_sizes.py [--seeds 1,2] [--no-write]

For each headline: how many assumptions clear their floors, the floor of a number, how wide the 90 %
interval of the influence is on average over the assumptions that some split can tell. Then for a
choice between two interventions and none: how many assumptions and groups are worth more than
their dummies, and how wide the interval of everything is. Beside them the processor seconds of the
whole audit, without the run that it is asked of.
"""

import argparse

import pandas as pd
from measuring import HERE, machine, processor_seconds, table, write

import sim
from sim.api.audits import Audit, audit

KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"
SIZES = ((500, 200), (1000, 100), (2000, 50), (4000, 25))
BETWEEN, ON = ("L3_own_sanctions", "L5_withdrawal"), "japan_party_russia_acts"


def measured(seed: int) -> dict[tuple[int, int], tuple[Audit, float]]:
    """Of every split the audit, and its processor seconds."""
    run = sim.run(KOREA, draws=500, paths=200, seed=seed, progress=False)
    found: dict[tuple[int, int], tuple[Audit, float]] = {}
    for size in SIZES:
        kept: list[Audit] = []

        def work(size: tuple[int, int] = size, kept: list[Audit] = kept) -> None:
            kept.append(audit(run, between=BETWEEN, on=ON, size=size, progress=False))

        seconds = processor_seconds(work)
        found[size] = (kept[0], seconds)
        print(seed, size, f"{seconds:.0f} s", flush=True)
    return found


def rows(seed: int, found: dict[tuple[int, int], tuple[Audit, float]]) -> list[list[str]]:
    """A row a split and headline, then one a split of the choice."""
    lines = []
    whole = [one.table.assign(size=str(size)) for size, (one, _) in found.items()]
    every = pd.concat(whole)
    for outcome, own in every.groupby("outcome", sort=False):
        named = set(own.loc[own["told"], "name"])
        for size, (_, seconds) in found.items():
            mine = own[own["size"] == str(size)].set_index("name")
            some = mine.loc[sorted(named)]
            width = (some["high"] - some["low"]).mean()
            floor = mine.loc[mine["reason"] == "", "floor"].median()
            told = f"{int(mine['told'].sum())}"
            cells = [told, f"{floor:.3f}", f"{width:.3f}", f"{seconds:.0f}"]
            lines.append([f"{outcome}, seed {seed}, {size[0]:,} x {size[1]}", *cells])
    for size, (one, seconds) in found.items():
        assert one.choice is not None
        known = one.choice.information
        if known is None:
            continue
        worth = known.table.set_index("name")
        told = int(worth["told"].sum()) - 1  # everything has no floor
        width = 100 * (worth.loc["everything", "high"] - worth.loc["everything", "low"])
        floor = 100 * worth.loc[worth["of"] == "parameter", "floor"].median()
        name = f"choice on {ON}, in points, seed {seed}, {size[0]:,} x {size[1]}"
        lines.append([name, f"{told}", f"{floor:.3f}", f"{width:.3f}", f"{seconds:.0f}"])
    return lines


def main() -> None:
    """Measure every split with every seed; write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--no-write", action="store_true", help="print only")
    asked = parser.parse_args()
    seeds = [int(one) for one in asked.seeds.split(",")]
    lines = [line for seed in seeds for line in rows(seed, measured(seed))]
    heads = ["what, draws x paths", "told", "a dummy's", "width", "processor seconds"]
    text = f"`python benchmarks/audit_sizes.py --seeds {asked.seeds}`, {machine()}\n\n"
    print(table(heads, lines))
    if not asked.no_write:
        write("How an audit splits its paths", text + table(heads, lines))


if __name__ == "__main__":
    main()
