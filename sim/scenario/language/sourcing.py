"""What declarations have besides their values: titles, remarks, sources, grades, copies."""

from dataclasses import dataclass
from typing import Any

from sim.decoding.declarations import Declaration, optional, prose, required
from sim.decoding.kinds import Invalid, Kind, one_of
from sim.decoding.scalars import FLAG, TEXT
from sim.scenario.language.context import Context
from sim.scenario.language.scalar_types import SOURCES
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node

# best founded first
GRADES = ("treaty", "official", "data", "peer_reviewed", "press", "judgement", "stipulated")
_GRADE_SYNONYMS = dict.fromkeys(("guess", "assumption", "assumed"), "stipulated")
_GRADE_SYNONYMS |= dict.fromkeys(("expert", "estimate", "opinion"), "judgement")
GRADE = one_of(*GRADES, synonyms=_GRADE_SYNONYMS, spellings={"judgment": "judgement"})
ABOUT = "What this is, in words for a reader."
NOTE = "A remark for a reader, such as the reason for a number."
UNCONFIRMED = "`true`: not checked yet; this is shown wherever the number is."


_NO_REASON = ("none", "no", "n/a", "na", "nothing", "unknown", "todo", "tbd", "-", "?")


def _reason(node: Node, path: KeyPath, context: Context) -> str:
    """A reason that is one."""
    text: str = TEXT.decode(node, path, context)
    if text.casefold().strip(" .") in (*_NO_REASON, ""):
        raise Invalid(f"{text!r} is not a reason; say why the numbers have no source")
    return text


REASON = Kind(_reason, TEXT.schema)
LONGEST = 24  # letters of a short name: what the arrow of a treaty or a lane of a path has room for


def _short(node: Node, path: KeyPath, context: Context) -> str:
    """A name that is short."""
    text: str = TEXT.decode(node, path, context)
    if len(text) > LONGEST:
        raise Invalid(f"{text!r} has {len(text)} letters; a short name has at most {LONGEST}")
    return text


def short_name() -> Any:
    """The key `short`."""
    sentence = f"A name of at most {LONGEST} letters, for charts where room is scarce."
    schema = {"type": ["string", "number"], "maxLength": LONGEST}
    return optional(Kind(_short, lambda _: dict(schema)), sentence, default="")


@dataclass(frozen=True, kw_only=True)
class Described(Declaration):
    """Something with texts for readers, which no engine reads."""

    title: str = prose("The name that readers see.")
    about: str = prose(ABOUT)
    note: str = prose(NOTE)

    @property
    def meaning(self) -> str:
        """What it is, in words."""
        return self.about or self.title


@dataclass(frozen=True, kw_only=True)
class Sourced(Described):
    """A number with its source."""

    grade: str = optional(
        GRADE, "How well founded the number is; default `stipulated`.", default="stipulated"
    )
    source: tuple[str, ...] = optional(SOURCES, "Names of sources, one or a list.", default=())
    unconfirmed: bool = optional(FLAG, UNCONFIRMED, default=False)

    @property
    def text(self) -> str:
        """Its value in words."""
        raise AssertionError(f"{type(self).__name__} has no value")


@dataclass(frozen=True, kw_only=True)
class Reasoned(Described):
    """A rule whose numbers may have a source, or a reason for having none."""

    source: tuple[str, ...] = optional(SOURCES, "Names of sources, one or a list.", default=())
    stipulated: str | None = optional(REASON, "Why the numbers written here have no source.")


@dataclass(frozen=True, kw_only=True)
class Source(Declaration):
    """A work that may be cited."""

    cite: str = required(TEXT, "Author, work, year.")
    url: str = prose("Where it can be read.")
    published: str = prose("Date of publication.")
    accessed: str = prose("Date on which it was read.")
    about: str = prose(ABOUT)
    note: str = prose(NOTE)
    unconfirmed: bool = optional(FLAG, UNCONFIRMED, default=False)


# for_each is replaced by copies of its owner before anything is decoded (see sim/source/for_each):
# it is declared only for the JSON Schema and for lists of known keys.
_FOR_EACH = Kind(
    lambda node, *_: describe(node),
    lambda _: {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": ["string", "number"]}},
    },
)


def for_each_key() -> Any:
    """The key `for_each`."""
    return optional(
        _FOR_EACH, "Lists of words; one copy for each word, with `<key>` replaced by it."
    )
