"""Letters on charts: text as it stands, in fonts that have its letters, in lines that fit."""

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, wraps
from textwrap import wrap
from typing import Any, ParamSpec
from unicodedata import category, east_asian_width

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontEntry, findfont, findSystemFonts, fontManager, get_font
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

MISSING = "\u25a1"  # drawn in place of a letter that no installed font has
NO_BLANKS = "\u0e00"  # from here on scripts (Thai, Chinese, ...) that set no blank between words
# variation selectors, joiners and control characters have no picture of their own, nor have blanks
_WITHOUT_PICTURE = {"Mn": "", "Cf": "", "Cc": "", "Zs": " "}
Arguments = ParamSpec("Arguments")
_fallen_back_to = set[str]()  # families that were chosen here, not by the reader


class MissingLetters(UserWarning):
    """Letters that no installed font has; `letters` are these, each once."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        super().__init__(
            f"charts: no installed font has {' '.join(letters)} – drawn as {MISSING}; a font that "
            "has them (Noto Sans CJK, Noto Sans Thai, Noto Emoji, ...) is found once installed"
        )


def _worth_saying(record: logging.LogRecord) -> bool:
    """Whether a line of matplotlib's log tells a reader about a font that the reader chose."""
    # many fonts with Chinese letters have one weight; a bold title in it is as good as can be
    no_weight = str(record.msg).startswith("findfont: Failed to find font weight")
    return not (no_weight and _fallen_back_to.intersection(map(str, record.args or ())))


# said when a chart is drawn, long after it was made; a second import adds the filter only once
logging.getLogger("matplotlib.font_manager").addFilter(_worth_saying)


def literal(chart: Callable[Arguments, Axes]) -> Callable[Arguments, Axes]:
    """A chart whose text stands as written, whatever its letters and matplotlib's settings."""

    @wraps(chart)
    def drawn(*args: Arguments.args, **given: Arguments.kwargs) -> Axes:
        # axes that were given have texts already, made under settings that are not ours
        if isinstance(ax := given.get("ax"), Axes):
            _take_literally(ax)
        with as_written():
            ax = chart(*args, **given)
            legible(ax)
        return ax

    return drawn


@contextmanager
def as_written() -> Iterator[None]:
    """Let matplotlib take no text for mathematics or TeX: `$5bn to $9bn` is an amount."""
    with settings({"text.usetex": False, "text.parse_math": False}):
        yield


@contextmanager
def settings(these: dict[str, Any]) -> Iterator[None]:
    """Some settings of matplotlib, for a while; all others may change meanwhile and stay so.

    Not `rc_context`, which takes everything back: the first chart in a notebook loads its backend,
    which switches interactive display on, and no later chart would be shown.
    """
    all_settings: Any = mpl.rcParams  # typed by the name of each setting
    before = {name: all_settings[name] for name in these}
    all_settings.update(these)
    try:
        yield
    finally:
        all_settings.update(before)


@contextmanager
def told_once() -> Iterator[None]:
    """Charts whose missing letters are named in one warning, at the end."""
    letters: dict[str, None] = {}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", MissingLetters)
            yield
    finally:
        for one in caught:
            if isinstance(one.message, MissingLetters):
                letters |= dict.fromkeys(one.message.letters)
            else:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        if letters:
            warnings.warn(MissingLetters("".join(letters)), stacklevel=2)


def legible(artist: Artist) -> None:
    """Give every text of it fonts that have its letters; what no font has is drawn as a box.

    Needed by hand only where a text is measured before its chart is finished.
    """
    missing: dict[str, str] = {}  # letter -> what is drawn in its place
    for text in _texts(artist):
        letters = text.get_text()
        if letters.isascii():
            continue
        own = _own_font(tuple(text.get_fontfamily()), text.get_fontweight())
        absent = [one for one in dict.fromkeys(letters) if one != "\n" and ord(one) not in own]
        if not absent:
            continue
        fonts, without = fallbacks("".join(absent))
        text.set_fontfamily([*text.get_fontfamily(), *fonts])
        _fallen_back_to.update(fonts)
        boxes = {one: _WITHOUT_PICTURE.get(category(one), MISSING) for one in without}
        text.set_text(_replaced(letters, boxes))
        missing |= boxes
    # labels of ticks are written anew whenever the chart is drawn, from their axis' list
    for axis in artist.findobj(Axis) if missing else ():
        if isinstance(axis, Axis) and isinstance(axis.get_major_locator(), FixedLocator):
            labels = [_replaced(one.get_text(), missing) for one in axis.get_majorticklabels()]
            axis.set_ticks(axis.get_majorticklocs(), labels)
    if named := "".join(one for one, box in missing.items() if box == MISSING):
        warnings.warn(MissingLetters(named), stacklevel=3)


def _replaced(text: str, boxes: Mapping[str, str]) -> str:
    return "".join(boxes.get(one, one) for one in text)


def fallbacks(letters: str) -> tuple[list[str], str]:
    """(families of installed fonts that together have these letters, the letters none has)."""
    families: list[str] = []
    left = letters
    for family, has in _installed():
        found = {one for one in left if ord(one) in has()}
        if found:
            families.append(family)
            left = "".join(one for one in left if one not in found)
        if not left:
            break
    return families, left


def lines(text: str, width: int, **how: Any) -> list[str]:
    """The text in lines of so many columns, like textwrap; a Chinese letter takes two of them."""
    broad = columns(text)
    if broad and broad != len(text):
        width = max(4, round(width * len(text) / broad))
    found = wrap(text, width, **how)
    for place in range(1, len(found)):
        # a sign set above or below a letter stays with that letter
        while found[place] and category(found[place][0]) in ("Mn", "Mc"):
            found[place - 1] += found[place][0]
            found[place] = found[place][1:]
    return found


def needs_own_lines(text: str) -> bool:
    """Whether matplotlib cannot break it: it measures `$` as mathematics, and breaks at blanks."""
    return "$" in text or any(letter >= NO_BLANKS and letter.isalpha() for letter in text)


def columns(text: str) -> int:
    """How many columns a text takes: a Chinese letter two, a sign over a letter none."""
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if category(letter) in ("Mn", "Cf"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def _texts(artist: Artist) -> Iterable[Text]:
    found = artist.findobj(Text)
    return (one for one in found if isinstance(one, Text))


def _take_literally(artist: Artist) -> None:
    for text in _texts(artist):
        text.set_usetex(False)
        text.set_parse_math(False)


@cache
def _own_font(families: tuple[str, ...], weight: str | int) -> frozenset[int]:
    """The letters of the fonts that a text would be drawn with."""
    # the weight matters: bold fonts may lack what the regular one has
    names = [
        findfont(mpl.font_manager.FontProperties(family=one, weight=weight)) for one in families
    ]
    return frozenset[int]().union(*(get_font(name).get_charmap() for name in names))


@cache
def _installed() -> tuple[tuple[str, Callable[[], frozenset[int]]], ...]:
    """Families of the installed fonts, each with a function that gives its letters."""
    known = {entry.fname for entry in fontManager.ttflist}
    # matplotlib keeps a list of fonts for months; those installed since are none of its own
    for file in sorted(set(findSystemFonts()) - known):
        with suppress(Exception):  # a broken font is no reason to fail
            fontManager.addfont(file)
    # one face a family, the regular one before others; by name, so that the choice is stable
    faces: dict[str, FontEntry] = {}
    for entry in sorted(fontManager.ttflist, key=_plainness):
        faces.setdefault(entry.name, entry)
    usual = [face for name, face in faces.items() if "last resort" not in name.lower()]
    return tuple((face.name, _reader(face)) for face in usual)


def _plainness(entry: FontEntry) -> tuple[bool, bool, bool, bool, str, str]:
    """Sans-serif and proportional fonts first, regular before bold and slanted."""
    name = entry.name.lower()
    regular = entry.weight in (400, "regular", "normal", "book") and entry.style == "normal"
    # of fonts for all of East Asia those first whose shapes Japanese and Korean readers expect
    regional = name.endswith((" hk", " tc", " sc"))
    return ("mono" in name, "sans" not in name, regional, not regular, entry.name, entry.fname)


def _reader(face: FontEntry) -> Callable[[], frozenset[int]]:
    @cache
    def letters() -> frozenset[int]:
        index = getattr(face, "index", 0)  # of a collection; older matplotlib reads the first only
        try:
            font = get_font(mpl.font_manager.FontPath(face.fname, index) if index else face.fname)
            found = frozenset(font.get_charmap())
            font.set_size(10, 72)
            # fonts of pictures, as of coloured emoji, are listed and cannot be drawn
            font.load_char(next(iter(found)))
        except (OSError, RuntimeError, StopIteration, ValueError):
            return frozenset()
        return found

    return letters
