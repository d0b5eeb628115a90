"""A tree held against the shapes: a document, what was wrong with the rest, and where."""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import unknown
from sim.scenario.document import Document
from sim.scenario.findings import Findings
from sim.scenario.forms import MARK
from sim.scenario.leaves import found
from sim.scenario.written import Block, Plain, Route, plain

_STAND_INS: dict[str, Plain] = {"scenario": "unnamed", "horizon": "1 d"}


def validate(tree: Block, findings: Findings) -> tuple[Document, frozenset[Route]]:
    """The document without the things that have a wrong shape, and the routes of those things.

    Only the named thing at fault (an actor, a move, an obligation ...) is left out, so that the
    rest can still be checked and all problems come in one go.
    """
    content = plain(tree)
    assert isinstance(content, dict)
    broken: set[Route] = set()
    while True:
        try:
            return Document.model_validate(content), frozenset(broken)
        except ValidationError as error:
            details = error.errors(include_url=False)
            if not broken:
                _report(details, findings)
            for detail in details:
                thing = _named_thing(detail["loc"])
                broken.add(thing)
                _leave_out(content, thing)


def _report(details: Sequence[ErrorDetails], findings: Findings) -> None:
    for detail in details:
        loc = detail["loc"]
        route: Route = tuple(step for step in loc if not str(step).startswith(MARK))
        at_key = route[-1:] == ("[key]",)
        if at_key:
            route = route[:-1]
        kind = detail["type"]
        text = _said(detail)
        if kind == "extra_forbidden":
            text = unknown("key", str(loc[-1]), _keys(loc[:-1]))
        findings.problem(route, text, key=at_key or kind == "extra_forbidden")


def _said(detail: ErrorDetails) -> str:
    """A complaint of pydantic in an author's words."""
    given, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"must be a block of keys, found {found(given)}"
        case "list_type":
            return f"must be a list, found {found(given)}"
        case "too_short":
            least, size = context["min_length"], context["actual_length"]
            return f"must have at least {least} {_entries(least)}, found {size}"
        case "too_long":
            most, size = context["max_length"], context["actual_length"]
            return f"must have at most {most} {_entries(most)}, found {size}"
        case "literal_error":
            return f"must be {context['expected']}, found {found(given)}"
        case "string_type":
            return f"must be a text, found {found(given)}"
        case _:
            return detail["msg"]


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"


def _named_thing(loc: tuple[int | str, ...]) -> Route:
    """The smallest thing to leave out so that the rest still makes sense."""
    if len(loc) > 3 and loc[0] == "treaties" and loc[2] == "obligations":
        return loc[:4]
    if len(loc) > 3 and loc[0] == "actors" and loc[2] == "state":
        return loc[:4]
    return loc[:2]


def _leave_out(content: dict[str, Any], thing: Route) -> None:
    section: Any = content
    for step in thing[:-1]:
        section = section.get(step) if isinstance(section, dict) else None
    if not isinstance(section, dict) or (len(thing) == 1 and thing[0] not in section):
        if len(thing) == 1:
            content.pop(str(thing[0]), None)
            content |= {k: v for k, v in _STAND_INS.items() if k == thing[0]}
        return
    section.pop(thing[-1], None)
    if len(thing) == 1:
        content |= {k: v for k, v in _STAND_INS.items() if k == thing[0]}


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a location of pydantic's, by walking the shapes."""
    kind: Any = Document
    for step in loc:
        kind = _inside(kind, step)
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _inside(kind: Any, step: int | str) -> Any:
    kind = _bare(kind)
    if get_origin(kind) in (Union, UnionType):
        for form in get_args(kind):
            if any(isinstance(mark, Tag) and mark.tag == step for mark in get_args(form)[1:]):
                return form
        return None
    if get_origin(kind) in (dict, list):
        return get_args(kind)[-1]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if (field.alias or name) == step:
                return field.annotation
    return None


def _bare(kind: Any) -> Any:
    """Without annotations, and without the `None` of what may be left out."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        forms = [form for form in get_args(kind) if form is not type(None)]
        if len(forms) == 1:
            return _bare(forms[0])
    return kind
