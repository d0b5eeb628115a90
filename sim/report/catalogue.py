"""Which scenarios there are: their files, names and titles, read without checking them."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from sim.errors import Problem, ScenarioError, UsageError
from sim.source.reading import read
from sim.source.tree import Scalar


def catalogue(directory: Path) -> Iterator[str]:
    """A line a scenario, with its title below; UsageError where there is none.

    At the end, ScenarioError with the problems of all files that cannot be read.
    """
    files = sorted([*directory.glob("*.yaml"), *directory.glob("*.yml")])
    found, problems = 0, list[Problem]()
    for file in files:
        try:
            tree = read(str(file)).tree
        except ScenarioError as error:
            # one bad file does not hide the others; what is wrong is raised at the end
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
        raise UsageError(f"{directory}: no scenarios there; `new NAME` writes one")
