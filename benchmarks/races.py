"""Races of any size: a ring of powers as in `race.yaml`, three rules each and two more."""

import tempfile
from functools import cache
from pathlib import Path

from sim.model.model import Model
from sim.scenario import load

HERE = Path(__file__).parent


@cache
def race(form: str = "exponential") -> Model:
    """The race of the benchmark: `exponential` or `lognormal` waits."""
    name = "race.yaml" if form == "exponential" else f"race_{form}.yaml"
    return load(HERE / name).model


@cache
def ring(powers: int, horizon: float = 80.0) -> Model:
    """A race of so many powers over so many days: 3 x powers + 2 transitions."""
    text = (HERE / "race.yaml").read_text(encoding="utf-8")
    lines, made = text.splitlines(), []
    for line in lines:
        if line.startswith("horizon:"):
            made.append(f"horizon: {horizon:g} d")
        elif not line.startswith(tuple(f"  {name}" for name in _named("bcdef"))):
            made += [_renamed(line, i, powers) for i in range(powers)] if _of_a(line) else [line]
    text = (
        "\n".join(made).replace("d.stage", f"a{powers // 2}.stage").replace(" a.stage", " a0.stage")
    )
    text = text.replace("(a.stage", "(a0.stage").replace("b.stage", "a1.stage")
    text = text.replace("c.stage", "a2.stage")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ring.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file).model


def _named(letters: str) -> list[str]:
    return [f"{letter}{rest}" for letter in letters for rest in (":", "_")]


def _of_a(line: str) -> bool:
    return line.startswith(("  a:", "  a_rises", "  a_eases", "  a_strikes"))


def _renamed(line: str, i: int, powers: int) -> str:
    """A line about power a, for power i; f, the one before a, is the one before i."""
    line = line.replace("f.stage", f"a{(i - 1) % powers}.stage")
    line = line.replace("a.stage", f"a{i}.stage").replace("actor: a,", f"actor: a{i},")
    return line.replace("  a_", f"  a{i}_", 1).replace("  a:", f"  a{i}:", 1)
