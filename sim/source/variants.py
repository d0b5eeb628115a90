"""What a file that extends another adds to it, replaces in it and removes from it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sim.source.tree import KeyPath, Mapping, entries, keys

# Sections whose declarations contain named declarations again, which are merged one by one, too.
NAMED_INSIDE = {"treaties": "obligations", "actors": "state"}
# What happened is neither added to the base nor replaced in it: it is of this file alone.
_OWN = ("happened",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The declarations in which a file differs from the one that it extends, by their paths."""

    base: str  # the file that is extended
    adds: tuple[KeyPath, ...] = ()
    replaces: tuple[KeyPath, ...] = ()  # as a whole, or in some keys
    removes: tuple[str, ...] = ()  # as `remove` names them
    slips: dict[KeyPath, str] = field(default_factory=dict)  # added -> the name it may be a slip of


def variant(file: str, base: Mapping, over: Mapping, removes: Iterable[str]) -> Variant:
    """How a tree differs from the one that it is merged over, which `file` holds.

    `base` is as it was before anything was removed. Only declarations with names are compared.
    """
    adds: list[KeyPath] = []
    replaces: list[KeyPath] = []
    slips: dict[KeyPath, str] = {}
    for path in _declared(over):
        above = tuple(map(str, path[:-1]))
        known, own = keys(base, *above), keys(over, *above)
        if path[-1] in known:
            replaces.append(path)
            continue
        if len(path) > 2 and path[:2] in adds:  # inside of what is new as a whole
            continue
        adds.append(path)
        near = [one for one in known if one not in own and _is_slip(str(path[-1]), one)]
        if near:
            slips[path] = near[0]
    return Variant(
        base=file, adds=tuple(adds), replaces=tuple(replaces), removes=tuple(removes), slips=slips
    )


def _declared(tree: Mapping) -> Iterator[KeyPath]:
    """The paths of a file's declarations with names, those inside of others after these."""
    for section, entry in tree.entries.items():
        for name, thing in entries(entry.value) if section not in _OWN else ():
            yield section, name
            inside = NAMED_INSIDE.get(section, "")
            yield from ((section, name, inside, one) for one in keys(thing.value, inside))


def _is_slip(name: str, other: str) -> bool:
    """Whether one name looks like the other with letters exchanged, or one too many or too few.

    Numbers and endings are how authors tell related things apart, so they are no slips.
    """
    if name.rstrip("s0123456789") == other.rstrip("s0123456789"):
        return False
    letters, others = Counter(name), Counter(other)
    more, fewer = letters - others, others - letters
    different = [*more, *fewer]
    few = more.total() <= 1 and fewer.total() <= 1 and all(one.isalpha() for one in different)
    return few and SequenceMatcher(None, name, other).ratio() >= 0.85
