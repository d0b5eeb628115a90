"""What a comparison says, against models whose effects are known in closed form."""

import json
from dataclasses import replace
from functools import cache
from math import exp
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import FEW, FIRST, call
from islands import island

import sim
from sim.analysis import (
    beyond_noise,
    effect_band,
    pair_rows,
    ratios,
    saved,
    shapley_rows,
    standard_errors,
    subsets,
)
from sim.errors import UsageError

__all__ = ["call"]

TWO_CAUSES = """\
scenario: two_causes
horizon: 30 d
actors: {a: {}}
state: {war: {flag: false}, other: {flag: false}, idle: {flag: false}}
parameters:
  p: {is: {uniform: [0.1, 0.5]}}
events:
  first: {at: 1 d, chance: p, then: {war: true}}
  second: {at: 2 d, chance: 0.2, then: {other: true}}
  unrelated: {after: {mean: 20 d}, then: {idle: true}}
outcomes:
  either: {headline: true, when: war or other}
  by_the_first: {when: war}
endings: {bad: {when: war or other}, good: {otherwise: true}}
interventions:
  cut_first: {void: first}
  cut_second: {void: second}
  noise: {void: unrelated}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    (folder / "two_causes.yaml").write_text(TWO_CAUSES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(home: Path) -> sim.Comparison:
    """400 draws x 100 paths."""
    return sim.compare(home / "two_causes.yaml", draws=400, paths=100, workers=1)


def row(found: sim.Comparison, twin: str, outcome: str = "either") -> "pd.Series[float]":
    table = found.table[(found.table["twin"] == twin) & (found.table["outcome"] == outcome)]
    return table.iloc[0]


def test_cutting_one_of_two_causes_has_the_effect_of_theory(found):
    """P = 1 - (1 - p)(1 - 0.2); without the first 0.2, so the effect is -0.8 p, p in 0.1-0.5."""
    own = row(found, "cut_first")
    assert abs(own["difference"] + 0.8 * 0.3) < 4 * own["mc_se"]
    assert own["mc_low"] < -0.24 < own["mc_high"]
    # 5 % and 95 % of -0.8 p; n = 400 draws
    assert own["band"] == "resolved"
    assert own["low"] == pytest.approx(-0.8 * 0.48, abs=0.02)
    assert own["high"] == pytest.approx(-0.8 * 0.12, abs=0.02)
    assert own["lowers"] > 0.99
    assert own["raises"] < 0.01
    assert own["ratio_low"] < 0.2 / (0.2 + 0.8 * 0.3) < own["ratio_high"]
    # an unpaired difference has the variance of both shares
    assert 0.1 < own["variance_saved"] < 0.95


def test_an_effect_alike_in_all_draws_has_no_band_to_tell(found):
    """The second adds 0.2 (1 - p): from 0.1 to 0.18, less than the noise of 100 paths."""
    own = row(found, "cut_second")
    assert abs(own["difference"] + 0.2 * 0.7) < 4 * own["mc_se"]
    assert own["band"] == "unresolved"
    assert np.isnan([own["low"], own["high"], own["lowers"], own["raises"]]).all()


def test_what_touches_no_outcome_has_no_effect_and_says_its_bound(found):
    own = row(found, "noise")
    assert (own["difference"], own["changed"], own["gained"], own["lost"]) == (0, 0, 0, 0)
    assert 0 < own["mc_high"] == -own["mc_low"] < 3 / 40_000
    assert own["ratio"] == 1
    assert np.isnan(found.alternatives.loc["noise", "moment"])


def test_interventions_stand_in_the_order_of_effect_unless_asked_otherwise(found, home):
    assert list(found.twins) == ["cut_first", "cut_second", "noise"]
    few = {"draws": 20, "paths": 20, "workers": 1}
    file = home / "two_causes.yaml"
    given = ["noise", "cut_second", "cut_first"]
    assert list(sim.compare(file, given, **few).twins) == given[::-1]
    assert list(sim.compare(file, given, order="given", **few).twins) == given
    assert list(sim.compare(file, given, order="name", **few).twins) == sorted(given)
    with pytest.raises(UsageError, match="did you mean 'effect'"):
        sim.compare(file, order="efect", **few)


def test_endings_flow_from_one_to_the_other(found):
    flows = found.flows.set_index(["twin", "before", "after"])["paths"]
    own = row(found, "cut_first")
    assert flows["cut_first", "bad", "good"] == own["lost"]
    assert ("cut_first", "good", "bad") not in flows.index
    ending = found.endings.set_index(["twin", "ending"]).loc[("cut_first", "good")]
    assert ending["gained"] == own["lost"]
    assert ending["difference"] == pytest.approx(-own["difference"])


def test_the_first_difference_is_when_the_cause_would_have_come(found):
    """The first event is due on day 1; times are known to a ten-thousandth of 30 days."""
    assert found.alternatives.loc["cut_first", "moment"] == pytest.approx(1, abs=0.004)
    assert found.alternatives.loc["cut_second", "moment"] == pytest.approx(2, abs=0.004)


def test_a_band_of_effects_finds_what_draws_differ_in():
    """Three draws of four have no effect, one loses 5 % of its paths; 500 draws x 200 paths."""
    random = np.random.default_rng(4)
    loses = np.where(random.random(500) < 0.75, 0.0, 0.05)
    lost = random.binomial(200, loses)
    band = effect_band(np.zeros(500, int), lost, 200)
    assert band.status == "resolved"
    assert band.lowers == pytest.approx((loses > 0).mean(), abs=0.01)
    assert band.high == 0
    assert band.low == pytest.approx(-0.057, abs=0.006)
    # the raw shares reach farther down: their noise is still in them
    assert np.quantile(-lost / 200, 0.05) < band.low
    same = effect_band(np.zeros(500, int), random.binomial(200, 0.05, 500), 200)  # control
    assert same.status == "unresolved"
    assert effect_band([1], [0], 200).status == "unresolved"


def band_of_new_counts(random, draws):
    """A band with errors, of 200 pairs a draw in which an effect goes both ways."""
    up, down = random.gamma(2, 0.006, draws), random.gamma(1.5, 0.015, draws)
    kinds = random.multinomial(200, np.column_stack([up, down, 1 - up - down]))
    return effect_band(kinds[:, 0], kinds[:, 1], 200, random=random)


def test_errors_of_a_band_are_the_scatter_of_its_ends():
    """80 repetitions of 300 draws: the scatter is known to 8 %, so 35 % off is one in 10^5.

    The control: errors from four times as many draws do not describe that scatter.
    """
    random = np.random.default_rng(11)
    few = [band_of_new_counts(random, 300) for _ in range(80)]
    many = [band_of_new_counts(random, 1_200) for _ in range(15)]
    for end in ("low", "high"):
        scatter = np.std([getattr(band, end) for band in few], ddof=1)
        said, control = (
            np.sqrt(np.mean([getattr(band, f"{end}_se") ** 2 for band in some]))
            for some in (few, many)
        )
        assert 0.65 < said / scatter < 1.35
        assert not 0.65 < control / scatter < 1.35


def test_errors_of_a_band_are_those_of_its_seed_and_change_nothing_else():
    bands = [band_of_new_counts(np.random.default_rng(12), 300) for _ in range(2)]
    assert bands[0] == bands[1]
    random = np.random.default_rng(12)
    up, down = random.gamma(2, 0.006, 300), random.gamma(1.5, 0.015, 300)
    kinds = random.multinomial(200, np.column_stack([up, down, 1 - up - down]))
    without = effect_band(kinds[:, 0], kinds[:, 1], 200)
    assert np.isnan([without.low_se, without.high_se]).all()
    errors = {"low_se": bands[0].low_se, "high_se": bands[0].high_se}
    assert replace(without, **errors) == bands[0]


def test_noise_alone_is_not_taken_for_a_spread():
    """Gained and lost alike in every draw, 1,000 times: hardly ever resolved."""
    random = np.random.default_rng(5)
    told = 0
    for _ in range(200):
        gained, lost = random.binomial(100, 0.05, (2, 100))
        told += effect_band(gained, lost, 100).status == "resolved"
    assert told == 0


def test_relative_risk_of_pairs_covers_the_truth():
    """1,000 runs of 2,000 pairs, 8 % before, three quarters of that after: n = 1,000."""
    random = np.random.default_rng(6)
    held, half = 0, 0
    for _ in range(1_000):
        # both, lost, gained, neither
        both, lost, gained, _ = random.multinomial(2_000, [0.05, 0.03, 0.01, 0.91])
        counts = (np.array([[both + lost]]), np.array([[gained]]), np.array([[lost]]))
        ratio, low, high = (float(one[0]) for one in ratios(*counts, 2_000))
        held += low <= 0.75 <= high
        half += ratio - (ratio - low) / 2 <= 0.75 <= ratio + (high - ratio) / 2
    assert abs(held / 1_000 - 0.9) < 4 * 0.0095
    assert half / 1_000 < 0.87  # control: half the width


def test_pairs_save_what_the_closed_form_says():
    """20 % before, 10 % lost, none gained, n = 10,000 in one draw."""
    before, gained, lost = (np.array([[n]]) for n in (2_000, 0, 1_000))
    apart = (0.2 * 0.8 + 0.1 * 0.9) / 10_000
    together = (0.1 - 0.01) / 10_000
    assert saved(before, gained, lost, 10_000)[0] == pytest.approx(1 - together / apart)
    assert standard_errors(gained, lost, 10_000)[0] == pytest.approx(together**0.5)
    nothing = np.array([[0]])
    assert np.isnan(saved(before, nothing, nothing, 10_000)[0])


def test_beyond_noise_is_seldom_said_of_noise_and_of_effects_always():
    """300 tables of 50 rows of pure noise, 1 % family-wise; then one row that moves."""
    random = np.random.default_rng(7)
    wrong = 0
    for _ in range(300):
        gained, lost = random.binomial(2_000, 0.01, (2, 50))
        wrong += bool(beyond_noise([rows(gained, lost)])[0].any())
    assert wrong < 12  # of 3 expected
    moved = rows(np.array([60, 20]), np.array([5, 18]))
    assert beyond_noise([moved])[0].tolist() == [True, False]


def rows(gained: np.ndarray, lost: np.ndarray) -> pd.DataFrame:
    from sim.analysis import paired

    difference, low, high = paired(gained[None, :], lost[None, :], 2_000)
    return pd.DataFrame({"difference": difference, "mc_low": low, "mc_high": high})


GAMES = {
    # outcome of each subset of a, b, c: additive, and one that all three are needed for
    "sum": lambda some: 0.1 * ("a" in some) + 0.2 * ("b" in some) - 0.05 * ("c" in some),
    "and": lambda some: 0.3 * (len(some) == 3),
}


@cache
def game(name: str, noise: float = 0.0) -> dict[frozenset[str], np.ndarray]:
    random = np.random.default_rng(8)
    return {
        frozenset(some): GAMES[name](some) + noise * random.normal(size=100)
        for some in subsets("abc")
    }


def test_shapley_values_of_an_additive_game_are_its_terms():
    values = shapley_rows("war", "abc", game("sum")).set_index("intervention")
    assert values["shapley"].tolist() == pytest.approx([0.1, 0.2, -0.05])
    assert values["shapley"].sum() == pytest.approx(values["joint"].iloc[0])
    assert values["alone"].tolist() == pytest.approx([0.1, 0.2, -0.05])
    assert values["share"].tolist() == pytest.approx([0.4, 0.8, -0.2])
    pairs = pair_rows("war", "abc", game("sum", noise=0.01))
    assert set(pairs["relation"]) == {"not told"}


def test_shapley_values_of_an_and_game_are_equal_parts():
    values = shapley_rows("war", "abc", game("and"))
    assert values["shapley"].tolist() == pytest.approx([0.1] * 3)
    assert values["alone"].tolist() == [0, 0, 0]
    two = {frozenset("a"): np.zeros(50), frozenset("b"): np.zeros(50)}
    two[frozenset("ab")] = np.random.default_rng(9).normal(0.2, 0.05, 50)
    (pair,) = pair_rows("war", "ab", two).to_dict("records")
    assert pair["relation"] == "more"
    assert pair["excess"] == pytest.approx(0.2, abs=0.03)


def test_a_shapley_value_covers_the_truth_nine_times_in_ten():
    """200 games of 100 draws with noise; the draws are the clusters."""
    random = np.random.default_rng(10)
    held = half = 0
    for _ in range(200):
        noisy = {
            some: effect + 0.1 * random.normal(size=100) for some, effect in game("and").items()
        }
        own = shapley_rows("war", "abc", noisy).iloc[0]
        held += own["mc_low"] <= 0.1 <= own["mc_high"]
        half += abs(own["shapley"] - 0.1) <= (own["mc_high"] - own["shapley"]) / 2
    assert abs(held / 200 - 0.9) < 4 * 0.0212
    assert half / 200 < 0.8  # control: half the width


def test_two_causes_together_do_less_than_the_sum(home):
    """Cutting both takes all away; each alone leaves what the other does: v(ab) > v(a) + v(b)."""
    found = sim.compare(
        home / "two_causes.yaml",
        ["cut_first", "cut_second"],
        together=True,
        draws=300,
        paths=100,
        workers=1,
    )
    assert set(found.twins) == {"cut_first", "cut_second", "cut_first+cut_second"}
    values = found.shapley[found.shapley["outcome"] == "either"].set_index("intervention")
    joint = values["joint"].iloc[0]
    assert joint == pytest.approx(-found.baseline.outcomes.loc["either", "probability"])
    assert values["shapley"].sum() == pytest.approx(joint)
    # half of what both causes would do is shared: -0.8 p - 0.1 p, and p is 0.3 in the mean
    own = values.loc["cut_first"]
    assert abs(own["shapley"] + 0.9 * 0.3) < 4 * own["mc_se"]
    (pair,) = found.interactions[found.interactions["outcome"] == "either"].to_dict("records")
    assert pair["relation"] == "more"  # than -0.8 p - 0.2 (1 - p): what either does, both stop
    for wrong, said in (
        (["cut_first"], "found 1 intervention"),
        (["cut_first", "cut_second+noise"], "takes single interventions"),
        (["cut_first", "cut_secnd"], "did you mean 'cut_second'"),
    ):
        with pytest.raises(UsageError, match=said):
            sim.compare(home / "two_causes.yaml", wrong, together=True, draws=2, paths=2)


def test_another_file_stands_where_an_intervention_does(home):
    other = TWO_CAUSES.replace("scenario: two_causes", "scenario: milder")
    milder = home / "milder.yaml"
    milder.write_text(other.replace("chance: 0.2", "chance: 0.1"), encoding="utf-8")
    file = home / "two_causes.yaml"
    few = {"draws": 50, "paths": 40, "workers": 1}
    found = sim.compare(file, ["cut_second", str(milder)], **few)
    assert list(found.twins) == ["cut_second", "milder"]
    assert found.notes() == []
    alone = sim.run(milder, **few)
    assert found.twins["milder"].outcomes["hits"].equals(alone.outcomes["hits"])
    # a path that the second event left alone at 0.2 is left alone at 0.1
    assert row(found, "milder")["gained"] == 0 < row(found, "milder")["lost"]
    renamed = other.replace("by_the_first: {when", "by_another: {when").replace("30 d", "30 d")
    milder.write_text(renamed, encoding="utf-8")
    found = sim.compare(file, [milder], **few)
    assert found.table["outcome"].tolist() == ["either"]
    (note,) = found.notes()
    assert (
        note
        == "milder: not compared, being in one of the two only: outcomes by_the_first, by_another"
    )
    milder.write_text(other.replace("horizon: 30 d", "horizon: 20 d"), encoding="utf-8")
    with pytest.raises(UsageError, match="has a horizon of 20 d, the baseline one of 30 d"):
        sim.compare(file, [milder], **few)


def test_a_run_directory_gets_the_tables_as_well(call):
    call(FIRST, *FEW, "--no-charts", "--out", "run")
    before = json.loads(Path("run/manifest.json").read_bytes())["outputs"]
    code, out, err = call("compare", "run", "no_treaty", "--no-charts")
    assert (code, err) == (0, "")
    assert "Also added to the run" in out
    whole = Path("results/first_crisis-compared/analyses")
    for file in whole.glob("*.csv"):
        assert (Path("run/analyses") / file.name).read_bytes() == file.read_bytes()
    after = json.loads(Path("run/manifest.json").read_bytes())["outputs"]
    assert before.items() <= after.items()  # the run is as it was
    assert sim.Comparison.load("results/first_crisis-compared").twins.keys() == {"no_treaty"}
    code, out, _ = call("compare", "run", "no_treaty", "--no-charts", "--seed", "2")
    assert (code, "Also added" in out) == (0, False)  # control: other paths than those there


def test_the_command_takes_order_together_and_files(call):
    code, out, err = call("compare", FIRST, "no_treaty", FIRST, *FEW, "--no-charts")
    assert (code, err) == (0, "")
    assert "paths walked again" in out
    code, out, err = call("compare", FIRST, "no_treaty", "--together", *FEW)
    assert (code, out) == (2, "")
    assert "takes two to 6 interventions, found 1" in err
    three = ("no_treaty", "cautious", "early_talks")
    code, out, err = call("compare", island().file, *three, "--together", *FEW, "--no-charts")
    assert (code, err) == (0, "")
    assert "all together" in out
    assert "no_treaty+cautious" not in out  # a subset of two is in the table, not on the screen
    table = Path("results/island_clash-compared/analyses/compare.csv").read_text(
        encoding="utf-8-sig"
    )
    assert "no_treaty+cautious," in table
    one = ("--draws", "1", "--paths", "2", "--workers", "1", "--no-charts")
    code, out, _ = call("compare", island().file, *three, "--together", *one)
    assert (code, "error not told: one draw" in out, "nan" in out) == (0, True, False)
    code, _, err = call("compare", FIRST, "--order", "size", *FEW)
    assert code == 2
    assert "unknown order 'size'" in err


def test_tables_are_equal_with_any_number_of_workers_and_after_saving(tmp_path):
    one, two = (
        sim.compare(island(), draws=12, paths=40, workers=workers, keep_paths=False)
        for workers in (1, 2)
    )
    again = sim.Comparison.load(one.save(tmp_path / "saved"))
    for name in ("table", "endings", "flows", "alternatives", "shapley", "interactions"):
        for other in (two, again):
            pd.testing.assert_frame_equal(
                getattr(one, name), getattr(other, name), check_exact=True
            )


def test_the_exact_engine_gives_the_effect_of_every_draw(tmp_path):
    """A war at rate 1 / m, m uniform in 20-60 d, in 30 days; halved by the intervention's event."""
    file = tmp_path / "solved.yaml"
    file.write_text(EXACT, encoding="utf-8")
    found = sim.compare(file, draws=200, engine="exact")
    own = row(found, "calm", "war_begins")
    means = found.baseline.draws["m"].to_numpy()
    effects = np.array([exp(-30 / m) - 1 for m in means])
    assert own["band"] == "exact"
    assert (own["low"], own["high"]) == pytest.approx(np.quantile(effects, (0.05, 0.95)))
    assert (own["lowers"], own["raises"]) == (1, 0)
    # by the density of m at its quantile of 5 %, 22 d; 25 resamples know an error to 14 %
    spread = (0.05 * 0.95 / 200) ** 0.5 * 40 * exp(-30 / 22) * 30 / 22**2
    assert own["low_se"] == pytest.approx(spread, rel=0.6)
    error = effects.std(ddof=1) / 200**0.5
    assert own["mc_se"] == pytest.approx(error)
    assert own["mc_high"] - own["mc_low"] == pytest.approx(2 * 1.6449 * error, abs=1e-5)
    assert found.flows.empty


EXACT = """\
scenario: solved
horizon: 30 d
actors: {a: {}}
state: {war: {flag: false}}
parameters: {m: {is: {uniform: [20 d, 60 d]}}}
events: {attack: {after: {mean: m}, then: {war: true}}}
outcomes: {war_begins: {when: war}}
endings: {war: {when: war}, peace: {otherwise: true}}
interventions: {calm: {void: attack}}
"""
