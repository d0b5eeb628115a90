"""Which charts a run writes, in which formats; of many outcomes those looked at first."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from command_line import FIRST, call
from islands import FILE, island, island_run
from test_charts import overlaps
from typer.main import get_command

import sim
from sim.charts import outcomes
from sim.cli import app

__all__ = ["call"]
mpl.use("agg")
SMALL = ("--draws", "3", "--paths", "20", "--out", "run")
MANY = """
scenario: drift
title: A drift over many marks
horizon: 40 d
state:
  level: {max: 40}
events:
  drifts: {when: level < 40, after: 1 d, then: {level: level + 1}}
"""


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    plt.close("all")


def drawn() -> set[str]:
    return (
        {file.name for file in Path("run/charts").iterdir()}
        if Path("run/charts").exists()
        else set()
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--charts", "pdf", "--only", "timing,outcomes"], {"timing.pdf", "outcomes.pdf"}),
        (["--only", "endings", "--dpi", "40"], {"endings.png"}),
        (["--charts", "none"], set()),
    ],
)
def test_formats_and_charts_are_the_users_to_choose(call, options, expected):
    assert call(FIRST, *SMALL, *options)[0] == 0
    assert drawn() == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--charts", "gif"], "unknown format of charts 'gif'"),
        (["--only", "timming"], "unknown chart 'timming'; did you mean 'timing'?"),
        (["--style", "no_such_sheet"], "unknown style sheet 'no_such_sheet'"),
        (["--dpi", "1"], "--dpi must be from 10 to 2400, found 1"),
    ],
)
def test_what_there_is_not_is_refused_before_the_run(call, options, message):
    code, out, err = call(FIRST, *SMALL, *options)
    assert (code, out) == (2, "")
    assert message in err
    assert not Path("run").exists()


DRAWING = {
    "run": ((), "outcomes", "clauses"),
    "why": (("ally_fights",), "routes", "importance"),
    "sensitivity": (("ally_fights",), "sensitivity", "endings"),
    "audit": (("ally_fights",), "audit", "timing"),
    "discover": (("ally_fights",), "discover", "timing"),
    "compare": (("no_treaty",), "differences", "flows"),
    "report": ((), "timing", "outcomes"),
}


@pytest.mark.parametrize("verb", DRAWING)
def test_every_command_that_draws_takes_formats_and_names(call, verb):
    words, wanted, other = DRAWING[verb]
    size = ("--draws", "40", "--paths", "30", "--workers", "1", "--out", "run")
    out = size if verb != "report" else size[:-2]
    how = ("--charts", "svg,pdf", "--only", wanted, "--style", "grayscale")
    assert call(verb, FIRST, *words, *out, *how)[0] == 0
    (folder,) = Path().glob("**/charts")
    names = {file.name for file in folder.iterdir()}
    assert {Path(name).suffix for name in names} == {".svg", ".pdf"}
    assert all(wanted in Path(name).stem.split("-") for name in names)
    assert not any(other in Path(name).stem.split("-") for name in names)  # the control
    code, out, err = call(verb, FIRST, *words, "--only", "timming")
    assert (code, out) == (2, "")
    assert "unknown chart 'timming'" in err


def test_the_options_of_charts_are_all_there_or_none():
    commands = get_command(app).commands
    options = {name: {one.name for one in made.params} for name, made in commands.items()}
    drawing = {name for name, those in options.items() if "no_charts" in those}
    assert drawing >= {*DRAWING, "evidence", "score", "structure"}
    for those in options.values():
        assert those & {"charts", "only", "no_charts"} in (
            set(),
            {"charts", "only", "no_charts"},
        )
    assert options["replay"] >= {"chart", "dpi", "style"}


def test_a_page_shows_the_charts_that_were_asked_for(call):
    call(FIRST, *SMALL, "--no-charts")
    for how, expected in (
        ((), "data:image/png"),
        (("--charts", "svg", "--only", "timing"), "data:image/svg+xml"),
    ):
        assert call("report", "run", *how)[0] == 0
        page = Path("run/report.html").read_text(encoding="utf-8")
        assert expected in page
    assert "data:image/png" not in page
    assert call("report", "run", "--charts", "none")[0] == 0
    assert "data:image/" not in Path("run/report.html").read_text(encoding="utf-8")


def test_how_a_path_is_drawn_needs_a_file_to_draw_it_in(call):
    path = ("replay", FIRST, "--draw", "0", "--path", "0")
    code, out, err = call(*path, "--style", "grayscale", "--dpi", "40")
    assert (code, out) == (2, "")
    assert "--dpi, --style: of the chart; give --chart FILE" in err
    sizes = []
    for dpi in ("40", "80"):
        assert call(*path, "--chart", "path.png", "--dpi", dpi)[0] == 0
        sizes.append(plt.imread("path.png").shape[1])
    assert sizes[1] == 2 * sizes[0]


def test_a_style_sheet_changes_the_picture_and_nothing_else(call):
    call(FIRST, *SMALL, "--only", "outcomes", "--charts", "svg")
    plain = Path("run/charts/outcomes.svg").read_bytes()
    call(FIRST, *SMALL, "--only", "outcomes", "--charts", "svg", "--style", "dark_background")
    assert Path("run/charts/outcomes.svg").read_bytes() != plain
    call(FIRST, *SMALL, "--only", "outcomes", "--charts", "svg")
    assert Path("run/charts/outcomes.svg").read_bytes() == plain  # the control


def many(headline: int) -> sim.Results:
    marks = "".join(
        f"  at_{k}: {{when: level >= {k}, headline: {str(k == headline).lower()}}}\n"
        for k in range(1, 31)
    )
    return sim.run(
        sim.loads(f"{MANY}outcomes:\n{marks}endings: {{all: {{otherwise: true}}}}\n"),
        draws=1,
        paths=10,
    )


def test_of_many_outcomes_the_headline_and_what_its_paths_pass_through_are_drawn():
    run = many(4)
    ax = run.plot.outcomes()
    assert len(ax.get_yticklabels()) == 4
    assert "4 of 30 outcomes" in ax.get_xlabel()
    whole = run.plot.outcomes(everything=True)
    assert len(whole.get_yticklabels()) == 30
    assert " of 30 outcomes" not in whole.get_xlabel()


def test_the_record_stands_beside_the_outcome_it_is_of():
    run = island_run()
    ax = run.plot.outcomes()
    squares = [one for one in ax.get_lines() if one.get_marker() == "s"]
    assert len(squares) == 1  # 0 of 14: hollow, over the row of its outcome
    ((x,), (y,)) = squares[0].get_data()
    row = list(run.outcomes.index).index("general_war")
    assert (x, 0 < row - y < 0.5) == (0, True)
    assert squares[0].get_markerfacecolor() == "white"
    assert ax.get_xlim()[1] >= run.evidence().set_index("record").at["korean_crises", "record_high"]
    assert "record of history" in ax.get_xlabel()
    plain = outcomes(run.outcomes)  # the control
    assert not [one for one in plain.get_lines() if one.get_marker() == "s"]
    assert "record" not in plain.get_xlabel()


def test_a_comparison_draws_what_ends_otherwise_and_what_each_change_adds(call):
    two = ("compare", FILE, "no_treaty", "early_talks", "--draws", "20", "--paths", "50")
    assert call(*two, "--together", "--out", "run")[0] == 0
    assert drawn() == {
        *(f"flows-{one}.png" for one in ("no_treaty", "early_talks", "no_treaty+early_talks")),
        "shapley-ally_fights.png",
        "differences-ally_fights.png",
    }
    assert call(*two, "--out", "run", "--only", "shapley")[0] == 0
    assert drawn() == set()  # the control: nothing is shared out unless asked for


def test_words_below_a_chart_do_not_leave_the_page(call):
    run = sim.compare(island(), ["no_treaty"], draws=4, paths=20, workers=1)
    ax = run.plot.differences()
    assert len(ax.get_xlabel()) > 110
    assert not [pair for pair in overlaps(ax) if pair[1] == "the page's edge"]
    ax.xaxis.label.set_wrap(False)
    ax.set_xlabel(2 * " ".join(ax.get_xlabel().split()))  # the control: too long a line
    assert [pair for pair in overlaps(ax) if pair[1] == "the page's edge"]


def test_rare_and_frequent_outcomes_are_told_apart_on_a_logarithmic_axis():
    table = island_run().outcomes
    ax = outcomes(table, log=True)
    assert ax.get_xscale() == "log"
    least = table.loc[table["probability"] > 0, "probability"].min()
    assert 0 < ax.get_xlim()[0] < least
    assert outcomes(table).get_xscale() == "linear"
