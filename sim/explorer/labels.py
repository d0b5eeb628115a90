"""Names for those who hear the page: Bokeh draws the words of a control beside it, and no label.

A screen reader would say "slider" and "checkbox" alone. A component without a picture looks for
such controls and gives each the words that stand beside it.
"""

from panel.custom import JSComponent

SCRIPT = """
const name = (root) => {
  for (const handle of root.querySelectorAll(".noUi-handle")) {
    const title = root.querySelector(".bk-slider-title");
    if (title) handle.setAttribute("aria-label", title.textContent.split(":")[0]);
  }
  for (const box of root.querySelectorAll("input[type=checkbox]:not([aria-label])")) {
    const words = root.querySelector(".bk-label")?.textContent.trim();
    if (words) box.setAttribute("aria-label", words);
  }
  for (const found of root.querySelectorAll("*")) if (found.shadowRoot) name(found.shadowRoot);
};

export function render() {
  name(document);
  // controls that are added later, and those whose words change
  setInterval(() => name(document), 500);
  return document.createElement("span");
}
"""


class Labels(JSComponent):  # type: ignore[misc]
    """Gives every slider and checkbox of the page its name."""

    _esm = SCRIPT
