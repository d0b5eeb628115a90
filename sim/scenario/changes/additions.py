"""Changes made from Python: an intervention that stands in no file, held to the same rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.decoding.declarations import instance_of
from sim.decoding.kinds import Invalid, decode_value, mapping_of
from sim.decoding.scalars import NAME, NAME_RULE, is_name
from sim.errors import Place, Problem, ScenarioError, UsageError
from sim.model.changes import Change
from sim.model.correlations import Correlation
from sim.model.model import Model, Outcome
from sim.model.transitions import Transition
from sim.scenario.changes import apply
from sim.scenario.diagnostics.checks import check_rules
from sim.scenario.language.context import Context
from sim.scenario.language.correlated import CORRELATED
from sim.scenario.language.document import Document
from sim.scenario.language.interventions import Intervention
from sim.scenario.language.outcomes import OutcomeDeclaration
from sim.scenario.resolve import Resolved
from sim.source.diagnostics import Diagnostics, unique
from sim.source.in_memory import tree_of
from sim.source.tree import Entry, Plain, plain
from sim.source.tree import Mapping as Tree

SECTION = "interventions"
PLACE = "with_"  # what messages call the caller's own change


@dataclass(frozen=True, kw_only=True)
class Addition:
    """One change: what was written, what it means, and the event that it adds, if any."""

    written: Mapping[str, Plain]
    meant: Intervention
    event: Transition | None
    outcomes: tuple[Outcome, ...] = ()
    correlated: tuple[Correlation, ...] | None = None  # None: as they were
    warnings: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        """`south_beyond = 0.2, void pact.art1`: what is different, in a few words."""
        parts = []
        for key, value in self.written.items():
            if key in ("set", "start") and isinstance(value, dict):
                starts = " at the start" if key == "start" else ""
                parts += [f"{name} = {_short(one)}{starts}" for name, one in value.items()]
            elif key == "void":
                names = value if isinstance(value, list) else [value]
                parts.append(f"without {', '.join(map(str, names))}")
        parts += [
            f"rank correlation {one.rank:g} of {one.first} and {one.second}"
            for one in self.correlated or ()
        ]
        parts += ["no rank correlations"] if self.correlated == () else []
        parts += [f"event {self.meant.name}"] if self.event else []
        return ", ".join([*parts, *(f"outcome {one.name}" for one in self.outcomes)])


def addition(
    keys: Mapping[str, Any], name: str, document: Document, context: Context, model: Model
) -> Addition:
    """The keys of an intervention, decoded as those of a file are.

    Raises ScenarioError with all that is wrong with them, UsageError for a name that is none.
    """
    if not is_name(name):
        raise UsageError(f"name: {name!r} is not a valid name; {NAME_RULE}")
    given = {key: value for key, value in keys.items() if value is not None}
    outcomes = given.pop("outcomes", None)
    if outcomes is not None and not given:
        return _outcomes(outcomes, name, context, model)
    correlated = given.pop("correlated", None)
    if correlated is not None and not given and outcomes is None:
        return _correlated(correlated, name, context)
    for key, apart in (("outcomes", outcomes), ("correlated", correlated)):
        if apart is not None:
            raise UsageError(f"with_: takes {key} in a call of their own")
    tree, problems = tree_of(PLACE, _with_days(given, model))
    # beside those of the file, so that a clash of names is found
    if name in {*document.interventions, *document.moves, *document.events, *model.ranks}:
        raise UsageError(f"name: {name!r} is used in {context.tree.place.file} already")
    place = Place(file=PLACE)
    section = Entry(place, Tree({name: Entry(place, tree)}, place))
    whole = replace(context.tree, entries={**context.tree.entries, SECTION: section})
    diagnostics = Diagnostics(whole, problems=problems)
    # a copy, so that what this change has is not among what the file has
    own = replace(context, diagnostics=diagnostics, conditions={}, paths={}, numbers=[])
    found = mapping_of(instance_of(Intervention), NAME).decode(section.value, (SECTION,), own)
    meant, event = found.get(name), None
    if meant is not None and meant.has_event:
        event = meant.transition(name, "intervention", own.rationalities)
        # the event alone: the rules of the file have been checked when it was loaded
        alone = replace(model, transitions=())
        check_rules(Resolved(model=alone, added=(event,), paths={name: (SECTION, name)}), own)
    if diagnostics.problems or meant is None:
        raise ScenarioError(unique(map(_without_section, diagnostics.problems)))
    written = plain(tree)
    assert isinstance(written, dict)
    return Addition(
        written={"name": name, **written},
        meant=meant,
        event=event,
        warnings=tuple(map(_without_section, diagnostics.warnings)),
    )


def _outcomes(given: object, name: str, context: Context, model: Model) -> Addition:
    """More outcomes: a condition, or a mapping as in a file, by name."""
    if not isinstance(given, Mapping) or not given:
        raise UsageError(f"outcomes: takes conditions by name, found {given!r:.60}")
    full = {n: one if isinstance(one, Mapping) else {"when": one} for n, one in given.items()}
    tree, problems = tree_of(PLACE, full)
    section = Entry(Place(file=PLACE), tree)
    whole = replace(context.tree, entries={**context.tree.entries, "outcomes": section})
    diagnostics = Diagnostics(whole, problems=problems)
    # outcomes that were added before may be read as well
    known = frozenset(model.names.outcomes)
    own = replace(context, diagnostics=diagnostics, conditions={}, paths={}, numbers=[])
    own.vocabulary = replace(context.vocabulary, outcomes=known)
    kind = mapping_of(instance_of(OutcomeDeclaration), NAME)
    found = kind.decode(tree, ("outcomes",), own)
    taken = {*known, *model.names.variables, *model.names.parameters, *context.delays}
    for one in found:
        if one in taken:
            diagnostics.problem(("outcomes", one), f"the name {one!r} is used already", key=True)
    if diagnostics.problems:
        raise ScenarioError(unique(diagnostics.problems))
    path = (SECTION, name)
    return Addition(
        written={"name": name, "outcomes": plain(tree)},
        meant=Intervention(path=path),
        event=None,
        outcomes=tuple(one.outcome() for one in found.values()),
    )


def _correlated(given: object, name: str, context: Context) -> Addition:
    """Other pairs of parameters that belong together, in place of those there are."""
    tree, problems = tree_of(PLACE, {"correlated": given})
    diagnostics = Diagnostics(replace(context.tree, entries=tree.entries), problems=problems)
    own = replace(context, diagnostics=diagnostics)
    try:
        pairs = decode_value(CORRELATED, tree.entries["correlated"].value, ("correlated",), own)
    except (Invalid, KeyError):
        raise ScenarioError(unique(diagnostics.problems)) from None
    return Addition(
        written={"name": name, "correlated": plain(tree.entries["correlated"].value)},
        meant=Intervention(path=(SECTION, name)),
        event=None,
        correlated=pairs,
    )


def with_outcomes(model: Model, more: Iterable[Outcome]) -> Model:
    """The model with more outcomes, which change no path: each reads only those before it."""
    new = tuple(one for one in more if one.name not in model.names.outcomes)
    known, last = len(model.outcomes), len(model.outcomes) + len(new)
    # new outcomes come last: they may read those before them, and none of these reads them
    order = (*model.outcome_order, *range(known, last))
    return replace(model, outcomes=(*model.outcomes, *new), outcome_order=order)


def changed(model: Model, applied: Change, additions: Iterable[Addition]) -> Model:
    """The model under interventions of its file, and then with changes of one's own, in order.

    A later change has the last word on what an earlier one set. Raises ScenarioError as
    `apply.checked_model` does.
    """
    whole = applied
    additions = list(additions)
    model = with_outcomes(model, (more for one in additions for more in one.outcomes))
    for one in additions:
        if one.correlated is not None:
            model = replace(model, correlated=one.correlated)
        own = apply.combine([one.meant], {one.meant.name: one.event} if one.event else {})
        whole = replace(
            whole,
            void=whole.void | own.void,
            values={**whole.values, **own.values},
            starts={**whole.starts, **own.starts},
            events=(*whole.events, *own.events),
            places={**whole.places, **{name: _as_with(at) for name, at in own.places.items()}},
        )
    return apply.checked_model(model, whole)


def contradictions(
    interventions: Iterable[Intervention], additions: Iterable[Addition]
) -> Iterator[Problem]:
    """Values that an intervention gives to what was changed already, and that are others."""
    for one in interventions:
        for addition in additions:
            for key in ("set", "start"):
                own, before = getattr(one, key), getattr(addition.meant, key)
                for name in own:
                    if name in before and before[name] != own[name]:
                        text = f"{one.name} gives {str(name)!r} another value than with_ did"
                        path = f"interventions.{one.name}.{key}.{name}"
                        yield Problem(place=name.place, path=path, text=text)


def _with_days(keys: Mapping[str, Any], model: Model) -> Mapping[str, Any]:
    """The keys, with a bare number for a duration taken as days, as tables have it."""
    values = keys.get("set")
    if not isinstance(values, Mapping):
        return keys
    times = {one.name for one in model.parameters if one.time}
    days = {
        name: f"{float(value)!r} d"
        for name, value in values.items()
        if name in times and _is_number(value)
    }
    return {**keys, "set": {**values, **days}}


def _is_number(value: object) -> bool:
    return not isinstance(value, (bool, str)) and hasattr(value, "__float__")


def _without_section(problem: Problem) -> Problem:
    """The problem with the path that the caller wrote: `set.p` for `interventions.x.set.p`."""
    if problem.place.file != PLACE:  # the tree of the keys alone, or the file's own
        return problem
    parts = problem.path.split(".")
    return replace(problem, path=".".join(parts[2:] if parts[0] == SECTION else parts))


def _as_with(at: tuple[Place, str]) -> tuple[Place, str]:
    place, path = at
    return place, ".".join(path.split(".")[2:])


def _short(value: Plain) -> str:
    text = str(value) if not isinstance(value, dict) else _flow(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _flow(value: Mapping[str, Plain]) -> str:
    """A distribution as in YAML: `{pert: [1, 2, 3]}`."""
    return "{" + ", ".join(f"{key}: {one}" for key, one in value.items()) + "}"
