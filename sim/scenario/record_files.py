"""What happened, read from another file than the scenario that was run."""

from dataclasses import replace
from os import PathLike

from sim.decoding.kinds import Invalid, decode_value
from sim.errors import Place, ScenarioError, UsageError
from sim.formatting import user_path
from sim.scenario.language.context import Context
from sim.scenario.language.happened import HAPPENED, Happened
from sim.scenario.loading import load
from sim.scenario.scenario import Scenario
from sim.source.diagnostics import Diagnostics, describe, unique
from sim.source.reading import read
from sim.source.tree import Entry, Mapping, Scalar

# what a file of a record alone may have; anything else makes it a scenario
_RECORD_ALONE = {"scenario", "title", "about", "note", "sources", "happened"}


def load_record(path: str | PathLike[str], scenario: Scenario) -> Happened:
    """What a file says happened in the case of a scenario that was run.

    Either a scenario whose model is the one that was run (compared as machine forms), or a record
    alone: `happened` with the name of the scenario. Raises ScenarioError with all errors of the
    file, and UsageError where it is of another scenario or says nothing.
    """
    file = user_path(path)
    tree, problems, _, _ = read(file)
    if set(tree.entries) - _RECORD_ALONE:
        return _of_scenario(file, scenario)
    if "happened" not in tree.entries:
        raise UsageError(f"{file}: does not say what happened (no `happened`)")
    named = tree.get("scenario")
    if not isinstance(named, Scalar) or named.value != scenario.name:
        of = f"the run is of {scenario.name}"
        if named is None:
            raise UsageError(
                f"{file}: names no scenario; {of}: if this is its record, "
                f"write `scenario: {scenario.name}` into it"
            )
        raise UsageError(f"{file}:{named.place.line}: is of scenario {describe(named)}; {of}")
    # the names that the record may use are the scenario's own
    known = {
        "outcomes": [one.name for one in scenario.model.outcomes],
        "endings": [one.name for one in scenario.model.endings],
    }
    beside = {key: _names(names, tree.place) for key, names in known.items()}
    diagnostics = Diagnostics(
        replace(tree, entries={**tree.entries, **beside}), problems=list(problems)
    )
    context = Context(diagnostics=diagnostics, named_transitions={}, start=scenario.start)
    found: Happened | None = None
    try:
        node = tree.entries["happened"].value
        found = decode_value(HAPPENED, node, ("happened",), context)
    except Invalid:
        pass  # reported
    if diagnostics.problems or found is None:
        raise ScenarioError(unique(diagnostics.problems))
    return found


def _of_scenario(file: str, scenario: Scenario) -> Happened:
    other = load(file)
    # interventions that were in force when it was run
    under = other.under(list(scenario.applied)) if scenario.applied else other
    if under.resolved() != scenario.resolved():
        raise UsageError(
            f"{file}: its model is not the one that was run; give a file with `scenario` and "
            "`happened` alone, or score the scenario itself"
        )
    if other.declared.happened is None:
        raise UsageError(f"{file}: does not say what happened (no `happened`)")
    return other.declared.happened


def _names(names: list[str], place: Place) -> Entry:
    """A section that has these names, and nothing in them."""
    entries = {name: Entry(place, Scalar("", "", place)) for name in names}
    return Entry(place, Mapping(entries, place))
