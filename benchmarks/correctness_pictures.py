"""One picture a claim of the correctness page; safe in grey print, readable at half a page."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from correctness_kinds import DELAYS, PARAMETERS, Kind
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from scipy import stats

INK, GREY, PALE, BLUE = "#222222", "#8a8a8a", "#d9d9d9", "#0b5394"
WIDTH, DPI = 7.2, 120  # inches, dots an inch
STYLE = {
    "font.size": 9.5, "axes.titlesize": 9.5, "axes.spines.top": False, "axes.spines.right": False,
    "axes.titlelocation": "left", "axes.edgecolor": GREY, "legend.frameon": False,
    "figure.constrained_layout.use": True,
}  # fmt: skip


def draw(name: str, drawn: Any, folder: Path) -> Path:
    """The picture of one claim as a PNG of 48 colours."""
    with mpl.rc_context({**mpl.rcParamsDefault, **STYLE, "backend": "agg"}):
        figure = PICTURES[name](drawn)
        buffer = BytesIO()
        # No metadata and a fixed palette: the same numbers give the same bytes.
        figure.savefig(buffer, dpi=DPI, metadata={"Software": None})
    file = folder / f"correctness_{name}.png"
    picture = Image.open(buffer).convert("RGB").quantize(48, dither=Image.Dither.NONE)
    picture.save(file, optimize=True)
    return file


def engines(drawn: Any) -> Figure:
    (one, other), counted, unequal = drawn
    figure = Figure(figsize=(WIDTH, 3.9))
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.1])
    left.plot([0, one.max()], [0, one.max()], color=GREY, linewidth=1, zorder=0)
    left.plot(one, other, ".", color=BLUE, markersize=4, alpha=0.5)
    left.set(
        xlabel="time in the reference engine (days)", ylabel="time in the compiled engine (days)",
        title=f"korean_clash: {len(one):,} events\nlargest difference "
        f"{np.abs(one - other).max() * 86_400:g} s",
    )  # fmt: skip
    left.set_aspect("equal")
    names = sorted(counted, key=counted.__getitem__)
    right.barh(range(len(names)), [counted[n] for n in names], color=PALE, edgecolor=INK, lw=0.6)
    right.set_yticks(range(len(names)), names, fontsize=7.5)
    right.set(
        xscale="log",
        xlabel="events compared",
        title=f"{len(counted)} scenarios, {unequal} with other events",
    )
    return figure


def streams(waits: np.ndarray) -> Figure:
    figure = Figure(figsize=(WIDTH, 3.4))
    left, right = figure.subplots(1, 2)
    left.plot(waits[:-1], waits[1:], ".", color=INK, markersize=1.6, alpha=0.6)
    left.set_aspect("equal")
    left.set(
        xlabel="uniform of path i", ylabel="uniform of path i + 1",
        title=f"{len(waits):,} paths and their neighbours",
    )  # fmt: skip
    counts = np.bincount((waits * 100).astype(int), minlength=100)
    expected = len(waits) / 100
    right.bar(np.arange(100) + 0.5, counts, width=1, color=PALE, edgecolor=GREY, linewidth=0.4)
    right.axhline(expected, color=INK)
    for side in (-2, 2):
        right.axhline(expected + side * np.sqrt(expected), color=INK, linestyle="--", linewidth=0.8)
    right.set(
        xlabel="hundredth of (0, 1)", ylabel="uniforms in it", ylim=(0, None), xlim=(0, 100),
        title="equally many in each; dashed: ± 2 sd",
    )  # fmt: skip
    return figure


def delays(times: dict[str, np.ndarray]) -> Figure:
    # Kolmogorov's bound: 19 samples of 20 stay inside it everywhere.
    n = min(map(len, times.values()))
    return _functions(DELAYS, times, "wait in days", band=1.358 / np.sqrt(n))


def parameters(values: dict[str, np.ndarray]) -> Figure:
    # Stratified draws cannot leave this band: each hundredth holds its hundredth of the draws.
    return _functions(PARAMETERS, values, "value", band=0.01)


def _functions(kinds: dict[str, Kind], drawn: dict[str, Any], label: str, band: float) -> Figure:
    """Distribution functions: sampled (dots) on the closed form; below, the residual."""
    rows = -(-len(kinds) // 3)
    figure = Figure(figsize=(WIDTH, 7.4 * rows / 3))
    grid = figure.subplots(2 * rows, 3, height_ratios=[2.2, 1] * rows)
    for number, (name, kind) in enumerate(kinds.items()):
        row, column = divmod(number, 3)
        upper, lower = grid[2 * row, column], grid[2 * row + 1, column]
        _function(upper, lower, kind, np.sort(drawn[name]), band)
        if column:
            upper.set_yticklabels([])
            lower.set_yticklabels([])
        else:
            upper.set_ylabel("share below")
            lower.set_ylabel("residual")
    for number in range(len(kinds), 3 * rows):  # places that the last row leaves empty
        row, column = divmod(number, 3)
        grid[2 * row, column].remove()
        grid[2 * row + 1, column].remove()
    # in the middle where there is one, else below the only column of the last row
    grid[-1, 1 if len(kinds) % 3 != 1 else 0].set_xlabel(label)
    return figure


def _function(upper: Axes, lower: Axes, kind: Kind, values: np.ndarray, band: float) -> None:
    n = len(values)
    low, high = values[n // 500], values[-1 - n // 500]
    if kind.discrete:
        low, high = low - 0.5, high + 0.5
    spaced = np.geomspace if kind.log else np.linspace
    xs = spaced(low, high, 300)
    upper.plot(xs, kind.cdf(xs), color=GREY, linewidth=2.2)
    shown = spaced(low, high, 25)
    share = np.searchsorted(values, shown, side="right") / n
    upper.plot(shown, share, "o", color=BLUE, markersize=3)
    upper.set(title=kind.title, ylim=(-0.04, 1.04), yticks=[0, 0.5, 1])
    residual = np.searchsorted(values, xs, side="right") / n - kind.cdf(xs)
    lower.fill_between([xs[0], xs[-1]], -band, band, color=PALE, linewidth=0)
    lower.plot(xs, residual, color=INK, linewidth=0.9)
    lower.set(ylim=(-0.022, 0.022), yticks=[-0.02, 0, 0.02])
    for ax in (upper, lower):
        ax.set(xscale="log" if kind.log else "linear", xlim=(xs[0], xs[-1]))
        if kind.log:
            decades(ax, xs[0], xs[-1])
    upper.tick_params(labelbottom=False)


def decades(ax: Axes, low: float, high: float, axis: str = "x") -> None:
    """At most five powers of ten as ticks, written as plain numbers."""
    powers = range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)
    kept = [10.0**k for k in powers][:: 1 + len(powers) // 5]
    set_ticks = ax.set_xticks if axis == "x" else ax.set_yticks
    set_ticks(kept, [f"{tick:g}".replace("e-0", "e-") for tick in kept])
    ax.minorticks_off()


def exact(drawn: Any) -> Figure:
    formulas, storm = drawn
    figure = Figure(figsize=(WIDTH, 3.4))
    ax = figure.subplots()
    least = 1e-18  # drawn there: no difference at all
    for cases, marker, colour, label in (
        (formulas, "o", BLUE, f"{len(formulas)} against a formula"),
        (storm, "^", INK, f"{len(storm)} against Storm"),
    ):
        gaps = [max(abs(found - p), least) for _, found, p in cases]
        ax.plot([p for *_, p in cases], gaps, marker, color=colour, label=label, markersize=5)
    ax.axhline(1e-9, color=INK, linestyle="--", linewidth=1)
    ax.text(-0.02, 2e-9, "promised: below 1e-9", ha="left", va="bottom")
    ax.set(
        yscale="log", ylim=(1e-19, 1e-6), xlim=(-0.03, 1.03), xlabel="probability",
        ylabel="absolute difference", title="The exact engine, where the answer is known",
    )  # fmt: skip
    ax.set_yticks([1e-18, 1e-15, 1e-12, 1e-9, 1e-6], ["none", "1e-15", "1e-12", "1e-9", "1e-6"])
    ax.minorticks_off()
    ax.legend(loc="upper right", ncols=2)
    return figure


def sampled(z: np.ndarray) -> Figure:
    figure = Figure(figsize=(WIDTH, 3.4))
    ax = figure.subplots()
    edges = np.arange(-4.5, 4.51, 0.25)
    ax.hist(z, bins=edges, density=True, color=PALE, edgecolor=GREY, linewidth=0.6)
    xs = np.linspace(-4.5, 4.5, 300)
    ax.plot(xs, stats.norm.pdf(xs), color=INK, linewidth=1.6, label="standard normal density")
    ax.set(
        xlabel="(hits - expected hits) / standard deviation", ylabel="density",
        title=f"{len(z):,} z-scores of sampled against exact probabilities: "
        f"mean {z.mean():.2f}, sd {z.std():.2f}",
    )  # fmt: skip
    ax.legend(loc="upper right")
    return figure


def intervals(drawn: Any) -> Figure:
    low, high, truth, names, covered = drawn
    figure = Figure(figsize=(WIDTH, 3.7))
    left, right = figure.subplots(1, 2, width_ratios=[1.35, 1])
    case, shown = names.index("one_in_10"), min(100, len(low))
    for i in range(shown):
        held = low[i, case] <= truth[case] <= high[i, case]
        style = {"color": GREY, "linewidth": 1} if held else {"color": INK, "linewidth": 2.4}
        left.plot([i, i], [100 * low[i, case], 100 * high[i, case]], **style)
    left.axhline(100 * truth[case], color=BLUE, linewidth=1.2)
    missed = int(sum(not low[i, case] <= truth[case] <= high[i, case] for i in range(shown)))
    left.set(
        xlabel="run", ylabel="90 % interval (%)",
        title=f"the first {shown} runs; bold: the {missed} that miss 10 %",
    )  # fmt: skip
    spread = 1.645 * np.sqrt(0.09 / len(low))
    right.axvspan(100 * (0.9 - spread), 100 * (0.9 + spread), color=PALE)
    right.axvline(90, color=INK, linewidth=1)
    right.plot(100 * covered, range(len(names)), "o", color=BLUE)
    labels = [f"{100 * p:g} %" for p in truth[:-1]]
    labels = [f"{a}, uncertain" if "with" in n else a for a, n in zip(labels, names, strict=False)]
    right.set_yticks(range(len(names)), [*labels, "difference"])
    right.set(
        xlabel="intervals that hold the truth (%)", xlim=(85, 101), ylim=(len(names) - 0.5, -0.5),
        title=f"coverage in {len(low):,} runs",
    )  # fmt: skip
    return figure


def zeros(table: Any) -> Figure:
    figure = Figure(figsize=(WIDTH, 3.2))
    ax = figure.subplots()
    least = 10.0 ** np.floor(np.log10(table["truth"][table["truth"] > 0].min()) - 1.5)
    offsets = np.random.default_rng(1).uniform(-0.28, 0.28, len(table))  # so that points show
    rows = {"impossible": 0, "possible": 1, "seen": 2}
    for reach, row in rows.items():
        mine = (table["reach"].astype(str) == reach).to_numpy()
        xs = np.maximum(table["truth"][mine], least)
        ax.plot(xs, row + offsets[mine], ".", color=(INK, BLUE, GREY)[row], markersize=4)
    counts = table["reach"].astype(str).value_counts()
    labels = {"impossible": "impossible by\nconstruction", "possible": "none seen", "seen": "seen"}
    ax.set_yticks(range(3), [f"{labels[r]}\n({counts.get(r, 0):,})" for r in rows])
    ax.set(
        xscale="log", ylim=(2.5, -0.5), xlabel="exact probability",
        title=f"{len(table):,} outcomes of random scenarios: what sampled paths say, and the truth",
    )  # fmt: skip
    decades(ax, 30 * least, 1)
    ax.set_xticks([least, *ax.get_xticks()], ["0", *(t.get_text() for t in ax.get_xticklabels())])
    return figure


def twins(drawn: Any) -> Figure:
    dated, called = drawn
    figure = Figure(figsize=(WIDTH, 3.6))
    left, right = figure.subplots(1, 2)
    days = sorted({day for day, _ in dated})
    early = sum(first < day for day, first in dated)
    elsewhere = sum(moment != first for moment, first in called)
    offsets = np.random.default_rng(1).uniform(-0.25, 0.25, len(dated))
    for i, (day, first) in enumerate(dated):
        left.plot(days.index(day) + offsets[i], first, ".", color=BLUE, markersize=2.5)
    for i, day in enumerate(days):
        left.plot([i - 0.4, i + 0.4], [day, day], color=INK, linewidth=2)
    left.set_xticks(range(len(days)), [f"day {day}" for day in days])
    left.set(
        yscale="log", xlabel="day of the change (bar)", ylabel="first difference (day)",
        title=f"talks imposed: {len(dated):,} paths differ,\n{early} of them before the bar",
    )  # fmt: skip
    decades(left, 0.7, 200, "y")
    moment, first = np.array(called).T
    right.plot([0, 180], [0, 180], color=GREY, zorder=0)
    right.plot(moment, first, ".", color=BLUE, markersize=5)
    right.set_aspect("equal")
    right.set(
        xlabel="clause invoked in the baseline (day)", ylabel="first difference (day)",
        title=f"treaty void: {len(called):,} paths differ,\n{elsewhere} not from the invocation on",
    )  # fmt: skip
    return figure


PICTURES: dict[str, Callable[[Any], Figure]] = {
    "engines": engines, "streams": streams, "delays": delays, "parameters": parameters,
    "exact": exact, "sampled": sampled, "intervals": intervals, "zeros": zeros, "twins": twins,
}  # fmt: skip
