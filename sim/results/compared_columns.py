"""What every column of the tables of a comparison means, and its unit."""

from collections.abc import Mapping

from sim.results.columns import DAYS, NUMBER, SHARE, TEXT, Words

POINTS = "share, -1 to 1"
TWIN: Words = {"twin": ("name of the alternative", TEXT)}
PATHS: Words = {"n": ("paths of the baseline, and of each alternative", NUMBER)}
SAMPLED: Words = {
    "mc_low": ("lower end of the {level} interval for sampling error, from the pairs", POINTS),
    "mc_high": ("upper end of the {level} interval for sampling error, from the pairs", POINTS),
    "mc_se": ("standard error of the same number, sampling only", POINTS),
}
DIFFERENCE: Words = {
    **PATHS,
    "baseline": ("probability without the change", SHARE),
    "probability": ("probability with the change", SHARE),
    "difference": ("probability - baseline", POINTS),
    "low": ("{tail} quantile of the effect over draws, noise of finite paths removed", POINTS),
    "high": ("{rest} quantile of the effect over draws, noise of finite paths removed", POINTS),
    "low_se": ("standard error of low", POINTS),
    "high_se": ("standard error of high", POINTS),
    "band": ("resolved; unresolved: too few to tell; none: nothing is uncertain; exact", TEXT),
    "lowers": ("share of draws in which it becomes less likely", SHARE),
    "raises": ("share of draws in which it becomes more likely", SHARE),
    **SAMPLED,
    "ratio": ("probability / baseline", "ratio"),
    "ratio_low": ("lower end of the {level} interval of the ratio, sampling only", "ratio"),
    "ratio_high": ("upper end of the {level} interval of the ratio, sampling only", "ratio"),
    "gained": ("paths in which it happens only with the change", NUMBER),
    "lost": ("paths in which it happens only without the change", NUMBER),
    "differ": ("gained + lost", NUMBER),
    "changed": ("paths whose ending, its time or the time of any outcome changes", NUMBER),
    "variance_saved": ("share of the variance of two unpaired runs that pairing saves", SHARE),
}
OUTCOME: Words = {"outcome": ("name of the outcome", TEXT)}

COMPARED: Mapping[str, Words] = {
    "table": {**TWIN, **OUTCOME, **DIFFERENCE},
    "endings": {**TWIN, "ending": ("name of the ending", TEXT), **DIFFERENCE},
    "flows": {
        **TWIN,
        "before": ("ending in the baseline", TEXT),
        "after": ("another ending of the same path with the change", TEXT),
        "paths": ("paths that go from the one to the other", NUMBER),
        **PATHS,
    },
    "alternatives": {
        "twin": ("name of the alternative (index)", TEXT),
        **PATHS,
        "walked": ("paths walked again; the others are proved to be the baseline's", NUMBER),
        "changed": DIFFERENCE["changed"],
        "moment": ("median time of the first difference, over changed paths", DAYS),
    },
    "shapley": {
        **OUTCOME,
        "intervention": ("name of the intervention", TEXT),
        "alone": ("its effect by itself", POINTS),
        "shapley": ("its part of the joint effect, averaged over all orders", POINTS),
        **SAMPLED,
        "joint": ("effect of all together", POINTS),
        "share": ("shapley / joint; missing where joint cannot be told from 0", "ratio"),
    },
    "interactions": {
        **OUTCOME,
        "one": ("name of the one intervention", TEXT),
        "other": ("name of the other", TEXT),
        "sum": ("sum of their effects, each alone", POINTS),
        "both": ("their effect together", POINTS),
        "excess": ("both - sum", POINTS),
        **SAMPLED,
        "relation": ("more or less than the sum, or not told apart from it", TEXT),
    },
}
