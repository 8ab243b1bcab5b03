"""What the bank sent back: its person is told why where they talk with us, corrects the account, and is paid anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.refund_details import open_details
from bot.refund_files import export, make_file, mark_paid, release_file
from bot.refunds import NotNow
from bot.returned_transfers import take_back
from dialogs.letters import transfer_returned
from dialogs.rules.claim import DeliveryTarget, show_receipt_no
from dialogs.rules.refund import ReturnReason
from dialogs.words import JST, words
from integrations.zengin import read_file
from tests.bot.console.desk import actions
from tests.bot.handoff_house import run
from tests.bot.refunds_house import check, sender
from tests.bot.test_contacts import letters
from tests.bot.web.counter import NUMBER, Browser, Counter, link_of, opened_counter
from tests.bot.web.test_refund_pages import ACCOUNT, all_sent, fill, hand_all_in, rows, to_the_check

BACK = "refund_returned"
MAKER, RELEASER = "佐藤", "鈴木"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


@pytest.fixture
def receipt_no(counter: Counter) -> str:
    """Of somebody on LINE who asked for their money; the bank has its file, and the day of payment has come."""
    fill(to_the_check(counter, Browser(counter)), "submit")
    hand_all_in(counter)
    [(number,)] = rows(counter, "SELECT receipt_no FROM refunds")
    check(counter.parts, number, by=MAKER)
    export(counter.parts, released(counter), by=RELEASER)
    counter.move("2023-05-15T16:00:00+09:00")
    return str(number)


def released(counter: Counter) -> int:
    number = make_file(counter.parts, sender(), by=MAKER).number
    release_file(counter.parts, number, by=RELEASER)
    return number


def state(counter: Counter) -> str:
    return str(rows(counter, "SELECT state FROM refunds")[0][0])


def correct(counter: Counter, number: str = "7654321") -> Browser:
    """By a word in the chat, a coupon and its day, and the account on our own page, up to the last question."""
    all_sent(counter)
    page = Browser(counter).enter(link_of(counter.line("口座を直す", NUMBER, "2023-02-23")[-1]))
    return fill(page, *ACCOUNT[:-2], number, ACCOUNT[-1])


def test_its_person_is_told_in_the_chat_why_and_how_to_correct_it(counter: Counter, receipt_no: str) -> None:
    take_back(counter.parts, receipt_no, reason=ReturnReason.WRONG_NAME, by=MAKER)
    [[letter]] = counter.sent(BACK)
    assert [True] * 3 == [
        each in letter["text"] for each in (show_receipt_no(receipt_no), "口座の名義が違う", "「口座を直す」")
    ]


def test_it_is_told_once_and_not_at_night(counter: Counter, receipt_no: str) -> None:
    counter.move("2023-05-15T23:00:00+09:00")
    take_back(counter.parts, receipt_no, reason=ReturnReason.CLOSED, by=MAKER)
    with pytest.raises(NotNow):
        take_back(counter.parts, receipt_no, reason=ReturnReason.CLOSED, by=MAKER)
    [(due,)] = rows(counter, "SELECT not_before FROM outgoing WHERE purpose = 'refund_returned'")
    assert "2023-05-16 10:00" == f"{due.astimezone(JST):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "gone", ["UPDATE conversations SET blocked = true", "UPDATE conversations SET channel = 'web'"]
)
def test_who_is_in_no_chat_is_told_where_their_code_went(counter: Counter, receipt_no: str, gone: str) -> None:
    run(counter, gone)
    take_back(counter.parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    [(to, text)] = letters(counter.parts, BACK)
    assert (DeliveryTarget("sms", "+819012345678"), True) == (to, f"末尾{receipt_no[-4:]}" in text)


def test_a_chat_from_which_staff_have_moved_the_application_away_hears_nothing(
    counter: Counter, receipt_no: str
) -> None:
    run(counter, "UPDATE submissions SET person = 'somebody'")
    take_back(counter.parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    [(to, _)] = letters(counter.parts, BACK)
    assert DeliveryTarget("sms", "+819012345678") == to


def test_a_mail_leads_to_the_page_on_which_it_is_corrected(counter: Counter, receipt_no: str) -> None:
    letter = transfer_returned(
        "mail", ReturnReason.OTHER, receipt_no, counter.parts.campaign, language="ja", url="https://x.example.jp/status"
    )
    assert (True, True) == ("https://x.example.jp/status" in letter.text, bool(letter.subject))


def test_the_account_is_corrected_checked_anew_and_paid_by_the_next_file(counter: Counter, receipt_no: str) -> None:
    take_back(counter.parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    page = correct(counter)
    assert "7654321" in page.text
    fill(page, "as_it_is")
    assert ("applied", True, False) == (
        *(state(counter), "お振込先を直しました" in page.text),
        "5月中旬" in page.text,  # it is mid-May by now
    )
    assert ("applicant", "refund.corrected") in actions(counter.parts)
    [(to, text)] = letters(counter.parts, "refund_corrected")
    assert (DeliveryTarget("sms", "+819012345678"), True) == (to, "お心当たりがなければ" in text)
    [(details,)] = rows(counter, "SELECT details FROM refunds")
    assert "7654321" == open_details(counter.parts.vault, details).account.number
    check(counter.parts, receipt_no, by=MAKER)
    file = released(counter)
    (line,) = read_file(export(counter.parts, file, by=RELEASER)).transfers
    assert "7654321" == line.account_number
    counter.move("2023-05-16T16:00:00+09:00")
    assert 1 == mark_paid(counter.parts, file, by=MAKER)


def test_the_page_behind_the_link_says_that_an_account_is_asked_for(counter: Counter, receipt_no: str) -> None:
    take_back(counter.parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    all_sent(counter)
    page = Browser(counter).get(link_of(counter.line("口座を直す", NUMBER, "2023-02-23")[-1]))
    say = words("ja").say
    assert (True, False) == (say("page.beside.purpose_account") in page.text, say("page.beside.purpose") in page.text)


def test_while_it_stands_in_a_file_nothing_is_corrected(counter: Counter, receipt_no: str) -> None:
    all_sent(counter)
    said = [each.text for each in counter.line("口座を直す")[-1].play.said]
    assert ("released", True) == (state(counter), any("口座はもう変えられません" in text for text in said))


def test_a_file_that_comes_first_wins_over_the_page_that_is_still_open(counter: Counter, receipt_no: str) -> None:
    take_back(counter.parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    fill(correct(counter), "as_it_is")
    page = correct(counter, "1111111")
    check(counter.parts, receipt_no, by=MAKER)
    make_file(counter.parts, sender(), by=MAKER)
    fill(page, "as_it_is")
    assert ("checked", True) == (state(counter), "口座はもう変えられません" in page.text)


def test_on_the_web_it_is_corrected_from_the_status(counter: Counter, receipt_no: str) -> None:
    take_back(counter.parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    page = Browser(counter).get("/status").post("/status", receipt=receipt_no)
    page.post("/status", code=counter.code())
    assert ("account" in page.text, "resend" in page.text) == (True, False)
    page.post("/status", affair="account").answer(NUMBER).post(year="2023", month="2", day="23")
    fill(page, *ACCOUNT[:-2], "7654321", ACCOUNT[-1], "as_it_is")
    assert ("applied", True) == (state(counter), "お振込先を直しました" in page.text)
