"""What no path came to: what cannot happen apart from what merely did not."""

from collections.abc import Iterator

from sim.api import Results
from sim.model.titles import Titles


def never_reached(results: Results, titles: Titles) -> Iterator[tuple[str, list[str]]]:
    """What no path came to: a heading, and the names of all that stands under it."""
    coverage = results.coverage
    # what is proved never to happen is another thing than what was not met in n paths
    kinds = [("impossible", "Impossible by construction")]
    if results.n:  # an exact solution walks no paths
        kinds.append(("possible", f"Possible, but in none of the {results.n:,} paths"))
    for reach, heading in kinds:
        rows = coverage.loc[coverage["reach"] == reach, ["kind", "name"]]
        names = [_called(str(kind), str(name), titles) for kind, name in rows.to_numpy()]
        if names:
            yield heading, names


def _called(kind: str, name: str, titles: Titles) -> str:
    """What a reader calls a transition, or one of its options."""
    transition, _, option = name.rpartition(".")
    return titles.happened(transition, option) if kind == "option" else titles.happened(name)
