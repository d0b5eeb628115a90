"""The table of effects: functions and formulas agree, and so do the engines, which lack it."""

import pytest
from small_models import count, is_, model, rule
from walking import SAMPLING, pieces

from sim.model import Arithmetic, Constant, Effect, Expression, StateOf
from sim.model.effect_values import MEANINGS, Meaning, new_value, variable_read
from sim.reach import reach

TOP = 3
CASES = [(how, old, given) for how in MEANINGS for old in range(TOP + 1) for given in (0, 1, TOP)]
TWICE_LESS_ONE = Expression(
    Arithmetic("-", Arithmetic("*", Constant(2.0, "2"), StateOf("other")), Constant(1.0, "1")),
    "2 * other - 1",
)


def effect(how, given):
    source = "other" if how == "copy" else ""
    expression = TWICE_LESS_ONE if how == "compute" else None
    return Effect(variable="own", how=how, value=given, source=source, expression=expression)


def expected(how, old, given):
    """The new value by the table; `other` starts one above `own`."""
    read = {"copy": old + 1, "compute": 2 * (old + 1) - 1}.get(how, old)
    return new_value(effect(how, given), read, TOP)


def world(how, old, given):
    """One firing at once, and an outcome for each value that `own` may have after it."""
    return model(
        [count("own", TOP, old), count("other", TOP + 1, old + 1)],
        [rule("act", effect(how, given), limit=1)],
        {f"is_{value}": is_("own", value) for value in range(TOP + 1)},
    )


@pytest.mark.parametrize(("how", "old", "given"), CASES)
def test_every_engine_and_every_proof_gives_the_value_of_the_table(how, old, given):
    built, new = world(how, old, given), expected(how, old, given)
    assert reach(built).values[0] == tuple(sorted({old, new}))
    for name in SAMPLING:
        (piece,) = pieces(built, name)
        ended = [value for value in range(TOP + 1) if piece.outcome_time[0, value] == 0]
        assert ended == sorted({old, new}), name


@pytest.mark.parametrize(("how", "old", "given"), CASES)
def test_the_formula_of_an_effect_is_its_function(how, old, given):
    if how in ("copy", "compute"):
        assert MEANINGS[how].formula == "{read}"  # held within the ends by whoever reads it
        return
    text = MEANINGS[how].formula.format(read=old, given=given, top=TOP)
    assert eval(text, {"min": min, "max": max}) == expected(how, old, given)


def test_a_wrong_entry_would_be_noticed(monkeypatch):
    """The control: of a table with one function and one formula exchanged."""
    wrong = Meaning("itself", lambda read, given: read + 2, "min({read}+2, {top})")
    monkeypatch.setitem(MEANINGS, "raise", wrong)
    with pytest.raises(AssertionError, match="assert"):
        test_every_engine_and_every_proof_gives_the_value_of_the_table("raise", 0, 0)


def test_what_an_effect_reads():
    reads = {how: variable_read(effect(how, 0)) for how in MEANINGS}
    own = dict.fromkeys(("raise", "lower", "at_least", "at_most"), "own")
    assert reads == {"set": None, "copy": "other", "compute": None} | own
