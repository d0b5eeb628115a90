"""A run is the same however it is cut up, and any path of it can be had again."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pandas as pd
import pytest
from command_line import FIRST
from islands import TABLES, island, island_run, of_path, tables_of
from pandas.testing import assert_frame_equal
from small_models import fixed, flag, is_, model, option, parameter_value, put, rule
from walking import SAMPLING, exactly

import sim
from sim.engines import reference
from sim.errors import RunError, UsageError
from sim.experiment import runs
from sim.results import PathBatch
from sim.results.counting import Accumulator


def csv(table: pd.DataFrame | None) -> bytes:
    assert table is not None
    text = io.StringIO()
    table.to_csv(text)
    return text.getvalue().encode()


@pytest.mark.parametrize("workers", [2, 3])
def test_tables_are_byte_identical_whatever_the_number_of_workers(workers: int) -> None:
    more = sim.run(island(), draws=6, paths=40, seed=1, workers=workers, events=True)
    for name, table in tables_of(island_run()).items():
        assert csv(getattr(more, name)) == csv(table), name
    other = sim.run(island(), draws=6, paths=40, seed=2, workers=workers, events=True)
    assert csv(other.events) != csv(island_run().events)  # control: another seed


@pytest.mark.parametrize("engine", SAMPLING)
def test_more_draws_and_paths_leave_the_earlier_ones_as_they_were(engine: str) -> None:
    few = sim.run(island(), draws=2, paths=9, engine=engine, workers=1, events=True)
    assert few.paths is not None
    many = island_run()
    for name in ("paths", "events"):
        table = getattr(many, name)
        rows = table[(table["draw"] < 2) & (table["path"] < 9)].reset_index(drop=True)
        assert_frame_equal(rows, getattr(few, name))
    assert_frame_equal(few.draws, many.draws.head(2))
    assert few.draws.nunique().max() == 2  # control: draws do differ


@pytest.mark.parametrize(("draw", "path"), [(0, 0), (3, 17), (5, 39)])
def test_a_replay_gives_the_events_of_the_run(draw: int, path: int) -> None:
    events, paths = island_run().events, island_run().paths
    assert events is not None
    assert paths is not None
    again = sim.replay(island(), draw=draw, path=path, seed=1)
    assert_frame_equal(again.events, of_path(events, draw, path))
    assert_frame_equal(again.path, of_path(paths, draw, path))
    other = sim.replay(island(), draw=draw, path=path + 1, seed=1)
    assert not other.events.drop(columns="path").equals(again.events.drop(columns="path"))


def test_a_replay_tells_what_was_weighed_and_what_came_of_it() -> None:
    again = sim.replay(island(), draw=1, path=3)
    taken = again.options[again.options["taken"]]
    assert taken["seq"].tolist() == again.events["seq"].tolist()
    assert taken["probability"].tolist() == again.events["probability"].tolist()
    assert again.options.groupby("seq")["probability"].sum().tolist() == pytest.approx(
        [1.0] * len(again.events)
    )
    first = again.options[again.options["seq"] == 0]
    assert first["option"].tolist() == ["hold", "in_kind", "strike"]
    assert again.states["seq"].tolist() == [-1, *again.events["seq"]]
    assert again.states.loc[0, "north_south"] == "clash"
    assert set(again.states["ally.reads_attacker"]) == {"unclear", "north"}
    assert set(again.parameters) == {p.name for p in island().model.parameters}


def test_removing_one_move_leaves_every_path_unchanged_up_to_its_first_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = [
        rule("walks", put("warm", 1), after=3.0, when=is_("warm", 0), limit=1),
        rule("extra", put("cold", 1), after=1.0, when=is_("warm", 1)),
        rule("knocks", after=1.0),
        rule("freezes", after=2.0, when=is_("cold", 1)),
        rule("melts", put("cold", 0), after=2.0, when=is_("cold", 1)),
    ]
    variables = [flag("warm"), flag("cold")]
    starts: dict[int, float] = {}
    start = reference.world.Clock.start

    def noted(clock: reference.world.Clock) -> None:
        if clock.transition.name == "extra":
            starts.setdefault(clock.path.number, clock.path.calendar.now / 86_400.0)
        start(clock)

    monkeypatch.setattr(reference.world.Clock, "start", noted)
    options = {"draws": 1, "paths": 50, "workers": 1, "engine": "reference", "events": True}
    whole = sim.run(model(variables, rules, {}, days=9), **options).events
    less = sim.run(model(variables, [rules[0], *rules[2:]], {}, days=9), **options).events
    changed = 0
    for path in range(50):
        with_it, without = (
            of_path(table, 0, path)[["time", "transition"]] for table in (whole, less)
        )
        until = starts.get(path, 9.0)
        told = [list(t[t["time"] <= until].itertuples(index=False)) for t in (with_it, without)]
        assert told[0] == told[1]
        changed += len(with_it) != len(without)
    assert len(starts) > 30
    assert changed > 30  # control: and afterwards they are not the same


TOLD = r"^island_clash, seed 2: interrupted; \d+ of 40 draws are finished"


def interrupting(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Press Ctrl-C once some draws are finished."""

    class Interrupted(Accumulator):
        def add(self, piece: PathBatch) -> None:
            super().add(piece)
            if self.draws == after and piece.draw == after - 1:
                os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(runs, "Accumulator", Interrupted)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_the_finished_draws(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patch:
        interrupting(patch, after=2)
        cut = sim.run(
            island(), draws=40, paths=40, workers=workers, events=True, on_interrupt="return"
        )
    assert signal.getsignal(signal.SIGINT) is before
    done = cut.provenance.draws
    assert 2 <= done < 40
    assert cut.provenance.interrupted
    assert (cut.n, cut.provenance.draws_asked) == (40 * done, 40)
    whole = sim.run(island(), draws=done, paths=40, workers=1, events=True)
    assert not whole.provenance.interrupted
    for name in TABLES:
        assert_frame_equal(getattr(cut, name), getattr(whole, name))


def test_ctrl_c_ends_a_loop_of_runs_unless_what_is_finished_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(seed: int, **more: str) -> sim.Results:
        with monkeypatch.context() as patch:
            if seed == 2:
                interrupting(patch, after=2)
            return sim.run(island(), draws=40, paths=20, workers=1, seed=seed, **more)

    with pytest.raises(KeyboardInterrupt, match=TOLD):
        list(map(run, (1, 2, 3)))
    found = [run(seed, on_interrupt="return") for seed in (1, 2, 3)]
    told = [re.search(r", interrupted, \d+ of 40 draws", repr(one)) for one in found]
    assert [one is not None for one in told] == [False, True, False]
    with pytest.raises(UsageError, match="unknown on_interrupt 'stop'; known: raise, return"):
        run(1, on_interrupt="stop")


def test_ctrl_c_before_any_draw_is_finished_leaves_empty_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walk = reference.walk

    def interrupted(*arguments: object, **more: object) -> Iterator[PathBatch]:
        for piece in walk(*arguments, **more):  # type: ignore[arg-type]
            os.kill(os.getpid(), signal.SIGINT)
            yield piece

    monkeypatch.setattr(reference, "walk", interrupted)
    small = {"draws": 1, "paths": 300, "workers": 1, "engine": "reference"}
    none = sim.run(island(), events=True, on_interrupt="return", **small)  # type: ignore[arg-type]
    assert (none.n, none.provenance.draws) == (0, 0)
    with pytest.raises(KeyboardInterrupt, match="0 of 1 draws are finished"):
        sim.compare(island(), ["no_treaty"], **small)  # type: ignore[arg-type]
    assert none.outcomes["hits"].tolist() == [0, 0]
    assert none.outcomes["probability"].isna().all()
    assert (none.outcomes["mc_low"].tolist(), none.outcomes["mc_high"].tolist()) == ([0, 0], [1, 1])
    assert {name: len(t) for name, t in tables_of(none).items() if t is not None} == {
        **{name: len(t) for name, t in tables_of(island_run()).items() if t is not None},
        "draws": 0,
        "shares": 0,
        "paths": 0,
        "events": 0,
    }


def test_ctrl_c_pressed_twice_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pressed(Accumulator):  # while it counts, which the first one does not end
        def add(self, piece: PathBatch) -> None:
            for _ in range(presses):
                os.kill(os.getpid(), signal.SIGINT)
            super().add(piece)

    monkeypatch.setattr(runs, "Accumulator", Pressed)
    presses = 2
    with pytest.raises(KeyboardInterrupt):
        sim.run(island(), draws=1, paths=300, workers=1)
    presses = 1
    sim.run(island(), draws=1, paths=300, workers=1, on_interrupt="return")  # the control


@pytest.mark.parametrize("workers", [1, 2])
def test_a_scenario_that_goes_wrong_says_in_which_draw_and_path(workers: int) -> None:
    share = parameter_value("p")
    act = rule("act", options=[option("a", share), option("b", 0.5)], after=exactly(1), limit=1)
    wrong = model([flag("x")], [act], {}, parameters=[fixed("p", 0.75)])
    with pytest.raises(RunError, match=r"act: .*1\.25"):
        sim.run(wrong, draws=2, paths=300, workers=workers)
    circle = model([flag("x")], [rule("act", at=0.0), rule("ping", on=["act", "ping"])], {})
    with pytest.raises(RunError, match=r"ping -> ping.*draw 0, path 0"):
        sim.run(circle, draws=2, paths=300, workers=workers)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 0}, "draws: must be from 1 to 4,294,967,296, found 0"),
        ({"paths": -1}, "paths: must be from 1"),
        ({"seed": 2**64}, "seed: must be from 0"),
        ({"workers": 0}, "workers: must be at least 1, found 0"),
        ({"engine": "referense"}, "unknown engine 'referense'; did you mean 'reference'"),
    ],
)
def test_arguments_out_of_range_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sim.run(island(), **arguments)  # type: ignore[arg-type]


def test_a_bar_is_shown_to_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    sim.run(island(), draws=1, paths=20, workers=1)
    assert capsys.readouterr().err == ""
    sim.run(island(), draws=1, paths=20, workers=1, progress=True)
    assert "20" in capsys.readouterr().err  # however the bar is drawn, the whole is in it


def test_the_public_names_are_few_and_cost_nothing_until_used() -> None:
    assert len(sim.__all__) <= 16
    assert all(getattr(sim, name) is not None for name in sim.__all__)
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        sim.runn  # noqa: B018
    heavy = "{'numpy', 'pandas', 'numba', 'matplotlib', 'scipy', 'simpy'}"
    code = f"import sys, sim; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("wrong", [{"draws": "3"}, {"draws": 2.5}, {"seed": 1.5}, {"paths": True}])
def test_a_count_that_is_no_whole_number_is_told(wrong):
    with pytest.raises(UsageError, match=f"{next(iter(wrong))}: must be a whole number"):
        sim.run(island(), **wrong)


def test_a_file_name_stands_for_its_scenario():
    named = sim.run(str(FIRST), draws=2, paths=5)
    assert_frame_equal(named.outcomes, sim.run(sim.load(FIRST), draws=2, paths=5).outcomes)
    with pytest.raises(sim.ScenarioError, match=r"a\.yaml: there is no such file"):
        sim.run("a.yaml")
    with pytest.raises(
        UsageError, match=r"scenario: must be what sim\.load gives, or a path, found 5"
    ):
        sim.run(5)
    assert sim.run(island(), draws=1, paths=1).provenance.paths == 1
