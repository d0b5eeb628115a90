"""A game on the screen: what the actor can know so far, its choice, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from textwrap import wrap
from typing import TYPE_CHECKING

from sim.analysis.statistics.intervals import wilson
from sim.decisions.consequences import follows, told_by_file
from sim.decisions.games import Game, Table, Twins
from sim.decisions.situation import Situation
from sim.formatting import DAY, counted, moment, percent, plain

if TYPE_CHECKING:
    import pandas as pd

    from sim.engines.reference import Firing
    from sim.scenario import Scenario

WIDTH = 78


def opening(game: Game, scenario: Scenario) -> Iterator[str]:
    """What is played."""
    at = game.table
    yield from wrap(scenario.title, WIDTH)
    yield from wrap(scenario.question, WIDTH)
    yield ""
    who, path = at.titles.of("actor", at.actor), f"draw {at.draw}, path {at.path}, seed {at.seed}"
    yield from wrap(
        f"You decide for {who}; everything else is {path}. You are told what {who} can know, and "
        "no more. At a choice type a number or a name, or help.",
        WIDTH,
    )


def story(game: Game, since: int = 0) -> Iterator[str]:
    """What happened, from one event on, as far as the actor can know it."""
    at, view = game.table, game.table.view
    before: Sequence[int] = game.firings[since - 1].state if since else at.model.start_state
    seen = [
        i for i, one in enumerate(at.model.outcomes) if one.name in view.outcomes
    ]  # their times are known at the end of the path alone, so they are told there
    for firing in game.firings[since:]:
        if view.told(firing):
            yield from _event(at, firing, before)
        before = firing.state
    if game.end is not None:
        for i in seen:
            time = game.end.outcome_time[i]
            if time == time:
                title = at.titles.of("outcome", at.model.outcomes[i].name)
                yield from _indented(f"*** {title} ({moment(time / DAY, at.model.start)})")


def _event(at: Table, firing: Firing, before: Sequence[int]) -> Iterator[str]:
    transition = at.model.transitions[firing.rank]
    option = transition.options[firing.option].name if firing.option >= 0 else None
    who = f"{at.titles.of('actor', transition.actor)}: " if transition.actor else ""
    what = at.titles.happened(transition.name, option)
    if not at.view.named(firing):  # of which only the changes below can be seen
        who, what = "", "something happens of which you see only this:"
    when = moment(firing.time / DAY, at.model.start)
    yield from wrap(f"{when}  {who}{what}", WIDTH, subsequent_indent="    ")
    for position, variable in at.view.known:
        if before[position] != firing.state[position] and variable.name != transition.clause:
            words = [plain(variable.word(state[position])) for state in (before, firing.state)]
            title = at.titles.of("variable", variable.name)
            yield from _indented(f"{title}: {words[0]} → {words[1]}")


def choice(game: Game, scenario: Scenario) -> Iterator[str]:
    """The open choice: who is asked what, and the options with what they do."""
    at, asked = game.table, game.situation
    assert asked is not None
    yield from wrap(
        f"{asked.moment}  {at.titles.of('actor', at.actor)} is asked: {asked.title}", WIDTH
    )
    about = _about(scenario, asked)
    if about:
        yield from _indented(about)
    for number, name in enumerate(asked.options, 1):
        said = told_by_file(scenario, asked.asks, name)
        done = "; ".join(follows(at.view, at.titles, asked.asks, name)) or "nothing changes at once"
        line = f"{number}  {at.titles.of('option', name)} – {said or done}"
        yield from wrap(line, WIDTH, initial_indent="  ", subsequent_indent="     ")
        if said:
            yield from wrap(f"({done})", WIDTH, initial_indent="     ", subsequent_indent="     ")


def _about(scenario: Scenario, asked: Situation) -> str:
    treaty, _, clause = asked.asks.rpartition(".")
    declared = scenario.declared
    if treaty in declared.treaties:
        one = declared.treaties[treaty].obligations[clause]
        return str(one.about or declared.treaties[treaty].about)
    return str(declared.moves[asked.asks].about) if asked.asks in declared.moves else ""


def knowledge(game: Game) -> Iterator[str]:
    """Who knows what: the state as the actor knows it, and what it cannot know."""
    at = game.table
    for position, variable in at.view.known:
        others = f"  ({variable.knowers})" if variable.known_to is not None else ""
        word = plain(variable.word(game.state[position]))
        yield from _indented(f"{at.titles.of('variable', variable.name)}: {word}{others}")
    for name in at.view.hidden:
        knowers = at.model.variable(name).knowers
        about = at.model.variable(name).about or at.titles.of("variable", name)
        yield from _indented(f"you cannot know: {about} ({knowers})")


def ended(game: Game) -> Iterator[str]:
    """How the path ended."""
    at, end = game.table, game.end
    assert end is not None
    ending = at.titles.of("ending", at.model.endings[end.ending].name)
    yield f"{moment(end.end_time / DAY, at.model.start)}  The path ends: {ending}"


def compared(game: Game, twins: Twins) -> Iterator[str]:
    """What the model would have done, and how the path compares with twins where it decides."""
    at, end = game.table, game.end
    assert end is not None
    yield from _decisions(game)
    yield ""
    yield from wrap(
        f"Beside {twins.n:,} twins: the same random numbers for everything else, and "
        f"{at.titles.of('actor', at.actor)}'s choices drawn from the model's probabilities "
        f"({counted(twins.walked, 'different path')}; in brackets the 90 % interval for sampling):",
        WIDTH,
    )
    for i, ending in enumerate(at.model.endings):
        yours = "yours" if end.ending == i else ""
        if yours or twins.endings.get(ending.name):
            yield from _row(
                "ending", ending.label, yours, twins.endings.get(ending.name, 0), twins.n
            )
    for i, outcome in enumerate(at.model.outcomes):
        hits, came = twins.outcomes.get(outcome.name, 0), end.outcome_time[i]
        # where all agree there is nothing to compare
        if not (came == came and hits == twins.n) and (came == came or hits):
            yours = f"yours {moment(came / DAY, at.model.start)}" if came == came else "not yours"
            yield from _row("outcome", outcome.label, yours, hits, twins.n)


def _row(kind: str, title: str, yours: str, hits: int, n: int) -> Iterator[str]:
    low, high = (float(end) for end in wilson(hits, n))
    share = f"{percent(hits / n)} % ({percent(low)}–{percent(high)})"
    text = f"{kind} {title}: {share}{f'; {yours}' if yours else ''}"
    yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")


def _decisions(game: Game) -> Iterator[str]:
    if not game.taken:
        yield "You were never asked."
        return
    titles = game.table.titles
    yield "Your choices, and what the model would have done there:"
    for one in game.taken:
        odds = ", ".join(
            f"{titles.of('option', name)} {percent(p)} %" for name, p in one.situation.odds.items()
        )
        text = (
            f"{one.situation.moment}  {one.situation.title}: {titles.of('option', one.option)}. "
            f"Model: {odds}; in this path {titles.of('option', one.situation.as_written)}"
        )
        yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")
    same = sum(one.option == one.situation.as_written for one in game.taken)
    whole = prod(one.share for one in game.taken)
    yield from wrap(
        f"As the model in {same} of {len(game.taken)}; it takes all of yours in {percent(whole)} % "
        "of the cases in which it is asked the same.",
        WIDTH,
    )


def counts(table: pd.DataFrame, actor: str) -> Iterator[str]:
    """How played games ended, beside the same paths as written."""
    n = int(table["n"].iloc[0])
    yield f"{counted(n, 'game')} played to the end for {actor}"
    for row in table.to_dict("records"):
        if row["played"] or row["as_written"]:
            share, ends = percent(row["played"] / n), [percent(row[e]) for e in ("low", "high")]
            text = (
                f"{row['kind']} {row['title']}: {row['played']} of {n}, {share} % "
                f"({'–'.join(ends)}); as written {row['as_written']}"
            )
            yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")


def _indented(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
