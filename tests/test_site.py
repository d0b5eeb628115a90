"""The site: what `.ci/docs` looks for in it, and that its navigation has every page once."""

import json
import re
import runpy

import pytest
from command_line import ROOT

MADE = runpy.run_path(str(ROOT / ".ci" / "docs")) if pytest.importorskip("sphinx") else {}
INDEX = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://example.org/x.js"></script>',
        "<img alt='' src='//example.org/x.png'>",
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '@import "https://example.org/x.css";',
        "src: url(https://example.org/x.woff2)",
    ],
)
def test_what_a_browser_would_fetch_is_found(text):
    (address,) = MADE["fetched"](text)
    assert "example.org/x." in address


def test_a_link_and_a_file_of_the_site_are_no_fault():
    text = '<a href="https://example.org">x</a><script src="../_static/x.js"></script>'
    assert MADE["fetched"](f'{text}<link rel="canonical" href="https://example.org/">') == []


def test_a_site_that_names_this_machine_is_refused(tmp_path):
    (tmp_path / "good.html").write_text("<p>results/korean_clash</p>", encoding="utf-8")
    assert MADE["faults"](tmp_path) == []
    (tmp_path / "bad.html").write_text(f"<p>{ROOT}/results</p>", encoding="utf-8")
    assert MADE["faults"](tmp_path) == ["bad.html: names a directory of this machine"]


def in_navigation() -> list[str]:
    """The pages of the index's toctrees."""
    trees = re.findall(r"```\{toctree\}\n(.*?)```", INDEX, flags=re.DOTALL)
    lines = "\n".join(trees).splitlines()
    return [line for line in lines if line and not line.startswith(":")]


def test_every_page_is_in_the_navigation_once():
    named = in_navigation()
    assert len(named) == len(set(named)) > 15
    pages = {f"{page.stem}" for page in (ROOT / "docs").glob("*.md")} - {"index"}
    pages |= {f"../notebooks/{page.stem}" for page in (ROOT / "notebooks").glob("*.ipynb")}
    assert pages <= set(named)


def without_words(notebook: dict) -> list[str]:
    """The cells of a notebook that show a picture and do not say what is on it."""
    shown = [
        cell
        for cell in notebook["cells"]
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    ]
    said = [cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "") for cell in shown]
    return [cell["id"] for cell, words in zip(shown, said, strict=True) if len(words) < 20]


def test_pictures_of_notebooks_say_what_is_on_them():
    read = [json.loads(one.read_text("utf-8")) for one in (ROOT / "notebooks").glob("*.ipynb")]
    assert [name for notebook in read for name in without_words(notebook)] == []
    # the control: a picture whose words are taken away is named
    cells = [cell for notebook in read for cell in notebook["cells"]]
    (first, *_) = [cell for cell in cells if "mystnb" in cell["metadata"]]
    assert without_words({"cells": [first | {"metadata": {}}]}) == [first["id"]]
