"""Which outcomes of many a reader looks at first: headlines, and what their paths pass through."""

from sim.results.tables import RunTables

FEW = 20  # outcomes that are all looked at
OFTEN = 0.5  # least share of a headline's paths in which another outcome came before it


def on_the_way(run: RunTables) -> list[str]:
    """Names of headlines and of what came before one in at least half of its paths, in order.

    All outcomes where there are few of them, no headline, or no table of paths to tell by.
    """
    names = [str(name) for name in run.outcomes.index]
    headlines = run.provenance.headlines
    if len(names) <= FEW or run.paths is None or not headlines:
        return names
    wanted = set(headlines)
    for headline in headlines:
        own = run.paths[run.paths[f"time__{headline}"].notna()]
        if not len(own):
            continue
        # a missing time compares false: what never came was not on the way
        before = {name: (own[f"time__{name}"] <= own[f"time__{headline}"]).mean() for name in names}
        wanted |= {name for name, share in before.items() if share >= OFTEN}
    return [name for name in names if name in wanted]
