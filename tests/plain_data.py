"""A YAML file as plain data, read by the rules of YAML 1.2 and by nothing of ours."""

import re
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]+")
BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def data_of(file: Path) -> Any:
    """Mappings, lists, texts, numbers, truth values and None; keys are texts whatever they say."""
    return plain(yaml.compose(file.read_text(encoding="utf-8"), Loader=LOADER))


def plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    if node.style:  # in quotes or a block: a text
        return node.value
    if node.value in WORDS:
        return WORDS[node.value]
    if INTEGER.fullmatch(node.value):
        return int(node.value)
    if BASED.fullmatch(node.value):
        return int(node.value, 0)
    return float(node.value) if FLOAT.fullmatch(node.value) else node.value


def keys(data: Any) -> set[str]:
    """Every key, at any depth."""
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return set(data if isinstance(data, dict) else ()).union(*map(keys, parts))
