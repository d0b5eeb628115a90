"""The race in C (`race.c`), compiled with gcc -O3 when it is first asked for."""

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sim.model.delay_kinds import CODES
from sim.model.delays import numbers
from sim.model.model import Model
from sim.streams import key, name_hash

SOURCE = Path(__file__).with_name("race.c")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
RULES = 20
FIVE = ("a_rises", "a_eases", "a_strikes", "talks_open", "talks_fail")  # one with each delay


class Race(ctypes.Structure):
    _fields_ = (
        ("identity", ctypes.c_uint32 * RULES),
        ("first", ctypes.c_double * 5),
        ("second", ctypes.c_double * 5),
        ("lognormal", ctypes.c_int),
        ("horizon", ctypes.c_double),
        ("key0", ctypes.c_uint32),
        ("key1", ctypes.c_uint32),
    )


class Count(ctypes.Structure):
    _fields_ = (
        ("events", ctypes.c_int64),
        ("a_at_war", ctypes.c_int64),
        ("two_at_war", ctypes.c_int64),
        ("others_at_war", ctypes.c_int64),
        ("days_to_war", ctypes.c_double),
    )


@cache
def library() -> ctypes.CDLL:
    target = Path(tempfile.mkdtemp()) / "race.so"
    subprocess.run(["gcc", *FLAGS, "-o", str(target), str(SOURCE), "-lm"], check=True)
    return ctypes.CDLL(str(target))


def walk(model: Model, *, seed: int, draw: int, paths: range) -> Count:
    rows = [numbers(model.transition(name).after, model.names, ()) for name in FIVE]
    race = Race(
        identity=(ctypes.c_uint32 * RULES)(
            *(name_hash(f"transition:{t.name}") for t in model.transitions)
        ),
        first=(ctypes.c_double * 5)(*(row[1] for row in rows)),
        second=(ctypes.c_double * 5)(*(row[2] if len(row) > 2 else 0.0 for row in rows)),
        lognormal=int(rows[0][0]) == CODES["lognormal"],
        horizon=model.horizon,
    )
    race.key0, race.key1 = key(seed)
    count = Count()
    library().walk(ctypes.byref(race), ctypes.byref(count), draw, paths.start, paths.stop)
    return count
