"""The commands, one file each: a new one is a file and a line here.

A command's function has its arguments and options as typer reads them, and its docstring as help;
it calls `sim` and `sim.report` and prints. What is heavy it imports when it is called.
"""

from collections.abc import Callable, Mapping

from sim.cli.commands.audit import audit
from sim.cli.commands.check import check
from sim.cli.commands.clean import clean
from sim.cli.commands.compare import compare
from sim.cli.commands.describe import describe
from sim.cli.commands.diff import diff
from sim.cli.commands.discover import discover
from sim.cli.commands.evidence import evidence
from sim.cli.commands.explore import explore
from sim.cli.commands.export import export
from sim.cli.commands.find import find
from sim.cli.commands.games import games
from sim.cli.commands.list_scenarios import list_scenarios
from sim.cli.commands.new import new
from sim.cli.commands.play import play
from sim.cli.commands.replay import replay
from sim.cli.commands.report import report
from sim.cli.commands.resolve import resolve
from sim.cli.commands.run import run
from sim.cli.commands.schema import schema
from sim.cli.commands.score import score
from sim.cli.commands.sensitivity import sensitivity
from sim.cli.commands.structure import structure
from sim.cli.commands.why import why

COMMANDS: Mapping[str, Callable[..., None]] = {  # in the order of --help
    "run": run,
    "report": report,
    "replay": replay,
    "find": find,
    "play": play,
    "games": games,
    "explore": explore,
    "compare": compare,
    "why": why,
    "sensitivity": sensitivity,
    "audit": audit,
    "discover": discover,
    "diff": diff,
    "evidence": evidence,
    "score": score,
    "structure": structure,
    "check": check,
    "resolve": resolve,
    "describe": describe,
    "export": export,
    "schema": schema,
    "clean": clean,
    "new": new,
    "list": list_scenarios,
}
