"""Help for authors: a small scenario to start from, and a JSON Schema for editors."""

import re
import unicodedata
from importlib.resources import files
from typing import Any

from sim.decoding.declarations import definition
from sim.decoding.scalars import NAME_RULE, is_name
from sim.errors import UsageError
from sim.scenario.language.document import Composition, Document

_NAMED = (  # a file that extends another may give a part of their keys only
    *("Source", "Actor", "Relation", "Parameter", "NamedDelay", "Treaty", "Obligation"),
    *("Move", "Event", "Outcome", "Intervention", "Evidence"),
)


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


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of scenario files.

    It has every key and form, but no names: only `check` can report unknown names, and what is
    missing after several files have been put together.
    """
    known: dict[str, dict[str, Any]] = {}
    shape = definition(Document, known)
    shape["properties"] |= definition(Composition, known)["properties"]
    shape["required"] = ["scenario"]  # the rest may come from a base
    for name in _NAMED:
        known[name].pop("required", None)  # may be in the file that is extended
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **shape,
        "$defs": dict(sorted(known.items())),
    }
