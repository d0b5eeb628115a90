"""Two runs on one axis: each has its colour and its label, and a legend says which is which.

An axis is asked what lies on it already, so that nothing has to be remembered between two calls.
"""

from typing import NamedTuple

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

WORDS = "escalation:words"
OVER = ("#0b5394", "#d55e00", "#000000", "#009e73", "#cc79a7")  # apart in grey and to every eye
STEP = 0.24  # of a row: how far two runs stand apart in it


class Layer(NamedTuple):
    """One run on an axis: how many lie below it, and its colour."""

    position: int
    colour: str

    @property
    def shift(self) -> float:
        """How far from the middle of a row its marks stand: by turns below and above."""
        return STEP * ((self.position + 1) // 2) * (1 if self.position % 2 else -1)


class Note(Artist):
    """What lies on axes, kept with them: the label and the colour of a run; draws nothing."""

    def __init__(self, called: str, colour: str) -> None:
        super().__init__()
        self.called, self.colour = called, colour
        # it takes no room, or layouts would keep some for it
        self.set_in_layout(False)

    def draw(self, renderer: RendererBase) -> None:
        """Nothing: it has no picture."""


def count(ax: Axes) -> int:
    """How many runs have been drawn on these axes."""
    return len(_notes(ax))


def layer(ax: Axes, label: str = "", color: str = "", first: str = "") -> Layer:
    """A run more on these axes; with the second comes a legend.

    `first` is the colour of one that lies alone, unless `color` is given.
    """
    position = count(ax)
    cycle = mpl.rcParams["axes.prop_cycle"]
    # as texts: cycles are equal only to themselves
    asked = str(cycle) != str(mpl.rcParamsDefault["axes.prop_cycle"])
    own = cycle.by_key().get("color", OVER) if asked else OVER
    colour = to_hex(color or (first if not position and first else own[position % len(own)]))
    ax.add_artist(Note(label or f"run {position + 1}", colour))
    if position:
        _legend(ax)
    return Layer(position, colour)


def colour_of(ax: Axes, position: int) -> str:
    """The colour of a run that lies on these axes; of the first where none was chosen, ours."""
    return _notes(ax)[position].colour


def _notes(ax: Axes) -> list[Note]:
    return [one for one in ax.artists if isinstance(one, Note)]


def _legend(ax: Axes) -> None:
    """Which run is which, above the frame, where neither rows nor labels are."""
    # words beside a row are one run's, and would lie under the other's
    for text in [one for one in ax.texts if one.get_gid() == WORDS]:
        text.remove()
    handles = [
        Line2D([], [], marker="o", color=note.colour, label=note.called) for note in _notes(ax)
    ]
    points = 0.9 * float(mpl.rcParams["font.size"])
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(handles) if len(handles) < 4 else 2,
        frameon=False,
        fontsize=points,
        borderaxespad=0.1,
    )
    # the heading makes room for it
    lines = 1 if len(handles) < 4 else (len(handles) + 1) // 2
    ax.set_title(ax.get_title(loc="left"), loc="left", pad=8 + 1.7 * points * lines)
