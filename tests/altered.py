"""An engine made from its own source text with something changed in it, for tests of tests.

The kernel of the compiled engine runs as plain Python here, since compiling it takes long.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import sim
from sim.engines.compiled.intrinsics import lowest
from sim.streams import philox

HERE = Path(sim.__file__).parent / "engines"
FILES = {  # of each engine, lowest first: those that walk
    "reference": ("calendar", "state", "choices", "clocks", "world", "batch", "__init__"),
    "compiled": ("lookup", "clocks", "firing", "kernel", "work", "__init__"),
}


def flat(group: Any) -> Any:
    """The group with arrays of one axis, which is how the kernel sees them."""
    return type(group)(*(_flat_part(part) for part in group))


def _flat_part(part: Any) -> Any:
    if isinstance(part, np.ndarray):
        return part.reshape(-1)
    return flat(part) if isinstance(part, tuple) else part


def plain_machine() -> ModuleType:
    """What `sim.engines.compiled.intrinsics` offers, without compiling anything."""
    module = ModuleType("altered_machine")
    module.inlined = lambda function: function  # type: ignore[attr-defined]
    module.cached_njit = lambda function: function  # type: ignore[attr-defined]
    module.lowest = lowest  # type: ignore[attr-defined]
    module.addresses = flat  # type: ignore[attr-defined]
    module.group_at = lambda shape: lambda whole: whole  # type: ignore[attr-defined]
    return module


@contextmanager
def altered(
    engine: str, file: str = "", old: str = "", new: str = ""
) -> Iterator[Callable[..., Any]]:
    """The engine's `walk`, with `old` replaced by `new` in one of its files; nothing if unnamed."""
    made = ["altered_machine"]
    sys.modules["altered_machine"] = plain_machine()
    try:
        for name in FILES[engine]:
            text = (HERE / engine / f"{name}.py").read_text(encoding="utf-8")
            if name == file:
                assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
                text = text.replace(old, new)
            for other in FILES[engine]:
                text = text.replace(f"from sim.engines.{engine}.{other} ", f"from altered_{other} ")
            text = text.replace("from sim.engines.compiled.intrinsics ", "from altered_machine ")
            module = ModuleType(f"altered_{name}")
            module.__file__ = str(HERE / engine / f"{name}.py")
            sys.modules[module.__name__] = module
            made.append(module.__name__)
            exec(compile(text, module.__file__, "exec"), module.__dict__)
        if engine == "compiled":
            # as NumPy's scalars its products would warn that they wrap
            vars(sys.modules["altered_clocks"])["philox"] = lambda *words: philox(*map(int, words))
        yield sys.modules["altered___init__"].walk
    finally:
        for name in made:
            del sys.modules[name]
