"""Seconds of processor time, the machine in words, and where results are written."""

import os
import platform
import re
import resource
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"


def processor_seconds(work: Callable[[], object]) -> float:
    """What a call takes of all processors, programs it starts included."""
    before = _used()
    work()
    return _used() - before


def wall_seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _used() -> float:
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def machine() -> str:
    """Processor, cores, Python and the libraries that matter."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*: (.*)", info.read_text(encoding="utf-8"))
        name = found.group(1) if found else name
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "simpy"))
    load = os.getloadavg()[0]
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, {libraries}; load average {load:.1f} at the end."
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(title: str, text: str) -> None:
    """Put a section into RESULTS.md, in place of the one of that title."""
    whole = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmarks\n"
    parts = re.split(r"(?m)^(?=## )", whole)
    section = f"## {title}\n\n{text.strip()}\n\n"
    same = [i for i, part in enumerate(parts) if part.startswith(f"## {title}\n")]
    if not parts[-1].endswith("\n\n"):
        parts[-1] = parts[-1].rstrip() + "\n\n"
    if same:
        parts[same[0]] = section
    else:
        parts.append(section)
    parts[0] = parts[0].rstrip() + "\n\n"
    RESULTS.write_text("".join(parts).rstrip() + "\n", encoding="utf-8")
