"""The section of charts: each with what it shows, on how much it stands, and its command."""

from __future__ import annotations

from sim.analysis.statistics.intervals import label_of, timing_label_of
from sim.formatting import plain
from sim.report.pages.charts import Chart
from sim.report.pages.content import Picture, Section, paragraph
from sim.report.pages.material import Material

# by the beginning of the file's name: what the picture answers, and what is drawn
SHOWS = {
    "outcomes": ("How likely each outcome is", "A dot for each outcome: its probability."),
    "endings": ("How it ends", "A dot for each ending: its probability; the endings sum to 100 %."),
    "timing": ("How soon it happens", "Share of paths in which it has happened by then."),
    "rungs": ("How far it escalates", "Share of paths at each rung of the ladder at each time."),
    "clauses": (
        "Which clause is invoked, and what is the response",
        "A dot for each clause: the share of all paths in which it is invoked. Of few clauses the "
        "rows below it have each response, as a share of those paths; of many the bar is the share "
        "of all paths in which it was also answered.",
    ),
    "treaties": (
        "Who owes what to whom",
        "Actors, and arrows from who owes to whom it is owed; no probabilities.",
    ),
    "given": (
        "What else happened where it came",
        "Of the paths that reach the outcome, the share in which each other outcome came too.",
    ),
    "why-importance": (
        "Through what it comes",
        "Of the paths that reach the outcome, the share whose route goes through each element.",
    ),
    "why-routes": (
        "By which routes it comes",
        "Streams from the start to the outcome, as broad as the share of its paths.",
    ),
    "why-tree": (
        "What came first on the way to it",
        "Decisions in the order in which they fell, with the share of the outcome's paths.",
    ),
    "why-forks": (
        "Where paths part",
        "How likely the outcome still is after each option of a decision.",
    ),
    "sensitivity": (
        "What moves it",
        "An index of each parameter with its interval, and what parameters without effect reach.",
    ),
    "discover": (
        "Where it is likely",
        "Boxes of parameters on their way: how much of the outcome they hold, and how densely.",
    ),
    "response": (
        "Over one parameter",
        "The outcome's probability over the range of the parameter, everything else as drawn.",
    ),
    "audit": (
        "What to look into first",
        "Assumptions by their influence on the outcome and the grade of their source.",
    ),
    "evidence": (
        "The historical record beside the estimates",
        "The record's interval and the run's, a row each.",
    ),
    "score-times": (
        "What happened, beside the simulated times",
        "The record's day and the times of the paths in which the outcome came, a row each.",
    ),
    "structure": (
        "What divides the variants",
        "Shares of the variance of each outcome's probability.",
    ),
    "differences": (
        "What each change does to it",
        "The difference of the outcome's probability, path by path, from that of the baseline.",
    ),
}
ASKED = ("why", "sensitivity", "discover", "audit")  # of an outcome, by a command of that name
OF_OUTCOMES = (*ASKED, "given", "differences")
COUNTED = ("outcomes", "endings", "timing", "rungs", "clauses")


def figures(material: Material) -> Section:
    """Every chart of the run."""
    found = tuple(_picture(material, chart) for chart in material.charts)
    nothing = paragraph("No charts: the run was written without them.")
    return Section(key="charts", title="Charts", blocks=found or (nothing,))


def _picture(material: Material, chart: Chart) -> Picture:
    # names of files are all there is to tell by: `why-routes-war`, `clauses-mutual_aid`
    kind, _, part = chart.name.partition("-")
    about, _, last = part.rpartition("-")
    shown = kind
    # `why-war-routes`: what is drawn stands at the end of the name, behind the outcome.
    if f"{kind}-{last}" in SHOWS:  # of several charts of one question
        shown, part = f"{kind}-{last}", about
    title, caption = SHOWS.get(shown, (plain(chart.name), ""))
    if kind in COUNTED:
        caption = f"{caption} {_sample(material, kind)}"
    if part:
        title = f"{title}: {_part(material, kind, part)}"
    return Picture(
        name=chart.name,
        media=chart.media,
        data=chart.data,
        title=title,
        caption=caption.strip(),
        command=_command(material, kind, part),
    )


def _sample(material: Material, kind: str) -> str:
    """On how much it stands, and what its bands mean."""
    label = timing_label_of if kind == "timing" else label_of
    bands = label(material.results)
    shown = "" if kind == "rungs" else f" {bands[:1].upper()}{bands[1:]}."
    return f"n: {material.about.sample()}.{shown}"


def _part(material: Material, kind: str, part: str) -> str:
    """What a page of a chart is about: a treaty, an outcome, or a ladder's variable."""
    if kind in OF_OUTCOMES:
        return material.titles.of("outcome", part)
    if kind == "response":
        return plain(part)
    return material.titles.of("treaty" if kind in ("clauses", "treaties") else "variable", part)


def _command(material: Material, kind: str, part: str) -> str:
    if kind in ("evidence", "score"):
        return material.asking(kind)
    if kind in ASKED:
        return material.asking(kind, *[part] * bool(part))
    if kind == "given":
        return material.command("run", material.source, "--given", part)
    if kind == "differences":
        return material.asking("compare")
    if kind == "response":
        return material.asking("sensitivity", "--response", part)
    return material.command("run", material.source) if kind in (*COUNTED, "treaties") else ""
