"""Shapes that can be written in more than one form, told apart by the keys they use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator

from sim.errors import unknown
from sim.scenario.leaves import found, wrong

MARK = "·"  # begins the tags pydantic puts into an error's location; no key begins so


class Shape(BaseModel):
    """Something with keys: only these, each of its kind, never changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one thing: by a distinguishing key, or as a bare `scalar` or `series`."""

    what: str
    keys: Sequence[str]
    scalar: bool = False
    series: bool = False

    def tag(self, value: object) -> str | None:
        """Which form was meant."""
        if isinstance(value, dict):
            for key in self.keys:
                if key in value:
                    return MARK + key
            return None
        if isinstance(value, list):
            return MARK + "series" if self.series else None
        if isinstance(value, BaseModel) or value is None:
            return None
        return MARK + "scalar" if self.scalar else None

    def check(self, value: Any) -> Any:
        """The value as it came, or a complaint that lists the forms."""
        if self.tag(value) is not None:
            return value
        if isinstance(value, dict) and value:
            odd = next(iter(value))
            raise wrong(unknown(f"kind of {self.what}", odd, self.keys))
        allowed = f"a block with one of {', '.join(self.keys)}"
        raise wrong(f"must be a {self.what}: {allowed}; found {found(value)}")

    @property
    def told_apart(self) -> tuple[Any, Any]:
        """What to annotate a union of tagged forms with."""
        return Discriminator(self.tag), BeforeValidator(self.check)
