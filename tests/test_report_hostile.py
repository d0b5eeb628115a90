"""A scenario's author cannot make the report run, hide or load anything: every text stays text."""

import re

import pytest
import yaml
from command_line import FEW, FIRST
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


def hostile_scenario(text: str) -> str:
    """The smallest scenario with the text wherever an author may write for a reader."""
    tree = yaml.safe_load(FIRST.read_text(encoding="utf-8"))
    tree |= {"title": text, "question": text}
    for actor in tree["actors"].values():
        actor["name"] = text
    for parameter in tree["parameters"].values():
        parameter |= {"about": text, "note": text, "source": "book", "grade": "press"}
    tree["sources"] = {"book": {"cite": text, "url": text, "about": text}}
    treaty = tree["treaties"]["mutual_aid"]
    treaty |= {"title": text, "about": text}
    treaty["obligations"]["art1"] |= {"title": text, "about": text, "stipulated": text}
    tree["moves"]["north_shoots_again"] |= {"title": text, "about": text, "stipulated": text}
    tree["events"]["it_dies_down"] |= {"title": text, "stipulated": text}
    tree["outcomes"]["ally_fights"] |= {"title": text, "about": text}
    tree["endings"]["war"] |= {"title": text}
    tree["interventions"]["no_treaty"] |= {"title": text, "about": text}
    tree["evidence"] = {
        "record": {
            "outcome": "ally_fights",
            "successes": 3,
            "trials": 40,
            "about": text,
            "source": "book",
        }
    }
    return yaml.safe_dump(tree, allow_unicode=True)


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


@pytest.fixture(scope="module")
def plain_script(tmp_path_factory):
    """The script of a harmless report: that of any other has to be the same."""
    results = sim.run(FIRST, draws=4, paths=10, progress=False)
    file = results.report(tmp_path_factory.mktemp("plain") / "r.html")
    return Page(file.read_text(encoding="utf-8")).scripts[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text, tmp_path, call, plain_script):
    (tmp_path / "hostile.yaml").write_text(hostile_scenario(text), encoding="utf-8")
    # without charts: drawing letters is tested where charts are
    assert call("run", "hostile.yaml", *FEW, "--out", "run", "--no-charts")[0] == 0
    (tmp_path / "run" / "charts").mkdir()
    (tmp_path / "run" / "charts" / "outcomes.png").write_bytes(b"no picture")
    code, _, err = call("report", "run")
    assert code == 0, err
    page = Page((tmp_path / "run" / "report.html").read_text(encoding="utf-8"))
    assert dangers(page) == []
    assert page.scripts[1] == plain_script
    assert broken_links(page) == []
    # and it can be read, as it was written, in the page and in the data
    shown = re.sub(r"\s+", " ", text).strip()
    assert shown in re.sub(r"\s+", " ", page.texts["head"])
    assert shown in re.sub(r"\s+", " ", page.texts["assumptions"])
    assert any(shown in re.sub(r"\s+", " ", one) for one in page.explorer["words"])


def test_dangers_would_be_seen():
    """Control: the same texts, written into a page without escaping."""
    safe = '<script type="application/json">{}</script><script></script><style></style>'
    assert dangers(Page(safe)) == []
    unsafe = [one for one in HOSTILE if one.startswith(("<", "</")) and "!--" not in one]
    assert len(unsafe) >= 5
    for text in unsafe:
        try:
            assert dangers(Page(safe.replace("{}", text))) or dangers(Page(f"{safe}{text}"))
        except AssertionError as error:  # tags that do not match are seen while reading
            assert "closes nothing" in str(error)  # noqa: PT017


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_markdown_is_no_markup(text, tmp_path, call):
    (tmp_path / "hostile.yaml").write_text(hostile_scenario(text), encoding="utf-8")
    assert call("run", "hostile.yaml", *FEW, "--out", "run", "--no-charts")[0] == 0
    (tmp_path / "run" / "charts").mkdir()
    (tmp_path / "run" / "charts" / "outcomes.png").write_bytes(b"no picture")
    assert call("report", "run", "--out", "report.md")[0] == 0
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    outside = re.sub(r"^```\n.*?^```\n", "", text, flags=re.M | re.S)
    outside = re.sub(r"(?<!\\)`[^`\n]+`", "", outside)  # code spans
    markup = re.findall(r"(?<!\\)<(?!https?:|report-charts/)[^>\n]*>", outside)
    assert markup == []
    assert not re.search(r"(?<!\\)\]\(<?javascript", outside)
