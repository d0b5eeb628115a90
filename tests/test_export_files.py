"""What `export` prints, to the last letter: two small scenarios and every form beside them.

`doors` is a chain in continuous time, `at_once` has steps that take no time. Between them they hold
every trigger, every kind of choice and of effect, limits, memory, a speed, a stop, what can never
happen. That the text means what the scenario means is Storm's to say (test_exact_corpus). To write
a form anew after a change on purpose: `run_sim.py export doors.yaml --to prism > doors.prism`.
"""

from pathlib import Path

import pytest
from command_line import call

__all__ = ["call"]
HOME = Path(__file__).parent / "corpus" / "export"
FILES = sorted(HOME.glob("*.yaml"))
FORMS = ("prism", "graphml", "mermaid")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_form_is_as_written_beside_the_scenario(call, file, form):
    code, out, _ = call("export", file, "--to", form)
    assert code == 0
    assert out == file.with_suffix(f".{form}").read_text(encoding="utf-8")


def test_there_are_both_kinds_and_a_change_would_be_seen(call):
    """The control: another limit, another trigger, another speed."""
    texts = [file.with_suffix(".prism").read_text(encoding="utf-8") for file in FILES]
    assert [text.splitlines()[2] for text in texts] == ["ma", "ctmc"]
    source = (HOME / "doors.yaml").read_text(encoding="utf-8")
    for old, new in (("limit: 2", "limit: 3"), ("[opens, ", "[tick, "), ("speed: pace, ", "")):
        assert source.count(old) == 1
        Path("doors.yaml").write_text(source.replace(old, new), encoding="utf-8")
        assert call("export", "doors.yaml", "--to", "prism")[1] != texts[1]


def test_a_draw_gives_its_own_numbers(call):
    shown = call("export", HOME / "doors.yaml", "--to", "prism", "--draw", "3")[1].splitlines()
    beside = (HOME / "doors.prism").read_text(encoding="utf-8").splitlines()
    other = [line for line, usual in zip(shown, beside, strict=True) if line != usual]
    assert len(other) == 1
    assert other[0].startswith("const double pace = ")
