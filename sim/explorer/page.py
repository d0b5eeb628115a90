"""The explorer as a page: controls at the left, the answer beside them, a path below.

Made with Panel, which shows the same page in a notebook and in a browser. The page asks `Explorer`
and shows what it says; it computes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import param

from sim.errors import EscalationError
from sim.explorer.answers import Answer, Explorer
from sim.explorer.controls import Control, controls_of
from sim.explorer.labels import Labels
from sim.explorer.questions import Question, as_command, as_yaml
from sim.explorer.views import CHARTS, picture, sentence, story_of
from sim.scenario import titles_of

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIRST = 8  # sliders shown before anybody searches
COPY = "navigator.clipboard.writeText(source.value)"
AS_DRAWN = "as drawn"  # of a parameter that nobody holds
CHOOSE = "choose a path to read"
NARROW = 340  # pixels


class Page:
    """One visitor's page: what is held and switched, and the answer to it."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        model = explorer.scenario.model
        titles = {outcome.label: outcome.name for outcome in model.outcomes}
        headlines = [outcome.name for outcome in model.outcomes if outcome.headline]
        first = next(iter(headlines), next(iter(titles.values())))
        self.outcome = pn.widgets.Select(name="Outcome", options=titles, value=first)
        self.chart = pn.widgets.Select(name="Chart", options=list(CHARTS), value=next(iter(CHARTS)))
        self.under = pn.widgets.MultiChoice(
            name="Interventions in force", options=_interventions(explorer.scenario)
        )
        self.void = pn.widgets.MultiChoice(
            name="Treaties without effect", options=_treaties(explorer.scenario)
        )
        self.controls = {one.name: one for one in controls_of(explorer, first)}
        self.held: dict[str, Any] = {}  # name -> its widget
        self.sliders = pn.Column()
        self.search = pn.widgets.Select(
            name="Another parameter", options=["", *self.controls], value=""
        )
        self.reset = pn.widgets.Button(name="Everything as written", button_type="default")
        self.words = pn.pane.Markdown("", sizing_mode="stretch_width")
        self.figure = pn.pane.Matplotlib(
            tight=True,
            format="png",
            sizing_mode="scale_width",
            alt_text="Both runs on one axis; the table above has the numbers.",
        )
        self.text = pn.widgets.TextAreaInput(
            name="As YAML", disabled=True, height=190, sizing_mode="stretch_width"
        )
        self.command = pn.widgets.TextInput(
            name="As command", disabled=True, sizing_mode="stretch_width"
        )
        self.example = pn.widgets.Select(name="A path", options=[CHOOSE])
        self.story = pn.pane.Str("", styles={"white-space": "pre-wrap"})
        self.answer: Answer | None = None
        self._wire()
        for name in list(self.controls)[:FIRST]:
            self._add(self.controls[name])
        self.ask()

    def _wire(self) -> None:
        for widget in (self.outcome, self.under, self.void):
            widget.param.watch(lambda _: self.ask(), "value")
        self.chart.param.watch(lambda _: self._draw(), "value")
        self.search.param.watch(self._searched, "value")
        self.example.param.watch(lambda _: self._tell(), "value")
        self.reset.on_click(lambda _: self._as_written())

    def _searched(self, event: param.parameterized.Event) -> None:
        if event.new and event.new not in self.held:
            self._add(self.controls[event.new])
        self.search.value = ""

    def _add(self, control: Control) -> None:
        """A slider or a list for one parameter."""
        widget = _widget(control)
        if control.choices:
            self.held[control.name] = widget
            widget.param.watch(lambda _: self.ask(), "value")
            self.sliders.append(widget)
            return
        switch = pn.widgets.Checkbox(name=f"hold {control.name}", value=False)
        self.held[control.name] = (switch, widget)
        switch.param.watch(lambda _: self.ask(), "value")
        # a slider that is let go answers once, not at every pixel
        widget.param.watch(lambda _: self._moved(switch), "value_throttled")
        self.sliders.append(pn.Column(switch, widget))

    def _moved(self, switch: Any) -> None:
        """A slider was moved: its parameter is held from now on."""
        if switch.value:
            self.ask()
        else:
            switch.value = True  # which asks

    def question(self) -> Question:
        """What the controls ask now."""
        values: dict[str, float | str] = {}
        for name, widget in self.held.items():
            if isinstance(widget, tuple):
                if widget[0].value:
                    values[name] = float(f"{widget[1].value:.4g}")  # what the slider shows
            elif widget.value != AS_DRAWN:
                values[name] = str(widget.value)
        return Question(
            outcome=self.outcome.value,
            values=values,
            under=tuple(self.under.value),
            void=tuple(self.void.value),
        )

    def ask(self) -> None:
        """Answer the question that the controls ask, or say why there is no answer."""
        question, scenario = self.question(), self.explorer.scenario
        try:
            self.answer = self.explorer.answer(question)
        # The last answer stays on the page, under the words that say why there is no new one.
        except EscalationError as error:  # what was set does not go together
            self.words.object = f"**No answer:** {error}"
            return
        self.words.object = sentence(scenario, self.explorer.plan, self.answer)
        self.text.value = as_yaml(scenario, question)
        self.command.value = as_command(scenario, question)
        options = {
            f"draw {draw}, path {path} ({which})": (draw, path)
            for draw, path, which in self.answer.examples.itertuples(index=False)
        }
        self.example.options = {CHOOSE: CHOOSE, **options}
        # The path that was read belongs to the answer before.
        self.example.value = CHOOSE
        self._draw()

    def _draw(self) -> None:
        if self.answer is not None:
            self.figure.object = picture(self.explorer.scenario, self.chart.value, self.answer)

    def _tell(self) -> None:
        """The chosen path, event by event, with the change and not as written."""
        if self.answer is None or isinstance(self.example.value, str):
            self.story.object = ""
            return
        draw, path = self.example.value
        scenario = self.explorer.scenario_of(self.answer.question)
        self.story.object = story_of(scenario, draw, path, self.explorer.plan.seed)

    def _as_written(self) -> None:
        for widget in self.held.values():
            if isinstance(widget, tuple):
                widget[0].value = False
            else:
                widget.value = AS_DRAWN
        self.under.value, self.void.value = [], []

    def layout(self) -> pn.viewable.Viewable:
        """The page."""
        scenario = self.explorer.scenario
        controls = pn.Column(
            self.outcome,
            pn.pane.Markdown("Parameters, those first that go most with the outcome"),
            self.sliders,
            self.search,
            self.under,
            self.void,
            self.reset,
            width=NARROW,
        )
        written = [_copied(self.text, "Copy as YAML"), _copied(self.command, "Copy as command")]
        answer = pn.Column(
            self.words,
            self.chart,
            self.figure,
            *written,
            self.example,
            self.story,
            # beside the controls where there is room, below them on a phone
            styles={"flex": "1 1 520px", "min-width": "0", "max-width": "900px"},
        )
        heading = pn.pane.Markdown(
            f"# {scenario.model.title}\n{scenario.question}", sizing_mode="stretch_width"
        )
        body = pn.FlexBox(controls, answer, flex_wrap="wrap", sizing_mode="stretch_width")
        return pn.Column(heading, body, Labels(), sizing_mode="stretch_width")


def panel_of(explorer: Explorer) -> pn.viewable.Viewable:
    """A page of one's own on an explorer, which several pages may share."""
    return Page(explorer).layout()


def _widget(control: Control) -> Any:
    label = f"{control.name}{f' ({control.unit})' if control.unit else ''}"
    about = control.about or None
    if control.choices:
        return pn.widgets.Select(
            name=label, options=[AS_DRAWN, *control.choices], value=AS_DRAWN, description=about
        )
    return pn.widgets.FloatSlider(
        name=label,
        start=control.low,
        end=control.high,
        value=control.middle,
        step=(control.high - control.low) / 200 or 1.0,
        format="0.[0000]",
    )


def _copied(widget: Any, words: str) -> pn.Column:
    button = pn.widgets.Button(name=words)
    button.js_on_click(args={"source": widget}, code=COPY)
    return pn.Column(widget, button, sizing_mode="stretch_width")


def _interventions(scenario: Scenario) -> dict[str, str]:
    titles = titles_of(scenario)
    return _by_title(
        {name: titles.of("intervention", name) for name in scenario.declared.interventions}
    )


def _treaties(scenario: Scenario) -> dict[str, str]:
    titles = titles_of(scenario)
    return _by_title({name: titles.of("treaty", name) for name in scenario.declared.treaties})


def _by_title(titles: dict[str, str]) -> dict[str, str]:
    """Title -> name; with the name beside it, since two things may have one title."""
    return {f"{name}: {title}" if title != name else name: name for name, title in titles.items()}
