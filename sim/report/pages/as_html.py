"""A report as one HTML file that asks nothing of the network and runs no script but its own."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.report.pages.content import Report

HERE = "sim.report.pages"


def as_html(report: Report) -> str:
    """The report as HTML; every text in it is escaped."""
    template = _environment().get_template("page.html.j2")
    # inside the page: it has to work as one file without a network
    style, script = _own("page.css"), _own("explorer.js")
    return template.render(
        report=report,
        # ours, from the package, and the only markup that is not escaped
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        base64=_base64,
    )


def _policy(style: str, script: str) -> str:
    """What a browser may load and run: pictures in the file, this style, this script, no more.

    By the digests of the two, so that a script which came in by a title would not run even if it
    were not escaped.
    """
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


@cache
def _own(name: str) -> str:
    return (files(HERE) / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(HERE), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    # compact; `tojson` escapes <, >, & and ' so that no text can end the script element
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "sort_keys": False}
    return environment
