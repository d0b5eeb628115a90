"""Which clause: how often each treaty clause was called, and how it was answered."""

import pandas as pd

from sim.intervals import wilson

CALLED = ".invoked"


def clauses(coverage: pd.DataFrame, *, confidence: float = 0.90) -> pd.DataFrame:
    """One row a clause and response: clause, response, probability, low, high, hits, n.

    The row whose response is empty says in how many of all paths the clause was called; the rows
    below it, of the paths in which it was called, in how many it was answered so. Answers need not
    sum to 1: a deliberation may outlast the horizon, and a clause that reopens is answered again.
    A clause `for_each` wrote several times stands once for each. Shares of paths; the interval is
    Wilson's and takes paths as independent, since coverage counts paths over all draws together.
    """
    fired = coverage[coverage["kind"] == "transition"].set_index("name")
    options = coverage[coverage["kind"] == "option"]
    rows: list[tuple[str, str, int, int]] = []
    for name, call in fired[fired.index.str.endswith(CALLED)].iterrows():
        clause = str(name).removesuffix(CALLED)
        called = int(call["fired"])
        rows.append((clause, "", called, int(call["n"])))
        answers = options[options["name"].str.rpartition(".")[0] == clause]
        rows += [
            (clause, str(answer).rpartition(".")[2], int(count), called)
            for answer, count in zip(answers["name"], answers["fired"], strict=True)
        ]
    table = pd.DataFrame(rows, columns=["clause", "response", "hits", "n"])
    asked = table["n"].clip(lower=1)
    low, high = wilson(table["hits"], asked, confidence)
    never = table["n"] == 0  # nothing was asked, so nothing is known
    return table.assign(
        probability=(table["hits"] / asked).mask(never),
        low=pd.Series(low, index=table.index).mask(never),
        high=pd.Series(high, index=table.index).mask(never),
    )[["clause", "response", "probability", "low", "high", "hits", "n"]]
