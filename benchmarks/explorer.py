"""How long an explorer takes to answer: the median of nine moves of a slider, by the clock.

    python benchmarks/explorer.py [SCENARIO]

Every move holds the parameter that goes most with the first headline at another value; 10,000 paths
are walked for each. What is kept from earlier answers is warm, as it is for who uses the page.
"""

import sys
from statistics import median

import sim
from sim.explorer import Explorer, Question, controls_of

scenario = sim.load(sys.argv[1] if len(sys.argv) > 1 else "scenarios/korean_clash.yaml")
explorer = Explorer(scenario, draws=100, paths=100)
outcome = next(one.name for one in scenario.model.outcomes if one.headline)
slider = next(one for one in controls_of(explorer, outcome) if not one.choices)
seconds = []
for step in range(10):
    value = slider.low + (slider.high - slider.low) * step / 9
    answer = explorer.answer(Question(outcome=outcome, values={slider.name: value}))
    seconds.append(answer.seconds)
print(f"{scenario.name}: {slider.name} moved, median {median(seconds[1:]):.2f} s an answer")
