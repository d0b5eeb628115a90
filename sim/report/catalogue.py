"""Which scenarios there are: their files, names and titles, read without checking them."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from sim.errors import Problem, ScenarioError, UsageError
from sim.source.reading import read
from sim.source.tree import Scalar

# of a file that cannot be read: whether it is a scenario at all, which other YAML files are not
_SCENARIO = re.compile(rb"""^["']?scenario["']?[ \t]*:""", re.MULTILINE)


def catalogue(directory: Path) -> Iterator[str]:
    """A line a scenario, with its title below; UsageError where there is none.

    Other YAML files are passed over. At the end, ScenarioError with the problems of all scenarios
    that cannot be read. `directory` may also be the file of one scenario.
    """
    if not directory.exists():
        raise UsageError(f"{directory}: there is no such directory")
    files = sorted(one for end in ("yaml", "yml") for one in directory.glob(f"*.{end}"))
    files = files if directory.is_dir() else [directory]
    found, problems = 0, list[Problem]()
    for file in files:
        try:
            tree, wrong, _, unread = read(str(file))
            if unread:  # a part of it is left out: its title may be
                raise ScenarioError(wrong)
        except ScenarioError as error:
            # one bad file does not hide the others; what is wrong is raised at the end
            if _is_scenario(file):
                problems += error.problems
            continue
        if tree.get("scenario") is None:
            continue  # sources to include, say
        found += 1
        title, base = tree.get("title"), tree.get("extends")
        after = f"  (variant of {base.text})" if isinstance(base, Scalar) else ""
        yield f"{file}{after}"
        if isinstance(title, Scalar):
            yield from wrap(title.text, 78, initial_indent="  ", subsequent_indent="  ")
    if problems:
        raise ScenarioError(problems)
    if not found:
        raise UsageError(f"{directory}: no scenarios there; `run_sim.py new NAME` writes one")


def _is_scenario(file: Path) -> bool:
    """Whether a file that is no valid YAML, or cannot be opened, is meant as a scenario."""
    try:
        return _SCENARIO.search(file.read_bytes()) is not None
    except OSError:
        return True  # nobody can tell, so it is not passed over
