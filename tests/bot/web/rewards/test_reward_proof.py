"""How somebody proves that the URL of their points was sent to them, and who stays outside."""

from __future__ import annotations

import pytest

from bot.store import suppressions
from bot.store.db import autocommit
from bot.store.suppressions import Suppression
from tests.bot.rewards_house import put_on_stock
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.reward_site import (
    CODE,
    JA,
    OF_A_LIST,
    TARGET,
    choose,
    proven,
    state,
)


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
