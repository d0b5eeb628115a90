"""Scalars of YAML 1.2 (core schema): `no` is a text, as is 12:30; 1e-3 is a number."""

import re

NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
DIGITS = 300  # of a whole number: reading longer ones takes time that grows with the square

_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NO_NUMBER = frozenset({".nan", ".NaN", ".NAN"})


def core(text: str) -> bool | int | float | str | None:
    """The value of a plain scalar under the core schema (YAML 1.2.2, section 10.3.2)."""
    if text in NULL:
        return None
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    if text[0] not in "+-.0123456789" or len(text) > DIGITS:  # most scalars are words: a quick exit
        return text
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _BASED.fullmatch(text):
        number = int(text[2:], 8 if text[1] == "o" else 16)  # 0o17, 0x1F
        return number if number < 10**DIGITS else text
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return float("nan") if text in _NO_NUMBER else text
