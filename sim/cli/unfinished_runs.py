"""Runs that were killed: named where the next one begins, gone on from, removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.options import is_given
from sim.cli.printing import command_line, print_note
from sim.experiment.plan import EXACT, ROWS

if TYPE_CHECKING:
    import typer

    from sim.results.unfinished import Unfinished

MANY_OF_A_SLOW_ENGINE = 20_000  # paths: a minute or so


def chunks_beside(
    context: typer.Context, target: Path, plan: dict[str, Any], *, resume: Path | None, cluster: str
) -> tuple[Unfinished | None, dict[str, Any]]:
    """Where a run keeps its chunks, and its options; sizes are those of the run that goes on.

    Chunks are kept of runs that take long: on a cluster, or of many paths. What earlier runs left
    is named on stderr.
    """
    from sim.results.unfinished import Unfinished, taken_up

    if resume is not None:
        from sim.experiment.resuming import SIZES

        kept = taken_up(resume)
        before = {n: kept.about[n] for n in SIZES if n in kept.about and not is_given(context, n)}
        return kept, {**plan, **{name: value for name, value in before.items() if name in plan}}
    name_leavings(target, context)
    if plan["engine"] == EXACT:
        return None, plan
    from sim.engines import has_threads

    many = ROWS if has_threads(plan["engine"]) else MANY_OF_A_SLOW_ENGINE
    paths = plan["max_paths"] if plan["precision"] else plan["draws"] * plan["paths"]
    if paths <= many and not cluster:
        return None, plan
    return Unfinished(target=target.resolve()), plan


def name_leavings(target: Path, context: typer.Context) -> None:
    """Say on stderr what runs to this directory left that were killed, and how to go on."""
    from sim.results.unfinished import leavings

    for one in leavings(target):
        done = sum(c.last_draw - c.draw for c in one.chunks if c.last_path - c.path == one.paths)
        about = one.about
        source = context.params["scenario"]
        under = [f"--with={name}"] if (name := context.params.get("under")) else []
        go_on = command_line(context, "run", source, *under, "--resume", target)
        print_note(
            f"{target}: an unfinished run is kept, {done:,} of {about['draws']:,} draws of "
            f"{about['paths']:,} paths, seed {about['seed']}; go on: {go_on}; remove: "
            f"{command_line(context, 'clean', target)}"
        )
