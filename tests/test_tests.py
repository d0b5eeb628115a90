"""The tests themselves: errors are held to their message, every test asserts, doors are public."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
FILES = [*sorted((ROOT / "tests").glob("*.py")), *sorted((ROOT / ".ci" / "long").glob("*.py"))]
WITHOUT_WORDS = {"KeyboardInterrupt"}  # Python raises it itself, and says nothing with it
ASSERTIONS = ("pytest.raises", "pytest.fail", "pytest.warns")


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), file.name)


# --- every `raises` checks its message ------------------------------------------------------------


def bare_raises(tree: ast.AST) -> Iterator[int]:
    """Lines with a `pytest.raises` that any message satisfies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("pytest.raises", "raises"):
            match = next((k.value for k in node.keywords if k.arg == "match"), None)
            if match is None:
                if not (len(node.args) == 1 and ast.unparse(node.args[0]) in WITHOUT_WORDS):
                    yield node.lineno
            elif isinstance(match, ast.Constant) and re.search(match.value, ""):
                yield node.lineno  # it matches the empty message, and with it every other


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_error_is_held_to_its_message(file):
    assert list(bare_raises(tree_of(file))) == []


def test_a_raises_that_any_message_satisfies_is_seen():
    """Control: without `match`, with an empty one, with one that matches anything."""
    text = """
with pytest.raises(ScenarioError): load("a.yaml")
with pytest.raises(ScenarioError, match=""): load("a.yaml")
with pytest.raises(ScenarioError, match=".*") as caught: load("a.yaml")
with raises((RunError, KeyboardInterrupt)), other(): run()
with pytest.raises(ScenarioError, match="unknown key"): load("a.yaml")
with pytest.raises(KeyboardInterrupt): run()
with pytest.raises(ScenarioError, match=expected): load("a.yaml")
"""
    assert list(bare_raises(ast.parse(text))) == [2, 3, 4, 5]


# --- every test asserts ---------------------------------------------------------------------------


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def calls(node: ast.AST) -> set[str]:
    """What is called there, by its last name."""
    found = (ast.unparse(n.func) for n in ast.walk(node) if isinstance(n, ast.Call))
    return {name if name in ASSERTIONS else name.rpartition(".")[2] for name in found}


def asserting(trees: list[ast.Module]) -> set[str]:
    """The functions that assert something, themselves or by what they call, to any depth."""
    every = [function for tree in trees for function in functions(tree)]
    found = {"assert_array_equal", "assert_frame_equal", "assert_allclose", "assert_series_equal"}
    found |= {f.name for f in every if any(isinstance(n, ast.Assert) for n in ast.walk(f))}
    found |= {f.name for f in every if calls(f) & set(ASSERTIONS)}
    while more := {f.name for f in every if f.name not in found and calls(f) & found}:
        found |= more
    return found


def without_assertion(tree: ast.Module, known: set[str]) -> list[str]:
    return [f.name for f in functions(tree) if f.name.startswith("test_") and f.name not in known]


def test_every_test_asserts_something():
    known = asserting([tree_of(file) for file in FILES])
    assert [name for file in FILES for name in without_assertion(tree_of(file), known)] == []


def test_a_test_that_asserts_nothing_is_seen():
    """Control: one that only runs, one that calls what only runs; and three that do assert."""
    tree = ast.parse("""
def check(file): assert load(file)
def look(file): load(file)
def deeper(file): check(file)
def test_only_runs(): load("a.yaml")
def test_looks(): look("a.yaml")
def test_checks(): deeper("a.yaml")
def test_compares(): np.testing.assert_array_equal(a, b)
def test_asserts(): assert load("a.yaml")
""")
    assert without_assertion(tree, asserting([tree])) == ["test_only_runs", "test_looks"]


# --- public doors ---------------------------------------------------------------------------------

INTERNAL = 162  # imports from within a room; this number may fall, and never rise
DOTTED = re.compile(r"sim(\.\w+){2,}")


def is_internal(module: str, name: str = "") -> bool:
    """Whether it is, or a name in it is, a module further in than `sim`, `sim.errors` or a room."""
    if module.count(".") < 2 and name:
        offered = getattr(import_module(module), name, None)
        is_module = offered is None or isinstance(offered, ModuleType)  # None: not imported yet
        return module.count(".") == 1 and is_module
    return module.count(".") >= 2


def internal(tree: ast.AST) -> Iterator[int]:
    """The lines with an import from within a room, or with the name of what is in one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sim":
            if any(is_internal(str(node.module), alias.name) for alias in node.names):
                yield node.lineno
        elif isinstance(node, ast.Import):
            if any(is_internal(alias.name) for alias in node.names if alias.name[:4] == "sim."):
                yield node.lineno
        elif isinstance(node, ast.Constant) and DOTTED.fullmatch(str(node.value)):
            yield node.lineno


def test_imports_from_within_a_room_do_not_become_more():
    """Tests go through public doors: `sim`, `sim.errors`, rooms' packages, the command line."""
    found = {file.name: len(list(internal(tree_of(file)))) for file in FILES}
    most = sorted(found.items(), key=lambda item: -item[1])[:5]
    assert sum(found.values()) <= INTERNAL, f"the most are in {most}"
    assert sum(found.values()) > INTERNAL - 40, "far fewer now: let INTERNAL fall with them"


def test_an_import_from_within_a_room_is_seen():
    """Control: a module of a room by all four ways to name one; a package or what it offers not."""
    text = """
from sim.engines.reference import walk
from sim.engines import reference
import sim.engines.reference
patch("sim.engines.reference.walk")
from sim.engines import ENGINES
from sim.errors import ScenarioError
from sim import load
import sim.scenario
from sim.scenario import new
"""
    assert list(internal(ast.parse(text))) == [2, 3, 4, 5]
