"""Text on charts stands as written: `$` is an amount, every script has its letters or one note."""

import subprocess
import sys
import warnings
from pathlib import Path
from unicodedata import category

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.text import Text

from sim.charts import MissingLetters, differences, fonts, outcomes, style, treaties
from sim.report.pictures import save

MISSING, lines = fonts.MISSING, fonts.lines
fallbacks, legible, told_once = fonts.fallbacks, fonts.legible, fonts.told_once

mpl.use("agg")
AMOUNT = "Costs $5bn to $9bn"
LONG = f"{AMOUNT}, or $a_b^{{c to $\\frac of what a very long title with many words says {AMOUNT}"
TITLES = [AMOUNT, LONG, "$", "$$", "\\$5 to \\$9", "100 % & a_b # ~ ^ {x}"]
KOREAN, JAPANESE, THAI = "한국어 제목은 길다", "日本語の題名", "ภาษาไทย"
NOT_A_LETTER = "\U0010fffd"  # of private use: no font has it


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    style.plt.close("all")


def shares(*titles: str) -> pd.DataFrame:
    rows = {"probability": 0.5, "mc_low": 0.4, "mc_high": 0.6, "hits": 5, "n": 10}
    return pd.DataFrame([{**rows, "title": title} for title in titles])


def bonds(title: str) -> pd.DataFrame:
    row = {"obligor": "a", "beneficiary": "b", "type": "defence", "binds": True}
    row |= {"treaty": "t", "title": title, "clause": "c", "article": title}
    return pd.DataFrame([row, {**row, "obligor": "b", "beneficiary": ""}])


def changes(title: str) -> pd.DataFrame:
    row = {
        "twin": title,
        "outcome": "x",
        "difference": 0.1,
        "mc_low": 0.05,
        "mc_high": 0.2,
        "low": 0.0,
        "high": 0.3,
    }
    return pd.DataFrame([{**row, "changed": 3, "differ": 2, "n": 10}])


@pytest.mark.parametrize("title", TITLES)
def test_a_dollar_is_no_mathematics(title, tmp_path: Path):
    charts = [
        lambda: outcomes(shares(title, title), subject=title, interval=title),
        lambda: differences(changes(title), outcome="x", title=title, subject=title),
        lambda: treaties(bonds(title), names={"a": title, "b": title}, subject=title),
    ]
    # a reader's own settings of matplotlib do not change what a text means
    with mpl.rc_context({"text.usetex": True}), warnings.catch_warnings():
        warnings.simplefilter("error")
        for number, draw in enumerate(charts):
            ax = draw()
            said = [text for text in ax.findobj(Text) if "$" in text.get_text()]
            assert said or "$" not in title
            assert not any(text.get_parse_math() or text.get_usetex() for text in said)
            save(ax, tmp_path / str(number))


def test_as_matplotlib_reads_it_an_amount_is_mathematics(tmp_path: Path):
    # the control: the same texts without our settings do not even draw
    ax = style.axes(None)
    ax.set_title(LONG, wrap=True)
    with pytest.raises(ValueError, match="Parse"):
        save(ax, tmp_path / "x")


def test_axes_that_were_given_are_read_as_ours_are(tmp_path: Path):
    _, ax = style.plt.subplots()
    outcomes(shares(LONG), subject=LONG, ax=ax)
    save(ax, tmp_path / "given")
    texts = [text for text in ax.findobj(Text) if text.get_text()]
    assert any("$" in text.get_text() for text in texts)
    assert not any(text.get_parse_math() for text in texts if "$" in text.get_text())


def test_every_script_gets_its_letters_or_one_note(tmp_path: Path):
    """Whatever fonts this machine has: a letter is in one of them, or is a box and named."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        titles = [f"{one} {NOT_A_LETTER}" for one in (KOREAN, JAPANESE, THAI, "Привет")]
        with told_once():
            ax = outcomes(shares(*titles), subject=KOREAN)
            save(ax, tmp_path / "scripts")
            save(outcomes(shares(THAI)), tmp_path / "again")
    assert [type(one.message) for one in caught] == [MissingLetters]  # and nothing of matplotlib's
    named = caught[0].message.letters
    assert NOT_A_LETTER in named
    assert len(set(named)) == len(named)
    # what is named was drawn as a box, what is not named has a font
    for text in (text for text in ax.findobj(Text) if text.get_text()):
        has = set[int]()
        for family in text.get_fontfamily():
            file = fontManager.findfont(FontProperties(family=[family]))
            has |= set(get_font(file).get_charmap())
        seen = [one for one in text.get_text() if one.isprintable()]
        assert all(ord(one) in has for one in seen)
        assert not set(named) & set(seen)


def test_without_a_font_letters_are_boxes(monkeypatch, tmp_path: Path):
    # the control for machines that have such fonts
    monkeypatch.setattr(fonts, "_installed", lambda: ())
    with pytest.warns(MissingLetters) as told:
        ax = outcomes(shares(f"{KOREAN} a\U000e0101"))
    style.figure_of(ax).canvas.draw()
    assert len(told) == 1
    shown = ax.get_yticklabels()[0].get_text()
    assert set(shown) == {MISSING, " ", "a", "\n"} - ({"\n"} if "\n" not in shown else set())
    assert "\U000e0101" not in str(told[0].message)  # it has no picture of its own


def test_letters_are_found_font_by_font():
    families, without = fallbacks(f"Ж{NOT_A_LETTER}")
    assert families
    assert without == NOT_A_LETTER


def test_plain_texts_keep_their_font():
    ax = style.axes(None)
    text = ax.set_title("Plain – “as ever”, Привет")
    before = text.get_fontfamily()
    legible(ax)
    assert text.get_fontfamily() == before


@pytest.mark.parametrize("text", [KOREAN * 9, JAPANESE * 9, THAI * 9, "plain words " * 9])
def test_lines_are_no_wider_than_asked(text):
    found = lines(text, 30)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    for line in found:
        assert sum(map(fonts._columns, line)) <= 32
        assert category(line[0]) != "Mn"  # no vowel sign without its letter


SHOUTS = """
import sys, warnings, logging
sys.argv = ["run_sim.py", "--version"]
from sim.cli import main
try:
    main()
except SystemExit:
    pass
warnings.warn("a raw warning", RuntimeWarning)
warnings.warn("a raw warning", DeprecationWarning)
logging.getLogger("matplotlib.font_manager").warning("a raw warning")
from sim.charts import MissingLetters
warnings.warn(MissingLetters("x"))
"""


def test_no_raw_warning_reaches_the_screen():
    done = subprocess.run([sys.executable, "-c", SHOUTS], capture_output=True, text=True)
    assert done.returncode == 0
    assert "raw warning" not in done.stderr
    assert done.stderr.startswith("warning: charts: no installed font has x")
    # the control: who asks for them gets them
    asked = [sys.executable, "-W", "always", "-c", SHOUTS]
    assert "raw warning" in subprocess.run(asked, capture_output=True, text=True).stderr


BOLD = """
import sys
import matplotlib as mpl
mpl.use("agg")
from sim.charts import fonts, style
fonts._installed = lambda: (("cmr10", lambda: frozenset({0xD55C})),)  # it has no bold face
ax = style.axes(None)
ax.set_title("\ud55c", fontweight="bold", fontfamily=sys.argv[1:] or None)
fonts.legible(ax)
style.figure_of(ax).canvas.draw()
"""


@pytest.mark.parametrize("chosen", [[], ["cmr10"]])
def test_a_letters_font_without_a_bold_face_is_no_news(chosen):
    """What matplotlib logs of a font that the reader chose is the control: it is still said."""
    asked = [sys.executable, "-c", BOLD, *chosen]
    done = subprocess.run(asked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert ("Failed to find font weight" in done.stderr) == bool(chosen)


def test_a_chart_takes_back_its_own_settings_and_no_others(monkeypatch):
    """The first chart of a notebook loads its backend, which turns interactive display on."""
    made = style.plt.subplots

    def loading(*given, **named):
        mpl.interactive(True)
        return made(*given, **named)

    monkeypatch.setattr(style.plt, "subplots", loading)
    monkeypatch.setitem(mpl.rcParams, "interactive", False)
    outcomes(shares("plain"))
    assert mpl.is_interactive()
    assert mpl.rcParams["text.parse_math"]  # the control: what the chart set is as it was
