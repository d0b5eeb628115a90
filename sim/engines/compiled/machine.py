"""What Python has no word for, inside the kernel: the lowest bit of a word, arrays as pointers.

Both also run as plain Python, where a flat array is its own pointer.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload


def lowest(word: int) -> int:
    """The position of the lowest set bit of a word that has one."""
    return (int(word) & -int(word)).bit_length() - 1


def pointers(group: Any) -> Any:
    """A named tuple of arrays as one of pointers, with a single index whatever the axes.

    Passing arrays on counts references, which costs twenty times more than all the rest.
    """
    return type(group)(*(array.reshape(-1) for array in group))


@intrinsic
def _trailing_zeros(typingctx: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), code


@intrinsic
def _pointers(typingctx: Any, group: Any) -> Any:
    made = types.NamedTuple([types.CPointer(array.dtype) for array in group], group.instance_class)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = []
        for array, value in zip(group, cgutils.unpack_tuple(builder, arguments[0]), strict=True):
            found.append(context.make_array(array)(context, builder, value=value).data)
        return context.make_tuple(builder, signature.return_type, found)

    return made(group), code


@overload(lowest)
def _lowest(word):
    return lambda word: _trailing_zeros(word)  # type: ignore[call-arg]


@overload(pointers)
def _of(group):
    return lambda group: _pointers(group)  # type: ignore[call-arg]
