"""Every analysing verb, given what it can do little or nothing with: a sentence, never a traceback.

Exit code 2 where the input is wrong, 0 where it says what can be told; no NaN on the screen.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import call as call

import sim

TEXT = """\
scenario: edges
horizon: 20 d
sources: {tossed: {cite: Five tosses}}
state: {on: {flag: true}, up: {flag: false}, out: {flag: false}, maybe: {flag: false}}
parameters: {p: {is: {uniform: [0.2, 0.6]}, grade: stipulated}}
events:
  rises: {once: true, after: 2 d, then: {up: true}}
  may: {after: 900 d, then: {out: true}}
  toss: {at: 1 d, choose: {yes: {probability: p, then: {maybe: true}}, no: {probability: rest}}}
outcomes:
  sometimes: {when: maybe, headline: true}
  from_start: {when: on}
  always: {when: up}
  hardly: {when: out}
endings: {over: {otherwise: true}}
evidence: {seen: {outcome: sometimes, successes: 2, trials: 5, source: tossed}}
interventions: {stays_low: {void: [rises]}, stays_in: {void: [may]}}
"""
# what `find` takes instead of the name of an outcome
HOLDS_WHEN = {"sometimes": "maybe", "from_start": "on", "always": "up", "hardly": "out"}


def outcome_record(outcome: str) -> Path:
    """A file that says of an outcome that it did not happen."""
    file = Path("later.yaml")
    text = f"""\
scenario: edges
sources: {{seen: {{cite: Somebody saw it}}}}
happened: {{outcomes: {{{outcome or "sometimes"}: no}}, source: seen}}
"""
    file.write_text(text, encoding="utf-8")
    return file


Verb = Callable[[Path | str, str], tuple[object, ...]]
# each asked of a run directory (or scenario) and an outcome, where it takes one
VERBS: dict[str, Verb] = {
    "why": lambda home, outcome: ("why", home, outcome, "--no-charts"),
    "why --cut": lambda home, outcome: ("why", home, outcome, "--cut", 2, "--no-charts"),
    "sensitivity": lambda home, outcome: ("sensitivity", home, outcome, "--no-charts"),
    "response": lambda home, outcome: (
        *("sensitivity", home, outcome, "--response", "p", "--no-charts"),
    ),
    "stipulated": lambda home, outcome: (
        *("sensitivity", home, outcome, "--stipulated", "--no-charts"),
    ),
    "audit": lambda home, outcome: ("audit", home, outcome, "--no-charts"),
    "choice": lambda home, outcome: (
        *("audit", home, outcome, "--between", "stays_low,stays_in", "--no-charts"),
    ),
    "discover": lambda home, outcome: ("discover", home, outcome, "--no-charts"),
    "evidence": lambda home, outcome: ("evidence", home, "--no-charts"),
    "condition": lambda home, outcome: ("evidence", home, "--condition", "seen", "--no-charts"),
    "compare": lambda home, outcome: ("compare", home, "stays_low", "--no-charts"),
    "together": lambda home, outcome: (
        *("compare", home, "stays_low", "stays_in", "--together", "--no-charts"),
    ),
    "design": lambda home, outcome: (
        *("sensitivity", home, outcome, "--design", "--rows", 10, "--row-paths", 5, "--no-charts"),
    ),
    "find": lambda home, outcome: ("find", home, HOLDS_WHEN.get(outcome, outcome)),
    "score": lambda home, outcome: ("score", home, "--happened", outcome_record(outcome)),
    "structure": lambda home, outcome: ("structure", home, home, "--no-charts"),
    "diff": lambda home, outcome: ("diff", home, home),
}
OF_AN_OUTCOME = (
    *("why", "why --cut", "sensitivity", "response", "design", "stipulated", "audit", "choice"),
    *("discover", "score"),
)


@pytest.fixture
def run(call: object, tmp_path: Path) -> sim.Results:
    (tmp_path / "edges.yaml").write_text(TEXT, encoding="utf-8")
    return sim.run(sim.load("edges.yaml"), draws=30, paths=10, workers=1)


def sentences(found: tuple[int, str, str]) -> str:
    """What was said on both streams, with the checks that hold for every answer."""
    code, out, err = found
    assert code in (0, 2), err
    assert "Traceback" not in out + err
    assert "internal error" not in err
    assert "nan" not in (out + err).lower().split()
    if code == 2:
        assert out == ""
    assert out + err
    return " ".join((out + err).split())


@pytest.mark.parametrize("verb", OF_AN_OUTCOME)
def test_an_unknown_outcome_is_refused_with_the_nearest_name(run, call, verb):
    run.save("home")
    for source in ("home", "edges.yaml"):
        found = call(*VERBS[verb](source, "somtimes"))
        assert found[0] == 2
        assert "unknown outcome 'somtimes'; did you mean 'sometimes'" in sentences(found)


@pytest.mark.parametrize("verb", ["evidence", "condition", "compare", "choice"])
def test_an_unknown_record_or_intervention_is_refused_with_the_nearest_name(run, call, verb):
    run.save("home")
    wrong = {"seen": "sen", "stays_low": "stay_low", "stays_low,stays_in": "stay_low,stays_in"}
    outcome = "sometimes" if verb == "choice" else ""
    words = [wrong.get(one, one) for one in VERBS[verb]("home", outcome)]
    if verb == "evidence":  # which takes no name: the control
        assert call(*words)[0] == 0
        return
    said = sentences(call(*words))
    assert "did you mean 'seen'" in said or "did you mean 'stays_low'" in said


@pytest.mark.parametrize("verb", VERBS)
def test_a_directory_of_another_version_is_refused(run, call, verb):
    home = run.save("home")
    about = json.loads((home / "manifest.json").read_bytes())
    about = {key: value for key, value in about.items() if key not in ("manifest", "digest")}
    (home / "manifest.json").write_text(json.dumps({**about, "format": 1}), encoding="utf-8")
    found = call(*VERBS[verb]("home", "sometimes"))
    assert found[0] == 2
    said = sentences(found)
    assert "run the scenario again" in said or "changed since the run wrote it" in said


@pytest.mark.parametrize("verb", VERBS)
def test_an_interrupted_run_is_analysed_as_far_as_it_came(run, call, verb):
    about = replace(run.provenance, draws_asked=50, stopped="interrupted")
    replace(run, provenance=about).save("home")
    found = call(*VERBS[verb]("home", "sometimes"))
    sentences(found)
    assert found[0] == 0


@pytest.mark.parametrize("verb", VERBS)
def test_of_a_run_without_paths_it_is_said_what_needs_them(run, call, verb):
    sim.run(sim.load("edges.yaml"), draws=30, paths=10, workers=1, keep_paths=False).save("home")
    code, _, _ = found = call(*VERBS[verb]("home", "sometimes"))
    said = sentences(found)
    if verb.startswith("why"):
        assert (code, "--keep-paths" in said) == (2, True)
    elif verb == "condition":
        assert "keep" in said
    else:
        assert code == 0


@pytest.mark.parametrize("verb", VERBS)
def test_of_one_draw_nothing_is_said_of_parameters(run, call, verb):
    sim.run(sim.load("edges.yaml"), draws=1, paths=40, workers=1).save("home")
    found = call(*VERBS[verb]("home", "sometimes"))
    said = sentences(found)
    if verb in ("sensitivity", "stipulated", "audit", "choice", "discover"):
        assert "one draw" in said
    if verb == "choice":
        assert "There is 1 draw: too few; run at least 50" in said
    if verb in ("condition", "structure"):
        assert "would do" in said


@pytest.mark.parametrize("verb", VERBS)
def test_of_one_path_in_each_draw_nothing_is_said_of_its_chance(run, call, verb):
    sim.run(sim.load("edges.yaml"), draws=60, paths=1, workers=1).save("home")
    found = call(*VERBS[verb]("home", "sometimes"))
    said = sentences(found)
    assert found[0] == (2 if verb == "structure" else 0)
    if verb == "structure":
        assert "--paths 2 or more would do" in said
    if verb in ("sensitivity", "stipulated"):
        assert "of one path in each draw its chance is unknown" in said
        assert "60 draws of 1 path:" in said
    if verb == "choice":
        assert "one path in each draw" in said


@pytest.mark.parametrize("verb", OF_AN_OUTCOME)
def test_without_outcomes_there_is_nothing_to_ask(run, call, verb):
    kept = [line for line in TEXT.splitlines() if not line.startswith(("  sometimes", "outcomes"))]
    gone = ("  from_start", "  always", "  hardly", "evidence")
    bare = "\n".join(line for line in kept if not line.startswith(gone))
    Path("bare.yaml").write_text(bare.replace("edges", "bare"), encoding="utf-8")
    code, out, _ = found = call("run", "bare.yaml", "--draws", 3, "--paths", 4)
    sentences(found)
    assert code == 0  # charts too: the control that the scenario is a valid one
    assert "over" in out
    for home in ("bare.yaml", "results/bare"):
        for outcome in ("", "sometimes"):
            if verb in ("discover", "score") and not outcome:  # which need one, or have a file
                continue
            found = call(*[word for word in VERBS[verb](home, outcome) if word != ""])
            said = sentences(found)
            assert found[0] == 2
            assert "outcome" in said, said


@pytest.mark.parametrize("outcome", ["hardly", "always", "from_start"])
@pytest.mark.parametrize("verb", OF_AN_OUTCOME)
def test_what_never_or_always_happens_is_said_in_a_sentence(run, call, verb, outcome):
    run.save("home")
    found = call(*VERBS[verb]("home", outcome))
    said = sentences(found)
    assert found[0] == 0
    # control: of what varies it is not said
    if verb in ("sensitivity", "stipulated", "audit", "choice", "discover"):
        other = sentences(call(*VERBS[verb]("home", "sometimes")))
        assert said != other


@pytest.mark.parametrize("verb", OF_AN_OUTCOME)
@pytest.mark.parametrize("how", ["one draw", "one path", "paths not kept", "interrupted"])
def test_what_never_or_always_happens_is_said_of_poor_runs_too(run, call, verb, how):
    kept = how != "paths not kept"
    draws, paths = {"one draw": (1, 20), "one path": (1, 1)}.get(how, (30, 10))
    poor = sim.run(sim.load("edges.yaml"), draws=draws, paths=paths, workers=1, keep_paths=kept)
    if how == "interrupted":
        about = replace(poor.provenance, draws_asked=50, stopped="interrupted")
        poor = replace(poor, provenance=about)
    poor.save("home")
    for outcome in ("hardly", "always", "from_start"):
        code, _, _ = found = call(*VERBS[verb]("home", outcome))
        sentences(found)
        # nothing but the routes, which need the paths, is refused
        assert code == (2 if verb.startswith("why") and not kept else 0), (outcome, found)


def test_a_condition_with_an_unknown_name_is_refused_with_the_nearest(run, call):
    run.save("home")
    for source in ("home", "edges.yaml"):
        code, _, _ = found = call("find", source, "mabe")
        assert code == 2
        assert "did you mean 'maybe'" in sentences(found)
    # control
    assert call("find", "home", "maybe")[0] == 0
