"""A path told: first what its draw assumes, where much hangs on it."""

from pathlib import Path

import sim
from sim.model.parameters import value_in_words
from sim.report.story import FAR_OUT, story
from sim.streams import parameter_uniform

KOREA = Path(__file__).parent.parent / "scenarios" / "korean_clash.yaml"


def test_a_story_begins_with_the_choices_and_what_is_far_out():
    scenario = sim.load(KOREA)
    replay = sim.replay(scenario, draw=2, path=67)
    lines = list(story(replay))
    head = " ".join(line.strip() for line in lines[2 : lines.index("")])
    for parameter, number in zip(scenario.model.parameters, replay.values, strict=True):
        value = value_in_words(parameter, number)
        where = parameter_uniform(1, parameter.name, 2)
        kind = parameter.distribution.kind
        far = kind not in ("choices", "fixed") and not FAR_OUT <= where <= 1 - FAR_OUT
        assert (f"{parameter.name} is {value}" in head) == (kind == "choices")
        assert (f" {parameter.name} {value}" in head) == far
    assert 4 < head.count(",") < 25  # a tenth of about 120, and three choices
    assert max(map(len, lines)) <= 80


def test_nothing_is_said_where_nothing_is_far_out():
    scenario = sim.load(KOREA.parent / "first_crisis.yaml")
    names = [parameter.name for parameter in scenario.model.parameters]
    for draw in range(10):
        far = [n for n in names if not FAR_OUT <= parameter_uniform(1, n, draw) <= 1 - FAR_OUT]
        told = "".join(list(story(sim.replay(scenario, draw=draw, path=0)))[:4])
        assert ("th percentile" in told) == bool(far)


def test_whose_act_it_is_is_said_once(tmp_path):
    text = (KOREA.parent / "first_crisis.yaml").read_text(encoding="utf-8")
    told = {}
    for title in ("Northland shoots again", "Shots across the border"):
        file = tmp_path / "titled.yaml"
        with_title = text.replace("actor: north,", f"actor: north, title: {title},")
        file.write_text(with_title, encoding="utf-8")
        told[title] = "\n".join(story(sim.replay(sim.load(file), draw=0, path=17)))
    assert "  Northland shoots again – shots" in told["Northland shoots again"]
    assert "Northland: Northland" not in told["Northland shoots again"]
    assert "  Northland: Shots across the border – shots" in told["Shots across the border"]
