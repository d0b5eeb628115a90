"""The Korean scenarios for tests: which clauses a situation calls, guards read directly."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sim.model import Evaluator, Model, evaluator
from sim.model.parameters import central
from sim.scenario import Scenario, load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHIPPED = sorted(f for f in SCENARIOS.glob("*.yaml") if f.stem != "sources")
VARIANTS = [f for f in SHIPPED if "extends: korean_clash.yaml" in f.read_text(encoding="utf-8")]
# a variant shares nearly all of its file with the clash; `.ci/long/long_variants.py` has them all
FEW = [f for f in SHIPPED if f not in VARIANTS]
PARTS = sorted((SCENARIOS / "korea").glob("*.yaml"))


@cache
def loaded(name: str) -> Scenario:
    """A shipped scenario by its file name."""
    return load(SCENARIOS / f"{name}.yaml")


def with_part_inside(part: Path) -> str:
    """`korean_clash.yaml` with the text of one of its parts instead of its include."""
    text = (SCENARIOS / "korean_clash.yaml").read_text(encoding="utf-8")
    named = f"korea/{part.name}"
    assert named in text
    rest = text.replace(f", {named}", "").replace(f"  {named}, ", "  ")
    return f"{rest}\n{part.read_text(encoding='utf-8')}"


@cache
def guard(model: Model, transition: str) -> Evaluator:
    """The condition under which a transition's clock may run."""
    when = model.transition(transition).when
    assert when is not None
    return evaluator(when.node, model.names)


def state(model: Model, **changed: str | int) -> list[int]:
    """The start state with some variables changed; `__` stands for the dot, levels by name."""
    values = list(model.start_state)
    for name, value in changed.items():
        variable = model.variable(name.replace("__", "."))
        level = variable.levels.index(value) if isinstance(value, str) else value
        values[model.names.variables[variable.name]] = level
    return values


def parameters(model: Model, choices: Mapping[str, str]) -> list[float]:
    """Every parameter at its centre, some choices made."""
    return [
        float(parameter.distribution.levels.index(choices[parameter.name]))
        if parameter.name in choices
        else central(parameter.distribution)
        for parameter in model.parameters
    ]


def called(reading: str, *, binds: int = 1, **changed: str | int) -> set[str]:
    """The clauses a situation calls, with Article 4 read so, the treaty of 2024 in force or not."""
    model = loaded("korean_clash").model
    now = state(model, rus_prk_2024__binds=binds, **changed)
    values = parameters(model, {"art4_reading": reading})
    suffix = ".invoked"
    return {
        transition.name.removesuffix(suffix)
        for transition in model.transitions
        if transition.name.endswith(suffix) and guard(model, transition.name)(now, values, ())
    }


def outcome_holds(outcome: str, **changed: str | int) -> bool:
    """Whether an outcome's condition is true in a situation; no outcome has happened before."""
    model = loaded("korean_clash").model
    found = next(one for one in model.outcomes if one.name == outcome)
    holds = evaluator(found.when.node, model.names)
    return bool(holds(state(model, **changed), parameters(model, {}), ()))


def number(
    transition: str, what: str, choices: Mapping[str, str] | None = None, **changed: str | int
) -> float:
    """The speed of a transition's clock, or the value of one of its options, in a situation.

    `transition` may be a clause; its options are its answers.
    """
    model = loaded("korean_clash").model
    found = next(t for t in model.transitions if t.name == transition)
    if what == "speed":
        expression = found.speed
    else:
        expression = next(option.value for option in found.options if option.name == what)
    assert expression is not None
    value = evaluator(expression.node, model.names)
    return float(value(state(model, **changed), parameters(model, choices or {}), ()))
