"""The report of a run: what stands in it is what the run says, and nothing comes from elsewhere."""

import base64
import json
import re
from hashlib import sha256
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from command_line import FEW, FIRST, ROOT, TEXT
from command_line import call as call
from matplotlib.image import imread
from pages import Page, broken_links

import sim
from sim.cli import app
from sim.errors import UsageError
from sim.formatting import effects, percents

SECTIONS = [
    *("answer", "headlines", "charts", "routes", "explorer", "clauses", "interventions"),
    *("depends", "evidence", "assumptions", "never", "is-not", "manifest"),
]
LARGEST = 5_000_000  # bytes


def command(*arguments: object) -> None:
    with pytest.raises(SystemExit, match=r"^(0|None)$"):
        app(list(map(str, arguments)), prog_name="run_sim.py")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A run directory with its report, and the run compared beside it."""
    place = tmp_path_factory.mktemp("report")
    size = ("--draws", 30, "--paths", 60, "--workers", 1)
    command("run", FIRST, *size, "--out", place / "crisis")
    command("compare", FIRST, *size, "--out", place / "crisis-compared", "--no-charts")
    command("report", place / "crisis")
    return place / "crisis"


@pytest.fixture(scope="module")
def page(home):
    return Page((home / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def results(home):
    return sim.Results.load(home)


# --- one file, which asks for nothing -------------------------------------------------------------


def foreign(page: Page) -> list[str]:
    """Whatever a browser would fetch that is not in the file."""
    found = [f for _, f in page.elements]
    loads = [f[name] for f in found for name in ("src", "srcset", "data", "poster") if name in f]
    loads += [f["href"] for tag, f in page.elements if tag == "link"]
    styles = " ".join([*page.styles, *(f.get("style", "") for f in found)])
    fetched = re.findall(r"url\([^)]*\)|@import[^;]*", styles)
    return [one for one in loads if not one.startswith("data:")] + fetched


def test_nothing_is_fetched(page, home):
    assert foreign(page) == []
    assert (home / "report.html").stat().st_size < LARGEST


def test_a_chart_takes_a_third_on_the_page_and_looks_the_same(home, page):
    """Of all charts together; colours are off by less than a hundredth of their range, on average.

    In 24 charts of the Korean clash they are off by 0.0053 at most.
    """
    whole = {file.name: file.read_bytes() for file in (home / "charts").glob("*.png")}
    sources = [f["src"] for tag, f in page.elements if tag == "img"]
    taken = [base64.b64decode(one.partition(",")[2]) for one in sources]
    assert len(taken) == len(whole) > 3
    assert sum(map(len, taken)) < sum(map(len, whole.values())) / 2
    left = list(whole.values())
    for picture in taken:
        found = pixels(picture)
        like = min(left, key=lambda one: apart(found, pixels(one)))
        assert apart(found, pixels(like)) < 0.01
        left.remove(like)
    blank = np.ones_like(found)  # control: an empty page of that size is not like it
    assert apart(found, blank) > apart(found, pixels(like))


def pixels(picture: bytes) -> np.ndarray:
    return imread(BytesIO(picture), format="png")[..., :3]


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean()) if one.shape == other.shape else 1.0


def test_what_would_be_fetched_is_seen():
    """Control: a picture, a style sheet and a font from elsewhere."""
    text = """<img src="https://a/b.png"><link rel="stylesheet" href="a.css">
    <style>@import "b.css"; p { background: url(c.png) }</style>"""
    assert len(foreign(Page(text))) == 4


def test_only_the_style_and_script_in_it_are_allowed(page):
    for kind, text in (("script", page.scripts[1]), ("style", page.styles[0])):
        digest = base64.b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page.policy
    assert "default-src 'none'" in page.policy
    assert len(page.scripts) == 2  # the data, which is no script, and the explorer


def test_the_same_run_gives_the_same_report(home, tmp_path):
    command("report", home, "--out", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (home / "report.html").read_bytes()


# --- what stands in it ----------------------------------------------------------------------------


def test_the_sections_stand_in_their_order_and_every_link_leads_somewhere(page):
    assert page.sections == SECTIONS
    assert page.links.count("#answer") == 2
    assert broken_links(page) == []
    # control: a link to an anchor that is not there
    assert broken_links(Page('<a href="#here">a</a><a href="#there">b</a><p id="here"></p>')) == [
        "#there"
    ]


def test_the_answer_is_three_sentences_likelihood_and_confidence_apart(page, results):
    row = results.outcomes.loc["ally_fights"]
    lines = [part.strip() for part in page.texts["answer"].split("\n") if part.strip()]
    heading, *said = lines
    assert heading == "The answer"
    assert [one[-1] for one in said] == [".", ".", "."]
    likely, way, sure = said
    assert f"ally fights has {row['likelihood']}: {results.headlines()['ally_fights']}" in likely
    assert "north shoots again → art1, mutual aid (100 % of the paths" in way
    assert sure.startswith(f"Confidence in this is {row['confidence']}")
    assert "confidence" not in likely.lower()
    assert not any(word in sure for word in ("chance", "likely"))


def test_tables_have_both_layers_as_on_the_screen(page, results):
    for name, said in results.headlines().items():
        probability, band, sampling = re.fullmatch(
            r"(.*) \((.*?)(?:; sampling (.*))?\)", said
        ).groups()
        title = results.outcomes["title"][name]
        assert f"{title}{probability}{band}{sampling or ''}" in page.texts["headlines"]
    assert "war" in page.texts["headlines"]


def test_every_chart_has_a_caption_with_n_and_its_command(page, home):
    pictures = [f for tag, f in page.elements if tag == "img"]
    assert len(pictures) == len({file.stem for file in (home / "charts").glob("*")}) == 6
    assert all(len(one["alt"]) > 40 for one in pictures)
    assert page.texts["charts"].count("n: 1,800 paths: 30 draws of 60") == 5  # treaties count none
    assert page.texts["charts"].count(f"run_sim.py run {home.as_posix()}") == 6


def test_a_route_is_told_by_the_chain_of_one_path_that_can_be_replayed(page, results, home):
    first = sim.Results.routes(results, "ally_fights", scenario=sim.load(FIRST)).iloc[0]
    again = sim.replay(FIRST, draw=int(first["draw"]), path=int(first["path"]))
    told = page.words("routes")
    place = f"--draw {first['draw']} --path {first['path']}"
    assert f"run_sim.py replay {home.as_posix()} {place}" in told
    events = again.events
    position = int(events.index[events["option"] == "troops"][0])
    chain = []
    while position >= 0:
        chain.append(position)
        cause = events["cause"].iloc[position]
        position = -1 if pd.isna(cause) else int(cause)
    for event in chain:
        assert again.titles.happened(*events.loc[event, ["transition", "option"]]) in told
    assert told.count("probabilities:") == sum(
        events["transition"].iloc[event] != "mutual_aid.art1.invoked" for event in chain
    )


def test_every_assumption_has_a_row_to_which_its_uses_link(page):
    scenario = sim.load(FIRST)
    for name in scenario.assumptions.index:
        assert f"assumption-{name}" in page.ids
        assert name in page.texts["assumptions"]
    assert page.links.count("#assumption-keeps_word") >= 3  # answer, clause, what it hangs on


def test_interventions_have_their_effects_where_the_run_was_compared(page, home, tmp_path):
    told = page.words("interventions")
    table = sim.Comparison.load(home.with_name("crisis-compared")).table
    rows = [row for _, row in table[table["outcome"] == "ally_fights"].iterrows()]
    assert f"no_treaty{effects(rows)[0]}" in told
    # a comparison of another run is not this one's
    command("run", FIRST, "--seed", 2, *FEW, "--out", tmp_path / "other")
    command("compare", FIRST, *FEW, "--no-charts", "--out", tmp_path / "other-compared")
    command("report", tmp_path / "other", "--out", tmp_path / "other.html")
    told = Page((tmp_path / "other.html").read_text(encoding="utf-8")).words("interventions")
    assert "What they do was not computed for this run" in told
    assert f"run_sim.py compare {(tmp_path / 'other').as_posix()}" in told


def test_the_manifest_names_files_and_the_commands_that_make_it_again(page, home, results):
    told = page.words("manifest")
    outputs = json.loads((home / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert outputs["outcomes.csv"] in told
    assert results.provenance.files[str(FIRST)] in told
    assert f"run_sim.py run {FIRST.as_posix()} --draws 30 --paths 60 --seed 1" in told
    assert f"run_sim.py report {home.as_posix()}" in told


def test_analyses_that_were_asked_of_the_run_stand_in_it(home, tmp_path):
    command("sensitivity", home)
    command("why", home)
    command("report", home, "--out", tmp_path / "more.html")
    more = Page((tmp_path / "more.html").read_text(encoding="utf-8"))
    assert "ally fights: indices (sensitivity)" in more.texts["depends"]
    assert "ally fights: through what it comes" in more.texts["routes"]
    assert broken_links(more) == []


def test_the_record_stands_in_it_with_its_sources(tmp_path, call):
    island = ROOT / "tests" / "corpus" / "valid" / "island_clash.yaml"
    assert call("report", island, *FEW, "--out", "island.html")[0] == 0
    page = Page((tmp_path / "island.html").read_text(encoding="utf-8"))
    scenario = sim.load(island)
    assert len(scenario.evidence) > 0
    assert "records agree with the model" in page.texts["evidence"]
    for name, one in scenario.declared.sources.items():
        assert f"source-{name}" in page.ids
        assert one.cite in page.texts["assumptions"]
    assert broken_links(page) == []


# --- the paths in it ------------------------------------------------------------------------------


def told_of(data, one) -> list[tuple[object, ...]]:
    """Each event of a path as the explorer has it, in words."""
    word, found = data["words"], []
    for minute, which, option, cause, shares, _ in one["events"]:
        rule = data["transitions"][which]
        names = [word[name] for name in rule["options"]]
        told = [word[share] for share in shares] if shares else []
        found.append((minute, word[rule["who"]], names[option], cause, told))
    return found


def replayed(again) -> list[tuple[object, ...]]:
    """The same of a replay."""
    found = []
    for seq, event in enumerate(again.events.to_dict("records")):
        options = again.options[again.options["seq"] == seq]
        taken = options.loc[options["taken"], "option"].iloc[0]
        name = again.titles.of("option", taken) if isinstance(taken, str) else "it happens"
        shares = options["probability"].tolist() if len(options) > 1 else []
        who = again.titles.of("actor", event["actor"]) if isinstance(event["actor"], str) else ""
        cause = -1 if pd.isna(event["cause"]) else int(event["cause"])
        minute = round(event["time"] * 86_400) // 60
        found.append((minute, who, name, cause, [f"{one} %" for one in percents(shares)]))
    return found


def test_the_explorers_paths_are_those_of_replay(page):
    data, compared = page.explorer, 0
    for one in data["paths"][::20]:
        again = sim.replay(FIRST, draw=one["draw"], path=one["path"])
        assert told_of(data, one) == replayed(again)
        # the state at the end: what it was at the start and each event changed
        state = [data["words"][value] for value in data["initial"]]
        for event in one["events"]:
            for variable, value in zip(event[5][::2], event[5][1::2], strict=True):
                state[variable] = data["words"][value]
        assert state == again.states.iloc[-1].drop(["seq", "time"]).tolist()
        assert data["words"][data["endings"][one["ending"]]] == again.titles.of(
            "ending", again.path["ending"].iloc[0]
        )
        compared += len(one["events"])
    assert compared > 20
    # control: another path is another
    first = data["paths"][0]
    other = sim.replay(FIRST, draw=first["draw"], path=first["path"] + 1)
    assert told_of(data, first) != replayed(other)


def test_what_was_weighed_is_read_along_as_the_reference_engine_has_it():
    """Over every kind of scenario, each option of each event; the engines' paths are the same."""
    from sim.experiment import followed

    files = ["choices", "treaties", "facts_and_outcomes", "island_clash", "state_and_effects"]
    count = 0
    for name in files:
        scenario = sim.load(ROOT / "tests" / "corpus" / "valid" / f"{name}.yaml")
        draw, path = [0, 0, 1, 2], [0, 3, 1, 2]
        found = followed(scenario.model, 7, draw, path)
        for d, p, events in zip(draw, path, found.events(), strict=True):
            again = sim.replay(scenario, draw=d, path=p, seed=7)
            weighed = again.options.groupby("seq")["probability"].apply(list)
            for seq, event in enumerate(events):
                assert list(event.shares or [0.0] * len(weighed[seq])) == weighed[seq]
                count += 1
            assert len(events) == len(again.events)
            assert found.row(d, p) == found.row(d, p)
    assert count > 100


def test_the_sample_has_every_outcome_ending_and_route(page, results):
    data = page.explorer
    pairs = {(one["draw"], one["path"]) for one in data["paths"]}
    assert len(pairs) == len(data["paths"]) == 200
    assert any(one["outcomes"][0] is not None for one in data["paths"])
    assert {one["ending"] for one in data["paths"]} == {0, 1}
    first = results.routes("ally_fights", scenario=sim.load(FIRST)).iloc[0]
    assert (first["draw"], first["path"]) in pairs
    reached = [one for one in data["paths"] if one["outcomes"][0] is not None]
    assert all(one["routes"][0] >= 0 for one in reached)


# --- other runs -----------------------------------------------------------------------------------


def test_a_solution_has_no_paths_and_says_so(tmp_path, call):
    cascade = ROOT / "tests" / "corpus" / "exact" / "cascade.yaml"
    few = ("--engine", "exact", "--draws", "3")
    assert call("report", cascade, *few, "--out", "exact.html")[0] == 0
    page = Page((tmp_path / "exact.html").read_text(encoding="utf-8"))
    assert "solved for, not sampled" in page.texts["explorer"]
    assert len(page.scripts) == 1


BARE = """
scenario: bare
title: Nothing much
horizon: 3 d
state: {up: {flag: false}}
events: {rises: {when: not up, after: {mean: 2 d}, then: {up: true}, stipulated: an example}}
outcomes: {risen: {when: up}}
endings: {done: {otherwise: true}}
"""


def test_a_scenario_without_treaties_parameters_and_headlines_has_a_report(tmp_path, call):
    (tmp_path / "bare.yaml").write_text(BARE, encoding="utf-8")
    assert call("report", "bare.yaml", *FEW)[0] == 0
    page = Page((tmp_path / "results/bare/report.html").read_text(encoding="utf-8"))
    assert page.sections == SECTIONS
    assert "No word is given for the confidence" in page.texts["answer"]
    assert "The scenario has no treaties" in page.texts["clauses"]


def test_a_run_that_kept_no_paths_or_charts_has_them_all_the_same(tmp_path, call):
    scenario = sim.load(FIRST)
    results = sim.run(scenario, draws=12, paths=30, keep_paths=False, progress=False)
    file = results.report(tmp_path / "r.html")
    page = Page(file.read_text(encoding="utf-8"))
    assert len(page.explorer["paths"]) == 200
    assert sum(tag == "img" for tag, _ in page.elements) == 6
    assert "--with" not in page.words("manifest")


def test_of_a_scenario_the_run_is_made_and_written_first(tmp_path, call):
    code, out, _ = call("report", FIRST, *FEW, "--seed", "3", "--with", "no_treaty")
    assert (code, out) == (0, "Report: results/first_crisis-no_treaty/report.html\n")
    home = tmp_path / "results/first_crisis-no_treaty"
    again = sim.Results.load(home)
    assert (again.provenance.seed, again.provenance.under) == (3, "no_treaty")
    told = Page((home / "report.html").read_text(encoding="utf-8"))
    assert "Interventions applied: no_treaty" in told.texts["head"]
    assert "impossible by construction" in told.texts["answer"].lower()
    # the manifest covers it, so that the next run takes it for its own and says nothing of it
    assert "report.html" in json.loads((home / "manifest.json").read_text())["outputs"]
    code, _, err = call("run", FIRST, *FEW, "--seed", "3", "--with", "no_treaty", "--no-charts")
    assert code == 0
    assert "no run wrote this" not in err
    assert not (home / "report.html").exists()


def test_the_last_line_of_a_run_names_the_command_of_its_report(call):
    _, out, _ = call("run", FIRST, *FEW, "--no-charts")
    last = out.rstrip().splitlines()[-1]
    assert last.endswith("run_sim.py report results/first_crisis")
    code, out, _ = call(*last.partition("run_sim.py ")[2].split())
    assert (code, out) == (0, "Report: results/first_crisis/report.html\n")


# --- Markdown -------------------------------------------------------------------------------------


def test_markdown_says_the_same_with_its_pictures_beside_it(home, page, tmp_path):
    command("report", home, "--out", tmp_path / "crisis.md")
    text = (tmp_path / "crisis.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[.*?\]\(<(.*?)>\)", text)
    assert len(pictures) == len({file.stem for file in (home / "charts").glob("*")}) >= 6
    assert all((tmp_path / one).is_file() for one in pictures)
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert len(headings) == len(SECTIONS)
    answer = text.partition("## The answer")[2].partition("##")[0]
    plain = re.sub(r"\s+", " ", re.sub(r"[*`\\]", "", answer)).strip()
    assert plain == page.words("answer").removeprefix("The answer ")


# --- refused --------------------------------------------------------------------------------------


def test_what_cannot_be_written_is_refused_before_the_run(tmp_path, call):
    assert call("report", FIRST, "--to", "htm") == (
        *(2, ""),
        "unknown form of a report 'htm'; did you mean 'html'?\n",
    )
    (tmp_path / "there").mkdir()
    assert call("report", FIRST, "--out", "there")[1:] == (
        "",
        "there: is a directory; name a file\n",
    )
    code, out, err = call("report", FIRST, "--out", "no/such/report.html")
    assert (code, out) == (2, "")
    assert err == "no/such/report.html: there is no directory no/such\n"
    assert not (tmp_path / "results").exists()


def test_results_that_know_no_scenario_say_so(home, tmp_path):
    loaded = sim.Results.load(home)
    with pytest.raises(UsageError, match="give the scenario as well"):
        loaded.report(tmp_path / "r.html")
    model = sim.load(FIRST).model
    bare = sim.run(model, draws=3, paths=5, progress=False)
    with pytest.raises(UsageError, match="no scenario to tell of"):
        bare.report(tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_a_run_directory_takes_no_options_of_a_run(home, call):
    code, _, err = call("report", home, "--seed", "2")
    assert code == 2
    assert "remove --seed" in err
    assert TEXT  # the file itself is untouched by any of this
