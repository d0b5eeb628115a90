"""What an author may write: every construct once, and what each becomes."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from five_hundred import five_hundred_rules
from plain_data import data_of, keys

from sim import run
from sim.errors import ScenarioError, UsageError
from sim.export import schema
from sim.model.phrases import phrase
from sim.scenario import load, new

CORPUS = Path(__file__).parent / "corpus"
VALID = sorted((CORPUS / "valid").glob("*.yaml"))
ISLAND = CORPUS / "valid" / "island_clash.yaml"
ISLAND_SHA256 = "3a41d4229cefee92dc6472767bd87a7c64ea3e245b3267ec7b8dbf1f967a0d1c"

CONSTRUCTS = """
    scenario title question about note start horizon sources cite url published accessed
    unconfirmed ladders actors name rationality state levels flag max ladder says relations between
    parameters is grade source fixed uniform triangular pert normal sd lognormal beta successes
    trials prior choices quantiles within facts delays exactly mean median p90 weibull scale shape
    observed mix share treaties parties signed in_force binds obligations type obligor beneficiary
    article casus_foederis deliberation responses reopens lapses stipulated moves events actor when
    on becomes after at speed memory once limit choose probability weight utility of_rest available
    then chance at_least at_most stop_when outcomes headline endings otherwise interventions void
    set evidence outcome cases counts_this times happened ending until for_each extends remove
    include smoothed known_to final
    """


def test_the_corpus_uses_every_construct():
    files = [*VALID, *(CORPUS / "valid" / "parts").glob("*.yaml")]
    used = set().union(*(keys(data_of(file)) for file in files))
    assert set(CONSTRUCTS.split()) - used == set()
    assert "no_such_construct" not in used


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_a_scenario_resolves_as_written_beside_it(file):
    resolved = load(file).resolved()
    assert resolved == file.with_suffix(".resolved").read_text(encoding="utf-8")
    assert isinstance(yaml.compose(resolved, Loader=yaml.BaseLoader), yaml.MappingNode)


def test_the_resolved_form_shows_any_change(tmp_path):
    """The control: one number, one order or one guard changed shows."""
    text = ISLAND.read_text(encoding="utf-8")
    for old, new_text in (
        ("median: 3 d", "median: 4 d"),
        ("probability: 0.2", "probability: 0.21"),
        ("north_south >= clash and", "north_south > clash and"),
        ("ladder: conflict, start: clash", "ladder: conflict, start: incident"),
    ):
        assert text.count(old) == 1
        file = tmp_path / "changed.yaml"
        file.write_text(text.replace(old, new_text), encoding="utf-8")
        assert load(file).resolved() != load(ISLAND).resolved()


def test_the_island_clash_of_the_design_is_unchanged():
    assert hashlib.sha256(ISLAND.read_bytes()).hexdigest() == ISLAND_SHA256
    scenario = load(ISLAND)
    assert scenario.warnings == ()
    assert [t.name for t in scenario.model.transitions] == [
        *("mutual_aid.binds", "mutual_aid.art4.invoked", "mutual_aid.art4"),
        *("south_answers", "north_presses", "ally_makes_up_its_mind", "cooling_off"),
    ]


def test_the_record_of_a_scenario():
    scenario = load(ISLAND)
    assert (scenario.name, scenario.horizon, str(scenario.start)) == (
        "island_clash",
        180.0,
        "2024-10-25",
    )
    assert scenario.files == {str(ISLAND): ISLAND.read_bytes()}
    blame = scenario.parameters.loc["ally_blames_south"]
    assert (blame["grade"], blame["source"], blame["line"]) == ("judgement", "icb", 30)
    treaty = scenario.declared.treaties["mutual_aid"]
    assert (treaty.label, treaty.parties) == ("Treaty of mutual aid", ("north", "ally"))
    (art4,) = treaty.obligations.values()
    assert (art4.type, art4.obligor, art4.beneficiary) == ("defence", "ally", ("north",))
    assert phrase(art4.casus_foederis, scenario.model) == (
        "north south is at least limited war and (reads attacker of Northland's ally is Southland "
        "or reading is broad)"
    )
    assert list(scenario.interventions) == ["no_treaty", "early_talks", "cautious"]
    (evidence,) = scenario.evidence.itertuples()
    assert (evidence.outcome, evidence.successes, evidence.trials) == ("general_war", 0, 14)


def test_an_unconfirmed_source_is_shown_with_the_number():
    scenario = load(CORPUS / "valid" / "parameters.yaml")
    shown = set(scenario.parameters.index[scenario.parameters["unconfirmed"]])
    assert shown == {"fixed", "normal", "pert", "beta_of_counts", "beta_of_moments"}


def test_a_variant_names_all_its_files():
    file = CORPUS / "valid" / "variant.yaml"
    names = [Path(name).name for name in load(file).files]
    assert names == ["variant.yaml", "middle.yaml", "base.yaml", "sources.yaml"]
    assert [Path(name).name for name in load(ISLAND).files] == ["island_clash.yaml"]


# What check --strict asks for


def test_strict_wants_a_reason_for_every_number(tmp_path):
    scenario = load(ISLAND)
    asked = {problem.path for problem in scenario.strict()}
    assert "moves.north_presses.speed" in asked
    assert "moves.north_presses.choose.escalate.probability" in asked
    assert "treaties.mutual_aid.obligations.art4.deliberation.p90" in asked
    assert not any("when" in path or "then" in path for path in asked)
    assert not any("in_kind" in path for path in asked)  # utility 1
    text = ISLAND.read_text(encoding="utf-8")
    given = text.replace("    speed: 1.5", "    source: [icb]\n    speed: 1.5")
    file = tmp_path / "reasoned.yaml"
    file.write_text(given, encoding="utf-8")
    now = {problem.path for problem in load(file).strict()}
    assert asked - now == {path for path in asked if path.startswith("moves.north_presses")}


def test_every_number_of_a_rule_is_listed_with_its_line():
    numbers = load(ISLAND).stipulated
    assert list(zip(numbers["median"], numbers["line"], strict=True))[:4] == [
        *(("2", 16), ("7 d", 58), ("50 d", 58), ("0.7", 61)),
    ]
    assert load(CORPUS / "valid" / "treaties.yaml").numbers[1].why == "nobody knows"


# Interventions


def test_interventions_in_any_order_are_one():
    scenario = load(ISLAND)
    one, two = scenario.under("no_treaty+early_talks"), scenario.under("early_talks+no_treaty")
    assert one.resolved() == two.resolved() != scenario.resolved()
    assert one.applied == ("no_treaty", "early_talks")
    assert one == two
    assert scenario.under("no_treaty").under("early_talks").model == one.model


def test_a_void_treaty_never_binds():
    scenario = load(ISLAND)
    binds, called = (
        scenario.under("no_treaty").model.transition(name)
        for name in ("mutual_aid.binds", "mutual_aid.art4.invoked")
    )
    assert str(binds.when) == str(called.when) == "false"
    assert scenario.model.transition("mutual_aid.binds").when is None


def test_interventions_change_what_they_say_and_nothing_else():
    scenario = load(CORPUS / "valid" / "interventions.yaml")
    base = scenario.model
    sure = scenario.under("sure").model
    assert [p.distribution.numbers for p in sure.parameters] == [(0.9,), (1.0,), (43_200.0,)]
    assert (sure.variables, sure.transitions) == (base.variables, base.transitions)
    tense = scenario.under("tense").model
    changed = [v.name for v, w in zip(tense.variables, base.variables, strict=True) if v != w]
    assert changed == ["korea", "talks", "heat", "pact.art1"]
    both = scenario.under("mediation+talks_early").model
    assert [t.name for t in both.transitions[-2:]] == ["talks_early", "mediation"]
    assert both.transitions[:-2] == base.transitions
    assert both.transition("mediation").part == "intervention"
    assert both.transition("talks_early").at == 2 * 86_400.0


def test_one_article_can_be_void_alone():
    scenario = load(CORPUS / "valid" / "interventions.yaml")
    model = scenario.under("no_article").model
    assert model.transition("pact.binds") == scenario.model.transition("pact.binds")
    assert str(model.transition("pact.art1.invoked").when) == "false"


def test_interventions_that_contradict_each_other_are_refused():
    scenario = load(CORPUS / "valid" / "interventions.yaml")
    with pytest.raises(ScenarioError, match=r"yaml:\d+:\d+: interventions.* give 'p' different"):
        scenario.under("sure+mediation")
    with pytest.raises(UsageError, match="did you mean 'talks_early'"):
        scenario.under("talks_erly")
    with pytest.raises(UsageError, match="names no intervention"):
        scenario.under("sure+")


# The command line's helpers


def test_a_new_scenario_runs(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(new("mine"), encoding="utf-8")
    scenario = load(file)
    assert (scenario.name, scenario.strict()) == ("mine", ())
    assert len(scenario.under("no_pact").model.transitions) == len(scenario.model.transitions)
    for bad in ("2nd", "while", "", "!"):
        with pytest.raises(UsageError, match=r"is not a valid name; .* not begin with a digit$"):
            new(bad)
    for bad, meant in (("my crisis", "my_crisis"), ("Süd-Krise!", "Sud_Krise")):
        with pytest.raises(UsageError, match=f"did you mean '{meant}'"):
            new(bad)


def test_a_new_scenario_has_sensible_answers(tmp_path):
    """All of it comes up, each ending too, and hardly a path hangs between calm and war."""
    file = tmp_path / "mine.yaml"
    file.write_text(new("mine"), encoding="utf-8")
    found = run(load(file), draws=30, paths=100, seed=1, engine="reference")
    assert set(found.coverage["reach"]) == {"seen"}
    assert (found.endings["hits"] > 0).all()
    assert found.endings.at["open", "hits"] < 60  # of 3,000
    variant = tmp_path / "stuck.yaml"  # the control: talks that lead nowhere hold a path for ever
    gone = "remove: [events.a_round_of_talks, parameters.talks_help]"
    variant.write_text(f"extends: mine.yaml\nscenario: stuck\n{gone}\n", encoding="utf-8")
    stuck = run(load(variant), draws=3, paths=100, seed=1, engine="reference")
    assert stuck.endings.at["open", "hits"] > 60  # of 300


def test_the_schema_accepts_the_corpus_and_nothing_misspelt():
    jsonschema = pytest.importorskip("jsonschema")
    shape = schema()
    jsonschema.Draft202012Validator.check_schema(shape)
    check = jsonschema.Draft202012Validator(shape)
    for file in VALID:
        assert list(check.iter_errors(data_of(file))) == []
    for name in ("unknown_section", "unknown_key_in_option", "text_for_a_flag", "unknown_memory"):
        wrong = data_of(CORPUS / "invalid" / f"{name}.yaml")
        assert list(check.iter_errors(wrong))


# What it costs


def test_checking_imports_nothing_slow():
    code = (
        "import sys; from sim.scenario import load; load(sys.argv[1]); "
        "print([n for n in ('numba', 'pandas', 'matplotlib', 'scipy') if n in sys.modules])"
    )
    run = [sys.executable, "-c", code, str(ISLAND)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"
    control = [sys.executable, "-c", code.replace("import sys;", "import sys, scipy;"), str(ISLAND)]
    assert "scipy" in subprocess.run(control, capture_output=True, text=True, check=True).stdout


def test_five_hundred_rules_load(tmp_path):
    """How fast is measured by benchmarks/reading.py."""
    file = tmp_path / "big.yaml"
    file.write_text(five_hundred_rules(), encoding="utf-8")
    assert len(load(file).model.transitions) == 500


def test_a_problem_far_down_is_found_at_its_line(tmp_path):
    file = tmp_path / "big.yaml"
    text = five_hundred_rules().replace(
        "speed: 1.5 if a9.role >= some", "speed: 1.5 if a9.role > x", 1
    )
    file.write_text(text, encoding="utf-8")
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "> x" in row)
    with pytest.raises(ScenarioError, match=f"big.yaml:{line}:") as caught:
        load(file)
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.path) == (line, "moves.m9.speed")
