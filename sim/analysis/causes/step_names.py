"""What a reader calls the steps of routes, the elements they go through, and sets of links."""

from sim.analysis.causes.cut_sets import TOGETHER
from sim.analysis.causes.routes import ARROW
from sim.formatting import plain
from sim.model.model import Model
from sim.model.titles import Titles


class Names:
    """What a reader calls the steps of routes."""

    def __init__(self, model: Model, titles: Titles) -> None:
        self.model, self.titles = model, titles
        self.variables = {variable.name for variable in model.variables}
        self.origins = {transition.origin for transition in model.transitions}

    def of(self, step: str) -> str:
        """A step of a route at any depth, or an element."""
        variable, colon, level = step.partition(": ")
        if colon and variable in self.variables:
            return f"{self.titles.of('variable', variable)}: {plain(level)}"
        if step in self.origins:
            return self.titles.of("origin", step)
        if step in self.model.ranks:  # one copy of a `for_each`
            clause = self.model.transition(step).clause
            return self.titles.of("clause", clause) if clause else self.titles.of("rule", step)
        origin, _, option = step.rpartition(".")
        if origin in self.origins:
            return f"{self.titles.of('origin', origin)} – {self.titles.of('option', option)}"
        return step

    def route(self, route: str) -> str:
        """A route."""
        return ARROW.join(self.of(step) for step in route.split(ARROW))

    def links(self, links: str) -> str:
        """A set of links."""
        return TOGETHER.join(self.of(link) for link in links.split(TOGETHER))
