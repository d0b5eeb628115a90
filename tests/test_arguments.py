"""Every whole number a caller gives is checked in one way, wherever it is given."""

import warnings

import numpy as np
import pytest
import typer
from islands import island

import sim
from sim import rare
from sim.cli.options import count
from sim.errors import UsageError, require_int
from sim.experiment.plan import LARGEST, LAST_SEED
from sim.export import exported


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sim.run(island(), seed=-1), "seed: must be from 0 to 18,446,744,073,709,551,615"),
        (lambda: sim.run(island(), draws=True), "draws: must be a whole number, found True"),
        (lambda: sim.run(island(), workers=0), "workers: must be at least 1, found 0"),
        (lambda: sim.run(island(), engine="exat"), "unknown engine 'exat'; did you mean 'exact'?"),
        (lambda: rare(island(), "ally_fights", seed=-1), "seed: must be from 0"),
        (lambda: rare(island(), "ally_fights", draws=10**11), "draws: must be from 1"),
        (lambda: rare(island(), "ally_fights", repetitions=1), "repetitions: must be at least 2"),
        (lambda: rare(island(), "ally_fights", paths=2.5), "paths: must be a whole number"),
        (lambda: sim.replay(island(), draw=LARGEST, path=0), "draw: must be from 0"),
        (lambda: sim.replay(island(), draw=0, path=-1), "path: must be from 0"),
        (lambda: sim.replay(island(), draw=0, path=0, seed=LAST_SEED + 1), "seed: must be from"),
        (lambda: exported(island().model, "prism", draw=-1), "draw: must be from 0"),
        (lambda: exported(island().model, "prism", draw=0, seed=-1), "seed: must be from 0"),
    ],
)
def test_a_number_out_of_range_is_refused_by_name(call, said):
    with pytest.raises(UsageError, match=f"^{said}"):
        call()


def test_numbers_of_a_table_are_numbers():
    results = sim.run(island(), draws=np.int64(2), paths=np.int32(5), seed=np.uint8(3), workers=1)
    assert type(results.provenance.draws) is type(results.provenance.seed) is int
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.replay(island(), draw=np.int64(1), path=np.int64(4))


@pytest.mark.parametrize("text", ["1e3", "1,5", "12,34", "1_000", "", "2.0", ",100"])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(typer.BadParameter, match="must be a whole number"):
        count(text)


def test_whole_numbers_may_have_commas_between_thousands():
    assert [count(text) for text in ("1,000", "12,345,678", "-3", "7")] == [1000, 12345678, -3, 7]


def test_the_ends_of_a_range_belong_to_it():
    assert [require_int("n", n, 1, 3) for n in (1, 2, 3)] == [1, 2, 3]
    assert require_int("n", 10**30, 1) == 10**30
    for wrong in (0, 4):
        with pytest.raises(UsageError, match="from 1 to 3"):
            require_int("n", wrong, 1, 3)
