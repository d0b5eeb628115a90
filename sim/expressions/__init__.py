"""Conditions and numbers as an author writes them: a text read into a typed tree, and back.

The text is parsed by Python's grammar, of which only a white list is allowed; nothing is ever
evaluated. Knows names, their kinds and levels (`Vocabulary`), but no files and no scenario.
"""

from sim.expressions.reading import Reader
from sim.expressions.rendering import rendered
from sim.expressions.syntax import (
    DEPTH,
    WRITTEN_OUT,
    Mistake,
    names_and_depth,
    one_line,
    written_out,
)
from sim.expressions.types import Kind
from sim.expressions.vocabulary import Vocabulary

__all__ = [
    "DEPTH",
    "WRITTEN_OUT",
    "Kind",
    "Mistake",
    "Reader",
    "Vocabulary",
    "names_and_depth",
    "one_line",
    "rendered",
    "written_out",
]
