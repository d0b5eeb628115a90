"""What the mutation run changes: each is a change, and none is where no test could see it."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / ".ci" / "long" / "mutating.py"
CODE = '''"""A text about 3 things."""

from a import b

LIMIT: int = 3


@dataclass(frozen=True)
class Thing:
    """Of 5."""

    size: Literal[7] = 9


def f(x: "int" = 1) -> list[2]:
    """Not 4."""
    if TYPE_CHECKING:
        import d
    while x:
        if x < 10 and not done:
            break
        log(f"{x + 1} left, 100 %")
    for a, b in zip(x, y, strict=True):
        x = a + 1 if b else "n = %d" % b
    return x
'''
CHANGES = [
    *("(4)", "(10)", "(2)", "(not x)"),
    *("(x < 10 or not done)", "(x < 10)", "(not (x < 10 and (not done)))"),
    *("(x <= 10)", "(11)", "(done)", "continue", "pass"),
    *("('n = %d' % b if b else a + 1)", "(a - 1)", "(2)", "return None"),
]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("mutating", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutating"] = module  # where its data classes look for it
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutating"]


def test_every_change_is_where_a_test_could_see_it(tool, tmp_path):
    file = tmp_path / "code.py"
    file.write_text(CODE, encoding="utf-8")
    found = tool.sites(file, tmp_path)
    assert sorted(site.text for site in found) == sorted(CHANGES)
    for site in found:
        changed = site.applied(CODE)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(CODE)), site
        assert CODE.splitlines()[site.line - 1] not in changed.splitlines(), site


def test_changes_of_our_own_files_compile(tool):
    """One in 25 of them, in every tenth file."""
    root = TOOL.parents[2]
    files = sorted((root / "sim").rglob("*.py"))[::10]
    assert len(files) > 20
    for file in files:
        source = file.read_text(encoding="utf-8")
        for site in tool.sites(file, root)[::25]:
            assert ast.unparse(ast.parse(site.applied(source))) != ast.unparse(ast.parse(source))


def test_places_count_in_bytes(tool, tmp_path):
    file = tmp_path / "wide.py"
    wide = "x = '–', 4\n"
    file.write_text(wide, encoding="utf-8")
    (site,) = tool.sites(file, tmp_path)
    assert site.applied(wide) == "x = '–', (5)\n"
