"""The model for other tools, by the name of the form."""

from collections.abc import Callable, Mapping, Sequence

from sim.errors import NotApplicable, UsageError, require_int, unknown
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import LARGEST, LAST_SEED, Plan
from sim.export.graph import graphml, mermaid
from sim.export.prism import prism
from sim.model.model import Model
from sim.model.parameters import central

Values = Sequence[float]

# name of the form -> its text, from a model and one value for each parameter; a new one is a line
FORMS: Mapping[str, Callable[[Model, Values], str]] = {
    "prism": prism,
    "graphml": lambda model, _: graphml(model),
    "mermaid": lambda model, _: mermaid(model),
}


def exported(model: Model, form: str, *, draw: int | None = None, seed: int = Plan.seed) -> str:
    """The text of a model in one of `FORMS`; PRISM with the parameters of a draw, or medians.

    UsageError for an unknown form; NotApplicable where PRISM cannot say what the model does.
    """
    if form not in FORMS:
        raise UsageError(unknown("form", form, FORMS))
    # a text holds one draw: without a number, the median of each parameter
    values = [central(parameter.distribution) for parameter in model.parameters]
    if draw is not None:
        require_int("draw", draw, 0, LARGEST - 1)
        require_int("seed", seed, 0, LAST_SEED)
        values = parameter_values(model, seed, range(draw, draw + 1))[0].tolist()
    try:
        return FORMS[form](model, values)
    except NotApplicable as reason:
        others = " and ".join(f"--to {other}" for other in FORMS if other != form)
        raise NotApplicable(f"{reason}; {others} take any model") from None
