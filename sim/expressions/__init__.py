"""Expressions: from the text of a condition or number to a typed tree, and back.

The text is parsed with Python's grammar, of which a short list of parts is allowed; nothing is ever
evaluated as Python. The package knows names and their types (`Vocabulary`), but no files.
"""

from sim.expressions.reading import Reader
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
from sim.model.rendering import rendered

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
