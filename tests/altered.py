"""An engine made from its own source text with something changed in it, for tests of tests.

The kernel of the compiled engine runs as plain Python here, since compiling it takes long.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import sim
from sim.streams import philox

HERE = Path(sim.__file__).parent / "engines"
FILES = {  # of each engine, lowest first: those that walk
    "reference": ("choices", "clocks", "world", "gathering", "__init__"),
    "compiled": ("lookup", "clocks", "firing", "kernel", "work", "__init__"),
}


def njit(*given: Any, **options: Any) -> Any:
    """Numba's decorator, without numba."""
    return given[0] if given else lambda function: function


@contextmanager
def altered(
    engine: str, file: str = "", old: str = "", new: str = ""
) -> Iterator[Callable[..., Any]]:
    """The engine's `walk`, with `old` replaced by `new` in one of its files; nothing if unnamed."""
    plain = ModuleType("altered_numba")
    plain.njit = njit  # type: ignore[attr-defined]
    sys.modules["altered_numba"] = plain
    made = ["altered_numba"]
    try:
        for name in FILES[engine]:
            text = (HERE / engine / f"{name}.py").read_text(encoding="utf-8")
            if name == file:
                assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
                text = text.replace(old, new)
            for other in FILES[engine]:
                text = text.replace(f"from sim.engines.{engine}.{other} ", f"from altered_{other} ")
            text = text.replace("from numba import njit", "from altered_numba import njit")
            module = ModuleType(f"altered_{name}")
            module.__file__ = str(HERE / engine / f"{name}.py")
            sys.modules[module.__name__] = module
            made.append(module.__name__)
            exec(compile(text, module.__file__, "exec"), module.__dict__)
        if engine == "compiled":  # as NumPy's scalars its products would warn that they wrap
            vars(sys.modules["altered_clocks"])["philox"] = lambda *words: philox(*map(int, words))
        yield sys.modules["altered___init__"].walk
    finally:
        for name in made:
            del sys.modules[name]
