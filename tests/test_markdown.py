"""Markdown of a description: tables without empty columns, sentences that end."""

from sim.report.markdown import sentences, table


def test_a_column_with_nothing_in_it_is_left_out():
    shown = list(table(("name", "note", "value"), [("a", "", "1"), ("b|c", "", "2\n3")]))
    assert shown == ["| name | value |", "| --- | --- |", "| a | 1 |", "| b\\|c | 2 3 |"]
    kept = list(table(("name", "note"), [("a", ""), ("b", "here")]))
    assert kept[0] == "| name | note |"  # the control: one cell is enough
    assert next(table(("name", "note"), [])) == "| name | note |"


def test_sentences_are_parted_by_one_full_stop():
    assert sentences("War", "", "It is over.") == "War. It is over."
    assert sentences("War.", "Peace") == "War. Peace"
    assert sentences("", "") == ""
