"""Names and name spaces: who is called what, no name twice in one space, none broken twice."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sim.model.expressions import Expression, Node
from sim.model.name_hash import name_hash
from sim.model.parameters import Parameter
from sim.model.state import Variable
from sim.scenario.expressions import Reader
from sim.scenario.findings import Findings
from sim.scenario.syntax import DEPTH, Mistake, measured, written_out
from sim.scenario.vocabulary import Vocabulary
from sim.scenario.workbench import Workbench, said
from sim.scenario.written import Block, Route, entries, place_of

_SPACES = (
    {
        "relations": "a relation",
        "state": "a state variable",
        "parameters": "a parameter",
        "facts": "a fact",
        "delays": "a delay",
        "outcomes": "an outcome",
    },
    {"moves": "a move", "events": "an event", "interventions": "an intervention"},
)
_NAMING = ("actors", "relations", "state", "parameters", "facts", "treaties")  # what can be read
_ELSEWHERE = {
    "actors": "an actor",
    "treaties": "a treaty",
    "moves": "a move",
    "events": "an event",
    "endings": "an ending",
    "interventions": "an intervention",
    "ladders": "a ladder",
}


def used_twice(findings: Findings) -> None:
    """Note every name that stands for two things of one name space."""
    tree = findings.tree
    for space in _SPACES:
        seen: dict[str, Route] = {}
        uses = [((s, name), what) for s, what in space.items() for name in _keys(tree, s)]
        uses.sort(key=lambda use: place_of(tree, use[0], key=True))
        for route, _ in uses:
            name = str(route[1])
            if name in seen:
                first = seen[name]
                line = place_of(tree, first, key=True).line
                text = f"the name {name!r} is used twice: {space[str(first[0])]} has it in line"
                findings.problem(route, f"{text} {line}", key=True)
            seen.setdefault(name, route)


def same_numbers(bench: Workbench, transitions: Iterable[str]) -> None:
    """Note names whose random numbers would be the same (one hash for two names)."""
    texts = [f"transition:{name}" for name in transitions]
    texts += [f"parameter:{name}" for name in bench.document.parameters]
    seen: dict[int, str] = {}
    for text in texts:
        number = name_hash(text)
        if seen.get(number, text) != text:
            one, two = (name.replace(":", " ", 1) for name in (seen[number], text))
            route = _route_of(bench, text)
            said = f"{one!r} and {two!r} would share their random numbers; rename one of them"
            bench.problem(route, said, key=True)
        seen[number] = text


def _route_of(bench: Workbench, text: str) -> Route:
    kind, _, name = text.partition(":")
    if kind == "parameter":
        return ("parameters", name)
    for section in ("moves", "events", "interventions"):
        if name in _keys(bench.findings.tree, section):
            return (section, name)
    treaty, _, clause = name.partition(".")
    return ("treaties", treaty, "obligations", clause.partition(".")[0])


def vocabulary(
    bench: Workbench, variables: Iterable[Variable], parameters: Iterable[Parameter]
) -> Vocabulary:
    """What expressions can name, facts not yet among it."""
    tree = bench.findings.tree
    known = {variable.name: variable for variable in variables}
    numbers = {parameter.name: parameter for parameter in parameters}
    written = set(_written_variables(tree))
    broken = written - set(known) | set(_keys(tree, "parameters")) - set(numbers)
    broken |= {name for name in _keys(tree, "facts") if name not in bench.document.facts}
    elsewhere = {name: what for s, what in _ELSEWHERE.items() for name in _keys(tree, s)}
    return Vocabulary(
        variables=known,
        parameters=numbers,
        delays=frozenset(_keys(tree, "delays")),
        outcomes=frozenset(_keys(tree, "outcomes")),
        broken=frozenset(broken),
        elsewhere=elsewhere,
        partial=any((section,) in bench.broken for section in _NAMING),
    )


def with_facts(bench: Workbench) -> Vocabulary:
    """The vocabulary with its facts, each read after those it reads; a circle is a problem."""
    written = {name: said(text) for name, text in bench.document.facts.items()}
    found: dict[str, Node | None] = {}
    lengths: dict[str, tuple[int, int]] = {}
    words = replace(bench.words, facts=found, lengths=lengths)
    for name in written:
        _fact(replace(bench, words=words), name, written, ())
    return words


def _fact(bench: Workbench, name: str, written: Mapping[str, str], above: tuple[str, ...]) -> None:
    """Read a fact and those it reads into the bench's words."""
    found, lengths = bench.words.facts, bench.words.lengths
    assert isinstance(found, dict)
    assert isinstance(lengths, dict)
    if name in found:
        return
    if name in above or len(above) > DEPTH:
        circle = above[above.index(name) :] if name in above else ()
        said = f"facts read one another in a circle: {' -> '.join([*circle, name])}"
        said = said if circle else f"facts read one another more than {DEPTH} deep"
        bench.problem(("facts", name), said)
        found.update(dict.fromkeys([*circle, name]))
        return
    try:
        below = [other for other in measured(written[name])[0] if other in written]
    except Mistake:
        below = []
    for other in below:
        _fact(bench, other, written, (*above, name))
    if name not in found:
        reader = Reader(bench.words)
        node = found[name] = reader.wanted(written[name], "condition")
        for mistake in reader.mistakes:
            bench.problem(("facts", name), mistake)
        if node is not None:
            lengths[name] = written_out(written[name], lengths)
            bench.conditions["facts", name] = Expression(node, written[name])


def _written_variables(tree: Block) -> Iterator[str]:
    """The name of every state variable the file has, broken ones too."""
    for actor, entry in entries(tree.get("actors")):
        state = entry.value.get("state") if isinstance(entry.value, Block) else None
        yield from (f"{actor}.{name}" for name, _ in entries(state))
    yield from _keys(tree, "relations")
    yield from _keys(tree, "state")
    for treaty, entry in entries(tree.get("treaties")):
        yield f"{treaty}.binds"
        clauses = entry.value.get("obligations") if isinstance(entry.value, Block) else None
        yield from (f"{treaty}.{name}" for name, _ in entries(clauses))


def _keys(tree: Block, section: str) -> list[str]:
    return [name for name, _ in entries(tree.get(section))]
