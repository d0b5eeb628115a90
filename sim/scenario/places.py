"""Where in the file a transition and its parts were written."""

from sim.model.transitions import Option, Transition
from sim.scenario.written import Route

_SECTIONS = {"move": "moves", "event": "events", "intervention": "interventions"}
_STEPS = ("invoked", "reopened")


def route_of(transition: Transition) -> Route:
    """The rule, or the treaty's clause, that a transition came from."""
    if transition.part != "treaty":
        return (_SECTIONS[transition.part], transition.name)
    treaty, _, clause = transition.name.partition(".")
    clause, _, _ = clause.partition(".")
    if transition.at is not None:
        return ("treaties", treaty)
    return ("treaties", treaty, "obligations", clause)


def options_route(transition: Transition) -> Route:
    """Where its options stand together."""
    return (*route_of(transition), "responses" if transition.part == "treaty" else "choose")


def odds_route(transition: Transition, option: Option) -> Route:
    """Where an option's odds stand."""
    if option.name is None or option.name == "nothing":
        return (*route_of(transition), "chance")
    key = "of_rest" if option.share == "of_rest" else transition.choice
    return (*options_route(transition), option.name, key)


def step_of(transition: Transition) -> str:
    """`invoked` or `reopened` for the steps of a clause, else nothing."""
    step = transition.name.rpartition(".")[2]
    return step if transition.part == "treaty" and step in _STEPS else ""
