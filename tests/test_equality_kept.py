"""What is kept of the kernel on disk is made anew when anything compiled into it changes."""

import ast
import importlib.util
import runpy
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from pickle import UnpicklingError
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
import pytest
from numba import njit
from numba.core.caching import CacheImpl

from sim.engines.compiled import kernel, weights, work
from sim.engines.jit import cached_njit
from sim.engines.splitting import climber, situation_keys
from sim.engines.splitting.kernel import kernel as of_splitting
from sim.results import NOTHING, RUNG_TIMES


def compiled_in(function: Any) -> set[str]:
    """The modules that decide what a compiled function does: its own, and of all it reads."""
    found: set[str] = set()
    waiting, seen = [function], set()
    while waiting:
        one = waiting.pop()
        one = getattr(one, "py_func", one)  # of what numba made: what it was made from
        if one in seen or not one.__module__.startswith(("sim.", __name__)):
            continue
        seen.add(one)
        found.add(one.__module__)
        within = [cell.cell_contents for cell in one.__closure__ or ()]  # of a function it encloses
        waiting += [value for value in within if isinstance(value, FunctionType)]
        for name in names_in(one.__code__):
            value = one.__globals__.get(name)
            if isinstance(getattr(value, "py_func", value), FunctionType):
                waiting.append(value)
            elif isinstance(value, ModuleType):
                found.update({value.__name__} if value.__name__.startswith("sim.") else ())
            elif name in one.__globals__:
                found.add(home_of(one.__module__, name))
    return found


def names_in(code: CodeType) -> Iterator[str]:
    """The names a function reads, those of functions within it too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def home_of(module: str, name: str) -> str:
    """The module that gives a name its value, however often it was imported on the way."""
    for statement in tree_of(module).body:
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    return home_of(statement.module or "", alias.name)
    return module


@cache
def tree_of(module: str) -> ast.Module:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def reads_two_constants() -> int:
    return NOTHING + RUNG_TIMES


def calls_one_that_does() -> int:
    return reads_two_constants()


def with_a_line_more(read: Callable[[Path], bytes], end: str, file: Path) -> bytes:
    return read(file) + b"#\n" * file.as_posix().endswith(end)


def test_every_file_compiled_into_the_kernel_is_in_its_digest():
    found = compiled_in(kernel.kernel.__wrapped__)
    assert found == {f"sim.{name}" for name in work.COMPILED_IN}
    found = compiled_in(of_splitting.__wrapped__)
    assert found == {f"sim.{name}" for name in climber.COMPILED_HERE}


def test_a_value_is_traced_to_the_file_that_gives_it():
    """The control: through a call and two imports, both to where it was imported from and not."""
    homes = {__name__, "sim.model.transitions", "sim.results.batches"}
    assert compiled_in(calls_one_that_does) == homes
    assert not homes <= {f"sim.{name}" for name in work.COMPILED_IN}


def test_the_digest_changes_with_every_file(monkeypatch):
    read = Path.read_bytes
    digests = {work.digest(work.COMPILED_IN)}
    for name in work.COMPILED_IN:
        end = f"sim/{name.replace('.', '/')}.py"
        longer = partial(with_a_line_more, read, end)
        monkeypatch.setattr(Path, "read_bytes", lambda self, longer=longer: longer(self))
        digests.add(work.digest(work.COMPILED_IN))
    assert len(digests) == 1 + len(work.COMPILED_IN)
    monkeypatch.setattr(Path, "read_bytes", read)
    assert work.digest(work.COMPILED_IN) in digests  # control: of the same files it is the same


@pytest.mark.parametrize(
    "function", [weights._all_shares, situation_keys.fill], ids=["shares", "fill"]
)
def test_what_is_kept_besides_reads_its_own_file_alone(function):
    assert compiled_in(function) == {function.py_func.__module__}  # which numba looks at itself


def test_where_nothing_can_be_kept_things_are_compiled_all_the_same(monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    with pytest.raises(RuntimeError, match=reads_two_constants.__name__):  # control: numba's own
        njit(cache=True)(reads_two_constants)
    assert cached_njit(reads_two_constants)() == NOTHING + RUNG_TIMES
    fill = runpy.run_path(situation_keys.__file__)["fill"]
    known, distance = np.zeros(4, np.int64), np.zeros(4)
    fill(np.array([[3, 7]]), np.array([2.0]), known, distance)
    assert sorted(distance) == [0.0, 0.0, 0.0, 2.0]


def double(number):
    return 2 * number


BROKEN = {"empty": lambda whole: b"", "cut": lambda whole: whole[: len(whole) // 2]}
BROKEN["zeros"] = lambda whole: bytes(len(whole))


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_cache_file_is_written_anew(tmp_path, monkeypatch, kind, broken):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert cached_njit(double)(2) == 4
    (file,) = tmp_path.rglob(f"*.{kind}")
    whole = file.read_bytes()
    file.write_bytes(broken(whole))
    with pytest.raises((EOFError, UnpicklingError), match=r"\w"):  # the control: numba's own
        njit(cache=True, nogil=True)(double)(2)
    again = cached_njit(double)
    assert again(2) == 4
    assert sum(again.stats.cache_hits.values()) == 0
    assert len(file.read_bytes()) == len(whole)
    third = cached_njit(double)
    assert third(2) == 4
    assert sum(third.stats.cache_hits.values()) == 1  # found, not compiled
