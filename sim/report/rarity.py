"""One rare outcome on the screen: the estimate, what it took, and what that saved."""

from textwrap import wrap

from sim.analysis.wording import counted, percent, plain
from sim.experiment.rare import Rare

WIDTH = 78


def rare_view(rare: Rare, title: str) -> list[str]:
    """The lines to print."""
    width = rare.high - rare.low
    ends = "–".join(percent(end, width=width) for end in (rare.low, rare.high))
    said = f"{plain(rare.outcome)}: {percent(rare.probability, width=width)} % ({ends})"
    effort = (
        f"By splitting: {counted(rare.draws, 'draw')} of "
        f"{rare.repetitions} repetitions, {rare.paths:,} paths at each level; seed {rare.seed}. "
        f"{rare.events:,} events; as narrow an interval takes an ordinary run {rare.gain:.2g} "
        "times as many."
    )
    known = (
        "In brackets 90 %, from the spread of independent repetitions: sampling only, what we do "
        "not know is not in it yet."
    )
    return [*wrap(title, WIDTH), "", said, "", *wrap(effort, WIDTH), "", *wrap(known, WIDTH)]
