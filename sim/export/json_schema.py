"""The language as a JSON Schema, with which editors complete and check scenario files."""

from typing import Any

from sim.decoding.declarations import definition
from sim.scenario.language.document import Composition, Document

_NAMED = (  # a file that extends another may give a part of their keys only
    *("Source", "Actor", "Relation", "Parameter", "NamedDelay", "Treaty", "Obligation"),
    *("Move", "Event", "Outcome", "Intervention", "Evidence"),
)


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
