"""What readers call the things of a model, at the end of a machine form; no engine reads it.

titles:
  clause: {"pact.art4": "Art. 4, Northern Pact"}
short:
  actor: {"north": "North"}
"""

import json
from collections.abc import Iterator

from sim.formatting import plain
from sim.machine_form.form_value import FormValue
from sim.model.titles import Known, Titles

SECTIONS = ("titles", "short")
# an actor's name stands with the actor, and what copies are called follows from the rest
_ELSEWHERE = {"titles": ("actor", "origin"), "short": ("origin",)}


def title_lines(titles: Titles) -> Iterator[str]:
    """The two sections, as far as there is something in them, a line a kind of thing."""
    full, short = titles.known, titles.short.known
    # What follows from the name itself is left out: a form has to say only what a reader of it
    # could not work out.
    own = {key: name for key, name in full.items() if name != plain(key[1])}
    other = {key: name for key, name in short.items() if name != full.get(key)}
    for section, known in zip(SECTIONS, (own, other), strict=True):
        by_kind: dict[str, dict[str, str]] = {}
        for (kind, key), name in known.items():
            if kind not in _ELSEWHERE[section]:
                by_kind.setdefault(kind, {})[key] = name
        if by_kind:
            yield f"{section}:"
        for kind in sorted(by_kind):  # a form that is read and written again stays the same
            names = dict(sorted(by_kind[kind].items()))
            yield f"  {kind}: {json.dumps(names, ensure_ascii=False)}"


def read_titles(at: FormValue | None) -> Known:
    """What a section says, by kind and key; nothing where a form has none."""
    kinds = at.named() if at is not None else ()
    return {(kind, key): one.text() for kind, names in kinds for key, one in names.named()}


def without_titles(form: str) -> str:
    """The text of a form up to its titles: equal for equal models, whatever they are called."""
    # With the line breaks around it: a text inside the form may contain the word.
    ends = [place for name in SECTIONS if (place := form.find(f"\n{name}:\n")) >= 0]
    return form[: min(ends) + 1] if ends else form
