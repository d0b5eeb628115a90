"""The explorer in a real browser: by mouse and keyboard, without requests to elsewhere.

Needs the extras `explore` and `browser`, and Chromium of the system; skipped without them.
"""

import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from command_line import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
if CHROMIUM is None:
    pytest.skip("no Chromium is installed (apt-get install chromium)", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[browser]'")
pytest.importorskip("panel", reason="pip install -e '.[explore]'")

FIRST = "scenarios/first_crisis.yaml"
LONG = 120_000  # milliseconds: a loaded machine answers late, and late is no fault here
# what bokeh says of itself, and a notice of a library inside of it
HARMLESS = ("[bokeh", "Bokeh items were rendered", "allowHTML")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        shown = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield shown
        shown.close()


@pytest.fixture(scope="module")
def server():
    command = [sys.executable, "run_sim.py", "explore", FIRST, "--no-open", "--draws", "20"]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    address = re.search(r"http://127\.0\.0\.1:\d+/\S{20,}", running.stdout.readline()).group()
    yield address
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0
    assert "Traceback" not in out + err
    assert "explorer ended" in err


@pytest.fixture
def page(browser, server):
    page = browser.new_page(viewport={"width": 1280, "height": 1200})
    page.set_default_timeout(LONG)
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(server)
    page.get_by_text("Nothing is changed").wait_for()
    yield page
    page.close()


def test_a_slider_answers_with_the_difference_and_its_text(page):
    page.get_by_label("hold keeps_word").check()
    page.get_by_text("Difference").wait_for()
    text = page.get_by_label("As YAML")
    playwright.expect(text).to_have_value(re.compile("keeps_word: 0.2"))
    page.get_by_role("button", name="Everything as written").click()
    page.get_by_text("Nothing is changed").wait_for()
    playwright.expect(text).not_to_have_value(re.compile("keeps_word"))
    assert [one for one in page.said if not any(word in one for word in HARMLESS)] == []


def test_by_keyboard(page):
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Difference").wait_for()
    assert page.get_by_label("hold keeps_word").or_(page.get_by_label("hold goes_on")).count()


def test_a_path_can_be_read(page):
    choice = page.get_by_label("A path")
    page.get_by_label("hold keeps_word").check()
    page.get_by_text("Difference").wait_for()
    option = choice.locator("option", has_text="draw").first
    option.wait_for(state="attached")
    choice.select_option(label=option.inner_text())
    ending = page.get_by_text("Ending:").first
    ending.wait_for()
    assert ending.is_visible()


def test_nothing_is_asked_of_another_host(page, server):
    host = server.rsplit("/", 1)[0].removeprefix("http://")
    away = [one for one in page.asked if host not in one and not one.startswith(("data:", "blob:"))]
    assert away == []
    assert page.asked  # control: requests are seen


def test_the_address_cannot_be_guessed(server):
    root = server.rsplit("/", 1)[0]
    for guess in ("/", "/index", "/autoload.js?bokeh-autoload-element=1", "/explore"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(root + guess)
    assert urllib.request.urlopen(server).status == 200  # control


@pytest.mark.parametrize("width", [1280, 390])
def test_nobody_is_kept_out(page, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.set_viewport_size({"width": width, "height": 900})
    found = axe.Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in serious] == []
    # nothing leaves the page at the side
    assert page.evaluate("document.documentElement.scrollWidth") <= width
