"""Assumptions, treaties, evidence and record of a scenario as data frames.

Columns of `parameters`, `delays` and `stipulated`, whose index is the name:

    kind        of distribution: pert, beta, lognormal ...; `number` of one written in a rule
    low, median, high   its 5 %, 50 % and 95 % quantiles; of a delay, with the parameters it reads
                at their medians; of choices, which have no order, the most likely as median
    unit        `d` where the three are durations, then in days; else empty
    grade, source, unconfirmed   how well founded it is, and by what; sources are joined by ", "
    file, line  where it was written
"""

from collections.abc import Iterator
from math import nan
from typing import Any

import pandas as pd

from sim.formatting import DAY
from sim.model import Model
from sim.model.quantiles import of_delay, of_parameter
from sim.scenario.assumptions import Stipulated
from sim.scenario.language.document import Document
from sim.scenario.language.sourcing import Sourced

COLUMNS = [
    *("kind", "low", "median", "high", "unit", "grade", "source", "unconfirmed", "file", "line")
]


def parameters(declared: Document, model: Model) -> pd.DataFrame:
    """One row a parameter, with the distribution it has in the model."""
    return _frame(
        _row(declared, one, *of_parameter(model.parameter(one.name)))
        for one in declared.parameters.values()
    )


def delays(declared: Document, model: Model) -> pd.DataFrame:
    """One row a named delay."""
    return _frame(
        _row(declared, one, *of_delay(model, one.value)) for one in declared.delays.values()
    )


def stipulated(found: tuple[Stipulated, ...]) -> pd.DataFrame:
    """One row a number written in a rule; its name is its path in the file."""
    return _frame(
        {
            "name": one.path,
            "kind": "number",
            "median": one.number,
            "unit": "",
            "grade": "stipulated",
            "source": ", ".join(one.source),
            "unconfirmed": False,
            "file": one.place.file,
            "line": one.place.line,
        }
        for one in found
    )


def assumptions(declared: Document, model: Model, found: tuple[Stipulated, ...]) -> pd.DataFrame:
    """All three, one below the other; column `what` is `parameter`, `delay` or `number`."""
    tables = {
        "parameter": parameters(declared, model),
        "delay": delays(declared, model),
        "number": stipulated(found),
    }
    # as objects: an empty column of one table would change the types of the others
    parts = [table.assign(what=what).astype(object) for what, table in tables.items() if len(table)]
    return pd.concat(parts) if parts else _frame(iter(())).assign(what=[])


def treaties(declared: Document) -> pd.DataFrame:
    """One row a clause: who owes what to whom, from when, and when it is owed."""
    rows = [
        (
            *(treaty.name, clause.name, clause.label, clause.type, str(clause.obligor)),
            ", ".join(clause.beneficiary),
            *(treaty.signed, treaty.in_force, clause.casus_foederis.text),
        )
        for treaty in declared.treaties.values()
        for clause in treaty.obligations.values()
    ]
    names = ("treaty", "clause", "title", "type", "obligor", "beneficiary")
    return pd.DataFrame(rows, columns=[*names, "signed", "in_force", "casus_foederis"])


def evidence(declared: Document) -> pd.DataFrame:
    """One row an entry: index name; outcome, successes, trials, about, source."""
    rows = [
        (one.name, str(one.outcome), one.successes, one.trials, one.meaning, ", ".join(one.source))
        for one in declared.evidence.values()
    ]
    names = ["name", "outcome", "successes", "trials", "about", "source"]
    return pd.DataFrame(rows, columns=names).set_index("name")


def happened(declared: Document) -> pd.DataFrame:
    """One row an outcome of the record, in its order: index name; earliest, latest (days).

    Both are infinite where it did not happen, and missing where that is unknown.
    """
    record = declared.happened.outcomes if declared.happened else {}
    rows = [
        (name, one.earliest / DAY if one else nan, one.latest / DAY if one else nan)
        for name, one in record.items()
    ]
    return pd.DataFrame(rows, columns=["name", "earliest", "latest"]).set_index("name")


def _frame(rows: Iterator[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["name", *COLUMNS]).set_index("name")


def _row(
    declared: Document, one: Sourced, kind: str, values: tuple[Any, Any, Any], unit: str
) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": kind,
        **dict(zip(("low", "median", "high"), values, strict=True)),
        "unit": unit,
        "grade": one.grade,
        "source": ", ".join(one.source),
        "unconfirmed": declared.is_unconfirmed(one),
        "file": one.place.file,
        "line": one.place.line,
    }
