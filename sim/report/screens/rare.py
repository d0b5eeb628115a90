"""One rare outcome on the screen: the estimate, what it took, and what that saved."""

from textwrap import wrap

from sim.api import Rare
from sim.formatting import counted, percent, percents, rounded
from sim.results.level import at_level, fewest_draws

WIDTH = 78


def rare_view(rare: Rare, title: str) -> list[str]:
    """The lines to print."""
    # no more digits than the sampling error bears
    width = rare.mc_high - rare.mc_low
    ends = "–".join(percent(end, width=width) for end in (rare.mc_low, rare.mc_high))
    words = (
        f"{rare.likelihood}; confidence {rare.confidence}" if rare.confidence else rare.likelihood
    )
    estimate = f"{rare.title}: {percent(rare.probability, width=width)} % ({ends}); {words}"
    effort = (
        f"Importance splitting: {counted(rare.draws, 'draw')} of "
        f"{rare.repetitions} repetitions, {rare.paths:,} paths at each level; seed {rare.seed}. "
        f"{rare.events:,} events; an ordinary run needs {rounded(rare.gain, 2)} times as many "
        f"for the same precision in these draws."
    )
    spread = "of the draws" if rare.draws > 1 else "of its independent repetitions"
    known = f"{at_level('{level}', rare.level)} interval from the spread {spread}: sampling error. "
    known += _over(rare)
    # on a line of its own: it differs from run to run
    took = (
        f"Processor time: {_seconds(rare.seconds)}; an ordinary run would take "
        f"{_seconds(rare.ordinary_seconds)} for that."
    )
    effort_lines = [*wrap(effort, WIDTH), took]
    return [*wrap(title, WIDTH), "", estimate, "", *effort_lines, "", *wrap(known, WIDTH)]


def _seconds(found: float) -> str:
    """A duration of work, to two digits."""
    if found < 100:
        return f"{rounded(found, 2)} s"
    return f"{found / 60:,.0f} min" if found < 7200 else f"{found / 3600:,.0f} h"


def _over(rare: Rare) -> str:
    """How much depends on the parameters, whose uncertainty no number of paths reduces."""
    if rare.band == "none":
        return "No parameter is uncertain."
    if rare.band != "resolved":
        fewest = fewest_draws(rare.level)
        why = (
            f"of {rare.draws} draws (--draws {fewest} or more would do)"
            if rare.draws < fewest
            else "as the error of splitting is most of what is seen (more --paths would do)"
        )
        return f"Parameter uncertainty is not resolved, {why}."
    # how much the answer depends on what is not known, which more paths do not make less
    return f"Parameter uncertainty: {' to '.join(percents([rare.low, rare.high]))} %."
