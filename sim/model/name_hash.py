"""The number a name is known by wherever randomness is drawn."""

from collections.abc import Iterable, Iterator
from hashlib import blake2s


def name_hash(text: str) -> int:
    """First four bytes, little-endian, of BLAKE2s of the text: a whole number below 2**32.

    The text is `transition:<qualified name>` or `parameter:<name>`; two names of one scenario that
    share a number would share their draws, so that is an error at load.
    """
    return int.from_bytes(blake2s(text.encode("utf-8")).digest()[:4], "little")


def shared_streams(
    transitions: Iterable[str], parameters: Iterable[str]
) -> Iterator[tuple[str, str, str]]:
    """What would share its random numbers with something before it: kind, name and the error.

    The names are those of a model's transitions and parameters, which are the two kinds.
    """
    names = [("transition", name) for name in transitions]
    names += [("parameter", name) for name in parameters]
    seen: dict[int, tuple[str, str]] = {}
    for kind, name in names:
        number = name_hash(f"{kind}:{name}")
        other, of = seen.setdefault(number, (kind, name))
        if (other, of) != (kind, name):
            shared = f"'{other} {of}' and '{kind} {name}'"
            yield kind, name, f"{shared} would share their random numbers; rename one of them"
