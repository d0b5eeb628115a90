"""Notes: what charts and screens would have to label by its key, as nobody has named it."""

from collections.abc import Iterator, Mapping

from sim.scenario.language.document import Document
from sim.scenario.language.sourcing import LONGEST, Described
from sim.source.tree import KeyPath

ROOM = 40  # letters beyond which a name is cut or broken on an arrow, in a lane or beside a curve
NAMED = 3  # of those that a note is about


def without_title(document: Document) -> Iterator[tuple[str, str, KeyPath, str]]:
    """(section, key that is missing, path, name) of whatever has no name for readers."""
    for section, key, declared in _sections(document):
        for name, one in declared.items():
            # an actor and a treaty have a `name`, a clause an `article`; a title serves as well
            if not (one.title or getattr(one, "long_name", "") or getattr(one, "article", "")):
                yield section, key, one.path, name


def without_short(document: Document) -> Iterator[tuple[KeyPath, str]]:
    """Long names of actors, treaties and outcomes that have no short one."""
    for section, _, declared in _sections(document):
        for one in declared.values() if section in ("actors", "treaties", "outcomes") else ():
            called = getattr(one, "long_name", "") or one.title
            if len(called) > ROOM and not getattr(one, "short", ""):
                text = f"its name has {len(called)} letters, more than a chart has room for"
                yield one.path, f"{text}; `short:` gives it one of at most {LONGEST}"


def in_words(key: str, names: list[str]) -> str:
    """The note about things without a name, at the first of them."""
    others = ", ".join(repr(name) for name in names[1 : 1 + NAMED])
    more = f" and {len(names) - 1 - NAMED:,} more" if len(names) > 1 + NAMED else ""
    also = f"; likewise {others}{more}" if others else ""
    return f"no `{key}`: charts call it by its key{also}"


def _sections(document: Document) -> Iterator[tuple[str, str, Mapping[str, Described]]]:
    yield "actors", "name", document.actors
    yield "treaties", "name", document.treaties
    for treaty in document.treaties.values():
        yield "clauses", "article", treaty.obligations
    yield "moves", "title", document.moves
    yield "events", "title", document.events
    yield "outcomes", "title", document.outcomes
    yield "endings", "title", document.endings
