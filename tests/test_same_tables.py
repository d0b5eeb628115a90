"""What `.ci/long/versions` calls the same tables: equal, but for last digits that have a reason."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / ".ci" / "long" / "same_tables.py"
TABLE = "name,hits,low,time\nwar,12,0.125,3.5\npeace,8,0.25,\n"


@pytest.fixture(scope="module")
def differences():
    spec = importlib.util.spec_from_file_location("same_tables", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.differences


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", []),
        ("0.125", "0.12500000000001", []),
        ("0.125", "0.12501", ["t.csv: row 1, low: 0.125 and 0.12501"]),
        ("0.125", "", ["t.csv: row 1, low: 0.125 and "]),
        ("3.5", "3.50000000000001", ["t.csv: row 1, time: 3.5 and 3.50000000000001"]),
        ("12", "13", ["t.csv: row 1, hits: 12 and 13"]),
        ("peace,8,0.25,\n", "", ["t.csv: 2 rows and 1"]),
        ("hits", "n", ["t.csv: other columns: ['hits', 'n']"]),
    ],
)
def test_tables_differ_where_there_is_no_reason_for_it(differences, tmp_path, old, new, said):
    for name, text in (("one", TABLE), ("other", TABLE.replace(old, new, 1) if old else TABLE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.csv").write_text(text, encoding="utf-8")
    assert list(differences(tmp_path / "one", tmp_path / "other")) == said


def test_a_table_that_is_missing_is_a_difference(differences, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    assert list(differences(tmp_path / "one", tmp_path / "other")) == ["no tables"]
    (tmp_path / "one" / "t.csv").write_text(TABLE, encoding="utf-8")
    assert list(differences(tmp_path / "one", tmp_path / "other")) == ["other files: ['t.csv']"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("draws.csv", "0.5", "0.50000000000001", []),
        ("draws.csv", "0.5", "0.5001", ["draws.csv: row 1, p: 0.5 and 0.5001"]),
        ("shares.csv", "0.25", "0.25000000000001", []),
        ("shares.csv", "0.25", "0.2525", ["shares.csv: row 1, outcome__war: 0.25 and 0.2525"]),
        ("shares.csv", "0.5", "0.5000000001", ["shares.csv: row 1, p: 0.5 and 0.5000000001"]),
    ],
)
def test_a_table_by_draw_has_reasons_of_its_own(differences, tmp_path, file, old, new, said):
    table = "draw,p,outcome__war\n0,0.5,0.25\n"
    for name, text in (("one", table), ("other", table.replace(old, new, 1))):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text, encoding="utf-8")
    assert list(differences(tmp_path / "one", tmp_path / "other")) == said
