"""Many charts are drawn by several processes, with the same files as by one."""

import os
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import matplotlib as mpl
import pytest
from islands import island, island_run

from sim.charts import after_run, fonts, style
from sim.report import charts_apart, pictures

mpl.use("agg")
HERE = os.getpid()


def several(*drawings: style.Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have these charts drawn, and a dozen more."""
    more = [style.Drawing(f"plain-{number}", partial(plain, number)) for number in range(12)]
    monkeypatch.setattr(after_run, "CHARTS", (lambda scenario, run: iter([*drawings, *more]),))


@fonts.literal
def plain(number: int, words: str = "as it is"):
    ax = style.axes(None)
    ax.plot([0, number], [0, 1])
    ax.set_title(words)
    return ax


def drawn(folder: Path, workers: int) -> tuple[dict[str, bytes], list[tuple[str, Exception]]]:
    results = island_run()
    arguments = {**results.provenance.arguments, "workers": workers}
    results = replace(results, provenance=replace(results.provenance, arguments=arguments))
    failed = pictures.draw(island(), results, folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}, failed


def somewhere_else() -> object:
    if os.getpid() == HERE:
        raise ValueError("drawn here")
    return plain(1)


def test_the_files_are_the_same_by_two_processes_as_by_one(tmp_path, monkeypatch):
    several(monkeypatch=monkeypatch)
    one, two = drawn(tmp_path / "one", 1), drawn(tmp_path / "two", 2)
    assert one == two
    assert len(one[0]) == 12


def test_other_processes_draw_them_where_there_are_several(tmp_path, monkeypatch):
    several(style.Drawing("away", somewhere_else), monkeypatch=monkeypatch)
    files, failed = drawn(tmp_path / "two", 2)
    assert (failed, "away.png" in files) == ([], True)
    files, failed = drawn(tmp_path / "one", 1)  # control
    assert ([name for name, _ in failed], "away.png" in files) == (["away"], False)


def failing() -> object:
    raise ZeroDivisionError("no such axis")


def lost() -> object:
    if os.getpid() != HERE:
        os._exit(1)
    return plain(1)


def test_one_that_fails_is_named_and_the_others_are_drawn(tmp_path, monkeypatch):
    several(style.Drawing("broken", failing), monkeypatch=monkeypatch)
    files, failed = drawn(tmp_path / "two", 2)
    assert [(name, str(error)) for name, error in failed] == [("broken", "no such axis")]
    assert failed[0][1].__traceback__ is not None  # it can be seen where
    assert len(files) == 12


def test_a_process_that_is_lost_costs_no_chart(tmp_path, monkeypatch):
    several(style.Drawing("lost", lost), monkeypatch=monkeypatch)
    files, failed = drawn(tmp_path / "two", 2)
    assert (failed, len(files)) == ([], 13)


def test_letters_without_a_font_are_named_once_for_all(tmp_path, monkeypatch):
    strange = [style.Drawing(f"s{n}", partial(plain, n, "\U0010fffd")) for n in range(3)]
    several(*strange, monkeypatch=monkeypatch)
    with pytest.warns(Warning, match="no installed font") as caught:
        drawn(tmp_path / "two", 2)
    assert len(caught) == 1


class Enough(Exception):
    """Somebody asks to stop."""


def test_who_asks_to_stop_is_heard_and_no_process_stays(tmp_path, monkeypatch):
    several(monkeypatch=monkeypatch)
    asked = iter([None, None])

    def check() -> None:
        if next(asked, Enough) is Enough:
            raise Enough("stop")

    todo = [partial(pictures.save, plain(n), tmp_path / str(n)) for n in range(10)]
    before = set(active_children())
    with pytest.raises(Enough, match="stop"):
        charts_apart.draw_apart(todo, 2, check)
    assert set(active_children()) <= before
    assert charts_apart.draw_apart([], 2, lambda: None) == {}
