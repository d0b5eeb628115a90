"""A coin of unknown bias: a scenario whose posteriors are known in closed form."""

from pathlib import Path

# p decides two things in a path, each for itself; q, independent of p, one more; the rest nothing
TEXT = """
scenario: coin
title: A coin of unknown bias
horizon: 1 d
state: {heads: {flag: false}, again: {flag: false}, other: {flag: false}}
parameters:
  p: {is: {beta: {mean: 0.2, sd: 0.1206045378311054}}, grade: stipulated}
  q: {is: {beta: {mean: 0.5, sd: 0.1889822365046136}}, grade: stipulated}
  idle: {is: {uniform: [0, 1]}, grade: stipulated}
  side: {is: {choices: {left: 0.5, right: 0.5}}, grade: stipulated}
events:
  first: {at: 1 h, choose: {yes: {probability: p, then: {heads: true}}, no: {probability: rest}}}
  second: {at: 2 h, choose: {yes: {probability: p, then: {again: true}}, no: {probability: rest}}}
  third: {at: 3 h, choose: {yes: {probability: q, then: {other: true}}, no: {probability: rest}}}
  forgotten: {at: 4 h, when: idle > 0.5 and side == left, then: {again: false}}
outcomes:
  head: {when: heads, headline: true}
  both: {when: heads and again}
  third_one: {when: other}
endings: {fallen: {when: heads}, standing: {otherwise: true}}
evidence:
  tosses: {outcome: head, successes: 5, trials: 12}
  more: {outcome: head, successes: 1, trials: 8}
  thirds: {outcome: third_one, successes: 9, trials: 10}
  many: {outcome: head, successes: 900, trials: 1000}
  half: {outcome: head, successes: 14, trials: 30}
"""


def coin_file(folder: Path) -> Path:
    """The scenario as a file."""
    file = folder / "coin.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file
