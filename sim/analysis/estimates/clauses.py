"""Which clause: how often each treaty clause was invoked, and which response was given."""

from collections.abc import Iterable, Sequence

import pandas as pd

NO_ANSWER = "no answer by the end"  # no response is called so: names have no blanks
LAPSED = "lapsed"  # nor so, as it is a status of clauses
LAYERS = ("low", "high", "mc_low", "mc_high")
ASKED = ("fired", "asked", *(f"asked_{name}" for name in LAYERS))
COLUMNS = ["clause", "response", "probability", *LAYERS, "hits", "n", "reopens", "lapses"]


def clauses(coverage: pd.DataFrame) -> pd.DataFrame:
    """One row a clause and response.

    Columns clause, response, probability, low, high, mc_low, mc_high, hits, n, reopens, lapses.

    `coverage` is the run's table. The row whose response is empty says in how many of all paths the
    clause was invoked; those below it, of the paths in which it was invoked, in how many this
    response was given. The last, `no answer by the end`, counts those in which the obligor still
    deliberates at the horizon or at the path's end: with it the answers sum to 1, unless the clause
    `reopens` and is answered again, or no response was available. A clause `for_each` wrote several
    times stands once for each. `lapsed`, of a clause that can lapse, has the paths in which it did
    so at least once: they are in a second row as well, that of the answer to a later invocation, or
    else `no answer by the end`; `lapses` marks such clauses. The intervals are the run's, draws
    allowed for.
    """
    # names stay a column beside the index, as both are looked for
    rules = coverage[coverage["kind"] == "transition"].set_index("name", drop=False)
    options = coverage[coverage["kind"] == "option"]
    parts = []
    # two transitions make a clause: one invokes it, and one of the clause's own name answers, which
    # has been asked; a third, which some have, lets it lapse
    for clause in rules.index[rules["asked"].notna()]:
        if f"{clause}.invoked" not in rules.index:
            continue
        answers = options[options["name"].str.rpartition(".")[0] == clause]
        answered = rules.loc[[clause]]
        lapsed = rules.loc[rules.index == f"{clause}.{LAPSED}"]
        rows = pd.concat(
            [
                _rows([""], rules.loc[[f"{clause}.invoked"]], ("fired", "n", *LAYERS)),
                _rows(answers["name"].str.rpartition(".")[2], answers, ASKED),
                _rows([LAPSED] * len(lapsed), lapsed, ASKED),
                _rows([NO_ANSWER], _unanswered(answered), ASKED),
            ]
        )
        again = f"{clause}.reopened" in rules.index
        parts.append(rows.assign(clause=clause, reopens=again, lapses=len(lapsed) > 0))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    # division by a missing n gives a missing share, not an error
    asked = table["n"].where(table["n"] > 0)  # of those never asked, nothing is known
    return table.assign(probability=(table["hits"] / asked).astype("float64"))[COLUMNS]


def _rows(responses: Iterable[str], counted: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of coverage as answers: hits of n, with the interval."""
    numbers = counted[list(columns)].set_axis(["hits", "n", *LAYERS], axis="columns")
    return numbers.assign(response=list(responses))


def _unanswered(answered: pd.DataFrame) -> pd.DataFrame:
    """The rest of the paths in which the clause was called, and the rest of the interval."""
    # 1 - x turns the interval round: its upper end comes from the lower one
    return answered.assign(
        fired=answered["asked"] - answered["fired"],
        asked_low=1 - answered["asked_high"],
        asked_high=1 - answered["asked_low"],
        asked_mc_low=1 - answered["asked_mc_high"],
        asked_mc_high=1 - answered["asked_mc_low"],
    )
