"""Who moves whom: the structure of a model as a directed graph, for drawing and for graph tools.

Nodes: `transition:<name>` (kind, part, actor, title), `variable:<name>` (kind, owner, values),
`outcome:<name>` (kind, headline). Edges, with `does`: a transition `sets` a variable or `starts`
another one (then `option`, if only one option does); a variable `guards`, `speeds` or `weighs` a
transition, or `decides` an outcome; an outcome `decides` one that reads it.
"""

import io
from collections.abc import Iterator

import networkx as nx

from sim.model.expressions import Expression, outcomes_read, variables_read
from sim.model.model import Model
from sim.model.transitions import Transition

# brackets that Mermaid draws as a box with round corners, a box, a hexagon
SHAPES = {"transition": ("(", ")"), "variable": ("[", "]"), "outcome": ("{{", "}}")}
# thick where one starts another, dotted where a state is only read
LINES = {"starts": "==>", "sets": "-->", "guards": "-.->", "speeds": "-.->", "weighs": "-.->"}


def structure(model: Model) -> "nx.MultiDiGraph[str]":
    """The graph; every attribute is text, so that any format can hold it."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=model.name)
    # nodes first, in the order of the file: Mermaid and Gephi lay out in the order they read
    for variable in model.variables:
        words = ", ".join(variable.levels) or f"0 to {variable.size - 1}"
        owner = variable.owner
        graph.add_node(f"variable:{variable.name}", kind="variable", owner=owner, values=words)
    for transition in model.transitions:
        graph.add_node(
            f"transition:{transition.name}",
            kind="transition",
            part=transition.part,
            actor=transition.actor or "",
            title=transition.title,
        )
    for outcome in model.outcomes:
        headline = "yes" if outcome.headline else "no"
        graph.add_node(f"outcome:{outcome.name}", kind="outcome", headline=headline)
    # a multigraph, since one transition may set a variable by one option and read it as well
    for transition in model.transitions:
        for source, target, does, option in _edges(transition):
            graph.add_edge(source, target, does=does, option=option)
    for outcome in model.outcomes:
        for name in variables_read(outcome.when.node):
            graph.add_edge(f"variable:{name}", f"outcome:{outcome.name}", does="decides", option="")
        for name in outcomes_read(outcome.when.node):
            graph.add_edge(f"outcome:{name}", f"outcome:{outcome.name}", does="decides", option="")
    return graph


def graphml(model: Model) -> str:
    """The structure as GraphML, which Gephi, yEd and networkx read."""
    # networkx writes bytes only; named keys make the file readable by people
    file = io.BytesIO()
    nx.write_graphml(structure(model), file, named_key_ids=True)
    return file.getvalue().decode() + "\n"


def mermaid(model: Model) -> str:
    """The structure as a Mermaid flow chart: what starts or sets what, one box an actor."""
    graph = structure(model)
    codes = {node: f"n{i}" for i, node in enumerate(graph)}  # names have dots, which Mermaid reads
    lines = ["flowchart LR"]
    owners = dict.fromkeys(_owner(data) for _, data in graph.nodes(data=True))
    for i, owner in enumerate(owners):
        inside = [node for node, data in graph.nodes(data=True) if _owner(data) == owner]
        drawn = [f"  {codes[node]}{_box(node)}" for node in inside]
        lines += [f'  subgraph s{i}["{owner}"]', *(f"  {line}" for line in drawn), "  end"]
    # several options that set one variable would draw as many lines between the same boxes
    seen = set()
    for source, target, data in graph.edges(data=True):
        line = LINES.get(data["does"], "-->")
        label = f'|"{data["option"]}"|' if data["option"] else ""
        seen.add(f"  {codes[source]} {line}{label} {codes[target]}")
    return "\n".join([*lines, *sorted(seen), ""])


def _owner(data: dict[str, str]) -> str:
    if data["kind"] == "outcome":
        return "outcomes"
    return data.get("actor") or data.get("owner") or "the world"


def _box(node: str) -> str:
    kind, _, name = node.partition(":")
    opening, closing = SHAPES[kind]
    return f'{opening}"{name}"{closing}'


def _edges(transition: Transition) -> Iterator[tuple[str, str, str, str]]:
    """(source, target, what it does, by which option)."""
    me = f"transition:{transition.name}"
    # a condition that turns true starts a clock, so what it reads points here likewise
    for trigger in transition.on:
        if trigger.becomes is None:
            yield f"transition:{trigger.transition}", me, "starts", trigger.option or ""
        else:
            yield from _reading(trigger.becomes, me, "starts")
    yield from _reading(transition.when, me, "guards")
    yield from _reading(transition.speed, me, "speeds")
    for option in transition.options:
        named = option.name or ""
        yield from _reading(option.available, me, "weighs")
        yield from _reading(option.value, me, "weighs")
        for effect in option.effects:
            yield me, f"variable:{effect.variable}", "sets", named


def _reading(
    expression: Expression | None, me: str, does: str
) -> Iterator[tuple[str, str, str, str]]:
    for name in variables_read(expression.node) if expression else ():
        yield f"variable:{name}", me, does, ""
