"""Names and expressions in the words of the PRISM language."""

import re
from collections.abc import Mapping

from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Fact,
    Happened,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    ParameterOf,
    StateOf,
    outcomes_read,
    variables_read,
)
from sim.model.model import Model

# keywords of PRISM and Storm, names of functions, and in the last line names this export uses
_RESERVED = """
A bool clock const ctmc C double dtmc E endinit endinvariant endmodule endobservables endrewards
endsystem false formula filter func F global G init invariant I int label ma max mdp min module X
nondeterministic observable observables of Pmax Pmin P pomdp popta probabilistic prob pta rate
rewards Rmax Rmin R S smg stochastic system true U W floor ceil pow log mod multi exists forall
horizon stopped at_once world
"""
RESERVED = frozenset(_RESERVED.split())


class Vocabulary:
    """A name, all different, for everything a model becomes, and expressions spelled with them."""

    def __init__(self, model: Model) -> None:
        self._taken: set[str] = set()
        self.state = {v.name: self._name(v.name) for v in model.variables}
        self.parameters = {p.name: self._name(p.name) for p in model.parameters}
        self.met = {o.name: self._name(f"met_{o.name}") for o in model.outcomes}
        names = [transition.name for transition in model.transitions]
        self.ready = [self._name(f"ready_{name}") for name in names]
        self.fired = [self._name(f"fired_{name}") for name in names]
        self.runs = [self._name(f"runs_{name}") for name in names]

    def _name(self, written: str) -> str:
        name = re.sub(r"\W", "_", written)
        # `a.b` and `a_b` would become one name; an underscore more keeps them apart
        while name in self._taken or name in RESERVED:
            name += "_"
        self._taken.add(name)
        return name

    def reads(self, node: Node) -> tuple[str, ...]:
        """Names of the variables and outcomes a tree reads."""
        return (*variables_read(node), *outcomes_read(node))

    def condition(
        self, node: Node, state: Mapping[str, str], met: Mapping[str, str] | None = None
    ) -> str:
        """The tree as a truth value; `state` and `met` spell the values of variables and marks."""
        match node:
            case Constant(value, _):
                return "true" if value else "false"
            case Happened(name):
                return (self.met if met is None else met)[name]
            case Fact(_, says):
                return self.condition(says, state, met)
            case Not(of):
                return f"!{self.condition(of, state, met)}"
            case Logic(op, parts):
                sign = " & " if op == "and" else " | "
                return f"({sign.join(self.condition(part, state, met) for part in parts)})"
            case IfElse(test, then, otherwise):
                spelled = [self.condition(n, state, met) for n in (test, then, otherwise)]
                return conditional(*spelled)
            case Comparison(op, left, right):
                sign = {"==": "="}.get(op, op)
                return f"({self.number(left, state, met)}{sign}{self.number(right, state, met)})"
        # a number where a condition is wanted holds when it is not 0, as in the language
        return f"({self.number(node, state, met)}!=0)"

    def number(
        self, node: Node, state: Mapping[str, str], met: Mapping[str, str] | None = None
    ) -> str:
        """The tree as a number; a truth value is 0 or 1."""
        match node:
            case Constant(value, _):
                # without a point where it is whole: PRISM refuses a double as the value of a state
                return str(int(value)) if value == int(value) else repr(float(value))
            case StateOf(name):
                return state[name]
            case ParameterOf(name):
                return self.parameters[name]
            case Fact(_, says):
                return self.number(says, state, met)
            case Negative(of):
                return f"(-{self.number(of, state, met)})"
            case Arithmetic(op, left, right):
                return f"({self.number(left, state, met)}{op}{self.number(right, state, met)})"
            case IfElse(test, then, otherwise):
                branches = [self.number(n, state, met) for n in (then, otherwise)]
                return conditional(self.condition(test, state, met), *branches)
            case Call(function, arguments):
                spelled = [self.number(part, state, met) for part in arguments]
                return (
                    _odds(*spelled) if function == "odds" else f"{function}({', '.join(spelled)})"
                )
        return conditional(self.condition(node, state, met), "1", "0")


def conditional(test: str, then: str, otherwise: str) -> str:
    """One value or another."""
    return then if test == "true" else f"({test} ? {then} : {otherwise})"


def held_in_range(number: str, top: int) -> str:
    """A number held in 0 to top and cut to a whole one."""
    # the language cuts a count to a whole number; floor also makes it an int, as PRISM wants
    return f"floor(min(max({number}, 0), {top}))"


def _odds(probability: str, *factors: str) -> str:
    """The share p F / (1 - p + p F), as `sim.model.evaluation.odds`."""
    # p F / (1 - p + p F) cannot leave [0, 1]; 0 over 0 happens for p = 1 and F = 0, and is p
    share = "*".join((probability, *factors))
    both = f"((1-{probability})+{share})"
    return f"({both}>0 ? {share}/{both} : {probability})"
