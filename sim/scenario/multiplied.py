"""Transitions with written numbers multiplied: what `stipulated` changes in a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sim.model.delays import Delay
from sim.model.expressions import Arithmetic, Expression, Node, ParameterOf
from sim.model.scaling import is_too_large, multiplied, scaled
from sim.model.transitions import Option, Transition
from sim.scenario.scenario import Scenario


@dataclass(slots=True, kw_only=True)
class Numbers:
    """Where in the model the numbers that share a factor are, and the name of the factor."""

    factor: str
    delay: Delay | None = None  # the named one
    rules: list[str] = field(default_factory=list)  # whose delay, as written there, is stretched
    constants: list[tuple[str, int]] = field(default_factory=list)  # where; which one there
    actors: list[tuple[str, int]] = field(default_factory=list)  # which constant of a rationality


class Edit:
    """Transitions with the numbers of some items multiplied; others stay the very same object."""

    def __init__(self, scenario: Scenario, numbers: Sequence[Numbers]) -> None:
        self.actors = scenario.declared.actors
        # by identity: two named delays may say the same, and have factors of their own
        self.named = {id(one.value): None for one in scenario.declared.delays.values()}
        self.delays: dict[int, Node] = {}
        self.rules: dict[str, Node] = {}
        self.constants: dict[str, dict[int, Node]] = {}
        self.rational: dict[str, dict[int, Node]] = {}
        for item in numbers:
            by = ParameterOf(item.factor)
            if item.delay is not None:
                self.delays[id(item.delay)] = by
            self.rules |= dict.fromkeys(item.rules, by)
            for where, nth in item.constants:
                self.constants.setdefault(where, {})[nth] = by
            for actor, nth in item.actors:
                self.rational.setdefault(actor, {})[nth] = by

    def transition(self, one: Transition) -> Transition:
        """The transition with its numbers multiplied."""
        after = self._delay(one.after, self.rules.get(rule_of(one)))
        speed = self._expression(one.speed)
        options = tuple(self._option(one, option) for option in one.options)
        same = all(a is b for a, b in zip(options, one.options, strict=True))
        if same and after is one.after and speed is one.speed:
            return one
        return replace(one, after=after, speed=speed, options=options)

    def _delay(self, delay: Delay, by: Node | None) -> Delay:
        """`by` stretches what is written in place; named delays have factors of their own."""
        if id(delay) in self.named:
            by = self.delays.get(id(delay))
        if delay.kind == "mix":
            parts = tuple(self._delay(part, by) for part in delay.parts)
            shares = tuple(filter(None, map(self._expression, delay.arguments)))
            same = all(a is b for a, b in zip(parts, delay.parts, strict=True))
            same = same and all(a is b for a, b in zip(shares, delay.arguments, strict=True))
            return delay if same else replace(delay, parts=parts, arguments=shares)
        arguments = tuple(filter(None, map(self._expression, delay.arguments)))
        if any(a is not b for a, b in zip(arguments, delay.arguments, strict=True)):
            delay = replace(delay, arguments=arguments)
        if by is None or is_too_large(delay) or not (delay.observations or delay.arguments):
            return delay
        return scaled(delay, by)

    def _expression(self, one: Expression | None) -> Expression | None:
        factors = self.constants.get(one.where) if one else None
        if one is None or not factors:
            return one
        return replace(one, node=multiplied(one.node, factors))

    def _option(self, transition: Transition, option: Option) -> Option:
        value = option.value
        if value is None:
            return option
        factors: Mapping[int, Node] = self.constants.get(value.where, {})
        is_probability = transition.choice == "probability"
        weighted = self._rationality(transition, value)
        if weighted is not None and (factors or transition.actor in self.rational):
            # rationality times utility, which were two expressions in the file
            left = multiplied(weighted.left, self.rational.get(transition.actor or "", {}))
            node: Node = Arithmetic("*", left, multiplied(weighted.right, factors))
        elif factors:
            node = multiplied(value.node, factors, as_probability=is_probability)
        else:
            return option
        return replace(option, value=replace(value, node=node))

    def _rationality(self, transition: Transition, value: Expression) -> Arithmetic | None:
        """The product of an actor's rationality and a utility, where the value is one."""
        actor = self.actors.get(transition.actor or "")
        given = actor.rationality if actor and transition.choice == "utility" else None
        node = value.node
        is_product = given and isinstance(node, Arithmetic) and node.left is given.node
        return node if is_product and isinstance(node, Arithmetic) else None


def rule_of(transition: Transition) -> str:
    """The path of the rule, as `Stipulated.rule` has it, of what a transition's delay stands in."""
    if transition.clause:
        treaty, _, clause = transition.clause.partition(".")
        return f"treaties.{treaty}.obligations.{clause}"
    section = {"move": "moves", "event": "events", "intervention": "interventions"}
    return f"{section.get(transition.part, '')}.{transition.name}"
