"""The annex: what it, `resolve`, `replay` and a run say of one number agrees; names for keys."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from korea import FEW, loaded

import sim
from sim.formatting import duration_in_words
from sim.report.describe import describe

NAMES = [file.stem for file in FEW]

TITLED = """scenario: titled
horizon: 30 d
actors:
  us: {name: United Shores, state: {help: {levels: [none, arms]}}}
  taiwan: {name: The Island}
state: {hit: {flag: false}, told: {flag: false}}
parameters: {trust: {is: {pert: [0.1, 0.2, 0.5]}}, wait: {is: {pert: [1 d, 2 d, 3 d]}}}
treaties:
  relations_act:
    title: Act on Relations
    parties: [us, taiwan]
    obligations:
      sec2_resist:
        article: Sec. 2
        type: defence
        obligor: us
        beneficiary: taiwan
        casus_foederis: hit
        deliberation: 1 d
        responses:
          sends_arms: {probability: trust, then: {us.help: arms}}
          waits: {probability: rest}
moves:
  us_warns:
    title: Washington warns
    actor: us
    on: [strike, relations_act.sec2_resist.sends_arms]
    after: wait
    then: {told: true}
events:
  strike: {title: The first strike, at: 2 d, then: {hit: true}}
outcomes: {armed: {title: Arms arrive, when: us.help == arms, headline: true}}
endings: {all: {otherwise: true}}
interventions:
  no_act: {about: nothing binds, void: relations_act}
  no_resisting: {void: relations_act.sec2_resist}
  sure: {set: {trust: 0.123456, wait: 36 h}}
  told_before: {start: {told: true}}
  later: {title: A second strike, at: 4 d, then: {hit: true}}
"""


@pytest.fixture
def titled(tmp_path: Path) -> sim.Scenario:
    (tmp_path / "titled.yaml").write_text(TITLED, encoding="utf-8")
    return sim.load(tmp_path / "titled.yaml")


def rows(annex: str) -> dict[str, list[str]]:
    """Rows of all tables, by the name in their first or second cell."""
    found: dict[str, list[str]] = {}
    for line in annex.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.replace("\\|", "/").strip("|").split("|")]
            for cell in cells[:2]:
                if cell.startswith("`"):
                    found.setdefault(cell.strip("`"), cells)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_annex_machine_form_replay_and_run_agree_on_every_number(name):
    base = loaded(name)
    bare = replace(base, model=without_rules(base.model))  # once: walks and reads in milliseconds
    as_written = rows(describe(base))
    compared = 0
    for intervention, asked in base.declared.interventions.items():
        compared += _agree(base.under(intervention), bare.under(intervention), asked, as_written)
    numbers = len(base.model.parameters) + len(base.model.variables)
    assert compared == numbers * len(base.declared.interventions) > 0


def test_a_number_that_does_not_agree_is_seen():
    """The control: a run without the intervention that the annex is under."""
    base = loaded("korean_clash")
    bare = replace(base, model=without_rules(base.model))
    asked = base.declared.interventions["L4_attention"]  # sets two parameters to 1
    changed, as_written = base.under(asked.name), rows(describe(base))
    with pytest.raises(AssertionError, match=r"== 1\.0 ± "):
        _agree(changed, bare, asked, as_written)


def without_rules(model):
    """The model's numbers alone: its parameters, its state and the last of its endings."""
    ending = tuple(one for one in model.endings if one.when is None)
    return replace(
        model, transitions=(), outcomes=(), outcome_order=(), endings=ending, stop_when=None
    )


def _agree(changed, bare, asked, as_written) -> int:
    """The annex of a scenario and what is said of it without its rules; how many numbers agree."""
    name = asked.name
    annex, form = describe(changed), yaml.load(bare.resolved(), yaml.CSafeLoader)
    said = rows(annex)
    again = sim.replay(bare.model, draw=0, path=0)
    run = sim.run(bare.model, draws=1, paths=1, engine="reference", workers=1)
    compared = 0
    for parameter in changed.model.parameters:
        compared += 1
        key = parameter.name
        ran = run.draws[key].iloc[0]
        assert again.parameters[key] == ran
        cell = said[key][2]
        if key not in asked.set:
            assert cell == as_written[key][2]
            continue
        number, _, rest = cell.partition(f" (set by `{name}`; else ")
        assert rest == f"{as_written[key][2]})"
        (value,) = asked.set[key].numbers
        if parameter.distribution.levels:
            assert number == ran == parameter.distribution.levels[int(value)]
        else:
            assert ran == pytest.approx(value / 86_400 if parameter.time else value)
            assert number == (duration_in_words(value) if parameter.time else f"{value:.6g}")
        # a duration in seconds, a level by its number
        assert form["parameters"][key]["fixed"] == [value]
    for variable in changed.model.variables:
        compared += 1
        start = variable.word(variable.start)
        assert again.states[variable.name].iloc[0] == start
        if variable.name in said:  # a treaty's own flags stand with the treaty
            assert said[variable.name][-1] == start
    for void in map(str, asked.void):
        assert f"Void under `{name}`" in annex
        assert f"`{void}.binds`): day" not in annex
        assert {one.when.text for one in void_rules(changed.model, void)} == {"false"}
    assert f"Interventions applied: {name}." in annex
    return compared


def void_rules(model, name):
    """The rules that an intervention takes away with a treaty, a clause or a rule of that name."""
    return [
        one
        for one in model.transitions
        if name in (one.clause, (one.clause or "").partition(".")[0], one.name)
        and one.step in ("binds", "invoked", None)
    ]


def test_interventions_say_what_they_change(titled):
    said = rows(describe(titled))
    assert said["no_act"][1:] == ["nothing binds", "Act on Relations (`relations_act`) is void"]
    clause = "Sec. 2, Act on Relations (`relations_act.sec2_resist`) is void"
    assert said["no_resisting"][-1] == clause
    assert said["sure"][-1] == "`trust` is 0.123456; `wait` is 1.5 d"
    assert said["told_before"][-1] == "`told` starts at true"
    assert said["later"][1:] == ["A second strike", "an event on day 4: `hit` becomes true"]


def test_a_void_treaty_is_described_as_void(titled):
    annex = describe(titled.under("no_act"))
    assert "Void under `no_act`: never invoked (else when hit)." in annex
    assert "Invoked when" in describe(titled)  # the control


def test_an_added_event_is_described(titled):
    assert "### Events of interventions" in describe(titled.under("later"))
    assert "### Events of interventions" not in describe(titled)


def test_a_variant_says_of_what(titled, tmp_path: Path):
    (tmp_path / "v.yaml").write_text("extends: titled.yaml\nscenario: v\ntitle: Other\n")
    (tmp_path / "w.yaml").write_text("extends: [v.yaml]\nscenario: w\n")
    annex = describe(sim.load(tmp_path / "w.yaml"))
    assert (
        "A variant of Other (`v.yaml`), itself a variant of titled (`titled.yaml`); described here"
        in annex
    )
    assert "variant" not in describe(titled)


def test_a_reader_sees_names_and_finds_the_keys(titled):
    annex = describe(titled)
    assert (
        "**Sec. 2** (`relations_act.sec2_resist`; defence; owed by United Shores to The Isl"
        in annex
    )
    assert "`relations_act`: United Shores, The Island; binds at the start." in annex
    assert "**Washington warns** (`us_warns`; United Shores). Started by The first strike" in annex
    assert (
        "The first strike (`strike`), answer under Sec. 2, Act on Relations – sends arms "
        "(`relations_act.sec2_resist.sends_arms`)" in annex
    )
    assert "- The first strike (`strike`): day 2" in annex
