"""The command `find`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.cli.inputs import completed, read
from sim.cli.options import AsJson, Chosen, File, With, count, takes_plan
from sim.cli.printing import command_line, print_json
from sim.formatting import moment, percent

MOST = 10  # paths that are listed unless more are asked for


@takes_plan("draws", "paths", "seed", "workers")
def find(
    context: typer.Context,
    scenario: File,
    condition: Annotated[
        str,
        typer.Argument(
            metavar="CONDITION", help="As in an outcome: 'us.posture >= fight and japan.in'."
        ),
    ],
    plan: Chosen,
    under: With = "",
    most: Annotated[
        int, typer.Option(metavar="N", help="List so many of the paths found.", parser=count)
    ] = MOST,
    as_json: AsJson = False,
) -> None:
    """List paths that come to a condition, with the command that replays each."""
    loaded = read(scenario, under)
    plan = completed(context, scenario, plan)
    from sim.api.finding import find as paths_that_reach

    size = {name: plan[name] for name in ("draws", "paths", "seed", "workers")}
    found = paths_that_reach(loaded, condition, **size)
    n = found.attrs["n"]
    shown = [{str(key): value for key, value in row.items()} for row in _rows(found.head(most))]
    if as_json:
        print_json({"condition": condition, "n": n, "hits": len(found), "paths": shown})
        return
    share = f" ({percent(len(found) / n)} %)" if len(found) else ""
    typer.echo(f"{condition}: in {len(found):,} of {n:,} paths{share}")
    more = ["--with", under] if under else []
    seed = ["--seed", plan["seed"]] if plan["seed"] is not None else []
    for row in shown:
        when = moment(row["time"], loaded.model.start)
        typer.echo(f"\n{when}  draw {row['draw']}, path {row['path']}; ending: {row['ending']}")
        where = [scenario, "--draw", row["draw"], "--path", row["path"], *seed, *more]
        typer.echo(f"  {command_line(context, 'replay', *where)}")
    if len(found) > len(shown):
        typer.echo(f"\n{len(found) - len(shown):,} more; --most N lists more of them")


def _rows(table: Any) -> list[dict[str, Any]]:
    """Rows in plain numbers."""
    columns = zip(table["draw"], table["path"], table["time"], table["ending"], strict=True)
    return [
        {"draw": int(draw), "path": int(path), "time": float(time), "ending": str(ending)}
        for draw, path, time, ending in columns
    ]
