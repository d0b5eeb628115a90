"""Who is bound to whom: the treaties of a scenario as a table of duties."""

import pandas as pd

from sim.scenario import Scenario, titles_of

COLUMNS = [
    "treaty",
    "title",
    "short",
    "clause",
    "article",
    "type",
    "obligor",
    "beneficiary",
    "binds",
    "from",
]


def bonds(scenario: Scenario) -> pd.DataFrame:
    """One row a duty, in the order of the file.

    Columns: treaty, title, short, clause, article, type, obligor, beneficiary, binds, from. `short`
    is the treaty's short name, its title where the file gives none; `article` is what a reader
    calls the clause. `binds` says whether the treaty binds at the start date and `from` the day it
    comes into force (missing where the scenario gives none). A clause that names several
    beneficiaries stands once for each; one that names none has an empty beneficiary, because nobody
    in particular is owed.
    """
    titles = titles_of(scenario)
    rows = [
        (
            treaty.name,
            titles.of("treaty", treaty.name),
            titles.short.of("treaty", treaty.name),
            obligation.name,
            # copies for several actors are called after these, who stand beside them
            titles.of("article", f"{treaty.name}.{obligation.name}").removesuffix(
                f", {obligation.obligor}"
            ),
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
