"""The public objects: one line each, what a notebook shows, what each verb takes and refuses."""

import re
from dataclasses import fields, replace
from inspect import signature, unwrap
from typing import get_args, get_type_hints

import pandas as pd
import pytest
from islands import FILE, island, island_run
from pandas.testing import assert_frame_equal

import sim
from sim.errors import NotApplicable, UsageError
from sim.experiment import Plan, RarePlan

SMALL = {"draws": 4, "paths": 30, "workers": 1}
UNTOLD = dict.fromkeys(("Scenario", "Model", "Named", "Source"), object) | {
    "pd": pd
}  # named for type checkers alone
VERBS = {
    "run": lambda source: sim.run(source, **SMALL).outcomes,
    "compare": lambda source: sim.compare(source, ["no_treaty"], **SMALL).table,
    "replay": lambda source: sim.replay(source, draw=1, path=3).events,
    "rare": lambda source: sim.rare(source, "general_war", draws=2, paths=20, workers=1).by_draw,
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_a_path_as_well_as_a_scenario(verb):
    of_scenario = VERBS[verb](island())
    assert_frame_equal(VERBS[verb](str(FILE)), of_scenario)
    assert_frame_equal(VERBS[verb](FILE), of_scenario)
    with pytest.raises(UsageError, match=r"^scenario: must be what sim\.load gives, or a path"):
        VERBS[verb](7)
    with pytest.raises(sim.ScenarioError, match="there is no such file"):
        VERBS[verb]("nowhere.yaml")


@pytest.mark.parametrize(
    ("verb", "plan"), [(sim.run, Plan), (sim.compare, Plan), (sim.rare, RarePlan)]
)
def test_a_verb_has_the_options_of_its_plan_with_their_defaults_and_types(verb, plan):
    options = {n: p for n, p in signature(verb).parameters.items() if p.kind is p.KEYWORD_ONLY}
    types = get_type_hints(plan)
    # compare has options of its own, and always as many draws as it is told
    own = {
        sim.compare: ("order", "together", "executor"),
        sim.run: ("values", "outcomes", "track", "decide", "executor", "resume"),
    }.get(verb, ())
    without = ["first_draw"]  # run is given a range of draws instead
    if verb is sim.compare:
        without += ["precision", "max_paths", "common_random_numbers"]
    wanted = [one.name for one in fields(plan) if one.name not in without]
    assert list(options) == [*own, *wanted]
    options = {name: option for name, option in options.items() if name in wanted}
    for name, option in options.items():
        default = getattr(plan, name)
        kind = str(types[name]).replace("<class '", "").replace("'>", "")
        if plan is Plan and name in ("draws", "paths", "seed", "engine", "level"):
            # unless given they are a run directory's, else the plan's, which the docstring names
            assert str(default) in str(verb.__doc__ if verb is sim.run else sim.run.__doc__)
            default, kind = None, f"{kind} | None"
        assert option.default == default, name
        assert option.annotation == kind, name


@pytest.mark.parametrize("verb", [sim.run, sim.compare])
def test_an_option_that_a_verb_has_not_is_refused_by_name(verb):
    with pytest.raises(TypeError, match="unexpected keyword argument 'drawz'"):
        verb(island(), drawz=3)


@pytest.mark.parametrize("verb", [sim.run, sim.compare])
def test_what_a_type_checker_sees_are_the_options_that_are_shown(verb):
    written = unwrap(verb)  # a dictionary of options
    (options,) = get_args(get_type_hints(written, localns=UNTOLD)["options"])
    shown = signature(verb).parameters
    assert {one for one in shown if one not in signature(written).parameters} == set(
        get_type_hints(options)
    )


def test_every_object_is_one_line():
    comparison = sim.compare(island(), ["no_treaty"], **SMALL)
    rare = sim.rare(island(), "general_war", draws=2, paths=20, workers=1)
    lines = [
        repr(one) for one in (island_run(), comparison, sim.replay(island(), draw=1, path=3), rare)
    ]
    for line in lines:
        assert "\n" not in line
        assert "island_clash" in line
        assert len(line) < 250, line
    assert lines[0].startswith("<Results of island_clash: 240 paths: 6 draws of 40, seed 1")
    assert "ally_fights" in lines[0]
    assert "with no_treaty" in lines[1]
    assert "draw 1, path 3, seed 1" in lines[2]
    assert "Rare general_war" in lines[3]
    under = sim.run(island().under("cautious"), **SMALL)
    assert "of island_clash under cautious:" in repr(under)


def test_a_notebook_shows_question_headlines_and_warnings():
    shown = island_run()._repr_html_()
    about = island_run().provenance
    assert about.question in shown
    assert ">ally fights</td>" in shown
    assert "general war" not in shown  # no headline
    assert "warnings" not in shown
    warned = replace(
        island_run(),
        outcomes=island_run().outcomes.assign(reach="impossible"),
        provenance=replace(about, draws_asked=9, title="a < b"),
    )
    shown = warned._repr_html_()
    assert "a &lt; b" in shown
    assert "interrupted: 6 of 9 draws" in shown
    assert "outcome general war: impossible by construction" in shown


def test_a_notebook_shows_a_comparison_and_a_replay():
    shown = sim.compare(island(), ["no_treaty", "cautious"], **SMALL)._repr_html_()
    assert island_run().provenance.question in shown
    assert [shown.count(f">{name}</td>") for name in ("baseline", "no_treaty", "cautious")] == [
        1
    ] * 3
    paths = island_run().paths
    first = paths[paths["time__ally_fights"].notna()].iloc[0]
    replay = sim.replay(island(), draw=int(first["draw"]), path=int(first["path"]))
    assert ">ally fights</td>" in replay._repr_html_()
    assert f"path {first['path']}, seed 1" in replay._repr_html_()


def test_a_comparison_calls_changes_by_titles_and_says_what_they_change():
    text = FILE.read_text(encoding="utf-8")
    titled = sim.loads(text.replace("{void: mutual_aid}", "{title: A <b>, void: mutual_aid}"))
    found = sim.compare(titled, ["no_treaty"], **SMALL)
    cell = '<td style="text-align:left">'  # notebooks set cells to the right
    assert f"{cell}A &lt;b&gt; (no_treaty)</td>" in found._repr_html_()
    difference = found.table.set_index("outcome").loc["ally_fights", "difference"]
    (told,) = re.findall(r"no_treaty \(ally_fights (-[\d.]+) \(.* to .*\) points\)", repr(found))
    assert float(told) == pytest.approx(100 * difference, abs=0.6)


def test_every_column_of_a_comparison_is_described():
    found = sim.compare(island(), ["no_treaty", "cautious"], together=True, **SMALL)
    tables = {name: getattr(found, name) for name in found.columns.index.unique("table")}
    assert len(tables) == 6
    assert tables["shapley"].size
    columns = found.columns
    for name, table in tables.items():
        index = [table.index.name] * (table.index.name is not None)
        assert list(columns.loc[name].index) == [*index, *table.columns]
    assert "90 %" in columns.loc[("table", "mc_low"), "meaning"]
    assert not columns["meaning"].str.contains("{", regex=False).any()
    # the control: a column that nobody described
    more = replace(found, flows=found.flows.assign(novel=1.0))
    with pytest.raises(KeyError, match=r"flows\.novel"):
        _ = more.columns


@pytest.mark.parametrize("engine", ["compiled", "exact"])
def test_a_comparison_is_read_back_equal(tmp_path, engine):
    scenario = island()
    if engine == "exact":
        file = tmp_path / "two.yaml"
        file.write_text(TWO, encoding="utf-8")
        scenario = sim.load(file)
    comparison = sim.compare(scenario, engine=engine, **SMALL)
    home = comparison.save(tmp_path / "compared")
    again = sim.Comparison.load(home)
    assert_frame_equal(again.table, comparison.table)
    assert list(again.twins) == list(comparison.twins)
    for name, twin in {**comparison.twins, "": comparison.baseline}.items():
        read = again.twins[name] if name else again.baseline
        assert_frame_equal(read.outcomes, twin.outcomes)
        assert read.provenance == twin.provenance
    with pytest.raises(
        UsageError, match=r"holds a comparison, not a run; Comparison\.load reads it"
    ):
        sim.Results.load(home)
    with pytest.raises(UsageError, match=r"holds a run, not a comparison; Results\.load reads it"):
        sim.Comparison.load(home / "baseline")
    (home / "analyses" / "compare.csv").write_text("twin\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changed since the run wrote it"):
        sim.Comparison.load(home)
    (home / "analyses" / "compare.csv").unlink()
    with pytest.raises(UsageError, match=r"compare\.csv: missing, although the run wrote it"):
        sim.Comparison.load(home)


def test_routes_are_asked_of_results_and_of_loaded_ones_with_their_scenario(tmp_path):
    routes = island_run().routes("ally_fights")
    assert len(routes) > 1
    loaded = sim.Results.load(island_run().save(tmp_path / "run"))
    assert_frame_equal(loaded.routes("ally_fights", scenario=island()), routes)
    with pytest.raises(UsageError, match="give the scenario as well"):
        loaded.routes("ally_fights")
    with pytest.raises(UsageError, match="unknown outcome 'ally_fight'; did you mean"):
        island_run().routes("ally_fight")
    with pytest.raises(NotApplicable, match="kept no table of paths"):
        replace(island_run(), paths=None).routes("ally_fights")
    narrow = island_run().routes("ally_fights", level=0.5)
    width, wide = (table["mc_high"] - table["mc_low"] for table in (narrow, routes))
    assert (width < wide).all()


def test_a_replays_parameters_are_those_of_its_draw_and_frozen():
    draws = sim.run(island(), draws=3, paths=1, workers=1).draws
    replay = sim.replay(island(), draw=2, path=0)
    for name, value in replay.parameters.items():
        assert draws.loc[2, name] == value, name
    assert isinstance(replay.parameters["reading"], str)
    assert isinstance(replay.parameters["restraint"], float)
    with pytest.raises(TypeError, match="does not support item assignment"):
        replay.parameters["restraint"] = 1.0


def test_all_errors_share_a_root_and_the_version_is_known():
    for name in ("ScenarioError", "RunError", "UsageError"):
        assert issubclass(getattr(sim, name), sim.EscalationError)
        assert name in sim.__all__
    assert issubclass(NotApplicable, sim.EscalationError)
    assert sim.__version__ == "0.1.0"
    assert "__version__" in dir(sim)
    with pytest.raises(AttributeError, match="no attribute 'sweeep'"):
        _ = sim.sweeep


def test_missing_counts_of_a_solution_stay_missing(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text(TWO, encoding="utf-8")
    table = sim.compare(file, engine="exact", draws=3).table
    assert table["n"].isna().all()
    assert isinstance(table["n"].dtype, pd.Int64Dtype)


TWO = """\
scenario: two
horizon: 30 d
actors: {a: {}}
state: {war: {flag: false}}
events: {attack: {after: {mean: 40 d}, chance: 0.5, then: {war: true}}}
outcomes: {war_begins: {when: war}}
endings: {war: {when: war}, peace: {otherwise: true}}
interventions:
  deter: {start: {war: true}}
"""
