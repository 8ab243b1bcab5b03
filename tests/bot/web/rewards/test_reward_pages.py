"""The page behind the URL that people were sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from bot.app import create_app
from bot.store.db import autocommit
from dialogs.rules.claim import last_four
from dialogs.words import words
from tests.bot.rewards_house import put_on_stock
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.reward_site import (
    JA,
    choose,
    entitled,
    proven,
    stand,
    state,
)


def test_ten_previews_change_nothing_and_are_shown_nothing_of_anybody(counter: Counter, token: str) -> None:
    before = stand(counter)
    with autocommit(counter.parts.db) as connection:
        [(receipt_no,)] = connection.execute("SELECT receipt_no FROM entitlements").fetchall()
    for _ in range(10):
        preview = Browser(counter).get(f"/r/{token}")
        assert 200 == preview.page.status_code
        for own in ("1,000", last_four(receipt_no), "5678", "栃木 花子", "SAMPLE"):
            assert own not in re.sub(r'value="[^"]*"', "", preview.text)
    assert before == stand(counter)
    assert "2023年5月31日(水) 23:59" in preview.text
    assert "nanacoギフト" in preview.text


def test_a_one_time_code_goes_to_the_delivery_target_and_leads_to_the_rewards(counter: Counter, token: str) -> None:
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    assert "090-****-5678" in page.text
    assert "1,000円" not in page.text
    assert "opened" == state(counter)[0]
    page.post(f"/r/{token}", code="12")
    assert "＊" + JA.say("why.code_digits", digits=6) == page.error
    page.post(f"/r/{token}", code="000000" if counter.code() != "000000" else "111111")
    assert "＊" + JA.say("reward_page.code.wrong") == page.error
    page.post(f"/r/{token}", code=counter.code())
    assert JA.say("reward_page.choose.title") == page.heading
    assert "1,000円" in page.text
    assert "choosing" == state(counter)[0]


def test_what_this_sum_cannot_be_had_in_is_told_with_its_reason(counter: Counter, inside: Browser) -> None:
    put_on_stock(counter.parts, "ponta", 14, ["SAMPLE-1"])
    page = proven(counter, entitled(counter, inside, amount=14))
    assert ["ponta"] == re.findall(r'name="brand" value="(\w+)"', page.text)
    assert "Amazonギフトカード：15円から選べます。" in page.text
    assert "PayPayポイント：いま用意がありません。" in page.text


def test_a_reward_is_confirmed_chosen_and_its_code_shown(counter: Counter, token: str) -> None:
    page = proven(counter, token)
    before = stand(counter)
    page.get(f"/r/{token}?choose=1")
    assert "＊" + JA.say("reward_page.choose.error") == page.error
    page.get(f"/r/{token}?choose=1&brand=edy")
    assert "後から変更できません" in page.text
    assert before == stand(counter)
    page.post(f"/r/{token}", brand="edy")
    for shown in ("SAMPLE-EDY-0001", "4711", "https://edy.example.jp/gift", "2024年3月31日", "EdyギフトID", "1,000円"):
        assert shown in page.text
    assert ("code_shown", "edy") == state(counter)


@pytest.mark.parametrize(
    ("language", "called"), [("ja", "EdyギフトID"), ("ja-easy", "EdyギフトID"), ("en", "Edy Gift ID")]
)
def test_what_was_chosen_is_called_by_its_name_in_the_language_of_the_page(
    counter: Counter, token: str, language: str, called: str
) -> None:
    page = choose(proven(counter, token), token, "edy").get(f"/r/{token}?lang={language}")
    assert f"<dd>{called}</dd>" in page.text


def test_whoever_comes_back_sees_the_code_after_a_new_one_time_code(counter: Counter, token: str) -> None:
    choose(proven(counter, token), token, "edy")
    again = Browser(counter).get(f"/r/{token}")
    assert "SAMPLE" not in again.text
    again.post(f"/r/{token}", send="1")
    assert "SAMPLE" not in again.text
    again.post(f"/r/{token}", code=counter.code())
    assert "SAMPLE-EDY-0001" in again.text
    again.post(f"/r/{token}", leave="1")
    assert "SAMPLE" not in again.text
    counter.move("2023-06-10T10:00:00+09:00")
    assert "SAMPLE-EDY-0001" in proven(counter, token).text


def test_the_second_of_two_choices_is_shown_the_first(counter: Counter, token: str) -> None:
    one, other = proven(counter, token), proven(counter, token)
    choose(one, token, "edy")
    choose(other, token, "nanaco")
    assert JA.say("reward_page.mine.first") in other.text
    assert "EdyギフトID" in other.text
    assert "nanaco" not in other.text
    assert ("code_shown", "edy") == state(counter)
    with autocommit(counter.parts.db) as connection:
        assert [(1,)] == connection.execute("SELECT count(given_to) FROM reward_codes").fetchall()


def test_a_double_tap_is_one_choice_and_tells_of_no_other(counter: Counter, token: str) -> None:
    page = proven(counter, token).get(f"/r/{token}?choose=1&brand=edy")
    form = page.text
    for _ in range(2):
        page.post(f"/r/{token}", form=form, brand="edy")
        assert "SAMPLE-EDY-0001" in page.text
        assert JA.say("reward_page.mine.first") not in page.text


def test_when_the_last_code_was_just_given_out_another_reward_is_offered(counter: Counter, token: str) -> None:
    page = proven(counter, token).get(f"/r/{token}?choose=1&brand=edy")
    with autocommit(counter.parts.db) as connection:
        connection.execute("DELETE FROM reward_codes WHERE brand = 'edy'")
    page.post(f"/r/{token}", brand="edy")
    assert "＊" + JA.say("reward_page.choose.gone", brand="EdyギフトID") == page.error
    assert ("choosing", None) == state(counter)
    choose(page, token, "nanaco")
    assert "SAMPLE-NANACO-1" in page.text


def test_who_was_only_forwarded_the_url_gets_neither_choice_nor_code(counter: Counter, token: str) -> None:
    stranger = Browser(counter).get(f"/r/{token}")
    for fields in ({"brand": "edy"}, {"show": "1"}, {"code": "123456"}):
        stranger.post(f"/r/{token}", **fields)
        assert JA.say("reward_page.title") == stranger.heading
    assert ("planned", None) == state(counter)
    choose(proven(counter, token), token, "edy")
    for fields in ({"show": "1"}, {"brand": "edy"}, {"code": counter.code()}):
        assert "SAMPLE" not in stranger.post(f"/r/{token}", **fields).text


def test_a_choice_needs_the_token_of_a_form_and_a_step_that_there_is(counter: Counter, token: str) -> None:
    page = proven(counter, token)
    assert 400 == page.client.post(f"/r/{token}", data={"brand": "edy"}).status_code
    assert 400 == page.post(f"/r/{token}", nothing="1").page.status_code
    assert ("choosing", None) == state(counter)


def test_nobody_else_may_keep_find_or_pass_it_on(counter: Counter, token: str) -> None:
    for page in (Browser(counter).get(f"/r/{token}"), choose(proven(counter, token), token, "edy")):
        headers = page.page.headers
        assert "no-store" == headers["Cache-Control"]
        assert "noindex, nofollow" == headers["X-Robots-Tag"]
        assert "no-referrer" == headers["Referrer-Policy"]
        assert "script-src 'none'" in headers["Content-Security-Policy"]
        assert '<meta name="robots" content="noindex, nofollow">' in page.text


@pytest.mark.parametrize("language", ["ja-easy", "en"])
def test_it_speaks_the_language_of_the_application_until_another_is_picked(
    counter: Counter, token: str, language: str
) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE entitlements SET language = %s", (language,))
    spoken = words(language)
    page = Browser(counter).get(f"/r/{token}")
    assert spoken.say("reward_page.start.how") in page.text
    page.post(f"/r/{token}", send="1").post(f"/r/{token}", code=counter.code())
    assert spoken.say("reward_page.choose.title") == page.heading
    assert JA.say("reward_page.choose.title") == page.get(f"/r/{token}?lang=ja").heading
    assert JA.say("reward_page.choose.title") == page.get(f"/r/{token}").heading


def test_it_is_open_until_the_last_minute_and_closed_then(counter: Counter, browser: Browser, token: str) -> None:
    counter.move("2023-05-31T23:59:00+09:00")
    assert JA.say("reward_page.title") == browser.get(f"/r/{token}").heading
    page = proven(counter, token).get(f"/r/{token}?choose=1&brand=edy")
    counter.move("2023-06-01T00:00:00+09:00")
    assert JA.say("reward_page.more.closed_title") == browser.get(f"/r/{token}").heading
    assert "0120-479-249" in browser.text
    assert JA.say("reward_page.more.closed_title") == page.post(f"/r/{token}", brand="edy").heading
    assert ("choosing", None) == state(counter)


class Midnight:
    """A clock that strikes while somebody's request is worked on: the first look at it is the last before the end."""

    def __init__(self, *looks: str) -> None:
        self._looks = [datetime.fromisoformat(look) for look in looks]

    def now(self) -> datetime:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]


def test_a_choice_that_arrives_before_the_end_counts_however_long_it_takes(counter: Counter, token: str) -> None:
    counter.move("2023-05-31T23:50:00+09:00")
    page = proven(counter, token).get(f"/r/{token}?choose=1&brand=edy")
    clock = Midnight("2023-05-31T23:59:59.999+09:00", "2023-06-01T00:00:03+09:00")
    page.client.application = create_app(replace(counter.parts, clock=clock))
    page.post(f"/r/{token}", brand="edy")
    assert ("code_shown", "edy") == state(counter)
