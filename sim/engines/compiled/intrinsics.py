"""What Python has no word for, inside the kernel: the lowest bit of a word, groups of arrays.

A group is a named tuple of arrays. Numba would pass each array on with its size and a count of its
references, at every call; compiled, a group is one pointer, to a list of the arrays' addresses,
and an array is read by its address. As plain Python, a group is the named tuple itself.

This takes interfaces of numba and llvmlite that no manual promises. Each is named with its reason
and its gain below, and guarded by tests/test_private_interfaces.py. The gain of groups: the kernel
compiles in 45 s of processor time; with numba's own named tuples of arrays it was not done after
nine minutes on a busy machine (measured November 2026).
"""

from collections.abc import Iterator
from functools import cache
from math import prod
from typing import Any, get_args, get_type_hints

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.datamodel.models import OpaqueModel
from numba.core.datamodel.registry import register_default
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, overload
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

from sim.engines.jit import cached_njit as cached_njit

WORD = 8  # bytes of an address
LINE = 64  # bytes of memory that a core claims when it writes to any of them

# What the kernel calls is inlined by numba's own option, which no manual has: left to LLVM, a
# firing took 1.2 times as long (420 against 356 ns on the Korean scenario, best of two dozen runs).
inlined: Any = njit(forceinline=True)
"""What the kernel calls: compiled into it, and not to be called from elsewhere."""


def lowest(word: int) -> int:
    """The position of the lowest set bit of a word that has one."""
    return (int(word) & -int(word)).bit_length() - 1


def zeros_apart(*shape: int) -> NDArray[np.int64]:
    """Zeros on lines of memory that nothing else is on, so that no core waits for another's."""
    size = WORD * prod(shape)
    # a line to begin on, and a line behind that nobody else writes to
    room = np.zeros(size + 3 * LINE, np.uint8)
    first = 2 * LINE - room.ctypes.data % LINE
    return room[first : first + size].view(np.int64).reshape(shape)


def addresses(group: Any) -> NDArray[np.int64]:
    """What a compiled group points to; `group` has to live as long as that is used."""
    words = list(_words(group))
    found = zeros_apart(len(words))
    found[:] = words
    return found


def _words(group: Any) -> Iterator[int]:
    shape: Any = type(group)
    for part, kind in zip(group, _kinds(shape).values(), strict=True):
        if isinstance(part, np.ndarray):
            assert part.dtype == kind, f"{part.dtype} where the kernel reads {kind}"
            assert part.flags.c_contiguous, "the kernel counts on arrays without gaps"
            # only the address: how long an array is the kernel knows from the sizes of its plan
            yield part.ctypes.data
        elif isinstance(part, tuple):
            yield from _words(part)
        else:
            yield part


@cache
def _kinds(shape: Any) -> dict[str, Any]:
    """Of each part of a group: the dtype of an array, int, or the shape of a group."""
    found = {}
    for name, hint in get_type_hints(shape).items():
        found[name] = hint if isinstance(hint, type) else _dtype_of(hint)
    return found


def _dtype_of(array: Any) -> np.dtype[Any]:
    """The dtype of `NDArray[...]`, which NumPy says in full before 2.5 and by its name since."""
    last = get_args(array)[-1]
    return np.dtype(get_args(last)[0] if get_args(last) else last)


class Group(types.Type):
    """The compiled type of a named tuple of arrays, numbers and groups."""

    def __init__(self, shape: type) -> None:
        self.shape = shape
        self.parts: dict[str, tuple[int, Any]] = {}  # name -> (position, type)
        self.size = 0
        for name, kind in _kinds(shape).items():
            if kind is int:
                self.parts[name] = self.size, types.int64
            elif isinstance(kind, np.dtype):
                self.parts[name] = self.size, types.CPointer(from_dtype(kind))
            else:
                self.parts[name] = self.size, Group(kind)
            made = self.parts[name][1]
            # a group within a group stands in place, number by number, without an address of its
            # own
            self.size += made.size if isinstance(made, Group) else 1
        super().__init__(name=f"Group({shape.__qualname__})")


register_default(Group)(OpaqueModel)


@infer_getattr
class _Parts(AttributeTemplate):
    key = Group

    def generic_resolve(self, group: Group, name: str) -> Any:  # type: ignore[override]
        return group.parts[name][1] if name in group.parts else None


@lower_getattr_generic(Group)  # type: ignore[untyped-decorator]
def _part(context: Any, builder: Any, group: Group, value: Any, name: str) -> Any:
    position, kind = group.parts[name]
    place = cgutils.pointer_add(builder, value, position * WORD)
    if isinstance(kind, Group):
        return place
    want = context.get_value_type(kind)
    found = builder.load(builder.bitcast(place, want.as_pointer()))
    # The addresses do not change during a call: LLVM need not read them again after each write to
    # an array.
    found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return found


# One instruction of the processor, which numba has no function for; loops over the bits of a word
# are in every firing. By masks and sums instead, a firing took 1.1 times as long (388 against 356).
@intrinsic
def _trailing_zeros(typingctx: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # the 1 says that no word of zeros is asked about: its answer is left undefined
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), code


@overload(lowest)
def _lowest(word):
    return lambda word: _trailing_zeros(word)  # type: ignore[call-arg]


def group_at(shape: type) -> Any:
    """A function for the kernel: the group of this shape that an array of addresses holds."""
    whole = Group(shape)

    @intrinsic
    def grouped(typingctx: Any, addresses: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(addresses)(context, builder, value=arguments[0])
            return builder.bitcast(array.data, context.get_value_type(whole))

        return whole(addresses), code

    return grouped
