"""One file a question: tables in, a table out, always with n and an interval.

Counts become estimates here, and nowhere else. `after_run` has the table of the analyses that are
written beside a run; the intervals, which all of them use, can be had from the room itself.
"""

from sim.analysis.intervals import LEVEL, clustered, design_effect, jeffreys, wilson

__all__ = ["LEVEL", "clustered", "design_effect", "jeffreys", "wilson"]
