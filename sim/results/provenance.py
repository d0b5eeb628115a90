"""Where the tables of a run come from: enough to make them again."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.formatting import counted
from sim.results.level import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping

# whose versions are recorded: those that numbers depend on
PACKAGES = ("escalation-sim", "numpy", "pandas", "simpy", "numba", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the tables come from: enough to make them again."""

    scenario: str
    file: str  # of the scenario, as it was named when it was read; empty for a model
    title: str
    question: str
    under: str  # the interventions applied, "a+b"; empty for the scenario as written
    engine: str
    seed: int
    draws: int  # finished
    draws_asked: int
    stopped: str  # why it ended: "draws", "precision", "max_paths" or "interrupted"
    paths: int  # in each draw
    horizon: float  # days
    start: date | None  # the calendar date of day 0
    headlines: tuple[str, ...]  # outcomes marked so
    interval: str  # "nested": both layers; "sampling": no parameter varies; "exact": solved
    arguments: Mapping[str, object]
    versions: Mapping[str, str]
    files: Mapping[str, str]  # SHA-256 of every scenario file read
    # what `Scenario.with_` changed: its keys, one mapping a call; and in a few words
    changes: tuple[Mapping[str, Any], ...] = ()
    changed: str = ""
    level: float = LEVEL  # the mass of every interval in the tables
    first_draw: int = 0  # the number of the first draw
    given: tuple[str, ...] = ()  # parameters whose values were given, and stand in `draws`
    common_random_numbers: bool = False  # all draws' paths met the random numbers of draw 0
    # by actor: which function decided for it, see `sim.decisions.describing`
    decided: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> str:
        """` under a+b, with p = 0.2`: what the scenario as it is written had not; else empty."""
        under = f" under {self.under}" if self.under else ""
        changed = f" with {self.changed}" if self.changed else ""
        decided = f" where {self.who_decided}" if self.decided else ""
        return f"{under}{changed}{decided}"

    @property
    def who_decided(self) -> str:
        """`always('consents') decides for japan`; empty where the model decides for all."""
        return ", ".join(f"{policy} decides for {actor}" for actor, policy in self.decided.items())

    @property
    def span(self) -> range:
        """The numbers of the finished draws."""
        return range(self.first_draw, self.first_draw + self.draws)

    @property
    def interrupted(self) -> bool:
        """Whether fewer draws were finished than asked for."""
        return self.draws < self.draws_asked

    def sample(self, each: str = "") -> str:
        """How many draws and paths the numbers stand on, in words; `each` follows the paths."""
        draws = counted(self.draws, "draw")
        if self.interval == "exact":
            return draws
        paths = counted(self.draws * self.paths, "path")
        return f"{paths}{each}: {draws} of {self.paths:,}"

    def to_manifest(self) -> dict[str, Any]:
        """The fields as JSON can hold them: what `manifest.json` says of a run."""
        return {**asdict(self), "start": self.start.isoformat() if self.start else None}

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Provenance:
        """The provenance that `to_manifest` wrote; keys of other purposes are passed over."""
        known = {one.name for one in fields(cls)}
        # what has a default came later, and was not written before
        needed = {
            one.name
            for one in fields(cls)
            if one.default is MISSING and one.default_factory is MISSING
        }
        missing = sorted(needed - manifest.keys())
        if missing:
            raise UsageError(f"manifest.json: has no {', '.join(missing)}; run the scenario again")
        # a manifest has more: columns, digests of files, names of alternatives
        about = {key: value for key, value in manifest.items() if key in known}
        about["start"] = date.fromisoformat(about["start"]) if about["start"] else None
        for name in ("headlines", "changes", "given"):
            about[name] = tuple(about.get(name, ()))
        return cls(**about)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that numbers depend on."""
    return dict(_versions())


@cache  # looking through what is installed takes longer than a short run
def _versions() -> dict[str, str]:
    found = {"python": python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
