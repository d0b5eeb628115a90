"""Views on the screen: what a person is told after a run and a comparison."""

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from islands import island, island_run
from rich.console import Console

import sim
from sim import Comparison
from sim.analysis import analyses
from sim.formatting import difference, effects, rounded, short_duration
from sim.report.screens.compare import comparison_summary, comparison_view
from sim.report.screens.run import RECORDS, ROUTES, listed, run_view

EXACT = Path(__file__).parent / "corpus" / "exact" / "cascade.yaml"


def printed(view) -> str:
    out = io.StringIO()
    Console(file=out, width=80, highlight=False, markup=False).print(view, crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def pair(**numbers: float) -> pd.Series:
    return pd.Series({"changed": 5, "differ": 3, **numbers})


@pytest.mark.parametrize(
    ("said", "shown"),
    [("12.73 d", "13 d"), ("1.534 h", "1.5 h"), ("20 min", "20 min"), ("–", "–"), ("0 s", "0 s")],
)
def test_a_duration_has_the_digits_a_reader_needs(said, shown):
    assert short_duration(said) == shown


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (pair(difference=-0.013, low=-0.016, high=-0.010), "-1.3 (-1.6 to -1.0)"),
        (pair(difference=0.0322, low=0.030, high=0.0344), "+3.2 (+3.0 to +3.4)"),
        (pair(difference=-1e-5, low=-3.3e-5, high=1.3e-5), "-0.001 (-0.003 to +0.001)"),
        (pair(difference=0, low=-2e-5, high=2e-5, differ=0), "0, within ±0.002"),
        (pair(difference=0, low=-2e-5, high=2e-5, differ=0, changed=0), "none, within ±0.0020"),
    ],
)
def test_a_difference_has_the_digits_its_interval_bears(row, said):
    assert difference(row) == said


def test_long_lists_of_names_are_counted():
    assert listed(["a", "b"]) == ["a", "b"]
    many = listed([str(k) for k in range(15)])
    assert many[-2:] == ["11", "and 3 more in coverage.csv"]


def test_routes_and_records_are_few_on_the_screen_and_all_in_files():
    found = analyses(island(), island_run())
    route = found["routes"].iloc[:1]
    many = pd.concat([route] * (ROUTES + 2), ignore_index=True)
    entry = found["evidence"].iloc[:1].assign(p_value=0.01, about="somewhere else")
    records = pd.concat([entry] * (RECORDS + 3), ignore_index=True)
    view = run_view(island(), island_run(), {"routes": many, "evidence": records}, "Tables: x")
    out = printed(view)
    # as readers call it, not by the keys of the table
    assert route["route"].iloc[0] == "ally_makes_up_its_mind → mutual_aid → mutual_aid.art4"
    called = "ally makes up its mind → Treaty of mutual aid → art4, Treaty of mutual aid"
    assert out.count(called) == ROUTES
    assert "and 2 more in routes.csv" in out
    assert out.count("somewhere else") == RECORDS
    assert "and 3 more" in out
    assert "0 of 9 records agree with the model" in out
    agreeing = {"evidence": entry.assign(p_value=0.2)}
    assert "somewhere else" not in printed(run_view(island(), island_run(), agreeing, ""))


def test_it_is_said_of_how_many_paths_routes_are():
    found = analyses(island(), island_run())["routes"]
    n, hits = island_run().n, int(found["hits"].sum())
    view = run_view(island(), island_run(), {"routes": found}, "")
    assert f"of the {hits} that reached it among {n} paths:" in printed(view)


def test_the_example_of_a_route_can_be_replayed_as_said():
    scenario = island().under("cautious")
    results = sim.run(scenario, draws=8, paths=60, seed=5, workers=1)
    found = analyses(scenario, results)
    row = found["routes"].iloc[0]
    out = " ".join(printed(run_view(scenario, results, found, "")).split())
    said = f"--draw {row['draw']} --path {row['path']} --with cautious --seed 5"
    assert said in out
    again = sim.replay(scenario, draw=int(row["draw"]), path=int(row["path"]), seed=5)
    assert again.path["time__ally_fights"].notna().all()


def test_what_is_left_out_and_what_was_reached_is_said():
    kept, dropped = (
        sim.run(island(), draws=2, paths=50, workers=1, keep_paths=keep) for keep in (True, False)
    )
    nothing = dict[str, pd.DataFrame]()
    said = {True: printed(run_view(island(), kept, nothing, "Tables: x"))}
    said[False] = printed(run_view(island(), dropped, nothing, "Tables: x"))
    assert "no paths.csv" in said[False]
    assert "no paths.csv" not in said[True]
    everything = replace(kept, coverage=kept.coverage.assign(reach="seen"))
    out = printed(run_view(island(), everything, nothing, ""))
    assert "All 7 transitions and 10 options occurred at least once (coverage.csv)." in out
    assert "occurred at least once" not in said[True]  # the control: two draws of 50 miss something


def test_one_of_a_thing_is_singular():
    one = sim.run(island(), draws=1, paths=1, workers=1)
    assert one.provenance.sample() == "1 path: 1 draw of 1"
    several = replace(one.provenance, draws=3, paths=400)
    assert several.sample(" each") == "1,200 paths each: 3 draws of 400"


def test_an_exact_run_counts_nothing_and_says_so():
    scenario = sim.load(EXACT)
    results = sim.run(scenario, draws=2, engine="exact")
    out = printed(run_view(scenario, results, analyses(scenario, results), ""))
    assert "2 draws" in out
    assert "engine exact" in out
    assert "Solved, not sampled" in out
    assert "median time" not in out
    assert "paths" not in out
    assert "nan" not in out.lower()


def test_a_comparison_shows_headlines_and_its_summary_has_them_all():
    comparison = sim.compare(island(), ["no_treaty"], draws=4, paths=40, workers=1)
    out = printed(comparison_view(comparison, "somewhere"))
    assert "ally fights: baseline" in out
    assert "paths changed" in out
    assert "general war:" not in out
    assert "compare.csv, compare-endings.csv" in out
    summary = comparison_summary(comparison)
    assert set(summary["twins"]["no_treaty"]) == {"ally_fights", "general_war"}
    assert summary["outcomes"] == comparison.baseline.summary()["outcomes"]
    assert isinstance(comparison, Comparison)


def test_a_solved_comparison_counts_no_paths_and_says_so(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text(TWO, encoding="utf-8")
    comparison = sim.compare(sim.load(file), draws=3, engine="exact")
    out = printed(comparison_view(comparison, "somewhere"))
    assert "paths changed" not in out
    assert "3 draws; seed 1, engine exact" in out
    assert "Solved, not sampled" in out
    assert "sampling error" not in out
    rows = comparison.table.set_index("twin")
    assert effects([rows.loc["deter"]]) == [f"{100 * rows.loc['deter', 'difference']:+.3g}"]
    assert effects([rows.loc["calm"]]) == ["0"]


TWO = """\
scenario: two
horizon: 30 d
actors: {a: {}}
state: {war: {flag: false}}
events: {attack: {after: {mean: 40 d}, chance: 0.5, then: {war: true}}}
outcomes: {war_begins: {when: war}}
endings: {war: {when: war}, peace: {otherwise: true}}
parameters: {unused: {is: {uniform: [0, 1]}}}
interventions:
  deter: {at: 1 d, then: {war: true}}
  calm: {at: 3 d, then: {war: false}}
"""


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (100, 2, "100"),
        (99.9, 2, "100"),
        (40, 1, "40"),
        (1234.5, 3, "1230"),
        (0.0012345, 2, "0.0012"),
    ],
)
def test_no_exponent_where_a_number_is_large(value, digits, text):
    assert rounded(value, digits) == text
    assert rounded(value, digits, sign=True) == f"+{text}"
    assert ("e+" in f"{value:.{digits}g}") == (value > 1)  # the control
