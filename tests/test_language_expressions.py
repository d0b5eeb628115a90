"""Expressions: what they may say, what they become, and what they are in words."""

from dataclasses import replace
from random import Random

import pytest

from sim.expressions import Reader, Vocabulary, rendered
from sim.model import (
    Actor,
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Distribution,
    Expression,
    Fact,
    Happened,
    IfElse,
    Logic,
    Model,
    Negative,
    Node,
    Not,
    Outcome,
    Parameter,
    ParameterOf,
    StateOf,
    Variable,
)
from sim.model.phrases import phrase

KOREA = ("calm", "clash", "war")


def variable(name: str, levels: tuple[str, ...], **more: object) -> Variable:
    return Variable(name=name, kind="levels", levels=levels, size=len(levels), start=0, **more)  # type: ignore[arg-type]


def flag(name: str, owner: str = "") -> Variable:
    levels = ("false", "true")
    return Variable(name=name, kind="flag", levels=levels, size=2, start=0, owner=owner)


VARIABLES = (
    variable("korea", KOREA),
    variable("border", KOREA),
    variable("clash", ("korea", "other")),  # a variable whose name is a level elsewhere
    variable(
        "ally.reads_attacker",
        ("unclear", "north", "south", "both"),
        owner="ally",
        says="<owner> {holds|does not hold} <level> to be the attacker; "
        "unclear: <owner> {has not|has} made up its mind who attacked; "
        "both: <owner> {holds|does not hold} both sides to be attackers",
    ),
    variable("ally.mood", ("good", "bad"), owner="ally", says="<owner> is in a <level> mood"),
    variable("pact.art1", ("dormant", "invoked", "fights"), owner="pact"),
    flag("pact.binds", "pact"),
    flag("talks"),
    flag("ally.restrains", "ally"),
    Variable(name="heat", kind="count", levels=(), size=6, start=0),
)
NUMBER = Distribution(kind="uniform", numbers=(0.0, 1.0))
READING = Distribution(kind="choices", numbers=(1.0, 1.0), levels=("text", "broad"))
PARAMETERS = (
    Parameter(name="p", distribution=NUMBER),
    Parameter(name="lag", distribution=NUMBER, time=True),
    Parameter(name="reading", distribution=READING),
)
WAR_ON = Comparison(">=", StateOf("korea"), Constant(2.0, "war"))
VOCABULARY = Vocabulary(
    variables={v.name: v for v in VARIABLES},
    parameters={p.name: p for p in PARAMETERS},
    facts={"war_on": WAR_ON},
    delays=frozenset({"slow"}),
    outcomes=frozenset({"over"}),
)
MODEL = Model(
    name="m",
    title="m",
    horizon=1.0,
    start=None,
    actors=(Actor(name="ally", title="the ally"), Actor(name="south", title="Southland")),
    variables=VARIABLES,
    parameters=PARAMETERS,
    transitions=(),
    outcomes=(Outcome(name="over", when=Expression(WAR_ON, ""), title="The end"),),
    outcome_order=(0,),
    endings=(),
)


def tree(text: str, kind: str = "condition", *, outcomes: bool = False) -> Node:
    reader = Reader(VOCABULARY, outcomes)
    node = reader.read_as(text, kind)  # type: ignore[arg-type]
    assert not reader.mistakes
    assert node is not None
    return node


def level(name: str, sign: str, at: int, word: str) -> Comparison:
    return Comparison(sign, StateOf(name), Constant(float(at), word))  # type: ignore[arg-type]


CONDITIONS = {
    "talks": StateOf("talks"),
    "not talks": Not(StateOf("talks")),
    "korea == clash": level("korea", "==", 1, "clash"),
    "clash == korea": level("clash", "==", 0, "korea"),
    "war > korea": Comparison(">", Constant(2.0, "war"), StateOf("korea")),
    "korea == border": Comparison("==", StateOf("korea"), StateOf("border")),
    "reading != broad": Comparison("!=", ParameterOf("reading"), Constant(1.0, "broad")),
    "war_on": Fact("war_on", WAR_ON),
    "calm < korea <= clash": Logic(
        "and",
        (
            Comparison("<", Constant(0.0, "calm"), StateOf("korea")),
            level("korea", "<=", 1, "clash"),
        ),
    ),
    "talks == true": Comparison("==", StateOf("talks"), Constant(1.0, "true")),
    "talks or war_on and not talks": Logic(
        "or",
        (StateOf("talks"), Logic("and", (Fact("war_on", WAR_ON), Not(StateOf("talks"))))),
    ),
    "heat + 1 > 2 * p": Comparison(
        ">",
        Arithmetic("+", StateOf("heat"), Constant(1.0, "1")),
        Arithmetic("*", Constant(2.0, "2"), ParameterOf("p")),
    ),
    "2 * lag > lag": Comparison(
        ">", Arithmetic("*", Constant(2.0, "2"), ParameterOf("lag")), ParameterOf("lag")
    ),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_read(text):
    assert tree(text) == CONDITIONS[text]


NUMBERS = {
    "-p": Negative(ParameterOf("p")),
    "+p": ParameterOf("p"),
    "1 - p / 2": Arithmetic(
        "-", Constant(1.0, "1"), Arithmetic("/", ParameterOf("p"), Constant(2.0, "2"))
    ),
    "1e-3": Constant(0.001, "0.001"),
    ".5": Constant(0.5, "0.5"),
    "p if talks else 0": IfElse(StateOf("talks"), ParameterOf("p"), Constant(0.0, "0")),
    "min(p, heat, 1)": Call("min", (ParameterOf("p"), StateOf("heat"), Constant(1.0, "1"))),
    "odds(p, 2, heat)": Call("odds", (ParameterOf("p"), Constant(2.0, "2"), StateOf("heat"))),
    "lag / lag": Arithmetic("/", ParameterOf("lag"), ParameterOf("lag")),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read(text):
    assert tree(text, "number") == NUMBERS[text]


def test_outcomes_are_read_only_where_they_may_be():
    assert tree("over and not talks", outcomes=True) == Logic(
        "and", (Happened("over"), Not(StateOf("talks")))
    )
    reader = Reader(VOCABULARY)
    assert reader.read_as("over and not talks", "condition") is None
    assert "is an outcome" in reader.mistakes[0]


REFUSED = {
    "__import__('os')": "is not allowed",
    "(lambda: 1)()": "is not allowed",
    "[talks]": "use parentheses",
    "talks.__class__": "unknown name",
    "talks if talks": "`else`",
    "korea": "compare it",
    "p": "compare it",
    "p and talks": "compare it",
    "korea + 1 > 2": "compare it",
    "talks < true": "only == and !=",
    "reading < broad": "have no order",
    "korea == north": "unknown level",
    "korea == reading": "they cannot be compared",
    "lag > 1": "they cannot be compared",
    "p + lag > 1": "which is not defined",
    "slow > 1": "is a delay",
    "heat % 2 == 1": "is not allowed",
    "heat // 2 == 1": "only + - * / are allowed",
    "heat is 1": "only == !=",
    "min(heat) > 1": "at least 2",
    "max(*heat, 1) > 1": "positional arguments",
    "odds(p, 2) and talks": "compare it",
    "(p if talks else war_on) > 1": "both must have the same type",
    "None": "is not allowed",
    "True": "is not allowed",
    "1 if talks else korea": "compare it",
    "x := 1": "is not allowed",
    "": "cannot",
}


@pytest.mark.parametrize("text", [text for text in REFUSED if text])
def test_what_is_no_condition_is_refused(text):
    reader = Reader(VOCABULARY)
    assert reader.read_as(text, "condition") is None
    assert REFUSED[text] in "; ".join(reader.mistakes)


@pytest.mark.parametrize(
    "text",
    ["(" * 3_000 + "talks", "not " * 990 + "talks", "-" * 3_000 + "heat > 1", "talks and " * 700],
)
def test_monstrous_expressions_end_in_a_mistake(text):
    reader = Reader(VOCABULARY)
    assert reader.read_as(text, "condition") is None
    assert len(reader.mistakes) == 1
    assert len(reader.mistakes[0]) < 200


def test_all_mistakes_of_one_expression_are_found():
    reader = Reader(VOCABULARY)
    assert reader.read_as("taalks and korea == wat or heta > p", "condition") is None
    assert len(reader.mistakes) == 3


def number(random: Random, depth: int) -> Node:
    """Any number."""
    below = depth - 1
    match random.randrange(7 if depth else 3):
        case 0:
            value = random.choice([0, 1, 2, 5, 0.25, 1e-7, 1e22])
            return Constant(float(value), repr(value))
        case 1:
            return StateOf("heat")
        case 2:
            return ParameterOf("p")
        case 3:
            return Negative(number(random, below))
        case 4:
            sign = random.choice("+-*/")
            return Arithmetic(sign, number(random, below), number(random, below))  # type: ignore[arg-type]
        case 5:
            return Call("min", (number(random, below), number(random, below)))
        case _:
            test = condition(random, below)
            return IfElse(test, number(random, below), number(random, below))


def condition(random: Random, depth: int) -> Node:
    """Any condition."""
    below = depth - 1
    match random.randrange(6 if depth else 2):
        case 0:
            return StateOf("talks")
        case 1:
            return WAR_ON
        case 2:
            return Not(condition(random, below))
        case 3:
            word = random.choice(["and", "or"])
            parts = tuple(condition(random, below) for _ in range(random.choice([2, 3])))
            return Logic(word, parts)  # type: ignore[arg-type]
        case _:
            sign = random.choice(["==", "<", ">="])
            return Comparison(sign, number(random, below), number(random, below))  # type: ignore[arg-type]


def test_a_rendered_tree_reads_back_as_itself():
    for seed in range(500):
        node = condition(Random(seed), 4)
        assert tree(rendered(node)) == node, seed


def test_rendering_writes_parentheses_where_they_matter():
    """The control: two trees that differ by their grouping alone."""
    one = tree("1 - (p - heat)", "number")
    assert rendered(one) == "1 - (p - heat)"
    assert tree("1 - p - heat", "number") != one


SAID = {
    "ally.reads_attacker == south": "the ally holds Southland to be the attacker",
    "ally.reads_attacker != south": "the ally does not hold Southland to be the attacker",
    "ally.reads_attacker == unclear": "the ally has not made up its mind who attacked",
    "ally.reads_attacker != unclear": "the ally has made up its mind who attacked",
    "ally.reads_attacker == both": "the ally holds both sides to be attackers",
    "not ally.reads_attacker == both": "the ally does not hold both sides to be attackers",
    "ally.reads_attacker > north": "reads attacker of the ally is above north",
    "ally.mood != bad": "it is not so that the ally is in a bad mood",
    "ally.mood == bad": "the ally is in a bad mood",
    "korea >= clash": "korea is at least clash",
    "war <= korea": "korea is at least war",
    "korea < war and not talks": "korea is below war and no talks",
    "not (korea == war)": "korea is not war",
    "talks or korea == war and heat > 2": "talks or (korea is war and heat is above 2)",
    "ally.restrains": "the ally restrains",
    "not ally.restrains": "not the ally restrains",
    "pact.art1 == dormant": "art1 of pact has not been invoked",
    "pact.art1 != dormant": "art1 of pact has been invoked",
    "pact.art1 > invoked": "art1 of pact has been answered",
    "pact.art1 == fights": "art1 of pact was answered with fights",
    "pact.binds": "pact binds",
    "reading == broad": "reading is broad",
    "war_on": "war on",
    "over": "The end has happened",
    "heat >= 2 * p + 1": "heat is at least ((2 * p) + 1)",
    "korea == border": "korea is border",
}


@pytest.mark.parametrize("text", SAID)
def test_a_condition_in_words(text):
    assert phrase(Expression(tree(text, outcomes=True), text), MODEL) == SAID[text]


@pytest.mark.parametrize(
    ("says", "expected"),
    {
        None: "reads attacker of the ally is Southland",  # no name is known beforehand
        "<owner> points at <level>": "the ally points at Southland",
        "it points; <level> hides": "it points; Southland hides",  # a semicolon like any other
        "so: <level>": "so: Southland",  # and a colon, where no level stands before it
        "north: no; south: yes": "yes",
        "north: no": "reads attacker of the ally is Southland",
    }.items(),
)
def test_a_variable_is_told_by_its_own_phrase(says, expected):
    attacker = replace(MODEL.variable("ally.reads_attacker"), says=says)
    changed = tuple(attacker if v.name == attacker.name else v for v in VARIABLES)
    model = replace(MODEL, variables=changed)
    text = "ally.reads_attacker == south"
    assert phrase(Expression(tree(text), text), model) == expected
