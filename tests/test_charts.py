"""Charts: every text on the page, apart from every other; the numbers drawn are the table's."""

from collections.abc import Callable
from datetime import date
from inspect import signature
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from islands import island, island_run
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from sim.analysis import NO_ANSWER, cumulative_incidence, distinguishable, wilson
from sim.analysis import clauses as clause_table
from sim.charts import clauses, endings, outcomes, rungs, style, timing, treaties
from sim.charts.causes.timeline import MOST, timeline
from sim.charts.estimates import clauses as clause_chart
from sim.scenario import Titles

mpl.use("agg")
START = date(2024, 10, 25)
SUBJECT = "A shelling incident with one defence treaty"
NAMES = [f"an_outcome_with_a_long_name_{i}" for i in range(12)]
HITS = [30, 62, 4, 800, 0, 400, 11, 1_500, 1_990, 2_000, 3, 0]
N = 2_000


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    style.plt.close("all")


def shares(hits: list[int]) -> pd.DataFrame:
    low, high = wilson(hits, N)
    return pd.DataFrame(
        {"probability": np.array(hits) / N, "mc_low": low, "mc_high": high, "hits": hits, "n": N},
        index=pd.Index(NAMES[: len(hits)], name="outcome"),
    )


def curves(hits: list[int]) -> pd.DataFrame:
    """Incidence that rises to these hits; several end close together."""
    table = shares(hits).reset_index()
    steps = pd.DataFrame({"time": np.linspace(0, 180, 51)})
    table = table.merge(steps, how="cross")
    for column in ("probability", "mc_low", "mc_high", "hits"):
        table[column] = table[column] * (table["time"] / 180) ** 0.5
    return table


def owed(actors: int, title: str = "Treaty of mutual aid") -> pd.DataFrame:
    """Each actor owes the next defence, and the one before consultation."""
    rows = [
        (f"pact_{k}", title, f"art{k}", kind, f"actor_{k}", f"actor_{(k + step) % actors}", k > 0)
        for k in range(actors)
        for kind, step in (("defence", 1), ("consultation", -1))
    ]
    columns = ["treaty", "title", "clause", "type", "obligor", "beneficiary", "binds"]
    return pd.DataFrame(rows, columns=columns)


def ladder(levels: int, lowest: float = 0.9) -> pd.DataFrame:
    others = (1 - lowest) / (levels - 1) if levels > 1 else 0
    rows = [
        ("korea", f"rung_{k}", time, others if k else 1 - others * (levels - 1), N)
        for k in range(levels)
        for time in np.linspace(0, 180, 101)
    ]
    return pd.DataFrame(rows, columns=["variable", "level", "time", "share", "n"])


def path(events: int) -> pd.DataFrame:
    """A path in which twelve actors take turns, each because of the one before."""
    return pd.DataFrame(
        {
            "seq": range(events),
            "time": np.linspace(0, 170, events),
            "transition": [f"somebody_does_something_{i}" for i in range(events)],
            "option": [["escalates", None][i % 2] for i in range(events)],
            "probability": 0.25,
            "actor": [f"actor_{i % 12}" if i % 12 else None for i in range(events)],
            "cause": pd.array([None, *range(events - 1)][:events], dtype="Int64"),
        }
    )


def reached(*times: float) -> pd.DataFrame:
    rows = [(f"Something with a title {time:g}", time, time == times[-1]) for time in times]
    return pd.DataFrame(rows, columns=["title", "time", "headline"])


def asked(clauses: int) -> pd.DataFrame:
    rows = [
        (f"treaty_{k}.art{part}", response, hits, n)
        for k, part in enumerate(range(clauses))
        for response, hits, n in (
            ("", 50 * k, N),
            ("fights", 3 * k, 50 * k),
            ("declines", 0, 50 * k),
            (NO_ANSWER, 47 * max(k - 1, 0), 50 * k),
        )
    ]
    table = pd.DataFrame(rows, columns=["clause", "response", "hits", "n"])
    low, high = wilson(table["hits"], table["n"].clip(lower=1))
    share = table["hits"] / table["n"].clip(lower=1)
    return table.assign(probability=share, mc_low=low, mc_high=high, reopens=table["n"] == 100)


LONG = "Article 4, Treaty of Friendship, Good-neighbourliness, Cooperation and Mutual Assistance"

CHARTS: dict[str, Callable[[], style.Axes]] = {
    "outcomes, twelve": lambda: outcomes(shares(HITS), subject=SUBJECT, interval="90 %"),
    "outcomes, twelve with headlines": lambda: outcomes(
        shares(HITS), headlines=NAMES[:3], subject=SUBJECT
    ),
    "outcomes, one": lambda: outcomes(shares([62]), subject=SUBJECT),
    "outcomes, one of none": lambda: outcomes(shares([0]), subject=SUBJECT),
    "endings, twelve": lambda: endings(shares(HITS), subject=SUBJECT),
    "endings, one": lambda: endings(shares([2_000]), subject=SUBJECT),
    "timing, twelve": lambda: timing(curves(HITS), start=START, subject=SUBJECT),
    "timing, twelve alike": lambda: timing(curves([40] * 12), subject=SUBJECT),
    "timing, much said": lambda: timing(
        curves(HITS).assign(headline=True),
        start=START,
        dated={f"Treaty {LONG} begins to bind": 40.0, "another treaty": 41.0},
        subject=SUBJECT,
        interval="12 of 38 outcomes; 90 % bands: sampling error only",
    ),
    "timing, one": lambda: timing(curves([62]), start=START, subject=SUBJECT),
    "timing, none": lambda: timing(curves([0, 0]), start=START, subject=SUBJECT),
    "rungs, nine": lambda: rungs(ladder(9), start=START, subject=SUBJECT),
    "rungs, nine and none of them quiet": lambda: rungs(
        ladder(9, lowest=0.5), asked=f"How far up the ladder of {LONG}?", subject=SUBJECT
    ),
    "rungs, one": lambda: rungs(ladder(1), subject=SUBJECT),
    "clauses, seven": lambda: clauses(asked(7), subject=SUBJECT),
    "clauses, with long names": lambda: clauses(
        asked(4), names={f"treaty_{k}.art{k}": LONG for k in range(4)}, subject=SUBJECT
    ),
    "clauses without responses": lambda: clauses(asked(30), subject=SUBJECT, responses=False),
    "clauses, one": lambda: clauses(asked(1), subject=SUBJECT),
    "timeline, many": lambda: timeline(path(MOST + 20), start=START, subject=SUBJECT),
    "timeline, many with outcomes": lambda: timeline(
        path(MOST + 20),
        outcomes=reached(*range(10, 140, 10)),
        titles=Titles(
            known={("actor", f"actor_{k}"): f"{LONG} ({k})" for k in range(12)}
            | {("rule", f"somebody_does_something_{k}"): f"{LONG} {LONG} ({k})" for k in range(9)}
        ),
        start=START,
        subject=SUBJECT,
    ),
    "timeline, one": lambda: timeline(path(1), subject=SUBJECT),
    "timeline, none": lambda: timeline(path(0), subject=SUBJECT),
    "treaties, two": lambda: treaties(owed(2), subject=SUBJECT),
    "treaties, seven": lambda: treaties(owed(7), subject=SUBJECT),
}


COUNTED = [name for name in CHARTS if name.split(",")[0] not in {"timeline", "treaties"}]


def overlaps(ax: style.Axes) -> list[tuple[str, str]]:
    """Pairs of texts that cover one another, and texts that leave the page."""
    figure = style.figure_of(ax)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    page = figure.bbox
    undrawn = {label for axis in (ax.xaxis, ax.yaxis) for label in beyond(axis)}
    texts = [text for text in figure.findobj(Text) if text not in undrawn]
    seen = [text for text in texts if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in seen]
    found = [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if cover(p, q)]
    found += [
        (text, "the page's edge")
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1
    ]
    return found


def beyond(axis) -> list[Text]:
    """Labels of ticks outside the view, which Matplotlib keeps but does not draw."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
    return [label for tick in ticks for label in (tick.label1, tick.label2)]


def cover(a, b) -> bool:
    """Whether two boxes share more than the rounding of a pixel."""
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return across > 1 and down > 1


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_no_text_covers_another_or_leaves_the_page(chart):
    assert overlaps(CHARTS[chart]()) == []


def test_overlapping_text_would_be_seen():
    ax = CHARTS["outcomes, one"]()
    ax.text(0.5, 0, "here", transform=ax.get_yaxis_transform())
    ax.text(0.51, 0, "there", transform=ax.get_yaxis_transform())
    ax.text(9, 0, "far out", transform=ax.get_yaxis_transform()).set_in_layout(False)
    assert ("here", "there") in overlaps(ax)
    assert ("far out", "the page's edge") in overlaps(ax)


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_a_title_says_the_subject(chart):
    assert SUBJECT in CHARTS[chart]().get_title(loc="left")


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_no_text_of_a_chart_is_marked_as_code(chart):
    ax = CHARTS[chart]()
    texts = ax.figure.findobj(Text)
    assert [text.get_text() for text in texts if "`" in text.get_text()] == []
    ax.set_xlabel("`seen`")  # control
    assert any("`" in text.get_text() for text in texts)


@pytest.mark.parametrize("chart", COUNTED, ids=str)
def test_n_stands_in_a_label(chart):
    ax = CHARTS[chart]()
    assert "(n = 2,000)" in ax.get_xlabel() + ax.get_ylabel()


def test_a_chart_opens_no_file_and_draws_where_it_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = style.axes(None)
    opened = style.plt.get_fignums()
    assert outcomes(shares(HITS), ax=own) is own
    assert style.plt.get_fignums() == opened
    assert list(tmp_path.iterdir()) == []


def test_dots_stand_at_the_estimates():
    ax = outcomes(island_run().outcomes)
    dots = [float(np.asarray(line.get_xdata())[0]) for line in ax.lines]
    assert dots == list(island_run().outcomes["probability"])
    bars = [segment[:, 0].tolist() for c in ax.collections for segment in c.get_segments()]  # type: ignore[attr-defined]
    assert bars == island_run().outcomes[["mc_low", "mc_high"]].to_numpy().tolist()


def test_none_of_n_is_a_hollow_mark_and_a_sentence():
    ax = outcomes(shares([0, 62]))
    assert [line.get_markerfacecolor() for line in ax.lines] == ["white", style.accent()]
    said = [text.get_text() for text in ax.texts]
    assert said[0].startswith("0 of 2,000, below")
    assert "0 of" not in said[1]


def test_dates_stand_on_the_axis_when_there_is_a_calendar():
    curve = cumulative_incidence(island_run())
    dated = timing(curve, start=START)
    plain = timing(curve)
    assert dated.get_xlabel().startswith("2024-10-25 to 2025-04-23")
    dated.figure.canvas.draw()
    assert any("2025" in label.get_text() for label in dated.get_xticklabels())
    assert plain.get_xlabel().startswith("days")
    first = dated.lines[0].get_xdata()
    assert first[0] == mpl.dates.date2num(START)
    assert first[-1] - first[0] == 180


@pytest.mark.parametrize("days", [2, 20, 70, 180, 900])
def test_no_year_stands_alone_at_the_right_end_as_if_it_were_the_end(days):
    curve = curves([62])
    ax = timing(curve.assign(time=curve["time"] * days / 180), start=START)
    ax.figure.canvas.draw()
    assert ax.xaxis.get_offset_text().get_text() == ""
    assert str(START.year) in ax.get_xlabel()


def test_headlines_are_bold_and_a_line_parts_them_from_the_rest():
    def bold(headlines: list[str]) -> tuple[list[bool], int]:
        ax = outcomes(shares(HITS), headlines=headlines)
        lines = [line for line in ax.lines if line.get_marker() != "o"]
        return [label.get_fontweight() == "bold" for label in ax.get_yticklabels()], len(lines)

    assert bold(NAMES[:2]) == ([True] * 2 + [False] * 10, 1)
    assert bold(NAMES[3:4]) == ([False] * 3 + [True] + [False] * 8, 0)  # no line would part them
    assert bold([]) == ([False] * 12, 0)
    assert bold(NAMES) == ([True] * 12, 0)
    curve = curves([62, 400])
    ax = timing(curve.assign(headline=curve["outcome"] == NAMES[1]))
    assert [text.get_fontweight() for text in ax.texts] == ["normal", "bold"]


def test_the_day_a_treaty_begins_to_bind_is_marked_and_named():
    ax = timing(curves([62]), start=START, dated={"pact begins to bind": 40.0}, interval="90 %")
    assert ax.get_xlabel().splitlines()[1:] == [
        "90 %",
        "dotted, on 2024-12-04: pact begins to bind",
    ]
    (mark,) = [line for line in ax.lines if len(line.get_xdata()) == 2]
    assert list(mark.get_xdata()) == [mpl.dates.date2num(START) + 40] * 2
    undated = timing(curves([62]), dated={"pact begins to bind": 40.0})
    assert undated.get_xlabel() == "days\ndotted, on day 40: pact begins to bind"


def test_an_outcome_that_never_happened_is_named_not_drawn():
    ax = timing(curves([0, 62]))
    assert "in no path: an outcome with a long name 0" in ax.get_xlabel()
    assert len(ax.lines) == 1


def row_labels(ax: style.Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def test_clauses_never_called_show_no_answers():
    table = clause_table(island_run().coverage)
    answers = ["overt force", "materiel", "decline", NO_ANSWER]
    assert row_labels(clauses(table)) == ["mutual_aid.art4: invoked", *answers]
    named = clauses(table, names={"mutual_aid.art4": "Art. 4"}, interval="90 %")
    assert row_labels(named)[0] == "Art. 4: invoked"
    assert "may be called again" not in named.get_xlabel()
    assert named.get_xlabel().endswith("\n90 %")
    assert named.get_xlim() == (0, 1)
    silent = table.assign(hits=0)
    assert row_labels(clauses(silent)) == ["mutual_aid.art4: invoked"]


def test_a_clause_that_may_be_called_again_says_so_and_full_answers_have_no_silence():
    table = asked(3).query("clause != 'treaty_0.art0'")  # two of three: 50 and 100 paths called
    ax = clauses(table)
    assert row_labels(ax) == [
        *("treaty_1.art1: invoked", "fights", "declines"),
        *("treaty_2.art2: invoked", "fights", "declines", NO_ANSWER),
    ]
    again = clauses(table.assign(reopens=table["clause"] == "treaty_2.art2"))
    assert row_labels(again)[3] == "treaty_2.art2: invoked *"
    assert again.get_xlabel().endswith("its responses may sum to more than 100 %")


def test_more_clauses_than_fill_a_page_are_also_shown_treaty_by_treaty(monkeypatch):
    table = asked(7)
    assert list(clause_chart.pages(table)) == [""]
    monkeypatch.setattr(clause_chart, "MOST", len(clause_chart.shown(table)) - 1)
    found = clause_chart.pages(table)
    assert found.pop("").equals(table)
    assert list(found) == [f"treaty_{k}" for k in range(7)]
    assert pd.concat(found.values()).equals(table)


def test_clauses_without_responses_have_a_bar_for_what_was_answered():
    table = asked(4)
    ax = clauses(table, responses=False, names={"treaty_1.art1": "Art. 1, a treaty"})
    assert row_labels(ax) == ["treaty_0.art0", "Art. 1, a treaty", "treaty_2.art2", "treaty_3.art3"]
    # treaty k: invoked in 50 k paths, of which 47 (k - 1) are without an answer
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([0, 50 / N, 53 / N, 56 / N])
    assert [f"{line.get_xdata()[0]:.9g}" for line in ax.lines if line.get_marker() == "o"] == [
        f"{50 * k / N:.9g}" for k in range(4)
    ]
    assert "answered at least once" in ax.get_xlabel()
    assert overlaps(ax) == []
    # over another run the bars of both could not be told apart
    clauses(asked(4), responses=False, ax=ax, label="again")
    assert len(ax.patches) == 4


def test_rungs_fill_the_whole_at_all_times():
    ax = rungs(island_run().rungs, variable="north_south")
    top = ax.collections[-1].get_paths()[0].vertices[:, 1]
    assert top.max() == pytest.approx(1)
    assert len(ax.collections) == len(island().model.variable("north_south").levels)


def test_a_quiet_lowest_rung_is_left_out_and_said_to_be():
    ax = rungs(ladder(5))
    assert len(ax.collections) == 4
    assert ax.get_ylim()[1] == pytest.approx(0.104)
    assert ax.get_xlabel().endswith("not drawn: rung 0, at any time at least 90 % of the paths")
    said = [text.get_text() for text in ax.texts]
    assert "rung 0  90.0 % (not drawn)" in said  # as the others, which are 2.5 %
    assert "on day 180:" in said
    loud = rungs(ladder(5, lowest=0.7))
    assert len(loud.collections) == 5
    assert loud.get_ylim()[1] == 1
    assert "not drawn" not in loud.get_xlabel()
    alone = rungs(ladder(5, lowest=1.0))  # nothing else to show
    assert len(alone.collections) == 5


def test_a_ladder_is_headed_by_what_is_asked_or_plainly_by_its_word():
    assert rungs(ladder(5)).get_title(loc="left") == "Where on its ladder is korea?"
    asked = rungs(ladder(5), asked="How far the two have gone", subject=SUBJECT)
    assert asked.get_title(loc="left") == f"How far the two have gone – {SUBJECT}"


def luminance(colour) -> float:
    red, green, blue = to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("count", [2, 6, 9])
def test_rungs_keep_their_order_in_grey(count):
    greys = [luminance(colour) for colour in style.ordered(count)]
    assert all(a - b > 0.3 / count for a, b in pairwise(greys))
    rainbow = [luminance(mpl.colormaps["jet"](k / (count - 1))) for k in range(count)]  # control
    assert count == 2 or any(a <= b for a, b in pairwise(rainbow))


def test_no_two_of_28_lines_are_alike():
    lines = [style.line(k) for k in range(28)]
    assert len(set(map(str, lines))) == 28


def alike_in_grey(lines: list[tuple[str, style.Dashes]]) -> list[tuple[str, str]]:
    """Pairs of colours that have the same dashes, and tones that grey print does not tell apart.

    A printer of 600 dots an inch has (600 / 85)**2 + 1 = 51 greys on the usual screen of 85 lines
    an inch: they are 0.02 apart. Two such steps are asked for.
    """
    return [
        (one, other)
        for (one, dashes), (other, others) in combinations(lines, 2)
        if dashes == others and abs(luminance(one) - luminance(other)) <= 2 / 50
    ]


MOST_LINES = signature(distinguishable).parameters["most"].default  # that one chart is given


def test_lines_differ_in_more_than_tone():
    """In grey, where the colour is gone: in their dashes, or else clearly in tone."""
    assert alike_in_grey([style.line(k) for k in range(MOST_LINES)]) == []


def test_lines_alike_in_grey_would_be_seen():
    """Control: blue and orange of one tone, and as they should be: with other dashes."""
    pair = [("#56B4E9", "-"), ("#E69F00", "-")]
    assert alike_in_grey(pair) == [("#56B4E9", "#E69F00")]
    assert alike_in_grey([pair[0], ("#E69F00", "-.")]) == []
    assert alike_in_grey([("#000000", "-"), ("#E69F00", "-")]) == []


def test_labels_move_apart_no_more_than_needed():
    assert style.apart([0.5], 0.1, 0, 1) == [0.5]
    placed = style.apart([0.5, 0.5, 0.9], 0.1, 0, 1)
    assert min(np.diff(sorted(placed))) >= 0.1 - 1e-12
    assert placed[2] == 0.9
    crowded = style.apart([0.0] * 30, 0.1, 0, 1)
    assert min(np.diff(sorted(crowded))) == pytest.approx(1 / 29)
    assert 0 <= min(crowded) <= max(crowded) <= 1 + 1e-12
