"""The machine form: a model as YAML with all shorthand expanded, written and read."""

from sim.machine_form.reading import is_machine_form, read_model
from sim.machine_form.titles import without_titles
from sim.machine_form.writing import FORMAT, machine_form

__all__ = ["FORMAT", "is_machine_form", "machine_form", "read_model", "without_titles"]
