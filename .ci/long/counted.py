"""The page `COUNTS.md` beside this: how often intervals held, a row an estimator.

The scripts here that count by repetition write their rows with `--record`. Their counts add up
over runs (in a file that `--state` or `--counts` names), so a row replaces the one that the same
script wrote before for the same estimator. Other scripts append rows to the table below, which
stays as it is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).with_name("COUNTS.md")
HEAD = (
    "| script | estimator | n | promised | held | half as wide |",
    "|---|---|---:|---|---:|---:|",
)
OTHERS = "| what | when | seed | counts |"  # heads the table that other scripts append to
TEXT = """# How often intervals hold what they promise

Written by the scripts of this folder with `--record`; their heads say what is repeated. `held` is
the share of *n* trials in which the interval held the truth, `half as wide` the same of one of half
the width: the control, which has to fail. A trial is a repetition, but where the head of a script
says that an interval is held against several fresh draws. What is outside its promise says so.
"""


class Row(NamedTuple):
    """What was counted of one estimator; shares are from 0 to 1."""

    estimator: str
    n: int
    held: float
    half: float | None = None
    promised: tuple[float, float] = (0.87, 0.93)

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return self.promised[0] <= self.held <= self.promised[1]

    @property
    def controlled(self) -> bool:
        """Whether the control fails, as it has to."""
        return self.half is None or not self.promised[0] <= self.half <= self.promised[1]


def repeated(total: Counter[str], without: Collection[str] = ()) -> Iterator[Row]:
    """The rows of counts `NAME: covered`, `NAME: half covered` and `named`, of `NAME: asked` each.

    Names of `without` have no row: those of which an interval says nothing.
    """
    for key in sorted(total):
        name, _, kind = key.rpartition(": ")
        n = total[f"{name}: asked"]
        if kind == "covered" and name not in without:
            yield Row(name, n, total[key] / n, total[f"{name}: half covered"] / n)
        elif kind == "named":
            # of parameters that do nothing any is named; two standard errors of chance allowed
            nothing = "nothing matters, something is named"
            yield Row(nothing if name == "idle" else name, n, total[key] / n, None, (0, 0.06))


def written(script: str, row: Row) -> str:
    """A row of the page."""
    low, high = (f"{100 * end:g}" for end in row.promised)
    promised = f"{low}–{high} %" if row.promised[1] < 1 else f"at least {low} %"
    if row.promised[0] <= 0:
        promised = f"at most {high} %"
    half = "" if row.half is None else f"{100 * row.half:.1f} %"
    held = f"{100 * row.held:.1f} %{'' if row.kept else ' outside'}"
    return f"| `{script}` | {row.estimator} | {row.n:,} | {promised} | {held} | {half} |"


def record(script: str, rows: Iterable[Row], page: Path = PAGE) -> None:
    """Put these rows into the page, in the place of those that the script wrote before."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    _, head, others = text.partition(OTHERS)
    old = [line for line in text.splitlines() if line.startswith("| `")]
    new = [written(script, row) for row in rows]
    named = {key(line) for line in new}
    kept = [line for line in old if key(line) not in named]
    table = [*HEAD, *sorted([*kept, *new], key=lambda line: key(line)[0])]
    whole = [TEXT, *table, *(["", head + others.rstrip("\n")] if head else [])]
    page.write_text("\n".join(whole) + "\n", encoding="utf-8")


def key(line: str) -> tuple[str, str]:
    """(script, estimator) of a row of the page."""
    cells = [cell.strip() for cell in line.split("|")]
    return cells[1], cells[2]
