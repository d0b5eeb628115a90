"""The number a name is known by wherever randomness is drawn."""

from hashlib import blake2s


def name_hash(text: str) -> int:
    """First four bytes, little-endian, of BLAKE2s of the text: a whole number below 2**32.

    The text is `transition:<qualified name>` or `parameter:<name>`; two names of one scenario that
    share a number would share their draws, so that is an error at load.
    """
    return int.from_bytes(blake2s(text.encode("utf-8")).digest()[:4], "little")
