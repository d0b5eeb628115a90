"""Decisions by a function or a person: who is asked what, with what knowledge, and what follows.

`situation` is what somebody who is asked is shown; `view` is what an actor can know of a model;
`asking` puts a choice to the function that decides it, `answers` reads what that says. `policies`
and `optimum` are functions to start from; `games` is a person's path, choice by choice. The
reference engine asks (`sim.engines.reference.Asked`); nothing else of it knows of this room.
"""

from importlib import import_module

HOMES = {"table": "games", "twins": "games"}  # name -> module


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module 'sim.decisions' has no attribute {name!r}")
    return getattr(import_module(f"sim.decisions.{HOMES[name]}"), name)
