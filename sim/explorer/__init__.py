"""A scenario answered while it is changed: sliders for values, switches for treaties and levers.

`answers` walks and counts, and knows no page; `page` shows it, and `serving` hands the page to a
browser on this machine. Panel, which draws the page, is imported only there.
"""

from importlib import import_module
from typing import Any

HOMES = {
    "Answer": "answers",
    "Explorer": "answers",
    "Question": "questions",
    "Control": "controls",
    "controls_of": "controls",
    "as_command": "questions",
    "as_yaml": "questions",
    "panel_of": "page",
    "serve": "serving",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'sim.explorer' has no attribute {name!r}")
    return getattr(import_module(f"sim.explorer.{HOMES[name]}"), name)
