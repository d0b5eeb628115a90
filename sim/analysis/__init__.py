"""One file a question: tables in, a table out, always with n and an interval.

Counts become estimates here, and nowhere else. `after_run` has the table of the analyses that are
written beside a run; the intervals, which all of them use, can be had from the room itself. So can
what is named in `HOMES`, whose modules are imported only when they are asked for: some need SciPy.
"""

from importlib import import_module
from typing import Any

from sim.analysis.intervals import LEVEL, clustered, design_effect, jeffreys, wilson

__all__ = ["LEVEL", "clustered", "design_effect", "jeffreys", "wilson"]

HOMES = {
    "analyses": "after_run",
    "SINGLE": "beta_mixture",
    "choose": "beta_mixture",
    "quantiles": "beta_mixture",
    "tally": "beta_mixture",
    "NO_ANSWER": "clauses",
    "condition": "conditioning",
    "with_confidence": "confidence",
    "binomial_tails": "counting_laws",
    "hypergeometric_tails": "counting_laws",
    "log_binomial": "counting_laws",
    "log_hypergeometric": "counting_laws",
    "diff_with_previous": "diff",
    "beyond_noise": "differences",
    "paired": "differences",
    "ratios": "differences",
    "saved": "differences",
    "standard_errors": "differences",
    "SUBSETS": "discovery",
    "discover": "discovery",
    "Target": "draw_targets",
    "cannot_tell": "draw_targets",
    "effect_band": "effect_bands",
    "interval": "estimates",
    "record": "evidence",
    "Sample": "forks",
    "sample_weights": "forks",
    "cumulative_incidence": "incidence",
    "distinguishable": "incidence",
    "CONFIDENCES": "likelihood",
    "LIKELIHOODS": "likelihood",
    "Counted": "moved",
    "Totals": "moved",
    "of_totals": "moved",
    "FEWEST": "parameter_band",
    "reliability": "parameter_band",
    "shrunken": "parameter_band",
    "predicted": "predictive",
    "peel": "prim",
    "FALSE_ALARM": "rank_correlation",
    "drivers": "rank_correlation",
    "generator": "resampling",
    "significant": "resampling",
    "ARROW": "routes",
    "walked_again": "routes",
    "indices": "sensitivity",
    "leaves": "shallow_tree",
    "pair_rows": "shapley",
    "shapley_rows": "shapley",
    "subsets": "shapley",
    "Layout": "structure",
    "PARTS": "structure",
    "decomposition": "structure",
    "layout": "structure",
    "parts": "structure",
    "by_day": "times",
    "bonds": "treaties",
    "weigh": "weighing",
    "effective": "weighted_band",
}


def __getattr__(name: str) -> Any:
    """What `HOMES` names, from its module."""
    if name in HOMES:
        return getattr(import_module(f"sim.analysis.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
