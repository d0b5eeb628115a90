"""Who is bound to whom: the treaties of a scenario as a table of duties."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from sim.scenario import Scenario

COLUMNS = [
    "treaty",
    "title",
    "clause",
    "article",
    "type",
    "obligor",
    "beneficiary",
    "binds",
    "from",
]


def bonds(scenario: "Scenario") -> pd.DataFrame:
    """One row a duty: treaty, title, clause, article, type, obligor, beneficiary, binds, from.

    `article` is what a reader calls the clause. `binds` says whether the treaty binds at the start
    date and `from` the day it comes into force (missing where the scenario gives none). A clause
    that names several beneficiaries stands once for each; one that names none has an empty
    beneficiary, because nobody in particular is owed.
    """
    rows = [
        (
            treaty.name,
            treaty.label,
            obligation.name,
            obligation.label,
            obligation.type,
            obligation.obligor,
            beneficiary,
            bool(scenario.model.variable(f"{treaty.name}.binds").start),
            treaty.in_force or treaty.signed,
        )
        for treaty in scenario.declared.treaties.values()
        for obligation in treaty.obligations.values()
        # an empty beneficiary keeps the row of a clause that is owed to nobody in particular
        for beneficiary in obligation.beneficiary or ("",)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
