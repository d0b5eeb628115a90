"""What happened held against what was estimated: scores, rivals, calibration."""

from sim.analysis.scoring.cases import Case
from sim.analysis.scoring.comparison import against_rivals
from sim.analysis.scoring.questions import questions

__all__ = ["Case", "against_rivals", "questions"]
