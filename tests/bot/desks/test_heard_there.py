"""What the team of an outside desk answers goes to the person once, and who has a talk there has it here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import handoff
from bot.desks.hearing import look_next
from bot.handoff import Elsewhere
from bot.store import handoffs
from bot.store.staff import Member
from dialogs.scripts import SCRIPTS
from tests.bot.console.desk import hire, session_for, sit_down
from tests.bot.desk_house import AGENT, Office
from tests.bot.handoff_house import at_work, conversation, now, rows, run, words, worker_takes

SIGNED_BY = f"{AGENT} (Chatwoot)"


def test_a_reply_goes_to_the_person_by_the_name_of_who_wrote_it_and_takes_the_talk(waiting: Office) -> None:
    waiting.replies("お待たせしました。")
    assert ["お待たせしました。"] == waiting.brought()
    assert [("taken", "chatwoot")] == waiting.stands()
    assert [(SIGNED_BY, "chatwoot:2")] == rows(
        waiting.counter, "SELECT said_by, once_key FROM outgoing WHERE purpose = 'staff'"
    )
    assert [("handoff.taken", SIGNED_BY), ("handoff.replied", SIGNED_BY)] == rows(
        waiting.counter, "SELECT action, actor FROM audit WHERE action LIKE 'handoff.%' ORDER BY at, id"
    )


def test_however_often_it_is_heard_of_it_goes_out_once(waiting: Office) -> None:
    waiting.replies("お待たせしました。")
    for _ in range(3):
        waiting.knocks(waiting.talk)
    assert ["お待たせしました。"] == waiting.brought()


def test_several_looks_at_once_bring_it_once_too(waiting: Office) -> None:
    waiting.desk.reply(waiting.talk, "お待たせしました。", agent=AGENT)
    parts = waiting.counter.parts

    def look(_: int) -> bool:
        run(waiting.counter, "UPDATE desk_threads SET due_at = now(), lease_until = '-infinity'")
        return look_next(parts, parts.db)

    with ThreadPoolExecutor(4) as several:
        list(several.map(look, range(8)))
    assert ["お待たせしました。"] == waiting.brought()


def test_what_is_resolved_there_is_asked_on_here(waiting: Office) -> None:
    waiting.replies("お待たせしました。")
    waiting.desk.set_status(waiting.talk, "resolved")
    waiting.work()
    run(waiting.counter, "UPDATE outgoing SET state = 'sent'")
    assert any("お支払い" in said or "ボット" in said for said in worker_takes(waiting.counter))
    assert [("back", "chatwoot")] == waiting.stands()
    assert [("over",)] == rows(waiting.counter, "SELECT state FROM desk_threads")


def test_what_the_person_says_before_the_bot_is_back_is_told_there_too(waiting: Office) -> None:
    waiting.counter._arrive("まだあります")
    waiting.desk.set_status(waiting.talk, "resolved")
    waiting.work()
    for _ in range(2):
        worker_takes(waiting.counter)
        run(waiting.counter, "UPDATE outgoing SET state = 'sent'")
    waiting.work()
    assert ["まだあります"] == waiting.told()
    assert ("resolved", [("back", "chatwoot")]) == (waiting.talk.status, waiting.stands())


def test_what_was_resolved_there_and_cannot_go_on_is_a_new_talk(
    waiting: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.desk.set_status(waiting.talk, "resolved")
    waiting.work()
    monkeypatch.setitem(SCRIPTS, "apply", {2: SCRIPTS["apply"][1]})
    worker_takes(waiting.counter)
    waiting.work()
    assert [("waiting", "")] == waiting.stands()
    assert ["resolved", "open"] == [talk.status for talk in waiting.desk.talks.values()]


def test_who_is_assigned_there_has_it_and_a_member_of_ours_cannot_answer_at_once(
    waiting: Office, ichiro: Member
) -> None:
    seen = now(waiting.counter)
    waiting.desk.assign(waiting.talk, AGENT)
    waiting.knocks(waiting.talk)
    for act in (
        lambda: handoff.take(waiting.counter.parts, seen, ichiro),
        lambda: handoff.reply(waiting.counter.parts, now(waiting.counter), ichiro, words()),
    ):
        with pytest.raises(Elsewhere):
            act()
    assert ([("taken", "chatwoot")], []) == (waiting.stands(), waiting.brought())
    browser = sit_down(waiting.counter.app.test_client(), session_for(waiting.counter.parts, ichiro))
    page = browser.get(f"/console/conversations/{conversation(waiting.counter)}").text
    assert "Chatwootの担当者が応対中" in page


def test_what_is_with_a_member_of_ours_is_not_answered_from_there_and_they_are_told(
    waiting: Office, ichiro: Member
) -> None:
    handoff.take(waiting.counter.parts, now(waiting.counter), ichiro)
    waiting.replies("横から失礼します。")
    assert [] == waiting.brought()
    assert "送られていません" in waiting.told("note")[-1]
    assert ichiro.name in waiting.told("note")[-1]


def test_a_lead_takes_back_what_a_desk_has_left_lying(waiting: Office, ichiro: Member) -> None:
    waiting.replies("お待ちください。")
    lead = at_work(waiting.counter, "hanako", "supervisor")
    with pytest.raises(handoff.NotForThem):
        handoff.release(waiting.counter.parts, now(waiting.counter), ichiro)
    handoff.release(waiting.counter.parts, now(waiting.counter), lead)
    handoff.take(waiting.counter.parts, now(waiting.counter), ichiro)
    assert [("taken", "")] == waiting.stands()


def test_what_a_desk_has_does_not_lapse(waiting: Office) -> None:
    waiting.replies("お待ちください。")
    waiting.counter.line("まだですか")
    run(waiting.counter, "UPDATE handoffs SET lease_until = now() - interval '1 hour'")
    assert [] == handoffs.lapsed(waiting.counter.parts.db)
    assert 0 == handoff.return_lapsed(waiting.counter.parts)


def test_a_note_there_is_a_note_here_and_nobody_is_sent_it(waiting: Office) -> None:
    waiting.desk.note(waiting.talk, "券面の写真を待つ", agent=AGENT)
    waiting.knocks(waiting.talk)
    assert [(SIGNED_BY,)] == rows(waiting.counter, "SELECT by_name FROM staff_notes")
    assert ([], [("waiting", "")]) == (waiting.brought(), waiting.stands())


def test_what_is_deleted_before_we_look_is_sent_to_nobody(waiting: Office) -> None:
    written = waiting.desk.reply(waiting.talk, "書きまちがい", agent=AGENT)
    waiting.desk.delete(waiting.talk, written)
    waiting.work()
    assert [] == waiting.brought()


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("UPDATE conversations SET blocked = true", "ブロック"),
        (
            "INSERT INTO suppressions (id, channel, person, reason, kind, since, source)"
            " SELECT gen_random_uuid(), channel, person, 'stop', 'everything', now(), 'test' FROM conversations",
            "配信停止",
        ),
    ],
    ids=["blocked", "stopped"],
)
def test_what_cannot_be_sent_comes_back_as_a_note(waiting: Office, trouble: str, reason: str) -> None:
    run(waiting.counter, trouble)
    waiting.replies("お待たせしました。")
    assert [] == waiting.brought()
    assert reason in waiting.told("note")[-1]


@pytest.mark.parametrize("text", ["あ" * 5001, "   "], ids=["too long", "empty"])
def test_what_fits_no_message_comes_back_as_a_note(waiting: Office, text: str) -> None:
    waiting.replies(text)
    assert [] == waiting.brought()
    assert "短く分けて" in waiting.told("note")[-1]


def test_of_a_message_with_a_picture_the_words_are_sent_and_the_rest_is_told(waiting: Office) -> None:
    waiting.replies("この場所です。", files=1)
    waiting.replies("", files=2)
    assert ["この場所です。"] == waiting.brought()
    assert 2 == sum("添付ファイル" in note for note in waiting.told("note"))


def test_what_the_provider_refuses_later_is_told_there_once(waiting: Office) -> None:
    waiting.replies("お待たせしました。")
    run(waiting.counter, "UPDATE outgoing SET state = 'refused' WHERE purpose = 'staff'")
    for _ in range(2):
        waiting.work()
    told = [note for note in waiting.told("note") if "届いていません" in note]
    assert ["「お待たせしました。」は、ご本人に届いていません（受け付けられませんでした）。"] == told


def test_a_reply_after_the_end_reaches_nobody_and_says_so(waiting: Office) -> None:
    waiting.counter.line("ボットに戻る")
    waiting.work()
    waiting.replies("まだいますか。")
    assert [] == waiting.brought()
    assert "もうボットに戻っています" in waiting.told("note")[-1]


def test_a_reply_in_an_earlier_talk_reaches_nobody_while_a_later_one_is_open(waiting: Office) -> None:
    earlier = waiting.talk
    waiting.counter.line("ボットに戻る", "担当者", "はい")
    waiting.work()
    waiting.desk.reply(earlier, "まだいますか。", agent=AGENT)
    waiting.knocks(earlier)
    assert ([], 2) == (waiting.brought(), len(waiting.desk.talks))
    assert "もうボットに戻っています" in earlier.messages[-1].content


def test_resolved_there_while_a_member_of_ours_has_it_ends_the_talk_there_alone(
    waiting: Office, ichiro: Member
) -> None:
    handoff.take(waiting.counter.parts, now(waiting.counter), ichiro)
    waiting.desk.set_status(waiting.talk, "resolved")
    waiting.work()
    handoff.reply(waiting.counter.parts, now(waiting.counter), ichiro, words("こちらで承ります。"))
    assert ["こちらで承ります。"] == waiting.brought()
    waiting.work()
    assert 1 == sum("対応をつづけています" in note for note in waiting.told("note"))


def test_snoozed_and_reopened_change_nothing(waiting: Office) -> None:
    for status in ("snoozed", "pending", "open"):
        waiting.desk.set_status(waiting.talk, status)
        waiting.work()
    assert [("waiting", "")] == waiting.stands()


def test_a_talk_that_was_deleted_there_stays_with_our_console(waiting: Office, ichiro: Member) -> None:
    waiting.desk.talks.clear()
    waiting.goes_on()
    handoff.take(waiting.counter.parts, now(waiting.counter), ichiro)
    assert [("taken", "")] == waiting.stands()


def test_names_and_words_from_there_are_text_on_our_page(waiting: Office) -> None:
    waiting.desk.reply(waiting.talk, "<img src=x onerror=alert(2)>", agent="<script>alert(1)</script>")
    waiting.work()
    browser = sit_down(
        waiting.counter.app.test_client(), session_for(waiting.counter.parts, hire(waiting.counter.parts, "jiro"))
    )
    page = browser.get(f"/console/conversations/{conversation(waiting.counter)}").text
    assert ("&lt;script&gt;alert(1)" in page, "<script>alert(1)" in page, "<img src=x" in page) == (True, False, False)
