"""What is not known, resolved: distributions whose numbers are plain or seconds."""

import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from sim.model.parameters import Distribution, DistributionKind, Parameter, complaints
from sim.scenario import parameter_shapes as shapes
from sim.scenario import units
from sim.scenario.leaves import is_name
from sim.scenario.workbench import Workbench
from sim.scenario.written import Route

_BLAMED = ("median", "p90", "mean", "sd", "scale", "shape")
JEFFREYS = (0.5, 0.5)
_PERCENT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%")


def parameters(bench: Workbench) -> Iterator[Parameter]:
    """All parameters in the order of the file, without the impossible ones."""
    for name, shape in bench.document.parameters.items():
        route: Route = ("parameters", name, "is")
        numbers = Numbers(bench, route)
        distribution = _distribution(numbers, shape.is_)
        if not numbers.agree() or distribution is None:
            continue
        said = complaints(distribution, numbers.time)
        for sentence in said:
            bench.problem(*blamed(sentence, (*route, distribution.kind), route, shape.is_))
        if not said:
            yield Parameter(name=name, distribution=distribution, time=numbers.time)


class Numbers:
    """Reads the numbers of one distribution: all plain, or all durations (then in seconds)."""

    def __init__(self, bench: Workbench, route: Route) -> None:
        self.bench = bench
        self.route = route
        self.time = False
        self.plain: list[tuple[Route, float]] = []
        self.failed = False

    def read(self, written: Sequence[str | float], *below: str | int) -> tuple[float, ...]:
        """The numbers of a list that stands at a route below this one."""
        return tuple(self.one(number, *below, i) for i, number in enumerate(written))

    def one(self, written: str | float, *below: str | int) -> float:
        """One number; a problem is noted if it is neither a number nor a duration."""
        route = (*self.route, *below)
        if not isinstance(written, str):
            self.plain.append((route, written))
            return float(written)
        try:
            seconds = units.duration(written)
        except ValueError as error:
            return self.fail(route, str(error))
        if seconds is None:
            return self.fail(route, f"must be a number or a duration, found {written!r}")
        self.time = True
        return seconds

    def agree(self) -> bool:
        """Whether all were read, and all have a unit of time or none has."""
        for route, number in self.plain if self.time else ():
            self.fail(
                route, f"needs a unit of time ({units.UNITS}) as the others, found {number:g}"
            )
        return not self.failed

    def fail(self, route: Route, text: str) -> float:
        """Note a problem."""
        self.bench.problem(route, text)
        self.failed = True
        return 0.0


def _distribution(numbers: Numbers, shape: shapes.Distribution) -> Distribution | None:
    """The distribution of a shape; None with the problem noted when there is none."""
    if isinstance(shape, (str, int, float)):
        return Distribution(kind="fixed", numbers=(numbers.one(shape),))
    kind: DistributionKind = "fixed"
    found: tuple[float, ...]
    match shape:
        case shapes.Choices(choices=weights):
            return _choices(numbers, weights)
        case shapes.Fixed(fixed=number):
            found = (numbers.one(number, "fixed"),)
        case shapes.Uniform(uniform=ends):
            kind, found = "uniform", numbers.read(ends, "uniform")
        case shapes.Triangular(triangular=three):
            kind, found = "triangular", numbers.read(three, "triangular")
        case shapes.Pert(pert=three):
            kind, found = "pert", numbers.read(three, "pert")
        case shapes.Normal(normal=two):
            pair = (numbers.one(two.mean, "normal", "mean"), numbers.one(two.sd, "normal", "sd"))
            kind, found = "normal", pair
        case shapes.Lognormal(lognormal=two):
            median = numbers.one(two.median, "lognormal", "median")
            kind, found = "lognormal", (median, numbers.one(two.p90, "lognormal", "p90"))
        case shapes.Beta(beta=beta):
            kind, found = "beta", _beta(numbers, beta)
        case shapes.Quantiles(quantiles=points):
            kind = "quantiles"
            found = tuple(numbers.one(v, "quantiles", key) for key, v in points.items())
    probabilities: tuple[float, ...] = ()
    if isinstance(shape, shapes.Quantiles):
        route = (*numbers.route, "quantiles")
        probabilities, found = percents(numbers.bench, list(shape.quantiles), found, route)
        numbers.failed |= len(probabilities) < len(shape.quantiles)
    within = numbers.read(shape.within, "within") if shape.within else None
    return Distribution(
        kind=kind,
        numbers=found,
        probabilities=probabilities,
        within=(within[0], within[1]) if within else None,
    )


def blamed(sentence: str, inside: Route, route: Route, shape: object) -> tuple[Route, str]:
    """Where a complaint that begins with the key at fault belongs, and what is left to say."""
    key, _, rest = sentence.partition(" ")
    named = isinstance(shape, BaseModel) and key in _BLAMED and rest.startswith("must be")
    return ((*inside, key), rest) if named else (route, sentence)


def percents(
    bench: Workbench, keys: Sequence[str], values: Sequence[float], route: Route
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Probabilities of keys such as `5%`, rising, and the values in that order."""
    points: list[tuple[float, float]] = []
    for key, value in zip(keys, values, strict=True):
        match = _PERCENT.fullmatch(key.strip())
        if not match or not 0 < float(match.group(1)) < 100:
            said = f"must be a share such as 5%, between 0% and 100%, found {key!r}"
            bench.problem((*route, key), said, key=True)
        else:
            points.append((float(match.group(1)) / 100, value))
    points.sort(key=lambda point: point[0])
    return tuple(p for p, _ in points), tuple(v for _, v in points)


def _beta(numbers: Numbers, shape: shapes.Counts | shapes.Moments) -> tuple[float, ...]:
    """Alpha and beta: prior plus counts, or the two that have the mean and spread."""
    route = (*numbers.route, "beta")
    if isinstance(shape, shapes.Counts):
        if shape.successes > shape.trials:
            said = f"must be at most the trials, {shape.trials}, found {shape.successes}"
            numbers.fail((*route, "successes"), said)
        a, b = shape.prior or JEFFREYS
        return a + shape.successes, b + shape.trials - shape.successes
    if not 0 < shape.mean < 1:
        numbers.fail((*route, "mean"), f"must be between 0 and 1, found {shape.mean:g}")
    elif not 0 < shape.sd**2 < shape.mean * (1 - shape.mean):
        most = (shape.mean * (1 - shape.mean)) ** 0.5
        said = f"must be above 0 and below {most:.4g} for this mean, found {shape.sd:g}"
        numbers.fail((*route, "sd"), said)
    else:
        size = shape.mean * (1 - shape.mean) / shape.sd**2 - 1
        return shape.mean * size, (1 - shape.mean) * size
    return 1.0, 1.0


def _choices(numbers: Numbers, weights: dict[str, float]) -> Distribution | None:
    route = (*numbers.route, "choices")
    for name in weights:
        if not is_name(name):
            numbers.failed = True
            numbers.bench.problem((*route, name), f"{name!r} is no name", key=True)
    levels = tuple(weights)
    return Distribution(kind="choices", numbers=tuple(weights.values()), levels=levels)
