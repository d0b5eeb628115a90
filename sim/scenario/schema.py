"""The JSON Schema of scenario files, for editors that complete and check while typing."""

from typing import Any

from sim.scenario.language.declarations import definition
from sim.scenario.language.document import Document

_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_COMPOSING: dict[str, dict[str, Any]] = {  # gone before a document is decoded
    "extends": {"type": "string", "description": "The file that this one is a variant of."},
    "include": {**_ONE_OR_MORE, "description": "Files of sources to add, one or a list."},
    "remove": {
        **_ONE_OR_MORE,
        "description": "Things of the extended file to leave out, such as `moves.x`.",
    },
}
_NAMED = (  # what a file that extends another may give in part
    *("Source", "Actor", "Relation", "Parameter", "NamedDelay", "Treaty", "Obligation"),
    *("Move", "Event", "Outcome", "Intervention", "Evidence"),
)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12).

    It knows every key and form, but no names: what exists, and what is missing once files are put
    together, only `check` can say.
    """
    known: dict[str, dict[str, Any]] = {}
    shape = definition(Document, known)
    shape["properties"] |= _COMPOSING
    shape["required"] = ["scenario"]
    for name in _NAMED:
        known[name].pop("required", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **shape,
        "$defs": dict(sorted(known.items())),
    }
