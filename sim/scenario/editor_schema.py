"""The JSON Schema of scenario files, for editors that complete and check while typing."""

from importlib.resources import files
from typing import Any

import yaml

from sim.scenario.document import Document

_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_NAMED = (  # what a file that extends another may give in part
    *("Source", "Actor", "Relation", "Parameter", "NamedDelay", "Treaty", "Obligation"),
    *("Move", "Event", "Outcome", "Intervention", "Evidence"),
)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12).

    It knows every key and form, but no names: what exists, and what is missing once files are put
    together, only `check` can say.
    """
    shape: dict[str, Any] = _tidy(Document.model_json_schema(by_alias=True))
    shape["properties"] |= {"extends": {"type": "string"}}
    shape["properties"] |= {"include": _ONE_OR_MORE, "remove": _ONE_OR_MORE}
    shape["required"] = ["scenario"]
    for name in _NAMED:
        shape["$defs"][name].pop("required", None)
    _describe(shape)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape}


def _describe(shape: dict[str, Any]) -> None:
    """Give every key its sentence."""
    text = files("sim.scenario").joinpath("key_descriptions.yaml").read_text(encoding="utf-8")
    said: dict[str, dict[str, str]] = {}
    for names, sentences in yaml.load(text, yaml.BaseLoader).items():
        for name in names.split(", "):
            said.setdefault(name, {}).update(sentences)
    for name, part in {"Document": shape, **shape["$defs"]}.items():
        for key, below in part["properties"].items():
            sentence = said.get(name, {}).get(key) or said["any"][key]
            part["properties"][key] = {**below, "description": sentence}


def _tidy(part: Any) -> Any:
    """Without the `null` of what may be left out, which no file may write, and without labels."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: {name: _tidy(value) for name, value in below.items()}
        if key in ("properties", "patternProperties", "$defs")
        else _tidy(below)
        for key, below in part.items()
        if not (key == "title" and isinstance(below, str)) and (key, below) != ("default", None)
    }
    forms = [form for form in kept.get("anyOf", ()) if form != {"type": "null"}]
    if len(forms) == 1:
        del kept["anyOf"]
        return {**forms[0], **kept}
    return {**kept, "anyOf": forms} if forms else kept
