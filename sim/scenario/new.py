"""A small scenario to start from."""

import re
import unicodedata
from importlib.resources import files

from sim.errors import UsageError
from sim.scenario.language.scalar_types import is_name


def new(name: str) -> str:
    """The text of a small commented scenario that runs, under this name. Raises UsageError."""
    if not is_name(name):
        meant = _as_name(name)
        hint = f"; did you mean {meant!r}?" if is_name(meant) else ""
        said = f"{name!r} is no name; a name is letters, digits and _, no digit first"
        raise UsageError(said + hint)
    text = files("sim.scenario").joinpath("new_scenario.yaml").read_text(encoding="utf-8")
    return text.replace("scenario: NAME", f"scenario: {name}", 1)


def _as_name(text: str) -> str:
    """The name a text comes nearest to: without accents, _ for whatever is no letter."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", plain.strip()).strip("_")
