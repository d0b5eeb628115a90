"""The page on decisions is run as it stands; its door for engines of other packages opens."""

import re
import sys
import textwrap

import pytest
from command_line import FIRST, ROOT, call

import sim

__all__ = ["call"]
PAGE = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)


def test_the_blocks_of_the_page_run_in_its_order(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    code = tmp_path / "page.py"  # in a file, as a user's function is: its source has a digest
    code.write_text("\n".join(BLOCKS), encoding="utf-8")
    space: dict[str, object] = {"__name__": "page"}
    exec(compile(code.read_text(encoding="utf-8"), str(code), "exec"), space)
    assert space["mine"].provenance.decided["ally"].startswith("page.cautious")
    assert space["refuses"].outcomes.loc["ally_fights", "hits"] == 0
    assert space["as_written"].outcomes.loc["ally_fights", "hits"] > 0  # the control


def test_the_page_names_every_policy():
    from sim import policies

    made = [name for name in policies.__all__ if name[0].islower()]
    assert [name for name in made if f"| `{name}(" not in PAGE] == []


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package with an engine of its own, which is the reference engine."""
    (tmp_path / "my_package.py").write_text(
        textwrap.dedent("""
            from sim.engines.reference import walk as reference


            def walk(model, values, *, seed, draws, paths, events=False, common=False):
                kept = {"seed": seed, "draws": draws, "paths": paths, "common": common}
                yield from reference(model, values, events=events, **kept)
        """)
    )
    about = tmp_path / "my_package-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[escalation_sim.engines]\nmine = my_package:walk\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("my_package", None)


def test_an_engine_of_another_package_is_found_by_its_entry_point(package, call):
    small = {"draws": 4, "paths": 30, "events": True, "workers": 2}
    mine = sim.run(FIRST, engine="mine", **small)
    assert mine.provenance.engine == "mine"
    assert mine.events.equals(sim.run(FIRST, **small).events)
    with pytest.raises(sim.UsageError, match="the engine 'mine' asks nobody"):
        sim.run(FIRST, engine="mine", decide={"ally": lambda s: None})
    with pytest.raises(sim.UsageError, match=r"unknown engine 'min'; did you mean 'mine'"):
        sim.run(FIRST, engine="min")
    few = ("--draws", "4", "--paths", "30", "--no-charts", "--engine", "mine")
    assert call("run", FIRST, *few)[0] == 0


def test_without_the_package_the_engine_is_unknown():
    """Control."""
    with pytest.raises(sim.UsageError, match="unknown engine 'mine'"):
        sim.run(FIRST, engine="mine")
