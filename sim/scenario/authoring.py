"""Help for authors: a small scenario to start from."""

import re
import unicodedata
from importlib.resources import files

from sim.decoding.scalars import NAME_RULE, is_name
from sim.errors import UsageError


def new(name: str) -> str:
    """The text of a small commented scenario that runs, under this name. Raises UsageError."""
    if not is_name(name):
        meant = _as_name(name)
        hint = f"; did you mean {meant!r}?" if is_name(meant) else ""
        message = f"{name!r} is not a valid name; {NAME_RULE}"
        raise UsageError(message + hint)
    text = files("sim.scenario").joinpath("new_scenario.yaml").read_text(encoding="utf-8")
    return text.replace("scenario: NAME", f"scenario: {name}", 1)


def _as_name(text: str) -> str:
    """The name closest to a text: without accents, and with _ for everything but letters."""
    # é is e and an accent
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", plain.strip()).strip("_")
