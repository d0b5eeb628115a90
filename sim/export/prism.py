"""The Markov model of a scenario in the PRISM language, one parameter draw filled in.

Variables, limits, triggered clocks and outcomes become variables; each transition a command, its
options the branches. Without immediate transitions this is a `ctmc`, which PRISM and Storm read;
with them a Markov automaton (`ma`, Storm's extension: `<>` marks commands that take time), in which
of those due at once only the first declared may act, as rule 4 says. Time is in days.
"""

from collections.abc import Mapping, Sequence

from sim.errors import NotApplicable
from sim.export.prism_vocabulary import Vocabulary, conditional, held_in_range
from sim.formatting import DAY
from sim.model.effect_values import MEANINGS, variable_read
from sim.model.evaluation import evaluator
from sim.model.expressions import Expression, Node
from sim.model.model import Model
from sim.model.time_grid import on_grid
from sim.model.transitions import Effect, Option, Transition
from sim.reach.reachability import reach


def prism(model: Model, values: Sequence[float]) -> str:
    """The model as PRISM text, with these parameter values; labels name outcomes and endings.

    `P=? [F<=T "x"]`, T the constant `horizon`, is the probability of outcome x. NotApplicable where
    a delay is neither exponential nor none, or something is scheduled: PRISM knows no dates.
    """
    return _Translation(model, values).text()


class _Translation:
    """One model on its way to PRISM, with the parameter values of one draw filled in."""

    def __init__(self, model: Model, values: Sequence[float]) -> None:
        self.model, self.values = model, values
        can = reach(model, limit=0)
        # what can never fire is left out: a date beyond the horizon, say, is then no obstacle
        self.rules = [rank for rank, fires in enumerate(can.fired) if fires]
        self.immediate = [r for r in self.rules if self._takes_no_time(model.transitions[r])]
        self.names = Vocabulary(model)
        self.here = self.names.state

    def text(self) -> str:
        model, name = self.model, self.names
        # a Markov automaton has states in which no time passes; a plain chain has none, and more
        # tools read it
        kind = "ma" if self.immediate else "ctmc"
        lines = [f"// {model.name}: {model.title}", "// time in days; one draw of the parameters"]
        lines += [kind, "", f"const double horizon = {model.horizon / DAY!r};"]
        lines += [
            f"const double {name.parameters[p.name]} = {float(value)!r};"
            for p, value in zip(model.parameters, self.values, strict=True)
        ]
        # formulas are shorthand: what is written once here is read in every guard below
        stop = model.stop_when
        lines += ["", f"formula stopped = {self._holds(stop) if stop else 'false'};"]
        lines += [f"formula {name.ready[rank]} = {self._ready(rank)};" for rank in self.rules]
        if self.immediate:
            at_once = " | ".join(name.ready[rank] for rank in self.immediate)
            lines.append(f"formula at_once = !stopped & ({at_once});")
        lines += ["", "module world", *self._variables(), ""]
        for rank in self.rules:
            lines += self._commands(rank)
        lines += ["endmodule", ""]  # one module: nothing here runs beside anything else
        lines += [f'label "{o.name}" = {name.met[o.name]};' for o in model.outcomes]
        return "\n".join([*lines, *self._endings(), ""])

    def _takes_no_time(self, transition: Transition) -> bool:
        after = transition.after
        if transition.at is not None:
            raise NotApplicable(
                f"{transition.name} is scheduled, and the PRISM language has no dates"
            )
        if after.kind == "exponential":
            return False
        # an exact delay of zero is immediate too; with a parameter in it, that depends on the draw
        if after.kind == "immediate" or (
            after.kind == "exactly" and self._argument(after.arguments[0]) == 0
        ):
            return True
        raise NotApplicable(
            f"the delay of {transition.name} ({after.text or after.kind}) is neither exponential "
            "nor none, so the model is not a Markov chain"
        )

    def _argument(self, expression: Expression) -> float:
        # delays read parameters, never the state, so an empty state will do
        return on_grid(float(evaluator(expression.node, self.model.names)((), self.values, ())))

    def _holds(self, condition: Expression | None, state: Mapping[str, str] | None = None) -> str:
        if condition is None:
            return "true"
        return self.names.condition(condition.node, self.here if state is None else state)

    def _number(self, node: Node) -> str:
        return self.names.number(node, self.here)

    def _variables(self) -> list[str]:
        """Declarations, each with its start value."""
        model, name = self.model, self.names
        lines = [
            f"  {self.here[v.name]} : [0..{v.size - 1}] init {v.start}; // "
            + (", ".join(v.levels) or "a count")
            for v in model.variables
        ]
        # a limit needs a counter and a trigger a flag; all else is read off the state
        for rank in self.rules:
            transition = model.transitions[rank]
            if transition.limit is not None:
                lines.append(f"  {name.fired[rank]} : [0..{transition.limit}] init 0;")
            if transition.on:
                lines.append(f"  {name.runs[rank]} : bool init false;")
        # what holds already at t = 0 has happened (rule 10); in the order in which outcomes read
        # each other
        marks = [False for _ in model.outcomes]
        for i in model.outcome_order:
            holds = evaluator(model.outcomes[i].when.node, model.names)
            marks[i] = bool(holds(model.start_state, self.values, marks))
        return lines + [
            f"  {name.met[o.name]} : bool init {'true' if mark else 'false'};"
            for o, mark in zip(model.outcomes, marks, strict=True)
        ]

    def _ready(self, rank: int) -> str:
        """Whether a clock runs down: guard, trigger, limit, and a speed above 0."""
        transition = self.model.transitions[rank]
        # a clock at speed 0 keeps its remaining time; an exponential one has no memory, so it may
        # as well be stopped and started anew
        parts = [self._holds(transition.when)]
        if transition.limit is not None:
            parts.append(f"{self.names.fired[rank]}<{transition.limit}")
        if transition.on:
            parts.append(self.names.runs[rank])
        if transition.speed is not None:
            parts.append(f"{self._number(transition.speed.node)}>0")
        return " & ".join(part for part in parts if part != "true") or "true"

    def _commands(self, rank: int) -> list[str]:
        transition, name = self.model.transitions[rank], self.names
        shares, total = self._shares(transition)
        if rank in self.immediate:
            # rule 4: of clocks due at one instant the first declared fires; the guard says that
            # none before it is ready, so that no two commands ever compete
            first = [f"!{name.ready[r]}" for r in self.immediate if r < rank]
            guard = " & ".join(["!stopped", name.ready[rank], *first])
            head, rate = "[]", ""
        else:
            # time may pass only where nothing is due at once
            guard = "!stopped" + " & !at_once" * bool(self.immediate) + f" & {name.ready[rank]}"
            head = "<>" if self.immediate else "[]"
            # the mean is in seconds, rates are a day
            rate = f"{DAY / self._argument(transition.after.arguments[0])!r}*"
            if transition.speed is not None:
                rate += f"{self._number(transition.speed.node)}*"
        # the rate of an option is the rate of the clock times the option's share
        branches = [
            f"{rate}{share} : {self._update(rank, option)}"
            for share, option in zip(shares, transition.options, strict=True)
        ]
        # rule 7: with no option available the clock has fired all the same, without effects
        nothing = f"{rate}1 : {self._update(rank, None)}"
        lines = [f"  // {transition.name}"]
        if total is None:
            return [*lines, f"  {head} {guard} ->", "    " + "\n  + ".join(branches) + ";"]
        lines += [f"  {head} {guard} & {total}>0 ->", "    " + "\n  + ".join(branches) + ";"]
        return [*lines, f"  {head} {guard} & {total}<=0 ->", f"    {nothing};"]

    def _shares(self, transition: Transition) -> tuple[list[str], str | None]:
        """(the probability of each option, the sum of their weights if that may be 0): rule 3."""
        options = transition.options
        free = [self._holds(option.available) for option in options]
        if transition.choice == "utility":
            weights = [f"pow({EULER}, {self._utility(option)})" for option in options]
        else:
            weights = self._weights(options, free)
        chosen = [conditional(f, w, "0") for f, w in zip(free, weights, strict=True)]
        # the common cases first, for text that can be read: a lone option, and shares that sum to 1
        if len(options) == 1 and options[0].available is None and options[0].value is None:
            return ["1"], None
        rest = any(o.share == "rest" and o.available is None for o in options)
        if rest and all(o.available is None for o in options):
            return chosen, None
        # else shares are taken of the sum of what is available, which may be 0
        total = "(" + " + ".join(chosen) + ")"
        return [f"({weight})/{total}" for weight in chosen], total

    def _weights(self, options: Sequence[Option], free: Sequence[str]) -> list[str]:
        weights: list[str] = []
        for i, option in enumerate(options):
            # what the options before this one take, where they are available
            before = [conditional(f, w, "0") for f, w in zip(free[:i], weights, strict=True)]
            if option.share == "rest":
                # `rest` leaves room for the options that come after it, too
                others = [
                    conditional(f, self._number(o.value.node), "0")
                    for o, f in zip(options[i + 1 :], free[i + 1 :], strict=True)
                    if o.value is not None
                ]
                weights.append(_left([*before, *others]))
            elif option.value is None:
                weights.append("1")
            elif option.share == "of_rest":
                weights.append(f"{self._number(option.value.node)}*{_left(before)}")
            else:
                weights.append(self._number(option.value.node))
        return weights

    def _utility(self, option: Option) -> str:
        return self._number(option.value.node) if option.value else "0"

    def _update(self, rank: int, option: Option | None) -> str:
        """What a firing with this option (None: rule 7's nothing) does to every variable."""
        model, name = self.model, self.names
        effects = option.effects if option else ()
        # all effects read the state before the firing, and apply together
        after = {**self.here, **{e.variable: self._effect(e) for e in effects}}
        changes = {self.here[e.variable]: after[e.variable] for e in effects}
        limit = model.transitions[rank].limit
        if limit is not None:
            changes[name.fired[rank]] = f"min({name.fired[rank]}+1, {limit})"
        # an outcome is looked at again only if this firing changes something it reads; once met,
        # it stays so; outcomes may read others, hence the order
        met, changed = dict(name.met), {effect.variable for effect in effects}
        for i in model.outcome_order:
            outcome = model.outcomes[i]
            if changed & set(name.reads(outcome.when.node)):
                holds = name.condition(outcome.when.node, after, met)
                changed.add(outcome.name)
                met[outcome.name] = f"({name.met[outcome.name]} | {holds})"
                changes[name.met[outcome.name]] = met[outcome.name]
        # every firing may start, keep or discard every triggered clock
        for other in self.rules:
            if model.transitions[other].on:
                changes[name.runs[other]] = self._runs(other, rank, option, after)
        kept = [
            f"({variable}'={value})" for variable, value in changes.items() if value != variable
        ]
        return " & ".join(kept) or "true"

    def _runs(self, other: int, rank: int, option: Option | None, after: Mapping[str, str]) -> str:
        """Whether a triggered clock runs, or is held, after a firing."""
        model, name = self.model, self.names
        transition = model.transitions[other]
        guard = self._holds(transition.when, after)
        starts = []
        for trigger in transition.on:
            if trigger.becomes is not None:
                before, then = self._holds(trigger.becomes), self._holds(trigger.becomes, after)
                # a firing that leaves the condition as it is cannot be what turns it true
                if then != before:
                    starts.append(f"(!{before} & {then})")
            elif trigger.transition == model.transitions[rank].name:
                named = option.name if option else None
                if trigger.option is None or trigger.option == named:
                    starts.append("true")
        if transition.limit is not None:
            fired = name.fired[other] + ("+1" if other == rank else "")
            starts = [f"({start} & {fired}<{transition.limit})" for start in starts]
        # the clock that fired is done; one whose guard fails now is discarded unless it remembers
        keeps = "false" if other == rank else name.runs[other]
        if transition.memory != "remember" and keeps != "false":
            keeps = keeps if guard == "true" else f"({keeps} & {guard})"
        begins = [start if guard == "true" else f"({start} & {guard})" for start in starts]
        parts = [part for part in (keeps, *begins) if part != "false"]
        return " | ".join(parts) or "false"

    def _effect(self, effect: Effect) -> str:
        top = self.model.variable(effect.variable).size - 1
        if effect.expression is not None:
            return held_in_range(self._number(effect.expression.node), top)
        read = self.here[variable_read(effect) or effect.variable]
        return MEANINGS[effect.how].formula.format(read=read, given=effect.value, top=top)

    def _endings(self) -> list[str]:
        """Each ending holds where no earlier one does."""
        lines: list[str] = []
        before: list[str] = []
        for ending in self.model.endings:
            holds = self._holds(ending.when)
            lines.append(f'label "ending_{ending.name}" = {" & ".join([*before, holds])};')
            before.append(f"!{holds}")
        return lines


EULER = "2.718281828459045"  # PRISM has pow, and neither exp nor e


# rounding may leave a little less than nothing, which PRISM refuses as a probability
def _left(taken: Sequence[str]) -> str:
    return f"max(1 - ({' + '.join(taken)}), 0)" if taken else "1"
