"""What readers and other programs get is what it was, and every difference is looked at.

The expected texts stand in tests/corpus/shown; `shown.py` says what they are, and writes them anew.
"""

from itertools import zip_longest

import pytest
from shown import KEPT, NAMES, shown


def differences(kept: str, found: str) -> list[str]:
    """The lines that differ, both ways, the first ten of them."""
    pairs = zip_longest(kept.splitlines(), found.splitlines(), fillvalue="(nothing)")
    return [f"- {a}\n+ {b}" for a, b in pairs if a != b][:10]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_is_what_it_was(name, tmp_path):
    kept = (KEPT / f"{name}.txt").read_text(encoding="utf-8")
    assert differences(kept, shown(name, tmp_path)) == []


def test_there_is_no_text_that_nothing_is_compared_with():
    assert sorted(file.stem for file in KEPT.glob("*.txt")) == sorted(NAMES)


def test_one_changed_digit_is_seen():
    """The control."""
    kept = (KEPT / "run_first.txt").read_text(encoding="utf-8")
    assert differences(kept, kept) == []
    changed = kept.replace("0.9", "0.8", 1)
    assert changed != kept
    assert len(differences(kept, changed)) == 1
    assert differences(kept, kept + "one more line\n") == ["- (nothing)\n+ one more line"]
