"""The site, made by `.ci/docs`: `sphinx-build -W -c docs . build/site`.

The source directory is the whole repository, so that a page has the same links on the site and in
a checkout, and no text stands twice: the language stays beside the scenarios that it describes.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the program that the pages are of

project = "Scenario escalation simulator"
author = "its authors"
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "notebooks/*.ipynb",
    "scenarios/**.md",
    "benchmarks/*.md",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton"]
myst_heading_anchors = 4  # as on GitHub, so that `LANGUAGE.md#happened` leads there on both
nb_execution_mode = "off"  # outputs are stored; `.ci/notebooks` runs them
default_role = "code"  # docstrings set code between single backticks

html_theme = "furo"
html_title = project
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_additional_pages = {"index": "start.html"}  # the first page is not at the top otherwise
copybutton_prompt_text = r"\$ |>>> "  # what is copied can be pasted
copybutton_prompt_is_regexp = True

autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # the signatures say little more than the sentences, in many lines


def as_written(app, what, name, obj, options, lines):
    """Keep the lines of a docstring's paragraph that has a table or an example in it."""
    text = "\n".join(lines).split("\n\n")
    lines[:] = "\n\n".join(map(literal, text)).split("\n")


def literal(paragraph: str) -> str:
    """A paragraph as a block of code if a line of it is set in further than the first."""
    if any(line.startswith("    ") for line in paragraph.split("\n")):
        return "::\n\n" + "\n".join(f"    {line}" for line in paragraph.split("\n"))
    return paragraph


def setup(app):
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", as_written)
