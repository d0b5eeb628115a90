"""What an engine needs, as frozen data: state, expressions, delays, transitions, parameters.

No YAML, no randomness, no proofs. Engines and the scenario floor meet here and nowhere else.

The samplers (`delay_sampling`, `delay_kinds`, `normal`, `metalog`, `scalar_functions`) stand here
too, not beside the streams: what a delay or a distribution may be cannot be checked without them,
and both engines have to share them to the last bit. They are scalar functions without a state; a
uniform comes in as an argument. A new delay is an entry of `delay_kinds`, a new distribution one of
`distribution_kinds`. `tables` evaluates an expression for many states at once, `evaluation` for
one: they stay side by side because they have to agree to the last bit.
"""

from sim.model.delays import Delay
from sim.model.evaluation import Evaluator, Names, evaluator
from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    Fact,
    Happened,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    ParameterOf,
    StateOf,
)
from sim.model.model import Actor, Ending, Model, Outcome
from sim.model.parameters import Distribution, Parameter
from sim.model.state import Variable
from sim.model.transitions import Effect, Option, Transition, Trigger

__all__ = [
    "Actor",
    "Arithmetic",
    "Call",
    "Comparison",
    "Constant",
    "Delay",
    "Distribution",
    "Effect",
    "Ending",
    "Evaluator",
    "Expression",
    "Fact",
    "Happened",
    "IfElse",
    "Logic",
    "Model",
    "Names",
    "Negative",
    "Node",
    "Not",
    "Option",
    "Outcome",
    "Parameter",
    "ParameterOf",
    "StateOf",
    "Transition",
    "Trigger",
    "Variable",
    "evaluator",
]
