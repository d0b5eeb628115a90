"""The page on Python is run as it stands, block by block, and says what is so."""

import re

from command_line import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)


def test_the_blocks_of_the_page_run_in_its_order(monkeypatch):
    monkeypatch.chdir(ROOT)
    space: dict[str, object] = {}
    for block in BLOCKS:
        exec(compile(block, "docs/python.md", "exec"), space)
    assert len(BLOCKS) == 7
    names = list(space["problem"]["names"])
    assert space["indices"]["ST"].shape == (len(names),)
    assert list(space["effects"]["names"]) == names
    assert (space["effects"]["mu_star"] >= 0).all()
    assert len(space["X"]) == len(space["y"]) == 16
    assert space["curve"]["keeps_word"].nunique() == 5
    assert set(space["both"].twins) == {"mine"}
