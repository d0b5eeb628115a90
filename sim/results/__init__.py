"""What a run leaves behind: what engines hand over, and the tables made of it.

`Walked` and `Firings` are an engine's side; `tally` counts them in bounded memory; `tables` turns
the counts into data frames; `results` holds those frames and documents every column; `saved` writes
and reads them. This module itself needs no pandas.
"""

from sim.results.walked import NOTHING, RUNG_TIMES, Firings, Walked

__all__ = ["NOTHING", "RUNG_TIMES", "Firings", "Walked"]
