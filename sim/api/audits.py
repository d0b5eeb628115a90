"""Audit of assumptions: which of them the answer rests on, and what it is worth to know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.statistics.intervals import level_of
from sim.api.assumption_groups import groups_of, refuse_groups
from sim.api.sensitivities import askable, records, sensitivity
from sim.api.stipulated import Size, audit_size, require_scenario, with_stipulated, written_plan
from sim.errors import UsageError
from sim.results.scenario_record import names_of

if TYPE_CHECKING:
    from sim.analysis.drivers.draw_targets import Target
    from sim.analysis.drivers.information import Information
    from sim.api.sourced import SourcedTables
    from sim.experiment.plan import Plan
    from sim.results.provenance import Provenance
    from sim.scenario import Scenario, Varied

AS_WRITTEN = "as written"  # the decision to change nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What it is worth to know something before a choice between interventions is made.

    outcome, title   what is to become less likely (with `more`, likelier)
    more             whether more of it is better
    decisions        what may be chosen: `as written`, then the interventions
    information      see `sim.analysis.drivers.information.Information`; None if nothing can be told
    untold           why nothing can be told, as a sentence
    """

    outcome: str
    title: str
    more: bool
    decisions: tuple[str, ...]
    information: Information | None
    untold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Assumptions by influence and grade, and what a choice would gain by knowing them.

    table     see `sim.analysis.drivers.audit.audit`; outcomes below one another
    targets   the outcomes, in the order of the table
    untold    name of an outcome -> a sentence, where there is no row of it
    varied    which numbers of rules, and named delays, were varied, and which not
    choice    where one was asked about
    walked    the run with those numbers varied, whose draws and paths the table stands on
    """

    table: pd.DataFrame
    targets: tuple[Target, ...]
    untold: dict[str, str]
    varied: Varied
    choice: Choice | None
    walked: Provenance

    def summary(self) -> dict[str, Any]:
        """The same as plain values, None where there is no number: what `--json` prints."""
        found: dict[str, Any] = {
            "assumptions": records(self.table),
            "cannot_tell": dict(self.untold),
            "not_varied": {one.name: one.reason for one in self.varied.not_varied},
        }
        if self.choice is not None:
            known = self.choice.information
            found["choice"] = {
                "outcome": self.choice.outcome,
                "better": "more" if self.choice.more else "fewer",
                "chosen": known.chosen if known else None,
                "decisions": records(known.decisions) if known else [],
                "information": records(known.table) if known else [],
                "cannot_tell": self.choice.untold or None,
            }
        return found


def audit(
    results: SourcedTables,
    outcome: str | None = None,
    *,
    between: Sequence[str] = (),
    on: str | None = None,
    more: bool = False,
    groups: Sequence[str] = (),
    size: Size | None = None,
    level: float | None = None,
    progress: bool | None = None,
) -> Audit:
    """See `Results.audit`."""
    from sim.analysis.drivers.audit import COLUMNS
    from sim.analysis.drivers.audit import audit as audited

    scenario = require_scenario(results)
    askable(scenario.model, outcome, "probability")
    # Before anything is walked, which may take minutes.
    refuse_choice(scenario, between, on, outcome, more=more, groups=groups)
    size, mass = size or audit_size(results), level_of(results, level)
    run, varied = with_stipulated(results, size=size, progress=progress)
    found = sensitivity(run, outcome, level=mass)
    assumptions = _assumptions(scenario, varied, run.draws)
    tables = [
        audited(found.table[found.table["outcome"] == one.name], assumptions)
        for one in found.targets
        if one.name not in found.untold
    ]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    asked = on or outcome
    choice = None
    # The choice is walked separately: it needs each draw under every intervention.
    if between and asked:
        plan = written_plan(results, size=size, progress=progress)
        together = groups_of(assumptions, groups)
        choice = _choice(results, plan, varied, between, asked, together, more=more, level=mass)
    return Audit(
        table=table,
        targets=found.targets,
        untold=found.untold,
        varied=varied,
        choice=choice,
        walked=run.provenance,
    )


def refuse_choice(
    scenario: Scenario,
    between: Sequence[str],
    on: str | None,
    outcome: str | None,
    *,
    more: bool,
    groups: Sequence[str] = (),
) -> None:
    """UsageError for a choice that is none: an unknown name, or an outcome without a choice."""
    if not between:
        if on is not None or more or groups:
            raise UsageError(
                "--on, --more and --group belong to a choice; name it by --between A,B"
            )
        return
    asked = on or outcome
    if asked is None:
        raise UsageError("--between needs the outcome that decides: --on OUTCOME")
    askable(scenario.model, asked, "probability")
    for name in between:
        if name != AS_WRITTEN:
            scenario.under(name)  # raises for a name that there is not
    if not [name for name in dict.fromkeys(between) if name != AS_WRITTEN]:
        raise UsageError("--between: name at least one intervention; `as written` is always meant")
    refuse_groups(scenario, groups)


def _choice(
    results: SourcedTables,
    plan: Plan,
    varied: Varied,
    between: Sequence[str],
    outcome: str,
    groups: Mapping[str, list[str]],
    *,
    more: bool,
    level: float,
) -> Choice:
    from sim.analysis.drivers.information import information, nothing_to_know
    from sim.experiment.choices import walk_choices
    from sim.scenario import vary

    scenario = require_scenario(results)
    others = [name for name in dict.fromkeys(between) if name != AS_WRITTEN]
    decisions = {AS_WRITTEN: varied.scenario}
    # The same factors under each: they are drawn by name, so that a draw means the same world
    # whatever is chosen in it.
    decisions |= {name: vary(scenario.under(name)).scenario for name in others}
    shares, draws = walk_choices(decisions, outcome, plan)
    why = nothing_to_know(draws, shares)
    return Choice(
        outcome=outcome,
        title=str(results.outcomes["title"][outcome]),
        more=more,
        decisions=tuple(decisions),
        information=None
        if why
        else information(
            draws,
            shares,
            groups,
            seed=results.provenance.seed,
            more=more,
            level=level,
        ),
        untold=why,
    )


def _assumptions(scenario: Scenario, varied: Varied, draws: pd.DataFrame) -> pd.DataFrame:
    """What `sim.analysis.drivers.audit.audit` wants of parameters, delays and numbers of rules."""
    from sim.analysis.statistics.factors import uncertain

    moved = set(uncertain(draws))
    # as in a run directory, so that a table handed on names no folder of one machine
    kept = names_of(scenario.files)
    declared = scenario.declared.parameters
    rows = []
    for name, one in scenario.parameters.iterrows():
        rows.append(
            {
                **one[["kind", "grade", "unconfirmed", "source", "line"]],
                "file": kept.get(one["file"], one["file"]),
                "name": name,
                "what": "parameter",
                "written": declared[str(name)].text,
                "column": name,
                "reason": "" if name in moved else "it has one value in all draws",
            }
        )
    for number in (*varied.varied, *varied.not_varied):
        rows.append(
            {
                "kind": "",
                "grade": number.grade,
                "unconfirmed": number.unconfirmed,
                "source": ", ".join(number.source),
                "file": kept.get(number.place.file, number.place.file),
                "line": number.place.line,
                "name": number.name,
                "what": number.what,
                "written": number.written,
                "column": number.factor,
                "reason": number.reason,
            }
        )
    columns = ["kind", "grade", "unconfirmed", "source", "file", "line"]
    columns += ["name", "what", "written", "column", "reason"]
    return pd.DataFrame(rows, columns=columns).set_index("column")
