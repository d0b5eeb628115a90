"""What starts a clock: a transition or one of its options fires, or a condition turns true."""

import re
from collections.abc import Iterator, Mapping

from sim.errors import unknown
from sim.model.transitions import Trigger
from sim.scenario import rule_shapes as shapes
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route

_PLACEHOLDER = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")


def triggers(
    bench: Workbench, written: shapes.Triggers | None, route: Route
) -> tuple[Trigger, ...] | None:
    """The triggers of an `on`; None if any is wrong, so that no clock runs without its trigger."""
    if written is None:
        return ()
    items = written if isinstance(written, list) else [written]
    found: list[Trigger] = []
    fine = True
    for i, item in enumerate(items):
        at = (*route, i) if isinstance(written, list) else route
        some = list(_trigger(bench, item, at))
        fine = fine and bool(some)
        found += [trigger for trigger in some if trigger not in found]
    return tuple(found) if fine else None


def _trigger(bench: Workbench, item: "str | shapes.Becomes", route: Route) -> Iterator[Trigger]:
    if isinstance(item, shapes.Becomes):
        condition = bench.condition(item.becomes, (*route, "becomes"))
        if condition:
            yield Trigger(becomes=condition)
        return
    if _PLACEHOLDER.search(item):
        yield from _copies(bench, item, route)
        return
    name, _, option = item.rpartition(".")
    if item in bench.firings:
        if name in bench.firings and option in bench.firings[name].options:
            text = f"{item!r} is a clause and also an option of {name!r}; rename one of them"
            bench.problem(route, text)
            return
        if item in bench.at_once:
            treaty = item.rpartition(".")[0]
            bench.problem(route, f"{treaty!r} binds from the start, so {item!r} never fires")
            return
        yield Trigger(transition=item)
    elif name in bench.firings:
        options = bench.firings[name].options
        if option in options:
            yield Trigger(transition=name, option=option)
        else:
            bench.problem(route, unknown(f"option of {name}", option, options))
    elif meant := _as_condition(item):
        text = f"{item!r} is a condition, not a name; write {{becomes: {meant}}}"
        bench.problem(route, text)
    else:
        bench.problem(route, unknown("move, event or clause", item, list(bench.firings)))


def _as_condition(item: str) -> str:
    """The condition a text may be meant for; nothing if it is one word."""
    words = " ".join(re.sub(r"^becomes[\s:]+", "", item).split())
    return words if " " in words or words != item else ""


def _copies(bench: Workbench, item: str, route: Route) -> Iterator[Trigger]:
    """Any copy of what for_each multiplied: `<observer>_judges`, `<observer>_judges.blames`."""
    free = set(_PLACEHOLDER.findall(item))
    some = False
    for name, firing in bench.firings.items():
        partly = firing.template
        for key, value in firing.fillings.items():
            if key not in free:
                partly = partly.replace(f"<{key}>", value)
        if not partly or not item.startswith(partly):
            continue
        rest = item[len(partly) :]
        if not rest:
            some = True
            yield Trigger(transition=name)
        elif rest[0] == "." and (option := _filled(rest[1:], firing.fillings)) in firing.options:
            some = True
            yield Trigger(transition=name, option=option)
    if not some:
        known = dict.fromkeys(f.template for f in bench.firings.values() if f.template)
        bench.problem(route, unknown("move, event or clause with for_each", item, list(known)))


def _filled(text: str, fillings: Mapping[str, str]) -> str:
    for key, value in fillings.items():
        text = text.replace(f"<{key}>", value)
    return text
