"""What readers of replays found and is left so, with how often: the page has the counts.

    python tests/test_korea_left.py     # the rows of the table, to be put into the page

Counted in the events of `test_korea_read.py`, 4,000 paths at the generic rate.
"""

import numpy as np
import pandas as pd
import pytest
from korea import SCENARIOS
from test_korea_read import PATH, at_war, cause_of, last, shipped

PAGE = SCENARIOS / "README.md"
DAY, MONTH = 1.0, 30.0  # times of events are in days


def fired(found: pd.DataFrame, transition: str, option: str = "") -> pd.DataFrame:
    rows = found[found["transition"] == transition]
    return rows[rows["option"] == option] if option else rows


def waited(found: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Days between each row and its cause."""
    return rows["time"] - cause_of(found, rows, "time")


def ratification(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "moscow_weighs_ratification")
    return int(rows.duplicated(PATH).sum()), len(rows)


def russian_answers(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "russia_backs_north")
    late = at_war(rows) & (rows["time"] - rows["began"] > 14 * DAY)
    return int(late.sum()), len(rows)


def warnings(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "china_warns_off", "warns")
    held = last(found, "cfc_goes_north", "holds_the_line").loc[rows.index]
    return int((held > rows["began"]).sum()), len(rows)


def rear_bases(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "un_sofa_1954.rear_bases")
    flown = np.maximum(
        last(found, "notes_1960.prior_consultation", "consents"),
        last(found, "usa_uses_bases_at_once"),
    )
    return int((flown > found["ended"]).loc[rows.index].sum()), len(rows)


def council(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "un_charter.art39_incident")
    return int((waited(found, rows) > 60 * DAY).sum()), len(rows)


def judgements(found: pd.DataFrame) -> tuple[int, int]:
    rows = found[found["transition"].str.fullmatch("(usa|japan|russia|china)_judges")]
    return int((waited(found, rows) > MONTH).sum()), len(rows)


def strikes_weighed(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "nsc_on_strikes")
    return int((waited(found, rows) > 7 * DAY).sum()), len(rows)


def fire_again(found: pd.DataFrame) -> tuple[int, int]:
    rows = found[
        (found["transition"].isin(["powers_meet_in_arms"]) & (found["option"] == "shots"))
        | (found["option"] == "shots_at_americans")
    ]
    stepped = last(found, "powers_step_back").loc[rows.index]
    return int((rows["time"] - stepped < MONTH).sum()), len(rows)


def consultations(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "camp_david_2023.consult")
    fighting = last(found, "japan_orders_defence").loc[rows.index]
    return int((fighting > rows["began"]).sum()), len(rows)


def refused_and_fighting(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "japan_orders_defence")
    refused, agreed = (
        last(found, "notes_1960.prior_consultation", answer).loc[rows.index]
        for answer in ("refuses", "consents")
    )
    return int(((refused > rows["began"]) & (agreed < refused)).sum()), len(rows)


def votes_after_war(found: pd.DataFrame) -> tuple[int, int]:
    rows = found[found["transition"].str.startswith("diet_votes_on_")]
    since = (rows["ended"] > rows["began"]) & (rows["over"] < rows["ended"])
    return int(since.sum()), len(rows)


def fires_after_use(found: pd.DataFrame) -> tuple[int, int]:
    rows = fired(found, "dprk_provokes", "fires")
    used = last(found, "nuclear_use_widens").loc[rows.index]
    answered = last(found, "usa_answers_nuclear_use").loc[rows.index]
    return int((np.maximum(used, answered) >= 0).sum()), len(rows)


LEFT = {
    "Moscow weighs ratification again at each new occasion, and mostly leaves it as it stands: a "
    "war is another question than strikes": (
        ratification,
        "times it is not the first time in the path",
    ),
    "Russia's answer to strikes may come weeks into the war they led to: the record's lag is long "
    "(`russia_answers`)": (russian_answers, "answers come after two weeks of war"),
    "Beijing may warn against crossing after the command has decided to hold the line: Beijing "
    "cannot know": (warnings, "warnings"),
    "the rear bases are opened to the sending states when American sorties already fly from Japan: "
    "the agreement of 1954 is another one, with others": (rear_bases, "openings"),
    "the Security Council answers months after a clash whether it meets on it, if the crisis "
    "simmers on: 105 days over the Cheonan": (council, "after more than 60 days"),
    "a government makes up its mind more than a month after it heard the account: the tail of "
    "`governments_judge`": (judgements, "judgements"),
    "the council in Tokyo weighs strikes more than a week after them, while fire is still feared: "
    "90 % of designations within 20 days is the dossier's own range": (strikes_weighed, "times"),
    "after the two great powers have stepped back they fire at each other again within a month: "
    "in March 1969 it was twice on the Ussuri, two weeks apart (unconfirmed)": (
        fire_again,
        "exchanges of shots",
    ),
    "Tokyo consults Seoul under the Camp David commitment when its own forces already fight: the "
    "obligation lapses when strikes and war are over, not with Japan's part in them": (
        consultations,
        "consultations",
    ),
    "the Self-Defence Forces fight although Tokyo has refused combat sorties from its bases: it is "
    "not asked again in the same war": (refused_and_fighting, "orders to fight"),
    "the Diet votes on a designation after the cease-fire: the cabinet lifts it when the crisis is "
    "over, not before": (votes_after_war, "votes"),
    "after a war in which it used nuclear weapons the North fires at its usual pace: no record "
    "says what would follow": (fires_after_use, "times that it opens fire"),
}


def line(text: str) -> str:
    """The row of the page's table."""
    count, of_what = LEFT[text]
    hits, n = count(shipped())
    return f"| {text} | {hits:,} of {n:,} {of_what} |"


@pytest.mark.parametrize("text", LEFT, ids=lambda one: one[:30])
def test_the_page_has_the_count(text):
    assert line(text) in PAGE.read_text(encoding="utf-8").splitlines()


def test_another_count_is_seen():
    """The control: a count one higher does not stand in the page."""
    page = PAGE.read_text(encoding="utf-8").splitlines()
    for text in LEFT:
        hits, _, n = line(text).rpartition(" | ")[2].partition(" of ")
        assert f"| {text} | {int(hits.replace(',', '')) + 1:,} of {n}" not in page


if __name__ == "__main__":
    print("\n".join(map(line, LEFT)))
