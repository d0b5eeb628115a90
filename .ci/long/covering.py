"""Which lines each test of one file runs: `python covering.py TESTS.py FOLDER... > lines.json`.

Run in a process of its own, so that nothing an earlier file has worked out is at hand. What the
tests themselves keep (`functools.cache`) is forgotten before each, or only the first that asks for
a run would be seen to need what makes it. Lines that run while fixtures are set up or modules are
imported count for every test of the file. Processes that a test starts are not followed.
"""

import functools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

EVERY = "*"  # stands for every test of the file


class Contexts:
    """Tells coverage which test is running, and notes how long each took and whether it passed."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self.cover = cover
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """The test alone; setting up and tearing down count for the file."""
        forget()
        self.cover.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.cover.switch_context(EVERY)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setting up, calling and tearing down, one after the other."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)


def forget() -> None:
    """Empty what helpers of the tests keep of earlier calls."""
    for module in list(sys.modules.values()):
        if Path(getattr(module, "__file__", None) or "").parent.name == "tests":
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


def lines_of(tests: str, folders: list[str]) -> dict[str, object]:
    """The tests that pass with their seconds; of each line, by number, those that run it."""
    cover = coverage.Coverage(data_file=None, source=folders)
    contexts = Contexts(cover)
    cover.start()
    cover.switch_context(EVERY)
    pytest.main(["-q", "-p", "no:cacheprovider", tests], plugins=[contexts])
    cover.stop()
    data = cover.get_data()
    passed = {test: s for test, s in contexts.seconds.items() if test not in contexts.failed}
    number = {test: i for i, test in enumerate([EVERY, *passed])}
    lines = {
        Path(file).relative_to(Path.cwd()).as_posix(): {
            line: sorted(number[test] for test in tests if test in number)
            for line, tests in data.contexts_by_lineno(file).items()
        }
        for file in sorted(data.measured_files())
    }
    return {"tests": list(number), "seconds": passed, "lines": lines}


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr
    json.dump(lines_of(sys.argv[1], sys.argv[2:]), out)
