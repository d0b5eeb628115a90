"""The page `docs/command_line.md`, made from the program itself.

    python -m sim.cli.reference > docs/command_line.md

Nothing on it is written by hand, so it cannot say what the program does not do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typer.main import get_command

from sim.cli.app import app

HEAD = """# The command line

Every command and every option, made from the program by `python -m sim.cli.reference`, as is what
`python run_sim.py COMMAND --help` says. Once installed, the program is also called `escalation`.

- Words in capital letters stand for what you write; what is in brackets may be left out; `...`
  means one or more.
- Positional arguments are separated by blanks; an option with several values takes commas; `a+b`
  applies two interventions at once.
- A scenario file as the first word is run: `python run_sim.py scenarios/first_crisis.yaml` is
  `python run_sim.py run scenarios/first_crisis.yaml`.
- A run directory stands for its scenario: its tables are read, and only what is asked is added.
- Exit codes: 0; 2: an error in a scenario or an argument; 3: `diff` found a change; 1: internal
  error; 130 (Ctrl-C) and 143 (SIGTERM): interrupted, the finished draws are written.
- Environment: `ESCALATION_PROGRESS=0` (or `TQDM_DISABLE=1`) leaves out the progress bars, `1`
  shows them where nobody watches; `ESCALATION_TRACEBACK=1` shows where in the code an internal
  error happened.

## Commands
"""
OPTIONS = """
## Options

An option means the same in every command that has it (`tests/test_one_meaning.py`). What one
command makes of it stands behind the command's name. All commands have `--help`; the program
itself has `--version`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An option as one command has it."""

    name: str  # as it is typed: --draws
    value: str  # the word that stands for its value; empty for one that takes none
    kind: str  # what reads the value
    words: str  # the help
    default: str  # as it is shown; empty for an option that takes no value or has none
    command: str

    @property
    def meaning(self) -> str:
        """What the option means wherever it is: the help up to a colon."""
        return self.words.partition(": ")[0].rstrip(".")

    @property
    def narrowed(self) -> str:
        """What this command makes of it: the help after the colon."""
        return self.words.partition(": ")[2].rstrip(".")


def uses() -> list[Use]:
    """Every option of every command, in the order of `--help`."""
    return [
        _use(one, command)
        for command, made in _commands().items()
        for one in made.params
        if one.param_type_name == "option"
    ]


def second_meanings(found: Iterable[Use]) -> list[str]:
    """The options that mean one thing in one command and another in the next, one line each."""
    first: dict[str, Use] = {}
    wrong = []
    for one in found:
        known = first.setdefault(one.name, one)
        for what in ("meaning", "kind"):
            said, before = getattr(one, what), getattr(known, what)
            if said != before:
                wrong.append(
                    f"{one.name}: {what} is {before!r} in {known.command}, "
                    f"but {said!r} in {one.command}"
                )
    return wrong


def page() -> str:
    """The page as Markdown."""
    return "\n".join([HEAD, *_command_table(), OPTIONS, *_option_table(uses())]) + "\n"


def _commands() -> Mapping[str, Any]:
    commands: Mapping[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    return commands


def _use(option: Any, command: str) -> Use:
    kind = _kind(option)
    value = "" if kind == "bool" else option.metavar or kind.upper()
    return Use(
        name=option.opts[0],
        value=value,
        kind=kind,
        words=option.help or "",
        default=_default(option) if value else "",
        command=command,
    )


def _kind(option: Any) -> str:
    """What reads the value: `path`, `count`, or a type such as `str`."""
    told = option.type_descriptor
    parser = getattr(told.parameter_info, "parser", None)
    named = parser or told.annotation
    return str(getattr(named, "__name__", named))


def _default(option: Any) -> str:
    if option.required:
        return "required"
    if isinstance(option.show_default, str):
        return option.show_default
    return "" if option.default in (None, "") else str(option.default)


def _command_table() -> Iterator[str]:
    """A row a command: how it is called, what it does, what its arguments are."""
    yield from _row("command", "what it does", "arguments")
    for name, made in _commands().items():
        arguments = [one for one in made.params if one.param_type_name == "argument"]
        called = " ".join([name, *(one.metavar for one in arguments)])
        told = [f"`{one.metavar.strip('[]')}`: {one.help}" for one in arguments]
        yield _cells(f"`{called}`", " ".join((made.help or "").split()), "<br>".join(told))


def _option_table(found: Sequence[Use]) -> Iterator[str]:
    """A row an option: what it means, which commands have it, its default."""
    by_name: dict[str, list[Use]] = defaultdict(list)
    for one in found:
        by_name[one.name].append(one)
    yield from _row("option", "meaning", "commands", "default")
    for name, same in sorted(by_name.items()):
        values = dict.fromkeys(one.value for one in same)
        called = " or ".join(f"`{name} {value}`".replace(" `", "`") for value in values)
        # what every command says alike belongs to the meaning
        alike = len({one.words for one in same}) == 1
        meaning = same[0].words if alike else f"{same[0].meaning}."
        commands = _joined((one.command, "" if alike else one.narrowed) for one in same)
        defaults = dict.fromkeys(one.default for one in same)
        if len(defaults) > 1:
            shown = _joined((one.command, one.default) for one in same)
        else:
            shown = next(iter(defaults))
        yield _cells(called, meaning, commands, shown.replace("<", "&lt;"))


def _joined(told: Iterable[tuple[str, str]]) -> str:
    """Commands with what is said of each; those of which the same is said stand together."""
    by_words: dict[str, list[str]] = defaultdict(list)
    for command, words in told:
        by_words[words].append(command)
    parts = [f"{', '.join(names)}: {words}" * bool(words) for words, names in by_words.items()]
    parts = [part or ", ".join(by_words[""]) for part in parts]
    return "; ".join(parts)


def _row(*heads: str) -> list[str]:
    """The head of a table."""
    return [_cells(*heads), "|" + "---|" * len(heads)]


def _cells(*texts: str) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"


if __name__ == "__main__":
    print(page(), end="")
