"""One rare outcome on the screen: the estimate, what it took, and what that saved."""

from textwrap import wrap

from sim.api import Rare
from sim.formatting import counted, percent, percents

WIDTH = 78


def rare_view(rare: Rare, title: str) -> list[str]:
    """The lines to print."""
    width = rare.high - rare.low
    ends = "–".join(percent(end, width=width) for end in (rare.low, rare.high))
    estimate = f"{rare.title}: {percent(rare.probability, width=width)} % ({ends})"
    effort = (
        f"Importance splitting: {counted(rare.draws, 'draw')} of "
        f"{rare.repetitions} repetitions, {rare.paths:,} paths at each level; seed {rare.seed}. "
        f"{rare.events:,} events; an ordinary run needs {rare.gain:.2g} times as many for the same "
        f"precision in these draws."
    )
    spread = "of the draws" if rare.draws > 1 else "of its independent repetitions"
    known = f"90 % interval from the spread {spread}: sampling error only. {_over(rare)}"
    return [*wrap(title, WIDTH), "", estimate, "", *wrap(effort, WIDTH), "", *wrap(known, WIDTH)]


def _over(rare: Rare) -> str:
    """How much depends on the parameters, whose uncertainty no number of paths reduces."""
    if rare.draws == 1:
        return "Parameter uncertainty not included."
    # how much the answer depends on what is not known, which more paths do not make less
    low, high = (float(end) for end in rare.by_draw["probability"].quantile([0.05, 0.95]))
    return f"In 90 % of the draws the probability is {' to '.join(percents([low, high]))} %."
