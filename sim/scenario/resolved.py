"""The machine form of a model."""

from sim.model.model import Model


def machine_form(model: Model) -> str:
    """The machine form."""
    return ""
