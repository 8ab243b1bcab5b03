"""The page behind the URL that people were sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.app import create_app
from bot.store import suppressions
from bot.store.db import autocommit
from bot.store.suppressions import Suppression
from dialogs.rules.claim import last_four
from dialogs.words import words
from integrations.rewards.code import RewardCode
from tests.bot.rewards_house import from_stock, put_on_stock
from tests.bot.web.counter import LATER_PAGES, Browser, Counter

JA = words("ja")
CODE = RewardCode("SAMPLE-EDY-0001", pin="4711", url="https://edy.example.jp/gift", expires_on=date(2024, 3, 31))
TARGET = "+819012345678"
OF_A_LIST = """
INSERT INTO entitlements (id, coupon_number, campaign, campaign_version, amount, token_hash, token, target, created_at)
SELECT gen_random_uuid(), 'AB99887766', 'tochigi-2023-02', 2, 77000, sha256('2'), '', %s, now()
"""
STAND = """
SELECT e::text, (SELECT count(*) FROM outgoing), (SELECT count(given_to) FROM reward_codes) FROM entitlements e
"""


@pytest.fixture
def counter(counter: Counter) -> Counter:
    """A counter whose rewards come from a stock of codes."""
    counter.parts = from_stock(counter.parts)
    counter.app = create_app(counter.parts)
    return counter


@pytest.fixture
def token(counter: Counter, inside: Browser) -> str:
    """The token of somebody whose application was accepted for 1,000 yen, when Edy and nanaco are on stock."""
    put_on_stock(counter.parts, "edy", 1000, [CODE])
    put_on_stock(counter.parts, "nanaco", 1000, ["SAMPLE-NANACO-1", "SAMPLE-NANACO-2"])
    return entitled(counter, inside)


def entitled(counter: Counter, inside: Browser, amount: int = 1000) -> str:
    inside.answer(*LATER_PAGES).answer(counter.code())
    inside.post("/form/here").answer("submit")
    counter.parts.redis.flushdb()
    return counter.entitled(amount)


def proven(counter: Counter, token: str) -> Browser:
    """A browser that has come up to the rewards."""
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    return page.post(f"/r/{token}", code=counter.code())


def choose(page: Browser, token: str, brand: str) -> Browser:
    return page.get(f"/r/{token}?choose=1&brand={brand}").post(f"/r/{token}", brand=brand)


def stand(counter: Counter) -> object:
    with autocommit(counter.parts.db) as connection:
        return connection.execute(STAND).fetchall()


def state(counter: Counter) -> tuple[str, str | None]:
    with autocommit(counter.parts.db) as connection:
        [row] = connection.execute("SELECT state, brand FROM entitlements").fetchall()
    return row[0], row[1]


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


def test_the_proof_of_one_url_opens_no_other(counter: Counter, token: str) -> None:
    page = proven(counter, token)
    with autocommit(counter.parts.db) as connection:
        connection.execute(
            OF_A_LIST, (counter.parts.vault.seal_json(["mail", "other@example.jp"], "entitlements.target"),)
        )
    other = page.get("/r/2")
    assert JA.say("reward_page.title") == other.heading
    other.post("/r/2", send="1")
    assert "77,000" not in other.text
    assert "o***@example.jp" in other.text


def test_who_never_applied_proves_where_the_url_went_and_chooses_like_everybody(counter: Counter) -> None:
    put_on_stock(counter.parts, "edy", 77000, [CODE])
    with autocommit(counter.parts.db) as connection:
        connection.execute(OF_A_LIST, (counter.parts.vault.seal_json(["sms", "+818012345678"], "entitlements.target"),))
    page = proven(counter, "2")
    assert "お問合せ番号（末尾4けた）" in page.text
    assert "7766" in page.text
    assert "SAMPLE-EDY-0001" in choose(page, "2", "edy").text


def test_five_wrong_codes_need_another_one_and_three_are_sent_in_ten_minutes(counter: Counter, token: str) -> None:
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    wrong = "000000" if counter.code() != "000000" else "111111"
    for _ in range(6):
        page.post(f"/r/{token}", code=wrong)
    assert JA.say("reward_page.code.too_often") in page.text
    assert JA.say("reward_page.title") == page.heading
    for _ in range(2):
        page.get(f"/r/{token}").post(f"/r/{token}", send="1")
    assert JA.say("reward_page.code.sent", target="090-****-5678") in page.text
    page.get(f"/r/{token}").post(f"/r/{token}", send="1")
    assert JA.say("reward_page.code.too_many") in page.text
    page.post(f"/r/{token}", code=counter.code())
    assert JA.say("reward_page.choose.title") == page.heading


def test_two_taps_send_one_code(counter: Counter, token: str) -> None:
    page = Browser(counter).get(f"/r/{token}")
    form, before = page.text, len(counter.sent("code"))
    for _ in range(2):
        page.post(f"/r/{token}", form=form, send="1")
    assert before + 1 == len(counter.sent("code"))
    assert JA.say("reward_page.choose.title") == page.post(f"/r/{token}", code=counter.code()).heading


def test_a_code_is_good_for_its_minutes_and_what_it_opens_for_half_an_hour(counter: Counter, token: str) -> None:
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    counter.move("2023-04-05T10:20:00+09:00")
    assert "＊" + JA.say("reward_page.code.expired") == page.post(f"/r/{token}", code=counter.code()).error
    page = proven(counter, token)
    counter.move("2023-04-05T10:51:00+09:00")
    assert JA.say("reward_page.title") == choose(page, token, "edy").heading
    assert "SAMPLE" not in page.text


def test_who_wants_no_more_messages_is_told_whom_to_call(counter: Counter, token: str) -> None:
    with autocommit(counter.parts.db) as connection:
        person = counter.parts.vault.fingerprint("sms", TARGET)
        suppressions.add(connection, Suppression("sms", person, "stop", counter.parts.clock.now(), "SM1"))
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    assert "090-****-5678 へ認証番号をお送りできません" in page.text
    assert "0120-479-249" in page.text
    assert "planned" == state(counter)[0]


@pytest.mark.parametrize("became", ["undelivered", "refused", "suppressed"])
def test_a_code_that_did_not_arrive_is_told_with_whom_to_call(counter: Counter, token: str, became: str) -> None:
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    assert "お送りできません" not in page.text
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = %s WHERE purpose = 'code'", (became,))
    assert "090-****-5678 へ認証番号をお送りできません" in page.get(f"/r/{token}").text


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


def test_small_letters_and_misread_ones_lead_to_it_too(browser: Browser, token: str) -> None:
    assert 200 == browser.get("/r/" + token.lower().replace("0", "o").replace("1", "l")).page.status_code


def test_a_url_that_is_not_ours_tells_nothing(browser: Browser, token: str) -> None:
    answers = {browser.get(f"/r/{wrong}").text for wrong in ("X", "0" * 12, token[:-1], token + "0")}
    assert 404 == browser.page.status_code
    assert 1 == len(answers)
    assert JA.say("reward_page.more.unknown_title") == browser.heading


def test_who_guesses_has_to_wait_and_who_was_sent_one_has_not(browser: Browser, token: str) -> None:
    for _ in range(40):
        assert 200 == browser.get(f"/r/{token}").page.status_code
    statuses = [browser.get(f"/r/{guess}").page.status_code for guess in range(31)]
    assert [404] * 30 + [429] == statuses
    assert 429 == browser.get(f"/r/{token}").page.status_code


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
