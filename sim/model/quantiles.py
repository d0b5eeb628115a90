"""Low, median and high of what is uncertain, as a reader wants them: numbers, or days."""

from typing import Any

from sim.formatting import DAY
from sim.model import delay_sampling
from sim.model.delays import Delay, numbers
from sim.model.model import Model
from sim.model.parameters import Parameter, central, quantile, value_in_words

SHARES = (0.05, 0.5, 0.95)  # of the values that lie below low, median and high
Summary = tuple[str, tuple[Any, Any, Any], str]  # kind; low, median, high; unit, `d` or none


def of_parameter(parameter: Parameter) -> Summary:
    """Kind, low, median and high, and unit of a parameter.

    Choices have no order: the most likely one stands as the median, low and high are None.
    """
    distribution = parameter.distribution
    if distribution.levels:
        most_likely = value_in_words(parameter, central(distribution))
        return distribution.kind, (None, most_likely, None), ""
    unit = DAY if parameter.time else 1.0  # the model has seconds
    low, median, high = (quantile(distribution, u) / unit for u in SHARES)
    return distribution.kind, (low, median, high), "d" if parameter.time else ""


def of_delay(model: Model, delay: Delay) -> Summary:
    """Kind, low, median and high, and unit of a delay, the parameters it reads at their medians."""
    values = [central(parameter.distribution) for parameter in model.parameters]
    row = numbers(delay, model.names, values)  # as the engines need it
    low, median, high = (delay_sampling.ppf(row, 0, u) / DAY for u in SHARES)
    return delay.kind, (low, median, high), "d"
