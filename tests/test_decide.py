"""Decisions by a function: what it is shown, what it may answer, and that nothing else moves."""

import copy
import json
import pickle
from dataclasses import FrozenInstanceError
from datetime import datetime
from functools import partial

import numpy as np
import pytest
from command_line import FIRST, call
from pandas.testing import assert_frame_equal

import sim
from sim import policies

__all__ = ["call"]
SMALL = {"draws": 6, "paths": 40, "seed": 1}
FULL = {**SMALL, "events": True}
SECRET = """
scenario: secret
title: A council that is not told everything
question: Does it act?
horizon: 30 d
start: 2025-03-01
ladders: {heat: [calm, tense, hot]}
actors:
  council:
    name: The council
    rationality: 2
    stipulated: an example
    state: {mood: {levels: [easy, alarmed]}}
  spy: {name: The spy}
relations:
  border: {between: [council, spy], ladder: heat, start: tense}
state:
  mole: {flag: true, known_to: [spy]}
  alerts: {max: 5}
parameters:
  bold: {is: {uniform: [0.2, 0.8]}}
facts:
  uneasy: border >= tense and council.mood == easy
  betrayed: mole
moves:
  meets:
    actor: council
    when: border >= tense
    after: {mean: 4 d}
    stipulated: an example
    choose:
      waits: {utility: 1}
      alarms: {utility: 0.5, then: {council.mood: alarmed, alerts: "alerts + 1"}}
      strikes: {available: council.mood == alarmed, utility: 0.2, then: {border: hot}}
  spy_tells:
    actor: spy
    after: {mean: 9 d}
    stipulated: an example
    choose:
      tells: {probability: bold, then: {border: raise}}
      hides: {probability: rest}
      flees: {probability: 0, then: {border: calm}}
events:
  calms: {when: border >= tense, after: {mean: 20 d}, then: {border: lower}, stipulated: an example}
outcomes: {hot_border: {when: border == hot, headline: true}}
endings: {hot: {when: border == hot}, quiet: {otherwise: true}}
"""


def secret() -> sim.Scenario:
    return sim.loads(SECRET)


def first() -> sim.Scenario:
    return sim.load(FIRST)


def same(one: sim.Results, other: sim.Results) -> None:
    """The same paths, event for event."""
    assert_frame_equal(one.events, other.events)
    assert_frame_equal(one.paths, other.paths)


def own_choice(situation: policies.Situation) -> str:
    return situation.as_written


def own_odds(situation: policies.Situation) -> dict[str, float]:
    return dict(situation.odds)


def nothing(situation: policies.Situation) -> None:
    return None


def refused(decide: object, **options: object) -> str:
    with pytest.raises(sim.EscalationError, match=r"decide|track|always|never") as error:
        sim.run(secret(), decide=decide, **{**SMALL, **options})
    return str(error.value)


# the twin of the run as written


@pytest.mark.parametrize("policy", [own_choice, own_odds, nothing])
@pytest.mark.parametrize("scenario", [first, secret])
def test_the_models_own_choice_is_the_run_as_written_event_for_event(scenario, policy):
    source = scenario()
    actors = [actor.name for actor in source.model.actors]
    as_written = sim.run(source, **FULL)  # by the compiled engine
    same(sim.run(source, decide=dict.fromkeys(actors, policy), **FULL), as_written)
    other = sim.run(source, decide=dict.fromkeys(actors, policies.quantal(0)), **FULL)
    assert not other.events.equals(as_written.events)  # the control: another choice, another run


def test_paths_part_where_a_function_first_chooses_otherwise_and_not_before():
    """Event by event up to the first other choice, over all paths; every path that has none."""
    as_written = sim.run(first(), **FULL)
    decided = sim.run(first(), decide={"ally": policies.always("troops")}, **FULL)
    events = [dict(list(run.events.groupby(["draw", "path"]))) for run in (as_written, decided)]
    assert events[0].keys() == events[1].keys()
    parted = 0
    for key, own in events[0].items():
        own, its = own.reset_index(drop=True), events[1][key].reset_index(drop=True)
        other = (own["option"] == "arms").to_numpy()
        until = int(other.argmax()) if other.any() else len(own)
        assert_frame_equal(own[:until], its[:until])
        if other.any():
            parted += 1
            assert its["option"][until] == "troops"
            assert its["time"][until] == own["time"][until]
    assert parted == 21
    assert len(as_written.events) == len(decided.events)  # nobody else waits for the ally here


def test_odds_of_a_function_are_met_by_the_same_draw():
    """Twice the same odds are the same run; more of one option never takes it away from a path."""
    shares = [{"troops": p, "arms": 1 - p} for p in (0.2, 0.6)]
    few, more = (
        sim.run(first(), decide={"ally": lambda s, odds=odds: odds}, **FULL) for odds in shares
    )
    took = [set(run.events[run.events["option"] == "troops"].index) for run in (few, more)]
    assert took[0] < took[1]
    same(few, sim.run(first(), decide={"ally": lambda s: {"troops": 2, "arms": 8}}, **FULL))


# what it is shown


def shown(actor: str = "council", **options: object) -> list[policies.Situation]:
    seen: list[policies.Situation] = []
    sim.run(secret(), decide={actor: lambda s: seen.append(s)}, **{**SMALL, **options})
    return seen


def tense() -> policies.Situation:
    return next(s for s in shown() if s.state["border"] == "tense" and not s.history)


def test_a_situation_has_time_options_odds_and_history():
    seen = shown()
    assert len(seen) == 1_226
    one = next(s for s in seen if len(s.history) == 2 and "strikes" in s.odds)
    assert (one.actor, one.asks, one.clause) == ("council", "meets", None)
    assert abs((one.date - datetime(2025, 3, 1)).total_seconds() / 86_400 - one.time) < 1e-9
    assert [act.asks for act in one.history] == ["meets", "meets"]
    assert one.history[0].time < one.history[1].time < one.time
    assert "alarms" in {act.option for act in one.history}
    # quantal response at the rationality of the file, by hand
    weights = np.exp(2 * np.array([1, 0.5, 0.2]))
    assert list(one.odds) == ["waits", "alarms", "strikes"] == list(one.options)
    np.testing.assert_allclose(list(one.odds.values()), weights / weights.sum(), rtol=1e-12)
    calm = next(s for s in seen if s.state["council.mood"] == "easy")
    assert list(calm.odds) == ["waits", "alarms"]  # strikes is not available
    with pytest.raises(FrozenInstanceError, match="time"):
        one.time = 3.0
    with pytest.raises(TypeError, match="item assignment"):
        one.odds["waits"] = 1.0


def test_state_is_that_which_the_actor_can_know():
    council, spy = tense(), shown("spy")[0]
    assert "mole" not in council.state
    assert "mole" not in repr(council.state)
    assert spy.state["mole"] is True
    assert dict(council.state) == {"council.mood": "easy", "border": "tense", "alerts": 0}
    assert isinstance(council.state["alerts"], int)
    with pytest.raises(sim.UsageError, match="did you mean 'border'"):
        council.state["bordr"]


def test_levels_compare_in_the_order_of_the_file():
    level = tense().state["border"]
    assert level > "calm"  # the alphabet agrees
    assert level < "hot"  # and here it does not
    assert level <= "tense" <= level
    assert not "tense" < "hot"  # the control: of plain texts the alphabet decides
    with pytest.raises(sim.UsageError, match="did you mean 'tense'"):
        assert level > "tens"
    assert pickle.loads(pickle.dumps(level)) < "hot"
    assert copy.copy(level).levels == ("calm", "tense", "hot")


def test_conditions_of_the_file_can_be_asked():
    one = tense()
    assert one.holds("uneasy")
    assert one.holds("border >= tense and alerts == 0")
    assert not one.holds("border == hot")


@pytest.mark.parametrize(
    ("peeks", "says"),
    [
        (lambda s: s.state["mole"], "council cannot know 'mole', known to spy"),
        (lambda s: s.state.get("mole"), "council cannot know 'mole', known to spy"),
        (lambda s: s.holds("mole"), "council cannot know 'mole', known to spy"),
        (lambda s: s.holds("betrayed"), "council cannot know 'mole', known to spy"),
        (lambda s: s.holds("alerts > bold"), "'bold' is a parameter, which no actor knows"),
    ],
)
def test_a_function_that_peeks_fails_with_a_sentence(peeks, says):
    said = refused({"council": peeks})
    assert says in said
    assert "asked by meets at 2025-03-0" in said
    assert "(draw 0, path 0, seed 1)" in said
    assert (
        sim.run(secret(), decide={"spy": lambda s: peeks(s) and None}, **SMALL)
        if ("bold" not in says)
        else True
    )  # the control: the spy may


def test_the_uniform_is_of_its_own_and_found_by_name():
    """Equal in two runs, uniform, and without a bearing on what the model's own draw takes."""
    seen = shown(draws=10, paths=100)
    u = np.array([s.uniform for s in seen])
    n = len(u)
    assert len(set(u)) == n > 4_000
    assert abs((u.mean() - 0.5) * np.sqrt(12 * n)) < 4
    waits = np.array([s.as_written == "waits" for s in seen])
    assert abs(np.corrcoef(u, waits)[0, 1] * np.sqrt(n)) < 4
    again = [s.uniform for s in shown(draws=10, paths=100)]
    assert again == u.tolist()
    assert [s.uniform for s in shown(seed=2)] != u[: len(shown(seed=2))].tolist()  # control


def test_who_has_one_option_left_is_not_asked():
    """`flees` has no probability in the model: it cannot be taken, and is not offered."""
    assert all(list(s.odds) == ["tells", "hides"] for s in shown("spy"))
    assert "option 'flees' cannot be taken now; open: tells, hides" in refused(
        {"spy": lambda s: "flees"}
    )


# what it may answer


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("wait", "unknown option 'wait'; did you mean 'waits'?"),
        ({"wait": 1}, "unknown option 'wait'; did you mean 'waits'?"),
        ("strikes", "option 'strikes' cannot be taken now; open: waits, alarms"),
        ({"waits": -1}, "the odds of 'waits' must be finite and not negative, found -1"),
        ({"waits": float("nan")}, "must be finite and not negative, found nan"),
        ({"waits": float("inf")}, "must be finite and not negative, found inf"),
        ({"waits": "much"}, "the odds of 'waits' must be a number, found 'much'"),
        ({"waits": 0}, "gives odds to no option that can be taken: waits, alarms"),
        ({}, "gives odds to no option that can be taken"),
        ({"waits": 1e308, "alarms": 1e308}, "add up to more than a number can be"),
        (3, "must be the name of an option, a mapping of odds over options, or None; found 3"),
    ],
)
def test_a_wrong_answer_is_one_clear_error(answer, says):
    said = refused({"council": lambda s: answer})
    assert says in said
    assert "sim.replay(scenario, draw=0, path=0, seed=1)" in said
    assert "\n" not in said


def test_an_exception_names_the_path_and_keeps_its_own():
    def breaks(situation):
        return 1 / (situation.path - 3)

    with pytest.raises(sim.RunError, match=r"\(draw 0, path 3, seed 1\): ZeroDivision") as e:
        sim.run(secret(), decide={"council": lambda s: breaks(s) and None}, **SMALL)
    assert isinstance(e.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("decide", "says"),
    [
        ({"counsel": nothing}, "unknown actor 'counsel'; did you mean 'council'?"),
        ({"council": "waits"}, "council takes a function, found 'waits'"),
        (nothing, 'takes a function for each actor, such as {"council": f}'),
        ({}, "takes a function for each actor"),
        ({"council": policies.always("wait")}, "unknown option of council 'wait'; did you mean"),
        ({"council": policies.never("meets.alarm")}, "did you mean 'meets.alarms'?"),
    ],
)
def test_what_is_no_policy_is_refused_before_anything_runs(decide, says):
    assert says in refused(decide)


def test_other_engines_ask_nobody():
    for engine in ("compiled", "exact"):
        assert f"the engine {engine!r} asks nobody" in refused({"council": nothing}, engine=engine)
    assert "track: walks the paths again" in refused({"council": nothing}, track=["border"])


# several workers


def test_what_a_function_records_is_not_lost_unsaid():
    seen = []
    said = refused({"council": lambda s: seen.append(s)}, workers=2)
    assert "would stay in other processes and be lost" in said
    assert "sim.policies.stateless(f)" in said
    assert seen == []
    lambdas = {"council": policies.stateless(lambda s: None)}
    assert "cannot be sent to 2 processes" in refused(lambdas, workers=2)
    assert sim.run(secret(), decide=lambdas, **SMALL).n == 240  # alone it may be one


@pytest.mark.parametrize("policy", [policies.never("waits"), policies.stateless(own_choice)])
def test_two_processes_give_the_tables_of_one(policy):
    one, two = (
        sim.run(secret(), decide={"council": policy}, workers=n, **{**FULL, "paths": 60})
        for n in (1, 2)
    )
    assert one == two
    same(one, two)


# policies


def taken(policy: object, actor: str = "council") -> dict[str, float]:
    run = sim.run(secret(), decide={actor: policy}, **{**FULL, "draws": 5, "paths": 100})
    rule = {"council": "meets", "spy": "spy_tells"}[actor]
    found = run.events[run.events["transition"] == rule]["option"]
    return found.astype(str).value_counts(normalize=True).to_dict()


def test_always_and_never_and_most_likely():
    assert taken(policies.always("alarms")) == {"alarms": 1.0}
    assert taken(policies.always("meets.strikes", "alarms")).keys() == {"alarms", "strikes"}
    assert "alarms" not in taken(policies.never("alarms"))
    assert taken(policies.most_likely()) == {"waits": 1.0}
    # strikes cannot be taken before an alarm: the model decides until then
    assert taken(policies.always("strikes")).keys() == {"waits", "alarms", "strikes"}
    assert repr(policies.always("a", "b.c")) == "always('a', 'b.c')"
    for wrong in (lambda: policies.always(), lambda: policies.never(3)):
        with pytest.raises(sim.UsageError, match="takes names of options"):
            wrong()


def test_never_keeps_the_odds_of_the_others():
    seen = {}

    def never(situation):
        seen[situation.odds.keys() >= {"strikes"}] = policies.never("waits")(situation)

    sim.run(secret(), decide={"council": never}, **SMALL)
    assert seen[False].keys() == {"alarms"}
    assert seen[True]["alarms"] / seen[True]["strikes"] == pytest.approx(np.exp(2 * 0.3))


def test_quantal_response_is_that_of_a_file_with_the_other_rationality():
    """Event for event: the file with rationality 6, and 2 times 3."""
    sharper = sim.loads(SECRET.replace("rationality: 2", "rationality: 6"))
    as_written = sim.run(sharper, **FULL)
    decided = sim.run(secret(), decide={"council": policies.quantal(3)}, **FULL)
    assert_frame_equal(as_written.paths, decided.paths)
    columns = ["draw", "path", "seq", "time", "transition", "option", "cause"]
    assert_frame_equal(as_written.events[columns], decided.events[columns])
    other = sim.run(secret(), decide={"council": policies.quantal(2.5)}, **FULL)  # the control
    assert not other.events[columns].equals(as_written.events[columns])
    for wrong in (-1, float("nan"), "2", True):
        with pytest.raises(sim.UsageError, match="quantal: times must be"):
            policies.quantal(wrong)


# provenance, replay, compare


def test_a_saved_run_says_who_decided_and_replays_with_them_alone(tmp_path):
    decide = {"ally": policies.always("troops")}
    run = sim.run(first(), decide=decide, **FULL)
    assert "where always('troops') decides for ally" in repr(run)
    run.save(tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["decided"] == {"ally": "always('troops')"}
    loaded = sim.Results.load(tmp_path / "run")
    assert loaded == run
    for again in (run, loaded):
        found = again.replay(0, 7, decide=decide)
        own = run.events.query("draw == 0 and path == 7").reset_index(drop=True)
        assert_frame_equal(found.events, own)
        assert list(found.decided.values()) == ["always('troops')"]
    wants = r"give decide=\{'ally': sim.policies.always\('troops'\)\} from Python, found none"
    other = {"ally": policies.always("arms")}
    for attempt in (
        lambda: sim.replay(tmp_path / "run", draw=0, path=7),
        lambda: run.replay(0, 7),
        lambda: sim.run(tmp_path / "run"),
        lambda: sim.compare(tmp_path / "run", ["no_treaty"]),
    ):
        with pytest.raises(sim.UsageError, match=wants):
            attempt()
    with pytest.raises(sim.UsageError, match=r"found 'ally': always\('arms'\)"):
        run.replay(0, 7, decide=other)
    same(sim.run(tmp_path / "run", decide=decide, events=True), run)
    with pytest.raises(sim.UsageError, match="the model decided for all actors"):
        sim.run(first(), **SMALL).replay(0, 7, decide=decide)


def test_two_functions_of_one_name_are_told_apart():
    def decides(situation):
        return "arms"

    one = sim.run(first(), decide={"ally": decides}, **SMALL)

    def decides(situation):
        return "troops"

    with pytest.raises(sim.UsageError, match=r"decides \(source \w{8}\)"):
        one.replay(0, 7, decide={"ally": decides})


def _takes(situation, option):
    return option


def test_what_a_partial_fixes_is_part_of_what_decided():
    one, again, other = (
        {"ally": partial(_takes, option=name)} for name in ("arms", "arms", "troops")
    )
    run = sim.run(first(), decide=one, **SMALL)
    wants = r"_takes \(source \w{8}\) with option='arms'.*found .* with option='troops'"
    with pytest.raises(sim.UsageError, match=wants):
        run.replay(0, 7, decide=other)
    assert run.replay(0, 7, decide=again) is not None  # the control


def test_what_walks_paths_again_is_refused_with_who_decided():
    run = sim.run(first(), decide={"ally": policies.always("troops")}, **SMALL)
    for ask in (
        lambda: run.why("ally_fights"),
        lambda: run.routes("ally_fights"),
        lambda: run.sensitivity("ally_fights", design=True),
        lambda: run.sensitivity("ally_fights", stipulated=True),
        lambda: run.response("keeps_word"),
        lambda: run.audit("ally_fights"),
    ):
        with pytest.raises(sim.errors.NotApplicable, match=r"always\('troops'\) decides for ally"):
            ask()
    as_written = sim.run(first(), **SMALL)  # the control: without functions all of it is answered
    assert as_written.why("ally_fights") is not None


def test_runs_with_functions_are_compared_in_pairs():
    as_written = sim.run(first(), **SMALL)
    troops = sim.run(first(), decide={"ally": policies.always("troops")}, **SMALL)
    found = sim.compare({"as written": as_written, "troops": troops})
    row = found.table.set_index("outcome").loc["ally_fights"]
    assert (row["gained"], row["lost"]) == (21, 0)
    # closed form: whoever is called fights, so as many as were called
    called = as_written.coverage.set_index("name").loc["mutual_aid.art1", "fired"]
    assert troops.outcomes.loc["ally_fights", "hits"] == called
    parts = [
        sim.run(first(), decide={"ally": policies.always("troops")}, **{**SMALL, "draws": some})
        for some in (range(3), range(3, 6))
    ]
    assert sim.Results.concat(parts) == troops
    parts[1] = sim.run(first(), **{**SMALL, "draws": range(3, 6), "engine": "reference"})
    with pytest.raises(sim.UsageError, match="other decided"):
        sim.Results.concat(parts)


def test_the_command_line_refuses_what_a_function_decided(call, tmp_path):
    sim.run(first(), decide={"ally": policies.always("troops")}, **SMALL).save(tmp_path / "run")
    code, _, err = call("replay", tmp_path / "run", "--draw", "0", "--path", "7")
    assert code == 2
    assert "sim.policies.always('troops')" in err
    assert call("replay", FIRST, "--draw", "0", "--path", "7")[0] == 0  # the control
