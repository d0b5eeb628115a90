"""An independent answer: Storm reads the PRISM export. Run as a script to store its answers anew.

    python tests/storm.py

writes tests/corpus/exact/answers.json; it needs the extra `storm` (stormpy, Linux only).
"""

import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sim.export import exported as to_text
from sim.scenario import load

HOME = Path(__file__).parent / "corpus" / "exact"
ANSWERS = HOME / "answers.json"
PRECISION = "1e-13"
_settings: list[str] = []


def answers(text: str, outcomes: Iterable[str]) -> dict[str, float]:
    """The probability of each outcome by the horizon, as Storm finds it from PRISM text."""
    import stormpy
    from stormpy import developer

    if not _settings:  # once a process: Storm takes each option only once
        _settings.extend(["--timebounded:precision", PRECISION])
        developer.set_from_exploded_string(_settings)
    automaton = "\nma\n" in text
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.prism"
        file.write_text(begun(text) if automaton else text, encoding="utf-8")
        program = stormpy.parse_prism_program(str(file), prism_compatibility=not automaton)
    found = {}
    for name in outcomes:
        how = "Pmax" if automaton else "P"
        property_ = stormpy.parse_properties(f'{how}=? [F<=horizon "{name}"]', program)[0]
        model = stormpy.build_model(program, [property_])
        result = stormpy.model_checking(model, property_, environment=stormpy.Environment())
        found[name] = float(result.get_value(model.initial_states[0]))
    return found


def begun(text: str) -> str:
    """The same automaton after one more step without time.

    Storm 1.11 refuses an automaton ("empty submatrix") in which no situation that takes no time
    lies before the outcome; this one always does.
    """
    text = text.replace("module world\n", "module world\n  begun : bool init false;\n", 1)
    text = text.replace("formula stopped = ", "formula stopped = !begun | ", 1)
    return text.replace("endmodule", "  [] !begun -> (begun'=true);\nendmodule", 1)


def exported(file: Path) -> tuple[str, list[str]]:
    """(PRISM text with every parameter at its median, names of the outcomes)."""
    model = load(file).model
    return to_text(model, "prism"), [outcome.name for outcome in model.outcomes]


if __name__ == "__main__":
    everything = {file.stem: answers(*exported(file)) for file in sorted(HOME.glob("*.yaml"))}
    ANSWERS.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(ANSWERS.read_text(encoding="utf-8"))
