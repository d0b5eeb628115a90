"""Reading a report: its elements, links, texts and data, as a browser would find them."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Page(HTMLParser):
    """An HTML page; `elements` are (tag, attributes), `texts` the text of each section."""

    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    section: str = "head"

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)
        self.close()

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = found["id"]
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing that is open"

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside in ("script", "style"):
            (self.scripts if inside == "script" else self.styles)[-1] += data
        else:
            self.texts[self.section] = self.texts.get(self.section, "") + data

    @property
    def ids(self) -> list[str]:
        return [found["id"] for _, found in self.elements if "id" in found]

    @property
    def links(self) -> list[str]:
        return [found["href"] for tag, found in self.elements if tag == "a"]

    @property
    def sections(self) -> list[str]:
        return [found["id"] for tag, found in self.elements if tag == "section"]

    @property
    def policy(self) -> str:
        (policy,) = (f["content"] for t, f in self.elements if t == "meta" and "http-equiv" in f)
        return policy

    @property
    def explorer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found

    def words(self, section: str) -> str:
        """The text of a section with single blanks."""
        return re.sub(r"\s+", " ", self.texts[section]).strip()


def broken_links(page: Page) -> list[str]:
    """Links to anchors that are not on the page."""
    return [one for one in page.links if one.startswith("#") and one[1:] not in page.ids]
