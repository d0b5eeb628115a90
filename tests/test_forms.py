"""Things that can be written in several forms: the list of keys and the union say the same."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import Discriminator, Tag
from sim.scenario.forms import MARK, Forms, Shape

import sim.scenario

MODULES = [
    import_module(f"sim.scenario.{module.name}") for module in iter_modules(sim.scenario.__path__)
]


class Pair(Shape):
    """For the controls."""

    one: int
    two: int


def below(annotation: Any) -> Iterator[Any]:
    """An annotation and whatever it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from below(part)


def shapes(shape: type[Shape] = Shape) -> Iterator[type[Shape]]:
    for made in shape.__subclasses__():
        if made.__module__.startswith("sim."):
            yield made
        yield from shapes(made)


def annotations() -> Iterator[Any]:
    """What stands in a module, and what a shape's keys are annotated with."""
    for module in MODULES:
        yield from vars(module).values()
    for shape in shapes():
        yield from get_type_hints(shape, include_extras=True).values()


def forms_of(annotation: Any) -> Forms | None:
    """What tells the members of a union apart, if it is the forms of something."""
    if get_origin(annotation) is not Annotated:
        return None
    for told in get_args(annotation)[1:]:
        if isinstance(told, Discriminator):
            forms = getattr(told.discriminator, "__self__", None)
            return forms if isinstance(forms, Forms) else None
    return None


def unions() -> list[Any]:
    """Every union of forms in the package, each once, in the order in which they are met."""
    every = (part for annotation in annotations() for part in below(annotation))
    told = [part for part in every if forms_of(part)]
    return list({(id(forms_of(part)), repr(get_args(part)[0])): part for part in told}.values())


def members(union: Any) -> dict[str, Any]:
    """Of each tag of a union, what it stands for."""
    found = {}
    for member in get_args(get_args(union)[0]):
        (tag,) = (told.tag for told in get_args(member)[1:] if isinstance(told, Tag))
        assert tag not in found
        found[tag] = get_args(member)[0]
    return found


def check_agreement(union: Any) -> None:
    """The forms of a union are its tags; each is a key of the shape that it leads to."""
    forms = forms_of(union)
    assert forms is not None
    bare = [name for name in ("scalar", "series") if getattr(forms, name)]
    tagged = members(union)
    assert set(tagged) == {MARK + name for name in (*forms.keys, *bare)}, forms.what
    for key in forms.keys:
        fields = tagged[MARK + key].model_fields
        assert key in {field.alias or name for name, field in fields.items()}, forms.what


UNIONS = unions()


@pytest.mark.parametrize("union", UNIONS, ids=lambda union: str(forms_of(union).what))
def test_the_keys_of_forms_are_the_tags_of_their_union(union):
    check_agreement(union)


def test_no_union_was_overlooked():
    """Every `Forms` that a module holds tells some union apart."""
    held = {id(one) for module in MODULES for one in vars(module).values() if type(one) is Forms}
    assert held == {id(forms_of(union)) for union in UNIONS}
    assert len(UNIONS) >= 8


@pytest.mark.parametrize(
    "keys", [("one",), ("one", "two", "three"), ("one", "three")], ids="-".join
)
def test_a_form_listed_once_would_be_seen(keys):
    """Control: one tag too many, one too few, another one; and as it should be."""
    tags = Annotated[Pair, Tag(MARK + "one")] | Annotated[Pair, Tag(MARK + "two")]
    with pytest.raises(AssertionError, match="pair"):
        check_agreement(Annotated[tags, *Forms("pair", keys).told_apart])
    check_agreement(Annotated[tags, *Forms("pair", ("one", "two")).told_apart])


def test_a_tag_that_leads_to_another_shape_would_be_seen():
    """Control: `three` is no key of the pair."""
    tags = Annotated[Pair, Tag(MARK + "one")] | Annotated[Pair, Tag(MARK + "three")]
    with pytest.raises(AssertionError, match="pair"):
        check_agreement(Annotated[tags, *Forms("pair", ("one", "three")).told_apart])
