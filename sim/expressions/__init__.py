"""Conditions and numbers as an author writes them: a text read into a typed tree, and back.

The text is parsed by Python's grammar, of which only a white list is allowed; nothing is ever
evaluated. Knows names, their kinds and levels (`Vocabulary`), but no files and no scenario.
"""

from sim.expressions.reading import Reader
from sim.expressions.rendering import rendered
from sim.expressions.syntax import (
    MAX_DEPTH,
    MAX_EXPANDED_LENGTH,
    Mistake,
    expanded_size,
    names_and_depth,
    one_line,
)
from sim.expressions.types import Kind
from sim.expressions.vocabulary import Vocabulary

__all__ = [
    "MAX_DEPTH",
    "MAX_EXPANDED_LENGTH",
    "Kind",
    "Mistake",
    "Reader",
    "Vocabulary",
    "expanded_size",
    "names_and_depth",
    "one_line",
    "rendered",
]
