"""A small scenario to start from."""

from importlib.resources import files

from sim.errors import UsageError
from sim.scenario.leaves import is_name


def new(name: str) -> str:
    """The text of a small commented scenario that runs, under this name. Raises UsageError."""
    if not is_name(name):
        raise UsageError(f"{name!r} is no name; a name is letters, digits and _, no digit first")
    text = files("sim.scenario").joinpath("new_scenario.yaml").read_text(encoding="utf-8")
    return text.replace("scenario: NAME", f"scenario: {name}", 1)
