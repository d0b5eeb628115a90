"""Ctrl-C after the last draw: what took time is kept, what can be drawn again is not waited for."""

import signal

import pytest
from command_line import FIRST, call

from sim.report import pictures
from sim.results import manifest

__all__ = ["call"]
FEW = ("--draws", "3", "--paths", "20")


def pressing(original, count):
    calls = []

    def press(*arguments, **more):
        calls.append(arguments)
        if len(calls) == count:
            signal.raise_signal(signal.SIGINT)
        return original(*arguments, **more)

    return press


@pytest.mark.parametrize("command", [(str(FIRST),), ("compare", str(FIRST), "no_treaty")])
@pytest.mark.parametrize(
    ("module", "name"), [(pictures, "save"), (manifest, "_own_digest"), (manifest, "digest")]
)
def test_tables_are_written_whatever_ctrl_c_hits(
    call, monkeypatch, tmp_path, command, module, name
):
    monkeypatch.setattr(module, name, pressing(getattr(module, name), 1))
    code, out, err = call(*command, *FEW, "--out", str(tmp_path / "run"))
    assert code == 130
    assert "interrupted: 3 of 3 draws are finished and written" in err
    assert (tmp_path / "run" / "manifest.json").exists()
    assert "Tables" in out


def test_no_more_charts_are_drawn_after_it(call, monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "save", pressing(pictures.save, 2))
    code, out, _ = call(str(FIRST), *FEW, "--out", str(tmp_path / "run"))
    assert code == 130
    assert not (tmp_path / "run" / "charts").exists()
    assert "Tables:" in out


def test_a_second_one_ends_at_once(call, monkeypatch, tmp_path):
    twice = pressing(pressing(pictures.save, 1), 1)
    monkeypatch.setattr(pictures, "save", twice)
    code, out, err = call(str(FIRST), *FEW, "--out", str(tmp_path / "run"))
    assert code == 130
    # the numbers stood on the screen before the first chart; nothing is said to be written
    assert "ally fights" in out
    assert "Tables" not in out
    assert err.endswith("interrupted\n")
    assert list(tmp_path.iterdir()) == []
