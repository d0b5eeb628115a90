"""What splitting costs and saves, in seconds of one run of this script.

    python benchmarks/rare.py

Korean outcomes that are rare, and a ladder that is climbed rung by rung and fallen off whole: its
top is rarer with each rung. "ordinary" is what a plain run would take to know the mean of the same
draws as well: its paths, times what one took here. A gain below 1 says: count plain paths instead.
"""

from time import perf_counter

import sim

LADDER = """
scenario: ladder
horizon: 20 d
state: {{n: {{max: {top}}}}}
events:
  climb: {{after: {{mean: 12 d}}, when: "n < {top}", then: {{n: raise}}}}
  fall: {{after: {{mean: 1 d}}, when: "n > 0", then: {{n: 0}}}}
outcomes: {{top: {{when: "n == {top}"}}}}
endings: {{end: {{otherwise: true}}}}
"""
KOREAN = ("japan_fights_russia_acts", "armed_attack_by_russia")
TOPS = (2, 3, 4, 5, 6, 7)

korea = sim.load("scenarios/korean_clash.yaml")
asked = [(korea, name) for name in KOREAN]
asked += [(sim.loads(LADDER.format(top=top)), "top") for top in TOPS]
# compiles, if need be
sim.rare(asked[len(KOREAN)][0], "top", paths=10, repetitions=2, progress=False)
print("outcome | probability | by the clock, s | processor, s | ordinary, s | gain | in events")
for scenario, outcome in asked:
    begun = perf_counter()
    found = sim.rare(scenario, outcome, progress=False)
    clock = perf_counter() - begun
    name = f"{scenario.name}: {outcome}"
    if scenario is not korea:
        name = f"ladder of {scenario.model.variables[0].size - 1}: top"
    print(
        f"{name} | {found.probability:.2g} | {clock:.2g} | {found.seconds:.2g} | "
        f"{found.ordinary_seconds:.2g} | {found.ordinary_seconds / found.seconds:.2g} | "
        f"{found.gain:.2g}",
        flush=True,
    )
