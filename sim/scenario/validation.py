"""A tree held against the shapes: a document, what was wrong with the rest, and where."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import ScenarioError, unknown
from sim.scenario.document import Document
from sim.scenario.findings import Findings
from sim.scenario.forms import MARK
from sim.scenario.leaves import found
from sim.scenario.rule_shapes import Obligation, Option, Rule
from sim.scenario.written import Block, Plain, Route, Scalar, Series, Written, plain

_ALSO: dict[
    type[BaseModel], dict[str, str]
] = {  # keys that belong elsewhere, and what they are here
    Option: {
        "when": "available",
        "if": "available",
        "odds": "probability",
        "chance": "probability",
    },
    Obligation: {"when": "casus_foederis", "after": "deliberation", "choose": "responses"},
    Rule: {"if": "when", "guard": "when", "delay": "after", "options": "choose", "effects": "then"},
}
_MEANT = {  # grades by other names
    **dict.fromkeys(("guess", "assumption", "assumed"), "stipulated"),
    **dict.fromkeys(("expert", "estimate", "opinion"), "judgement"),
}
_STAND_INS: dict[str, Plain] = {"scenario": "unnamed", "horizon": "1 d"}


def validate(tree: Block, findings: Findings) -> tuple[Document, frozenset[Route]]:
    """The document without what has a wrong shape, and the routes of what was left out.

    As little as possible is left out (a key, else what it belongs to, and so on), so that the rest
    can still be checked and all problems come in one go.
    """
    content = plain(tree)
    assert isinstance(content, dict)
    broken: set[Route] = set()
    for route in _empty(tree, ()):
        findings.problem(route, "is empty; give it a value or leave it out")
        broken.add(_up_to_a_list(route))
        _leave_out(content, _up_to_a_list(route))
    reported = False
    while True:
        try:
            return Document.model_validate(content), frozenset(broken)
        except ValidationError as error:
            details = error.errors(include_url=False)
            if not reported:
                _report(details, tree, findings)
            reported = True
            routes = dict.fromkeys(_at_fault(detail, tree) for detail in details)
            broken.update(routes)
            left_out = [_leave_out(content, route) for route in routes]
            if not any(left_out):
                raise ScenarioError(findings.problems) from None  # never twice the same


def _at_fault(detail: ErrorDetails, tree: Block) -> Route:
    """The least that has to be left out: what lacks a key, or the key that is wrong."""
    route, _ = _route(detail["loc"], tree)
    route = route[:-1] if detail["type"] == "missing" and len(route) > 1 else route
    return _up_to_a_list(route)


def _empty(written: Written, route: Route) -> Iterator[Route]:
    """Routes of keys and list entries without a value: nothing has a meaning anywhere."""
    match written:
        case Scalar(None, _, _):
            yield route
        case Series(items, _):
            for i, item in enumerate(items):
                yield from _empty(item, (*route, i))
        case Block(parts, _):
            for key, entry in parts.items():
                yield from _empty(entry.value, (*route, key))


def _report(details: Sequence[ErrorDetails], tree: Block, findings: Findings) -> None:
    for detail in details:
        loc, given = detail["loc"], detail["input"]
        route, at_key = _route(loc, tree)
        text = _said(detail)
        if detail["type"] == "extra_forbidden":
            text, at_key = _no_such_key(loc), True
        elif text.startswith("unknown kind of") and isinstance(given, dict):
            route, at_key = (*route, next(iter(given))), True
        findings.problem(route, text, key=at_key)


def _no_such_key(loc: tuple[int | str, ...]) -> str:
    """Why a key is none: unknown, or of another form than the one chosen."""
    key, form = str(loc[-1]), str(loc[-2]) if len(loc) > 1 else ""
    if form.startswith(MARK) and MARK + key in _forms(loc[:-2]):
        return f"`{key}` has no place beside `{form.removeprefix(MARK)}`; keep one of the two"
    shape = _shape(loc[:-1])
    meant = next(
        (_ALSO[kind].get(key) for kind in _ALSO if shape and issubclass(shape, kind)), None
    )
    if meant:
        return f"unknown key {key!r}; did you mean {meant!r}?"
    return unknown("key", key, _keys(loc[:-1]))


def _route(loc: tuple[int | str, ...], tree: Block) -> tuple[Route, bool]:
    """The way through the file, without what pydantic adds: tags of forms, the mark of a key."""
    route: Route = ()
    at: Written | None = tree
    for i, step in enumerate(loc):
        below = _step(at, step)
        if below is None and str(step).startswith(MARK):
            continue
        if below is None and step == "[key]" and i == len(loc) - 1:
            return route, True
        at, route = below, (*route, step)
    return route, False


def _step(at: Written | None, step: int | str) -> Written | None:
    if isinstance(at, Series) and isinstance(step, int):
        return at.items[step] if step < len(at.items) else None
    return at.get(str(step)) if isinstance(at, Block) else None


def _up_to_a_list(route: Route) -> Route:
    """A list is left out as a whole."""
    return next((route[:i] for i, step in enumerate(route) if isinstance(step, int)), route)


def _leave_out(content: dict[str, Any], route: Route) -> bool:
    """Take out what a route leads to; whether that changed anything."""
    if len(route) == 1 and route[0] in _STAND_INS:
        before, stand_in = content.get(str(route[0])), _STAND_INS[str(route[0])]
        content[str(route[0])] = stand_in
        return bool(before != stand_in)
    block: Any = content
    for step in route[:-1]:
        block = block.get(step) if isinstance(block, dict) else None
    if not route or not isinstance(block, dict) or route[-1] not in block:
        return False
    del block[route[-1]]
    return True


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
            return _one_of(str(context["expected"]), given)
        case "string_type":
            return f"must be a text, found {found(given)}"
        case _:
            return detail["msg"]


def _one_of(expected: str, written: object) -> str:
    given = str(written)
    words = re.findall("'([^']*)'", expected)
    meant = _MEANT.get(given)
    near = [meant] if meant in words else get_close_matches(given, words, n=1, cutoff=0.7)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    allowed = f"one of {', '.join(words)}" if len(words) > 1 else expected.lower()
    return f"must be {allowed}, found {found(written)}{hint}"


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"


def _shape(loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The shape at a location of pydantic's, by walking the shapes from the top."""
    kind: Any = Document
    for step in loc:
        kind = _inside(kind, step)
    kind = _bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a location."""
    shape = _shape(loc)
    if shape is None:
        return []
    composing = [] if loc else ["extends", "remove", "include"]
    return [*composing, *(field.alias or name for name, field in shape.model_fields.items())]


def _forms(loc: tuple[int | str, ...]) -> list[str]:
    """The tags of the forms that could stand at a location."""
    kind: Any = Document
    for step in loc:
        kind = _inside(kind, step)
    marks = (mark for form in get_args(_bare(kind)) for mark in get_args(form)[1:])
    return [mark.tag for mark in marks if isinstance(mark, Tag)]


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
