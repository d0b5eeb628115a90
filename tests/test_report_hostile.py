"""A scenario's author cannot make the report run, hide or load anything: every text stays text."""

import re
from collections.abc import Iterator
from importlib import resources
from itertools import cycle

import pytest
import yaml
from command_line import FIRST
from command_line import call as call
from pages import Page, broken_links

import sim

# ways out of text in HTML, attributes, scripts, styles, templates, JSON and Markdown
HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "' onmouseover='window.hacked=1",
    "</title><svg onload=window.hacked=1>",
    "{{ 7 * 7 }}{% include 'page.css' %}",
    "<!--<script>",
    "]]><![CDATA[<script>window.hacked=1</script>",
    "</style><style>* { display: none }</style>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "javascript:window.hacked=1",
    "${window.hacked=1} `window.hacked=1`",
    "\u2028window.hacked=1//\u2029",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "[click](javascript:window.hacked=1) | <b>bold</b>",
    "<base href='https://example.com/'><meta http-equiv=refresh content='0;url=https://a.example'>",
)


def hostile_scenario(texts: Iterator[str]) -> str:
    """The smallest scenario with the next text wherever an author may write for a reader."""
    tree = yaml.safe_load(FIRST.read_text(encoding="utf-8"))

    def told(*keys: str) -> dict[str, str]:
        return {key: next(texts) for key in keys}

    tree |= told("title", "question")
    for actor in tree["actors"].values():
        actor |= told("name")
    for parameter in tree["parameters"].values():
        parameter |= told("about", "note") | {"source": "book", "grade": "press"}
    tree["sources"] = {"book": told("cite", "url", "about")}
    treaty = tree["treaties"]["mutual_aid"]
    treaty |= told("title", "about")
    treaty["obligations"]["art1"] |= told("title", "about", "stipulated")
    tree["moves"]["north_shoots_again"] |= told("title", "about", "stipulated")
    tree["events"]["it_dies_down"] |= told("title", "stipulated")
    tree["outcomes"]["ally_fights"] |= told("title", "about")
    tree["endings"]["war"] |= told("title")
    tree["interventions"]["no_treaty"] |= told("title", "about")
    case = {"outcome": "ally_fights", "successes": 3, "trials": 40, "source": "book"}
    tree["evidence"] = {"record": case | told("about")}
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


def dangers(page: Page) -> list[str]:
    """What could run, load or lead away, of all that is on the page."""
    found = []
    for tag, attributes in page.elements:
        if tag in ("iframe", "object", "embed", "base", "form", "svg"):
            found.append(f"<{tag}>")
        found += [f"{tag} {name}" for name in attributes if name.startswith("on")]
        for name in ("href", "src"):
            address = attributes.get(name, "#")
            if not re.match(r"#|data:(image/|,)|https?://", address):
                found.append(f"{name} {address}")
    kinds = [f.get("type", "") for tag, f in page.elements if tag == "script"]
    if kinds != ["application/json", ""]:
        found.append(f"scripts {kinds}")
    if len(page.styles) != 1:
        found.append("styles")
    metas = [f for tag, f in page.elements if tag == "meta" and "http-equiv" in f]
    return found + ["meta"] * (len(metas) - 1)


@pytest.fixture(scope="module", params=range(5))
def hostile_run(request, tmp_path_factory):
    """A run of a hostile scenario; in each of the five every text stands somewhere else."""
    home = tmp_path_factory.mktemp("hostile")
    first = 3 * request.param
    file = home / "hostile.yaml"
    file.write_text(hostile_scenario(cycle(HOSTILE[first:] + HOSTILE[:first])), encoding="utf-8")
    results = sim.run(file, draws=6, paths=40, progress=False)
    results.save(home / "run")
    # what letters do to charts is tested where charts are
    (home / "run" / "charts").mkdir()
    (home / "run" / "charts" / "outcomes.png").write_bytes(b"no picture")
    return home / "run"


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_hostile_text_stays_text(hostile_run, call):
    code, _, err = call("report", hostile_run)
    assert code == 0, err
    page = Page((hostile_run / "report.html").read_text(encoding="utf-8"))
    assert dangers(page) == []
    assert page.scripts[1] == script()
    assert broken_links(page) == []
    # and it can be read as it was written, on the page and in the data
    shown = words(" ".join(page.texts.values()))
    # but for one at most that stands only where a report shows nothing (about a source, say)
    assert len([one for one in HOSTILE if words(one) not in shown]) <= 1
    data = words(" ".join(page.explorer["words"]))
    assert sum(words(one) in data for one in HOSTILE) >= 5


def script() -> str:
    """The one script that may be on a page: the file as the package has it."""
    file = resources.files("sim.report") / "pages" / "templates" / "explorer.js"
    return file.read_text(encoding="utf-8")


UNSAFE = [one for one in HOSTILE if one.startswith(("<i", "<b")) or "<img" in one]


@pytest.mark.parametrize("text", UNSAFE)
def test_dangers_would_be_seen(text):
    """Control: texts that bring elements of their own, written into a page without escaping."""
    safe = '<script type="application/json">{}</script><script></script><style></style>'
    assert dangers(Page(safe)) == []
    assert dangers(Page(f"{safe}{text}")) != []


def test_hostile_text_in_markdown_is_no_markup(hostile_run, call, tmp_path):
    assert call("report", hostile_run, "--out", "report.md")[0] == 0
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    outside = re.sub(r"^```\n.*?^```\n", "", text, flags=re.M | re.S)
    outside = re.sub(r"(?<!\\)`[^`\n]+`", "", outside)  # code spans
    assert re.findall(r"(?<!\\)<(?!https?:|report-charts/)[^>\n]*>", outside) == []
    assert not re.search(r"(?<!\\)\]\(<?javascript", outside)
    assert "window" in outside
