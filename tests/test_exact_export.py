"""The exported forms: PRISM text for Markov models, graphs for all."""

import io
from dataclasses import replace

import networkx as nx
import pytest
from small_models import (
    DAY,
    at_least,
    both,
    count,
    flag,
    happened,
    is_,
    model,
    number,
    option,
    put,
    rule,
    up,
)
from storm import HOME
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import NotApplicable
from sim.export import graphml, mermaid, structure
from sim.export.prism import prism
from sim.model import Delay, Trigger, Variable


def two() -> list[Variable]:
    return [flag("x"), count("n", 3)]


def test_a_chain_without_immediate_steps_is_plain_prism() -> None:
    built = model(
        two(),
        [rule("tick", up("n"), after=2.0, limit=2), rule("on", put("x", 1), after=4.0)],
        {"both": both(is_("x", 1), at_least("n", 2))},
        days=7.0,
        stop_when=is_("n", 3),
    )
    text = prism(built, [])
    for line in (
        "ctmc",
        "const double horizon = 7.0;",
        "formula stopped = (n=3);",
        "  n : [0..3] init 0; // a count",
        "  fired_tick : [0..2] init 0;",
        "    0.5*1 : (n'=min(n+1, 3)) & (fired_tick'=min(fired_tick+1, 2)) & "
        "(met_both'=(met_both | ((x=1) & (min(n+1, 3)>=2))));",
        'label "both" = met_both;',
        'label "ending_otherwise" = true;',
    ):
        assert line in text.splitlines(), line


def test_immediate_steps_make_it_an_automaton_in_order_of_declaration() -> None:
    built = model(
        two(),
        [
            rule("first", put("x", 1), when=is_("x", 0)),
            rule("second", up("n"), when=is_("n", 0)),
            rule("slow", up("n"), after=1.0),
        ],
        {"x": is_("x", 1)},
    )
    lines = prism(built, []).splitlines()
    assert "ma" in lines
    assert "  [] !stopped & ready_first ->" in lines
    assert "  [] !stopped & ready_second & !ready_first ->" in lines
    assert "  <> !stopped & !at_once & ready_slow ->" in lines


def test_names_are_words_of_the_language_and_all_different() -> None:
    built = model(
        [flag("module"), flag("a.b"), flag("a_b")],
        [rule("r.s", put("a.b", 1), after=1.0, when=is_("module", 0))],
        {"o": is_("a_b", 1)},
    )
    text = prism(built, [])
    for name in ("module_", "a_b", "a_b_"):
        assert f"  {name} : [0..1] init 0;" in text
    assert "(a_b'=1)" in text


def test_what_is_no_markov_chain_is_refused_with_a_reason() -> None:
    dated = model(two(), [rule("day", put("x", 1), at=DAY)], {"x": is_("x", 1)})
    with pytest.raises(NotApplicable, match=r"day is scheduled.*no dates"):
        prism(dated, [])
    between = Delay(kind="between", arguments=(number(1), number(2)), text="between 1 s and 2 s")
    waits = model(two(), [rule("r", put("x", 1), after=between)], {"x": is_("x", 1)})
    with pytest.raises(NotApplicable, match=r"the delay of r \(between 1 s and 2 s\)"):
        prism(waits, [])


def test_the_structure_is_a_graph_that_tools_read_back() -> None:
    shoots = rule(
        "shoots",
        after=1.0,
        when=is_("x", 1),
        options=[option("hits", 0.5, up("n")), option("misses", None, share="rest")],
        actor="north",
    )
    answers = rule("answers", put("x", 0), after=2.0, on=["shoots.hits"])
    built = model(
        two(), [shoots, answers], {"three": is_("n", 3), "late": happened("three")}, order=[0, 1]
    )
    edges = {
        (a.partition(":")[2], b.partition(":")[2], data["does"], data["option"])
        for a, b, data in structure(built).edges(data=True)
    }
    assert edges == {
        ("x", "shoots", "guards", ""),
        ("shoots", "n", "sets", "hits"),
        ("shoots", "answers", "starts", "hits"),
        ("answers", "x", "sets", ""),
        ("n", "three", "decides", ""),
        ("three", "late", "decides", ""),
    }
    again = nx.read_graphml(io.BytesIO(graphml(built).encode()), force_multigraph=True)
    assert set(again) == set(structure(built))
    assert again.nodes["transition:shoots"]["actor"] == "north"
    assert again.number_of_edges() == 6


def test_what_can_never_fire_is_left_out_of_prism() -> None:
    """Mutants: the test of `started`, of `fired`, dropped where rules are chosen."""
    rules = [
        rule("too_late", put("x", 1), at=8 * DAY),  # scheduled beyond the horizon: it never fires
        rule("never", put("x", 1), after=1.0, when=is_("n", 9)),
        rule("tick", up("n"), after=2.0),
    ]
    lines = prism(model(two(), rules, {"x": is_("x", 1)}, days=7.0), []).splitlines()
    assert [line for line in lines if line.startswith("formula ready")] == [
        "formula ready_tick = true;"
    ]
    in_time = [replace(rules[0], at=6 * DAY), *rules[1:]]
    with pytest.raises(NotApplicable, match="too_late is scheduled"):  # the control
        prism(model(two(), in_time, {"x": is_("x", 1)}, days=7.0), [])


def test_a_clock_that_waits_for_a_condition_starts_when_it_turns_true_and_only_then() -> None:
    """Mutants: `becomes` without its condition before, and of firings that leave it as it is."""
    rules = [
        rule("sets", put("x", 1), after=1.0),
        rule("ticks", up("n"), after=1.0),
        rule("waits", up("n"), after=1.0, on=[Trigger(becomes=is_("x", 1))]),
    ]
    lines = prism(model(two(), rules, {"three": is_("n", 3)}), []).splitlines()
    (sets, ticks, waits) = (lines[lines.index(f"  // {one.name}") + 2] for one in rules)
    assert sets == "    1.0*1 : (x'=1) & (runs_waits'=runs_waits | (!(x=1) & (1=1)));"
    assert "runs_waits" not in ticks
    assert waits.endswith("& (runs_waits'=false);")


def test_a_node_of_the_graph_says_which_values_its_variable_has() -> None:
    """Mutants: the values of a count one too many or few, of a ladder by number."""
    levels = Variable(name="war", kind="levels", size=3, start=0, levels=("no", "near", "on"))
    graph = structure(model([levels, count("n", 3)], [], {"x": is_("n", 1)}))
    assert graph.nodes["variable:war"]["values"] == "no, near, on"
    assert graph.nodes["variable:n"]["values"] == "0 to 3"


def test_the_flow_chart_names_everything_once() -> None:
    built = model(two(), [rule("r", put("x", 1), after=1.0)], {"x": is_("x", 1)})
    lines = mermaid(built).splitlines()
    assert lines[0] == "flowchart LR"
    for node in ('["x"]', '["n"]', '("r")', '{{"x"}}'):
        assert sum(line.endswith(node) for line in lines) == 1
    assert sum("-->" in line for line in lines) == 2


def test_the_command_prints_each_form() -> None:
    file = str(HOME / "gates.yaml")
    starts = {"prism": "// gates: gates", "graphml": "<?xml version", "mermaid": "flowchart LR"}
    for form, start in starts.items():
        answer = CliRunner().invoke(app, ["export", file, "--to", form])
        assert answer.exit_code == 0
        assert answer.stdout.startswith(start)
    texts = [
        CliRunner().invoke(app, ["export", file, "--draw", draw]).stdout for draw in ("0", "0", "1")
    ]
    assert texts[0] == texts[1] != texts[2]


def test_the_command_refuses_with_a_reason() -> None:
    file = str(HOME.parent / "valid" / "island_clash.yaml")
    answer = CliRunner().invoke(app, ["export", file, "--to", "prism"])
    assert answer.exit_code == 2
    assert "mutual_aid.binds is scheduled, and the PRISM language has no dates" in answer.output
    answer = CliRunner().invoke(app, ["export", file, "--to", "prisma"])
    assert answer.exit_code == 2
    assert "unknown form 'prisma'; did you mean 'prism'?" in answer.output
