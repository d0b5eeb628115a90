"""Events of all variants of a file have the same words: `pd.concat` keeps them categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sim.model.model import Model
    from sim.scenario import Scenario


def with_shared_words(events: pd.DataFrame, source: Scenario | Model | None) -> pd.DataFrame:
    """A table of events that knows the words of what any intervention of the file adds.

    What an intervention takes away is still there, as what cannot fire; what it adds is in its own
    model alone. pandas makes texts of two columns of different words, many times as large.
    """
    # here, since results that were read are made without the language of scenarios
    from sim.scenario import Scenario

    if not isinstance(source, Scenario) or not source.events:
        return events
    added = list(source.events.values())
    words: dict[str, Iterable[str]] = {
        "transition": [one.name for one in added],
        "option": [own.name for one in added for own in one.options if own.name is not None],
        "origin": [one.origin for one in added],
    }
    columns = {}
    for name, known in words.items():
        there = set(events[name].cat.categories)
        columns[name] = events[name].cat.add_categories(
            [word for word in dict.fromkeys(known) if word not in there]
        )
    return events.assign(**columns)
