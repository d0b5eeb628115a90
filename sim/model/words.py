"""An expression as a reader would say it."""

from sim.model.expressions import Expression
from sim.model.model import Model


def words(expression: Expression, model: Model) -> str:
    """The condition or number in words."""
    return expression.text
