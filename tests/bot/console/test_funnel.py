"""The funnel: what is counted of real conversations, and how it is laid over the picture of the script."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from bot.console.csv_files import escaped
from bot.console.funnel_picture import draw
from bot.console.funnel_view import funnel_of, in_order, is_end, picture_of
from bot.settings import PROJECT
from bot.store import funnel
from bot.store.db import autocommit
from bot.store.funnel import Count, Wanted
from dialogs.flows import read_picture
from dialogs.scripts import FIRST, SCRIPTS, SIDES, newest
from tests.bot.console.desk import at_work, hire
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.web_form import TO_THE_CONSENT, WHO, begin, fill

TODAY = date(2023, 4, 5)


def counts(counter: Counter, *, channel: str = "", today: date = TODAY) -> Mapping[tuple[str, str, str], int]:
    wanted = Wanted(TODAY - timedelta(days=3), today, "apply", 1, channel=channel)
    return {
        (count.kind, count.question, count.next): count.conversations
        for count in funnel.look(counter.parts.db, wanted, today=today)
    }


@pytest.fixture
def talked(counter: Counter) -> Counter:
    """One on the web who stops at the consent after a slip, one on LINE who is told that it is not for them."""
    browser = Browser(counter)
    fill(begin(browser), *TO_THE_CONSENT[:4], {"answer": "そうかも"}, *TO_THE_CONSENT[4:])
    counter.line("こんにちは", "other")
    return counter


def test_every_question_is_counted_once_a_conversation(talked: Counter) -> None:
    found = counts(talked)
    assert (2, 2) == (found["asked", "kind", ""], found["answered", "kind", ""])
    assert (1, 1) == (found["asked", "balance", ""], found["invalid", "balance", ""])
    assert (1, None) == (found["left", "consent", ""], found.get(("left", "balance", "")))
    assert (1, 1) == (found["went", "kind", "prefecture"], found["went", "kind", "told: OUT_OF_SCOPE"])
    assert 1 == found["answered", "coupon.number", ""]


def test_a_channel_is_counted_by_itself(talked: Counter) -> None:
    assert 1 == counts(talked, channel="line")["asked", "kind", ""]
    assert ("asked", "prefecture", "") not in counts(talked, channel="line")


def test_a_change_is_counted_as_one(talked: Counter) -> None:
    browser = Browser(talked)
    fill(begin(browser), *TO_THE_CONSENT, *WHO)
    browser.post(answer=talked.code()).post(choice="change:name")
    browser.post(answer="栃木 花")
    assert 1 == counts(talked)["changed", "name", ""]


def test_a_past_day_is_kept_as_it_was_counted_and_counts_the_same(talked: Counter) -> None:
    tomorrow = TODAY + timedelta(days=1)
    live = counts(talked, today=tomorrow)
    assert 1 == funnel.roll(talked.parts.db, today=tomorrow)
    assert 0 == funnel.roll(talked.parts.db, today=tomorrow)
    assert live == counts(talked, today=tomorrow)
    with autocommit(talked.parts.db) as connection:
        connection.execute("UPDATE funnel_days SET conversations = 7 WHERE kind = 'asked' AND question = 'kind'")
        connection.execute("UPDATE funnel_rolled SET rolled_at = now() - interval '1 hour'")
    assert 7 * 2 == counts(talked, today=tomorrow)["asked", "kind", ""]
    assert 1 == funnel.roll(talked.parts.db, today=tomorrow)
    assert live == counts(talked, today=tomorrow)


def test_today_is_never_kept(talked: Counter) -> None:
    assert 0 == funnel.roll(talked.parts.db, today=TODAY)
    assert 2 == counts(talked)["asked", "kind", ""]


def test_a_day_that_is_today_again_is_counted_as_it_stands(talked: Counter) -> None:
    assert 1 == funnel.roll(talked.parts.db, today=TODAY + timedelta(days=1))
    begin(Browser(talked))
    assert 3 == counts(talked)["asked", "kind", ""]


@pytest.mark.parametrize("name", [*SCRIPTS, *SIDES])
def test_the_picture_of_every_script_is_read_back_and_ends_somewhere(name: str) -> None:
    picture = picture_of(name, 1 if name in SIDES else newest(name))
    assert picture == read_picture((PROJECT / "docs" / "flows" / f"{name}.md").read_text("utf-8"))
    assert any(is_end(end) for _, end in picture)
    assert not [way for way in picture if any(node.startswith("look up") for node in way)]


def test_the_questions_stand_in_the_order_in_which_they_are_asked() -> None:
    order = in_order(picture_of(FIRST, newest(FIRST)))
    expected = ["kind", "prefecture", "expiry", "event", "balance", "coupon.number", "consent", "name", "check"]
    assert expected == [name for name in order if name in expected]


def test_what_is_not_in_the_picture_any_more_comes_last() -> None:
    picture = {("start", "kind"): {}, ("kind", "told: A"): {"other": None}}
    made = funnel_of(
        [Count("asked", "old", "", 3, 3), Count("asked", "kind", "", 2, 2), Count("went", "kind", "told: A", 1, 1)],
        picture,
    )
    assert ["kind", "old"] == [step.question for step in made.steps]
    assert [("kind", "told: A", ("other",), 1)] == [
        (way.start, way.end, way.answers, way.conversations) for way in made.ways
    ]


def test_no_two_arcs_lie_on_one_another() -> None:
    made = funnel_of([], picture_of(FIRST, newest(FIRST)))
    drawing = draw(made)
    assert len(drawing.arcs) == len({arc.path for arc in drawing.arcs})
    assert drawing.rows[-1].y < drawing.height


def test_the_page_shows_numbers_and_names_and_the_file_has_the_same(talked: Counter) -> None:
    browser = at_work(talked, hire(talked.parts, "hanako", "supervisor"))
    browser.get("/console/funnel?channel=web")
    assert ("質問ごとの進み方", True) == (
        browser.heading,
        "個人情報の使いみち" in browser.text or "同意" in browser.text,
    )
    file = browser.client.get("/console/funnel.csv?channel=web&table=questions")
    assert "text/csv" in file.headers["Content-Type"]
    rows = {row["キー"]: row for row in csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff")))}
    assert ("1", "1", "1") == (
        rows["balance"]["尋ねた"],
        rows["balance"]["読めなかった回数"],
        rows["consent"]["ここで止まった"],
    )
    assert ["申請の内容の確認", "認証番号", "相談の内容の確認"] == [
        rows[key]["質問"] for key in ("check", "code.said", "trouble.check")
    ]
    ways = browser.client.get("/console/funnel.csv?channel=line&table=ways").get_data(as_text=True)
    assert "kind,told: OUT_OF_SCOPE,それ以外のクーポン,1" in ways


def test_with_nothing_to_show_the_page_says_so(counter: Counter) -> None:
    browser = at_work(counter, hire(counter.parts, "hanako", "supervisor"))
    assert "この期間に始まった会話はありません" in browser.get("/console/funnel").text


NONSENSE = (
    "from=yesterday",
    "from=2023-04-09&to=2023-04-01",
    "script=apply:99",
    "channel=x&campaign=y",
    "from=0001-01-01",
)


@pytest.mark.parametrize("query", NONSENSE)
def test_an_address_that_makes_no_sense_shows_what_is_usual(talked: Counter, query: str) -> None:
    browser = at_work(talked, hire(talked.parts, "hanako", "supervisor"))
    assert 200 == browser.get(f"/console/funnel?{query}").page.status_code


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-1", "@x", "\tx"])
def test_nothing_in_a_file_is_run_by_a_spreadsheet(cell: str) -> None:
    assert ("'" + cell, -1, "a=b") == (escaped(cell), escaped(-1), escaped("a=b"))
