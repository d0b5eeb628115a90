"""What a command takes, as typer sees it: options in the place of one argument of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from inspect import Parameter, Signature, signature
from typing import get_type_hints


def parameters(command: Callable[..., object]) -> list[Parameter]:
    """What a command takes, with annotations read; by keyword only, so that order is free."""
    hints = get_type_hints(command, include_extras=True)
    return [
        one.replace(annotation=hints[one.name], kind=Parameter.KEYWORD_ONLY)
        for one in signature(command).parameters.values()
    ]


def showing(command: Callable[..., None], shown: Iterable[Parameter]) -> Callable[..., None]:
    """The command, of which typer sees these parameters."""
    shown = list(shown)
    # typer reads both, and would otherwise follow the wrapper to the command without them
    vars(command)["__signature__"] = Signature(shown)
    command.__annotations__ = {one.name: one.annotation for one in shown}
    return command


def expanded(
    command: Callable[..., object], name: str, options: Sequence[Parameter]
) -> list[Parameter]:
    """What a command takes, with these options in the place of its argument of that name."""
    shown: list[Parameter] = []
    for one in parameters(command):
        shown += options if one.name == name else [one]
    return shown
