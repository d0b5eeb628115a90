"""The command `evidence`: the record beside the estimates, and the run given some of it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from coins import coin_file
from command_line import call as call
from command_line import strict_json
from islands import FILE, island, read_added
from scipy.stats import betabinom

import sim
from sim.analysis import Expectation
from sim.charts import evidence as chart
from sim.errors import UsageError

SIZE = ("--draws", "120", "--paths", "40", "--workers", "1", "--no-charts")


@pytest.fixture
def saved(tmp_path):
    run = sim.run(sim.load(coin_file(tmp_path)), draws=200, paths=40, workers=1)
    return run.save(tmp_path / "run")


def test_a_run_directory_gets_the_tables_and_the_chart(saved, call):
    code, out, err = call("evidence", saved, "--condition", "more")
    assert (code, err) == (0, "")
    assert "tosses: head" in out
    assert "Given more" in out
    assert "effective draws of 200" in " ".join(out.split())
    table = read_added(saved, "evidence").set_index("record")
    assert table.loc["tosses", ["successes", "trials"]].tolist() == [5, 12]
    assert table["p_value"].between(0, 1).all()
    assert (table["expected_low"] <= table["expected_high"]).all()
    assert table.loc["many", "p_value"] < table.loc["more", "p_value"]
    given = read_added(saved, "condition").set_index("name").loc["head"]
    # one in eight: heads are less likely than before
    assert given["probability"] < given["prior"]
    assert set(read_added(saved, "posterior").query("moved")["parameter"]) == {"p"}
    assert (saved / "charts" / "evidence.png").is_file()
    assert sim.Results.load(saved).n == 8_000


def test_a_scenario_is_run_and_written_first(call, tmp_path):
    code, out, _ = call("evidence", FILE, *SIZE, "--json")
    assert code == 0
    told = strict_json(out)
    assert [one["record"] for one in told["records"]] == ["korean_crises"]
    assert "condition" not in told
    folder = tmp_path / "results" / "island_clash"
    added = read_added(folder, "evidence")
    assert added["trials"].tolist() == [14]
    # every run has the same table beside it
    beside = pd.read_csv(folder / "evidence.csv")
    assert list(beside) == list(added)
    assert beside["p_value"].tolist() == added["p_value"].tolist()


def test_too_few_draws_are_said_and_no_error(call):
    few = ("--draws", "10", "--paths", "40", "--workers", "1", "--no-charts")
    code, out, _ = call("evidence", FILE, *few, "--condition", "korean_crises")
    assert code == 0
    assert "would do" in " ".join(out.split())
    assert "Given" not in out
    code, out, _ = call("evidence", FILE, *few, "--condition", "korean_crises", "--json")
    assert "effective draws of 10" in strict_json(out)["refused"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--condition", "tosse"), "unknown record 'tosse'; did you mean 'tosses'"),
        (("--draws", "5"), "analysed as it is; remove --draws"),
    ],
)
def test_wrong_words_are_refused_in_a_sentence(saved, call, words, says):
    code, _, err = call("evidence", saved, *words)
    assert code == 2
    assert says in err
    assert len(err.splitlines()) == 1


def test_a_scenario_without_evidence_says_so(call, tmp_path):
    text = FILE.read_text(encoding="utf-8")
    start = text.index("evidence:")
    (tmp_path / "bare.yaml").write_text(text[:start], encoding="utf-8")
    code, out, _ = call("evidence", "bare.yaml", *SIZE)
    assert (code, "The scenario has no evidence." in out) == (0, True)
    code, _, err = call("evidence", "bare.yaml", *SIZE, "--condition", "any")
    assert (code, "unknown record 'any'; known: none" in err) == (2, True)


def test_from_python_a_record_has_to_be_named():
    run = sim.run(island(), draws=2, paths=5, workers=1)
    with pytest.raises(UsageError, match="name a record; known: korean_crises"):
        run.condition()
    assert len(run.evidence()) == 1


def test_the_chart_shows_every_record_and_none_is_hollow():
    run = sim.run(island(), draws=120, paths=40, workers=1)
    table = run.evidence()
    two = pd.concat([table, table.assign(record="many", successes=3, p_value=0.5)])
    ax = chart(two)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert [label.split(":")[0] for label in labels] == ["korean_crises", "many"] or len(
        labels
    ) == 2
    faces = [line.get_markerfacecolor() for line in ax.get_lines() if line.get_marker() == "s"]
    assert sorted(map(str, faces)) == ["#222222", "white"]
    plt.close(ax.figure)


@pytest.mark.parametrize(("trials", "told"), [(150, False), (50, True)])
def test_a_tail_beyond_what_a_fit_can_tell_is_none(trials, told):
    """With more trials than paths p is fitted; else the tail is exact, and stays (control)."""
    # 40 draws whose p is about 0.65; three tenths of the trials is out of reach for it
    hits = 60.0 + np.arange(40) % 10
    model = Expectation(hits=hits, sizes=np.full(40, 100.0), random=np.random.default_rng(1))
    found = model.of(trials * 3 // 10, trials, level=0.9)
    assert (found.p_value > 0) == told
    assert found.p_value < 1e-6
    assert model.of(trials * 65 // 100, trials, level=0.9).p_value > 0.1


@pytest.mark.parametrize("paths", [1.0, 50.0])
def test_none_of_a_few_paths_is_not_never(paths):
    """One path in which nothing happens cannot refute a record."""
    sizes = np.full(2, paths)
    rng = np.random.default_rng(1)
    for hits, successes in ((np.zeros(2), 3), (sizes, 1)):
        found = Expectation(hits=hits, sizes=sizes, random=rng).of(successes, 4, level=0.9)
        # 3 of 4, or 1 of 4 of what always happened, under Jeffreys' posterior of all paths
        tail = betabinom.sf(2, 4, 0.5, 2 * paths + 0.5)
        assert found.p_value == pytest.approx(2 * tail)
        assert np.isnan(found.p_se)
    solved = Expectation(hits=np.zeros(2), sizes=None, random=rng).of(3, 4, level=0.9)
    assert (solved.p_value, solved.p_se) == (0, 0)  # the control: known to be never


@pytest.mark.parametrize("possible", [True, False])
def test_only_what_is_impossible_is_refuted_by_one_case_after_one_path(tmp_path, possible):
    file = coin_file(tmp_path)
    if not possible:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("heads: true", "again: false"), encoding="utf-8")
    run = sim.run(sim.load(file), draws=1, paths=1, workers=1, seed=1, progress=False)
    found = run.evidence().set_index("record").loc["more", "p_value"]  # one of eight
    assert (found > 0.1) if possible else (found == 0)
