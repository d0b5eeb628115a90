"""What a fault of the kernel is called: the message the reference engine would give."""

from sim.engines.compiled.lower import Lowered
from sim.engines.compiled.parts import Path
from sim.errors import RunError


def error(made: Lowered, path: Path, who, row, walker) -> RunError:
    return RunError(f"code {path.seen}")
