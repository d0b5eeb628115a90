"""Options: what may happen when a clock expires, with probabilities, guards and effects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

from sim.decoding.declarations import instance_of, optional
from sim.decoding.kinds import Invalid, Kind, mapping_of
from sim.decoding.scalars import NAME
from sim.model.expressions import Arithmetic, Constant, Expression
from sim.model.transitions import ChoiceKind, Effect, Option
from sim.scenario.language.context import Context
from sim.scenario.language.effects import EFFECTS
from sim.scenario.language.formulas import CONDITION, NUMBER_EXPRESSION
from sim.scenario.language.sourcing import Reasoned
from sim.source.tree import KeyPath, Node, Scalar, keys

Rest = Literal["rest"]
CHOICE_KEYS: dict[str, ChoiceKind] = {  # key of an option -> how the choice is made
    "probability": "probability",
    "of_rest": "probability",
    "weight": "weight",
    "utility": "utility",
}
_SAME_KEY = "all options of a choice must use the same key (probability, weight or utility)"


def _probability(node: Node, path: KeyPath, context: Context) -> Expression | Rest:
    if isinstance(node, Scalar) and node.value == "rest":
        return "rest"
    expression: Expression = NUMBER_EXPRESSION.decode(node, path, context)
    return expression


@dataclass(frozen=True, kw_only=True)
class OptionDeclaration(Reasoned):
    """One thing that may happen when a clock expires."""

    also: ClassVar = {
        "when": "available",
        "if": "available",
        "odds": "probability",
        "chance": "probability",
    }
    probability: Expression | Rest | None = optional(
        Kind(_probability, NUMBER_EXPRESSION.schema),
        "From 0 to 1; `rest` is what the other options leave.",
    )
    of_rest: Expression | None = optional(
        NUMBER_EXPRESSION, "Conditional probability, given that no option before it is taken."
    )
    weight: Expression | None = optional(
        NUMBER_EXPRESSION, "Its probability is proportional to its weight."
    )
    utility: Expression | None = optional(
        NUMBER_EXPRESSION,
        "Its value to the actor; probabilities are proportional to exp(rationality × utility).",
    )
    available: Expression | None = optional(
        CONDITION, "Condition without which it cannot be taken."
    )
    then: tuple[Effect, ...] = optional(
        EFFECTS, "Effects: the new value of each variable.", default=()
    )
    value_key: str | None = None  # which of CHOICE_KEYS is given

    def checked(self, context: Context, invalid: frozenset[str]) -> Self:
        """The option with its `value_key`; an invalid value counts as given."""
        given = [key for key in CHOICE_KEYS if getattr(self, key) is not None or key in invalid]
        for key in given[1:]:  # the first one stays
            message = f"an option must use one key ({', '.join(CHOICE_KEYS)})"
            message += f"; {given[0]!r} is already given"
            self.report(context, message, key, key=True)
        return replace(self, value_key=given[0] if given else None)

    def option(self, rationality: Expression | None) -> Option:
        """The option of the model; `rationality` multiplies its utility."""
        rest = self.probability == "rest"  # then it has no value of its own
        value = getattr(self, self.value_key) if self.value_key and not rest else None
        if self.value_key == "utility" and value and rationality:  # 1 if not given
            value = _weighted(value, rationality)
        share: Literal["whole", "of_rest", "rest"] = "rest" if rest else "whole"
        return Option(
            name=self.name,
            value=value,
            share="of_rest" if self.value_key == "of_rest" else share,
            available=self.available,
            effects=self.then,
        )


_OPTIONS = mapping_of(instance_of(OptionDeclaration), NAME)
Options = Mapping[str, OptionDeclaration]


def _options(node: Node, path: KeyPath, context: Context) -> Options:
    """Options that fit together. Raises Invalid where there is none."""
    # an empty mapping and one of which all options are invalid both decode to nothing: only the
    # first still needs a message
    before = len(context.diagnostics.problems)
    options: Options = _OPTIONS.decode(node, path, context)
    if not options:
        is_empty = len(context.diagnostics.problems) == before
        raise Invalid("must have at least 1 entry, found 0" if is_empty else "")
    _check_same_key(options, path, context)
    if len(keys(node)) > 1:  # counted in the file: an invalid option is one, too
        for name, option in options.items():
            if option.value_key is None and (*path, name) not in context.damaged:
                option.report(context, f"needs one of {', '.join(CHOICE_KEYS)}")
    rests = [name for name, option in options.items() if option.probability == "rest"]
    for name in rests[1:]:
        message = f"only one option can take the rest; {rests[0]!r} does"
        options[name].report(context, message, "probability")
    return options


def _check_same_key(options: Options, path: KeyPath, context: Context) -> None:
    """Report options that are weighed in another way than the first one."""
    given = [(name, option.value_key) for name, option in options.items() if option.value_key]
    for name, key in given[1:]:
        first = given[0][1]  # the first option decides
        # `probability` and `of_rest` are two keys of one kind
        if CHOICE_KEYS[key] != CHOICE_KEYS[first]:
            message = f"{_SAME_KEY}; the first uses {first!r}, found {key!r}"
            context.problem((*path, name, key), message, key=True)


OPTIONS = Kind(_options, _OPTIONS.schema)


def choice_of(options: Options) -> ChoiceKind:
    """How the choice between options is made; probabilities if there is only one."""
    given = (CHOICE_KEYS[one.value_key] for one in options.values() if one.value_key)
    return next(given, "probability")


def model_options(options: Options, rationality: Expression | None) -> Iterator[Option]:
    """The options of the model, in the order of the file."""
    return (option.option(rationality) for option in options.values())


def _weighted(utility: Expression, rationality: Expression) -> Expression:
    """Rationality times utility; a rationality of 1 is left out, as if it were not given."""
    if rationality.node == Constant(1.0, "1"):
        return utility
    node = Arithmetic("*", rationality.node, utility.node)
    return replace(utility, node=node, text=f"{rationality.text} * ({utility.text})")
