"""What we use of other packages beyond their documented interfaces, one by one and by name.

When an upgrade breaks something here, it is that package that changed. Read the docstring of what
fails: it says what we count on, and where.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TypeVar

import numba
import numpy as np
import pytest
import simpy
from numba import njit, types
from numba.core import cgutils
from numba.core.datamodel import default_manager
from numba.core.datamodel.models import OpaqueModel
from numba.core.errors import TypingError
from numpy.typing import NDArray
from typing_extensions import TypeAliasType

from sim.engines.compiled.intrinsics import (
    LINE,
    Group,
    _dtype_of,
    addresses,
    group_at,
    inlined,
    lowest,
    zeros_apart,
)
from sim.engines.reference.calendar import Calendar, Moment

SIM = Path(__file__).parents[1] / "sim"
PRIVATE = ("numba.core", "numba.np", "numba.misc", "llvmlite")
COUNTED_ON = {
    ("llvmlite", "ir"),
    ("numba.core", "cgutils"),
    ("numba.core.datamodel.models", "OpaqueModel"),
    ("numba.core.datamodel.registry", "register_default"),
    ("numba.core.imputils", "lower_getattr_generic"),
    ("numba.core.typing.templates", "AttributeTemplate"),
    ("numba.core.typing.templates", "infer_getattr"),
    ("numba.np.numpy_support", "from_dtype"),
}


class Within(NamedTuple):
    """A group inside a group."""

    floats: NDArray[np.float64]
    top: int


class Around(NamedTuple):
    """Arrays of several widths, a number, and a group between them."""

    words: NDArray[np.int64]
    within: Within
    small: NDArray[np.int32]
    tiny: NDArray[np.uint8]


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name) of everything private that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PRIVATE):
            yield from ((str(node.module), name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names if name.name.startswith(PRIVATE))


# --- numba and llvmlite: sim/engines/compiled/intrinsics.py -------------------------------------


def test_every_private_import_is_on_the_list():
    """Whoever counts on one more adds it to `COUNTED_ON`, and below what we count on of it."""
    files = SIM.rglob("*.py")
    found = {one for file in files for one in imported(ast.parse(file.read_text(encoding="utf-8")))}
    assert found == COUNTED_ON
    control = ast.parse("import numba.core.types\nfrom llvmlite.binding import parse_assembly")
    assert set(imported(control)) - COUNTED_ON == {
        ("numba.core.types", ""),
        ("llvmlite.binding", "parse_assembly"),
    }


@pytest.mark.parametrize(("module", "name"), sorted(COUNTED_ON))
def test_what_we_import_is_there(module, name):
    """None of it is promised by numba's reference manual. If a name moved, follow it."""
    assert hasattr(import_module(module), name)


def test_an_opaque_type_is_a_pointer():
    """`register_default(Group)(OpaqueModel)`: a type without contents is passed as one address.

    When it fails: numba/core/datamodel/models.py, what `OpaqueModel` is lowered to; numba may have
    gone over to LLVM's opaque pointers, or dropped the data models.
    """
    model = default_manager.lookup(Group(Around))
    assert type(model) is OpaqueModel
    assert model.get_value_type() == cgutils.voidptr_t


@njit
def _read(words):
    """Something of every part of a group, each with a factor of its own."""
    group = _opened(words)
    numbers = group.words[1] + 10 * group.small[2] + 100 * group.tiny[0] + 1000 * group.within.top
    return numbers + group.within.floats[0]


@njit
def _write(words):
    group = _opened(words)
    group.within.floats[1] = 2.5
    group.small[0] = -7


_opened = group_at(Around)


def around() -> Around:
    return Around(
        words=np.array([0, 1], np.int64),
        within=Within(floats=np.array([0.25, 0.0]), top=4),
        small=np.array([0, 0, 2], np.int32),
        tiny=np.array([3], np.uint8),
    )


def test_a_group_is_read_and_written_by_its_addresses():
    """`AttributeTemplate`, `infer_getattr`, `lower_getattr_generic`, and pointers that have types.

    Also `cgutils.pointer_add`, `from_dtype`, and `data` of `context.make_array(...)`. When it
    fails, in the order of compilation: `_Parts` (numba/core/typing/templates.py: is
    `generic_resolve` still asked for attributes of a type?), `_part` (numba/core/imputils.py: is a
    generic attribute still lowered by name? has llvmlite still `as_pointer` and typed loads?),
    `group_at` (does `make_array` still give the address as `data`?).
    """
    group = around()
    assert _read(addresses(group)) == 1 + 20 + 300 + 4000 + 0.25
    _write(addresses(group))
    assert group.within.floats.tolist() == [0.25, 2.5]
    assert group.small.tolist() == [-7, 0, 2]
    other = around()._replace(small=np.array([0, 0, 5], np.int32))  # control
    assert _read(addresses(other)) == 1 + 50 + 300 + 4000 + 0.25


def test_an_array_of_another_width_is_refused():
    """Control: read by its address, it would be nonsense; `addresses` refuses it."""
    with pytest.raises(AssertionError, match="float64 where the kernel reads int64"):
        addresses(around()._replace(words=np.zeros(2)))


def test_an_unknown_part_is_no_attribute():
    """`generic_resolve` that gives None means: there is no such attribute."""
    with pytest.raises(TypingError, match=r"\bodd\b"):
        njit(lambda words: _opened(words).odd)(addresses(around()))


WORDS = [1, 2, 12, 1 << 31, 1 << 40, 1 << 62, -(1 << 63), -1, 3 << 33]


def test_the_lowest_bit_is_counted_by_the_processor():
    """`llvmlite.ir.IRBuilder.cttz` behind `intrinsic` and `overload`, 64 bits wide.

    When it fails: `_trailing_zeros`, and how llvmlite's builder names LLVM's `cttz` now.
    """

    @njit
    def compiled(word):
        return lowest(word)

    assert compiled.py_func(12) == 2
    assert [compiled(word) for word in WORDS] == [lowest(word) for word in WORDS]
    assert [lowest(word) for word in WORDS] == [0, 1, 2, 31, 40, 62, 63, 0, 33]
    assert compiled.nopython_signatures[0].return_type == types.int64


def test_the_option_of_what_the_kernel_calls_is_known():
    """The option `forceinline` of `njit`, which stands in numba/core/options.py and in no manual.

    When it fails, `inlined` in intrinsics.py may do without: the kernel is then slower, not wrong.
    """

    @inlined
    def twice(number):
        return 2 * number

    @njit
    def fourfold(number):
        return twice(twice(number))

    assert fourfold(3) == 12
    with pytest.raises(KeyError, match="forceinlined"):  # control: unknown ones are refused
        njit(forceinlined=True)(twice.py_func)(3)


def test_the_cache_of_a_function_can_be_asked_and_filled_by_others(tmp_path, monkeypatch):
    """`Dispatcher._cache` with `load_overload`, `save_overload`, `flush`; `numba.config`'s names.

    For sim/engines/jit.py. When it fails: numba/core/caching.py and dispatcher.py, whether a
    dispatcher still asks its cache before it compiles, and fills it after, by these names of it.
    """
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    compiled = njit(cache=True)(_thrice)
    cache, seen = compiled._cache, list[str]()

    def load(signature, context):
        seen.append("load")  # and gives nothing: not cached yet

    cache.load_overload = load
    cache.save_overload = lambda signature, made: seen.append("save")
    assert compiled(2) == 6
    assert seen == ["load", "save"]
    njit(cache=True)(_thrice)(2)
    (index,) = tmp_path.rglob("*.nbi")  # control: without that it is written
    before = index.read_bytes()
    cache.flush()  # takes everything out of the index
    assert index.read_bytes() != before
    assert numba.config.DISABLE_JIT in (0, False)


def _thrice(number):
    return 3 * number


def test_memory_is_claimed_by_the_line():
    """`numpy.ndarray.ctypes.data` is the address of the first number, and `zeros` does not move."""
    for shape in ((1,), (9,), (3, 5)):
        made = zeros_apart(*shape)
        assert made.ctypes.data % LINE == 0
        assert made.shape == shape
        assert not made.any()


# --- SimPy: sim/engines/reference/calendar.py ----------------------------------------------------


def rung(moments: list[tuple[float, int]], passing: int | None = None) -> list[tuple[float, int]]:
    """(now, rank) of each moment as it comes, entered in the order given; one may be cancelled."""
    calendar, seen = Calendar(), list[tuple[float, int]]()
    made = [
        Moment(calendar, time, rank, lambda rank=rank: seen.append((calendar.now, rank)))
        for time, rank in moments
    ]
    if passing is not None:
        made[passing].cancel()
    while calendar.peek() < float("inf"):
        calendar.step()
    return seen


def test_moments_come_by_time_and_then_by_rank():
    """`simpy.Environment._queue`: a heap of (time, priority, number, event); `_eid` numbers them.

    Also `Event._ok`, `_value` and `callbacks`, and that a priority may be any number. When it
    fails: simpy/core.py, how `schedule` enters an event and `step` takes it, and `Calendar.put`.
    """
    late = 0.1 + 0.2  # not 0.3: a time is kept to the last digit
    entered = [(late, 0), (0.3, 12), (0.3, 3), (0.0, 7), (0.3, 4), (0.0, 2), (5.0, 1)]
    expected = [(0.0, 2), (0.0, 7), (0.3, 3), (0.3, 4), (0.3, 12), (late, 0), (5.0, 1)]
    assert rung(entered) == rung(entered[::-1]) == expected
    assert sorted(entered, key=lambda moment: moment[1]) != expected  # control: by rank alone


def test_a_cancelled_moment_passes_in_silence():
    """`Event.callbacks` emptied: `step` calls nobody, and nothing is wrong with the event."""
    entered = [(2.0, 0), (1.0, 1), (3.0, 2)]
    assert rung(entered, passing=1) == [(2.0, 0), (3.0, 2)]
    assert rung(entered) == [(1.0, 1), (2.0, 0), (3.0, 2)]  # control


def test_what_simpy_enters_and_what_we_enter_lie_in_one_heap():
    """An entry of SimPy's own looks like ours: as many parts, of the same kinds."""
    calendar = Calendar()
    ours = Moment(calendar, 1.0, 3, lambda: None)
    theirs = simpy.Timeout(calendar, 2.0)
    entries = sorted(calendar._queue)
    assert [entry[-1] for entry in entries] == [ours, theirs]
    assert [tuple(map(type, entry[:-1])) for entry in entries] == [(float, int, int)] * 2


def test_an_array_says_its_dtype_in_numpys_old_way_and_its_new():
    """`numpy.typing.NDArray`: an alias written out before NumPy 2.5, a named one since.

    When it fails, look at `_dtype_of` there.
    """
    scalar = TypeVar("scalar")
    named = TypeAliasType("NDArray", np.ndarray, type_params=(scalar,))
    for array in (np.ndarray[tuple[int, ...], np.dtype[np.float64]], named[np.float64]):
        assert _dtype_of(array) == np.dtype(np.float64)
        assert _dtype_of(array) != np.dtype(np.int64)  # the control
    assert _dtype_of(NDArray[np.int64]) == np.dtype(np.int64)
