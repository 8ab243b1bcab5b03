"""The queue and the page of a conversation: what staff see of it, and what they do with it there."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from bot import handoff
from bot.conversation import take_turns
from bot.store import inbound, received_files
from bot.store.db import autocommit
from bot.store.received_files import Fetched
from tests.bot.console.desk import at_work, hire
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, rows, run, worker_takes
from tests.bot.web.counter import Browser, Counter

QUEUE = "/console/queue"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


@pytest.fixture
def jiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "jiro", name="担当 二郎"))


def page_of(counter: Counter) -> str:
    return f"/console/conversations/{conversation(counter)}"


def hidden(browser: Browser) -> dict[str, str]:
    """What every form of the page carries, and the once of the reply."""
    return dict(re.findall(r'type="hidden" name="(csrf|handoff|version|once)" value="([^"]*)"', browser.text))


def send(browser: Browser, path: str, **fields: str) -> Browser:
    """A form of the page that the browser shows."""
    return browser.see(browser.client.post(path, data={**hidden(browser), **fields}, follow_redirects=True))


def taken(counter: Counter, browser: Browser, *before: str) -> str:
    counter.line(*(before or HALF_WAY), *TO_STAFF)
    path = page_of(counter)
    send(browser.get(path), f"{path}/move", do="take")
    assert "あなたが担当" in browser.text
    return path


def test_the_queue_says_why_how_long_where_and_in_which_language(counter: Counter, ichiro: Browser) -> None:
    counter.line(*HALF_WAY, *TO_STAFF)
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '75 minutes'")
    row = re.sub(r"<[^>]+>|\s+", " ", ichiro.get(QUEUE).text)
    assert all(word in row for word in ("本人の希望", "1時間15分", "LINE", "日本語", "栃木県")), row


def test_an_empty_queue_says_so(ichiro: Browser) -> None:
    assert "お待ちの方はいません" in ichiro.get(QUEUE).text


def test_what_is_taken_from_the_queue_is_ones_own(counter: Counter, ichiro: Browser, jiro: Browser) -> None:
    taken(counter, ichiro)
    assert ("あなたの担当" in ichiro.get(QUEUE).text, "ほかの担当者の会話" in jiro.get(QUEUE).text) == (True, True)


def test_the_whole_talk_stands_on_the_page_with_taps_by_their_labels(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    text = ichiro.get(path).text
    assert all(
        word in text for word in ("こんにちは", "どの都道府県", "担当 一郎さんが引き受けました", "担当者におつなぎ")
    )
    assert "クーポンの種類" in text


def test_a_reply_stands_in_the_talk_with_what_became_of_it(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/reply", text="お待たせしました。")
    assert ("お待たせしました。" in ichiro.text, "送信待ち" in ichiro.text) == (True, True)
    run(counter, "UPDATE outgoing SET state = 'undelivered', error = '30003' WHERE purpose = 'staff'")
    assert ("届きませんでした" in ichiro.get(path).text, "30003" in ichiro.text) == (True, True)


def test_a_form_sent_twice_says_it_once(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    fields = {**hidden(ichiro), "text": "一度だけ"}
    for _ in range(2):
        ichiro.client.post(f"{path}/reply", data=fields)
    assert 1 == len(counter.sent("staff"))


def test_who_does_not_have_it_is_refused_with_their_words_kept(
    counter: Counter, ichiro: Browser, jiro: Browser
) -> None:
    path = taken(counter, ichiro)
    send(jiro.get(path), f"{path}/reply", text="割り込み")
    assert (409, [], True) == (
        jiro.page.status_code,
        counter.sent("staff"),
        "開いているあいだに変わっています" in jiro.text,
    )


def test_a_page_of_before_is_told_that_it_is_old(counter: Counter, ichiro: Browser, jiro: Browser) -> None:
    path = taken(counter, ichiro)
    old = hidden(ichiro)
    send(ichiro, f"{path}/move", do="release")
    send(jiro.get(path), f"{path}/move", do="take")
    answer = ichiro.client.post(f"{path}/reply", data={**old, "text": "まだ私です"})
    assert (409, []) == (answer.status_code, counter.sent("staff"))


def test_passed_on_it_is_the_colleagues(counter: Counter, ichiro: Browser, jiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/move", do="give", to="jiro")
    assert ("担当 二郎さんが担当" in ichiro.text, "あなたが担当" in jiro.get(path).text) == (True, True)


def test_handed_back_the_page_says_so_and_the_bot_asks_again(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/move", do="return")
    assert "ボットに戻しています" in ichiro.text
    assert any("お支払いで困ったこと" in text for text in worker_takes(counter))
    assert "いまはボットが応対しています" in ichiro.get(path).text


def test_closed_for_a_reason_and_reopened_its_history_is_there(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/move", do="close", why="solved")
    worker_takes(counter)
    run(counter, "UPDATE outgoing SET state = 'sent'")
    counter.line("まだあります")
    text = ichiro.get(path).text
    assert all(
        word in text for word in ("終了後の連絡", "解決した", "まだあります", "順番待ちに入りました（終了後の連絡）")
    )


def test_a_note_is_for_colleagues_alone_and_sealed(counter: Counter, ichiro: Browser, jiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/note", note="折り返しを約束")
    assert "折り返しを約束" in jiro.get(path).text
    assert [(False,)] == rows(counter, "SELECT position('折'::bytea IN body) > 0 FROM staff_notes")
    assert [] == counter.sent("staff")


def test_a_ready_sentence_is_put_into_the_reply_with_the_campaigns_facts(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/reply", do="put_in", canned="apply_by", text="こんにちは。")
    assert re.search(r"<textarea id=\"reply\"[^>]*>こんにちは。\n申請の締切は 2023年4月30日", ichiro.text)
    assert [] == counter.sent("staff")


def test_a_script_in_their_words_or_ours_is_harmless(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro, *HALF_WAY, SCRIPT)
    send(ichiro, f"{path}/reply", text=SCRIPT)
    send(ichiro, f"{path}/note", note=SCRIPT)
    assert (0, 3) == (ichiro.get(path).text.count(SCRIPT), ichiro.text.count("&lt;script&gt;alert(1)"))


def test_what_was_unsent_on_line_is_hidden_here_too(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    counter.line("まちがえました")
    run(counter, "UPDATE inbound SET payload = NULL WHERE id = (SELECT id FROM inbound ORDER BY id DESC LIMIT 1)")
    assert ("まちがえました" in ichiro.get(path).text, "取り消されたか" in ichiro.text) == (False, True)


def test_private_answers_are_masked_until_somebody_asks_and_the_audit_knows_who(
    counter: Counter, ichiro: Browser
) -> None:
    traveller = Browser(counter).enter(counter.to_the_door())
    traveller.answer("agree", "栃木 花子")
    counter.line(*TO_STAFF)
    path = page_of(counter)
    assert ("栃木 花子" in ichiro.get(path).text, "お名前" in ichiro.text) == (False, True)
    send(ichiro, "/console/unmask", subject=f"conversation:{conversation(counter)}", field="name", to=path)
    assert "栃木 花子" in ichiro.text
    assert [("staff.unmasked",)] == rows(counter, "SELECT action FROM audit WHERE action = 'staff.unmasked'")


def test_one_time_links_stand_on_no_page_of_staff(counter: Counter, ichiro: Browser) -> None:
    link = counter.to_the_door()
    counter.line(*TO_STAFF)
    assert (False, True) == (link.rpartition("/")[2] in ichiro.get(page_of(counter)).text, "〔URL〕" in ichiro.text)


@pytest.mark.parametrize("role", ["finance"])
def test_other_roles_see_neither_queue_nor_talks(counter: Counter, role: str) -> None:
    counter.line(*HALF_WAY, *TO_STAFF)
    browser = at_work(counter, hire(counter.parts, "keiri", role))
    path = page_of(counter)
    assert [403, 403] == [browser.get(each).page.status_code for each in (QUEUE, path)]
    assert 403 == browser.client.post(f"{path}/move", data={"do": "take"}).status_code


def test_another_teams_talk_is_not_found(counter: Counter) -> None:
    counter.line(*HALF_WAY, *TO_STAFF)
    iwate = hire(counter.parts, "iwate")
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE staff SET prefectures = '{03}' WHERE login = 'iwate'")
    browser = at_work(counter, iwate)
    assert ("お待ちの方はいません" in browser.get(QUEUE).text, 404) == (
        True,
        browser.get(page_of(counter)).page.status_code,
    )


def test_a_talk_that_staff_never_had_is_not_found(counter: Counter, ichiro: Browser) -> None:
    counter.line(*HALF_WAY)
    assert [404, 404] == [
        ichiro.get(path).page.status_code for path in (page_of(counter), f"/console/conversations/{UUID(int=1)}")
    ]


@pytest.mark.parametrize("act", ["move", "reply", "note"])
def test_a_forged_form_does_nothing(counter: Counter, ichiro: Browser, act: str) -> None:
    path = taken(counter, ichiro)
    fields = {**hidden(ichiro), "csrf": "0" * 64, "do": "release", "text": "x", "note": "x"}
    assert 400 == ichiro.client.post(f"{path}/{act}", data=fields).status_code
    found = handoff.current(counter.parts, conversation(counter))
    assert found
    assert ("taken", [], []) == (found.state, counter.sent("staff"), rows(counter, "SELECT 1 FROM staff_notes"))


def test_a_page_of_ours_shows_staffs_words_and_takes_the_persons(counter: Counter, ichiro: Browser) -> None:
    traveller = Browser(counter)
    traveller.get("/").post("/apply")
    traveller.post(answer="担当者").post(choice="yes")
    path = page_of(counter)
    send(ichiro.get(path), f"{path}/move", do="take")
    send(ichiro, f"{path}/reply", text="ご用件をどうぞ。")
    assert "送信ずみ" in ichiro.text
    assert "ご用件をどうぞ。" in traveller.get("/form").text
    assert "届きました" in ichiro.get(path).text
    traveller.post(answer=f"番号がわかりません {SCRIPT}")
    assert ("番号がわかりません" in traveller.text, SCRIPT in traveller.text) == (True, False)
    assert "番号がわかりません" in ichiro.get(path).text
    send(ichiro, f"{path}/move", do="return")
    worker_takes(counter)
    assert "クーポンの種類" == traveller.get("/form").heading


def test_what_came_while_another_system_had_the_chat_is_told_as_such(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    counter._arrive("モジュールへの返事", mode="standby")
    with autocommit(counter.parts.db) as connection:
        events = inbound.claim(connection, most=1)
    take_turns(counter.parts, events)
    assert ("モジュールへの返事" in ichiro.get(path).text, "ほかの仕組みが応対" in ichiro.text) == (True, True)
    assert "（standby）" in ichiro.text
    counter.line("こちらへの返事")
    assert ("こちらへの返事" in ichiro.get(path).text, "（standby）" in ichiro.text) == (True, False)


def test_on_line_the_page_says_what_the_official_accounts_own_chat_does_not_tell_us(
    counter: Counter, ichiro: Browser
) -> None:
    assert "管理画面（チャット）で書いた返信は、ここには出ません" in ichiro.get(taken(counter, ichiro)).text


def test_a_talk_on_a_page_of_ours_says_nothing_of_line(counter: Counter, ichiro: Browser) -> None:
    traveller = Browser(counter)
    traveller.get("/").post("/apply")
    traveller.post(answer="担当者").post(choice="yes")
    assert ("順番待ち" in ichiro.get(page_of(counter)).text, "管理画面（チャット）" in ichiro.text) == (True, False)


def test_a_file_of_a_talk_is_for_whoever_may_see_the_talk(counter: Counter, ichiro: Browser) -> None:
    taken(counter, ichiro)
    counter.shows({"type": "image", "id": "700"})
    with autocommit(counter.parts.db) as connection:
        due = received_files.claim(connection)
        assert due
        sealed = [
            counter.parts.vault.seal(b"\xff\xd8\xff", f"received_files.{each}") for each in ("content", "preview")
        ]
        received_files.keep(connection, due.id, Fetched("image/jpeg", 3, sealed[0], sealed[1]))
    paths = [f"/console/files/{due.id}", f"/console/files/{due.id}/preview"]
    iwate = hire(counter.parts, "iwate")
    run(counter, "UPDATE staff SET prefectures = '{03}' WHERE login = 'iwate'")
    finance = hire(counter.parts, "keiri", "finance")
    for browser, status in ((ichiro, 200), (at_work(counter, iwate), 404), (at_work(counter, finance), 403)):
        assert [status, status] == [browser.client.get(path).status_code for path in paths]
    assert [("担当 一郎",)] == rows(counter, "SELECT actor FROM audit WHERE action = 'staff.file_opened'")
    assert 404 == ichiro.client.get(f"/console/files/{UUID(int=1)}").status_code


def test_a_place_that_somebody_shares_is_told_by_its_name(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    counter.shows({"type": "location", "title": "宇都宮駅", "address": "栃木県宇都宮市", "latitude": 36.5})
    assert "宇都宮駅 栃木県宇都宮市" in ichiro.get(path).text
