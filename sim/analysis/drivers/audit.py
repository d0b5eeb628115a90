"""Every assumption by its influence and the grade of its source: what to look into first.

The diagnostic diagram of NUSAP (Funtowicz and Ravetz, Uncertainty and Quality in Science for
Policy, 1990; van der Sluijs et al., Risk Analysis 25 (2005), 481-492): an assumption that moves the
answer and has a weak source comes first, one that moves nothing or is well founded can wait.

Influence is the size of the rank correlation with the outcome over the draws, as `sensitivity` has
it, and stands beside what dummies reach. Weakness goes in equal steps from the best grade to the
worst; a source that nobody has checked is worth no more than a judgement.
"""

from __future__ import annotations

import pandas as pd

from sim.scenario.language.sourcing import GRADES

# grades stand best founded first -> from 0 to 1
WEAKNESS = {grade: place / (len(GRADES) - 1) for place, grade in enumerate(GRADES)}
UNCHECKED = WEAKNESS["judgement"]
ABOUT = ("name", "what", "written", "grade", "unconfirmed", "source", "file", "line", "reason")
COLUMNS = (
    *("outcome", "name", "what", "written", "grade", "unconfirmed", "source"),
    *("influence", "low", "high", "floor", "direction", "first_order", "told"),
    *("weakness", "priority", "draws", "paths", "file", "line", "reason"),
)


def audit(indices: pd.DataFrame, assumptions: pd.DataFrame) -> pd.DataFrame:
    """One row an assumption, of the indices of one outcome; what to look into first on top.

    `indices` is what `sensitivity` gives, `assumptions` has the columns ABOUT, its index being the
    names of the draws' columns.
    outcome, name, what, written, grade, unconfirmed, source, file, line
                     what is assumed; what: parameter, delay, or number (written in a rule)
    influence        size of the rank correlation, 0 to 1; of choices the correlation ratio
    low, high        its interval
    floor            what a dummy's exceeds by chance, as in `sensitivity`
    direction        1: more of it makes the outcome likelier, -1: less likely; 0: of choices
    first_order      part of the variance of the noise-free value, missing where it cannot be told
    told             whether any index of it clears its floor; others cannot be told from noise
    weakness         of its grade: 0 (treaty) to 1 (stipulated)
    priority         influence times weakness, by which those that are told stand; missing for
                     others, which stand below by weakness, in the order of the file
    reason           why it was not varied (then it has no influence); else empty
    """
    known = indices.pivot_table(index="parameter", columns="index", values="value", sort=False)
    ranks = indices[indices["index"] == "rank_correlation"].set_index("parameter")
    ranks = ranks.reindex(assumptions.index)
    # an interval of a signed correlation becomes one of its size: around 0 it begins at 0
    crosses = (ranks["low"] < 0) & (ranks["high"] > 0)
    ends = ranks[["low", "high"]].abs()
    first = known["first_order"] if "first_order" in known else pd.Series(dtype=float)
    of_choices = assumptions["kind"] == "choices"
    value = ranks["value"].astype("float64")
    direction = (value > 0).astype("int64") - (value < 0).astype("int64")  # 0 where missing
    found = assumptions[list(ABOUT)].assign(
        outcome=indices["outcome"].iloc[0] if len(indices) else "",
        influence=ranks["value"].abs(),
        low=ends.min(axis=1).where(~crosses, 0.0),
        high=ends.max(axis=1),
        floor=ranks["floor"],
        direction=direction.where(~of_choices, 0),
        first_order=first.reindex(assumptions.index),
        told=ranks["told"].eq(True).astype(bool),  # missing: not told
        weakness=[
            max(WEAKNESS[grade], UNCHECKED if unchecked else 0.0)
            for grade, unchecked in zip(
                assumptions["grade"], assumptions["unconfirmed"], strict=True
            )
        ],
        draws=indices["draws"].iloc[0] if len(indices) else 0,
        paths=indices["paths"].iloc[0] if len(indices) else 0,
    )
    found["priority"] = (found["influence"] * found["weakness"]).where(found["told"])
    # what is not told apart from noise is not put in order by its noise
    order = found.assign(varied=found["reason"] == "").sort_values(
        ["told", "varied", "priority", "influence", "weakness"],
        key=lambda one: one.where(found["told"]) if one.name == "influence" else one,
        ascending=False,
        kind="stable",
    )
    return order[list(COLUMNS)].reset_index(drop=True)
