"""One file a question: tables in, a table out, always with n and an interval.

Counts become estimates here, and nowhere else. `after_run` has the table of the analyses that are
written beside a run; the intervals, which all of them use, can be had from the room itself. So can
what is named in `HOMES`, whose modules are imported only when they are asked for: some need SciPy.
"""

from importlib import import_module
from typing import Any

from sim.analysis.statistics.intervals import clustered, design_effect, jeffreys, wilson
from sim.results.level import LEVEL

__all__ = ["LEVEL", "clustered", "design_effect", "jeffreys", "wilson"]

HOMES = {
    "analyses": "after_run",
    "WEAKNESS": "drivers.audit",
    "audit": "drivers.audit",
    "SINGLE": "statistics.beta_mixture",
    "choose": "statistics.beta_mixture",
    "quantiles": "statistics.beta_mixture",
    "tally": "statistics.beta_mixture",
    "NO_ANSWER": "estimates.clauses",
    "clauses": "estimates.clauses",
    "condition": "evidence.conditioning",
    "with_confidence": "estimates.confidence",
    "Case": "scoring.cases",
    "against_rivals": "scoring.comparison",
    "cases_needed": "scoring.comparison",
    "Arrival": "statistics.proper_scores",
    "arrival": "statistics.proper_scores",
    "brier": "statistics.proper_scores",
    "crps": "statistics.proper_scores",
    "log_score": "statistics.proper_scores",
    "pit": "statistics.proper_scores",
    "rank": "statistics.proper_scores",
    "surprise": "statistics.proper_scores",
    "calibrated": "statistics.reliability",
    "pit_histogram": "statistics.reliability",
    "brier_parts": "statistics.reliability",
    "consistency": "statistics.reliability",
    "binomial_tails": "statistics.counting_laws",
    "hypergeometric_tails": "statistics.counting_laws",
    "log_binomial": "statistics.counting_laws",
    "log_hypergeometric": "statistics.counting_laws",
    "diff_with_previous": "effects.diff",
    "beyond_noise": "effects.differences",
    "paired": "effects.differences",
    "ratios": "effects.differences",
    "saved": "effects.differences",
    "standard_errors": "effects.differences",
    "SUBSETS": "drivers.discovery",
    "discover": "drivers.discovery",
    "Target": "drivers.draw_targets",
    "cannot_tell": "drivers.draw_targets",
    "explained": "statistics.explained_variance",
    "effect_band": "effects.effect_bands",
    "interval": "estimates.estimates",
    "record": "evidence.evidence",
    "Sample": "causes.forks",
    "sample_weights": "causes.forks",
    "cumulative_incidence": "estimates.incidence",
    "distinguishable": "estimates.incidence",
    "CONFIDENCES": "estimates.likelihood",
    "LIKELIHOODS": "estimates.likelihood",
    "Counted": "effects.moved",
    "Totals": "effects.moved",
    "of_totals": "effects.moved",
    "fewest_draws": "estimates.parameter_band",
    "information": "drivers.information",
    "nothing_to_know": "drivers.information",
    "reliability": "estimates.parameter_band",
    "shrunken": "estimates.parameter_band",
    "sampled_shares": "estimates.sampled_shares",
    "Expectation": "evidence.predictive",
    "peel": "statistics.prim",
    "FALSE_ALARM": "statistics.rank_correlation",
    "strongest": "statistics.rank_correlation",
    "generator": "statistics.resampling",
    "significant": "statistics.resampling",
    "ARROW": "causes.routes",
    "walked_again": "causes.routes",
    "indices": "drivers.sensitivity",
    "sensitivity": "drivers.sensitivity",
    "leaves": "statistics.shallow_tree",
    "Smoother": "statistics.smoothing",
    "factors": "statistics.factors",
    "pair_rows": "effects.shapley",
    "shapley_rows": "effects.shapley",
    "subsets": "effects.shapley",
    "Layout": "drivers.structure",
    "PARTS": "drivers.structure",
    "decomposition": "drivers.structure",
    "layout": "drivers.structure",
    "parts": "drivers.structure",
    "by_day": "estimates.times",
    "given": "estimates.given",
    "bonds": "estimates.treaties",
    "weigh": "evidence.weighing",
    "effective": "evidence.weighted_band",
}


def __getattr__(name: str) -> Any:
    """What `HOMES` names, from its module."""
    if name in HOMES:
        return getattr(import_module(f"sim.analysis.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
