"""A refund from the form to the released file, by three people at their screens; and a change of contact."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import refund_files, returned_transfers
from bot.store import submissions
from bot.store.db import transaction
from bot.submission import hand_in
from dialogs.rules.refund import ReturnReason
from integrations.zengin import load_sender, read_file
from tests.bot.console.desk import hire
from tests.bot.handoff_house import rows
from tests.bot.refunds_house import check
from tests.bot.test_contacts import accepted, ask_for_change
from tests.bot.web.counter import NUMBER, Counter, link_of, opened_counter
from tests.bot.web.test_refund_pages import all_sent
from tests.browser.refund_form import TYPED, Form
from tests.browser.staff_screen import JA, go, looks_right, seat
from tests.browser.travellers_screen import JA as PAGE

pytestmark = pytest.mark.browser

SENDER = Path(__file__).parents[2] / "sample-data" / "refund-sender.toml"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url, REFUND_SENDER_FILE=str(SENDER)) as opened:
        yield opened


def press(page: Page, key: str) -> None:
    go(page, page.locator("main").get_by_role("button", name=JA.say(key), exact=True))


def english(page: Page) -> None:
    go(page, page.get_by_role("button", name="English"))


def asked_for(counter: Counter, page: Page, address: str) -> str:
    """A traveller asks for their money on the web, and the backend accepts it; gives the receipt number."""
    form = Form(page, counter, look=False)
    form.fill_in(address)
    form.send_off()
    with transaction(counter.parts.db) as connection:
        (due,) = submissions.claim(connection, most=1)
    hand_in(counter.parts, due)
    return due.receipt_no


def test_a_refund_goes_from_the_form_to_the_released_file_and_is_paid(
    browser: Browser, phone_page: Page, counter: Counter, address: str
) -> None:
    maker = seat(browser, counter, address, hire(counter.parts, "maker", "finance", name="経理 三郎"))
    maker.goto(f"{address}/console/refunds")
    looks_right(maker, "r1-none")
    receipt_no = asked_for(counter, phone_page, address)
    maker.reload()
    looks_right(maker, "r2-list")
    maker.goto(f"{address}/console/refunds/{receipt_no}")
    expect(maker.get_by_text(TYPED["transfer.number"])).to_have_count(0)
    looks_right(maker, "r3-to-check")
    go(maker, maker.locator("dd", has_text="***456").get_by_role("button"))
    expect(maker.get_by_text(TYPED["transfer.number"])).to_be_visible()
    press(maker, "refund.check")
    expect(maker.locator("p.notice")).to_have_text(JA.say("refund.done.check"))
    looks_right(maker, "r4-checked")
    maker.goto(f"{address}/console/refund-files")
    looks_right(maker, "r5-no-files")
    press(maker, "refund_file.make")
    expect(maker.get_by_text(JA.say("refund_file.fault.sameeyes"))).to_be_visible()
    looks_right(maker, "r6-made")

    releaser = seat(browser, counter, address, hire(counter.parts, "releaser", "finance", name="経理 四郎"))
    releaser.goto(maker.url)
    releaser.get_by_label(JA.say("refund_file.sure.release")).check()
    looks_right(releaser, "r7-to-release")
    press(releaser, "refund_file.do.release")
    looks_right(releaser, "r8-released")
    with releaser.expect_download() as download:
        releaser.get_by_role("button", name=JA.say("refund_file.take")).click()
    content = download.value.path().read_bytes()
    assert [(sha256(content).hexdigest(),)] == rows(counter, "SELECT sha256 FROM refund_files")
    (line,) = read_file(content).transfers
    assert ("0129", "101", TYPED["transfer.number"], "ﾄﾁｷﾞ ﾊﾅｺ", receipt_no) == (
        *(line.bank, line.branch, line.account_number, line.holder, line.claim_no),
    )

    counter.move("2023-05-15T16:00:00+09:00")
    releaser.reload()
    releaser.get_by_label(JA.say("refund_file.sure.paid")).check()
    press(releaser, "refund_file.do.paid")
    looks_right(releaser, "r9-paid")
    releaser.goto(f"{address}/console/refund-files")
    looks_right(releaser, "r10-files")
    releaser.goto(f"{address}/console/refunds/{receipt_no}")
    expect(releaser.locator(".head .badge")).to_have_text(JA.say("refund.state.paid"))
    releaser.get_by_label(JA.say("refund.why_returned")).select_option("wrong_name")
    releaser.get_by_label(JA.say("refund.sure_returned")).check()
    press(releaser, "refund.returned")
    expect(releaser.locator(".head .badge")).to_have_text(JA.say("refund.state.returned"))
    english(releaser)
    looks_right(releaser, "r11-returned-english")
    for page in (maker, releaser):
        page.context.close()


def test_who_is_told_that_the_money_came_back_corrects_the_account_on_a_phone(
    phone_page: Page, counter: Counter, address: str
) -> None:
    parts, receipt_no = counter.parts, asked_for(counter, phone_page, address)
    check(parts, receipt_no)
    file = refund_files.make_file(parts, load_sender(SENDER), by="佐藤")
    refund_files.release_file(parts, file.number, by="鈴木")
    refund_files.export(parts, file.number, by="鈴木")
    counter.move("2023-05-15T16:00:00+09:00")
    returned_transfers.take_back(parts, receipt_no, reason=ReturnReason.WRONG_NAME, by="佐藤")
    all_sent(counter)
    form = Form(phone_page, counter)
    phone_page.goto(address + link_of(counter.line("口座を直す", NUMBER, "2023-02-23")[-1]))
    expect(phone_page.get_by_text(PAGE.say("page.beside.purpose_account"))).to_be_visible()
    form.press("page.begin", of="mend-begin")
    form.account()
    form.choose("mend.sure", PAGE.say("option.mend.sure.as_it_is"))
    expect(phone_page.get_by_text("お振込先を直しました")).to_be_visible()
    form.looks_right("mend-done")
    assert [("applied",)] == rows(counter, "SELECT state FROM refunds")


def test_a_change_of_contact_is_looked_at_and_made(browser: Browser, counter: Counter, address: str) -> None:
    page = seat(browser, counter, address, hire(counter.parts, "ichiro"))
    page.goto(f"{address}/console/contacts")
    looks_right(page, "c1-none")
    row = accepted(counter.parts, message="sent")
    assert ask_for_change(counter.parts, row)
    page.reload()
    looks_right(page, "c2-waiting")
    page.goto(f"{address}/console/contacts/{row.receipt_no}")
    looks_right(page, "c3-asked")
    page.get_by_label(JA.say("contact.sure")).check()
    press(page, "contact.do.approve")
    expect(page.get_by_role("status")).to_have_text(JA.say("contact.done.approve"))
    english(page)
    looks_right(page, "c4-changed-english")
    page.context.close()
