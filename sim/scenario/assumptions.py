"""Assumptions: the numbers written in rules, and numbers that lack a source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.errors import Place, Problem
from sim.scenario.language.context import Context
from sim.scenario.language.document import Document
from sim.scenario.language.sourcing import Reasoned, Sourced
from sim.source.tree import KeyPath, path_text, place_of

# The other grades: `judgement` needs a source or a note, `stipulated` nothing, since it claims
# nothing.
_NEED_A_SOURCE = ("treaty", "official", "data", "peer_reviewed", "press")
_CHOICES = ("choose", "responses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stipulated:
    """A number written in a rule, with the source or the reason that the rule gives."""

    number: str
    rule: str  # qualified: `moves.north_presses`
    path: str  # where in it
    place: Place
    source: tuple[str, ...] = ()
    why: str = ""


def stipulated(document: Document, context: Context) -> tuple[Stipulated, ...]:
    """Every number in a rule's delay, odds or speed, in the order of the file.

    0 and 1 without a unit are not listed: they stand for never, always, unchanged.
    """
    made = []
    for one in context.numbers:
        rule = _rule(document, one.path)
        if rule is None:  # it has a grade and a source of its own
            continue
        reasons = [*_option(rule, one.path), rule]  # the option's before the rule's
        made.append(
            Stipulated(
                number=one.text,
                rule=path_text(rule.path),
                path=path_text(one.path),
                place=place_of(context.tree, one.path),
                source=next((tuple(r.source) for r in reasons if r.source), ()),
                why=next((r.stipulated for r in reasons if r.stipulated), ""),
            )
        )
    return tuple(sorted(made, key=lambda number: number.place))  # a stable sort


def _rule(document: Document, path: KeyPath) -> Reasoned | None:
    """The rule, clause or actor that a number belongs to; None in a named delay or a parameter."""
    section, name = str(path[0]), str(path[1])
    if section == "treaties":
        return document.treaties[name].obligations[str(path[3])]
    sections: dict[str, object] = {
        "actors": document.actors,
        "moves": document.moves,
        "events": document.events,
        "interventions": document.interventions,
    }
    found = sections.get(section)
    rule = found.get(name) if isinstance(found, dict) else None
    return rule if isinstance(rule, Reasoned) else None


def _option(rule: Reasoned, path: KeyPath) -> Iterator[Reasoned]:
    """The option that a number belongs to, if any."""
    below = path[len(rule.path) :]
    if len(below) > 1 and below[0] in _CHOICES:  # such as choose.hit.probability
        options = getattr(rule, str(below[0]))
        yield options[str(below[1])]


def unsourced(document: Document, numbers: Iterable[Stipulated]) -> Iterator[Problem]:
    """Errors of `check --strict`: numbers without a source or a reason."""
    for number in numbers:
        # a rationality describes the model of choice, not the crisis
        if not (number.source or number.why or number.rule.startswith("actors.")):
            text = f"the number {number.number} has no source; make it a parameter, or give the "
            text += "rule `source:` or `stipulated: why`"
            yield Problem(place=number.place, path=number.path, text=text)
    declared: list[Sourced] = [*document.parameters.values(), *document.delays.values()]
    for one in declared:
        text = ""
        if one.grade in _NEED_A_SOURCE and not one.source:
            text = f"is graded {one.grade!r}, which needs a source"
        elif one.grade == "judgement" and not (one.source or one.note):
            text = "is graded 'judgement', which needs a source, or a `note` with the reason"
        if text:
            yield Problem(place=one.place, path=path_text(one.path), text=text)
