"""Interventions as changes of a model: they give another model, checked as strictly as a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim.decoding.scalars import Reference
from sim.errors import Problem, ScenarioError, UsageError, unknown
from sim.model import Model
from sim.model.changes import Change, changed_model
from sim.model.parameters import Distribution
from sim.model.transitions import Transition
from sim.reach.transition_faults import faults, readers
from sim.scenario.language.interventions import Intervention


def select_in_file_order(
    known: Mapping[str, Intervention], names: Iterable[str]
) -> list[Intervention]:
    """The interventions of these names in the order of the file. Raises UsageError."""
    names = list(names)
    for name in names:
        if name not in known:
            raise UsageError(unknown("intervention", name, known))
    return [known[name] for name in known if name in names]  # so that a+b is b+a


def combine(interventions: Sequence[Intervention], events: Mapping[str, Transition]) -> Change:
    """One change made of several interventions.

    Raises ScenarioError with every conflict: two interventions give one thing two values.
    """
    values: dict[str, Distribution] = {}
    starts: dict[str, int] = {}
    owners: dict[str, tuple[Intervention, Reference]] = {}  # of what is set
    problems: list[Problem] = []
    for one in interventions:
        # one after the other, so that each is compared with those before it
        problems += _conflicts(one, "set", one.set, values, interventions)
        problems += _conflicts(one, "start", one.start, starts, interventions)
        values |= {str(name): value for name, value in one.set.items()}
        starts |= {str(name): value for name, value in one.start.items()}
        owners |= {str(name): (one, name) for name in one.set}  # for the place of an error
    if problems:
        raise ScenarioError(problems)
    places = {
        name: (reference.place, f"interventions.{owner.name}.set.{name}")
        for name, (owner, reference) in owners.items()
    }
    places |= {one.name: (one.place, f"interventions.{one.name}") for one in interventions}
    return Change(
        names=tuple(one.name for one in interventions),
        # Reference is a str with a place
        void=frozenset(str(name) for one in interventions for name in one.void),
        values=values,
        starts=starts,
        events=tuple(events[one.name] for one in interventions if one.name in events),
        places=places,
    )


def _conflicts(
    one: Intervention,
    key: str,
    own: Mapping[Reference, object],
    before: Mapping[str, object],
    together: Sequence[Intervention],
) -> Iterator[Problem]:
    """Names to which an intervention gives another value than one before it."""
    for name, value in own.items():
        if name in before and before[name] != value:
            others = ", ".join(other.name for other in together if other is not one)
            text = f"{one.name} and {others} give {str(name)!r} different values"
            path = f"interventions.{one.name}.{key}.{name}"
            yield Problem(place=name.place, path=path, text=text)


def checked_model(model: Model, change: Change) -> Model:
    """The model after a change. Raises ScenarioError for what would be an error in a file."""
    after = changed_model(model, change)
    problems = list(problems_after(after, change, readers(after.transitions)))
    if problems:
        raise ScenarioError(problems)
    return after


def problems_after(
    after: Model, change: Change, read_by: Mapping[str, Sequence[Transition]]
) -> Iterator[Problem]:
    """Errors of a changed model: probabilities, speeds and delays that read what was set.

    `read_by` has the transitions that read each parameter, of the model or of one like it.
    """
    # Checks cover every state, so that another start or a void treaty cannot make a rule invalid:
    # only what reads a changed parameter is checked again.
    touched = {one.name for name in change.values for one in read_by.get(name, ())}
    reported: set[str] = set()  # one value often makes several rules invalid; the first is enough
    for fault in faults(after, [one for one in after.transitions if one.name in touched]):
        # the first parameter of the fault that was set is blamed
        name = next((name for name in fault.reads if name in change.values), None)
        if name is not None and name not in reported:
            reported.add(name)
            place, path = change.places[name]
            yield Problem(place=place, path=path, text=f"{fault.text} ({fault.where})")
