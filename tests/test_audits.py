"""The audit of assumptions: order, command, chart, and what it refuses."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from command_line import FIRST, call, strict_json
from islands import read_added

import sim
from sim.analysis import WEAKNESS, audit
from sim.charts import audit as chart
from sim.errors import UsageError

__all__ = ["call"]

SCENARIO = """
scenario: graded
title: Assumptions of all grades
horizon: 20 d
sources: {book: {cite: "A book"}, rumour: {cite: "A rumour", unconfirmed: true}}
state: {coin: {levels: [none, heads, tails]}}
parameters:
  strong: {is: {uniform: [0.5, 1.5]}, grade: data, source: book}
  weak: {is: {uniform: [0.6, 1.4]}, grade: stipulated}
  doubtful: {is: {uniform: [0.7, 1.3]}, grade: data, source: rumour}
  idle: {is: {uniform: [0, 1]}, grade: judgement}
  known: {is: 0.3, grade: data, source: book}
delays:
  lag: {is: {mean: 12 d}, grade: press, source: book}
  unused: {is: {mean: 3 d}, grade: press, source: book}
events:
  toss:
    after: lag
    once: true
    choose:
      heads: {probability: known * strong * weak * doubtful, then: {coin: heads}}
      tails: {probability: rest, then: {coin: tails}}
  shift: {when: idle < 0, after: 2 d, then: {coin: tails}}
interventions:
  helps: {set: {strong: 0.6}}
  harms: {set: {weak: 1.1}}
outcomes:
  heads_up: {when: coin == heads, headline: true}
  never: {when: coin == tails and coin == heads}
endings: {any: {otherwise: true}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> sim.Results:
    file = tmp_path_factory.mktemp("graded") / "graded.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return sim.run(file, draws=400, paths=100, seed=1, progress=False)


def test_strong_influence_and_weak_source_come_first(run):
    found = run.audit("heads_up")
    table = found.table.set_index("name")
    assert list(table.index[table["told"]]) == ["weak", "doubtful", "strong", "lag"]
    told = table[table["told"]]
    # `strong` moves most, and is best founded
    assert told["influence"].idxmax() == "strong"
    assert (told["priority"].diff().dropna() <= 0).all()
    assert (told["priority"] == told["influence"] * told["weakness"]).all()
    assert (told["direction"] == [1, 1, 1, -1]).all()
    assert (told["low"] > told["floor"]).any()
    # a source that nobody has checked is worth no more than a judgement
    assert table.loc["doubtful", "weakness"] == WEAKNESS["judgement"] > WEAKNESS["data"]
    assert table.loc["known", "reason"] == "it has one value in all draws"
    assert "no rule of the model" in table.loc["unused", "reason"]
    assert not table.loc[["known", "unused"], "told"].any()
    assert pd.isna(table.loc["known", "influence"])
    assert table.loc["lag", ["what", "grade", "line"]].tolist() == ["delay", "press", 14]


def test_indices_are_those_of_sensitivity_with_stipulated_numbers(run):
    table = run.audit("heads_up").table.set_index("name")
    indices = run.sensitivity("heads_up", stipulated=True)
    ranks = indices[indices["index"] == "rank_correlation"].set_index("parameter")
    for name, column in (("weak", "weak"), ("lag", "stipulated:delays.lag")):
        assert table.loc[name, "influence"] == abs(ranks.loc[column, "value"])
        assert table.loc[name, "floor"] == ranks.loc[column, "floor"]
    alone = run.sensitivity("heads_up")
    assert "stipulated:delays.lag" not in set(alone["parameter"])  # control


def test_an_audit_changes_nothing_of_the_run(run):
    before = {name: table.copy() for name, table in run.frames().items()}
    run.audit()
    for name, table in run.frames().items():
        pd.testing.assert_frame_equal(table, before[name])


def test_more_draws_of_fewer_paths_unless_a_size_is_asked_for(run):
    def sizes(found):
        return set(zip(found.table["draws"], found.table["paths"], strict=True))

    own = run.audit("heads_up")
    assert sizes(own) == {(800, 50)}
    assert (own.walked.draws, own.walked.paths) == (800, 50)
    asked = run.audit("heads_up", size=(100, 200))
    assert sizes(asked) == {(100, 200)}
    # the floor of a dummy falls with the root of the number of draws, to within a third
    floors = [one.table["floor"].median() for one in (own, asked)]
    assert 0.67 < floors[1] / floors[0] / 8**0.5 < 1.5, floors
    for draws, paths, size in ((60, 50, (60, 50)), (30, 60, (36, 50)), (1, 400, (1, 400))):
        small = sim.run(run.source, draws=draws, paths=paths, progress=False)
        walked = small.audit("heads_up").walked
        assert (walked.draws, walked.paths) == size


def test_every_grade_has_its_place():
    assert list(WEAKNESS.values()) == sorted(WEAKNESS.values())
    assert (WEAKNESS["treaty"], WEAKNESS["stipulated"]) == (0, 1)


def test_without_indices_all_are_listed_and_none_is_told(run):
    whole = run.audit("heads_up").table
    empty = run.sensitivity("heads_up").head(0)
    about = whole.assign(kind="").set_index("name", drop=False)
    table = audit(empty, about)
    assert len(table) == len(whole)
    assert not table["told"].any()
    assert table["priority"].isna().all()


def test_a_chart_has_a_row_for_each_that_is_told_with_its_grade(run):
    table = run.audit("heads_up").table
    ax = chart(table, title="heads", subject="Assumptions")
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["weak", "doubtful", "lag", "strong"]  # by grade, the weakest on top
    beside = [text.get_text() for text in ax.texts]
    assert beside == ["stipulated", "data, unconfirmed", "press", "data"]
    assert "800 draws of 50 paths" in ax.get_xlabel()
    figure = ax.get_figure()
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in (*ax.get_yticklabels(), *ax.texts)]
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])
    plt.close(figure)


def test_what_cannot_be_told_is_said(run):
    found = run.audit("never")
    assert found.table.empty
    assert "not seen in any path" in found.untold["never"]
    assert found.summary()["cannot_tell"] == found.untold
    one = sim.run(run.source, draws=1, paths=50, progress=False)
    assert "one draw only" in one.audit().untold["heads_up"]
    loaded = sim.run(run.source.model, draws=20, paths=5, progress=False)
    with pytest.raises(UsageError, match="a model alone has none"):
        loaded.audit()


def test_a_choice_is_refused_in_a_sentence(run):
    for more, message in (
        ({"on": "heads_up"}, "belong to a choice"),
        ({"between": ["helps"]}, "needs the outcome"),
        ({"between": ["help"], "on": "heads_up"}, "did you mean 'helps'"),
        ({"between": ["helps"], "on": "heads"}, "unknown outcome 'heads'"),
        ({"between": ["as written"], "on": "heads_up"}, "at least one intervention"),
    ):
        with pytest.raises(UsageError, match=message):
            run.audit(**more)


def test_the_command_prints_writes_and_refuses(call, tmp_path):
    (tmp_path / "graded.yaml").write_text(SCENARIO, encoding="utf-8")
    sized = ("--draws", 150, "--paths", 60)
    code, out, err = call("audit", "graded.yaml", *sized)
    assert code == 0, err
    assert "the assumptions it rests on" in out
    assert "1 named delay" in out
    assert "9,000 paths: 150 draws of 60; seed 1" in out  # the size that was asked for
    assert "(--draws 600 --paths 60)" in out
    assert "Not varied: unused (no rule of the model that is run reads it)" in out
    assert "nan" not in out.lower()
    home = tmp_path / "results" / "graded"
    written = read_added(home, "audit")
    assert set(written["file"]) == {"scenario/graded.yaml"}  # as the directory has it, handed on
    assert (home / "scenario" / "graded.yaml").read_text(encoding="utf-8") == SCENARIO
    assert (home / "charts" / "audit-heads_up.png").read_bytes().startswith(b"\x89PNG")
    code, out, err = call("audit", home, "--between", "helps,harms", "--on", "heads_up")
    assert code == 0, err
    assert "The choice that makes it least likely" in out
    for file in ("audit-decisions-heads_up", "audit-information-heads_up"):
        assert (home / "analyses" / f"{file}.csv").exists()
    asked = ("--between", "helps", "--on", "heads_up", "--more", "--group", "weak+lag", "--json")
    found = strict_json(call("audit", home, "heads_up", *asked)[1])
    assert found["choice"]["better"] == "more"
    assert found["choice"]["information"][0]["of"] == "everything"
    assert "weak+lag" in {one["name"] for one in found["choice"]["information"]}
    assert {one["name"] for one in found["assumptions"]} >= {"weak", "lag"}
    for more, message in (
        (("heads",), "did you mean 'heads_up'"),
        (("--between", "help", "--on", "heads_up"), "did you mean 'helps'"),
        (("--between", "helps"), "needs the outcome"),
        (("--on", "heads_up"), "belong to a choice"),
        (("--group", "weak+lag"), "belong to a choice"),
        (("--between", "helps", "--on", "heads_up", "--group", "weak+lig"), "did you mean 'lag'"),
        (("--draws", 5), "holds a run"),
    ):
        code, out, err = call("audit", home, *more)
        assert (code, out) == (2, "")
        assert message in err
    code, out, err = call("sensitivity", home, "--stipulated")
    assert code == 0, err
    assert "9,000 paths: 180 draws of 50; seed 1" in out  # of a run directory: as an audit splits
    assert "stipulated:delays.lag" in out
    assert (home / "analyses" / "sensitivity-stipulated.csv").exists()
    code, _, err = call("sensitivity", home, "--stipulated", "--response", "weak")
    assert (code, "one at a time" in err) == (2, True)


def test_few_draws_are_said_to_be_few(call):
    code, out, err = call(
        *("audit", FIRST, "--draws", 30, "--paths", 20, "--no-charts"),
        *("--between", "no_treaty", "--on", "ally_fights"),
    )
    assert (code, err) == (0, "")
    assert "too few; run at least 50" in out.replace("\n", " ")
