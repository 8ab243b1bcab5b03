"""What an outside desk is told of a talk, once and in order, whatever happens on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from bot import handoff
from bot.store import desk_outbox, erasure
from bot.store.db import autocommit
from bot.store.staff import Member
from dialogs.rules.claim import show_receipt_no
from integrations.desks.desk import Post
from tests.bot.desk_house import AWAY, CUT, Office, opened_office
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, handed_over, now, rows, run, worker_takes
from tests.bot.web.counter import HANAKO, LATER_PAGES, Browser


def test_a_talk_goes_there_with_why_and_all_that_was_said_before(office: Office) -> None:
    handed_over(office.counter)
    office.work()
    [opening] = office.told("note")
    assert all(words in opening for words in ("担当者を希望", "チャネル: LINE", "言語: 日本語", "都道府県: 栃木県"))
    assert f"/console/conversations/{conversation(office.counter)}" in opening
    assert "ご本人: 担当者" in opening
    assert [] == office.told()


def test_nothing_that_names_the_person_leaves_the_house(office: Office) -> None:
    office.counter.line("こんにちは", "paper", "09", "2023-02-24")
    handed_over(office.counter, "うーん")
    office.work()
    [contact] = office.desk.contacts.values()
    told = f"{contact} {office.talk}"
    assert not any(secret in told for secret in (HANAKO, "+81", "@"))
    assert f"LINE {conversation(office.counter).hex[-6:].upper()}" == contact.name


@pytest.mark.parametrize("opened", [True, False], ids=["while it stands there", "before it does"])
def test_an_answer_on_a_page_of_ours_that_was_still_open_does_not_leave_the_house(
    office: Office, *, opened: bool
) -> None:
    traveller = Browser(office.counter).enter(office.counter.to_the_door()).answer("agree")
    office.counter.line(*TO_STAFF)
    if opened:
        office.work()
    traveller.answer("栃木 花子")
    office.work()
    office.counter.line("ボットに戻る", *TO_STAFF)
    office.work()
    assert (2, False) == (len(office.desk.talks), "栃木 花子" in str(office.desk.talks))
    assert "（窓口のページで答えました）" in office.desk.talks[min(office.desk.talks)].messages[-2].content


def test_who_has_applied_is_named_by_the_receipt_number(office: Office) -> None:
    Browser(office.counter).enter(office.counter.to_the_door()).answer(*LATER_PAGES).answer(
        office.counter.code()
    ).answer("submit")
    handed_over(office.counter, "状況")
    office.work()
    [(number,)] = rows(office.counter, "SELECT receipt_no FROM submissions")
    [contact] = office.desk.contacts.values()
    assert f"LINE {show_receipt_no(number)}" == contact.name
    assert not any(secret in f"{contact} {office.talk}" for secret in ("栃木 花子", "090-1234-5678", "9012345678"))


def test_what_they_write_then_is_told_there_once_and_in_order(office: Office) -> None:
    handed_over(office.counter)
    office.counter.line("ひとつめ", "ふたつめ")
    office.work()
    office.counter.line("みっつめ")
    office.work()
    assert ["ひとつめ", "ふたつめ", "みっつめ"] == office.told()


def test_what_came_as_they_were_handed_over_stands_there_once(office: Office) -> None:
    office.counter.line(*HALF_WAY, "担当者")
    office.counter._arrive("はい")
    office.counter._arrive("いそいでいます")
    for _ in range(2):
        worker_takes(office.counter)
        run(office.counter, "UPDATE outgoing SET state = 'sent'")
    office.work()
    assert (["いそいでいます"], False) == (office.told(), "いそいでいます" in office.told("note")[0])


@pytest.mark.parametrize("trouble", ["drop_after", "status_after"])
def test_an_answer_that_is_lost_writes_nothing_twice(office: Office, trouble: str) -> None:
    handed_over(office.counter)
    office.counter.line("ひとつめ", "ふたつめ")
    fault = {"do": trouble, "times": 1}
    for place in ("add_contact", "open_talk", "write"):
        office.emulator.faults.set({f"chatwoot.{place}": [fault]})
        office.goes_on()
    office.goes_on()
    assert (1, 1, ["ひとつめ", "ふたつめ"]) == (len(office.desk.talks), len(office.told("note")), office.told())


@pytest.mark.parametrize("away", [AWAY, CUT], ids=["503", "no answer"])
def test_while_it_is_away_our_console_goes_on_and_later_all_of_it_is_told(
    office: Office, ichiro: Member, away: dict[str, object]
) -> None:
    office.emulator.faults.set(away)
    seen = handed_over(office.counter)
    office.counter.line("まだですか")
    office.work()
    handoff.take(office.counter.parts, seen, ichiro)
    office.goes_on()
    assert {} == office.desk.talks
    office.emulator.faults.set({})
    office.goes_on()
    assert ["まだですか"] == office.told()
    assert "担当 一郎 ichiro" in office.told("note")[-1]
    assert [("taken", "")] == office.stands()


def test_what_was_never_told_goes_when_chats_go(office: Office) -> None:
    handed_over(office.counter)
    office.counter.line("まだですか")
    moment, kept = datetime.now(UTC), []
    for over in (False, True):
        erasure.erase(
            office.counter.parts.db, now=moment, chats_are_over=over, pages_before=moment, messages_before=moment
        )
        kept += rows(office.counter, "SELECT count(*) FROM desk_outbox WHERE body IS NOT NULL")
    assert [(1,), (0,)] == kept


def test_a_death_between_the_wire_and_the_record_writes_nothing_twice(office: Office) -> None:
    handed_over(office.counter)
    office.work()
    office.counter.line("ひとつめ")
    with autocommit(office.counter.parts.db) as connection:
        [row] = desk_outbox.claim(connection, most=1, lease=90)
    assert office.counter.parts.desk
    office.counter.parts.desk.write(str(office.talk.id), Post(str(row.id), "person", "ひとつめ"))
    office.goes_on()
    assert ["ひとつめ"] == office.told()
    assert [("sent", 2)] == rows(office.counter, "SELECT state, attempts FROM desk_outbox WHERE kind = 'heard'")


def test_what_it_never_takes_is_given_up_and_holds_up_nothing(office: Office) -> None:
    handed_over(office.counter)
    office.work()
    office.emulator.faults.set({"chatwoot.write": [{"do": "status", "status": 422, "times": 1}]})
    office.counter.line("ひとつめ", "ふたつめ")
    office.work()
    assert ["ふたつめ"] == office.told()
    assert [("refused", "422")] == rows(
        office.counter, "SELECT state, error FROM desk_outbox WHERE body IS NOT NULL AND error IS NOT NULL"
    )


def test_what_is_unsent_on_line_is_gone_there_too(office: Office) -> None:
    handed_over(office.counter)
    office.counter.shows({"type": "text", "id": "700", "text": "まちがえました"})
    office.work()
    office.counter.unsends("700")
    office.work()
    assert (False, True) == (
        "まちがえました" in str(office.talk),
        office.talk.messages[-1].content_attributes["deleted"],
    )


def test_what_is_unsent_before_it_was_told_is_never_told(office: Office) -> None:
    handed_over(office.counter)
    office.counter.shows({"type": "text", "id": "700", "text": "まちがえました"})
    office.counter.unsends("700")
    office.counter.line("ここからです")
    office.work()
    assert (["ここからです"], False) == (office.told(), "まちがえました" in str(office.talk))


def test_who_goes_back_to_the_bot_is_resolved_there_and_said_so(office: Office) -> None:
    handed_over(office.counter)
    office.work()
    office.counter.line("ボットに戻る")
    office.work()
    assert ("resolved", "ご本人がボットに戻りました。") == (office.talk.status, office.told("note")[-1])


def test_what_a_member_of_ours_does_is_told_there(office: Office, ichiro: Member) -> None:
    seen = handed_over(office.counter)
    handoff.take(office.counter.parts, seen, ichiro)
    handoff.release(office.counter.parts, now(office.counter), ichiro)
    office.work()
    assert ["担当になりました", "手を離しました"] == [
        next(part for part in ("担当になりました", "手を離しました") if part in note)
        for note in office.told("note")[1:]
    ]


def test_a_second_time_with_staff_is_a_second_talk_of_the_same_person(office: Office) -> None:
    handed_over(office.counter)
    office.work()
    office.counter.line("ボットに戻る", "担当者", "はい")
    office.work()
    assert (1, [("resolved"), ("open")]) == (
        len(office.desk.contacts),
        [talk.status for talk in office.desk.talks.values()],
    )


def test_only_the_chosen_prefectures_go_there(database_url: str, redis_url: str) -> None:
    with opened_office(database_url, redis_url, DESK_PREFECTURES="03") as office:
        handed_over(office.counter, *HALF_WAY)
        office.work()
        assert {} == office.desk.talks


def test_a_counter_without_a_desk_writes_no_row_for_one(database_url: str, redis_url: str) -> None:
    with opened_office(
        database_url, redis_url, CHATWOOT_URL="", CHATWOOT_API_TOKEN="", CHATWOOT_ACCOUNT="", CHATWOOT_INBOX=""
    ) as office:
        handed_over(office.counter)
        office.work()
        assert [] == rows(office.counter, "SELECT id FROM desk_threads")


def test_a_script_in_a_message_is_text_on_the_page_of_the_emulated_desk(office: Office) -> None:
    handed_over(office.counter)
    office.counter.line("<script>alert(1)</script>")
    office.work()
    page = httpx.get(f"{office.emulator.url}/emulator/chatwoot", trust_env=False).text
    assert (True, False) == ("&lt;script&gt;alert(1)" in page, "<script>alert(1)" in page)
