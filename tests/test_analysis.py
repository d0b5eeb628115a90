"""Analyses against what they have to be, on runs whose every event is known."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_models as small
from islands import island, island_run
from pandas.testing import assert_frame_equal

import sim
from sim.analysis import (
    ARROW,
    NO_ANSWER,
    cumulative_incidence,
    distinguishable,
    interval,
    record,
    wilson,
)
from sim.analysis.causes.routes import AT_ONCE, routes
from sim.analysis.estimates.clauses import clauses
from sim.errors import NotApplicable, UsageError
from sim.scenario import Evidence


@cache
def race() -> sim.Results:
    """A win (mean 50 d) against a stop (mean 50 d), seen for 60 days; 2,000 paths."""
    model = small.model(
        [small.flag("won"), small.flag("over")],
        [
            small.rule("win", small.put("won", 1), after=50, limit=1),
            small.rule("stop", small.put("over", 1), after=50, limit=1),
        ],
        {
            "won": small.is_("won", 1),
            "never": small.both(small.is_("won", 1), small.is_("over", 2)),
        },
        days=60,
        stop_when=small.is_("over", 1),
    )
    return sim.run(model, draws=4, paths=500, seed=1, workers=1)


def aalen_johansen(paths: pd.DataFrame, outcome: str, *, competing: bool) -> pd.DataFrame:
    """The estimator as its authors give it: at each time, survivors so far times the hazard.

    Not `competing`: an end by stop_when is taken for censoring (Kaplan and Meier's mistake here).
    """
    happened = paths[f"time__{outcome}"].notna()
    time = paths[f"time__{outcome}"].where(happened, paths["end_time"])
    ended = ~happened & ~paths["censored"] & competing
    survive, incidence, rows = 1.0, 0.0, []
    for moment in np.unique(time):
        at_risk = (time >= moment).sum()
        incidence += survive * (happened & (time == moment)).sum() / at_risk
        survive *= 1 - ((happened | ended) & (time == moment)).sum() / at_risk
        rows.append((moment, incidence))
    return pd.DataFrame(rows, columns=["time", "probability"])


def test_incidence_is_aalen_and_johansens():
    table = cumulative_incidence(race())
    curve = table[table["outcome"] == "won"]
    theirs = aalen_johansen(race().paths, "won", competing=True)
    read = np.searchsorted(theirs["time"], curve["time"], side="right") - 1
    expected = np.where(read >= 0, theirs["probability"].to_numpy()[read], 0.0)
    np.testing.assert_allclose(curve["probability"], expected, atol=1e-12)
    naive = aalen_johansen(race().paths, "won", competing=False)  # control
    assert naive["probability"].iloc[-1] > expected[-1] + 0.1


def test_incidence_is_the_probability_of_theory():
    """P(won by t) = (1 - exp(-2 t / 50)) / 2; n = 2,000, z < 4."""
    curve = cumulative_incidence(race()).query("outcome == 'won' and time in [12, 30, 60]")
    theory = (1 - np.exp(-2 * curve["time"] / 50)) / 2
    z = (curve["probability"] - theory) / np.sqrt(theory * (1 - theory) / 2_000)
    assert len(curve) == 3
    assert (z.abs() < 4).all()
    alone = 1 - np.exp(-curve["time"] / 50)  # control: without the competing end
    assert ((curve["probability"] - alone) / np.sqrt(alone * (1 - alone) / 2_000)).min() < -4


def test_the_end_of_the_curve_is_the_runs_estimate():
    last = cumulative_incidence(island_run()).groupby("outcome", observed=True).last()
    outcomes = island_run().outcomes
    for column in ("probability", "mc_low", "mc_high", "hits", "n"):
        np.testing.assert_allclose(last.loc[outcomes.index, column], outcomes[column], rtol=1e-9)
    assert (last["mc_low"] > 0).any()


def test_curves_worth_drawing_are_the_headlines_and_what_is_no_likelier_than_thrice():
    assert distinguishable(island_run()) == ["ally_fights", "general_war"]
    assert distinguishable(island_run(), most=1) == ["ally_fights"]


def test_clauses_count_paths_that_called_and_answered():
    events = island_run().events
    table = clauses(island_run().coverage).set_index(["clause", "response"])
    assert table.index.is_unique
    key = ["draw", "path"]
    called = events[events["transition"] == "mutual_aid.art4.invoked"][key].drop_duplicates()
    assert table.loc[("mutual_aid.art4", ""), "hits"] == len(called) > 10
    assert table.loc[("mutual_aid.art4", ""), "n"] == island_run().n
    answered = events[events["transition"] == "mutual_aid.art4"]
    for response in ("overt_force", "materiel", "decline"):
        row = table.loc[("mutual_aid.art4", response)]
        hits = (answered["option"] == response).sum()
        assert row["hits"] == hits
        assert row["n"] == len(called)
        assert row["probability"] == pytest.approx(hits / len(called))
        assert row["mc_low"] <= row["probability"] <= row["mc_high"]
    silent = table.loc[("mutual_aid.art4", NO_ANSWER)]
    assert silent["hits"] == len(called) - len(answered[key].drop_duplicates()) == 10
    assert silent["mc_low"] < silent["probability"] < silent["mc_high"]
    assert table.loc["mutual_aid.art4"].query("response != ''")["hits"].sum() == len(called)
    assert not table["reopens"].any()


TWICE = """\
scenario: twice
horizon: 10 d
actors:
  north: {state: {presses: {flag: false}, presses_on: {flag: false}}}
  south: {}
treaties:
  pact:
    parties: [north, south]
    obligations:
      help:
        type: defence
        obligor: south
        beneficiary: north
        casus_foederis: north.presses
        reopens: north.presses_on
        deliberation: {exactly: 1 h}
        responses: {helps: {probability: 0.5}, waits: {probability: rest}}
events:
  begins: {at: 1 d, then: {north.presses: true}}
  goes_on: {at: 2 d, then: {north.presses_on: true}}
outcomes: {pressed: {when: north.presses}}
endings: {end: {otherwise: true}}
"""


def test_a_clause_that_reopens_may_be_answered_twice(tmp_path):
    """n = 200; three quarters of the paths give either answer at least once: |z| < 4."""
    file = tmp_path / "twice.yaml"
    file.write_text(TWICE)
    results = sim.run(sim.load(file), draws=2, paths=100, workers=1)
    table = clauses(results.coverage).set_index("response")
    assert table["reopens"].all()
    assert table.loc["", "hits"] == 200
    z = (table.loc[["helps", "waits"], "hits"] - 150) / np.sqrt(200 * 0.75 * 0.25)
    assert (z.astype(float).abs() < 4).all()  # once only it would be 100 each: z = -8
    assert table.loc[NO_ANSWER, "hits"] == 0


def test_an_interval_of_answers_allows_for_draws_that_call_unequally_often():
    """Of 2,000 runs of 100 draws of 60 paths nine tenths hold the truth: |z| < 4.

    A draw calls with probability 0, 0.02 or 0.3, and is answered the likelier the likelier it
    calls; the truth is the sum of (weight x call x answer) over that of (weight x call).
    """
    runs, weights = 2_000, np.array([0.2, 0.5, 0.3])
    call, answer = np.array([0.0, 0.02, 0.3]), np.array([0.5, 0.2, 0.6])
    rng = np.random.default_rng(1953)
    kind = rng.choice(3, size=(100, runs), p=weights)
    calls = rng.binomial(60, call[kind])
    answered = rng.binomial(calls, answer[kind] * rng.uniform(0.5, 1.5, kind.shape))
    assert 0.2 < (calls == 0).mean() < 0.5  # draws without a call are among them

    def misses(ends: tuple[np.ndarray, np.ndarray], truth: float) -> float:
        held = ((ends[0] <= truth) & (truth <= ends[1])).mean()
        return float((held - 0.9) / np.sqrt(0.9 * 0.1 / runs))

    truth = (weights * call * answer).sum() / (weights * call).sum()
    assert abs(misses(interval(answered, calls, varies=True), truth)) < 4
    assert misses(interval(answered, calls, varies=False), truth) < -4  # control: as before
    share = (weights * call).sum()
    sizes = np.full(100, 60)
    assert abs(misses(interval(calls, sizes, varies=True), share)) < 4
    assert misses(interval(calls, sizes, varies=False), share) < -4


def test_coverage_has_the_interval_outcomes_have_and_kishs_of_answers():
    results = island_run()
    coverage, events = results.coverage.set_index("name"), results.events
    key = ["draw", "path"]

    def by_draw(rows: pd.Series) -> np.ndarray:
        paths = events.loc[rows, key].drop_duplicates()
        return paths.groupby("draw").size().reindex(range(6), fill_value=0).to_numpy()

    calls = by_draw(events["transition"] == "mutual_aid.art4.invoked")
    fights = by_draw(
        (events["transition"] == "mutual_aid.art4") & (events["option"] == "overt_force")
    )
    outcome = results.outcomes.loc["ally_fights"]  # the same paths
    row = coverage.loc["mutual_aid.art4.overt_force"]
    assert row["fired"] == outcome["hits"] == fights.sum()
    assert row[["mc_low", "mc_high"]].tolist() == outcome[["mc_low", "mc_high"]].tolist()
    assert row["asked"] == calls.sum()
    share = fights.sum() / calls.sum()
    kish = ((fights - share * calls) ** 2).sum() * 6 / 5 / calls.sum() ** 2
    effective = min(share * (1 - share) / kish, calls.sum())
    expected = wilson(share * effective, effective)
    assert row[["asked_mc_low", "asked_mc_high"]].tolist() == pytest.approx(
        [float(e) for e in expected]
    )
    asked = results.coverage["asked"].notna()
    assert set(results.coverage.loc[asked, "origin"]) == {"mutual_aid.art4"}
    assert asked.sum() == 4  # the answer itself and its three options


def test_a_solution_counts_nothing_in_coverage_and_is_read_back_so(tmp_path):
    written = small.model(
        [small.flag("won")],
        [small.rule("win", small.put("won", 1), after=50, limit=1)],
        {"won": small.is_("won", 1)},
    )
    solved = sim.run(written, draws=2, engine="exact")
    numbers = ["fired", "n", "mc_low", "mc_high", "asked", "asked_mc_low", "asked_mc_high"]
    assert solved.coverage[numbers].isna().all(axis=None)
    assert solved.coverage["reach"].tolist() == ["seen"]
    again = sim.Results.load(solved.save(tmp_path / "run"))
    assert_frame_equal(again.coverage, solved.coverage)


def test_a_clause_called_upon_from_the_start_is_called_in_every_path(tmp_path):
    text = DATED.replace("WAIT", "3 d").replace("in_force: 2024-01-11", "in_force: 2023-01-11")
    text += "interventions: {already: {start: {pact.art4: invoked}}}\n"
    file = tmp_path / "already.yaml"
    file.write_text(text, encoding="utf-8")
    results = sim.run(sim.load(file).under("already"), draws=2, paths=20, workers=1)
    row = results.coverage.set_index("name").loc["pact.art4.force"]
    assert (row["fired"], row["asked"]) == (40, 40)
    table = clauses(results.coverage).set_index("response")
    assert table.loc["force", "probability"] == 1
    assert table.loc["no answer by the end", "hits"] == 0


def test_a_clause_never_called_has_no_answers_known():
    void = sim.run(island().under("no_treaty"), draws=2, paths=10, workers=1)
    table = clauses(void.coverage)
    assert table["hits"].sum() == 0
    unknown = table.loc[table["response"] != "", ["probability", "mc_low", "mc_high"]]
    assert unknown.isna().all(axis=None)
    assert table.loc[table["response"] == "", "mc_high"].between(0.01, 0.3).all()


def test_routes_share_out_every_path_that_reached_the_outcome():
    found = routes(island().model, island_run(), "general_war")
    assert found["hits"].sum() == island_run().outcomes.loc["general_war", "hits"] > 50
    assert found["share"].sum() == pytest.approx(1)
    assert found["hits"].is_monotonic_decreasing
    assert (found["n"] == island_run().n).all()
    assert found["probability"].between(found["mc_low"], found["mc_high"]).all()


def test_a_route_is_the_chain_of_causes_of_its_example():
    events = island_run().events
    found = routes(island().model, island_run(), "ally_fights", depth="options")
    undated = found[~found["route"].str.contains(r"\bmutual_aid\b(?!\.)")]
    assert 0 < len(undated) < len(found)  # of what waited for a date, see below
    for row in undated.itertuples():
        path = events[(events["draw"] == row.draw) & (events["path"] == row.path)]
        path = path.set_index("seq")
        last = path.index[path["option"] == "overt_force"][0]
        steps = []
        while not pd.isna(last):
            event = path.loc[last]
            option = "" if pd.isna(event["option"]) else f".{event['option']}"
            steps.append(f"{event['origin']}{option}")
            last = event["cause"]
        assert row.route == ARROW.join(reversed(list(dict.fromkeys(steps))))
        assert row.route.endswith("mutual_aid.art4.overt_force")
    plain = routes(island().model, island_run(), "ally_fights")
    assert "overt_force" not in "".join(plain["route"])  # control


DATED = """\
scenario: dated
start: 2024-01-01
horizon: 20 d
actors: {north: {}, ally: {state: {helps: {flag: false}}}}
state: {war: {flag: false}, talk: {flag: false}}
treaties:
  pact:
    parties: [north, ally]
    in_force: 2024-01-11
    obligations:
      art4:
        type: defence
        obligor: ally
        beneficiary: north
        casus_foederis: war
        responses: {force: {probability: 1, then: {ally.helps: true}}}
events:
  quarrel: {once: true, after: 2 d, then: {talk: true}}
  attack: {when: talk, once: true, after: {exactly: WAIT}, then: {war: true}}
outcomes: {helped: {when: ally.helps}, talked: {when: talk}}
endings: {over: {otherwise: true}}
"""


@pytest.mark.parametrize(
    ("wait", "route"),
    [
        ("3 d", "quarrel → attack → pact → pact.art4"),  # the war was waiting for the treaty
        ("12 d", "quarrel → attack → pact.art4"),  # the treaty was waiting for the war
    ],
)
def test_a_route_through_a_date_says_what_was_waiting_for_it(tmp_path, wait, route):
    file = tmp_path / "dated.yaml"
    file.write_text(DATED.replace("WAIT", wait), encoding="utf-8")
    scenario = sim.load(file)
    results = sim.run(scenario, draws=1, paths=3, workers=1)
    assert list(routes(scenario.model, results, "helped")["route"]) == [route]
    assert list(routes(scenario.model, results, "talked")["route"]) == ["quarrel"]


def test_a_route_through_two_dates_at_once_goes_on_behind_both(tmp_path):
    text = DATED.replace("WAIT", "3 d").replace("state: {war", "state: {ready: {flag: false}, war")
    text = text.replace("casus_foederis: war", "casus_foederis: war and ready")
    text = text.replace("events:", "events:\n  drill: {at: 2024-01-11, then: {ready: true}}")
    (route,) = routes_of(tmp_path, text)
    assert route.startswith("quarrel → attack → ")
    assert set(route.split(ARROW)) == {"quarrel", "attack", "pact", "drill", "pact.art4"}


def test_a_guard_without_a_value_in_a_state_that_never_was_does_not_hold_there(tmp_path):
    """Nothing protects the division once the date's effect is put where there are no foes yet."""
    text = DATED.replace("WAIT", "3 d").replace("state: {war", "state: {foes: {max: 3}, war")
    text = text.replace("then: {war: true}", "then: {foes: 2}")
    text = text.replace("casus_foederis: war", "casus_foederis: week and 1 / foes > 0.1")
    text = text.replace("state: {foes", "state: {week: {flag: false}, foes")
    text = text.replace("in_force: 2024-01-11", "in_force: 2023-01-11")
    text = text.replace("events:", "events:\n  monday: {at: 2024-01-11, then: {week: true}}")
    assert routes_of(tmp_path, text) == ["quarrel → attack → monday → pact.art4"]


def routes_of(folder: Path, text: str) -> list[str]:
    """The routes to `helped` in a scenario."""
    (folder / "dated.yaml").write_text(text, encoding="utf-8")
    scenario = sim.load(folder / "dated.yaml")
    results = sim.run(scenario, draws=1, paths=2, workers=1)
    return list(routes(scenario.model, results, "helped")["route"])


def test_a_date_that_met_a_condition_true_from_the_start_stands_alone(tmp_path):
    file = tmp_path / "dated.yaml"
    begun = DATED.replace("WAIT", "3 d").replace("war: {flag: false}", "war: {flag: true}")
    file.write_text(begun, encoding="utf-8")
    scenario = sim.load(file)
    results = sim.run(scenario, draws=1, paths=3, workers=1)
    assert list(routes(scenario.model, results, "helped")["route"]) == ["pact → pact.art4"]


def test_a_route_ends_with_what_decided_also_when_much_fires_at_one_instant():
    model = small.model(
        [small.count("steps", 4)],
        [
            small.rule("begin", small.up("steps"), after=1, limit=1),
            *(small.rule(f"then_{i}", small.up("steps"), on=[b], limit=1) for i, b in LATER),
        ],
        {"two": small.at_least("steps", 2), "four": small.at_least("steps", 4)},
    )
    results = sim.run(model, draws=1, paths=5, workers=1)
    assert list(routes(model, results, "two")["route"]) == ["begin → then_1"]
    assert list(routes(model, results, "four")["route"]) == ["begin → then_1 → then_2 → then_3"]
    assert results.paths["time__two"].equals(results.paths["time__four"])  # time cannot tell


LATER = ((1, "begin"), (2, "then_1"), (3, "then_2"))


def test_what_holds_from_the_start_has_no_chain():
    model = small.model([small.flag("on", 1)], [], {"on": small.is_("on", 1)})
    found = routes(model, sim.run(model, draws=1, paths=3, workers=1), "on")
    assert found[["route", "hits"]].to_numpy().tolist() == [[AT_ONCE, 3]]


def test_routes_need_paths_and_a_known_outcome():
    counted = sim.run(island(), draws=1, paths=5, workers=1, keep_paths=False)
    with pytest.raises(NotApplicable, match="keep_paths"):
        routes(island().model, counted, "general_war")
    with pytest.raises(UsageError, match="did you mean 'general_war'"):
        routes(island().model, island_run(), "genral_war")


def test_a_record_is_what_the_model_expects_or_surprising():
    def entry(name: str, successes: int, trials: int) -> Evidence:
        return Evidence(
            path=("evidence", name),
            outcome="general_war",
            successes=successes,
            trials=trials,
            source=(),
            about="",
        )

    share = island_run().outcomes.loc["general_war", "probability"]
    near = entry("near", round(100 * share), 100)
    table = record([near, entry("far", 1, 400)], island_run()).set_index("record")
    assert table.loc["near", "p_value"] > 0.5
    assert table.loc["far", "p_value"] < 0.01
    assert table.loc["far", "record_high"] < table.loc["far", "mc_low"]
    assert (table["probability"] == share).all()
    assert not len(record([], island_run()))


def test_of_many_outcomes_the_headlines_are_drawn_and_what_is_not_far_above_them():
    """14 outcomes; one that never happened tells nothing, one too frequent would flatten all."""
    shares = {f"o{i}": 0.01 * i for i in range(12)} | {"head": 0.04, "most": 0.9}
    table = pd.DataFrame({"probability": shares}).rename_axis("outcome")
    about = replace(island_run().provenance, headlines=("head",))
    many = replace(island_run(), outcomes=table, provenance=about)
    assert distinguishable(many) == [*(f"o{i}" for i in range(1, 12)), "head"]
    assert distinguishable(many, most=4) == ["o1", "o2", "o3", "head"]
    rarer = replace(about, headlines=("o2",))  # three times as likely as it: o6, and no more
    few = [*(f"o{i}" for i in range(1, 7)), "head"]
    assert distinguishable(replace(many, provenance=rarer)) == few
    none = replace(many, provenance=replace(about, headlines=()))
    assert distinguishable(none) == [f"o{i}" for i in range(12)]  # the first, where nothing leads
    assert distinguishable(many, most=14) == list(shares)


def test_a_clause_called_once_has_shares_of_one():
    """In draw 0, up to the first path in which it is called."""
    events = sim.run(island(), draws=1, paths=300, workers=1, events=True).events
    first = int(events.loc[events["transition"] == "mutual_aid.art4.invoked", "path"].iloc[0])
    results = sim.run(island(), draws=1, paths=first + 1, workers=1)
    answers = clauses(results.coverage).query("response != ''")
    assert set(answers["n"]) == {1}
    assert sorted(answers["probability"]) == [*[0.0] * (len(answers) - 1), 1.0]


def test_the_rows_of_clauses_are_numbered_through():
    table = clauses(island_run().coverage)
    assert len(table) > 3
    assert list(table.index) == list(range(len(table)))


LAPSING = """\
scenario: lapsing
horizon: 10 d
actors: {north: {}, south: {}}
state: {fire: {flag: true}}
treaties:
  pact:
    parties: [north, south]
    obligations:
      help:
        type: defence
        obligor: south
        casus_foederis: fire
        lapses: not fire
        deliberation: {mean: 1 d}
        responses: {helps: {probability: 0.5}, waits: {probability: rest}}
events:
  truce: {when: fire, after: {mean: 1 d}, once: true, then: {fire: false}}
  again: {on: truce, chance: 0.5, after: 1 d, then: {fire: true}}
outcomes: {quiet: {when: not fire}}
endings: {end: {otherwise: true}}
"""


def test_a_clause_that_lapses_counts_it_beside_its_answers(tmp_path):
    """n = 2,000; closed form: half lapse, and half of these are invoked anew and answered."""
    file = tmp_path / "lapsing.yaml"
    file.write_text(LAPSING)
    results = sim.run(sim.load(file), draws=2, paths=1000, workers=1)
    table = clauses(results.coverage).set_index("response")
    assert table["lapses"].all()
    assert table.loc["", "hits"] == 2000
    # of 2,000 the truce comes before the answer in one half: |z| < 4
    assert abs(table.loc["lapsed", "hits"] - 1000) < 4 * (2000 * 0.25) ** 0.5
    # a quarter stays lapsed; some 0.03 % of the rest still deliberate after ten days
    assert abs(table.loc[NO_ANSWER, "hits"] - 500) < 4 * (2000 * 0.1875) ** 0.5
    answered = table.loc[["helps", "waits"], "hits"].sum()
    assert answered + table.loc[NO_ANSWER, "hits"] == 2000  # control: lapsed stands beside these
    assert table.loc["lapsed", "mc_low"] < 0.5 < table.loc["lapsed", "mc_high"]
    assert not clauses(island_run().coverage)["lapses"].any()
