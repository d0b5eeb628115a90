"""`score`: a run held against what happened, by hand, against rivals, and only where it belongs."""

import json
import sys
from math import inf, log, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import call as call
from command_line import strict_json
from islands import read_added

import sim
from sim.analysis import against_rivals
from sim.api.score_runs import score
from sim.errors import UsageError
from sim.scenario import load

RECORD = Path(__file__).parents[1] / "scenarios" / "record"
RACE = """\
scenario: race
title: A race of two clocks
start: {start}
horizon: 30 d
state: {{fought: {{flag: false}}, calm: {{flag: false}}}}
parameters: {{p: {{is: {{uniform: [0.2, 0.6]}}}}}}
delays: {{soon: {{is: {{between: [0 d, 10 d]}}}}}}
events:
  war_comes: {{when: not calm, after: {{mean: 10 d}}, limit: 1, chance: p, then: {{fought: true}}}}
  peace_comes: {{when: not fought, after: {{mean: 10 d}}, limit: 1, then: {{calm: true}}}}
outcomes: {{war: {{when: fought}}, peace: {{when: calm}}}}
endings: {{fighting: {{when: fought}}, quiet: {{otherwise: true}}}}
evidence:
  wars: {{outcome: war, successes: 3, trials: 9, cases: generic, counts_this: true, times: soon}}
  here: {{outcome: war, successes: 0, trials: 4, cases: region}}
"""
SIZE = {"draws": 40, "paths": 50, "seed": 2}


def race(folder, record="", *, start="2024-01-01", name="race.yaml"):
    """The scenario of a race, with what happened in it."""
    file = folder / name
    file.write_text(RACE.format(start=start) + record, encoding="utf-8")
    return load(file)


def scored(folder, record, **options):
    return sim.run(race(folder, record, **options), **SIZE).score()


# --- one case -------------------------------------------------------------------------------------


def test_a_row_by_hand(tmp_path):
    results = sim.run(race(tmp_path, "happened: {outcomes: {war: 4 d, peace: no}}\n"), **SIZE)
    rows = results.score().questions.set_index("question")
    war = rows.loc["war"]
    p = results.outcomes.loc["war", "probability"]
    assert war["probability"] == pytest.approx(p)
    for layer in ("low", "high", "mc_low", "mc_high"):
        known = results.outcomes.loc["war", layer]
        assert war[layer] == pytest.approx(known, nan_ok=True)
    assert war["brier"] == pytest.approx((1 - p) ** 2)
    assert war["log_score"] == pytest.approx(-log(p))
    times = results.paths["time__war"].dropna().to_numpy()
    cut = np.concatenate([times, np.full(2_000 - len(times), 30.0)])
    energy = np.abs(cut - 4).mean() - np.abs(cut[:, None] - cut).mean() / 2
    assert war["crps"] == pytest.approx(energy)
    assert war["crps_share"] == pytest.approx(energy / 30)
    assert war["rank"] == pytest.approx((times < 4).mean(), abs=1e-6)
    assert war["surprise"] == pytest.approx(2 * (times < 4).sum() / 2_000, abs=2e-3)
    peace = rows.loc["peace"]
    assert peace["brier"] == pytest.approx(results.outcomes.loc["peace", "probability"] ** 2)


def test_rivals_by_hand(tmp_path):
    rows = scored(tmp_path, "happened: {outcomes: {war: 4 d}}\n").questions
    row = rows.iloc[0]
    # 3 of 9 without the case itself, 2 of 8, by Jeffreys; none of 4 in the region
    assert row["generic_said"] == pytest.approx(2.5 / 9)
    assert row["region_said"] == pytest.approx(0.5 / 5)
    assert row["generic_brier"] == pytest.approx((1 - 2.5 / 9) ** 2)
    # between 0 and 10 days, evenly: the integral of (F - 1{t >= 4})^2 over 30 days
    q, t = 2.5 / 9, np.linspace(0, 30, 300_001)
    exact = np.trapezoid((q * np.minimum(t / 10, 1) - (t >= 4)) ** 2, t) / 30
    assert row["generic_crps_share"] == pytest.approx(exact, rel=1e-3)
    assert row["nothing_brier"] == 1
    assert row["nothing_log_score"] == inf
    assert np.isnan(row["last_brier"])
    no = scored(tmp_path, "happened: {outcomes: {war: no}}\n").questions.iloc[0]
    assert no["generic_said"] == pytest.approx(3.5 / 9)  # the case was one without a war
    assert no["nothing_brier"] == 0


def test_after_the_horizon_is_no_and_is_marked(tmp_path):
    row = scored(tmp_path, "happened: {outcomes: {war: 40 d}}\n").questions.iloc[0]
    assert (row["record"], row["happened"], row["after_window"]) == ("no", 0, True)
    row = scored(tmp_path, "happened: {outcomes: {war: 4 d}}\n").questions.iloc[0]
    assert not row["after_window"]


def test_until_shortens_what_is_asked(tmp_path):
    results = sim.run(race(tmp_path, "happened: {outcomes: {war: no}, until: 10 d}\n"), **SIZE)
    row = results.score().questions.iloc[0]
    times = results.paths["time__war"]
    assert row["window"] == 10
    assert row["probability"] == pytest.approx((times <= 10).mean())
    assert row["mc_low"] < row["probability"] < row["mc_high"]
    assert row["probability"] < results.outcomes.loc["war", "probability"]


@pytest.mark.parametrize("record", ["unknown", "{between: [20 d, 40 d]}"])
def test_what_nobody_knows_is_shown_and_not_scored(tmp_path, record):
    found = scored(tmp_path, f"happened: {{outcomes: {{war: {record}}}}}\n")
    row = found.questions.iloc[0]
    assert row["record"] == "unknown"
    assert np.isnan(row["brier"])
    assert found.calibration is None
    assert not found.rivals["cases"].any()


def test_none_of_n_paths_is_not_never(tmp_path):
    text = "happened: {outcomes: {war: 1 d}}\n"
    file = tmp_path / "rare.yaml"
    file.write_text(
        RACE.format(start="2024-01-01").replace("uniform: [0.2, 0.6]", "uniform: [0, 1e-9]") + text,
        encoding="utf-8",
    )
    row = sim.run(file, **SIZE).score().questions.iloc[0]
    assert row["brier"] == 1
    assert row["log_score"] == pytest.approx(-log(0.5 / 2_001))
    assert row["surprise"] == pytest.approx(1 / 2_001, rel=1e-3)
    file.write_text(
        file.read_text(encoding="utf-8").replace("uniform: [0, 1e-9]", "fixed: 0"), encoding="utf-8"
    )
    row = sim.run(file, **SIZE).score().questions.iloc[0]  # the control: proved impossible
    assert row["log_score"] == inf
    assert row["surprise"] == 0


@pytest.mark.parametrize("ending", ["quiet", "fighting"])
def test_one_path_cannot_be_a_great_surprise(tmp_path, ending):
    """None of n paths in a tail says no more than that half a path may lie there."""
    scenario = race(tmp_path, f"happened: {{outcomes: {{war: 1 s}}, ending: {ending}}}\n")
    for paths in (1, 10):
        found = sim.run(scenario, draws=1, paths=paths, workers=1, seed=1).score().questions
        # nothing comes within a second, and one path has one of the two endings
        assert found["surprise"].iloc[0] == pytest.approx(1 / (paths + 1))
        assert found["surprise"].iloc[1] >= 1 / (paths + 1) / 2


def test_the_ending(tmp_path):
    results = sim.run(race(tmp_path, "happened: {ending: fighting}\n"), **SIZE)
    row = results.score().questions.iloc[0]
    p = results.endings.loc["fighting", "probability"]
    assert row["brier"] == pytest.approx((1 - p) ** 2)  # of two endings: as of one outcome
    assert row["log_score"] == pytest.approx(-log(p))
    assert row["surprise"] == pytest.approx(p)


def test_without_paths_the_curve_of_times_is_scored(tmp_path):
    scenario = race(tmp_path, "happened: {outcomes: {war: 4 d, peace: no}}\n")
    whole = sim.run(scenario, **SIZE).score().questions
    short = sim.run(scenario, keep_paths=False, **SIZE).score().questions
    assert short["crps"].to_numpy() == pytest.approx(whole["crps"].to_numpy(), abs=0.06)
    assert short["brier"].to_numpy() == pytest.approx(whole["brier"].to_numpy())


# --- several --------------------------------------------------------------------------------------


def rows_of(own, other):
    """Questions, one a case, with these scores of the model and of the generic rate."""
    table = pd.DataFrame({"number": range(len(own)), "kind": "outcome", "happened": 1.0})
    for rival in ("generic", "region", "nothing", "last"):
        for measure in ("brier", "log_score", "crps_share"):
            table[measure] = own
            table[f"{rival}_{measure}"] = other if rival == "generic" else nan
    return table


def test_skill_and_its_interval_over_cases():
    random = np.random.default_rng(3)
    inside = 0
    for seed in range(200):
        own, other = random.gamma(4, 0.05, 20), random.gamma(4, 0.06, 20)
        table = against_rivals(rows_of(own, other), seed=seed)
        row = table.iloc[0]
        assert row["difference"] == pytest.approx(own.mean() - other.mean())
        assert row["skill"] == pytest.approx(1 - own.mean() / other.mean())
        inside += row["low"] <= 4 * (0.05 - 0.06) <= row["high"]
    assert 0.8 < inside / 200 < 0.96  # of 90 %: a percentile bootstrap of 20 cases is a bit short
    assert not table[table["rival"] == "region"]["cases"].any()


def test_a_case_counts_once_however_much_was_asked():
    table = rows_of(np.array([0.0, 0.0, 0.0, 1.0]), np.full(4, 0.5))
    table["number"] = [0, 0, 0, 1]
    row = against_rivals(table).iloc[0]
    assert (row["cases"], row["questions"], row["model"]) == (2, 4, 0.5)
    assert np.isnan(row["low"])  # two cases have no interval


def test_the_last_case_is_the_latest_that_began_before(tmp_path):
    runs = [
        sim.run(race(tmp_path, f"happened: {{outcomes: {{war: {what}}}}}\n", start=start), **SIZE)
        for start, what in (("2001-01-01", "2 d"), ("2003-01-01", "no"), ("2002-01-01", "5 d"))
    ]
    rows = score(*runs).questions
    assert rows["last_said"].isna().tolist() == [True, False, False]
    assert rows["last_said"].tolist()[1:] == [1, 1]  # of 2003 that of 2002, of 2002 that of 2001
    assert rows["last_crps_share"].tolist()[2] == pytest.approx(3 / 30)  # day 2 for day 5


# --- the command, and what belongs together -------------------------------------------------------


def test_a_run_is_scored_a_year_later(tmp_path, call):
    race(tmp_path)
    call("run", "race.yaml", "--draws", 20, "--paths", 50, "--no-charts", "--workers", 1)
    code, _, err = call("score", "results/race", "--no-charts")
    assert code == 2
    assert "does not say what happened" in err
    later = tmp_path / "later.yaml"
    later.write_text("scenario: race\nhappened: {outcomes: {war: 4 d}}\n", encoding="utf-8")
    code, out, _ = call("score", "results/race", "--happened", later, "--json", "--no-charts")
    assert code == 0
    found = strict_json(out)
    assert found["questions"][0]["happened"] == 1
    assert found["rivals"][6]["rival_mean"] == 1  # nothing happens: Brier 1
    assert found["rivals"][7]["rival_mean"] == "infinite"
    added = read_added(tmp_path / "results" / "race", "score")
    assert added["brier"].iloc[0] == pytest.approx(found["questions"][0]["brier"])
    code, out, _ = call("score", "results/race", "--happened", later, "--csv", "--no-charts")
    assert out.splitlines()[0].startswith("number,case,scenario,kind,question")
    assert sim.Results.load(tmp_path / "results" / "race")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scenario: rice\nhappened: {outcomes: {war: no}}\n", ":1: is of scenario 'rice'"),
        ("happened: {outcomes: {war: no}}\n", "write `scenario: race` into it"),
        ("scenario: race\n", "no `happened`"),
        ("scenario: race\nhappened: {outcomes: {wra: no}}\n", "did you mean 'war'?"),
        ("extends: race.yaml\nscenario: race\nhorizon: 31 d\nhappened: {ending: quiet}\n",
         "its model is not the one that was run"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(tmp_path, call, text, says):
    race(tmp_path)
    call("run", "race.yaml", "--draws", 5, "--paths", 20, "--no-charts", "--workers", 1)
    (tmp_path / "later.yaml").write_text(text, encoding="utf-8")
    code, _, err = call("score", "results/race", "--happened", "later.yaml", "--no-charts")
    assert code == 2
    assert says in err
    assert not (tmp_path / "results" / "race" / "analyses").exists()


def test_the_same_scenario_with_its_record_belongs_to_the_run(tmp_path, call):
    race(tmp_path)
    call("run", "race.yaml", "--draws", 5, "--paths", 20, "--no-charts", "--workers", 1)
    race(tmp_path, "happened: {ending: quiet}\n", name="known.yaml")
    code, out, _ = call("score", "results/race", "--happened", "known.yaml", "--no-charts")
    assert code == 0
    assert "ending: quiet" in " ".join(out.split())


def test_a_folder_is_scored_as_a_whole(tmp_path, call):
    for i, what in enumerate(("4 d", "no", "20 d", "no")):
        text = f"happened: {{outcomes: {{war: {what}}}}}\n"
        race(tmp_path, text, start=f"20{10 + i}-01-01", name=f"c{i}.yaml")
        file = tmp_path / f"c{i}.yaml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("scenario: race", f"scenario: c{i}")
        )
    race(tmp_path)  # without a record: left out
    code, out, _ = call("score", ".", "--draws", 10, "--paths", 40, "--workers", 1)
    assert code == 0
    assert "Calibration over 4 outcomes" in out
    home = tmp_path / "results" / "score"
    assert {file.name for file in home.glob("*.csv")} == {
        "score.csv", "rivals.csv", "reliability.csv", "pit.csv"
    }  # fmt: skip
    assert {file.stem for file in (home / "charts").glob("*.png")} == {
        "score-times", "score-reliability", "score-skill"
    }  # fmt: skip
    code, out, _ = call("score", "results", "--json", "--no-charts", "--out", "again")
    assert len(json.loads(out)["questions"]) == 4


def test_one_record_is_of_one_run(tmp_path, call):
    race(tmp_path, "happened: {ending: quiet}\n")
    code, _, err = call("score", "race.yaml", "race.yaml", "--happened", "race.yaml")
    assert code == 2
    assert "is the record of one run, found 2" in err
    (tmp_path / "empty").mkdir()
    assert "no scenario there says what happened" in call("score", "empty")[2]


def test_results_without_a_scenario_say_so(tmp_path):
    results = sim.run(race(tmp_path), **SIZE)
    with pytest.raises(UsageError, match="does not say what happened"):
        results.score()


# --- the record's own cases -----------------------------------------------------------------------


def test_what_is_scored_apart_is_not_in_the_folder():
    inside = {file.stem for file in RECORD.glob("*.yaml")}
    apart = {file.stem for file in (RECORD / "apart").glob("*.yaml")}
    assert apart == {"kursk_2024", "suez_sevres"}
    assert not inside & apart
    for file in (RECORD / "apart").glob("*.yaml"):
        assert load(file).declared.happened is not None


DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS.parent / "benchmarks"))
import record  # noqa: E402


def test_the_page_quotes_the_scores():
    page = (DOCS / "how_far_to_trust_it.md").read_text(encoding="utf-8")
    table = pd.read_csv(DOCS / "record_rivals.csv")
    assert list(table["family"].unique()) == ["general", "Korea", "both"]
    rows = list(record.page_rows(table))
    assert len(rows) == 12
    assert all(row in page for row in rows)
    moved = table.assign(model=table["model"] + 0.01)  # the control
    assert not any(row in page for row in record.page_rows(moved))


def test_the_page_s_worst_surprises_are_those_of_the_questions():
    asked = pd.read_csv(DOCS / "record_scores.csv")
    asked = asked[asked["kind"] == "outcome"].nsmallest(4, "surprise")
    found = set(zip(asked["scenario"], asked["question"], strict=True))
    assert found == {
        ("korea_1969", "crisis_over"),
        ("korea_2017", "russia_semi_military"),
        ("july_1914", "east_fights"),
        ("july_1914", "west_fights"),
    }


@pytest.mark.parametrize("family", record.FAMILIES)
def test_the_scores_on_the_page_are_those_of_the_cases(family):
    cases = record.cases(record.FAMILIES[family])
    assert len(cases) == 7
    runs = [sim.run(file, draws=60, paths=60, workers=1) for file in cases]
    found = score(*runs).rivals.set_index(["rival", "measure"])
    known = pd.read_csv(DOCS / "record_rivals.csv")
    known = known[known["family"] == family].set_index(["rival", "measure"])
    for column in ("cases", "questions"):
        assert (found[column] == known[column]).all()
    assert found["rival_mean"].to_numpy() == pytest.approx(known["rival_mean"].to_numpy())
    small = ["brier", "crps_share"]  # the log score of a rare outcome is not known in so few paths
    here, there = (one.loc[(slice(None), small), "model"].to_numpy() for one in (found, known))
    assert here == pytest.approx(there, abs=0.015)
