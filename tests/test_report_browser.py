"""The report in a real browser: quiet, without requests, by mouse and by keyboard, for everybody.

Needs Playwright (`pip install -e '.[browser]'`) and Chromium of the system; skipped without them.
"""

import shutil
from importlib.resources import files
from itertools import repeat
from pathlib import Path

import pytest
from command_line import ROOT
from test_report_hostile import HOSTILE, hostile_scenario

import sim

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
if CHROMIUM is None:
    pytest.skip("no Chromium is installed (apt-get install chromium)", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[browser]'")

ISLAND = ROOT / "tests" / "corpus" / "valid" / "island_clash.yaml"
SIZES = {"wide": (1280, 900), "tablet": (768, 1000), "phone": (360, 740)}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        # no sandbox: as root Chromium has none, and what is opened are files of our own
        shown = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield shown
        shown.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    results = sim.run(ISLAND, draws=30, paths=60, progress=False)
    comparison = sim.compare(ISLAND, draws=30, paths=60, progress=False)
    file = tmp_path_factory.mktemp("browser") / "report.html"
    return results.report(file, comparison=comparison)


class Opened:
    """A page with what it said and asked for."""

    def __init__(self, browser, file: Path, **how) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page = browser.new_page(**how)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.asked = [one for one in self.asked[1:] if not one.startswith("data:")]

    def text(self, name: str) -> str:
        found: str = self.page.locator(f"#explorer-{name}").inner_text()
        return found

    @property
    def current(self) -> int:
        """Which event is shown; -1 at the start."""
        return int(
            self.page.locator('[role=option][aria-selected="true"]').get_attribute("data-seq")
        )


@pytest.fixture
def opened(browser, report):
    found = Opened(browser, report, viewport={"width": 1280, "height": 900})
    yield found
    assert found.said == []
    assert found.asked == []
    found.page.close()


def test_it_opens_without_a_word_and_without_a_request(opened):
    assert opened.page.title() == sim.load(ISLAND).title
    assert opened.page.locator("#explorer-app").is_visible()
    assert not opened.page.locator("#explorer .without").is_visible()


def test_a_request_or_an_error_would_be_seen(browser, tmp_path):
    """Control: a page that asks for a picture and calls what is not there."""
    file = tmp_path / "loud.html"
    file.write_text("<img src='missing.png'><script>missing()</script>", encoding="utf-8")
    found = Opened(browser, file)
    assert any("missing is not defined" in one for one in found.said)
    assert any(one.endswith("missing.png") for one in found.asked)
    found.page.close()


def test_the_explorer_by_mouse(opened):
    page = opened.page
    outcome = page.locator("#explorer-outcome")
    before = opened.text("count")
    # any outcome, then the one that most paths reach, then one route to it
    outcome.select_option("")
    everything = opened.text("count")
    assert everything != before
    total = int(everything.split(" of ")[0])
    values = [one.get_attribute("value") for one in outcome.locator("option").all()][1:]
    outcome.select_option(values[0])
    reached = int(opened.text("count").split(" of ")[0])
    assert 0 < reached < total
    route = page.locator("#explorer-route")
    assert route.locator("option").count() > 1
    route.select_option(index=1)
    by_route = int(opened.text("count").split(" of ")[0])
    assert 0 < by_route <= reached
    assert f"({by_route})" in route.locator("option").nth(1).inner_text()
    # step by step, and back by the cause
    assert opened.current == -1
    page.locator("#explorer-on").click()
    page.locator("#explorer-on").click()
    assert opened.current == 1
    page.locator("#explorer-back").click()
    assert opened.current == 0
    page.locator("#explorer-events li").last.click()
    last = opened.current
    assert last > 1
    assert "event" in opened.text("place")
    cause = page.locator("#explorer-detail button.link")
    if cause.count():
        cause.click()
        assert opened.current < last
    first = opened.text("head")
    page.locator("#explorer-next-path").click()
    assert opened.text("head") != first
    page.locator("#explorer-previous-path").click()
    assert opened.text("head") == first


def test_filters_leave_the_paths_in_which_something_happens_or_does_not(opened):
    page = opened.page
    page.locator("#explorer-outcome").select_option("")
    total = int(opened.text("count").split(" of ")[0])
    page.locator("#explorer-question").select_option(index=0)
    page.locator("#explorer-add").click()
    with_it = int(opened.text("count").split(" of ")[0])
    assert 0 < with_it < total
    page.locator("#explorer-app ul.filters button").click()
    assert int(opened.text("count").split(" of ")[0]) == total
    page.locator("#explorer-happens").select_option("no")
    page.locator("#explorer-add").click()
    assert int(opened.text("count").split(" of ")[0]) == total - with_it
    # both at once: no path is left, and it says so
    page.locator("#explorer-happens").select_option("yes")
    page.locator("#explorer-add").click()
    assert opened.text("count").startswith("0 of ")
    assert "No path of the sample fits" in opened.text("head")
    assert page.locator("#explorer-on").is_disabled()


def test_the_explorer_by_keyboard_alone(opened):
    page = opened.page
    page.locator("#explorer-outcome").focus()
    names = []
    for _ in range(14):  # through all controls in their order, to the list
        names.append(page.evaluate("document.activeElement.id"))
        if names[-1] == "explorer-events":
            break
        page.keyboard.press("Tab")
    assert names[-1] == "explorer-events"
    assert {"explorer-path", "explorer-effective", "explorer-next-path"} <= set(names)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    for key, seq in (("ArrowDown", 0), ("ArrowRight", 1), ("ArrowUp", 0), ("Home", -1)):
        page.keyboard.press(key)
        assert opened.current == seq
    page.keyboard.press("End")
    assert opened.current > 0
    # what a screen reader is told is the event that is shown
    active = page.locator("#explorer-events").get_attribute("aria-activedescendant")
    assert active == f"explorer-event-{opened.current}"
    before = opened.text("head")
    page.keyboard.press("PageDown")
    assert opened.text("head") != before
    page.keyboard.press("PageUp")
    assert opened.text("head") == before


def test_events_without_effect_can_be_left_out(opened):
    page = opened.page
    page.locator("#explorer-outcome").select_option("")
    rows = page.locator("#explorer-events li")
    quiet = page.locator("#explorer-events li.quiet")
    for _ in range(60):
        if quiet.count():
            break
        page.locator("#explorer-next-path").click()
    before, dull = rows.count(), quiet.count()
    assert dull > 0
    page.locator("#explorer-effective").check()
    assert rows.count() == before - dull


def test_a_story_leads_to_its_path(opened):
    page = opened.page
    story = page.locator("article.story").first
    place = story.locator(".place").inner_text().partition(":")[0]
    story.locator("button.look").click()
    assert opened.text("head").startswith(place)
    assert page.evaluate("document.activeElement.id") == "explorer-events"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious(browser, report, size, scheme):
    width, height = SIZES[size]
    found = Opened(
        browser,
        report,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        bypass_csp=True,  # axe itself is a script
    )
    found.page.locator("#explorer-on").click()
    assert serious(found.page) == []
    # nothing hangs out of the page, which would have to be moved sideways to be read
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    found.page.close()


def serious(page) -> list[str]:
    """What axe-core calls serious or critical, one line each."""
    axe = files("axe_playwright_python") / "axe.min.js"
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_what_axe_would_find_is_seen(browser, tmp_path):
    """Control: a picture without words, a field without a label, grey on white."""
    file = tmp_path / "bad.html"
    file.write_text(
        "<!DOCTYPE html><html lang=en><title>x</title><main><h1>x</h1><img src='data:,'>"
        "<input><p style='color:#ccc;background:#fff'>hardly there</p></main>",
        encoding="utf-8",
    )
    found = Opened(browser, file, bypass_csp=True)
    names = {one.partition(":")[0] for one in serious(found.page)}
    assert {"image-alt", "label", "color-contrast"} <= names
    found.page.close()


def test_on_paper_the_explorer_is_left_out_and_the_rest_is_there(opened, tmp_path):
    page = opened.page
    page.emulate_media(media="print")
    assert not page.locator("#explorer-app").is_visible()
    assert page.locator("#assumptions table").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 20_000


def test_without_scripts_a_reader_is_told_what_to_do_instead(browser, report):
    found = Opened(browser, report, java_script_enabled=False)
    assert found.page.locator("#explorer .without").is_visible()
    assert not found.page.locator("#explorer-app").is_visible()
    found.page.close()


def test_no_hostile_text_runs(browser, tmp_path):
    """All of them in one page, in the page and in what the explorer writes."""
    (tmp_path / "hostile.yaml").write_text(
        hostile_scenario(repeat(" ".join(HOSTILE))), encoding="utf-8"
    )
    results = sim.run(tmp_path / "hostile.yaml", draws=6, paths=40, progress=False)
    found = Opened(
        browser, results.report(tmp_path / "r.html"), viewport={"width": 900, "height": 900}
    )
    assert found.page.locator("#explorer-app").is_visible()
    for _ in range(3):
        found.page.locator("#explorer-on").click()
    assert found.page.evaluate("window.hacked") is None
    assert "window.hacked = 1" in found.text("detail")
    assert found.page.locator("iframe, svg, base, img[src=x]").count() == 0
    assert found.said == []
    assert found.asked == []
    found.page.close()
