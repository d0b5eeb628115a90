"""The command line as a contract: what a command prints, and what it writes where."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from command_line import FEW, FIRST, ROOT, TEXT, call, strict_json
from islands import FILE, island, island_run

import sim
from sim import Results
from sim.errors import RunError
from sim.formatting import UNRESOLVED, layers, percent, plain

__all__ = ["call"]


ESTIMATE = [
    *("probability", "low", "high", "low_se", "high_se", "mc_low", "mc_high", "mc_se", "upper"),
    *("band", "reach", "likelihood", "confidence", "n", "hits"),
]


def test_a_scenario_as_the_first_word_is_run_and_written(call):
    code, out, err = call(FILE, *FEW, "--events")
    assert (code, err) == (0, "")
    home = Path("results/island_clash")
    tables = {"outcomes", "endings", "coverage", "draws", "paths", "events"}
    assert {f"{name}.csv" for name in tables} < {path.name for path in home.iterdir()}
    charts = {path.name for path in (home / "charts").iterdir()}
    kinds = ("outcomes", "endings", "timing", "clauses", "treaties", "rungs")
    assert charts == {f"{name}.png" for name in kinds}
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    assert {"charts/outcomes.png", "routes.csv", "evidence.csv"} < set(manifest["outputs"])
    assert str(home) in out
    saved = sim.Results.load(home)
    pd.testing.assert_frame_equal(saved.outcomes, island_run().outcomes)


def test_what_a_person_reads_fits_80_columns_and_has_intervals(call):
    _, out, _ = call(FILE, *FEW, "--no-charts")
    # a command stands in one line, however long the name of the file, so that it can be pasted
    lines = [line for line in out.splitlines() if " replay " not in line]
    assert len(lines) == len(out.splitlines()) - 1
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in out
    assert not re.search(r" $", out, re.MULTILINE)
    said = " ".join(out.split())
    assert said.startswith(f"{island().title} {island().question}")
    for table in (island_run().outcomes, island_run().endings):
        found = layers(row for _, row in table.iterrows())
        for name, words in zip(table.index, found, strict=True):
            band = "*" if words.band == UNRESOLVED else words.band
            cells = " +".join(map(re.escape, (words.probability, band, words.sampling)))
            shown = rf"^{plain(str(name))} +{cells}"
            assert re.search(shown, out, re.MULTILINE), name
    assert re.search(r"general war +\d+(\.\d)? % +\* +±\d+(\.\d)?", out)
    assert "±: 90 % interval for sampling error." in said
    assert "6 draws are too few to tell parameter uncertainty; --draws 20 or more would do" in said


def test_json_is_one_object_with_the_promised_keys(call):
    code, out, err = call(FILE, *FEW, "--no-charts", "--json")
    assert (code, err) == (0, "")
    found = strict_json(out)
    assert list(found) == [
        *("scenario", "engine", "seed", "draws", "n", "interval", "level"),
        *("outcomes", "endings", "by"),
    ]
    assert (found["scenario"], found["draws"], found["n"]) == ("island_clash", 6, 240)
    assert found["interval"] == "nested"
    for outcome in found["outcomes"].values():
        assert list(outcome) == [*ESTIMATE, "median_time"]
        assert 0 <= outcome["mc_low"] <= outcome["probability"] <= outcome["mc_high"] <= 1
        assert (outcome["low"], outcome["band"]) == (None, "unresolved")  # of six draws
    for ending in found["endings"].values():
        assert list(ending) == ESTIMATE
    assert sum(ending["hits"] for ending in found["endings"].values()) == 240
    with pytest.raises(AssertionError, match="NaN"):  # control
        strict_json('{"low": NaN}')


def test_what_never_happened_is_null_in_json_and_a_bound_on_the_screen(call):
    few = ("--draws", "1", "--paths", "4", "--workers", "1", "--no-charts")
    _, out, _ = call(FIRST, *few, "--json")
    outcome = strict_json(out)["outcomes"]["ally_fights"]
    assert (outcome["hits"], outcome["median_time"]) == (0, None)
    assert outcome["mc_high"] > 0.1
    _, out, _ = call(FIRST, *few)
    assert re.search(r"ally fights +0 of 4, below \d+ %", out)
    assert "Possible, but in none of the 4 paths" in out
    _, out, _ = call(FIRST, *few, "--with", "no_treaty")
    assert re.search(r"ally fights +impossible by construction", out)


def test_two_runs_write_the_same_bytes(call):
    for home in ("one", "two"):
        call(FILE, *FEW, "--out", home)
    files = [path.relative_to("one") for path in Path("one").rglob("*") if path.is_file()]
    assert len(files) > 15
    for file in files:
        assert (Path("one") / file).read_bytes() == (Path("two") / file).read_bytes(), file
    call(FILE, *FEW, "--out", "two", "--seed", "2", "--no-charts")
    assert Path("one/outcomes.csv").read_bytes() != Path("two/outcomes.csv").read_bytes()  # control


def test_interventions_have_a_directory_of_their_own(call):
    few = ("--draws", "1", "--paths", "2", "--no-charts")
    _, out, _ = call(FILE, *few, "--with", "cautious+no_treaty")
    assert "Interventions applied: no_treaty+cautious" in out
    assert Path("results/island_clash-no_treaty-cautious/manifest.json").is_file()


def test_replay_tells_the_runs_path(call):
    # every event: what repeats and changes nothing is told once unless asked for
    code, out, err = call("replay", FILE, "--draw", 2, "--path", 2, "--all")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    events = island_run().events.query("draw == 2 and path == 2")
    assert len(re.findall(r"^20\d\d-", out, re.MULTILINE)) == len(events) + 1  # and the end
    for said in (
        "2024-12-04 00:00 Northland's ally: art4, Treaty of mutual aid is invoked",
        "because Treaty of mutual aid begins to bind (2024-12-04 00:00)",
        "answer under art4, Treaty of mutual aid – overt force",
        "*** ally fights",
        "Ending: widened",
    ):
        assert said in " ".join(out.split())  # however it is folded
    short = call("replay", FILE, "--draw", 2, "--path", 2)[1]
    assert len(re.findall(r"^20\d\d-", short, re.MULTILINE)) < len(events)
    taken = events[events["option"] == "overt_force"]["probability"].iloc[0]
    assert f"overt force {100 * taken:.1f} %" in out
    void = call("replay", FILE, "--draw", 2, "--path", 2, "--with", "no_treaty")[1]
    assert "with no_treaty" in void
    assert "art4" not in void


def test_replay_draws_a_timeline_where_asked(call):
    code, out, err = call("replay", FIRST, "--draw", 0, "--path", 17, "--chart", "path.png")
    assert code == 0
    assert Path("path.png").stat().st_size > 10_000
    assert "path.png" in err
    assert "path.png" not in out
    code, out, err = call("replay", FIRST, "--draw", 0, "--path", 17, "--chart", "path.xyz")
    assert (code, out) == (2, "")
    assert "unknown picture format 'xyz'" in err


def test_compare_shows_each_twin_beside_the_baseline(call):
    code, out, err = call("compare", FILE, *FEW)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert re.search(r"no_treaty +impossible +-\d", out)
    assert all(name in out for name in ("early_talks", "cautious"))
    assert Path("results/island_clash-compared/analyses/compare.csv").is_file()
    code, out, _ = call("compare", FILE, "no_treaty", "cautious+early_talks", *FEW, "--json")
    found = strict_json(out)
    assert list(found["twins"]) == ["no_treaty", "cautious+early_talks"]
    twin = found["twins"]["no_treaty"]["ally_fights"]
    assert twin["difference"] == pytest.approx(-found["outcomes"]["ally_fights"]["probability"])
    assert twin["lost"] == found["outcomes"]["ally_fights"]["hits"]


def test_rare_estimates_one_outcome_by_splitting(call):
    few = ("--rare", "ally_fights", "--draws", 2, "--paths", 60)
    code, out, err = call(FIRST, *few, "--json")
    assert (code, err) == (0, "")
    found = strict_json(out)
    assert (found["outcome"], found["draws"], found["paths"]) == ("ally_fights", 2, 60)
    assert 0 <= found["mc_low"] <= found["probability"] <= found["mc_high"] <= 1
    assert (found["low"], found["band"]) == (None, "unresolved")  # two draws tell no band
    code, out, _ = call(FIRST, *few)
    assert code == 0
    width = found["mc_high"] - found["mc_low"]
    assert f"ally fights: {percent(found['probability'], width=width)}" in out
    assert max(map(len, out.splitlines())) <= 80
    assert not Path("results").exists()
    assert call(FIRST, "--rare", "aly_fights")[0] == 2
    code, out, err = call(FIRST, *few, "--engine", "exact", "--no-charts")
    assert (code, out) == (2, "")
    assert "remove --engine, --no-charts" in err


def test_resolve_schema_describe_print_and_new_runs(call):
    assert call("resolve", FILE)[1] == island().resolved()
    assert call("resolve", FILE, "--with", "no_treaty")[1] != island().resolved()
    assert strict_json(call("schema")[1])["$schema"].startswith("https://json-schema.org")
    assert call("describe", FILE)[1].startswith(f"# {island().title}")
    code, out, _ = call("new", "strait")
    assert (code, "strait.yaml is written" in out) == (0, True)
    assert call("check", "strait.yaml")[0] == 0
    assert call("strait.yaml", "--draws", 2, "--paths", 5, "--no-charts")[0] == 0
    code, _, err = call("new", "strait")
    assert code == 2
    assert "already exists; not overwritten" in err


def test_list_names_scenarios_and_not_what_they_include(call):
    code, out, _ = call("list", ROOT / "scenarios")
    assert code == 0
    assert "first_crisis.yaml" in out
    assert "A border shooting" in out
    assert "sources.yaml" not in out


def test_list_names_what_it_can_read_and_every_file_it_cannot(call, tmp_path):
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("scenario: [", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("scenario: {", encoding="utf-8")
    (tmp_path / "d.yaml").write_text(TEXT, encoding="utf-8")
    code, out, err = call("list", tmp_path)
    assert code == 2
    assert [line for line in out.splitlines() if line.endswith(".yaml")] == [
        str(tmp_path / "a.yaml"),
        str(tmp_path / "d.yaml"),
    ]
    assert [line.split(":")[0] for line in err.splitlines()] == [
        str(tmp_path / "b.yaml"),
        str(tmp_path / "c.yaml"),
    ]


def test_list_works_in_a_folder_of_ones_own(call):
    Path("mine.yaml").write_text(TEXT, encoding="utf-8")
    Path("compose.yaml").write_text("services: {web: {image: x}}\n", encoding="utf-8")
    Path("names.yaml").write_text("- a\n- b\n", encoding="utf-8")
    Path("broken.yml").write_text("jobs: [", encoding="utf-8")  # of something else, all the same
    title = "  A border shooting, and an ally who promised to help\n"
    for arguments in ((), (".",), ("mine.yaml",)):
        assert call("list", *arguments) == (0, f"mine.yaml\n{title}", "")
    Path("scenarios").mkdir()
    assert "no scenarios there" in call("list")[2]  # the control: the usual place goes before
    assert "nosuch: there is no such directory" in call("list", "nosuch")[2]
    Path("broken.yml").write_text("'scenario' : x\njobs: [", encoding="utf-8")
    assert call("list", ".")[2].startswith("broken.yml:3:1: error: ")


def test_compare_may_start_from_an_intervention(call):
    more = ("--with", "no_treaty", *FEW, "--no-charts", "--json")
    code, out, _ = call("compare", FIRST, "no_treaty", *more)
    assert code == 0
    (twin,) = strict_json(out)["twins"].values()
    assert twin["ally_fights"]["changed"] == 0  # what is void already cannot be voided again
    out = call("compare", FIRST, "no_treaty", "--with", "no_treaty", *FEW, "--no-charts")[1]
    assert "Interventions applied: no_treaty" in out
    assert "(with no_treaty)\n" in out
    out = call("compare", FIRST, "no_treaty", *FEW, "--no-charts")[1]
    assert "(with" not in out  # the control: the baseline is the scenario as it stands
    assert Path("results/first_crisis-no_treaty-compared/analyses/compare.csv").exists()


def test_what_is_replaced_is_kept_and_said_when_it_is_so(call, monkeypatch):
    few = (FIRST, "--paths", "5", "--out", "here")
    first = call(*few, "--draws", "2")[2]
    assert "kept" not in first  # the control: there was none
    assert Path("here/charts/endings.png").exists()
    again = call(*few, "--draws", "3", "--no-charts")[2]
    assert "here.previous: an earlier run of 2 x 5 paths, seed 1, kept\n" in again
    assert Results.load("here").provenance.draws == 3
    assert Results.load("here.previous").provenance.draws == 2
    assert Path("here.previous/charts/endings.png").exists()

    def fails(*arguments, **more):
        raise RunError("on the way")

    monkeypatch.setattr(sim, "run", fails)
    code, _, err = call(*few, "--draws", "4")
    assert (code, err) == (2, "on the way\n")  # nothing is said to be kept that was not touched


def test_results_of_another_file_are_replaced_on_demand_only(call):
    few = ("--draws", "2", "--paths", "5", "--no-charts")
    Path("mine.yaml").write_text(TEXT, encoding="utf-8")
    assert call("mine.yaml", *few)[0] == 0
    assert call("mine.yaml", *few)[0] == 0  # the control: the same file
    Path("moved.yaml").write_text(TEXT, encoding="utf-8")
    assert call("moved.yaml", *few)[0] == 0  # the same text, by another name
    Path("copied.yaml").write_text(f"{TEXT}# and changed\n", encoding="utf-8")
    code, out, err = call("copied.yaml", *few)
    assert (code, out) == (2, "")
    assert "results/first_crisis: holds results of scenario first_crisis from moved.yaml" in err
    assert "--out DIR" in err
    assert "--force" in err
    assert call("copied.yaml", *few, "--force")[0] == 0
    assert call("copied.yaml", *few, "--out", "elsewhere")[0] == 0
    assert call("compare", "mine.yaml", "no_treaty", *few, "--out", "elsewhere")[0] == 2
    moved = Results.load("results/first_crisis.previous").provenance
    assert moved.file == "moved.yaml"


def test_an_edited_file_may_replace_its_own_results(call):
    few = ("--draws", "2", "--paths", "5", "--no-charts")
    for text in (TEXT, f"{TEXT}# edited\n"):
        Path("mine.yaml").write_text(text, encoding="utf-8")
        assert call("mine.yaml", *few)[0] == 0


def test_routes_are_of_all_paths_that_reached_the_outcome(call):
    size = ("--draws", "100", "--paths", "200", "--workers", "1", "--no-charts")
    said = " ".join(call(FILE, *size)[1].split())
    looked = re.search(r"of the ([\d,]+) that reached it among 20,000 paths:", said)
    assert looked
    hits = int(looked[1].replace(",", ""))
    assert hits > 250
    assert sim.Results.load("results/island_clash").outcomes.loc["ally_fights", "hits"] == hits


def test_the_day_on_which_a_treaty_begins_to_bind_is_in_the_chart_of_times(call):
    call(FILE, *FEW, "--out", "here", "--charts", "svg")
    assert "Treaty of mutual aid" in Path("here/charts/timing.svg").read_text(encoding="utf-8")
    assert call(FILE, *FEW, "--with", "no_treaty", "--out", "void", "--charts", "svg")[0] == 0
    # the control
    assert "Treaty of mutual" not in Path("void/charts/timing.svg").read_text(encoding="utf-8")


def test_a_solved_outcome_is_called_seen_unless_its_probability_is_none(call):
    """However small it is: in an exact run nothing is counted that could say so."""
    text = """
scenario: thin
horizon: 1 d
actors: {a: {}}
state: {x: {max: 3}, never: {flag: false}}
events:
  up: {after: {mean: 100 d}, then: {x: raise}}
  set: {when: x > 3, once: true, then: {never: true}}
outcomes: {thrice: {when: x == 3}, not_once: {when: never}}
endings: {all: {otherwise: true}}
"""
    Path("thin.yaml").write_text(text, encoding="utf-8")
    assert call("thin.yaml", "--engine", "exact", "--draws", 2, "--no-charts")[0] == 0
    table = pd.read_csv("results/thin/outcomes.csv", index_col="outcome")
    assert 0 < table.loc["thrice", "probability"] < 1e-5
    assert table["reach"].to_dict() == {"thrice": "seen", "not_once": "impossible"}


def test_folders_on_the_way_are_made_and_a_whole_run_is_not_called_interrupted(call):
    few = (FILE, "--draws", "1", "--paths", "2", "--no-charts", "--out", "new/and/deeper")
    code, out, err = call(*few)
    assert code == 0
    assert Path("new/and/deeper/manifest.json").is_file()
    assert "nterrupted" not in out + err
